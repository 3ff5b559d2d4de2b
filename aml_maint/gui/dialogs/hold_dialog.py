"""Hold drugs, and resume them: which, from when to when, why, and who decided."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QWidget

from aml_maint.domain.course import Course, Hold, HoldReason
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.replan_dialog import ReplanDialog
from aml_maint.gui.forms.check_list import CheckList
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.services.replanning import Wanted, WantedHold, WantedResume


class HoldDialog(ReplanDialog):
    """The hold of one drug or several; a premedication is held with the drug it serves."""

    COMMANDS = ("hold_component",)

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(desk, patient, course, "hold", parent)
        offered = list(course.latest_regimen.components)
        self.components = CheckList(
            desk, [(c.id, say("plan.drug", drug=c.drug.name)) for c in offered], across=4
        )
        if component is not None:
            self.components.set_value([component])
        self.code: ChoiceInput[HoldReason | None] = ChoiceInput(
            desk, [(None, "hold.choose"), *((r, f"hold_reason.{r.value}") for r in HoldReason)]
        )
        self.first_day = DateInput(desk, "first_day")
        self.first_day.set_day(desk.session.now().day_in(course.zone))
        self.last_day = DateInput(desk, "last_day")
        self.review_on = DateInput(desk, "review_on")
        self.note = TextInput(desk)
        add = self.form.add_row
        add("component", say("hold.component"), self.components, say("hold.component.help"), span=4)
        add("reason", say("hold.reason"), self.code)
        add("first_day", say("hold.first_day"), self.first_day)
        add("last_day", say("hold.last_day"), self.last_day, say("hold.last_day.help"))
        add("review_on", say("hold.review_on"), self.review_on, say("hold.review_on.help"))
        add("note", say("hold.note"), self.note, span=3)
        add("decided_by", say("hold.decided_by"), self.decided_by)
        self.ready()
        (self.code if component is not None else self.components).setFocus()

    def wanted(self, *, preview: bool = False) -> Wanted:
        """The hold as typed."""
        components, code = self.components.value(), self.code.value()
        first, last, review = self.first_day.day(), self.last_day.day(), self.review_on.day()
        if not components:
            raise BadInput(say("hold.component_needed"), field="component")
        if code is None and not preview:
            raise BadInput(say("error.reason_needed"), field="reason")
        if first is None:
            raise BadInput(say("hold.day_needed"), field="first_day")
        by = self.by(preview=preview)
        code = code or HoldReason.OTHER
        return WantedHold(components, first, code, by, last, self.note.value(), review)


class ResumeDialog(ReplanDialog):
    """Ends running holds; the drugs are planned again from the day after their last day."""

    COMMANDS = ("resume_component",)

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(desk, patient, course, "resume", parent)
        running = running_holds(course)
        self.holds = CheckList(
            desk,
            [
                (hold.id, say("resume.hold", drug=course.component(hold.component).drug.name,
                              since=hold.first_day,
                              reason=say(f"hold_reason.{hold.reason.value}")))
                for hold in running
            ],
            across=2,
        )  # fmt: skip
        meant = [hold.id for hold in running if hold.component == component]
        self.holds.set_value(meant or [hold.id for hold in running[:1]])
        self.from_day = DateInput(desk, "from_day")
        self.from_day.set_day(desk.session.now().day_in(course.zone))
        add = self.form.add_row
        add("hold", say("resume.which"), self.holds, span=3)
        add("from_day", say("resume.from_day"), self.from_day)
        add("reason", say("resume.reason"), self.reason, span=4)
        self.ready()
        self.from_day.setFocus()

    def wanted(self, *, preview: bool = False) -> Wanted:
        """The end of the holds on the day before the one typed."""
        first, ids = self.from_day.day(), self.holds.value()
        if first is None:
            raise BadInput(say("resume.day_needed"), field="from_day")
        if not ids:
            raise BadInput(say("resume.hold_needed"), field="hold")
        began = max(hold.first_day for hold in self.course.holds if hold.id in ids)
        if first <= began:
            raise BadInput(say("resume.too_early", since=began), field="from_day")
        return WantedResume(ids, first - timedelta(days=1), self.reason.value())


def running_holds(course: Course) -> list[Hold]:
    """The holds that have no last day yet."""
    return [hold for hold in course.holds if hold.last_day is None]
