"""The words of a term's five grades, with the one that is meant marked."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.label import Label


class GradeChip(QWidget):
    """A grade as a number on its colour; the one meant is filled, the others are outlined."""

    def __init__(self, looks: Looks, grade: int) -> None:
        super().__init__()
        self._looks = looks
        self._grade = grade
        self._meant = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        looks.theme.changed.connect(self.updateGeometry)
        looks.theme.changed.connect(self.update)

    def mark(self, meant: bool) -> None:
        """Is this the grade that is meant?"""
        self._meant = meant
        self.update()

    def sizeHint(self) -> QSize:
        """Room for one digit."""
        return QSize(self._looks.theme.unit(5.5), self._looks.theme.unit(5))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the number."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        chip = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape.addRoundedRect(chip, theme.unit(1), theme.unit(1))
        if self._meant:
            painter.fillPath(shape, theme.color(f"grade{self._grade}"))
            painter.setPen(theme.color(f"on_grade{self._grade}"))
        else:
            painter.strokePath(shape, QPen(theme.color("line"), 1))
            painter.setPen(theme.color("muted"))
        painter.setFont(theme.font("strong" if self._meant else "small"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, str(self._grade))


class CriteriaList(QWidget):
    """Five lines, grade and words."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self.chips = [GradeChip(looks, grade) for grade in range(5)]
        self.texts = [Label(looks, role="small", token="muted", wrap=True) for _ in range(5)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(looks.theme.unit(2))
        grid.setVerticalSpacing(looks.theme.unit(1))
        grid.setColumnStretch(1, 1)
        for line, (chip, text) in enumerate(zip(self.chips, self.texts, strict=True)):
            grid.addWidget(chip, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, line, 1, Qt.AlignmentFlag.AlignVCenter)

    def show_item(self, item: ToxicityItem, grade: int | None) -> None:
        """Show a term's words, one grade marked."""
        for number, (chip, text) in enumerate(zip(self.chips, self.texts, strict=True)):
            chip.mark(number == grade)
            text.use_token("text" if number == grade else "muted")
            text.say(item.band(number).text)
