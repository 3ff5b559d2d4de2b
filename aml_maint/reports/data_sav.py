"""Tables as SPSS system files, with labels of variables and values, and missing codes.

Written record by record after PSPP's description of the format: no data frame is needed, and a
table of any length is never in memory. Strings are UTF-8; a text of more than 255 bytes goes on in
a variable of its own. Empty numbers and dates are system-missing, an empty code is -9.
"""

from __future__ import annotations

import marshal
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from aml_maint.domain.data_dictionary import (
    NOT_RECORDED,
    Cell,
    Extract,
    Kind,
    Terms,
    Variable,
)
from aml_maint.domain.messages import Catalogue, say
from aml_maint.reports.data_text import unit_shown
from aml_maint.reports.sav_cases import CaseWriter, Numbers, Texts, pieces
from aml_maint.reports.sav_dictionary import Column, Measure, Shape, write_dictionary

_MOST_DECIMALS = 6
_IN_MEMORY = 1 << 20  # bytes
_REFORM = datetime(1582, 10, 14)
# Their cells take eight bytes, and no decimals.
_WITHOUT_WIDTH = frozenset({Kind.CODE, Kind.FLAG, Kind.WHOLE, Kind.DAY, Kind.TIME})
_ORDERED = frozenset({"grade", "causality"})


@dataclass
class _Seen:
    """What the cells of one variable need: bytes of the longest text, decimals of the finest."""

    longest: int = 1
    decimals: int = 0
    parts: int = field(default=1)


def write_sav(
    table: Extract, path: Path, terms: Terms, language: Catalogue, made: datetime,
    ask: Callable[[], None] = lambda: None,
) -> int:  # fmt: skip
    """Write one table to a new file; how many rows it has.

    The rows are first put aside, many of them in a file that has no name: how wide a text is
    must be known before. What `ask` raises, which is called while they are written from there,
    ends the writing.
    """
    seen = [_Seen() for _ in table.variables]
    with SpooledTemporaryFile(_IN_MEMORY, dir=str(path.parent)) as aside:
        sizes, count = _put_aside(table, seen, aside.write)
        aside.seek(0)
        columns = [
            _column(variable, needs, terms, language)
            for variable, needs in zip(table.variables, seen, strict=True)
        ]
        with path.open("wb") as file:
            _write_dictionary(file, columns, table, language, made, count)
            blocks = (marshal.loads(aside.read(size)) for size in sizes)
            _write_cases(file, columns, blocks, ask)
    return count


def _put_aside(
    table: Extract, seen: Sequence[_Seen], write: Callable[[bytes], int]
) -> tuple[list[int], int]:
    """Put the rows aside as the numbers and texts that they will be.

    How many bytes each block of them takes, and how many there are.
    """
    count, sizes = 0, []
    kinds = [_values(variable) for variable in table.variables]
    for block in table.blocks:
        for cells, variable, needs in zip(block, table.variables, seen, strict=True):
            _look(cells, variable.kind, needs)
        found = [values(cells) for values, cells in zip(kinds, block, strict=True)]
        sizes.append(write(marshal.dumps(found)))
        count += len(found[0])
    return sizes, count


def _look(cells: Iterable[Cell], kind: Kind, needs: _Seen) -> None:
    if kind is Kind.NUMBER:
        # The same number stands in many rows; those that are only equal may have other digits.
        for cell in {id(cell): cell for cell in cells}.values():
            if isinstance(cell, Decimal):
                exponent = cell.as_tuple().exponent
                if isinstance(exponent, int) and -exponent > needs.decimals:
                    needs.decimals = min(-exponent, _MOST_DECIMALS)
    elif kind not in _WITHOUT_WIDTH:
        for text in {cell for cell in cells if isinstance(cell, str)}:
            size = len(text) if text.isascii() else len(text.encode())
            if size > needs.longest:
                needs.longest = size
                needs.parts = max(needs.parts, len(pieces(text)))


