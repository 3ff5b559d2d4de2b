"""Opening and creating a ward file: where it lies and its passphrase."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from aml_maint import files
from aml_maint.domain.account import LONGEST_NAME
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.inputs import ChoiceInput, PassphraseInput, TextInput
from aml_maint.gui.widgets.button import Button, IconButton
from aml_maint.services import passphrase
from aml_maint.services.sign_in import people_of

SUFFIX = ".amldb"
LAST_PERSON = "last_person"


class PathInput(QWidget):
    """A file's path, typed or chosen; the system's own dialog is not used, it may hang."""

    def __init__(self, looks: Looks, *, for_new: bool) -> None:
        super().__init__()
        self._looks = looks
        self._for_new = for_new
        self.edit = TextInput(looks, longest=1000)
        self.button = IconButton(looks, "folder", say("ward.choose_file"))
        self.button.clicked.connect(self.choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(looks.theme.unit())
        row.addWidget(self.edit, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.edit)

    def path(self) -> Path:
        """The path typed; BadInput for none. A new file gets its ending."""
        text = self.edit.value()
        if not text:
            raise BadInput(say("ward.no_file"), field="file")
        path = Path(text).expanduser()
        return path.with_name(path.name + SUFFIX) if self._for_new and not path.suffix else path

    def set_path(self, path: Path) -> None:
        """Show a path."""
        self.edit.setText(str(path))

    def raw(self) -> str:
        """What is typed."""
        return self.edit.text()

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        self.edit.setText(raw)

    def setAccessibleName(self, name: str) -> None:
        """Name the part that takes the keyboard, too."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def choose(self) -> QFileDialog:
        """Let the file be picked."""
        dialog = QFileDialog(self, self._looks.words.text("ward.choose_file"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setNameFilter(self._looks.words.text("ward.file_kind") + f" (*{SUFFIX})")
        if self._for_new:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(SUFFIX.lstrip("."))
            # Nothing is ever overwritten: an existing file is refused when it comes to that.
            dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        start = self.edit.value() or str(files.default_database())
        folder = Path(start).expanduser().parent
        if folder.is_dir():
            dialog.setDirectory(str(folder))
        dialog.fileSelected.connect(self.edit.setText)
        dialog.open()
        return dialog


@dataclass(frozen=True)
class SignIn:
    """Which file, who opens it (None: its only person), and their passphrase."""

    path: Path
    name: str | None
    passphrase: str = field(repr=False)
    recovery_key: str = field(default="", repr=False)


class WardDialog(FormDialog):
    """Asks for path and passphrase; stays open until the file is open, so nothing is retyped."""

    wanted = Signal(object)
    """SignIn: what was asked for."""

    def __init__(
        self, looks: Looks, name: str, path: Path, *, for_new: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            looks, Message(f"ward.{name}.title"), Message(f"ward.{name}.verb"), parent=parent
        )
        self._name = name
        self.file = PathInput(looks, for_new=for_new)
        self.file.set_path(path)
        self.passphrase = PassphraseInput(looks)
        self.form.add_row("file", say("ward.file"), self.file)
        self.setMinimumWidth(looks.theme.unit(120))

    def fail(self, error: UserError) -> None:
        """Say why the file can't be opened; a wrong passphrase is typed again."""
        super().fail(error)
        self.save.say(Message(f"ward.{self._name}.verb"))
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)
        self.passphrase.selectAll()

    def _ask(self, path: Path, name: str | None, recovery_key: str = "") -> None:
        self.save.say("opening.file")
        self.wanted.emit(SignIn(path, name, self.passphrase.value(), recovery_key))

    def _offer_people(self, person: ChoiceInput[str]) -> int:
        """Offer who can sign in at the file that is named, the person of last time first."""
        try:
            people = people_of(self.file.path())
        except UserError:
            people = ()
        last = self._looks.settings.text(LAST_PERSON)
        names = sorted(people, key=lambda name: name != last) or [""]
        texts = [say("lock.name", name=name) if name else say("lock.nobody") for name in names]
        person.offer(list(zip(names, texts, strict=True)))
        return len(people)


class OpenWardDialog(WardDialog):
    """Asks for the passphrase of an existing ward file."""

    def __init__(self, looks: Looks, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(looks, "open", path, for_new=False, parent=parent)
        self.person: ChoiceInput[str] = ChoiceInput(looks, [("", "lock.nobody")])
        self.form.add_row("name", say("lock.person"), self.person)
        self.form.add_row("passphrase", say("ward.passphrase"), self.passphrase)
        self.ready()
        self.recover = Button(looks, "recover.by_key")
        self.foot.insertWidget(0, self.recover)
        self.file.edit.textChanged.connect(self._show_people)
        self._show_people()
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Ask for the file to be opened."""
        if not self.passphrase.value():
            raise BadInput(say("ward.no_passphrase"), field="passphrase")
        self._ask(self.file.path(), self.person.value() or None)

    def _show_people(self) -> None:
        count = self._offer_people(self.person)
        self.form.rows["name"].setVisible(count > 1)
        self.recover.setVisible(count > 0)


class CreateWardDialog(WardDialog):
    """Asks where a new ward file shall lie, who makes it, and twice for their passphrase."""

    def __init__(self, looks: Looks, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(looks, "create", path, for_new=True, parent=parent)
        self.name = TextInput(looks, longest=LONGEST_NAME)
        self.form.add_row("name", say("accounts.own_name"), self.name, say("accounts.name.help"))
        self.again = PassphraseInput(looks)
        self.form.add_row(
            "passphrase", say("ward.passphrase"), self.passphrase,
            say("ward.passphrase.help", shortest=passphrase.SHORTEST),
        )  # fmt: skip
        self.form.add_row("again", say("ward.again"), self.again, say("ward.again.help"))
        self.ready()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Check the passphrase, and ask for the file to be created."""
        name = self.name.value()
        if not name:
            raise BadInput(say("accounts.name_needed"), field="name")
        passphrase.check_new(self.passphrase.value(), name)
        if self.again.value() != self.passphrase.value():
            raise BadInput(say("ward.not_the_same"), field="again")
        self._ask(self.file.path(), name)
