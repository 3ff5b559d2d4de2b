"""Text drawn as outlines: a vector file then looks alike where its fonts are not installed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath


def draw_outlined(
    painter: QPainter, box: QRectF, flags: Qt.AlignmentFlag, text: str, font: QFont, color: QColor
) -> None:
    """Draw one line of text within a box, as `QPainter.drawText` would, but as a filled path."""
    metrics = QFontMetricsF(font)
    free = box.width() - metrics.horizontalAdvance(text)
    x = box.left()
    if flags & Qt.AlignmentFlag.AlignRight:
        x += free
    elif flags & Qt.AlignmentFlag.AlignHCenter:
        x += free / 2
    baseline = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
    path = QPainterPath()
    path.addText(QPointF(x, baseline), font, text)
    painter.fillPath(path, color)
