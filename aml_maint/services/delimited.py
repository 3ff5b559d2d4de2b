"""Reads a table of text from a file that somebody else made: CSV in UTF-8 or GB 18030.

Whatever the bytes are, the answer is the table or a BadInput that says what is wrong.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from aml_maint.domain.errors import BadInput, RowProblem
from aml_maint.domain.messages import say

LARGEST = 10 * 1024 * 1024  # bytes
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000  # characters

_SEPARATORS = (",", ";", "\t")
_ENCODINGS = ("utf-8-sig", "gb18030")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .xls
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Line:
    """One row of cells by column; `number` counts records from 1, the header being row 1."""

    number: int
    cells: Mapping[str, str]
    problem: RowProblem | None = None


@dataclass(frozen=True)
class TextTable:
    """The header and the rows of a file; blank rows are left out."""

    header: tuple[str, ...]
    lines: tuple[Line, ...]


def read_table(data: bytes, required: Sequence[str]) -> TextTable:
    """The table in a file's bytes, which must have the `required` columns; else BadInput."""
    text = _text(data)
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = tuple(name.strip() for name in next(records, []))
        _check_header(header, required)
        found = list(islice(enumerate(records, 2), MOST_ROWS + 1))
    except csv.Error as error:
        raise BadInput(say("import.broken_row", row=records.line_num), field="file") from error
    if len(found) > MOST_ROWS:
        raise BadInput(say("import.too_many_rows", limit=MOST_ROWS), field="file")
    return TextTable(header, tuple(_line(n, cells, header) for n, cells in found if any(cells)))


def _text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise BadInput(say("import.too_large", size=LARGEST // (1024 * 1024)), field="file")
    if not data.strip():
        raise BadInput(say("import.empty"), field="file")
    if data.startswith(_WORKBOOKS):
        raise BadInput(say("import.workbook"), hint=say("import.save_as_csv"), field="file")
    if data.startswith(_UTF16):
        raise BadInput(say("import.encoding"), hint=say("import.save_as_csv"), field="file")
    if b"\0" in data:
        raise BadInput(say("import.not_text"), hint=say("import.save_as_csv"), field="file")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(say("import.encoding"), hint=say("import.save_as_csv"), field="file")


def _check_header(header: Sequence[str], required: Sequence[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise BadInput(say("import.too_many_columns", limit=MOST_COLUMNS), field="file")
    missing = tuple(name for name in required if name not in header)
    if missing:
        raise BadInput(
            say("import.columns_missing", columns=missing),
            hint=say("import.columns_missing.hint"),
            field="file",
        )
    twice = tuple(dict.fromkeys(name for name in header if name and header.count(name) > 1))
    if twice:
        raise BadInput(say("import.columns_twice", columns=twice), field="file")


def _line(number: int, cells: Sequence[str], header: Sequence[str]) -> Line:
    if len(cells) != len(header):
        message = say("import.ragged", found=len(cells), expected=len(header))
        return Line(number, {}, RowProblem(number, "row", message))
    for name, cell in zip(header, cells, strict=True):
        if len(cell) > LONGEST_CELL:
            message = say("import.cell_too_long", limit=LONGEST_CELL)
            return Line(number, {}, RowProblem(number, name or "row", message))
    return Line(number, {n: _restored(c) for n, c in zip(header, cells, strict=True) if n})


def _restored(cell: str) -> str:
    """The cell as it was before an export put an apostrophe before a formula's first character."""
    if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA_STARTS):
        return cell[1:]
    return cell
