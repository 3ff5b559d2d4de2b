"""Shown when a ward file is damaged: what is wrong, and the backups that could replace it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.restore_dialog import WantedRestore
from aml_maint.gui.dialogs.salvage_dialog import SalvageDialog
from aml_maint.gui.dialogs.ward_dialogs import SignIn
from aml_maint.gui.forms.form import Form
from aml_maint.gui.forms.inputs import ChoiceInput, PassphraseInput
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.gui.widgets.table import Table
from aml_maint.services.restoring import BackupEntry, backups_beside
from aml_maint.services.sign_in import people_of

_ROWS = 6


class RecoveryPage(QWidget):
    """Nothing is repaired behind anybody's back: a person chooses the backup."""

    wanted = Signal(object)
    """WantedRestore: the backup that is to be tested and put in the file's place."""
    view_wanted = Signal(object)
    """SignIn: the damaged file is to be looked at."""
    left = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._entries: tuple[BackupEntry, ...] = ()
        self._path: Path | None = None
        self.what = Label(looks, role="strong", token="danger", wrap=True)
        self.shown = Label(looks, "recover.shown", wrap=True)
        self.unsaved = Label(looks, role="strong", wrap=True)
        self.story = Label(looks, "recover.story", token="muted", wrap=True)
        self.table = Table(looks)
        self.model = QStandardItemModel(0, 3, self)
        self.table.setModel(self.model)
        self.none = Label(looks, "recover.no_backup", wrap=True)
        self.person: ChoiceInput[str] = ChoiceInput(looks, [("", "lock.nobody")])
        self.passphrase = PassphraseInput(looks)
        self.form = Form(looks)
        self.form.add_row("name", say("lock.person"), self.person)
        self.form.add_row("passphrase", say("ward.passphrase"), self.passphrase)
        self.form.finish()
        self.restore = Button(looks, "recover.restore", kind="primary")
        self.restore.clicked.connect(self._restore)
        self.passphrase.returnPressed.connect(self._restore)
        self.view = Button(looks, "recover.view", "search")
        self.view.clicked.connect(self._view)
        self.export = Button(looks, "salvage.button", "export")
        self.export.clicked.connect(self.open_export)
        self.other = Button(looks, "recover.other")
        self.other.clicked.connect(self.left)
        self._lay_out()
        looks.words.changed.connect(self._show)

    def begin(self, path: Path, error: UserError, unsaved: int | None = None) -> None:
        """Say what is wrong with a ward file, and list its backups.

        `unsaved` is how many entries were lost, if it was on the screen before it was found bad.
        """
        self._path = path
        self.shown.setVisible(unsaved is not None)
        self.unsaved.setVisible(bool(unsaved))
        self.unsaved.say(say("recover.unsaved", count=unsaved or 0))
        told = error.message
        if error.hint is not None:
            told = say("error.with_hint", message=error.message, hint=error.hint)
        self.what.say(told)
        self.passphrase.clear()
        self.form.clear_errors()
        self._entries = backups_beside(path)
        try:
            people = people_of(path)
        except UserError:
            people = ()
        self.person.offer([(name, say("lock.name", name=name)) for name in people or ("–",)])
        self.form.rows["name"].setVisible(len(people) > 1)
        self._show()
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def fail(self, error: UserError) -> None:
        """Restoring was refused: say why; everything is as it was."""
        self.restore.setEnabled(True)
        self.form.show_error(error)

    def chosen(self) -> Path | None:
        """The backup chosen in the list."""
        rows = self.table.selectionModel().selectedRows()
        return self._entries[rows[0].row()].path if rows else None

    def _restore(self) -> None:
        path = self.chosen()
        if path is not None and self._has_passphrase():
            self._want_restore(path)

    def _view(self) -> None:
        if self._path is not None and self._has_passphrase():
            typed = self.passphrase.value()
            self.view_wanted.emit(SignIn(self._path, self.person.value(), typed))

    def open_export(self) -> SalvageDialog | None:
        """Ask where what can be read shall be written as plain tables."""
        if self._path is None or not self._has_passphrase():
            return None
        asked = SignIn(self._path, self.person.value(), self.passphrase.value())
        dialog = SalvageDialog(self._looks, asked, self)
        dialog.open()
        return dialog

    def _has_passphrase(self) -> bool:
        self.form.clear_errors()
        if not self.passphrase.value():
            self.form.show_error(BadInput(say("ward.no_passphrase"), field="passphrase"))
        return bool(self.passphrase.value())

    def _want_restore(self, path: Path) -> None:
        self.wanted.emit(WantedRestore(path, self.passphrase.value(), self.person.value()))

    def _show(self) -> None:
        words = self._looks.words
        self.model.setRowCount(0)
        heads = ("restore.made", "restore.entries", "restore.file")
        self.model.setHorizontalHeaderLabels([words.text(head) for head in heads])
        self.table.setAccessibleName(words.text("restore.list"))
        for entry in self._entries:
            known = str(entry.head.sequence) if entry.head else words.text("restore.not_noted")
            texts = (words.value(entry.made.local), known, entry.path.name)
            self.model.appendRow([QStandardItem(text) for text in texts])
        self.table.fit_columns()
        some = bool(self._entries)
        shown = min(max(len(self._entries), 1), _ROWS)
        self.table.setFixedHeight(self._looks.theme.unit(9) * (shown + 1))
        for widget in (self.table, self.restore):
            widget.setVisible(some)
        self.none.setVisible(not some)
        if some:
            self.table.selectRow(0)

    def _lay_out(self) -> None:
        theme = self._looks.theme
        panel = Panel(self._looks, radius=8)
        panel.setFixedWidth(theme.unit(170))
        box = QVBoxLayout(panel)
        box.setContentsMargins(*[theme.unit(8)] * 4)
        box.setSpacing(theme.unit(4))
        box.addWidget(Label(self._looks, "recover.title", role="title"))
        for widget in (
            self.what,
            self.shown,
            self.unsaved,
            self.story,
            self.table,
            self.none,
            self.form,
        ):
            box.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(theme.unit(2))
        row.addWidget(self.restore)
        row.addWidget(self.view)
        row.addStretch(1)
        row.addWidget(self.other)
        box.addLayout(row)
        last = QHBoxLayout()
        last.addWidget(self.export)
        last.addStretch(1)
        box.addLayout(last)
        inside = QWidget()
        middle = QVBoxLayout(inside)
        middle.addStretch(2)
        across = QHBoxLayout()  # aligned by itself, the panel would not grow with wrapped lines
        across.addStretch(1)
        across.addWidget(panel)
        across.addStretch(1)
        middle.addLayout(across)
        middle.addStretch(3)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(Scrolling(inside))
