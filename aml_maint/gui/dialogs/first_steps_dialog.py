"""Shown once, after a ward was made: the recovery key and a second folder for backups."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.backups import Backups
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.dialogs.recovery_key_dialog import RecoveryKeyDialog
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.services.accounts import has_recovery_key
from aml_maint.services.changes import Changes, Touched


class FirstStepsDialog(FormDialog):
    """Nothing here has to be done: Enter begins the work."""

    def __init__(self, desk: Desk, backups: Backups, parent: QWidget | None = None) -> None:
        super().__init__(desk, say("first.title"), say("first.verb"), parent=parent)
        self._desk = desk
        self._backups = backups
        self.key = Button(desk, "recovery.button", "shield")
        self.key.clicked.connect(self.make_key)
        self.made = Label(desk, "first.key.done", role="strong", token="success")
        self.made.hide()
        self.folder = FolderInput(desk)
        self.folder.set_raw(str(backups.second or ""))
        self.form.add_row("folder", say("first.backup"), self.folder, say("first.backup.help"))
        self.ready()
        self._lay_out_steps()
        self.cancel.hide()
        self.setMinimumWidth(desk.theme.unit(140))
        desk.session.changed.connect(self._changed)
        self.save.setFocus()

    def make_key(self) -> RecoveryKeyDialog:
        """Open the dialog that makes the recovery key."""
        dialog = RecoveryKeyDialog(self._desk, self)
        dialog.open()
        return dialog

    def submit(self) -> None:
        """Remember the folder, if one is named."""
        if self.folder.raw().strip():
            self._backups.second = self.folder.folder()
        self.finish()

    def _changed(self, changes: Changes) -> None:
        if Touched.ACCOUNTS in changes.touched:
            self._desk.session.read(has_recovery_key, self.made.setVisible, self)

    def _lay_out_steps(self) -> None:
        desk = self._desk
        row = QHBoxLayout()
        row.setSpacing(desk.theme.unit(3))
        row.addWidget(self.key)
        row.addWidget(self.made)
        row.addStretch(1)
        at = self.body.indexOf(self.form)
        self.body.insertWidget(at, Label(desk, "first.story", token="muted", wrap=True))
        self.body.insertWidget(at + 1, Label(desk, "first.key", role="strong"))
        self.body.insertWidget(at + 2, Label(desk, "first.key.story", token="muted", wrap=True))
        self.body.insertLayout(at + 3, row)
        self.body.addWidget(Label(desk, "first.people", token="muted", wrap=True))
