"""The stripes above everything that no one can mistake: not real, or not whole."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aml_maint.gui.desk import Looks


class DemoStripe(QWidget):
    """Shown above everything else while the demo ward is open; says DEMO in both languages."""

    key, fill, ink = "demo.stripe", "demo", "demo_text"

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.updateGeometry)
        looks.theme.changed.connect(self.update)
        self.retranslate()

    def retranslate(self) -> None:
        """Say it to screen readers, too."""
        self.setAccessibleName(self._text())
        self.update()

    def sizeHint(self) -> QSize:
        """One line of text high."""
        return QSize(self._looks.theme.unit(60), self._looks.theme.unit(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the stripe and its words."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color(self.fill))
        painter.setPen(theme.color(self.ink))
        painter.setFont(theme.font("strong"))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self._text())

    def _text(self) -> str:
        return self._looks.words.text(self.key)


class ViewStripe(DemoStripe):
    """Shown while a damaged file is looked at: parts may be missing, nothing can be recorded."""

    key, fill, ink = "view.stripe", "danger_surface", "danger"
