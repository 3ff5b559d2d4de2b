"""One of a few ways, each with what it means below it, so that it is read before it is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message
from aml_maint.gui.desk import Looks
from aml_maint.gui.theme import FontRole
from aml_maint.gui.widgets.label import Label

V = TypeVar("V")


class Way(NamedTuple, Generic[V]):
    """A value, what it is called, what it means, and the colour in which that is told."""

    value: V
    text: Message | str
    told: Message | str
    token: str = "muted"


class ExplainedChoice(QWidget, Generic[V]):
    """The first way is chosen at the beginning; the arrows go from one to the next."""

    chosen = Signal()

    def __init__(self, looks: Looks, ways: Sequence[Way[V]]) -> None:
        super().__init__()
        self._looks = looks
        self._ways = list(ways)
        self._group = QButtonGroup(self)
        self.buttons: list[QRadioButton] = []
        self.told: list[Label] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(looks.theme.unit(0.5))
        for number, way in enumerate(self._ways):
            button = _Round(looks)
            told = _Told(looks, way, button)
            # As far in as the words of the button above begin.
            told.setContentsMargins(looks.theme.unit(6), 0, 0, looks.theme.unit(1.5))
            self._group.addButton(button, number)
            self.buttons.append(button)
            self.told.append(told)
            box.addWidget(button)
            box.addWidget(told)
        self._group.idToggled.connect(self._turn)
        self.buttons[0].setChecked(True)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.retranslate()
        self.restyle()

    def value(self) -> V:
        """The value chosen."""
        return self._ways[self._group.checkedId()].value

    def set_value(self, value: V) -> None:
        """Choose a value; ValueError if it is none of them."""
        self.buttons[[way.value for way in self._ways].index(value)].setChecked(True)

    def raw(self) -> str:
        """Which of the ways, as text."""
        return str(self._group.checkedId())

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        if raw.isdigit() and int(raw) < len(self.buttons):
            self.buttons[int(raw)].setChecked(True)

    def retranslate(self) -> None:
        """Set the texts in the language shown."""
        words = self._looks.words
        for button, way in zip(self.buttons, self._ways, strict=True):
            button.setText(words.text(way.text))
            button.setAccessibleName(words.text(way.text))
            button.setAccessibleDescription(words.text(way.told))

    def restyle(self) -> None:
        """Take the font from the theme; the way chosen is told in the strong one."""
        for button in self.buttons:
            role: FontRole = "strong" if button.isChecked() else "body"
            button.setFont(self._looks.theme.font(role))
            button.setMinimumHeight(self._looks.theme.unit(6))
            button.update()

    def _turn(self, number: int, on: bool) -> None:
        self.restyle()
        if on:
            # Whoever comes by keyboard comes to the way that is chosen.
            self.setFocusProxy(self.buttons[number])
            self.chosen.emit()


class _Round(QRadioButton):
    """A round button that is seen on a dark ground, too."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks

    def hitButton(self, position: object) -> bool:
        """The whole line is the button."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring, the dot in it, and the words beside it."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(theme.unit(2.25), self.height() / 2)
        able, on = self.isEnabled(), self.isChecked()
        ink = theme.color("disabled" if not able else "accent" if on else "muted")
        painter.setPen(QPen(ink, theme.unit(0.375)))
        painter.setBrush(theme.color("field"))
        painter.drawEllipse(middle, theme.unit(1.75), theme.unit(1.75))
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(middle, theme.unit(0.875), theme.unit(0.875))
        words = self.rect().adjusted(theme.unit(6), 0, 0, 0)
        painter.setPen(theme.color("text" if able else "disabled"))
        painter.setFont(self.font())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            width = painter.fontMetrics().horizontalAdvance(self.text()) + theme.unit(8)
            ring = self.rect().adjusted(1, 1, -1, -1)
            ring.setWidth(min(width, ring.width()))
            painter.drawRoundedRect(ring, theme.unit(), theme.unit())


class _Told(Label):
    """What a way means; a click on it chooses the way."""

    def __init__(self, looks: Looks, way: Way[V], button: QRadioButton) -> None:
        super().__init__(looks, way.told, role="small", token=way.token, wrap=True)
        self._button = button

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the way."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._button.setFocus(Qt.FocusReason.MouseFocusReason)
            self._button.click()
        super().mouseReleaseEvent(event)
