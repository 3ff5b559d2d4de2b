"""Start the next cycle: the recorded act that ends the overrun days of the last."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aml_maint.domain.assessment import AssessmentKind, Due
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.assessment_dialog import AssessmentDialog
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.services.assessment_gate import Unassessed
from aml_maint.services.changes import Changes
from aml_maint.services.treatment import start_cycle


class StartCycleDialog(PatientDialog):
    """Says when the cycle was planned, and what another day means."""

    COMMANDS = ("start_cycle",)
    ALSO = ("override_rule",)

    started = Signal(int)
    """The number of the cycle."""

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, parent: QWidget | None
    ) -> None:
        self._course = course
        self.number = len(course.cycles) + 1
        super().__init__(
            desk, patient, say("start_cycle.title", cycle=self.number),
            say("start_cycle.verb", cycle=self.number),
            draft=f"start_cycle/{course.id}/{self.number}", columns=1, parent=parent,
        )  # fmt: skip
        today = desk.session.now().local.date()
        self.first_day = DateInput(desk, "first_day")
        self.first_day.set_day(max(self.planned_on, today))
        self.effect = Label(desk, wrap=True)
        self.form.add_row("first_day", say("start_cycle.first_day"), self.first_day,
                          say("start_cycle.planned", day=self.planned_on))  # fmt: skip
        self.override_by = TextInput(desk)
        self.override_reason = TextInput(desk)
        self.form.add_row("override_by", say("start_cycle.override_by"), self.override_by)
        self.form.add_row("override_reason", say("start_cycle.override_reason"),
                          self.override_reason)  # fmt: skip
        self.assess = Button(desk, say("toxicity.act.assess"), "check")
        self.assess.clicked.connect(self._open_assessment)
        self.foot.insertWidget(0, self.assess)
        self._show_override(False)
        self.ready()
        self.body.insertWidget(self.body.indexOf(self.form) + 1, self.effect)
        self.body.insertWidget(
            self.body.indexOf(self.effect) + 1,
            Label(desk, say("start_cycle.assessment"), role="small", token="muted", wrap=True),
        )
        self.first_day.edit.textChanged.connect(lambda _: self._tell())
        self._tell()
        self.first_day.setFocus()

    @property
    def planned_on(self) -> date:
        """The day after the last planned day of the running cycle."""
        last = self._course.cycles[-1]
        return last.first_day + timedelta(days=self._course.cycle_days(last.number))

    def submit(self) -> None:
        """Start the cycle on the day typed."""
        first_day = self.first_day.day()
        if first_day is None:
            raise BadInput(say("start_cycle.day_needed"), field="first_day")
        override = None
        if self.override_reason.value() or self.override_by.value():
            override = Unassessed(self.override_by.value(), self.override_reason.value())
        self._desk.session.write(
            lambda place: start_cycle(
                place, self._course.id, first_day, self.command_id, override=override
            ),
            self._started, self.fail, self,
        )  # fmt: skip

    def fail(self, error: UserError) -> None:
        """Without an assessment, ask who goes on without it, and why."""
        if error.field in {"override_reason", "override_by"}:
            self._show_override(True)
        super().fail(error)

    def _open_assessment(self) -> None:
        """Go through the list now; then the cycle can start."""
        due = Due(self.number, AssessmentKind.BEFORE, self.planned_on)
        AssessmentDialog(self._desk, self.patient, self._course, self, due).open()

    def _show_override(self, shown: bool) -> None:
        self.assess.setVisible(shown)
        for name in ("override_by", "override_reason"):
            self.form.rows[name].setVisible(shown)

    def _started(self, changes: Changes) -> None:
        self.started.emit(self.number)
        self.finish()

    def _tell(self) -> None:
        """Say what the day typed means for the running cycle."""
        try:
            day = self.first_day.day()
        except BadInput:
            day = None
        delay = (day - self.planned_on).days if day is not None else 0
        if delay > 0:
            length = self._course.cycle_days(self.number - 1)
            text = say("start_cycle.late", days=delay, first=length + 1, last=length + delay,
                       cycle=self.number - 1)  # fmt: skip
            self.effect.say(text if delay > 1 else say("start_cycle.late.one", day=length + 1,
                                                       cycle=self.number - 1))  # fmt: skip
        else:
            self.effect.say(say("start_cycle.on_time"))
