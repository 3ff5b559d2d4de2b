"""A plain table as a file: CSV that spreadsheets read as text, or an XLSX workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from aml_maint.domain.spreadsheet_text import harmless

Cell = str | int | date | datetime | None
TableFormat = Literal["csv", "xlsx"]
FORMATS: tuple[TableFormat, ...] = ("csv", "xlsx")

_WIDEST = 60  # characters
# What a workbook takes: so many characters in a cell and in a sheet's title, and not these there.
_LONGEST_CELL, _LONGEST_TITLE, _NOT_IN_TITLE = 32_767, 31, "[]:*?/\\"


@dataclass(frozen=True)
class TableFile:
    """A title, the heads of the columns, and the rows below them.

    `remarks` say what the figures rest on; in a CSV file they stand first, each after a `#`.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.heads) for row in self.rows):
            raise ValueError("every row has a cell for each head")


def table_bytes(table: TableFile, kind: TableFormat) -> bytes:
    """The table as the bytes of a file."""
    return csv_bytes(table) if kind == "csv" else xlsx_bytes(table)


def csv_bytes(table: TableFile) -> bytes:
    """CSV as spreadsheets in every language open it: UTF-8 with its mark, CRLF, days as ISO."""
    import csv

    out = io.StringIO(newline="")
    out.writelines(f"# {' '.join(remark.splitlines())}\r\n" for remark in table.remarks)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.heads)
    writer.writerows([_text(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.isoformat(sep=" ", timespec="minutes")
        case date():
            return cell.isoformat()
        case int():
            return str(cell)
        case str():
            return harmless(cell)


def xlsx_bytes(table: TableFile) -> bytes:
    """A workbook of one sheet: bold head that stays in sight, filters, no formula and no link."""
    import xlsxwriter  # slow to load, and most people never export

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet(_title(table.title))
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
    for column, text in enumerate(table.heads):
        sheet.write_string(0, column, text, head)
        sheet.set_column(column, column, _width(table, column))
    for number, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            match cell:
                case None:
                    pass
                case datetime():
                    sheet.write_datetime(number, column, cell.replace(tzinfo=None), moment)
                case date():
                    sheet.write_datetime(number, column, cell, day)
                case int():
                    sheet.write_number(number, column, cell, plain)
                case str():
                    sheet.write_string(number, column, _shown(cell), plain)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.heads) - 1)
    book.close()
    return out.getvalue()


def _title(text: str) -> str:
    kept = "".join(c for c in _shown(text) if c not in _NOT_IN_TITLE).strip("' \n\t")
    return kept[:_LONGEST_TITLE].strip("' ")


def _shown(text: str) -> str:
    """A text as a workbook can hold it: plain line ends, no control characters, cut if too long."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in "\t\n" or " " <= c <= "\ufffd" or c > "\uffff")
    if len(kept) <= _LONGEST_CELL:
        return kept
    return kept[: _LONGEST_CELL - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _width(table: TableFile, column: int) -> int:
    cells: Sequence[Cell] = [table.heads[column], *(row[column] for row in table.rows)]
    return min(max(len(_text(cell)) for cell in cells) + 2, _WIDEST)