def _values(variable: Variable) -> Callable[[Sequence[Any]], Sequence[float | str | None]]:
    """What makes numbers or texts of the cells of a variable."""
    match variable.kind:
        case Kind.CODE | Kind.FLAG:
            numbers: dict[str | None, float] = {None: float(NOT_RECORDED)}
            numbers |= {code.word: float(code.number) for code in variable.codes}
            return lambda cells: [numbers[cell] for cell in cells]
        case Kind.WHOLE | Kind.NUMBER:
            return lambda cells: [None if cell is None else float(cell) for cell in cells]
        case Kind.DAY:
            return lambda cells: [*map(_each(cells).get, cells)]
        case Kind.TIME:
            return lambda cells: [None if cell is None else seconds(cell) for cell in cells]
        case _:
            return lambda cells: ["" if cell is None else str(cell) for cell in cells]


def _write_dictionary(
    file: BinaryIO, columns: Sequence[Column], table: Extract, language: Catalogue,
    made: datetime, count: int,
) -> None:  # fmt: skip
    spread: list[Column] = []
    for column in columns:
        spread.append(column)
        for number in range(2, column.parts + 1):
            label = f"{column.label} ({number})"
            spread.append(replace(column, name=f"{column.name}_{number}", label=label, labels=()))
    write_dictionary(file, spread, table.label.text(language.language), made, count)


def _write_cases(
    file: BinaryIO, columns: Sequence[Column], blocks: Iterable[Sequence[Sequence[Any]]],
    ask: Callable[[], None],
) -> None:  # fmt: skip
    """Write the numbers and texts that were put aside."""
    cases = CaseWriter(file)
    writers = [
        Texts(column.width, column.parts).elements
        if column.shape is Shape.TEXT
        else Numbers().elements
        for column in columns
    ]
    for block in blocks:
        ask()
        elements = [write(values) for write, values in zip(writers, block, strict=True)]
        cases.write([*chain.from_iterable(elements)])
    cases.finish()


def _each(days: Sequence[date | None]) -> dict[date | None, float]:
    """The days that some cells have, each once, as SPSS counts them."""
    return {day: seconds(day) for day in {*days} if day is not None}


def seconds(when: date | datetime) -> float:
    """A day or a civil time as SPSS counts: seconds since the calendar's reform."""
    if not isinstance(when, datetime):
        return (when.toordinal() - _REFORM.toordinal()) * 86_400.0
    passed = (when if when.tzinfo is None else when.replace(tzinfo=None)) - _REFORM
    return passed.days * 86_400.0 + passed.seconds


def _column(variable: Variable, needs: _Seen, terms: Terms, language: Catalogue) -> Column:
    label = variable.label.text(language.language)
    if variable.unit:
        label = f"{label} [{unit_shown(variable, language)}]"
    plain = Column(variable.name, label)
    match variable.kind:
        case Kind.CODE | Kind.FLAG:
            labels = [(c.number, language.text(c.label)) for c in variable.codes]
            numbers = {c.word: c.number for c in variable.codes}
            if NOT_RECORDED not in numbers.values():
                labels.append((NOT_RECORDED, language.text(say("export.not_recorded"))))
            missing = sorted({NOT_RECORDED, *(n for n in numbers.values() if n < 0)})
            ordered = variable.codes_name in _ORDERED
            return replace(
                plain, labels=tuple((struct.pack("<d", n), text) for n, text in labels),
                missing=tuple(missing), display=8,
                measure=Measure.ORDINAL if ordered else Measure.NOMINAL,
            )  # fmt: skip
        case Kind.WHOLE:
            return replace(plain, measure=Measure.SCALE, display=8)
        case Kind.NUMBER:
            return replace(plain, measure=Measure.SCALE, decimals=needs.decimals, display=12)
        case Kind.DAY:
            return replace(plain, shape=Shape.DAY, measure=Measure.SCALE, display=11)
        case Kind.TIME:
            return replace(plain, shape=Shape.TIME, measure=Measure.SCALE, display=17)
        case _:
            return _text_column(plain, variable, needs, terms, language)


def _text_column(
    plain: Column, variable: Variable, needs: _Seen, terms: Terms, language: Catalogue
) -> Column:
    width = min(needs.longest, 255)
    listed = terms.get(variable.terms, {})
    labels = tuple(
        (id.encode().ljust(width), language.text(label))
        for id, label in listed.items()
        if len(id.encode()) <= width
    )
    return replace(
        plain, shape=Shape.TEXT, width=width, labels=labels, parts=needs.parts,
        display=min(max(width, 8), 40),
    )  # fmt: skip
