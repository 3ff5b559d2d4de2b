"""Inputs of forms: what is typed stays as typed until it is asked for as a value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QStyle, QStyleOptionComboBox, QWidget

from aml_maint.domain.messages import Message, Name
from aml_maint.domain.quantities import decimal
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.date_text import read_time

V = TypeVar("V")

_CLEARING = "_q_qlineeditclearaction"  # Qt's own name of its action


class Input(Protocol):
    """What a form asks of its inputs, so that it can keep a draft of them."""

    def raw(self) -> str:
        """What is typed or chosen, as text."""
        ...

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        ...


class TextInput(QLineEdit):
    """One line of text."""

    def __init__(self, looks: Looks, placeholder: Message | str = "", *, longest: int = 200):
        super().__init__()
        self._looks = looks
        self._placeholder = placeholder
        self.setMaxLength(longest)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.retranslate()
        self.restyle()

    def value(self) -> str:
        """The text without the spaces around it."""
        return self.text().strip()

    def raw(self) -> str:
        """What is typed."""
        return self.text()

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        self.setText(raw)

    @Slot()
    def retranslate(self) -> None:
        """Set the placeholder in the language shown."""
        if self._placeholder:
            self.setPlaceholderText(self._looks.words.text(self._placeholder))
        clearing = self.findChild(QAction, _CLEARING)
        if clearing is not None:
            clearing.setText(self._looks.words.text("access.clear"))

    def setClearButtonEnabled(self, enable: bool) -> None:
        """Offer a button that empties the field, by a name."""
        super().setClearButtonEnabled(enable)
        self.retranslate()

    @Slot()
    def restyle(self) -> None:
        """Take font, height and margins from the theme."""
        theme = self._looks.theme
        self.setFont(theme.font())
        self.setMinimumHeight(theme.unit(8))
        self.setTextMargins(theme.unit(1), 0, theme.unit(1), 0)


class PassphraseInput(TextInput):
    """A passphrase: shown as dots, and never part of a draft."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(looks, longest=1024)
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def value(self) -> str:
        """The passphrase exactly as typed; a space may be part of it."""
        return self.text()

    def raw(self) -> str:
        """Nothing: a passphrase is not kept."""
        return ""


class DecimalInput(TextInput):
    """A decimal number as typed, never by way of a binary float."""

    def __init__(self, looks: Looks, placeholder: Message | str = "", *, field: str = "value"):
        super().__init__(looks, placeholder, longest=20)
        self._field = field

    def number(self) -> Decimal | None:
        """The number, None for an empty input; BadInput for anything else."""
        return decimal(self.value(), self._field) if self.value() else None


class TimeInput(TextInput):
    """A time of day, 24 hours; `0905` becomes `09:05`."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(looks, longest=8)
        self.setPlaceholderText("HH:MM")

    def clock_time(self) -> time | None:
        """The time, None for an empty input; BadInput for anything else."""
        return read_time(self.text())

    def set_time(self, at: time) -> None:
        """Show a time."""
        self.setText(at.strftime("%H:%M"))


class ChoiceInput(QComboBox, Generic[V]):
    """One of a few values; the mouse wheel changes it only while it has the focus."""

    chosen = Signal()

    def __init__(self, looks: Looks, choices: Sequence[tuple[V, Message | Name | str]]) -> None:
        super().__init__()
        self._looks = looks
        self._choices = list(choices)
        self._cut = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._offer_again()
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.activated.connect(lambda _: self.chosen.emit())
        self.currentTextChanged.connect(lambda _: self._tell_cut())
        self.restyle()

    def offer(self, choices: Sequence[tuple[V, Message | Name | str]]) -> None:
        """Offer other values; the first of them is chosen."""
        self._choices = list(choices)
        self.clear()
        self._offer_again()

    @property
    def offered(self) -> list[tuple[V, Message | Name | str]]:
        """The choices, in their order."""
        return list(self._choices)

    def value(self) -> V:
        """The value chosen."""
        return self._choices[self.currentIndex()][0]

    def set_value(self, value: V) -> None:
        """Choose a value; ValueError if it is none of the choices."""
        self.setCurrentIndex([choice for choice, _ in self._choices].index(value))

    def raw(self) -> str:
        """Which of the choices, as text."""
        return str(self.currentIndex())

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        if raw.isdigit() and int(raw) < len(self._choices):
            self.setCurrentIndex(int(raw))

    def _offer_again(self) -> None:
        """All at once: a list that grows by one choice is measured for each of them."""
        self.addItems([self._looks.words.text(text) for _, text in self._choices])

    @Slot()
    def retranslate(self) -> None:
        """Set the choices' texts in the language shown."""
        for index, (_, text) in enumerate(self._choices):
            self.setItemText(index, self._looks.words.text(text))

    @Slot()
    def restyle(self) -> None:
        """Take font and height from the theme."""
        self.setFont(self._looks.theme.font())
        self.setMinimumHeight(self._looks.theme.unit(8))

    def setAccessibleName(self, name: str) -> None:
        """Name the list that opens, too."""
        super().setAccessibleName(name)
        self.view().setAccessibleName(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A text that does not fit is told whole in a tip."""
        super().resizeEvent(event)
        self._tell_cut()

    def _tell_cut(self) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        control = QStyle.ComplexControl.CC_ComboBox
        room = self.style().subControlRect(control, option, field, self).width()
        text = self.currentText()
        cut = self.fontMetrics().horizontalAdvance(text) > room
        if cut or self.toolTip() == self._cut:
            self._cut = text if cut else ""
            self.setToolTip(self._cut)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page that is being scrolled unless this input has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def focus_of(widget: QWidget) -> QWidget:
    """The widget that takes the keyboard for an input made of several."""
    proxy = widget.focusProxy()
    return proxy if proxy is not None else widget
