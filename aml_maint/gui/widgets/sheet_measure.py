"""Measures the flow sheet for a viewport: texts of the heads, widths, heights of the lines.

Text of a dose is never shortened: a drug and its dose stand on one line, or on two.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics

from aml_maint.gui.theme import FontRole, Theme
from aml_maint.gui.widgets.sheet_layout import HeadText, LineBox, SheetLayout
from aml_maint.gui.widgets.sheet_words import dose_words, lane_name, lane_unit
from aml_maint.gui.words import Words
from aml_maint.services.sheet_lines import (
    DoseLine,
    LaneLine,
    Line,
    MarrowLine,
    ToxicityLine,
    UnplannedLine,
)

# Sizes at 100 %, in pixels.
NARROWEST_COLUMN = 23
_ONE_LINE_FROM = 1180  # viewports at least this wide have room for drug and dose side by side
_HEIGHTS = {DoseLine: 34, UnplannedLine: 40, LaneLine: 35, ToxicityLine: 25, MarrowLine: 28}
_SHARED_HEIGHT = 31  # lines of a component with several
_PAIR_HEIGHT = 50
_WIDEST_NAME = 180  # a drug and its dose share a line up to here
_GAP = 7  # between doses, counts, toxicities and marrow
_LEAST_STRETCH, _MOST_STRETCH = 0.8, 1.3


class Fonts:
    """The metrics of the type scale, measured once for one layout."""

    def __init__(self, theme: Theme) -> None:
        roles: tuple[FontRole, ...] = ("body", "strong", "small")
        self._metrics = {role: QFontMetrics(theme.font(role)) for role in roles}

    def width(self, text: str, role: FontRole) -> int:
        """The width of a text."""
        return self._metrics[role].horizontalAdvance(text)

    def height(self, role: FontRole) -> int:
        """The height of a line of text."""
        return self._metrics[role].height()


def measure(
    lines: Sequence[Line], columns: int, words: Words, theme: Theme, viewport: QSize
) -> SheetLayout:
    """Lay the sheet out: columns fill the width, or scroll once they are narrowest."""
    return _Measuring(lines, columns, words, theme, viewport).layout()


class _Measuring:
    """One run of measuring."""

    def __init__(
        self, lines: Sequence[Line], columns: int, words: Words, theme: Theme, viewport: QSize
    ) -> None:
        self.lines = lines
        self.columns = max(columns, 1)
        self.words = words
        self.theme = theme
        self.viewport = viewport
        self.fonts = Fonts(theme)

    def layout(self) -> SheetLayout:
        """The measured sheet."""
        name, heads = self.heads()
        pad = self.theme.unit(4)
        roomy = self.place(name + pad, heads, self.sides(one_line=False))
        room = self.viewport.height() - roomy.head_height
        if roomy.body_height <= room:
            return roomy
        # Too low for all lines: slot and time share a line, and the lines become lower.
        return self.place(name + pad, heads, self.sides(one_line=True))

    def heads(self) -> tuple[int, list[tuple[HeadText, ...]]]:
        """The width of the first frozen column, and the texts of every line in it."""
        wide = self.viewport.width() >= self.theme.pixels(_ONE_LINE_FROM)
        texts = [self.head(line) for line in self.lines]
        # A long toxicity term may use both frozen columns, so it does not widen them.
        own = [
            text
            for line, found in zip(self.lines, texts, strict=True)
            if not isinstance(line, ToxicityLine)
            for text in found
        ]
        most = self.theme.pixels(_WIDEST_NAME)
        pieces = [
            piece
            for text in own
            for piece in (
                (text,) if wide or self.fonts.width(text.text, text.role) <= most else _parted(text)
            )
        ]
        width = max((self.fonts.width(piece.text, piece.role) for piece in pieces), default=0)
        fitting = [
            tuple(
                piece
                for text in found
                for piece in (
                    (text,) if self.fonts.width(text.text, text.role) <= width else _parted(text)
                )
            )
            for found in texts
        ]
        return width, fitting

    def place(
        self,
        name_width: int,
        heads: Sequence[tuple[HeadText, ...]],
        sides: Sequence[tuple[str, ...]],
    ) -> SheetLayout:
        """The layout with these texts."""
        small = max((self.fonts.width(t, "small") for side in sides for t in side), default=0)
        side_width = small + self.theme.unit(3)
        available = self.viewport.width() - name_width - side_width
        body = max(available, self.columns * self.theme.pixels(NARROWEST_COLUMN))
        date = self.fonts.width(f"{self.words.text('sheet.weekday.3')} 30", "small")
        apart = body // self.columns < date + self.theme.unit(1.5)
        head = (3 if apart else 2) * self.fonts.height("small") + self.fonts.height("strong")
        head += self.theme.unit(5)
        boxes = self.boxes(heads, sides, 1.0)
        usual = boxes[-1].top + boxes[-1].height if boxes else 1
        stretch = (self.viewport.height() - head) / max(usual, 1)
        stretch = min(max(stretch, _LEAST_STRETCH), _MOST_STRETCH)
        return SheetLayout(
            self.boxes(heads, sides, stretch), self.columns, name_width, side_width,
            head_height=head, body_width=body, weekday_apart=apart, stretch=stretch,
        )  # fmt: skip

    def boxes(
        self,
        heads: Sequence[tuple[HeadText, ...]],
        sides: Sequence[tuple[str, ...]],
        stretch: float,
    ) -> tuple[LineBox, ...]:
        """Every line's place."""
        boxes: list[LineBox] = []
        top = needed = 0
        for number, line in enumerate(self.lines):
            opens = number > 0 and type(line) is not type(self.lines[number - 1])
            top += self.theme.pixels(_GAP) if opens else 0
            text = sum(self.fonts.height(t.role) for t in heads[number]) + self.theme.unit()
            side = len(sides[number]) * self.fonts.height("small") + self.theme.unit(0.5)
            height = max(int(self.theme.pixels(_height(line)) * stretch), side)
            if isinstance(line, DoseLine):
                # The head of a component spans its lines, so they share what it needs.
                needed = -(-text // line.span) if line.span else needed
                height = max(height, needed)
            elif isinstance(line, LaneLine):
                # A number above its grade.
                height = max(height, self.fonts.height("small") + self.theme.pixels(16))
            else:
                height = max(height, text)
            boxes.append(LineBox(top, height, opens, heads[number], sides[number]))
            top += height
        return tuple(boxes)

    def head(self, line: Line) -> tuple[HeadText, ...]:
        """What a line is called."""
        text = self.words.text
        match line:
            case DoseLine(span=0):
                return ()
            case UnplannedLine(row=row):
                return (HeadText(text(row.component.drug.name), "strong"),)
            case DoseLine(row=row):
                dose = HeadText(text(dose_words(row.component, row.dose)), "strong")
                if row.premedication is None:
                    return (dose,)
                first = dose_words(row.premedication, row.premedication_dose)
                return dose, HeadText(text("sheet.after", first=first), "small")
            case LaneLine(lane=lane):
                return (HeadText(text(lane_name(lane.analyte)), "body"),)
            case ToxicityLine(term=term):
                return (HeadText(text(term), "body"),)
            case MarrowLine():
                return (HeadText(text("sheet.section.marrow"), "body"),)

    def sides(self, *, one_line: bool) -> list[tuple[str, ...]]:
        """What stands in the second frozen column: slot and time, or a unit."""
        found: list[tuple[str, ...]] = []
        for line in self.lines:
            match line:
                case UnplannedLine(row=row):
                    found.append((self.words.text(f"slot.{row.slot}"),))
                case DoseLine(row=row):
                    slot, at = self.words.text(f"slot.{row.slot}"), self.words.value(row.at)
                    found.append((f"{slot} {at}",) if one_line else (slot, at))
                case LaneLine(lane=lane):
                    found.append((self.words.text(lane_unit(lane.analyte)),))
                case _:
                    found.append(())
        return found


def _height(line: Line) -> int:
    # An unplanned dose has its time below the sign, whatever lines its drug has besides.
    if isinstance(line, DoseLine) and not isinstance(line, UnplannedLine):
        if line.row.premedication is not None:
            return _PAIR_HEIGHT
        if line.span != 1:
            return _SHARED_HEIGHT
    return _HEIGHTS[type(line)]


def _parted(text: HeadText) -> tuple[HeadText, ...]:
    """A drug and its dose on two lines, parted where the dash was and nowhere else."""
    drug, dash, dose = text.text.partition("— ")
    if not dash:
        return (text,)
    return HeadText(drug.rstrip(), text.role), HeadText(dose, text.role)
