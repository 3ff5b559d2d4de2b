"""End a course: its last day, why, and who decided."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aml_maint.domain.assessment import AssessmentKind, Due
from aml_maint.domain.course import Course, EndReason
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.assessment_dialog import AssessmentDialog
from aml_maint.gui.dialogs.replan_dialog import ReplanDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.widgets.button import Button
from aml_maint.services.assessment_gate import Unassessed
from aml_maint.services.replanning import Wanted, WantedEnd


class StopDialog(ReplanDialog):
    """Asks to go on without a safety assessment only when one is missing."""

    COMMANDS = ("end_course",)
    ALSO = ("override_rule",)

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, parent: QWidget | None
    ) -> None:
        super().__init__(desk, patient, course, "stop", parent)
        self.code: ChoiceInput[EndReason | None] = ChoiceInput(
            desk, [(None, "hold.choose"), *((r, f"end_reason.{r.value}") for r in EndReason)]
        )
        self.last_day = DateInput(desk, "last_day")
        self.last_day.set_day(desk.session.now().day_in(course.zone))
        self.note = TextInput(desk)
        self.override_by = TextInput(desk, longest=80)
        self.override_reason = TextInput(desk)
        add = self.form.add_row
        add("reason", say("stop.reason"), self.code)
        add("last_day", say("stop.last_day"), self.last_day, say("stop.last_day.help"))
        add("decided_by", say("plan.decided_by"), self.decided_by)
        add("note", say("hold.note"), self.note)
        add("override_by", say("start_cycle.override_by"), self.override_by)
        add("override_reason", say("start_cycle.override_reason"), self.override_reason, span=3)
        self.assess = Button(desk, say("toxicity.act.assess"), "check")
        self.assess.clicked.connect(self._open_assessment)
        self.foot.insertWidget(0, self.assess)
        self._ask_override(False)
        self.ready()
        self.code.setFocus()

    def wanted(self, *, preview: bool = False) -> Wanted:
        """The end as typed."""
        last, code = self.last_day.day(), self.code.value()
        if code is None and not preview:
            raise BadInput(say("stop.reason_needed"), field="reason")
        if last is None:
            raise BadInput(say("stop.day_needed"), field="last_day")
        why, by = self.override_reason.value(), self.override_by.value()
        unassessed = Unassessed(by, why) if why or by else None
        code = code or EndReason.OTHER
        return WantedEnd(last, code, self.by(preview=preview), self.note.value(), unassessed)

    def fail(self, error: UserError) -> None:
        """A missing assessment can be gone without, by name and reason."""
        if (error.field or "").startswith("override"):
            self._ask_override(True)
        super().fail(error)

    def _open_assessment(self) -> None:
        """Go through the list now; then the course can end without a word about it."""
        number = len(self.course.cycles)
        due = Due(number, AssessmentKind.AFTER, self.course.cycle_end(number))
        dialog = AssessmentDialog(self._desk, self.patient, self.course, self, due)
        dialog.accepted.connect(self._assessed)
        dialog.open()

    def _assessed(self) -> None:
        self.override_by.clear()
        self.override_reason.clear()
        self.form.clear_errors()
        self._ask_override(False)
        self.save.setFocus()

    def _ask_override(self, shown: bool) -> None:
        self.assess.setVisible(shown)
        for name in ("override_by", "override_reason"):
            self.form.rows[name].setVisible(shown)
