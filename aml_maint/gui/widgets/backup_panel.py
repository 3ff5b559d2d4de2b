"""In the settings: when the ward file was backed up last, and the button that does it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import say
from aml_maint.gui.backups import Backups
from aml_maint.gui.desk import Desk
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.forms.form import Form
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.services.trust import FOLDER

if TYPE_CHECKING:
    from aml_maint.gui.dialogs.restore_dialog import RestoreDialog


class BackupPanel(QWidget):
    """Says what a backup is, how old the last one is, and whether one is being made."""

    restore_wanted = Signal(object)
    """WantedRestore: a checked backup is to take the place of the ward file."""

    def __init__(self, desk: Desk, backups: Backups) -> None:
        super().__init__()
        self._desk = desk
        self._backups = backups
        demo = desk.session.is_demo
        story = say("backup.demo") if demo else say("backup.story", folder=FOLDER)
        self.state = Label(desk, role="strong")
        self.problem = Label(desk, token="danger", wrap=True)
        self.make = Button(desk, "backup.make", "shield")
        self.make.clicked.connect(backups.make)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(desk.theme.unit(3))
        box.addWidget(Label(desk, story, token="muted", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(desk.theme.unit(4))
        row.addWidget(self.make)
        row.addWidget(self.state, 1)
        box.addLayout(row)
        box.addWidget(self.problem)
        self.second = FolderInput(desk)
        self.second.set_raw(str(backups.second or ""))
        self.second.edit.editingFinished.connect(self._use_second)
        self.form = Form(desk)
        self.form.add_row("folder", say("backup.second"), self.second, say("backup.second.help"))
        self.form.finish()
        self.restore = Button(desk, "backup.restore", "undo")
        self.restore.clicked.connect(self.open_restore)
        box.addWidget(self.form)
        box.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.form.setHidden(demo)
        self.restore.setHidden(demo)
        self.problem.hide()
        self.make.setHidden(demo)
        self.state.setHidden(demo)
        backups.changed.connect(self._show)
        backups.failed.connect(self._fail)
        self._show()

    def open_restore(self) -> RestoreDialog:
        """Let a backup be tested or restored."""
        from aml_maint.gui.dialogs.restore_dialog import RestoreDialog

        dialog = RestoreDialog(self._desk, self)
        dialog.wanted.connect(self.restore_wanted)
        dialog.open()
        return dialog

    def _use_second(self) -> None:
        self.form.clear_errors()
        try:
            self._backups.second = self.second.folder() if self.second.raw().strip() else None
        except UserError as error:
            self.form.show_error(error)

    def _show(self) -> None:
        self.problem.hide()
        self.make.setEnabled(not self._backups.making)
        self.state.say(say("backup.making") if self._backups.making else self._backups.told)
        token = self._backups.token
        self.state.use_token("text" if self._backups.making or token == "muted" else token)

    def _fail(self, error: UserError) -> None:
        told = error.message
        if error.hint is not None:
            told = say("error.with_hint", message=error.message, hint=error.hint)
        self.problem.say(told)
        self.problem.show()
