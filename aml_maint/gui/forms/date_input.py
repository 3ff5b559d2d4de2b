"""A date that may be empty, typed or taken from a calendar."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.date_text import kept_date, read_date
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.widgets.button import IconButton


class DateInput(QWidget):
    """Typed dates are shown back with the month's name, so that a slip is seen."""

    def __init__(self, looks: Looks, field: str) -> None:
        super().__init__()
        self._looks = looks
        self._field = field
        self._shown: date | None = None
        self._calendar: QCalendarWidget | None = None
        self.edit = TextInput(looks, say("date.placeholder"), longest=20)
        self.button = IconButton(looks, "calendar", say("date.calendar"))
        # The keyboard types a date; the calendar is for the mouse.
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.open_calendar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(looks.theme.unit())
        row.addWidget(self.edit, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.edit)
        self.edit.editingFinished.connect(self._tidy)
        looks.words.changed.connect(self._retell)

    def day(self) -> date | None:
        """The date, None for an empty input; BadInput for a text that is no date."""
        try:
            return read_date(self.edit.text())
        except BadInput as error:
            raise BadInput(error.message, hint=error.hint, field=self._field) from error

    def set_day(self, day: date | None) -> None:
        """Show a date, or nothing."""
        self._shown = day
        self.edit.setText(self._looks.words.value(day) if day is not None else "")

    def raw(self) -> str:
        """What is typed; a date without the words of the language shown."""
        return kept_date(self.edit.text())

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        self.edit.setText(raw)
        self._tidy()

    def setAccessibleName(self, name: str) -> None:
        """Name the part that takes the keyboard, too."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:
        """Describe the part that takes the keyboard, too."""
        super().setAccessibleDescription(description)
        self.edit.setAccessibleDescription(description)

    def open_calendar(self) -> QCalendarWidget:
        """Show a calendar below the input; a day that is chosen there is taken."""
        if self._calendar is None:
            self._calendar = self._make_calendar()
        calendar = self._calendar
        calendar.setAccessibleName(self._looks.words.text("date.calendar"))
        calendar.setLocale(self._looks.words.locale)
        shown = self._readable()
        if shown is not None:
            calendar.setSelectedDate(QDate(shown.year, shown.month, shown.day))
        frame = calendar.window()
        frame.move(self.mapToGlobal(self.rect().bottomLeft()))
        frame.show()
        calendar.setFocus()
        return calendar

    def _make_calendar(self) -> QCalendarWidget:
        frame = QFrame(self, Qt.WindowType.Popup)
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        calendar = QCalendarWidget(frame)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.clicked.connect(self._take)
        calendar.activated.connect(self._take)
        box = QVBoxLayout(frame)
        box.setContentsMargins(1, 1, 1, 1)
        box.addWidget(calendar)
        return calendar

    def _take(self, day: QDate) -> None:
        self.set_day(date(day.year(), day.month(), day.day()))
        self.edit.textEdited.emit(self.edit.text())
        if self._calendar is not None:
            self._calendar.window().hide()

    def _readable(self) -> date | None:
        try:
            return read_date(self.edit.text())
        except BadInput:
            return None

    def _tidy(self) -> None:
        day = self._readable()
        if day is not None:
            self.set_day(day)

    def _retell(self) -> None:
        """Say the same date in the language shown now."""
        if self._shown is not None and self._readable() == self._shown:
            self.set_day(self._shown)
