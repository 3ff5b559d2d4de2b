"""A time as exactly as it is known: a date, or only a month, with an hour or without."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.known_time import KnownTime, Precision
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.date_text import read_time
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.words import plain

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_ONLY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?")
_MONTH_NAMED = re.compile(r"([a-z]{3})[a-z]*\.?\s*[-./, ]?\s*(\d{4})")
_HOUR_ONLY = re.compile(r"(\d{1,2})\s*[h时点]?")


class KnownTimeInput(QWidget):
    """A date with its calendar, and beside it a time of day, an hour, or nothing."""

    edited = Signal()

    def __init__(self, looks: Looks, field: str) -> None:
        super().__init__()
        self._looks = looks
        self._field = field
        self.date = DateInput(looks, field)
        self.clock = TextInput(looks, say("known_time.placeholder"), longest=8)
        self.clock.setFixedWidth(looks.theme.unit(22))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(looks.theme.unit(1.5))
        row.addWidget(self.date, 1)
        row.addWidget(self.clock)
        self.setFocusProxy(self.date.edit)
        self.date.edit.textChanged.connect(lambda _: self.edited.emit())
        self.clock.textChanged.connect(lambda _: self.edited.emit())

    def known(self) -> KnownTime | None:
        """The time, None while no date is typed; BadInput for what can't be read."""
        month = _month(self.date.edit.text())
        if month is not None:
            return KnownTime.of(datetime.combine(month, time()), Precision.MONTH)
        day = self.date.day()
        if day is None:
            if self.clock.value():
                raise BadInput(say("error.time_needs_date"), field=self._field)
            return None
        text = self.clock.value()
        if not text:
            return KnownTime.on(day)
        if (hour := _HOUR_ONLY.fullmatch(text.casefold())) and int(hour[1]) < 24:
            return KnownTime.of(datetime.combine(day, time(int(hour[1]))), Precision.HOUR)
        try:
            at = read_time(text)
        except BadInput as error:
            raise BadInput(error.message, field=self._field) from error
        assert at is not None  # an empty text was answered above
        return KnownTime.at(datetime.combine(day, at))

    def set_known(self, known: KnownTime | None) -> None:
        """Show a time, or nothing."""
        self.clock.setText("")
        if known is None:
            self.date.set_day(None)
        elif known.precision is Precision.MONTH:
            self.date.edit.setText(known.iso)
        else:
            self.date.set_day(known.day)
            if known.precision is Precision.HOUR:
                self.clock.setText(f"{known.local:%H}")
            elif known.precision is Precision.MINUTE:
                self.clock.setText(f"{known.local:%H:%M}")

    def raw(self) -> str:
        """What is typed, date and time."""
        return f"{self.date.raw()}\t{self.clock.raw()}"

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        day, _, clock = raw.partition("\t")
        self.date.set_raw(day)
        self.clock.set_raw(clock)

    def setAccessibleName(self, name: str) -> None:
        """Name both parts."""
        super().setAccessibleName(name)
        self.date.setAccessibleName(name)
        self.clock.setAccessibleName(self._looks.words.text("known_time.clock", name=name))

    def setAccessibleDescription(self, description: str) -> None:
        """Describe both parts."""
        super().setAccessibleDescription(description)
        self.date.setAccessibleDescription(description)
        self.clock.setAccessibleDescription(description)


def _month(text: str) -> date | None:
    """The first day of a month that was typed without a day; None for anything else."""
    wanted = plain(text).strip().casefold()
    try:
        if found := _MONTH_ONLY.fullmatch(wanted):
            return date(int(found[1]), int(found[2]), 1)
        if (found := _MONTH_NAMED.fullmatch(wanted)) and found[1] in _MONTHS:
            return date(int(found[2]), _MONTHS.index(found[1]) + 1, 1)
    except ValueError:
        return None
    return None
