"""Text of several fonts, wrapped to a width and never cut: for painted rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption


class TextBlock:
    """A paragraph laid out once; numbers and units joined by a no-break space stay together."""

    def __init__(self, pieces: Sequence[tuple[str, QFont]], width: float) -> None:
        text = "".join(piece for piece, _ in pieces)
        self._layout = QTextLayout(text, pieces[0][1])
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._layout.setFormats(_formats(pieces))
        self.height = 0.0
        self.width = 0.0
        self._break(max(width, 1.0))

    def draw(self, painter: QPainter, at: QPointF, color: QColor) -> None:
        """Draw the text with its top left corner at a point."""
        painter.setPen(color)
        self._layout.draw(painter, at)

    def _break(self, width: float) -> None:
        self._layout.beginLayout()
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, self.height))
            self.height += line.height()
            self.width = max(self.width, line.naturalTextWidth())
        self._layout.endLayout()


def _formats(pieces: Sequence[tuple[str, QFont]]) -> list[QTextLayout.FormatRange]:
    found: list[QTextLayout.FormatRange] = []
    start = 0
    for text, font in pieces:
        part = QTextLayout.FormatRange()
        part.start, part.length = start, len(text)
        part.format = QTextCharFormat()
        part.format.setFont(font)
        found.append(part)
        start += len(text)
    return found
