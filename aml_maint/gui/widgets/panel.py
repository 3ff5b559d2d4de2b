"""A surface with a thin line around it, on which related things lie together."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from aml_maint.gui.desk import Looks


class Panel(QWidget):
    """A raised, rounded surface in the colours of two tokens."""

    def __init__(
        self, looks: Looks, *, token: str = "surface_raised", line: str = "line",
        radius: float = 6, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._looks = looks
        self._token = token
        self._line = line
        self._radius = radius
        looks.theme.changed.connect(self.update)

    def use_tokens(self, token: str, line: str) -> None:
        """Paint the surface and its line in the colours of other meanings."""
        self._token, self._line = token, line
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surface."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color(self._line), 1))
        painter.setBrush(theme.color(self._token))
        inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = theme.pixels(self._radius) if self._radius else 0
        painter.drawRoundedRect(inside, radius, radius)
