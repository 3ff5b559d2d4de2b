"""A grade chosen among the words of its term: by its digit, by arrows, or by the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.gui.desk import Looks
from aml_maint.gui.painted_parts import PaintedParts, Part, tell_changed, tell_current
from aml_maint.gui.widgets.text_block import TextBlock, TextBlocks

_DIGITS = {Qt.Key(Qt.Key.Key_0 + n): n for n in range(10)}


class GradeInput(PaintedParts, QWidget):
    """One line per grade; the first line is "not graded yet"."""

    told_as = QAccessible.Role.Grouping
    part_as = QAccessible.Role.RadioButton

    chosen = Signal()
    refused = Signal(object)
    """The BadInput that a digit meets which is no grade of an event."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._item: ToxicityItem | None = None
        self._values: tuple[int | None, ...] = (None, 1, 2, 3, 4)
        self._at = 0
        self._blocks = TextBlocks(looks.theme)
        self._name = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        looks.words.changed.connect(self._refresh)
        looks.theme.changed.connect(self._refresh)

    def value(self) -> int | None:
        """The grade chosen; None is "not graded yet"."""
        return self._values[self._at]

    def set_value(self, grade: int | None) -> None:
        """Choose a grade."""
        self._choose(self._values.index(grade))

    def show_item(self, item: ToxicityItem | None) -> None:
        """Say the grades in the words of a term."""
        if item is not self._item:
            self._item = item
            self._refresh()

    def raw(self) -> str:
        """Which line is chosen."""
        return str(self._at)

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        if raw.isdigit() and int(raw) < len(self._values):
            self._choose(int(raw))

    def setAccessibleName(self, name: str) -> None:
        """What is chosen belongs to the name: it is all that is spoken."""
        self._name = name
        words = self._looks.words
        told = words.text(say("toxicity.grade_spoken", name=name, told=self._line(self._at)))
        super().setAccessibleName(told)

    def part_count(self) -> int:
        """Every grade is a part."""
        return len(self._values)

    def part(self, number: int) -> Part:
        """A grade in the words of its term."""
        heights = [round(height) for height in self._heights(self.width())]
        box = QRect(0, sum(heights[:number]), self.width(), heights[number])
        grade = self._values[number]
        told = self._line(number)
        if grade is not None and self._item is not None:
            told = say("access.grade_words", grade=grade, words=told)
        return Part(self._looks.words.text(told), box, number == self._at)

    def current_part(self) -> int | None:
        """The grade chosen."""
        return self._at

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever listens hears the grade that is chosen."""
        super().focusInEvent(event)
        tell_current(self)

    def heightForWidth(self, width: int) -> int:
        """All lines, wrapped."""
        return round(sum(self._heights(width))) + 2

    def sizeHint(self) -> QSize:
        """Wide enough for short lines."""
        width = max(self.width(), self._looks.theme.unit(80))
        return QSize(self._looks.theme.unit(80), self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Lines wrap, but are never cut."""
        return QSize(self._looks.theme.unit(50), self.heightForWidth(max(self.width(), 1)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose a grade, arrows the line above or below."""
        key = Qt.Key(event.key())
        if key in _DIGITS and _DIGITS[key] in self._values:
            self._choose(self._values.index(_DIGITS[key]))
        elif key in _DIGITS:
            name = "grade_no_event" if _DIGITS[key] == 0 else "grade_range"
            hint = say(f"error.{name}.hint")
            self.refused.emit(BadInput(say(f"error.{name}"), hint=hint, field="grade"))
        elif key is Qt.Key.Key_Minus:
            self._choose(0)
        elif key is Qt.Key.Key_Down:
            self._choose(min(self._at + 1, len(self._values) - 1))
        elif key is Qt.Key.Key_Up:
            self._choose(max(self._at - 1, 0))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the line under the pointer."""
        top = 0.0
        for number, height in enumerate(self._heights(self.width())):
            top += height
            if event.position().y() <= top:
                self._choose(number)
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines, the chosen one on the colour of a selection."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = QPainterPath()
        outline.addRoundedRect(frame, theme.pixels(4), theme.pixels(4))
        painter.fillPath(outline, theme.color("field"))
        painter.save()
        painter.setClipPath(outline)
        top = 0.0
        for number, height in enumerate(self._heights(self.width())):
            self._draw_line(painter, number, QRectF(0, top, self.width(), height))
            top += height
        painter.restore()
        lit = self.hasFocus()
        painter.setPen(QPen(theme.color("accent" if lit else "line"), 1.5 if lit else 1))
        painter.drawPath(outline)

    def _draw_line(self, painter: QPainter, number: int, box: QRectF) -> None:
        theme = self._looks.theme
        meant, grade = number == self._at, self._values[number]
        if meant:
            painter.fillRect(box, theme.color("selection"))
        chip = QRectF(theme.unit(2), box.top() + theme.unit(1), theme.unit(5.5), theme.unit(5))
        shape = QPainterPath()
        shape.addRoundedRect(chip, theme.unit(1), theme.unit(1))
        if grade and meant:
            painter.fillPath(shape, theme.color(f"grade{grade}"))
            painter.setPen(theme.color(f"on_grade{grade}"))
        else:
            style = Qt.PenStyle.SolidLine if grade else Qt.PenStyle.DashLine
            painter.strokePath(shape, QPen(theme.color("line" if grade else "muted"), 1, style))
            painter.setPen(theme.color("text" if meant else "muted"))
        painter.setFont(theme.font("strong" if meant else "small"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, str(grade) if grade else "?")
        at = QPointF(theme.unit(10), box.top() + theme.unit(1.25))
        self._block(number, self.width()).draw(
            painter, at, theme.color("text" if meant else "muted")
        )

    def _heights(self, width: int) -> list[float]:
        theme = self._looks.theme
        heights = [self._block(number, width).height for number in range(len(self._values))]
        return [max(height + theme.unit(2.5), theme.unit(7)) for height in heights]

    def _block(self, number: int, width: int) -> TextBlock:
        """The words of a line, wrapped within a width of the whole."""
        theme = self._looks.theme
        inner = max(width - theme.unit(12), theme.unit(20))
        return self._blocks.block(((self._text(number), "body"),), inner)

    def _line(self, number: int) -> Message | Name:
        grade = self._values[number]
        if grade is None:
            return say("toxicity.not_graded_yet")
        if self._item is None:
            return say("toxicity.grade_n", grade=grade)
        return self._item.band(grade).text

    def _text(self, number: int) -> str:
        return self._looks.words.text(self._line(number))

    def _choose(self, number: int) -> None:
        if number != self._at:
            self._at = number
            self.setAccessibleName(self._name)
            self.update()
            tell_current(self)
        self.chosen.emit()

    def _refresh(self) -> None:
        self.setAccessibleName(self._name)
        tell_changed(self)
        self.updateGeometry()
        self.update()
