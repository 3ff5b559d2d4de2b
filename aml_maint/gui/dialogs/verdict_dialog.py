"""A physician's word against the computed verdict, and taking a marrow back: both with a reason."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import say
from aml_maint.domain.mrd import MrdClass
from aml_maint.domain.patient import Patient
from aml_maint.domain.response import Response
from aml_maint.domain.response_board import MarrowRow
from aml_maint.domain.response_review import Decision
from aml_maint.domain.response_words import study_words
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services.marrow import withdraw_marrow
from aml_maint.services.response_board import review_response

# The study's classes; ELN's own stays as it was computed.
_CLASSES = tuple(one for one in MrdClass if one is not MrdClass.BELOW_ELN)


class OverruleDialog(PatientDialog):
    """Another response or MRD class than the computed one, on the study's terms."""

    COMMANDS = ("review_response",)

    def __init__(
        self, desk: Desk, patient: Patient, row: MarrowRow, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            desk, patient, say("verdict.title.overrule"), say("verdict.verb.overrule"),
            draft=f"verdict/{row.marrow.id}", columns=2, parent=parent,
        )  # fmt: skip
        self._row = row
        responses = [(one, say(f"response.class.{one.value}")) for one in Response]
        self.response: ChoiceInput[Response | None] = ChoiceInput(
            desk, [(None, say("response.class.none")), *responses]
        )
        classes = [(one, say(f"mrd_class.{one.value}")) for one in _CLASSES]
        self.mrd: ChoiceInput[MrdClass | None] = ChoiceInput(
            desk, [(None, say("mrd_class.none")), *classes]
        )
        self.response.set_value(row.response)
        self.mrd.set_value(row.mrd)
        self.reason = TextInput(desk)
        self.form.add_row("response", say("verdict.response"), self.response)
        self.form.add_row("mrd", say("verdict.mrd"), self.mrd)
        help_text = say("verdict.reason.help")
        self.form.add_row("reason", say("marrow_form.reason"), self.reason, help_text, span=2)
        self.ready()
        told = say("verdict.computed", verdict=study_words(row))
        self.body.insertWidget(2, Label(desk, told, token="muted", wrap=True))
        self.setMinimumWidth(desk.theme.unit(150))
        self.response.setFocus()

    def submit(self) -> None:
        """Record the word of whoever sits here."""
        response, mrd, reason = self.response.value(), self.mrd.value(), self.reason.value()
        marrow_id = self._row.marrow.id
        self.write(
            lambda place: review_response(
                place, marrow_id, Decision.OVERRULED, response, mrd, reason, self.command_id
            )
        )


class WithdrawMarrowDialog(PatientDialog):
    """Take back a marrow that was entered in error."""

    COMMANDS = ("withdraw_marrow",)

    def __init__(
        self, desk: Desk, patient: Patient, row: MarrowRow, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            desk, patient, say("verdict.title.withdraw", at=row.marrow.collected.local),
            say("verdict.verb.withdraw"), draft=f"marrow_withdraw/{row.marrow.id}", columns=1,
            parent=parent,
        )  # fmt: skip
        self._row = row
        self.reason = TextInput(desk)
        help_text = say("verdict.withdraw.help")
        self.form.add_row("reason", say("marrow_form.reason"), self.reason, help_text)
        self.ready()
        self.reason.setFocus()

    def submit(self) -> None:
        """Take the marrow back."""
        reason, marrow_id = self.reason.value(), self._row.marrow.id
        self.write(lambda place: withdraw_marrow(place, marrow_id, reason, self.command_id))
