"""Hold a drug, and resume it: which, from when to when, why, and who decided."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QWidget

from aml_maint.domain.course import Course, Hold, HoldReason
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.services.treatment import hold_component, resume_component


class HoldDialog(PatientDialog):
    """The hold of one component; a premedication is held with the drug it serves."""

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("hold.title"), say("hold.verb"), draft=f"hold/{course.id}",
            parent=parent,
        )  # fmt: skip
        self._course = course
        names = [(c.id, c.drug.name) for c in course.regimen.components]
        self.component: ChoiceInput[str] = ChoiceInput(desk, names)
        if component is not None:
            self.component.set_value(component)
        self.reason: ChoiceInput[HoldReason | None] = ChoiceInput(
            desk, [(None, "hold.choose"), *((r, f"hold_reason.{r.value}") for r in HoldReason)]
        )
        self.first_day = DateInput(desk, "first_day")
        self.first_day.set_day(desk.session.now().local.date())
        self.last_day = DateInput(desk, "last_day")
        self.decided_by = TextInput(desk, longest=80)
        self.decided_by.setText(desk.session.actor.name)
        self.review_on = DateInput(desk, "review_on")
        self.note = TextInput(desk)
        add = self.form.add_row
        add("component", say("hold.component"), self.component, say("hold.component.help"))
        add("reason", say("hold.reason"), self.reason)
        add("first_day", say("hold.first_day"), self.first_day)
        add("last_day", say("hold.last_day"), self.last_day, say("hold.last_day.help"))
        add("decided_by", say("hold.decided_by"), self.decided_by)
        add("review_on", say("hold.review_on"), self.review_on, say("hold.review_on.help"))
        add("note", say("hold.note"), self.note, span=2)
        self.ready()
        self.reason.setFocus()

    def submit(self) -> None:
        """Hold the component as typed."""
        first, last, review = self.first_day.day(), self.last_day.day(), self.review_on.day()
        reason = self.reason.value()
        if reason is None:
            raise BadInput(say("error.reason_needed"), field="reason")
        if first is None:
            raise BadInput(say("hold.day_needed"), field="first_day")
        component, by, note = self.component.value(), self.decided_by.value(), self.note.value()
        self.write(
            lambda place: hold_component(
                place,
                self._course.id,
                component,
                first,
                reason,
                decided_by=by,
                last_day=last,
                note=note,
                review_on=review,
                command_id=self.command_id,
            )
        )


class ResumeDialog(PatientDialog):
    """Ends a running hold; the drug is planned again from the day after its last day."""

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("resume.title"), say("resume.verb"), draft=f"resume/{course.id}",
            columns=1, parent=parent,
        )  # fmt: skip
        self._course = course
        running = running_holds(course)
        self.hold: ChoiceInput[Hold] = ChoiceInput(
            desk,
            [
                (hold, say("resume.hold", drug=course.component(hold.component).drug.name,
                           since=hold.first_day, reason=say(f"hold_reason.{hold.reason.value}")))
                for hold in running
            ],
        )  # fmt: skip
        for hold in running:
            if hold.component == component:
                self.hold.set_value(hold)
        today = desk.session.now().local.date()
        self.from_day = DateInput(desk, "from_day")
        self.from_day.set_day(today)
        self.reason = TextInput(desk)
        add = self.form.add_row
        add("hold", say("resume.which"), self.hold)
        add("from_day", say("resume.from_day"), self.from_day)
        add("reason", say("resume.reason"), self.reason)
        self.ready()
        self.from_day.setFocus()

    def submit(self) -> None:
        """End the hold on the day before the one typed."""
        first = self.from_day.day()
        if first is None:
            raise BadInput(say("resume.day_needed"), field="from_day")
        hold, reason = self.hold.value(), self.reason.value()
        if first <= hold.first_day:
            raise BadInput(say("resume.too_early", since=hold.first_day), field="from_day")
        last = first - timedelta(days=1)
        self.write(
            lambda place: resume_component(
                place, self._course.id, hold.id, last, reason=reason, command_id=self.command_id
            )
        )


def running_holds(course: Course) -> list[Hold]:
    """The holds that have no last day yet."""
    return [hold for hold in course.holds if hold.last_day is None]
