"""Where everything on the flow sheet lies: columns of days, heights of lines, frozen heads.

Coordinates of cells are relative to the body, whose origin is the corner right of the frozen
columns and below the frozen head rows.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from PySide6.QtCore import QRect

from aml_maint.gui.theme import FontRole


@dataclass(frozen=True)
class HeadText:
    """One line of text in a head, in a role of the type scale."""

    text: str
    role: FontRole


@dataclass(frozen=True)
class LineBox:
    """A line's place, and the texts of its two frozen columns."""

    top: int
    height: int
    opens_section: bool
    head: tuple[HeadText, ...]
    side: tuple[str, ...]


@dataclass(frozen=True)
class SheetLayout:
    """The measured sheet."""

    boxes: tuple[LineBox, ...]
    columns: int
    name_width: int
    side_width: int
    head_height: int
    body_width: int
    weekday_apart: bool
    """Is a column too narrow for weekday and date on one line?"""
    stretch: float
    """How much taller than usual the lines are, to use the room there is."""

    @property
    def frozen_width(self) -> int:
        """The width of the two columns that do not scroll."""
        return self.name_width + self.side_width

    @property
    def body_height(self) -> int:
        """The height of all lines."""
        return self.boxes[-1].top + self.boxes[-1].height if self.boxes else 0

    def left(self, column: int) -> int:
        """The left edge of a column; of the one past the last, the right edge of the body."""
        return column * self.body_width // max(self.columns, 1)

    def cell(self, row: int, column: int) -> QRect:
        """The rectangle of a cell."""
        box, left = self.boxes[row], self.left(column)
        return QRect(left, box.top, self.left(column + 1) - left, box.height)

    def column_at(self, x: int) -> int | None:
        """The column under a point of the body."""
        if not 0 <= x < self.body_width:
            return None
        guess = x * self.columns // self.body_width
        while self.left(guess + 1) <= x:
            guess += 1
        return guess

    def row_at(self, y: int) -> int | None:
        """The line under a point of the body; None between sections and past the end."""
        row = bisect_right([box.top for box in self.boxes], y) - 1
        if row < 0 or y >= self.boxes[row].top + self.boxes[row].height:
            return None
        return row
