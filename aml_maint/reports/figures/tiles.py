"""Tiles in rows and columns: a colour for what they say, and a sign in each, never colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aml_maint.domain.messages import Message
from aml_maint.reports.figures.legend import lay_legend
from aml_maint.reports.figures.many import MOST_ROWS, first_of

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

    def split(self, rows: int) -> tuple[TileDrawing, ...]:
        """The same in drawings of so many rows, all with the same columns."""
        pieces: dict[int, dict[tuple[int, int], Tile]] = {
            start: {} for start in range(0, len(self.rows), rows)
        }
        for (row, column), tile in self.tiles.items():
            within = row % rows
            pieces[row - within][within, column] = tile
        return tuple(
            replace(self, rows=self.rows[start : start + rows], tiles=tiles)
            for start, tiles in pieces.items()
        )

    @property
    def _drawn(self) -> tuple[str, ...]:
        return self.rows[:MOST_ROWS]

    @property
    def _is_cut(self) -> bool:
        return len(self.rows) > MOST_ROWS

    def height(self, width: float) -> float:
        """A line for each row, two for the heads, and the legend."""
        return 90 + _ROW * (len(self._drawn) + self._is_cut)

    def least_height(self, width: float) -> float:
        """Rows are never squeezed."""
        return self.height(width)

    def draw(self, sheet: Sheet, left: float, top: float, width: float, height: float) -> None:
        """Draw legend, heads and tiles."""
        labels = [sheet.say(self.row_head), *self._drawn]
        at_left = max(sheet.width_of(text, "small") for text in labels) + sheet.px(12)
        samples = [
            (lambda x, y, tile=tile: _tile(sheet, x, y, sheet.px(28), sheet.px(15), tile), text)
            for tile, text in self.legend
        ]
        y = top + lay_legend(sheet, left, top, width, samples, sheet.px(28)) + sheet.px(8)
        step = min((width - at_left) / max(len(self.columns), 1), sheet.px(_WIDEST))
        y = self._heads(sheet, left, at_left, y, step) + sheet.px(4)
        high = sheet.px(_ROW)
        for row, label in enumerate(self._drawn):
            middle = y + high * (row + 0.5)
            sheet.text(left, middle, label, role="small", middle=True)
            sheet.rule(left, y + high * (row + 1), left + at_left + step * len(self.columns),
                       y + high * (row + 1))  # fmt: skip
            for column in range(len(self.columns)):
                tile = self.tiles.get((row, column))
                if tile is not None:
                    x = left + at_left + step * column
                    _tile(sheet, x + 1, y + high * row + 2, step - 2, high - 4, tile)
        if self.foot is not None:
            x = left + at_left + step * len(self.columns) / 2
            depth = y + high * len(self._drawn) + sheet.px(4)
            sheet.text(x, depth, sheet.say(self.foot), role="small", token="muted", across="center")
        if self._is_cut:
            told = first_of(len(self._drawn), len(self.rows))
            depth = y + high * (len(self._drawn) + (self.foot is not None)) + sheet.px(4)
            sheet.text(left, depth, sheet.say(told), role="small", token="muted")

    def _heads(self, sheet: Sheet, left: float, at_left: float, top: float, step: float) -> float:
        """The names of the columns, upright if they are too wide; where they end."""
        line = sheet.line_height("small")
        texts = [sheet.say(text) for text in self.columns]
        heads = [sheet.wrapped(text, step, "small") for text in texts]
        widest = max(
            (sheet.width_of(part, "small") for lines in heads for part in lines), default=0
        )
        upright = widest > step - sheet.px(2)
        deep = line * max((len(lines) for lines in heads), default=1)
        if upright:
            deep = max(sheet.width_of(text, "small") for text in texts) + sheet.px(4)
        bottom = top + deep
        sheet.text(left, bottom - line, sheet.say(self.row_head), role="small", token="muted")
        for place, (text, lines) in enumerate(zip(texts, heads, strict=True)):
            x = left + at_left + step * (place + 0.5)
            if upright:
                sheet.text(x, bottom - sheet.px(3), text, role="small", token="muted",
                           across="center", upright=True)  # fmt: skip
                continue
            for number, part in enumerate(reversed(lines)):
                depth = bottom - line * (number + 1)
                sheet.text(x, depth, part, role="small", token="muted", across="center")
        return bottom


def _tile(sheet: Sheet, x: float, y: float, width: float, height: float, tile: Tile) -> None:
    sheet.box(x, y, width, height, tile.token)
    if tile.sign:
        ink = f"on_{tile.token}"
        sheet.text(x + width / 2, y + height / 2, tile.sign, role="small", token=ink,
                   across="center", middle=True)  # fmt: skip
