"""A workbook written row by row straight into its file: nothing is held, nothing lies beside it.

After ECMA-376 (Office Open XML), with texts in their cells. XlsxWriter takes ten calls a cell, puts
each sheet aside in a file of its own, and can't be stopped while it packs them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from types import TracebackType
from typing import IO, Any, BinaryIO, Self
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from aml_maint.domain.data_dictionary import Cell
from aml_maint.domain.spreadsheet_text import FORMULA_STARTS
from aml_maint.reports import xlsx_parts

MOST_ROWS = 1_048_576
"""Rows that a sheet holds."""

_MOST_BYTES = 1_900_000_000  # of a sheet: with 2 GiB the archive would need another form
_LONGEST = 32_767  # UTF-16 units in a cell
_AT_ONCE = 500  # rows
_FIRST_DAY = date(1900, 3, 1)  # before, Excel counts a day that never was
_DAY_0 = datetime(1899, 12, 31)
_DAY_SECONDS = 86_400

# Characters that XML can't hold, as their pictures.
_PICTURES = {
    **{n: 0x2400 + n for n in range(32) if chr(n) not in "\t\n\r"},
    0xFFFE: 0xFFFD,
    0xFFFF: 0xFFFD,
}
_SPECIAL = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_|\A\s|\s\Z")
# A text that looks like the escape of a character has its first sign escaped.
_LIKE_ESCAPE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")


class Style(IntEnum):
    """How a cell looks: the numbers of `xlsx_parts.STYLES`."""

    PLAIN = 0
    NAME = 1
    LABEL = 2
    DAY = 3
    TIME = 4
    QUOTED = 5


class Sheet:
    """One sheet; rows are added from the first on."""

    def __init__(self, part: IO[bytes], head: str, width: int) -> None:
        self.is_hidden = False
        self.rows = 0
        self._part = part
        self._columns = [_letters(number) for number in range(width)]
        self._bytes = 0
        self._pending = [head]

    @property
    def is_full(self) -> bool:
        """Must what follows go into another sheet?"""
        return self._bytes > _MOST_BYTES

    def add(self, cells: Iterable[Cell]) -> None:
        """A row; numbers, dates and texts as what they are, None as no cell."""
        self.rows = number = self.rows + 1
        found = [
            f'<c r="{column}{number}"{_FORMS[type(cell)](cell)}'
            for column, cell in zip(self._columns, cells, strict=True)
            if cell is not None
        ]
        self._put(found)

    def add_head(self, texts: Iterable[str], style: Style) -> None:
        """A row of texts that all look alike."""
        self.rows = number = self.rows + 1
        self._put(
            f'<c r="{column}{number}" s="{style}"{_inline(text)}'
            for column, text in zip(self._columns, texts, strict=True)
        )

    def end(self) -> None:
        """Write what waits; there are no further rows."""
        self._pending.append(xlsx_parts.SHEET_END)
        self._flush()
        self._part.close()

    def _put(self, cells: Iterable[str]) -> None:
        self._pending.append(f'<row r="{self.rows}">{"".join(cells)}</row>')
        if len(self._pending) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        data = "".join(self._pending).encode()
        self._bytes += len(data)
        self._part.write(data)
        self._pending.clear()


class Book:
    """A workbook in a new file. Left with an error it is no workbook, and only closed."""

    def __init__(self, file: BinaryIO) -> None:
        self._archive = ZipFile(file, "w", ZIP_DEFLATED)
        self._sheets: list[tuple[str, Sheet]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_sheet()
        if error is None:
            sheets = [(quoteattr(name), sheet.is_hidden) for name, sheet in self._sheets]
            for name, content in xlsx_parts.around(sheets):
                self._archive.writestr(_entry(name), content)
        self._archive.close()

    def sheet(self, name: str, widths: Sequence[int], rows: int, columns: int) -> Sheet:
        """A new sheet, which ends the one before: its columns' widths, and what stays in sight."""
        self._end_sheet()
        number = len(self._sheets) + 1
        part = self._archive.open(_entry(xlsx_parts.sheet_name(number)), "w")
        head = xlsx_parts.sheet_head(widths, rows, columns, is_first=number == 1)
        sheet = Sheet(part, head, len(widths))
        self._sheets.append((name, sheet))
        return sheet

    def _end_sheet(self) -> None:
        if self._sheets:
            self._sheets[-1][1].end()


def _entry(name: str) -> ZipInfo:
    """A part of the archive, of no date: the same data give the same file."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _letters(column: int) -> str:
    """A column as spreadsheets name it, the first is 0."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(65 + last)


# What follows `<c r="A1"` for each kind of value.


@lru_cache(maxsize=16_384)
def _text(text: str) -> str:
    """A text. One that would begin a formula is marked as text for whoever edits it."""
    if _SPECIAL.search(text) is None and not text.startswith(FORMULA_STARTS):
        return f"{_TEXT}{_cut(text)}{_TEXT_END}"
    told = text.translate(_PICTURES)
    style = f' s="{Style.QUOTED}"' if told.startswith(FORMULA_STARTS) else ""
    return style + _inline(told)


_TEXT, _TEXT_END = ' t="inlineStr"><is><t>', "</t></is></c>"


def _inline(text: str) -> str:
    told = escape(_LIKE_ESCAPE.sub("_x005F_", _cut(text)).replace("\r", "_x000D_"))
    if told.strip() == told:
        return f"{_TEXT}{told}{_TEXT_END}"
    return f'{_TEXT[:-1]} xml:space="preserve">{told}{_TEXT_END}'


def _cut(text: str) -> str:
    """What is longer than a cell can hold ends with a mark that says so."""
    if len(text) * 2 <= _LONGEST:
        return text
    raw = text.encode("utf-16-le")
    if len(raw) <= 2 * _LONGEST:
        return text
    return raw[: 2 * (_LONGEST - 1)].decode("utf-16-le", errors="ignore") + "…"


def _number(number: int | Decimal) -> str:
    return f"><v>{float(number):.16G}</v></c>"


def _time(when: datetime) -> str:
    civil = when.replace(tzinfo=None)
    if civil.date() < _FIRST_DAY:
        return _text(civil.isoformat(timespec="minutes"))
    passed = civil - _DAY_0
    part = (passed.seconds + passed.microseconds / 1e6) / _DAY_SECONDS
    return f' s="{Style.TIME}"><v>{passed.days + part + 1:.16G}</v></c>'


def _day(day: date) -> str:
    if day < _FIRST_DAY:
        return _text(day.isoformat())
    return f' s="{Style.DAY}"><v>{day.toordinal() - _DAY_0.toordinal() + 1}</v></c>'


_FORMS: dict[type, Callable[[Any], str]] = {
    str: _text, int: _number, Decimal: _number, datetime: _time, date: _day,
}  # fmt: skip
