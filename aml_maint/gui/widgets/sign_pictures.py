"""Signs of doses as pictures: drawn once and put where they are needed."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from aml_maint.domain.administration import CellState
from aml_maint.gui.theme import Theme
from aml_maint.gui.widgets.cell_sign import draw_sign


@dataclass
class SignPictures:
    """Signs drawn once per state, size and count: a full sheet shows the same few 200 times."""

    theme: Theme
    ratio: float = 1.0
    _made: dict[tuple[CellState, int, int, int, str], QPixmap] = field(default_factory=dict)

    def forget(self) -> None:
        """Draw all signs anew from now on: another theme or another screen."""
        self._made.clear()

    def draw(
        self, painter: QPainter, rect: QRectF, state: CellState, size: int, text: str = ""
    ) -> None:
        """Draw a state's sign in the middle of a rectangle."""
        if state is CellState.STOPPED:  # the whole rectangle is hatched
            width, height = round(rect.width()), round(rect.height())
            x, y = rect.x(), rect.y()
        else:
            # The sign of a closed gate is as wide as its count, up to the whole cell.
            width = int(rect.width()) if state is CellState.GATE_CLOSED else round(size * 1.35)
            height = size + 4
            x = rect.x() + rect.width() / 2 - width // 2
            y = rect.y() + rect.height() / 2 - height // 2
        key = (state, size, width, height, text)
        picture = self._made.get(key)
        if picture is None:
            picture = self._made[key] = self._make(state, QSize(width, height), size, text)
        painter.drawPixmap(round(x), round(y), picture)

    def _make(self, state: CellState, box: QSize, size: int, text: str) -> QPixmap:
        picture = QPixmap(box * self.ratio)
        picture.setDevicePixelRatio(self.ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        draw_sign(
            painter, QRectF(0, 0, box.width(), box.height()), state, self.theme,
            size=size, text=text,
        )  # fmt: skip
        painter.end()
        return picture
