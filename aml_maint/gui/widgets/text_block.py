"""Text of several fonts, wrapped to a width and never cut: for painted rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption

from aml_maint.gui.theme import FontRole, Theme
from aml_maint.gui.words import unbroken

Pieces = tuple[tuple[str, FontRole], ...]

# Several times what the longest list shows at once.
_MOST_KEPT = 4_000


class TextBlock:
    """A paragraph laid out once; dates, and numbers with their units, stay in one piece."""

    def __init__(self, pieces: Sequence[tuple[str, QFont]], width: float) -> None:
        pieces = [(unbroken(text), font) for text, font in pieces]
        self._layout = QTextLayout("".join(text for text, _ in pieces), pieces[0][1])
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._layout.setFormats(_formats(pieces))
        self.height = 0.0
        self.width = 0.0
        self._break(max(width, 1.0))

    @property
    def lines(self) -> tuple[str, ...]:
        """The text as it is parted, from top to bottom."""
        text = self._layout.text()
        parts = (self._layout.lineAt(number) for number in range(self._layout.lineCount()))
        return tuple(text[n.textStart() : n.textStart() + n.textLength()] for n in parts)

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


class TextBlocks:
    """Paragraphs of one theme, each laid out once: a list says the same words in many rows."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._known: dict[tuple[Pieces, float], TextBlock] = {}
        theme.changed.connect(self._forget)

    def block(self, pieces: Pieces, width: float) -> TextBlock:
        """A paragraph of pieces, each a text and the role of its font, wrapped to a width."""
        known = self._known.get((pieces, width))
        if known is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            fonts = [(text, self._theme.font(role)) for text, role in pieces]
            known = self._known[pieces, width] = TextBlock(fonts, width)
        return known

    def _forget(self) -> None:
        """Fonts and sizes are others. (The dictionary's own method would outlive this object.)"""
        self._known.clear()


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
