"""Testing a backup, and putting it in the place of the ward file after seeing what that loses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from aml_maint.domain.account import Account
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.inputs import PassphraseInput
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.table import Table
from aml_maint.services.accounts import confirm_person
from aml_maint.services.restoring import BackupEntry, RestorePreview, backups_in, preview_restore
from aml_maint.services.workplace import Workplace

_ROWS = 6


@dataclass(frozen=True)
class WantedRestore:
    """Which backup, checked, is to take the place of the ward file, by whose passphrase."""

    backup: Path
    passphrase: str
    name: str


class RestoreDialog(FormDialog):
    """First the drill: a backup is opened, checked and compared. Only then can it be restored."""

    COMMANDS = ("restore_ward",)

    wanted = Signal(object)
    """WantedRestore: the person's passphrase was right."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, say("restore.title"), say("restore.verb"), parent=parent)
        self._desk = desk
        self._entries: tuple[BackupEntry, ...] = ()
        self._preview: RestorePreview | None = None
        self.table = Table(desk)
        self.model = QStandardItemModel(0, 3, self)
        self.table.setModel(self.model)
        self.other = Button(desk, "restore.other", "folder")
        self.other.clicked.connect(self._choose)
        self.check = Button(desk, "restore.check", "shield")
        self.check.clicked.connect(self.run_check)
        self.found = Label(desk, role="strong", wrap=True)
        self.loss = Label(desk, wrap=True)
        self.lost = Table(desk)
        self.lost_model = QStandardItemModel(0, 3, self)
        self.lost.setModel(self.lost_model)
        self.passphrase = PassphraseInput(desk)
        self._lay_in()
        self.form.add_row(
            "passphrase", say("restore.passphrase"), self.passphrase, say("restore.sure")
        )
        self.ready()
        self.save.setEnabled(False)
        self.setMinimumWidth(desk.theme.unit(170))
        self.table.selectionModel().selectionChanged.connect(self._forget)
        desk.words.changed.connect(self._write)
        desk.session.read(backups_in, self._show, self)

    def submit(self) -> None:
        """Ask for the passphrase's owner once more, then for the restore."""
        preview, typed = self._preview, self.passphrase.value()
        if preview is None:
            raise BadInput(say("restore.check_first"))
        if not typed:
            raise BadInput(say("ward.no_passphrase"), field="passphrase")
        name = self._desk.session.actor.name

        def work(place: Workplace) -> Account:
            place.expect_allowed("restore_ward")
            return confirm_person(place, name, typed)

        def done(_: Account) -> None:
            self.finish()
            self.wanted.emit(WantedRestore(preview.path, typed, name))

        self._desk.session.read(work, done, self, self.fail)

    def run_check(self) -> None:
        """Open the chosen backup and compare it with the ward file as it is."""
        path = self.chosen()
        if path is None:
            return
        self._forget()
        self._tell(say("restore.checking", file=path.name), "muted")
        self.check.setEnabled(False)
        self._desk.session.read(
            lambda place: preview_restore(place, path), self._checked, self, self._bad
        )

    def chosen(self) -> Path | None:
        """The backup chosen in the list."""
        rows = self.table.selectionModel().selectedRows()
        return self._entries[rows[0].row()].path if rows else None

    def _checked(self, preview: RestorePreview) -> None:
        self._preview = preview
        self.check.setEnabled(True)
        self.save.setEnabled(True)
        entries, patients = preview.head.sequence, preview.counts["patients"]
        doses = preview.counts["administrations"]
        self._tell(say("restore.sound", entries=entries, patients=patients, doses=doses), "success")
        if not preview.same_record:
            self._lose(say("restore.other_record"), preview)
        elif preview.lost_count:
            self._lose(say("restore.loses", count=preview.lost_count), preview)
        else:
            self._lose(say("restore.loses_nothing"), preview)
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lose(self, message: Message, preview: RestorePreview) -> None:
        self.loss.say(message)
        self.loss.show()
        self._list_lost(preview)

    def _list_lost(self, preview: RestorePreview) -> None:
        words = self._desk.words
        self.lost_model.setRowCount(0)
        heads = ("restore.when", "restore.who", "restore.what")
        self.lost_model.setHorizontalHeaderLabels([words.text(head) for head in heads])
        for event in preview.lost:
            texts = (words.value(event.at.local), event.who, self._what(event.action))
            self.lost_model.appendRow([QStandardItem(text) for text in texts])
        self.lost.setVisible(bool(preview.lost))
        self.lost.fit_columns()
        self._fit(self.lost, len(preview.lost))

    def _what(self, action: str) -> str:
        return self._desk.words.text(f"command.{action}")

    def _bad(self, error: UserError) -> None:
        self.check.setEnabled(True)
        told = error.message
        if error.hint is not None:
            told = say("error.with_hint", message=error.message, hint=error.hint)
        self._tell(told, "danger")

    def _forget(self) -> None:
        """What was found out of one backup says nothing of another."""
        self._preview = None
        self.save.setEnabled(False)
        for label in (self.found, self.loss, self.lost):
            label.hide()

    def _tell(self, message: Message, token: str) -> None:
        self.found.use_token(token)
        self.found.say(message)
        self.found.show()

    def _show(self, entries: tuple[BackupEntry, ...]) -> None:
        self._entries = entries
        self.model.setRowCount(0)
        for _ in entries:
            self.model.appendRow([QStandardItem() for _ in range(3)])
        self._write()
        self._fit(self.table, len(entries))
        if entries:
            self.table.selectRow(0)
        self.check.setEnabled(bool(entries))
        self.table.setFocus()

    def _write(self) -> None:
        """Set all texts of the lists in the language shown; what is chosen stays chosen."""
        words = self._desk.words
        heads = ("restore.made", "restore.entries", "restore.file")
        self.model.setHorizontalHeaderLabels([words.text(head) for head in heads])
        self.table.setAccessibleName(words.text("restore.list"))
        self.lost.setAccessibleName(words.text("restore.lost_list"))
        for row, entry in enumerate(self._entries):
            known = str(entry.head.sequence) if entry.head else words.text("restore.not_noted")
            for column, text in enumerate((words.value(entry.made.local), known, entry.path.name)):
                self.model.item(row, column).setText(text)
        self.table.fit_columns()
        if self._preview is not None and self._preview.lost_count:
            self._list_lost(self._preview)

    def _choose(self) -> QFileDialog:
        """Let a backup elsewhere be picked, as on another disk."""
        dialog = QFileDialog(self, self._desk.words.text("restore.other"))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(
            lambda folder: self._desk.session.read(
                lambda place: backups_in(place, Path(folder)), self._show, self
            )
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _fit(self, table: Table, rows: int) -> None:
        table.setFixedHeight(self._desk.theme.unit(9) * (min(max(rows, 1), _ROWS) + 1))

    def _lay_in(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(self._desk.theme.unit(2))
        row.addWidget(self.check)
        row.addWidget(self.other)
        row.addStretch(1)
        self.body.insertWidget(1, Label(self._desk, "restore.story", token="muted", wrap=True))
        self.body.insertWidget(2, self.table)
        self.body.insertLayout(3, row)
        self.body.insertWidget(4, self.found)
        self.body.insertWidget(5, self.loss)
        self.body.insertWidget(6, self.lost)
        for widget in (self.found, self.loss, self.lost):
            widget.hide()
