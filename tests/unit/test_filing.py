"""Names, buckets and limits of clients' files (FIL-02, FIL-03)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.filing import Fate, bucket_of, fate_by_name, is_paper, tidy_name
from templates_app.sniffing import Family

MIB = 1024 * 1024
NAMES = [
    ("акт.pdf", "акт.pdf"),
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\Анна\\счёт.pdf", "счёт.pdf"),
    ("/", ""),
    ("..", ""),
    (".htaccess", "htaccess"),
    ("a\x00b\r\nc.pdf", "ab c.pdf"),
    ("\u202efdp.exe", "fdp.exe"),
    ("  акт   №\u00a05 .pdf ", "акт № 5 .pdf"),
    ("й.pdf", "й.pdf"),
    ("а" * 300 + ".pdf", "а" * 116 + ".pdf"),
    ("а" * 300, "а" * 120),
]
PAPERS = [
    "Счёт_123.pdf",
    "СЧЕТ-ФАКТУРА 5",
    "акт сверки",
    "Акты за июль",
    "упд №7",
    "ТОРГ-12",
    "накладная",
    "invoice-17",
    "akt_5",
    "вот счета",
]
NOT_PAPERS = ["факт.pdf", "контакты", "счетчик воды", "актив", "IMG_2041.jpg", "договор", ""]


@pytest.mark.parametrize(("name", "tidy"), NAMES)
def test_fil_03_a_name_is_tidied(name: str, tidy: str) -> None:
    assert tidy_name(name) == tidy


@given(st.text())
def test_fil_03_no_name_is_a_path_or_holds_what_is_not_seen(name: str) -> None:
    tidy = tidy_name(name)
    assert len(tidy) <= 120
    assert not {"/", "\\", "\0", "\n", "\r", "\u202e"} & set(tidy)
    assert tidy not in {".", ".."}


@pytest.mark.parametrize("text", PAPERS)
def test_fil_02_words_of_invoices_and_acts(text: str) -> None:
    assert is_paper(text)


@pytest.mark.parametrize("text", NOT_PAPERS)
def test_fil_02_words_that_only_look_like_those(text: str) -> None:
    assert not is_paper(text)


@pytest.mark.parametrize(
    ("family", "name", "caption", "bucket"),
    [
        (Family.PDF, "счёт.pdf", "", "invoices"),
        (Family.IMAGE, "", "вот акт", "invoices"),
        (Family.PDF, "договор.pdf", "", "documents"),
        (Family.OFFICE, "счёт.xlsx", "", "documents"),
        (Family.IMAGE, "IMG.jpg", "", "files"),
        (Family.OTHER, "акты.zip", "", "files"),
    ],
)
def test_fil_02_the_bucket_goes_by_kind(family: Family, name: str, caption: str, bucket: str) -> None:
    assert bucket_of(family, name, caption) == bucket


@pytest.mark.parametrize(
    ("kind", "name", "mime_type", "size", "fate"),
    [
        ("document", "a.pdf", "", 10 * MIB, Fate("documents")),
        ("document", "a.pdf", "", 10 * MIB + 1, Fate("documents", "too_large")),
        ("document", "a.bin", "application/pdf", 9 * MIB, Fate("documents")),
        ("photo", "", "", 5 * MIB + 1, Fate("files", "too_large")),
        ("document", "a.pdf", "", 21 * MIB, Fate("documents", "telegram_limit")),
        ("document", "a.pdf", "", 0, Fate("documents", "empty")),
        ("document", "a.PS1", "", 9, Fate("files", "type")),
        ("voice", "", "audio/ogg", None, Fate("files")),
    ],
)
def test_fil_02_what_is_said_of_a_file_foretells_its_fate(
    kind: str, name: str, mime_type: str, size: int | None, fate: Fate
) -> None:
    assert fate_by_name(kind, name, mime_type, "", size) == fate
