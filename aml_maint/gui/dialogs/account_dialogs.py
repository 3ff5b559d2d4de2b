"""Accounts: add a person, change their roles, end their access, renew passphrases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from aml_maint.domain.account import LONGEST_NAME, Account
from aml_maint.domain.command import Role
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.inputs import PassphraseInput, TextInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services import accounts, passphrase
from aml_maint.services.changes import Changes
from aml_maint.services.workplace import Workplace


class RolesInput(QWidget):
    """One box to tick for each role, with what it may do."""

    def __init__(self, looks: Looks, chosen: Sequence[Role] = ()) -> None:
        super().__init__()
        self._looks = looks
        self.boxes: dict[Role, QCheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(looks.theme.unit(1))
        for role in Role:
            box = QCheckBox()
            box.setChecked(role in chosen)
            self.boxes[role] = box
            column.addWidget(box)
        self.setFocusProxy(self.boxes[Role.NURSE])
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.retranslate)
        self.retranslate()

    def roles(self) -> tuple[Role, ...]:
        """The roles ticked."""
        return tuple(role for role, box in self.boxes.items() if box.isChecked())

    def raw(self) -> str:
        """The roles ticked, as text."""
        return " ".join(role.value for role in self.roles())

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        for role, box in self.boxes.items():
            box.setChecked(role.value in raw.split())

    def retranslate(self) -> None:
        """Set names and stories in the language shown."""
        for role, box in self.boxes.items():
            words = self._looks.words
            text = words.text(
                say("accounts.role", role=say(f"role.{role.value}"),
                    story=say(f"accounts.may.{role.value}"))
            )  # fmt: skip
            box.setText(text)
            box.setAccessibleName(text)
            box.setFont(self._looks.theme.font())


class AccountDialog(FormDialog):
    """Writes one thing about an account."""

    def __init__(self, desk: Desk, title: Message, verb: Message, parent: QWidget | None) -> None:
        super().__init__(desk, title, verb, parent=parent)
        self._desk = desk
        self.setMinimumWidth(desk.theme.unit(140))

    def _write(self, work: Callable[[Workplace], Changes]) -> None:
        self._desk.session.write(work, lambda _: self.finish(), self.fail, self)

    def _add_new_passphrase(self) -> None:
        self.passphrase, self.again = PassphraseInput(self._looks), PassphraseInput(self._looks)
        helping = say("ward.passphrase.help", shortest=passphrase.SHORTEST)
        self.form.add_row("passphrase", say("accounts.new_passphrase"), self.passphrase, helping)
        self.form.add_row("again", say("ward.again"), self.again)

    def _new_passphrase(self, name: str) -> str:
        typed = self.passphrase.value()
        passphrase.check_new(typed, name)
        if self.again.value() != typed:
            raise BadInput(say("ward.not_the_same"), field="again")
        return typed


class AddAccountDialog(AccountDialog):
    """Lets another person open the file."""

    COMMANDS = ("add_account",)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, say("accounts.add.title"), say("accounts.add.verb"), parent)
        self.name = TextInput(desk, longest=LONGEST_NAME)
        self.roles = RolesInput(desk, [Role.NURSE])
        self.form.add_row("name", say("accounts.name"), self.name, say("accounts.name.help"))
        self.form.add_row("roles", say("accounts.roles"), self.roles)
        self._add_new_passphrase()
        self.ready()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Make the account."""
        name, roles = self.name.value(), self.roles.roles()
        if not name:
            raise BadInput(say("accounts.name_needed"), field="name")
        if not roles:
            raise BadInput(say("accounts.role_needed"), field="roles")
        first = self._new_passphrase(name)
        self._write(lambda p: accounts.add_account(p, name, roles, first, self.command_id))


class RolesDialog(AccountDialog):
    """Gives a person other roles."""

    COMMANDS = ("change_account",)

    def __init__(self, desk: Desk, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            say("accounts.change.title", name=account.name),
            say("accounts.change.verb"),
            parent,
        )
        self._account = account
        self.roles = RolesInput(desk, account.roles)
        self.reason = TextInput(desk)
        self.form.add_row("roles", say("accounts.roles"), self.roles, say("accounts.next_time"))
        self.form.add_row("reason", say("accounts.reason"), self.reason)
        self.ready()

    def submit(self) -> None:
        """Change the roles."""
        roles, reason = self.roles.roles(), self.reason.value()
        if not roles:
            raise BadInput(say("accounts.role_needed"), field="roles")
        id = self._account.id
        self._write(lambda p: accounts.change_roles(p, id, roles, reason, self.command_id))


class RetireDialog(AccountDialog):
    """Ends a person's access."""

    COMMANDS = ("retire_account",)

    def __init__(self, desk: Desk, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            say("accounts.retire.title", name=account.name),
            say("accounts.retire.verb"),
            parent,
        )
        self._account = account
        self.reason = TextInput(desk)
        self.body.insertWidget(1, Label(desk, "accounts.retire.story", token="muted", wrap=True))
        self.form.add_row("reason", say("accounts.reason"), self.reason)
        self.ready()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """End the access."""
        id, reason = self._account.id, self.reason.value()
        self._write(lambda p: accounts.retire_account(p, id, reason, self.command_id))


class ResetDialog(AccountDialog):
    """Gives a person who forgot theirs a new passphrase."""

    COMMANDS = ("reset_passphrase",)

    def __init__(self, desk: Desk, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(
            desk, say("accounts.reset.title", name=account.name), say("accounts.reset.verb"), parent
        )
        self._account = account
        self.reason = TextInput(desk)
        self._add_new_passphrase()
        self.form.add_row("reason", say("accounts.reason"), self.reason)
        self.ready()
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Renew the passphrase."""
        new, reason = self._new_passphrase(self._account.name), self.reason.value()
        id = self._account.id
        self._write(lambda p: accounts.reset_passphrase(p, id, new, reason, self.command_id))


class OwnPassphraseDialog(AccountDialog):
    """Changes one's own passphrase."""

    COMMANDS = ("change_passphrase",)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, say("accounts.own.title"), say("accounts.own.verb"), parent)
        self.old = PassphraseInput(desk)
        self.form.add_row("old", say("accounts.old_passphrase"), self.old)
        self._add_new_passphrase()
        self.ready()
        self.old.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Change the passphrase."""
        if not self.old.value():
            raise BadInput(say("ward.no_passphrase"), field="old")
        old, new = self.old.value(), self._new_passphrase(self._desk.session.actor.name)
        self._write(lambda p: accounts.change_passphrase(p, old, new, self.command_id))
