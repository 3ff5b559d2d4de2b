"""Record the results of one sample: counts, chemistry, a temperature."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import TimeInput
from aml_maint.gui.forms.lab_input import LabInput
from aml_maint.services.library import item_of
from aml_maint.services.observations import record_counts

# The order of a ward's own request form: blood count, temperature, kidney, liver, heart.
ANALYTE_ORDER = (
    "platelets", "granulocytes", "haemoglobin", "leukocytes", "temperature", "egfr",
    "creatinine", "bilirubin", "alt", "ast", "alkaline_phosphatase", "qtcf",
)  # fmt: skip


class CountDialog(PatientDialog):
    """Any of the values may be left empty; what is typed is kept as reported."""

    def __init__(self, desk: Desk, patient: Patient, zone: str, parent: QWidget | None) -> None:
        super().__init__(
            desk, patient, say("count.title"), say("count.verb"), draft=f"count/{patient.id}",
            parent=parent,
        )  # fmt: skip
        self._zone = zone
        self.collected_on = DateInput(desk, "collected_on")
        self.collected_at = TimeInput(desk)
        now = Moment.at(desk.session.now().utc, zone).local
        self.collected_on.set_day(now.date())
        self.form.add_row("collected_on", say("count.collected_on"), self.collected_on)
        self.form.add_row("collected", say("count.collected_at"), self.collected_at,
                          say("count.collected.help"))  # fmt: skip
        self.values: dict[str, LabInput] = {}
        for analyte in ANALYTE_ORDER:
            field = LabInput(desk, analyte, item_of(analyte))
            self.values[analyte] = field
            self.form.add_row(analyte, say(f"count.{analyte}"), field)
        self.ready()
        self.setMinimumWidth(desk.theme.unit(190))
        self.collected_at.setFocus()

    def submit(self) -> None:
        """Record everything typed as one sample."""
        collected = self._collected()
        values = {
            name: value
            for name, field in self.values.items()
            if (value := field.value()) is not None
        }
        limits = {
            name: limit
            for name, field in self.values.items()
            if name in values and (limit := field.upper_limit()) is not None
        }
        if not values:
            raise BadInput(say("error.nothing_entered"), field=ANALYTE_ORDER[0])
        self.write(
            lambda place: record_counts(
                place,
                self.patient.id,
                values,
                collected,
                upper_limits=limits,
                command_id=self.command_id,
            )
        )

    def _collected(self) -> Moment:
        day = self.collected_on.day()
        if day is None:
            raise BadInput(say("count.day_needed"), field="collected_on")
        try:
            at = self.collected_at.clock_time()
        except BadInput as error:
            raise BadInput(error.message, hint=error.hint, field="collected") from error
        if at is None:
            raise BadInput(say("count.time_needed"), field="collected")
        return Moment.at(datetime.combine(day, at), self._zone)
