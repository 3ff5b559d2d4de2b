"""Where the keyboard is on the flow sheet, and the rectangle of cells it has selected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Move(StrEnum):
    """The ways the keyboard moves over the cells."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    FIRST = "first"
    LAST = "last"
    TOP = "top"
    BOTTOM = "bottom"


_STEPS = {Move.LEFT: (0, -1), Move.RIGHT: (0, 1), Move.UP: (-1, 0), Move.DOWN: (1, 0)}


@dataclass(frozen=True)
class SheetCursor:
    """The focused cell and the other corner of the selection (the same cell when none)."""

    row: int = 0
    column: int = 0
    anchor_row: int = 0
    anchor_column: int = 0

    @classmethod
    def at(cls, row: int, column: int) -> SheetCursor:
        """A cursor that selects one cell."""
        return cls(row, column, row, column)

    @property
    def rows(self) -> range:
        """The selected lines."""
        return range(min(self.row, self.anchor_row), max(self.row, self.anchor_row) + 1)

    @property
    def columns(self) -> range:
        """The selected columns."""
        return range(min(self.column, self.anchor_column), max(self.column, self.anchor_column) + 1)

    @property
    def is_range(self) -> bool:
        """Is more than one cell selected?"""
        return len(self.rows) > 1 or len(self.columns) > 1

    def covers(self, row: int, column: int) -> bool:
        """Is a cell inside the selection?"""
        return row in self.rows and column in self.columns

    def to(self, row: int, column: int, *, extend: bool = False) -> SheetCursor:
        """The cursor on another cell; with `extend` the selection stretches to it."""
        if extend:
            return SheetCursor(row, column, self.anchor_row, self.anchor_column)
        return SheetCursor.at(row, column)

    def moved(self, move: Move, rows: int, columns: int, *, extend: bool = False) -> SheetCursor:
        """One step on a sheet of that size; at an edge it stays."""
        row, column = self.row, self.column
        match move:
            case Move.FIRST:
                column = 0
            case Move.LAST:
                column = columns - 1
            case Move.TOP:
                row = 0
            case Move.BOTTOM:
                row = rows - 1
            case _:
                down, right = _STEPS[move]
                row, column = row + down, column + right
        return self.to(*_inside(row, column, rows, columns), extend=extend)

    def within(self, rows: int, columns: int) -> SheetCursor:
        """The same cursor on a sheet that may have become smaller."""
        row, column = _inside(self.row, self.column, rows, columns)
        corner = _inside(self.anchor_row, self.anchor_column, rows, columns)
        return SheetCursor(row, column, *corner)


def _inside(row: int, column: int, rows: int, columns: int) -> tuple[int, int]:
    return min(max(row, 0), max(rows - 1, 0)), min(max(column, 0), max(columns - 1, 0))
