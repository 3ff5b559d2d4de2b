"""The recovery key: made, shown once, put on a sheet to print, and then known to paper alone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput, StorageProblem, UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.account_dialogs import AccountDialog
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.private_file import write_private
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.services import accounts
from aml_maint.services.changes import Changes
from aml_maint.services.workplace import Workplace


class RecoveryKeyDialog(AccountDialog):
    """Makes the recovery key, shows it once, and asks for its end: was it written down?"""

    COMMANDS = ("make_recovery_key",)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, say("recovery.title"), say("recovery.make"), parent)
        self._key = ""
        self.sheet: Path | None = None
        self.story = Label(desk, "recovery.story", token="muted", wrap=True)
        self.key = Label(desk, role="title")
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = Button(desk, "recovery.copy", "copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._key))
        self.print = Button(desk, "recovery.sheet", "reports")
        self.print.clicked.connect(self._make_sheet)
        self.outcome = Label(desk, role="strong", token="success", wrap=True)
        self.folder = FolderInput(desk, "")
        self.last = TextInput(desk)
        self.body.insertWidget(1, self.story)
        self.body.insertWidget(2, self.key)
        add = self.form.add_row
        add("folder", say("recovery.folder"), self.folder, say("recovery.folder.help"))
        add("last", say("recovery.last"), self.last, say("recovery.last.help"))
        self.ready()
        self.body.addWidget(self.outcome)
        self.foot.insertWidget(0, self.copy)
        self.foot.insertWidget(1, self.print)
        self._once_made = (self.key, self.copy, self.print, *self.form.rows.values())
        for widget in (*self._once_made, self.outcome):
            widget.hide()
        self.save.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Make the key, or check that it was written down."""
        if self._key:
            if self.last.value().upper() != self._key.rsplit("-", 1)[1]:
                raise BadInput(say("recovery.not_the_last"), field="last")
            self.finish()
            return
        made: list[str] = []

        def work(place: Workplace) -> Changes:
            changes, key = accounts.make_recovery_key(place, self.command_id)
            made.append(key)
            return changes

        self._desk.session.write(work, lambda _: self._show(made[0]), self.fail, self)

    def _show(self, key: str) -> None:
        self._key = key
        half = len(key) // 2
        self.key.say(say("recovery.key", first=key[:half].strip("-"), second=key[half:].strip("-")))
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(self._looks.theme.pixels(20))
        self.key.setFont(fixed)
        for widget in self._once_made:
            widget.show()
        self.save.say("recovery.done")
        self.save.setEnabled(True)
        self.cancel.hide()
        self.last.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_sheet(self) -> None:
        """Put the key on a sheet in the language shown, and open it for printing."""
        self.form.clear_errors()
        try:
            folder = self.folder.folder()
        except UserError as error:
            self.form.show_error(error)
            return
        key, language = self._key, self._looks.words.language

        def work(place: Workplace) -> tuple[str, bytes]:
            return accounts.recovery_sheet_pdf(place, key, language)

        def done(made: tuple[str, bytes]) -> None:
            self._keep(folder / made[0], made[1])

        self.print.setEnabled(False)
        self._desk.session.read(work, done, self, self._no_sheet)

    def _keep(self, path: Path, content: bytes) -> None:
        self.print.setEnabled(True)
        if not write_private(path, content):
            hint = say("recovery.not_written.hint")
            self.fail(StorageProblem(say("recovery.not_written"), hint=hint, field="folder"))
            return
        self.sheet = path
        self._tell(say("recovery.written", file=path.name))
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _no_sheet(self, error: UserError) -> None:
        self.print.setEnabled(True)
        self.fail(error)

    def _tell(self, message: Message) -> None:
        self.outcome.say(message)
        self.outcome.show()
