"""In the settings: who can open the ward file, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from aml_maint.domain.account import Account
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.account_dialogs import (
    AddAccountDialog,
    OwnPassphraseDialog,
    ResetDialog,
    RetireDialog,
    RolesDialog,
)
from aml_maint.gui.dialogs.recovery_key_dialog import RecoveryKeyDialog
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.flow_layout import FlowLayout
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.table import Table
from aml_maint.services.accounts import accounts_of, has_recovery_key
from aml_maint.services.changes import Changes, Touched

_MOST_ROWS = 8


class AccountsPanel(QWidget):
    """The people of the ward; what only an administrator may do says so to others."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._accounts: tuple[Account, ...] = ()
        self.story = Label(desk, "accounts.story", token="muted", wrap=True)
        self.table = Table(desk)
        self.model = QStandardItemModel(0, 3, self)
        self.table.setModel(self.model)
        self.table.setAccessibleName("")
        self.add = self._button("accounts.add", "plus", "add_account", self._add)
        self.roles = self._button("accounts.change", "user", "change_account", self._change)
        self.reset = self._button("accounts.reset", "refresh", "reset_passphrase", self._reset)
        self.retire = self._button("accounts.retire", "close", "retire_account", self._retire)
        self.recovery = self._button(
            "recovery.button", "shield", "make_recovery_key", lambda: RecoveryKeyDialog(desk, self)
        )
        self.own = self._button(
            "accounts.own", "lock", "change_passphrase", lambda: OwnPassphraseDialog(desk, self)
        )
        self.buttons = QWidget(self)
        self.why = Label(desk, role="small", token="muted", wrap=True)
        self.no_key = Label(desk, "recovery.none", token="warning", wrap=True)
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._enable)
        desk.session.changed.connect(self._changed)
        desk.words.changed.connect(self._show)
        self._read()

    def selected(self) -> Account | None:
        """The account chosen in the table."""
        rows = self.table.selectionModel().selectedRows()
        return self._accounts[rows[0].row()] if rows else None

    def _button(
        self, text: str, icon: str, action: str, dialog: Callable[[], QDialog | None]
    ) -> Button:
        def open_it() -> None:
            opened = dialog()
            if opened is not None:
                opened.open()

        button = Button(self._desk, text, icon, leads_to=action)
        button.clicked.connect(open_it)
        return button

    def _add(self) -> QDialog:
        return AddAccountDialog(self._desk, self)

    def _change(self) -> QDialog | None:
        account = self.selected()
        return None if account is None else RolesDialog(self._desk, account, self)

    def _reset(self) -> QDialog | None:
        account = self.selected()
        return None if account is None else ResetDialog(self._desk, account, self)

    def _retire(self) -> QDialog | None:
        account = self.selected()
        return None if account is None else RetireDialog(self._desk, account, self)

    def _changed(self, changes: Changes) -> None:
        if Touched.ACCOUNTS in changes.touched:
            self._read()

    def _read(self) -> None:
        def show(found: tuple[tuple[Account, ...], bool]) -> None:
            self._accounts, has_key = found
            self.no_key.setVisible(bool(self._accounts) and not has_key)
            self._show()

        self._desk.session.read(lambda p: (accounts_of(p), has_recovery_key(p)), show, self)

    def _show(self) -> None:
        words = self._desk.words
        self.model.setRowCount(0)
        heads = ("accounts.name", "accounts.roles", "accounts.state")
        self.model.setHorizontalHeaderLabels([words.text(head) for head in heads])
        self.table.setAccessibleName(words.text("accounts.title"))
        for account in self._accounts:
            roles = words.value(tuple(say(f"role.{role.value}") for role in account.roles))
            state = words.text("accounts.active" if account.is_active else "accounts.retired")
            line = [QStandardItem(text) for text in (account.name, roles, state)]
            for item in line:
                item.setData(item.text(), Qt.ItemDataRole.AccessibleTextRole)
            self.model.appendRow(line)
        self.table.refit()
        shown = min(max(len(self._accounts), 1), _MOST_ROWS)
        self.table.setFixedHeight(self._desk.theme.unit(9) * (shown + 1))
        if self._accounts and self.selected() is None:
            self.table.selectRow(0)
        self._enable()

    def _enable(self) -> None:
        account, session = self.selected(), self._desk.session
        if not session.is_open:
            return  # the window is closing
        there = bool(self._accounts)
        active = account is not None and account.is_active
        for button in (self.add, self.recovery, self.own):
            button.setEnabled(there)
        for button in (self.roles, self.reset, self.retire):
            button.setEnabled(active)
        self.table.setVisible(there)
        self.buttons.setVisible(there)
        why = session.why_not("add_account")
        self.why.setVisible(why is not None or not there)
        nobody = say("accounts.demo") if session.is_demo else say("accounts.none_here")
        self.why.say(why if there and why is not None else nobody)

    def _lay_out(self) -> None:
        theme = self._desk.theme
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.unit(3))
        box.addWidget(self.story)
        box.addWidget(self.no_key)
        self.no_key.hide()
        box.addWidget(self.table)
        flow = FlowLayout(self.buttons, across=theme.unit(2), down=theme.unit(2))
        for button in (self.add, self.roles, self.reset, self.retire, self.own, self.recovery):
            flow.addWidget(button)
        box.addWidget(self.buttons)
        box.addWidget(self.why)
