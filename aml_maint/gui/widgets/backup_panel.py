"""In the settings: when the ward file was backed up last, and the button that does it now."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import say
from aml_maint.gui.backups import Backups
from aml_maint.gui.desk import Desk
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.services.trust import FOLDER


class BackupPanel(QWidget):
    """Says what a backup is, how old the last one is, and whether one is being made."""

    def __init__(self, desk: Desk, backups: Backups) -> None:
        super().__init__()
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
        self.problem.hide()
        self.make.setHidden(demo)
        self.state.setHidden(demo)
        backups.changed.connect(self._show)
        backups.failed.connect(self._fail)
        self._show()

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
