"""A form about one patient: who it is stands above it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import Message
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.widgets.banner import PatientLine
from aml_maint.services.changes import Changes
from aml_maint.services.workplace import Workplace


class PatientDialog(FormDialog):
    """Saves by one service call; its errors stand beside the inputs."""

    def __init__(
        self, desk: Desk, patient: Patient, title: Message, verb: Message, *, draft: str,
        columns: int = 2, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(desk, title, verb, columns=columns, draft=draft, parent=parent)
        self._desk = desk
        self.patient = patient
        self.about = patient.id
        self.body.insertWidget(1, PatientLine(desk, patient))
        self.setMinimumWidth(desk.theme.unit(130))

    def write(self, work: Callable[[Workplace], Changes]) -> None:
        """Save, then close; a refusal is said in the form."""
        self._desk.session.write(work, lambda _: self.finish(), self.fail, self)
