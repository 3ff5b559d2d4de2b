"""Asks who decides to give a dose that a rule holds back, and why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aml_maint.domain.administration import Status
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_fields import reason_choices
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services.dosing import Override


class OverrideDialog(FormDialog):
    """Shows what the rule says, and takes the clinician's name and reason.

    `heading` says which doses of whom it is about; `about` is the patient's id, `draft` the name
    under which what is typed is kept.

    A dose that is also late or early (`off_time`) needs its coded reason as well.
    """

    COMMANDS = ("override_rule",)

    submitted = Signal(object)
    """The Override."""

    def __init__(
        self,
        desk: Desk,
        page: QWidget,
        heading: QWidget,
        refusal: UserError,
        *,
        about: str,
        draft: str,
        off_time: bool = False,
    ) -> None:
        super().__init__(
            desk, say("today.override.title"), "today.override.verb", draft=f"override/{draft}",
            parent=page.window(),
        )  # fmt: skip
        self.about = about
        self.sentence = Label(desk, refusal.message, role="strong", token="danger", wrap=True)
        self.by = TextInput(desk)
        self.reason = TextInput(desk)
        self.form.add_row("by", say("today.override.by"), self.by)
        self.form.add_row(
            "reason", say("today.override.reason"), self.reason, say("today.override.kept")
        )
        self.late = ChoiceInput[str | None](desk, reason_choices(Status.GIVEN))
        if off_time:
            self.form.add_row("late", say("today.late_reason"), self.late)
        self._off_time = off_time
        self.ready()
        self.body.insertWidget(1, heading)
        self.body.insertWidget(2, self.sentence)
        self.setMinimumWidth(desk.theme.unit(110))
        self.by.setFocus()

    @property
    def late_reason(self) -> str | None:
        """Why the dose is given late or early, as a code; None where that was not asked."""
        return self.late.value() if self._off_time else None

    def submit(self) -> None:
        for name, field in (("by", self.by), ("reason", self.reason)):
            if not field.value():
                raise BadInput(say("error.override_needs_name_and_reason"), field=name)
        if self._off_time and self.late_reason is None:
            raise BadInput(say("today.error.late_reason"), field="late")
        self.submitted.emit(Override(self.by.value(), self.reason.value()))
