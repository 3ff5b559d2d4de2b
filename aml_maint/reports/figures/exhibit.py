"""A figure or a table with everything that has to stand beside it, before it is drawn.

Each carries its definition, how many patients it rests on and the day, so that no copy of it can
lose them; the values stand in tables, for whoever can't see a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from aml_maint.domain.messages import Message, Name, say

if TYPE_CHECKING:
    from aml_maint.reports.figures.sheet import Sheet

Cell = Message | Name | Decimal | date | str | int | None


@dataclass(frozen=True)
class Values:
    """A table of an exhibit. `id` ends the names of its files; the main table has none.

    `patients` are the ids of the patients that rows are about, `striking` the rows that a reader
    should not miss. Columns with a share part the width and wrap; of
    those with none, each is as wide as what it holds.
    """

    id: str
    title: Message
    head: tuple[Message | Name | str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    patients: tuple[str, ...] = ()
    striking: frozenset[int] = frozenset()
    shares: tuple[int, ...] = ()


class Drawing(Protocol):
    """What puts a figure on a sheet."""

    def height(self, width: float) -> float:
        """How high the figure is best at a width, in pixels."""
        ...

    def least_height(self, width: float) -> float:
        """How high it has to be at least to be read."""
        ...

    def draw(self, sheet: Sheet, left: float, top: float, width: float, height: float) -> None:
        """Draw into a part of the sheet, in pixels from its top left corner."""
        ...


@dataclass(frozen=True)
class Exhibit:
    """A figure (with a drawing) or a table (without). `id` is the stem of its files' names.

    The first note is the definition. `summary` tells the figure to those who don't see it.
    """

    id: str
    title: Message
    n: int
    as_of: date
    notes: tuple[Message, ...]
    tables: tuple[Values, ...]
    summary: tuple[Message, ...] = ()
    drawing: Drawing | None = None

    @property
    def foot(self) -> Message:
        """How many patients, and of what day."""
        return say("figure.foot", n=self.n, day=self.as_of)
