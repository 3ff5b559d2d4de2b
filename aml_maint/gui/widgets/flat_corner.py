"""The corner between the heads of a table, painted like a head."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractButton, QTableView

from aml_maint.gui.desk import Looks


class FlatCorner(QObject):
    """Paints instead of the style, whose corner has relief."""

    def __init__(self, looks: Looks, table: QTableView) -> None:
        super().__init__(table)
        self._looks = looks
        table.setCornerButtonEnabled(False)
        self._corner = table.findChild(QAbstractButton)
        if self._corner is not None:
            self._corner.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Draw the corner."""
        if self._corner is None or event.type() != QEvent.Type.Paint:
            return super().eventFilter(watched, event)
        painter = QPainter(self._corner)
        box = self._corner.rect()
        painter.fillRect(box, self._looks.theme.color("header"))
        painter.setPen(self._looks.theme.color("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.end()
        return True
