"""The printed recovery key gives an administrator a new passphrase."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.ward_dialogs import WardDialog
from aml_maint.gui.forms.inputs import ChoiceInput, PassphraseInput, TextInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services import passphrase


class RecoverDialog(WardDialog):
    """Stays open until the file is open, so that the long key is typed once."""

    def __init__(self, looks: Looks, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(looks, "recover", path, for_new=False, parent=parent)
        self.key = TextInput(looks, longest=60)
        self.person: ChoiceInput[str] = ChoiceInput(looks, [("", "lock.nobody")])
        self.again = PassphraseInput(looks)
        self.form.add_row("key", say("recover.key"), self.key, say("recover.key.help"))
        self.form.add_row("name", say("recover.administrator"), self.person)
        self.form.add_row(
            "passphrase", say("accounts.new_passphrase"), self.passphrase,
            say("ward.passphrase.help", shortest=passphrase.SHORTEST),
        )  # fmt: skip
        self.form.add_row("again", say("ward.again"), self.again)
        self.ready()
        self.body.insertWidget(1, Label(looks, "recover.by_key.story", token="muted", wrap=True))
        self.file.edit.textChanged.connect(lambda: self._offer_people(self.person))
        self._offer_people(self.person)
        self.key.setFocus(Qt.FocusReason.OtherFocusReason)

    def draft(self) -> dict[str, str]:
        """A key is no draft."""
        return {name: raw for name, raw in super().draft().items() if name != "key"}

    def fail(self, error: UserError) -> None:
        """Say it of the key, which is what opens the file here."""
        if error.message.key == "keys.wrong_passphrase":
            error = BadInput(say("recover.wrong"), hint=say("recover.wrong.hint"), field="key")
        elif error.message.key == "keys.wait":
            error = BadInput(error.message, field="key")
        super().fail(error)
        if error.field == "key":
            self.key.setFocus(Qt.FocusReason.OtherFocusReason)
            self.key.selectAll()

    def submit(self) -> None:
        """Ask for the file to be opened by the key, and the passphrase to be renewed."""
        if not self.key.value():
            raise BadInput(say("recover.no_key"), field="key")
        passphrase.check_new(self.passphrase.value(), self.person.value())
        if self.again.value() != self.passphrase.value():
            raise BadInput(say("ward.not_the_same"), field="again")
        self._ask(self.file.path(), self.person.value(), self.key.value())
