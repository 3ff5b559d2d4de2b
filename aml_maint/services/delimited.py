"""Reads a table of text from a file that somebody else made: CSV in UTF-8 or GB 18030, or Excel.

Whatever the bytes are, the answer is the table or a BadInput that says what is wrong.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from aml_maint.domain.errors import BadInput, RowProblem
from aml_maint.domain.messages import say
from aml_maint.domain.spreadsheet_text import restored
from aml_maint.services.long_work import Step, Watch, unwatched, watched

LARGEST = 10 * 1024 * 1024  # bytes
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000  # characters

_SEPARATORS = (",", ";", "\t")
_ENCODINGS = ("utf-8-sig", "gb18030")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # .xls
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


def read_table(data: bytes, required: Sequence[str], watch: Watch = unwatched) -> TextTable:
    """The table in a file's bytes, which must have the `required` columns; else BadInput.

    Of a workbook it is the first sheet that is not hidden.
    """
    from aml_maint.services.workbook import is_workbook, read_rows  # brings a reader of XML

    _check_size(data)
    if is_workbook(data):
        records = iter(read_rows(data, MOST_COLUMNS, MOST_ROWS + 1, watch))
    else:
        records = _text_records(data)
    header = tuple(name.strip() for name in next(records, []))
    _check_header(header, required)
    found = list(islice(enumerate(watched(records, Step.READING, watch), 2), MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise BadInput(say("import.too_many_rows", limit=MOST_ROWS), field="file")
    return TextTable(header, tuple(_line(n, cells, header) for n, cells in found if any(cells)))


def as_table(data: bytes | TextTable, watch: Watch) -> TextTable:
    """The table of a file, if it is not read yet. BadInput as of `read_table`."""
    return read_table(data, (), watch) if isinstance(data, bytes) else data


def renamed(table: TextTable, names: Mapping[str, str], required: Sequence[str]) -> TextTable:
    """A table whose columns are called otherwise: `names` gives ours by the file's.

    BadInput for a column that the file does not have, and for required ones that are missing.
    """
    unknown = tuple(name for name in names if name not in table.header)
    if unknown:
        raise BadInput(
            say("import.no_such_column", columns=unknown),
            hint=say("import.columns_of_file", columns=table.header), field="column",
        )  # fmt: skip
    taken = set(names.values())
    # A column of our name gives way to the one that was named for it.
    meant = {name: names.get(name, "" if name in taken else name) for name in table.header}
    header = tuple(meant[name] for name in table.header)
    _check_header(header, required)
    lines = (
        replace(line, cells={meant[n]: cell for n, cell in line.cells.items() if meant[n]})
        for line in table.lines
    )
    return TextTable(header, tuple(lines))


def _check_size(data: bytes) -> None:
    if len(data) > LARGEST:
        raise BadInput(say("import.too_large", size=LARGEST // (1024 * 1024)), field="file")
    if not data.strip():
        raise BadInput(say("import.empty"), field="file")


def _text_records(data: bytes) -> Iterator[list[str]]:
    import csv

    text = _text(data)
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from records
    except csv.Error as error:
        raise BadInput(say("import.broken_row", row=records.line_num), field="file") from error


def _text(data: bytes) -> str:
    if data.startswith(_OLD_WORKBOOK):
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
    return Line(number, {n: restored(c) for n, c in zip(header, cells, strict=True) if n})
