"""Pure reading of a list of staff: name, e-mail and role, as spreadsheets save it (STF-04)."""

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
ROLES = {
    "admin": "admin",
    "administrator": "admin",
    "администратор": "admin",
    "manager": "manager",
    "менеджер": "manager",
    "руководитель": "manager",
    "accountant": "accountant",
    "бухгалтер": "accountant",
    "observer": "observer",
    "наблюдатель": "observer",
}
NAME_LENGTH, EMAIL_LENGTH = 150, 254
MOST_ROWS = 500


class Verdict(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    KNOWN = "known"
    REPEATED = "repeated"
    NO_NAME = "no_name"
    BAD_EMAIL = "bad_email"
    BAD_ROLE = "bad_role"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list, and what becomes of it. `role` is a code, or what was written where it is none."""

    number: int
    name: str
    email: str
    role: str
    verdict: Verdict


class TooManyLines(ValueError):
    """The list is longer than is imported at once."""


class NoList(ValueError):
    """The text is no list: a line or a cell has no end."""


def decode(content: bytes) -> str:
    """Read a file as UTF-8, or as Excel's Russian code page."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")


def read_list(text: str, *, known: Collection[str]) -> list[Line]:
    """Read lines of name, e-mail and role, apart by commas, semicolons or tabs; a headline is passed over.

    `known` are the e-mails of accounts, in lower case; they are left as they are. Raises TooManyLines or NoList.
    """
    try:
        rows = list(islice(_rows(text), MOST_ROWS + 1))
    except csv.Error:
        raise NoList from None
    if len(rows) > MOST_ROWS:
        raise TooManyLines
    seen: set[str] = set()
    return [_line(number, cells, known, seen) for number, cells in rows]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    text = text.replace("\0", "").lstrip("\ufeff")
    first = text.strip().partition("\n")[0]
    delimiter = max(";\t,", key=first.count)
    for number, cells in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), 1):
        stripped = [cell.strip() for cell in cells]
        is_headline = number == 1 and not any("@" in cell for cell in stripped)
        if any(stripped) and not is_headline:
            yield number, [*stripped, "", "", ""][:3]


def _line(number: int, cells: list[str], known: Collection[str], seen: set[str]) -> Line:
    name, email, written = cells
    email = email.lower()
    role = ROLES.get(written.lower(), "")
    verdict = _verdict(name, email, role)
    if verdict == Verdict.NEW and email in seen:
        verdict = Verdict.REPEATED
    elif verdict == Verdict.NEW and email in known:
        verdict = Verdict.KNOWN
    seen.add(email)
    return Line(number, name, email, role or written, verdict)


def _verdict(name: str, email: str, role: str) -> Verdict:
    if not name:
        return Verdict.NO_NAME
    if not EMAIL.fullmatch(email):
        return Verdict.BAD_EMAIL
    if not role:
        return Verdict.BAD_ROLE
    is_too_long = len(name) > NAME_LENGTH or len(email) > EMAIL_LENGTH
    return Verdict.TOO_LONG if is_too_long else Verdict.NEW
