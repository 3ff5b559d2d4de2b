"""Order another dose of a drug from a day on, or the dose that no source states."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose, dose_text
from aml_maint.domain.schedule import dose_on
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_fields import unit_words
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput, TextInput
from aml_maint.services.treatment import set_dose


class OrderDialog(PatientDialog):
    """Shows the dose in force, and takes the new one in the drug's own unit."""

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("order.title"), say("order.verb"), draft=f"order/{course.id}",
            parent=parent,
        )  # fmt: skip
        self._course = course
        names = [(c.id, c.drug.name) for c in course.regimen.components]
        self.component: ChoiceInput[str] = ChoiceInput(desk, names)
        if component is not None:
            self.component.set_value(component)
        self.dose = DecimalInput(desk, field="dose")
        self.from_day = DateInput(desk, "from_day")
        self.from_day.set_day(desk.session.now().local.date())
        self.reason = TextInput(desk)
        add = self.form.add_row
        add("component", say("order.component"), self.component)
        add("dose", say("order.dose"), self.dose)
        add("from_day", say("order.from_day"), self.from_day)
        add("reason", say("order.reason"), self.reason, span=2)
        self.ready()
        self.component.currentIndexChanged.connect(lambda _: self._tell())
        self._tell()
        self.dose.setFocus()

    def submit(self) -> None:
        """Order the dose as typed."""
        number, from_day, reason = self.dose.number(), self.from_day.day(), self.reason.value()
        if number is None:
            raise BadInput(say("order.dose_needed"), field="dose")
        if from_day is None:
            raise BadInput(say("order.day_needed"), field="from_day")
        component, dose = self.component.value(), Dose(number, self._unit())
        self.write(
            lambda place: set_dose(
                place, self._course.id, component, dose, from_day, reason, self.command_id
            )
        )

    def _unit(self) -> str:
        component = self._course.component(self.component.value())
        if component.drug.dose_unit is not None:
            return component.drug.dose_unit
        return component.dose.unit if component.dose else "mg"

    def _tell(self) -> None:
        """Say the unit, and the dose in force today."""
        component = self._course.component(self.component.value())
        today = self._desk.session.now().local.date()
        known = dose_on(self._course, component, today)
        row = self.form.rows["dose"]
        row.label.say(say("order.dose_in", unit=unit_words(self._unit())))
        row.set_help(say("order.in_force", dose=dose_text(known)) if known else
                     say("order.none_in_force"))  # fmt: skip
