"""Move a running course to another regimen, or to another version of its own."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QWidget

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import Component, Regimen
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_fields import unit_words
from aml_maint.gui.dialogs.replan_dialog import ReplanDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput
from aml_maint.services.library import every_regimen
from aml_maint.services.replanning import Wanted, WantedRegimen


class RegimenDialog(ReplanDialog):
    """Earlier days keep their regimen. Doses are never copied: what needs an order is asked for."""

    COMMANDS = ("change_regimen",)

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, parent: QWidget | None
    ) -> None:
        super().__init__(desk, patient, course, "regimen", parent)
        now = course.latest_regimen
        known = [r for r in every_regimen() if (r.id, r.version) != (now.id, now.version)]
        # Other versions of the regimen followed stand first.
        known.sort(key=lambda regimen: (regimen.id != now.id, regimen.id, -regimen.version))
        self.regimen: ChoiceInput[Regimen] = ChoiceInput(
            desk, [(r, say("regimen.choice", name=r.name, version=r.version)) for r in known]
        )
        self.from_day = DateInput(desk, "from_day")
        self.from_day.set_day(desk.session.now().day_in(course.zone) + timedelta(days=1))
        self.doses = {c.id: DecimalInput(desk, field=c.id) for c in _undosed(known)}
        self._components = {c.id: c for c in _undosed(known)}
        add = self.form.add_row
        add("regimen", say("regimen.regimen"), self.regimen, say("regimen.now", name=now.name,
            version=now.version), span=3)  # fmt: skip
        add("from_day", say("regimen.from_day"), self.from_day)
        for id, dose in self.doses.items():
            add(id, self._dose_label(id), dose, say("regimen.dose.help"))
        self.add_decision()
        self.regimen.currentIndexChanged.connect(lambda _: self._turn())
        self._turn()
        self.ready()
        self.regimen.setFocus()

    def wanted(self, *, preview: bool = False) -> Wanted:
        """The change as typed."""
        day, regimen = self.from_day.day(), self.regimen.value()
        if day is None:
            raise BadInput(say("regimen.day_needed"), field="from_day")
        orders: dict[str, Dose] = {}
        for component in regimen.components:
            amount = self.doses[component.id].number() if component.id in self.doses else None
            unit = component.drug.dose_unit
            if component.dose is None and amount is not None and unit is not None:
                orders[component.id] = Dose(amount, unit)
        why, by = self.why(preview=preview), self.by(preview=preview)
        return WantedRegimen(regimen.id, day, why, by, regimen.version, orders)

    def _dose_label(self, component_id: str) -> Message:
        drug = self._components[component_id].drug
        return say("regimen.dose", drug=drug.name, unit=unit_words(drug.dose_unit or "mg"))

    def _turn(self) -> None:
        """Ask for the doses that the regimen chosen leaves to the prescriber."""
        wanted = {c.id for c in self.regimen.value().components if c.dose is None}
        for id in self.doses:
            self.form.rows[id].setVisible(id in wanted)


def _undosed(regimens: list[Regimen]) -> list[Component]:
    """The components, each once, of which some regimen states no dose and one can be ordered."""
    found: dict[str, Component] = {}
    for regimen in regimens:
        for component in regimen.components:
            if component.dose is None and component.drug.dose_unit is not None:
                found.setdefault(component.id, component)
    return list(found.values())
