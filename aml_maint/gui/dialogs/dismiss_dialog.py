"""Ask why a finding is set aside."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.models.findings_model import FindingLine
from aml_maint.gui.widgets.label import Label
from aml_maint.services.findings import dismiss_finding


class DismissDialog(PatientDialog):
    """Shows what is set aside, and takes the reason; it holds until the facts change."""

    COMMANDS = ("dismiss_finding",)

    def __init__(self, desk: Desk, line: FindingLine, parent: QWidget | None) -> None:
        super().__init__(
            desk, line.patient, say("dismiss.title"), say("dismiss.verb"),
            draft=f"dismiss/{line.patient.id}/{line.finding.digest}", columns=1, parent=parent,
        )  # fmt: skip
        self._finding = line.finding
        self.why = Label(desk, line.finding.why, wrap=True)
        self.reason = TextInput(desk)
        self.form.add_row("reason", say("dismiss.reason"), self.reason, say("dismiss.help"))
        self.ready()
        self.body.insertWidget(2, self.why)
        self.reason.setFocus()

    def submit(self) -> None:
        """Set the finding aside, if it still is what was shown."""
        finding, reason = self._finding, self.reason.value()
        if not reason:
            raise BadInput(say("error.reason_needed"), field="reason")
        self.write(
            lambda place: dismiss_finding(
                place, self.patient.id, finding.key, reason, finding.digest, self.command_id
            )
        )
