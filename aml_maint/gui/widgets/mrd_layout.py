"""Where things stand on the MRD board: lanes above, panels below, one calendar for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QPointF, QRectF

from aml_maint.domain.mrd_scene import BoardScene, Mark, Panel
from aml_maint.gui.theme import Theme

# Heights in steps of the grid.
_DATES, _CYCLES, _SIGNS, _BLASTS, _NAME = 6.0, 4.5, 5.5, 6.5, 5.5
# The main panel is so many times as high as one of the others.
_MAIN = 2.2


@dataclass(frozen=True)
class BoardLayout:
    """The places of everything within a rectangle."""

    scene: BoardScene
    plot: QRectF
    dates: QRectF
    cycles: QRectF
    signs: QRectF
    blasts: QRectF
    panels: tuple[QRectF, ...]

    def x(self, day: date) -> float:
        """Where a day lies."""
        return self.plot.left() + self.scene.share(day) * self.plot.width()

    def at(self, place: int, panel: Panel, mark: Mark) -> QPointF:
        """Where a mark of the panel at that place stands."""
        box = self.panels[place]
        return QPointF(self.x(mark.day), box.bottom() - panel.share(mark.value) * box.height())

    def nearest(self, x: float, reach: float) -> int | None:
        """The marrow nearest to a place along the calendar, if one is within reach."""
        days = self.scene.days
        if not days:
            return None
        place = min(range(len(days)), key=lambda number: abs(self.x(days[number]) - x))
        return place if abs(self.x(days[place]) - x) <= reach else None


def lay_out(scene: BoardScene, room: QRectF, theme: Theme) -> BoardLayout:
    """The places within a rectangle."""
    unit = theme.unit
    plot = room.adjusted(unit(24), unit(1), -unit(29), -unit(2))
    top = plot.top()

    def lane(height: float, *, shown: bool = True) -> QRectF:
        nonlocal top
        box = QRectF(plot.left(), top, plot.width(), unit(height) if shown else 0)
        top = box.bottom()
        return box

    dates = lane(_DATES)
    cycles = lane(_CYCLES, shown=bool(scene.cycles))
    signs = lane(_SIGNS, shown=bool(scene.signs))
    blasts = lane(_BLASTS, shown=bool(scene.blasts))
    shares = [_MAIN if panel.is_main else 1.0 for panel in scene.panels]
    name = unit(_NAME) * 1.0  # above each panel stands what it shows
    room_left = max(plot.bottom() - top - name * len(shares), 1.0)
    panels = []
    for share in shares:
        top += name
        height = room_left * share / sum(shares)
        panels.append(QRectF(plot.left(), top, plot.width(), height))
        top += height
    return BoardLayout(scene, plot, dates, cycles, signs, blasts, tuple(panels))
