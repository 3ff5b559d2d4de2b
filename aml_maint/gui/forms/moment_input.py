"""A date and a time of day in one line, on the clocks of the ward."""

from __future__ import annotations

import json
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import TimeInput


class MomentInput(QWidget):
    """Both or neither: a date without a time of day is asked for it."""

    def __init__(self, looks: Looks, field: str, zone: str) -> None:
        super().__init__()
        self._looks = looks
        self._field = field
        self._zone = zone
        self.date = DateInput(looks, field)
        self.clock = TimeInput(looks)
        self.clock.setFixedWidth(looks.theme.unit(18))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(looks.theme.unit(1.5))
        row.addWidget(self.date, 1)
        row.addWidget(self.clock)
        self.setFocusProxy(self.date.edit)

    def moment(self) -> Moment | None:
        """The moment, None while nothing is typed; BadInput for half of one."""
        day = self.date.day()
        try:
            at = self.clock.clock_time()
        except BadInput as error:
            raise BadInput(error.message, hint=error.hint, field=self._field) from error
        if day is None and at is None:
            return None
        if day is None or at is None:
            raise BadInput(say("error.date_and_time"), field=self._field)
        return Moment.at(datetime.combine(day, at), self._zone)

    def set_moment(self, moment: Moment | None) -> None:
        """Show a moment, or nothing."""
        self.date.set_day(moment.local.date() if moment else None)
        self.clock.setText(f"{moment.local:%H:%M}" if moment else "")

    def raw(self) -> str:
        """What is typed."""
        return json.dumps([self.date.raw(), self.clock.raw()])

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        day, at = json.loads(raw)
        self.date.set_raw(day)
        self.clock.set_raw(at)

    def setAccessibleName(self, name: str) -> None:
        """Name both parts."""
        super().setAccessibleName(name)
        words = self._looks.words
        self.date.setAccessibleName(name)
        self.clock.setAccessibleName(words.text(say("moment.time_of", name=name)))

    def setAccessibleDescription(self, description: str) -> None:
        """Describe the part that takes the keyboard."""
        super().setAccessibleDescription(description)
        self.date.setAccessibleDescription(description)
