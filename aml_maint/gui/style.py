"""Edges of fields and boxes: Fusion takes them from the background, and in the dark they vanish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleOption, QWidget

if TYPE_CHECKING:
    from aml_maint.gui.theme import Theme

_RADIUS = 3.0


class FieldStyle(QProxyStyle):
    """Fusion, but for the edges of text fields and the boxes that are ticked."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("fusion")
        self.theme = theme

    def drawPrimitive(
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:  # fmt: skip
        """Draw one element."""
        if element is QStyle.PrimitiveElement.PE_FrameLineEdit:
            self._edge(option, painter)
        elif element is QStyle.PrimitiveElement.PE_IndicatorCheckBox:
            self._edge(option, painter, filled=True)
            if option.state & QStyle.StateFlag.State_On:
                self._tick(option, painter)
        else:
            super().drawPrimitive(element, option, painter, widget)

    def _edge(self, option: QStyleOption, painter: QPainter, *, filled: bool = False) -> None:
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        focused = enabled and bool(option.state & QStyle.StateFlag.State_HasFocus)
        color = self.theme.color("accent" if focused else "muted")
        if not focused:
            color.setAlphaF(0.75 if enabled else 0.35)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 2.0 if focused else 1.0))
        painter.setBrush(self.theme.color("field") if filled else Qt.BrushStyle.NoBrush)
        inset = 1.0 if focused else 0.5
        box = QRectF(option.rect).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        painter.restore()

    def _tick(self, option: QStyleOption, painter: QPainter) -> None:
        box = QRectF(option.rect)
        corners = ((0.22, 0.52), (0.42, 0.72), (0.78, 0.28))
        points = [box.topLeft() + QPointF(x * box.width(), y * box.height()) for x, y in corners]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.theme.color("text"), 2.0))
        painter.drawPolyline(QPolygonF(points))
        painter.restore()
