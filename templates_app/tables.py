"""A table of templates as a CSV file: read and written so that spreadsheets neither break it nor run it (TPL-04)."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

# Column → how its heading may be written; the first one is what an export writes.
HEADINGS = {
    "shortcut": ("короткое имя", "shortcut"),
    "title": ("название", "title"),
    "category": ("категория", "category"),
    "owner": ("чей", "owner"),
    "text": ("текст", "text"),
}
NEEDED = ("shortcut", "title", "text")
DELIMITERS = ";,\t"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_BYTES, MOST_ROWS = 1_900_000, 2_000  # as UTF-8: less than a form may carry (DATA_UPLOAD_MAX_MEMORY_SIZE)
WORD = re.compile(r"[^\W\d_]+")
CYRILLIC = range(0x400, 0x460)


class BadEncoding(ValueError):
    """The file is neither UTF-8 nor Windows-1251 text."""


class NoTable(ValueError):
    """The text cannot be read as CSV, as where a quotation mark is never closed."""


class MissingColumns(ValueError):
    """The first line does not name the columns that are needed."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class TooLarge(ValueError):
    """More than a table of templates can be."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file, as it was written; `number` is what a spreadsheet shows. None: no such column."""

    number: int
    shortcut: str
    title: str
    text: str
    category: str | None = None
    owner: str | None = None


def decoded(content: bytes) -> str:
    """Read the bytes as UTF-8, with or without a mark, or as Windows-1251. Raises BadEncoding or TooLarge."""
    if len(content) > MOST_BYTES:
        raise TooLarge
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _windows(content)
    if len(text.encode()) > MOST_BYTES:
        raise TooLarge
    if "\0" in text or "\ufffd" in text:
        raise BadEncoding
    return text


def _windows(content: bytes) -> str:
    """Windows-1251 knows nearly every byte, so that its words are to be Russian ones."""
    try:
        text = content.decode("cp1251")
    except UnicodeDecodeError:
        raise BadEncoding from None
    words = [word for word in WORD.findall(text) if not word.isascii()]
    strange = sum(any(ord(letter) not in CYRILLIC for letter in word) for word in words)
    if strange > 0.1 * len(words):
        raise BadEncoding
    return text


def read(text: str) -> list[Row]:
    """Read the table; empty lines are passed over. Raises NoTable, MissingColumns or TooLarge."""
    try:
        return _read(text)
    except csv.Error:
        raise NoTable from None


def _read(text: str) -> list[Row]:
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    lines = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter)
    columns = _columns(next(lines, []))
    rows = [_row(lines.line_num, columns, cells) for cells in lines if any(cell.strip() for cell in cells)]
    if len(rows) > MOST_ROWS:
        raise TooLarge
    return rows


def _columns(headings: list[str]) -> dict[str, int]:
    written = [heading.strip().casefold() for heading in headings]
    found = {
        name: written.index(known)
        for name, knowns in HEADINGS.items()
        for known in knowns
        if known in written
    }
    missing = [HEADINGS[name][0] for name in NEEDED if name not in found]
    if missing:
        raise MissingColumns(missing)
    return found


def _row(number: int, columns: dict[str, int], cells: list[str]) -> Row:
    given = {name: plain_cell(cells[place]) if place < len(cells) else "" for name, place in columns.items()}
    return Row(number, **given)


def write(rows: Iterable[dict[str, str]]) -> str:
    """Write the table as Russian spreadsheets open it: with semicolons, and nothing that they would run (SEC-10)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(names[0] for names in HEADINGS.values())
    writer.writerows([safe_cell(row[name]) for name in HEADINGS] for row in rows)
    return "\ufeff" + out.getvalue()


def safe_cell(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.lstrip(" '\n").startswith(FORMULA) or text.startswith(FORMULA) else text


def plain_cell(text: str) -> str:
    """Take the apostrophe of `safe_cell` away again; line ends become plain ones."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    is_ours = text.startswith("'") and safe_cell(text[1:]) == text
    return (text[1:] if is_ours else text).strip()
