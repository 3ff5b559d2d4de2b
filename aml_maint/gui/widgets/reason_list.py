"""Coded reasons as a numbered list: one key chooses, the arrows move, the mouse works too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks


class NumberedChoice(QRadioButton):
    """A whole line that can be chosen, with its key in a cap at the left."""

    def __init__(self, looks: Looks, number: int, key: str) -> None:
        super().__init__()
        self._looks = looks
        self._number = number
        self._key = key
        self._hovered = False
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.retranslate()
        self.restyle()

    def retranslate(self) -> None:
        """Set the text in the language shown."""
        text = self._looks.words.text(self._key)
        self.setText(text)
        self.setAccessibleName(
            self._looks.words.text(say("today.choice", number=self._number, text=text))
        )

    def restyle(self) -> None:
        """Take font and height from the theme."""
        self.setFont(self._looks.theme.font())
        self.setMinimumHeight(self._looks.theme.unit(8))
        self.update()

    def sizeHint(self) -> QSize:
        theme = self._looks.theme
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(words + theme.unit(16), theme.unit(8))

    def hitButton(self, position: object) -> bool:
        """The whole line is the button."""
        return True

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.rect().adjusted(1, 1, -1, -1)
        if self.isChecked() or self._hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection" if self.isChecked() else "hover"))
            painter.drawRoundedRect(line, theme.unit(), theme.unit())
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(line, theme.unit(), theme.unit())
        self._paint_cap(painter, line)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("strong" if self.isChecked() else "body"))
        words = line.adjusted(theme.unit(9), 0, -theme.unit(6), 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.isChecked():
            size = theme.unit(4)
            mark = theme.icon("check", "accent").pixmap(QSize(size, size))
            painter.drawPixmap(line.right() - theme.unit(6), line.center().y() - size // 2, mark)

    def _paint_cap(self, painter: QPainter, line: QRect) -> None:
        """The key to press, as it looks on a keyboard."""
        theme = self._looks.theme
        side = theme.unit(5)
        cap = QRect(line.left() + theme.unit(2), line.center().y() - side // 2, side, side)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("surface_raised"))
        painter.drawRoundedRect(cap, theme.unit(0.75), theme.unit(0.75))
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.font("small"))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, str(self._number))


class ReasonList(QWidget):
    """One of a few coded reasons, none at first."""

    chosen = Signal()

    def __init__(self, looks: Looks, reasons: Sequence[str]) -> None:
        super().__init__()
        self._reasons = tuple(reasons)
        self._group = QButtonGroup(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(looks.theme.unit(0.5))
        self.choices: list[NumberedChoice] = []
        for number, reason in enumerate(self._reasons, 1):
            choice = NumberedChoice(looks, number, f"reason.{reason}")
            self._group.addButton(choice, number)
            self.choices.append(choice)
            box.addWidget(choice)
        # Without this the first line would be chosen as soon as it takes the keyboard.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._group.idClicked.connect(lambda _: self.chosen.emit())

    def value(self) -> str | None:
        """The reason chosen, None before one is."""
        number = self._group.checkedId()
        return self._reasons[number - 1] if number > 0 else None

    def choose(self, number: int) -> bool:
        """Choose a line by its number; False when there is no such line."""
        if not 1 <= number <= len(self.choices):
            return False
        self.choices[number - 1].setChecked(True)
        self.choices[number - 1].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.chosen.emit()
        return True

    def raw(self) -> str:
        """The number chosen, as text; 0 for none."""
        return str(max(self._group.checkedId(), 0))

    def set_raw(self, raw: str) -> None:
        """Put a draft back; `0` takes the choice away."""
        if raw.isdigit() and 1 <= int(raw) <= len(self.choices):
            self.choices[int(raw) - 1].setChecked(True)
            return
        self._group.setExclusive(False)
        for choice in self.choices:
            choice.setChecked(False)
        self._group.setExclusive(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit chooses its line; the arrows begin at the first or last one."""
        text = event.text()
        if text.isascii() and text.isdigit() and self.choose(int(text)):
            return
        if event.key() == Qt.Key.Key_Down and self.hasFocus():
            self.choose(1)
        elif event.key() == Qt.Key.Key_Up and self.hasFocus():
            self.choose(len(self.choices))
        else:
            super().keyPressEvent(event)
