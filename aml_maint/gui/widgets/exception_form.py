"""Asks what happened to some doses of a stretch instead: a coded reason, a time or an amount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.administration import REASONS, Status
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.dose_fields import amount_label, unit_of
from aml_maint.gui.forms.form import Form
from aml_maint.gui.forms.inputs import DecimalInput, TextInput, TimeInput
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.reason_list import ReasonList
from aml_maint.services.dose_entry import DoseEntry
from aml_maint.services.dose_view import DoseView


class ExceptionKind(StrEnum):
    """What can have happened to a dose that was not taken as planned, by its key."""

    MISSED = "M"
    HELD = "H"
    REFUSED = "R"
    PARTLY = "P"
    OTHER_TIME = "L"


STATUS_OF = {
    ExceptionKind.MISSED: Status.MISSED,
    ExceptionKind.HELD: Status.HELD,
    ExceptionKind.REFUSED: Status.REFUSED,
    ExceptionKind.PARTLY: Status.PARTLY_GIVEN,
    ExceptionKind.OTHER_TIME: Status.GIVEN,
}


class ExceptionForm(QWidget):
    """One kind of exception for some doses: numbers choose, Enter applies, Esc goes back."""

    applied = Signal(object)
    """A dict of the doses' entries by slot."""
    cancelled = Signal()

    def __init__(
        self, looks: Looks, kind: ExceptionKind, views: Sequence[DoseView], now: Moment,
        known: DoseEntry | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kind = kind
        self._views = tuple(views)
        self._now = now
        self._status = STATUS_OF[kind]
        self.heading = Label(
            looks, say(f"today.reason.ask.{self._status.value}"), role="strong", wrap=True
        )
        self.form = Form(looks)
        self.given = TimeInput(looks)
        self.dose = DecimalInput(looks, field="dose")
        self.reasons = ReasonList(looks, REASONS[self._status])
        self.note = TextInput(looks, "today.note.placeholder")
        first: QWidget = self.reasons
        if kind is ExceptionKind.OTHER_TIME:
            self.form.add_row("given", say("today.given_at"), self.given)
            first = self.given
        elif kind is ExceptionKind.PARTLY:
            self.form.add_row("dose", amount_label(self._views[0]), self.dose)
            first = self.dose
        self.form.add_row("reason", say("today.coded_reason"), self.reasons)
        self.form.add_row("note", say("today.note"), self.note)
        self.form.finish()
        self.apply = Button(looks, "stretch.apply", kind="primary")
        self.apply.setAutoDefault(False)
        self.apply.clicked.connect(self._apply)
        self.back = Button(looks, "stretch.back")
        self.back.setAutoDefault(False)
        self.back.clicked.connect(self.cancelled)
        self._load(known)
        self._lay_out(looks)
        self.setFocusProxy(first)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter applies and Esc goes back to the doses; the dialog stays open."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._apply()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _apply(self) -> None:
        self.form.clear_errors()
        try:
            entries = {view.slot: self._entry(view) for view in self._views}
        except UserError as error:
            self.form.show_error(error)
            return
        self.applied.emit(entries)

    def _entry(self, view: DoseView) -> DoseEntry:
        """What is typed, for one of the doses; BadInput with the input that is wrong."""
        given, dose = None, None
        if self._status is Status.GIVEN:
            given = self._given(view)
        elif self._status is Status.PARTLY_GIVEN:
            given, dose = Moment.at(view.planned.due, view.planned.zone), self._dose(view)
        reason = self.reasons.value()
        on_time = given is not None and view.window.opens <= given.utc <= view.window.closes
        if reason is None and not (self._status is Status.GIVEN and on_time):
            late = self._status is Status.GIVEN
            key = "today.error.late_reason" if late else "today.error.choose_reason"
            raise BadInput(say(key), field="reason")
        return DoseEntry(view.slot, self._status, given, dose, reason, self.note.value())

    def _given(self, view: DoseView) -> Moment:
        """The time typed, on the planned day; far before the plan it is the night after it."""
        try:
            at = self.given.clock_time()
        except BadInput as error:
            raise BadInput(error.message, field="given") from error
        if at is None:
            raise BadInput(say("today.error.time_needed"), field="given")
        planned = view.planned.at
        local = datetime.combine(planned.date(), at)
        if planned.replace(tzinfo=None) - local > timedelta(hours=12):
            local += timedelta(days=1)
        given = Moment.at(local, view.planned.zone)
        if given.utc > self._now.utc:
            raise BadInput(say("error.given_in_future"), field="given")
        return given

    def _dose(self, view: DoseView) -> Dose:
        number = self.dose.number()
        if number is None:
            raise BadInput(say("today.error.dose_needed"), field="dose")
        planned = view.planned.dose
        if planned is not None and number >= planned.value:
            raise BadInput(say("stretch.error.not_partly"), field="dose")
        return Dose(number, unit_of(view))

    def _load(self, known: DoseEntry | None) -> None:
        """Put back what was said of the dose before, if it was of this kind."""
        if known is None or known.status is not self._status:
            return
        if known.given is not None:
            self.given.set_time(known.given.local.time())
        if known.dose is not None:
            self.dose.setText(f"{known.dose.value:f}")
        if known.reason is not None:
            self.reasons.set_raw(str(REASONS[self._status].index(known.reason) + 1))
        self.note.setText(known.note)

    def _lay_out(self, looks: Looks) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(looks.theme.unit(2))
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.apply)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(looks.theme.unit(2))
        box.addWidget(self.heading)
        box.addWidget(self.form, 1)
        box.addLayout(buttons)
