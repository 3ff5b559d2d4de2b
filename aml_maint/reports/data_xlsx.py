"""Tables as one workbook: numbers as numbers, dates as dates, text as text and never a formula."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.sax.saxutils import escape

from aml_maint.domain.data_dictionary import Extract, Kind, Terms, Variable
from aml_maint.domain.messages import Catalogue
from aml_maint.domain.spreadsheet_text import FORMULA_STARTS
from aml_maint.reports.data_text import (
    CODES_HEADER,
    DICTIONARY_HEADER,
    code_rows,
    unit_shown,
    variable_rows,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

HEAD_ROWS = 2
"""The names of the variables, and what they mean."""

_MOST_ROWS = 1_048_576 - HEAD_ROWS
_LONGEST = 32_767  # UTF-16 units in a cell
_SURELY = _LONGEST // 2  # characters that fit whatever they are
# Excel counts from the day after this one, and among them 29 February 1900, which never was.
_DAY_ZERO = datetime(1899, 12, 31)
_FIRST_DAY = datetime(1900, 3, 1)
_WIDEST = 40

# Characters that XML can't hold, as their pictures.
_PICTURES = {
    **{n: 0x2400 + n for n in range(32) if chr(n) not in "\t\n\r"}, 0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD,
}  # fmt: skip
_ODD = re.compile(f"^<r>|[{re.escape(''.join(map(chr, _PICTURES)))}]")

# Nothing is guessed from a text.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


@dataclass(frozen=True)
class _Formats:
    name: Any
    label: Any
    day: Any
    time: Any
    quoted: Any


class _Asking(io.RawIOBase):
    """A file that asks before each write if it is still wanted; once it is not, it takes nothing.

    So the packing of a large workbook can be stopped, too. Whoever still holds the file then may
    end as usual.
    """

    def __init__(self, file: BinaryIO, ask: Callable[[], None]) -> None:
        super().__init__()
        self._file, self._ask = file, ask
        self._given_up: int | None = None  # where it then ended

    def write(self, data: Any) -> int:
        if self._given_up is not None:
            return len(data)
        try:
            self._ask()
        except BaseException:
            self._given_up = self._file.seek(0, io.SEEK_END)
            raise
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell() if self._given_up is None else self._given_up

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if self._given_up is not None:
            return self._given_up
        return self._file.seek(offset, whence)

    def seekable(self) -> bool:
        return True


def write_xlsx(
    tables: Sequence[Extract], path: Path, terms: Terms, words: Sequence[Catalogue],
    language: Catalogue, ask: Callable[[], None] = lambda: None,
) -> dict[str, int]:  # fmt: skip
    """Write a sheet for each table and two for the dictionary; how many rows each table has.

    `words` are both languages, `language` the one of the second row of each sheet. A table with
    more rows than a sheet holds goes on in another; the sheet of an empty one is hidden. What
    `ask` raises, which is called on the way, ends the writing soon.
    """
    from xlsxwriter import Workbook

    # Temporary files lie where the workbook lies.
    with (
        tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as aside,
        path.open("wb") as file,
    ):
        book = Workbook(_Asking(file, ask), {**_OPTIONS, "tmpdir": aside})
        try:
            counts = _write_sheets(book, tables, terms, words, language)
            book.close()
        except BaseException:
            # Closed, it would first pack all that was written.
            for sheet in book.worksheets():
                sheet.row_data_fh.close()
            raise
        return counts


def _write_sheets(
    book: Workbook, tables: Sequence[Extract], terms: Terms, words: Sequence[Catalogue],
    language: Catalogue,
) -> dict[str, int]:  # fmt: skip
    formats = _Formats(
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"italic": True, "text_wrap": True, "valign": "top"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        book.add_format({"quote_prefix": True}),
    )
    described = [r for t in tables for r in variable_rows(t.name, t.label, t.variables)]
    _write_texts(book, "dictionary", DICTIONARY_HEADER, described, formats)
    variables = [variable for table in tables for variable in table.variables]
    _write_texts(book, "codes", CODES_HEADER, code_rows(variables, terms, words), formats)
    return {table.name: _write_table(book, table, formats, language) for table in tables}


def _write_table(book: Workbook, table: Extract, formats: _Formats, language: Catalogue) -> int:
    count, sheet = 0, _table_sheet(book, table.name, table.variables, formats, language)
    write = _row_writer(sheet, formats)
    kinds = [_TOLD.get(variable.kind, _told_texts) for variable in table.variables]
    for block in table.blocks:
        told = [tell(cells) for tell, cells in zip(kinds, block, strict=True)]
        for row in zip(*told, strict=True):
            at = count % _MOST_ROWS
            if count and at == 0:
                name = f"{table.name} {count // _MOST_ROWS + 1}"
                sheet = _table_sheet(book, name, table.variables, formats, language)
                write = _row_writer(sheet, formats)
            write(HEAD_ROWS + at, row)
            count += 1
    if not count:
        sheet.hide()
    return count


def _table_sheet(
    book: Workbook, name: str, variables: Sequence[Variable], formats: _Formats,
    language: Catalogue,
) -> Worksheet:  # fmt: skip
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(HEAD_ROWS, 1)
    shown = {Kind.DAY: formats.day, Kind.TIME: formats.time}
    for column, variable in enumerate(variables):
        width = min(max(len(variable.name) + 2, 12), _WIDEST)
        sheet.set_column(column, column, width, shown.get(variable.kind))
        sheet.write_string(0, column, variable.name, formats.name)
    for column, variable in enumerate(variables):
        unit = unit_shown(variable, language)
        label = variable.label.text(language.language)
        sheet.write_string(1, column, f"{label} [{unit}]" if unit else label, formats.label)
    return sheet


def _write_texts(
    book: Workbook, name: str, header: Sequence[str], rows: Iterable[Sequence[str]],
    formats: _Formats,
) -> None:  # fmt: skip
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(header) - 1, 24)
    for column, text in enumerate(header):
        sheet.write_string(0, column, text, formats.name)
    write = _row_writer(sheet, formats)
    for number, row in enumerate(rows, 1):
        write(number, _told_texts([text or None for text in row]))


class _Quoted(str):
    """A text that would begin a formula: it is marked as text for whoever edits it."""


_Told = str | float | None
"""A cell as XlsxWriter takes it and Excel can hold it; days and times look as their columns do."""


def _row_writer(sheet: Worksheet, formats: _Formats) -> Callable[[int, Sequence[_Told]], None]:
    """What writes rows into a sheet; the library is not asked to find out what each cell is."""

    def quoted(at: int, column: int, text: str) -> None:
        sheet.write_string(at, column, str(text), formats.quoted)

    number, text = sheet.write_number, sheet.write_string
    writers: dict[type[object], Callable[[int, int, Any], object]]
    writers = {str: text, float: number, int: number, _Quoted: quoted}

    def write(at: int, row: Sequence[_Told]) -> None:
        for column, cell in enumerate(row):
            if cell is not None:
                writers[cell.__class__](at, column, cell)

    return write


def _told_texts(cells: Sequence[Any]) -> list[_Told]:
    told = {cell: _told_text(cell) for cell in set(cells) if cell is not None}
    return [*map(told.get, cells)]


def _told_text(text: str) -> str:
    # Hardly any text needs more than this look.
    if _ODD.search(text) is not None or len(text) >= _SURELY:
        text = _storable(text)
    return _Quoted(text) if text.startswith(FORMULA_STARTS) else text


def _told_numbers(cells: Sequence[Any]) -> list[_Told]:
    return [float(cell) if isinstance(cell, Decimal) else cell for cell in cells]


def _told_days(cells: Sequence[Any]) -> list[_Told]:
    return [
        cell and (_serial(datetime.fromordinal(cell.toordinal())) or cell.isoformat())
        for cell in cells
    ]


def _told_times(cells: Sequence[Any]) -> list[_Told]:
    civil = (cell and cell.replace(tzinfo=None) for cell in cells)
    return [time and (_serial(time) or time.isoformat(timespec="minutes")) for time in civil]


def _serial(civil: datetime) -> float | None:
    """A civil time as Excel counts it; None before the first day that it counts rightly."""
    if civil < _FIRST_DAY:
        return None
    passed = civil - _DAY_ZERO
    return passed.days + (passed.seconds + passed.microseconds / 1e6) / 86_400 + 1


_TOLD: Mapping[Kind, Callable[[Sequence[Any]], list[_Told]]] = {
    Kind.NUMBER: _told_numbers,
    Kind.WHOLE: _told_numbers,
    Kind.DAY: _told_days,
    Kind.TIME: _told_times,
}


def _storable(text: str) -> str:
    told = text.translate(_PICTURES)
    raw = told.encode("utf-16-le")
    if len(raw) > 2 * _LONGEST:
        # What is longer than a cell can hold ends with a mark that says so.
        told = raw[: 2 * (_LONGEST - 1)].decode("utf-16-le", errors="ignore") + "…"
    if told.startswith("<r>") and told.endswith("</r>"):
        # XlsxWriter takes such a text for markup of its own, and writes it as it is.
        told = f'<r><t xml:space="preserve">{escape(told)}</t></r>'
    return told
