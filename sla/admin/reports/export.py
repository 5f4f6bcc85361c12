"""Reports as files: CSV as a Russian Excel opens it, and XLSX (ADM-07, SEC: no formula comes out of a text).

CSV: UTF-8 with a byte order mark, semicolons, decimal commas, as Excel expects under Russian settings. Durations are
working minutes, shares are percentages there and numbers with a percent format in XLSX; dates are the firm's.
"""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from sla.admin.charts import minutes
from sla.admin.reports.tables import Column, Table, Unit, Value

FORMULA = ("=", "+", "-", "@", "\t", "\r")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
UNSAFE_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
FORMATS = {Unit.SHARE: "0.0%", Unit.SCORE: "0.0", Unit.TIME: "0.0", Unit.DATE: "dd.mm.yyyy", Unit.COUNT: "0"}
TITLE_LENGTH = 31
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def plain(text: str) -> str:
    """Make a text that no spreadsheet takes for a formula, without characters that a file cannot hold."""
    clean = CONTROL.sub("", text)
    # Some programs pass blanks over.
    is_formula = clean.startswith(FORMULA) or clean.lstrip().startswith(FORMULA)
    return f"'{clean}" if is_formula else clean


def as_csv(tables: Iterable[Table]) -> bytes:
    """Write the tables one under the other, an empty line between two."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        writer.writerow([plain(_heading(column)) for column in table.columns])
        for row in table.rows:
            writer.writerow(
                [_in_csv(cell.value, column) for cell, column in zip(row, table.columns, strict=True)]
            )
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(tables: Iterable[Table], about: list[tuple[str, str]]) -> bytes:
    """Write a sheet on what the report is about, and one for each table."""
    book = Workbook(write_only=True)
    front = book.create_sheet(about[0][0][:TITLE_LENGTH])
    front.column_dimensions["A"].width, front.column_dimensions["B"].width = 24, 48
    for name, value in about:
        front.append([_text_cell(front, name, is_bold=True), _text_cell(front, value)])
    for table in tables:
        _sheet(book, table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, table: Table) -> None:
    sheet = book.create_sheet(UNSAFE_IN_TITLE.sub(" ", table.title)[:TITLE_LENGTH])
    sheet.freeze_panes = "B2"
    for number, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = 32 if column.unit == Unit.TEXT else 16
    sheet.append([_text_cell(sheet, _heading(column), is_bold=True) for column in table.columns])
    for row in table.rows:
        sheet.append(
            [_cell(sheet, cell.value, column) for cell, column in zip(row, table.columns, strict=True)]
        )


def _cell(sheet: Any, value: Value, column: Column) -> Any:
    if isinstance(value, str):
        return _text_cell(sheet, value)
    made: Any = minutes(value) if isinstance(value, timedelta) else value
    cell = WriteOnlyCell(sheet, made)
    cell.number_format = FORMATS.get(column.unit, "General")
    return cell


def _text_cell(sheet: Any, text: str, *, is_bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, plain(text))
    cell.data_type = "s"  # a text, whatever it looks like
    cell.font = Font(bold=is_bold)
    return cell


def _heading(column: Column) -> str:
    return _("%(column)s, min") % {"column": column.title} if column.unit == Unit.TIME else column.title


def _in_csv(value: Value, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, timedelta):
        return _decimal(minutes(value))
    if column.unit == Unit.SCORE:
        return _decimal(float(value))
    return _decimal(round(value * 100, 1)) if column.unit == Unit.SHARE else str(value)


def _decimal(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}".replace(".", ",")
