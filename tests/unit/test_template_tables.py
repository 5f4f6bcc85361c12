"""Tables of templates as CSV (TPL-04, SEC-10)."""

import pytest

from templates_app.tables import (
    BadEncoding,
    MissingColumns,
    NoTable,
    TooLarge,
    decoded,
    plain_cell,
    read,
    safe_cell,
    write,
)

HEAD = "Короткое имя;Название;Текст\n"
LINE = "счет;Счёт;Готово"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_tpl_04_usual_encodings_are_read(encoding: str) -> None:
    assert decoded((HEAD + LINE).encode(encoding)) == HEAD + LINE


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + LINE).encode("utf-16"),
        b"\x98" + "Название".encode("cp1251"),
        "Grüße, déjà vu, naïve".encode("latin-1"),
        "потеряно \ufffd".encode(),
        b"a\0b",
    ],
)
def test_tpl_04_broken_encodings_are_refused(content: bytes) -> None:
    with pytest.raises(BadEncoding):
        decoded(content)


def test_tpl_04_koi8_shows_by_its_headings() -> None:
    with pytest.raises(MissingColumns):
        read(decoded((HEAD + LINE).encode("koi8-r")))


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_tpl_04_any_usual_delimiter_is_read(delimiter: str) -> None:
    table = (HEAD + LINE).replace(";", delimiter)
    (row,) = read(table + "\n\n;;\n".replace(";", delimiter))
    assert (row.number, row.shortcut, row.title, row.text, row.category) == (
        2,
        "счет",
        "Счёт",
        "Готово",
        None,
    )


def test_tpl_04_missing_columns_are_named() -> None:
    with pytest.raises(MissingColumns, match="текст"):
        read("shortcut,title\nа,б")
    with pytest.raises(MissingColumns):
        read("")


def test_tpl_04_large_tables_are_refused() -> None:
    with pytest.raises(TooLarge):
        decoded(b"a" * 1_900_001)
    with pytest.raises(TooLarge):
        read(HEAD + f"{LINE}\n" * 2001)


def test_tpl_04_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    with pytest.raises(NoTable):
        read(HEAD + '"' + "слово " * 30_000)


@pytest.mark.parametrize(
    "text", ["=1+1", "+7 999", "-5", "@cmd", "\t=1", " =1", "'=1", "''=1", "'слово'", "обычный", "а\nб", ""]
)
def test_tpl_04_nothing_runs_in_a_spreadsheet_and_comes_back_as_it_was(text: str) -> None:
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert plain_cell(safe_cell(text)) == text.strip()


def test_tpl_04_what_is_written_is_read_again() -> None:
    given = {"shortcut": "а", "title": '=1;"б"', "category": "", "owner": "", "text": "в\nг"}
    (row,) = read(decoded(write([given]).encode()))
    assert (row.shortcut, row.title, row.text, row.owner) == ("а", '=1;"б"', "в\nг", "")
