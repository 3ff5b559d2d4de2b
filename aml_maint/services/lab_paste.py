"""What a spreadsheet puts on the clipboard, read as a grid of laboratory results.

A block whose first column names analytes is placed by those names; a row of days above it says
when samples were collected. Any other block is taken cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aml_maint.domain.analytes import Analyte, LabCatalogue
from aml_maint.domain.errors import BadInput
from aml_maint.domain.quantities import unit_code

_MOST_LINES, _MOST_CELLS = 500, 60
_DAY = re.compile(r"\s*\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")


@dataclass(frozen=True)
class PastedRow:
    """The values of one analyte, in the order of the columns; `unit` if the block names one."""

    analyte: Analyte
    unit: str | None
    values: tuple[str, ...]


@dataclass(frozen=True)
class Pasted:
    """A block: its cells as they are, and what they mean if the block names analytes.

    `collected` are the days (with times) above the columns; `unknown` the names that no analyte
    has.
    """

    cells: tuple[tuple[str, ...], ...]
    rows: tuple[PastedRow, ...] = ()
    collected: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Does the block say which analytes it is about?"""
        return bool(self.rows)


def read_paste(text: str, labs: LabCatalogue) -> Pasted:
    """The block on the clipboard; columns are parted by tabs."""
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    cells = tuple(
        tuple(cell.strip() for cell in line.split("\t")[:_MOST_CELLS])
        for line in lines[:_MOST_LINES]
    )
    named = [labs.find(line[0]) for line in cells if len(line) > 1]
    if not any(found is not None for found in named):
        return Pasted(cells)
    head = cells[0] if cells and labs.find(cells[0][0]) is None else ()
    body = cells[1:] if head else cells
    has_units = _has_units(body, labs)
    first = 2 if has_units else 1
    rows, unknown = [], []
    for line in body:
        analyte = labs.find(line[0])
        if analyte is None:
            unknown.append(line[0])
        else:
            rows.append(PastedRow(analyte, _unit(line, analyte) if has_units else None,
                                  line[first:]))  # fmt: skip
    days = head[first:] if any(_DAY.match(cell) for cell in head[first:]) else ()
    return Pasted(cells, tuple(rows), days, tuple(unknown))


def _has_units(body: Sequence[Sequence[str]], labs: LabCatalogue) -> bool:
    """Is the second column one of units? It is if most of its cells are units of their analyte."""
    known = [(line, labs.find(line[0])) for line in body if len(line) > 1]
    found = [_unit(line, analyte) is not None for line, analyte in known if analyte is not None]
    return sum(found) * 2 > len(found)


def _unit(line: Sequence[str], analyte: Analyte) -> str | None:
    if len(line) < 2:
        return None
    try:
        unit = unit_code(line[1])
    except BadInput:
        return None
    return unit if unit in analyte.units else None
