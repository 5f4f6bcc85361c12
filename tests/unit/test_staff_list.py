"""Lists of staff as spreadsheets save them (STF-04)."""

import pytest

from buhbot.staff_list import MOST_ROWS, NoList, TooManyLines, Verdict, decode, read_list


@pytest.mark.parametrize(
    "text",
    [
        "Анна Петрова,anna@firm.test,бухгалтер",
        "Анна Петрова;anna@firm.test;бухгалтер",
        "Анна Петрова\tANNA@firm.test\tAccountant",
        "\ufeffИмя;Почта;Роль\r\nАнна Петрова; anna@firm.test ;Бухгалтер\r\n\r\n",
        '"Анна Петрова","anna@firm.test","accountant","лишнее"',
    ],
)
def test_stf_04_a_line_is_read_however_it_was_saved(text: str) -> None:
    (line,) = read_list(text, known=set())
    found = (line.name, line.email, line.role, line.verdict)
    assert found == ("Анна Петрова", "anna@firm.test", "accountant", Verdict.NEW)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Анна;anna@firm.test;директор", Verdict.BAD_ROLE),
        ("Анна;anna@firm.test", Verdict.BAD_ROLE),
        ("Анна;anna@firm;бухгалтер", Verdict.BAD_EMAIL),
        (";anna@firm.test;бухгалтер", Verdict.NO_NAME),
        ("Я;known@firm.test;бухгалтер", Verdict.KNOWN),
        ("А" * 151 + ";anna@firm.test;бухгалтер", Verdict.TOO_LONG),
        ("Анна;anna@firm.test\0;бухгалтер", Verdict.NEW),
    ],
)
def test_stf_04_what_is_wrong_with_a_line_is_said(text: str, verdict: Verdict) -> None:
    assert read_list(text, known={"known@firm.test"})[0].verdict == verdict


def test_stf_04_who_stands_in_the_list_twice_is_added_once() -> None:
    lines = read_list("А;a@f.test;бухгалтер\nБ;A@f.test;менеджер", known=set())
    assert [line.verdict for line in lines] == [Verdict.NEW, Verdict.REPEATED]


def test_stf_04_a_list_has_an_end() -> None:
    with pytest.raises(TooManyLines):
        read_list("А;a@f.test;бухгалтер\n" * (MOST_ROWS + 1), known=set())


def test_stf_04_what_is_no_list_is_said() -> None:
    with pytest.raises(NoList):
        read_list("А" * 200_000, known=set())


def test_stf_04_lines_may_end_as_they_like() -> None:
    assert len(read_list("А;a@f.test;бухгалтер\rБ;b@f.test;бухгалтер\r\n", known=set())) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_stf_04_excels_files_are_read(encoding: str) -> None:
    assert decode("Имя;Почта".encode(encoding)) == "Имя;Почта"
