"""Start a course: which regimen, from which day, and the doses that the prescriber must set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import Dose
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput
from aml_maint.gui.widgets.banner import PatientLine
from aml_maint.services.library import regimens

if TYPE_CHECKING:
    from aml_maint.domain.regimen import Component, Regimen
    from aml_maint.services.changes import Changes
    from aml_maint.services.people import Banner
    from aml_maint.services.workplace import Workplace


class CourseDialog(FormDialog):
    """Says whom it is for; doses that no source states may be left for later."""

    COMMANDS = ("start_course",)

    started = Signal(str)
    """The patient's id."""

    def __init__(self, desk: Desk, patient_id: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk, say("course.title"), say("course.verb"), draft=f"course/{patient_id}",
            parent=parent,
        )  # fmt: skip
        self._desk = desk
        self._patient_id = self.about = patient_id
        self._known = list(regimens().values())
        # Nobody should start a regimen by leaving a choice alone.
        nothing: tuple[Regimen | None, Message] = (None, say("course.choose"))
        self.regimen: ChoiceInput[Regimen | None] = ChoiceInput(
            desk, [nothing, *((r, r.name) for r in self._known)]
        )
        self.first_day = DateInput(desk, "first_day")
        self.first_day.set_day(desk.session.now().local.date())
        self.doses: dict[str, DecimalInput] = {}
        self.person: PatientLine | None = None
        self._add_rows()
        self.regimen.currentIndexChanged.connect(lambda _: self._regimen_changed())
        self._regimen_changed()
        self.ready()
        self.setMinimumWidth(desk.theme.unit(120))
        self._read_person()

    def submit(self) -> None:
        """Start the course as typed."""
        regimen = self.regimen.value()
        if regimen is None:
            raise BadInput(say("course.no_regimen"), field="regimen")
        first_day = self.first_day.day()
        if first_day is None:
            raise BadInput(say("course.no_day"), field="first_day")
        orders: dict[str, Dose] = {}
        for component in _without_dose(regimen):
            dose = self._dose(component)
            if dose is not None:
                orders[component.id] = dose

        def work(place: Workplace) -> Changes:
            from aml_maint.services.treatment import start_course

            return start_course(
                place, self._patient_id, regimen.id, first_day, orders=orders,
                command_id=self.command_id,
            )  # fmt: skip

        self._desk.session.write(work, self._started, self.fail, self)

    def _dose(self, component: Component) -> Dose | None:
        """The dose typed for a component; a mistake is said beside its input."""
        field = f"dose/{component.id}"
        try:
            number = self.doses[component.id].number()
            return Dose(number, component.drug.dose_unit or "mg") if number is not None else None
        except BadInput as error:
            raise BadInput(error.message, hint=error.hint, field=field) from error

    def _started(self, changes: Changes) -> None:
        self.finish()
        self.started.emit(self._patient_id)

    def _regimen_changed(self) -> None:
        regimen = self.regimen.value()
        told = say("course.indication", text=regimen.indication) if regimen is not None else ""
        self.form.rows["regimen"].set_help(told)
        open_doses = {c.id for c in _without_dose(regimen)} if regimen is not None else set()
        for component_id in self.doses:
            self.form.rows[f"dose/{component_id}"].setVisible(component_id in open_doses)

    def _add_rows(self) -> None:
        self.form.add_row("regimen", say("course.regimen"), self.regimen)
        self.form.add_row("first_day", say("course.first_day"), self.first_day)
        for regimen in self._known:
            for component in _without_dose(regimen):
                if component.id not in self.doses:
                    self._add_dose(component)

    def _add_dose(self, component: Component) -> None:
        field = DecimalInput(self._desk, field="dose")
        self.doses[component.id] = field
        unit = Message(f"course.unit.{_UNITS[component.drug.dose_unit or 'mg']}")
        label = say("course.dose", drug=component.drug.name, unit=unit)
        self.form.add_row(f"dose/{component.id}", label, field, say("course.dose.help"))

    def _read_person(self) -> None:
        patient_id = self._patient_id

        def work(place: Workplace) -> Banner:
            from aml_maint.services.people import banner

            return banner(place, patient_id)

        self._desk.session.read(work, self._show_person, self)

    def _show_person(self, found: Banner) -> None:
        self.person = PatientLine(self._desk, found.patient)
        self.body.insertWidget(1, self.person)


_UNITS = {
    "mg": "milligrams",
    "ug": "micrograms",
    "g": "grams",
    "10*6.[iU]": "million_units",
    "[iU]": "units",
    "[iU]/kg": "units_per_kilogram",
    "{tablet}": "tablets",
}


def _without_dose(regimen: Regimen) -> list[Component]:
    """The components whose dose only a prescriber can name."""
    return [c for c in regimen.components if c.dose is None and not c.steps]
