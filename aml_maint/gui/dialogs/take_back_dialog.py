"""Take back a result that was entered in error: which, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.services.late_evidence import Evidence, LateEvidence, take_back


class TakeBackDialog(PatientDialog):
    """It stays in the history; the gates go by what is left."""

    COMMANDS = ("withdraw_count",)

    def __init__(self, desk: Desk, late: LateEvidence, parent: QWidget | None) -> None:
        super().__init__(
            desk, late.patient, say("take_back.title"), say("take_back.verb"), draft="", columns=1,
            parent=parent,
        )  # fmt: skip
        self.result_chosen: ChoiceInput[Evidence] = ChoiceInput(
            desk,
            [
                (one, say("take_back.result", subject=one.subject, found=one.found,
                          collected=one.collected.local))
                for one in late.can_be_taken_back
            ],
        )  # fmt: skip
        self.reason = TextInput(desk)
        self.form.add_row("result", say("take_back.which"), self.result_chosen)
        self.form.add_row(
            "reason", say("setting.reason"), self.reason, say("take_back.reason.help")
        )
        self.ready()
        self.reason.setFocus()

    def submit(self) -> None:
        """Take it back."""
        chosen, reason = self.result_chosen.value(), self.reason.value()
        self.write(lambda place: take_back(place, chosen, reason, self.command_id))
