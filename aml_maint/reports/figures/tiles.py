"""Tiles in rows and columns: a colour for what they say, and a sign in each, never colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aml_maint.domain.messages import Message
from aml_maint.reports.figures.legend import lay_legend

if TYPE_CHECKING:
    from aml_maint.reports.figures.sheet import Sheet

_ROW = 20.0
_WIDEST = 90.0


@dataclass(frozen=True)
class Tile:
    """The colour of a meaning, and the sign on it."""

    token: str
    sign: str


@dataclass(frozen=True)
class TileDrawing:
    """Draws a matrix; where there is no tile nothing is known."""

    rows: tuple[str, ...]
    columns: tuple[Message | str, ...]
    tiles: Mapping[tuple[int, int], Tile]
    legend: tuple[tuple[Tile, Message], ...]
    row_head: Message
    foot: Message | None = None

    def height(self, width: float) -> float:
        """A line for each row, two for the heads, and the legend."""
        return 90 + _ROW * len(self.rows)

    def least_height(self, width: float) -> float:
        """Rows are never squeezed."""
        return self.height(width)

    def draw(self, sheet: Sheet, left: float, top: float, width: float, height: float) -> None:
        """Draw legend, heads and tiles."""
        line = sheet.line_height("small")
        labels = [sheet.say(self.row_head), *self.rows]
        at_left = max(sheet.width_of(text, "small") for text in labels) + sheet.px(12)
        samples = [
            (lambda x, y, tile=tile: _tile(sheet, x, y, sheet.px(28), sheet.px(15), tile), text)
            for tile, text in self.legend
        ]
        y = top + lay_legend(sheet, left, top, width, samples, sheet.px(28)) + sheet.px(8)
        step = min((width - at_left) / max(len(self.columns), 1), sheet.px(_WIDEST))
        heads = [sheet.wrapped(sheet.say(text), step, "small") for text in self.columns]
        deep = max((len(lines) for lines in heads), default=1)
        sheet.text(left, y + line * (deep - 1), labels[0], role="small", token="muted")
        for place, lines in enumerate(heads):
            x = left + at_left + step * (place + 0.5)
            for number, text in enumerate(lines):
                depth = y + line * (deep - len(lines) + number)
                sheet.text(x, depth, text, role="small", token="muted", across="center")
        y += line * deep + sheet.px(4)
        high = sheet.px(_ROW)
        for row, label in enumerate(self.rows):
            middle = y + high * (row + 0.5)
            sheet.text(left, middle, label, role="small", middle=True)
            sheet.rule(left, y + high * (row + 1), left + at_left + step * len(heads),
                       y + high * (row + 1))  # fmt: skip
            for column in range(len(heads)):
                tile = self.tiles.get((row, column))
                if tile is not None:
                    x = left + at_left + step * column
                    _tile(sheet, x + 1, y + high * row + 2, step - 2, high - 4, tile)
        if self.foot is not None:
            x = left + at_left + step * len(heads) / 2
            depth = y + high * len(self.rows) + sheet.px(4)
            sheet.text(x, depth, sheet.say(self.foot), role="small", token="muted", across="center")


def _tile(sheet: Sheet, x: float, y: float, width: float, height: float, tile: Tile) -> None:
    sheet.box(x, y, width, height, tile.token)
    if tile.sign:
        ink = f"on_{tile.token}"
        sheet.text(x + width / 2, y + height / 2, tile.sign, role="small", token=ink,
                   across="center", middle=True)  # fmt: skip
