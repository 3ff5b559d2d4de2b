"""Leave out planned doses by decision: one dose, or a drug's doses of some days."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.schedule import PlannedDose
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.replan_dialog import ReplanDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.services.replanning import Wanted, WantedOmission


class OmitDialog(ReplanDialog):
    """Begins with the dose under the cursor. Its premedication is left out with it."""

    COMMANDS = ("omit_doses",)

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None, *, dose: PlannedDose | None = None,
    ) -> None:  # fmt: skip
        super().__init__(desk, patient, course, "omit", parent)
        names = [(c.id, c.drug.name) for c in course.latest_regimen.components]
        self.component: ChoiceInput[str] = ChoiceInput(desk, names)
        if component is not None and component in dict(names):
            self.component.set_value(component)
        self.slot: ChoiceInput[str | None] = ChoiceInput(desk, self._slots())
        self.first_day = DateInput(desk, "date")
        self.last_day = DateInput(desk, "last_day")
        self.first_day.set_day(_first(desk, course, dose))
        if dose is not None and len(self._slots()) > 1:
            self.slot.set_value(dose.id.slot)
        add = self.form.add_row
        add("component", say("omit.component"), self.component)
        add("slot", say("omit.slot"), self.slot)
        add("date", say("omit.first_day"), self.first_day)
        add("last_day", say("omit.last_day"), self.last_day, say("omit.last_day.help"))
        self.add_decision()
        self.component.currentIndexChanged.connect(lambda _: self._turn())
        self.ready()
        self.reason.setFocus()

    def wanted(self, *, preview: bool = False) -> Wanted:
        """The omission as typed."""
        first, last = self.first_day.day(), self.last_day.day()
        if first is None:
            raise BadInput(say("omit.day_needed"), field="date")
        why, by = self.why(preview=preview), self.by(preview=preview)
        slot = self.slot.value()
        return WantedOmission(self.component.value(), first, why, by, last, slot, current=True)

    def _slots(self) -> list[tuple[str | None, Message]]:
        component = self.course.component(self.component.value())
        served = component if component.link is None else self.course.component(component.link.to)
        every: list[tuple[str | None, Message]] = [(None, say("omit.every_slot"))]
        if len(served.slots) < 2:
            return every
        return [*every, *((one.name, say(f"slot.{one.name}")) for one in served.slots)]

    def _turn(self) -> None:
        self.slot.offer(self._slots())


def _first(desk: Desk, course: Course, dose: PlannedDose | None) -> date:
    """The day of the dose under the cursor, else today."""
    return dose.on if dose is not None else desk.session.now().day_in(course.zone)
