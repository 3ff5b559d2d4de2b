"""Takes back a laboratory result that was entered in error."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aml_maint.domain.lab_judgement import Judgement
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.widgets import lab_words
from aml_maint.gui.widgets.label import Label
from aml_maint.services.lab_reading import LabSeries
from aml_maint.services.observations import withdraw_count


class WithdrawResultDialog(PatientDialog):
    """Asks why; the result stays in the history."""

    COMMANDS = ("withdraw_count",)

    def __init__(
        self, desk: Desk, patient: Patient, series: LabSeries, judged: Judgement,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("labs.withdraw.title"), say("labs.withdraw.verb"),
            draft=f"withdraw_result/{judged.result.id}", columns=1, parent=parent,
        )  # fmt: skip
        self._result_id = judged.result.id
        self.reason = TextInput(desk)
        self.form.add_row("reason", say("labs.withdraw.reason"), self.reason)
        self.ready()
        told = say(
            "labs.withdraw.what",
            analyte=series.analyte.name,
            value=lab_words.shown(series, judged),
            collected=judged.result.collected.local,
        )
        self.body.insertWidget(2, Label(desk, told, wrap=True))
        self.reason.setFocus()

    def submit(self) -> None:
        """Take it back."""
        reason = self.reason.value()
        self.write(lambda place: withdraw_count(place, self._result_id, reason, self.command_id))
