"""A document made beside the window's thread and written to a folder that a person chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import StorageProblem, UserError
from aml_maint.domain.messages import LANGUAGES, DocumentLanguage, Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.private_file import write_private
from aml_maint.gui.widgets.folder_button import FolderButton
from aml_maint.gui.widgets.label import Label

if TYPE_CHECKING:
    from aml_maint.services.workplace import Workplace

FOLDER_SETTING = "report_folder"


L = TypeVar("L", bound=DocumentLanguage)


class DocumentDialog(FormDialog, Generic[L]):
    """Writes a document of one cycle whole or not at all; `texts` begins the keys of its words."""

    def __init__(
        self, desk: Desk, texts: str, course_id: str, cycle: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, say(f"{texts}.title"), say(f"{texts}.verb"), parent=parent)
        self._desk = desk
        self._texts = texts
        self._course_id = course_id
        self._cycle = cycle
        self.written: Path | None = None
        self.language: ChoiceInput[L] = ChoiceInput(
            desk, [(one, f"report_language.{one}") for one in self.languages()]
        )
        self.language.set_raw(str(LANGUAGES.index(desk.words.language)))
        self.folder = FolderInput(desk, FOLDER_SETTING)
        self.outcome = Label(desk, role="strong", token="success", wrap=True)
        self.outcome.hide()
        self.show_folder = FolderButton(desk)
        self.body.insertWidget(1, Label(desk, self.subject(), wrap=True))
        self.form.add_row("language", say(f"{texts}.language"), self.language)
        self.add_rows()
        self.form.add_row("folder", say(f"{texts}.folder"), self.folder, self.privacy())
        self.ready()
        self.body.addWidget(self.outcome)
        self.foot.insertWidget(0, self.show_folder)
        self.setMinimumWidth(desk.theme.unit(120))

    def languages(self) -> Sequence[L]:
        """The languages it can be made in, beginning with those of the window."""
        raise NotImplementedError

    def add_rows(self) -> None:
        """Add what else has to be chosen; nothing by default."""

    def subject(self) -> Message:
        """What the document is about."""
        return say(f"{self._texts}.cycle", cycle=self._cycle)

    def privacy(self) -> Message:
        """What the file tells whoever reads it."""
        return say(f"{self._texts}.privacy")

    def maker(self) -> Callable[[Workplace], tuple[str, bytes]]:
        """What makes the document as chosen: its file's name and content."""
        raise NotImplementedError

    def submit(self) -> None:
        """Make the document, and write it when it is made."""
        folder = self.folder.folder()

        def done(made: tuple[str, bytes]) -> None:
            self._write(folder / made[0], made[1])

        self._tell(say(f"{self._texts}.making"), "muted")
        self.make(done)

    def make(self, done: Callable[[tuple[str, bytes]], None]) -> None:
        """Have the document made beside the window's thread, and hand it to `done`."""
        self._desk.session.give_out(self.maker(), done, self, self.fail)

    def fail(self, error: UserError) -> None:
        """Say why there is no document."""
        self.outcome.hide()
        super().fail(error)

    def _write(self, path: Path, content: bytes) -> None:
        if not write_private(path, content):
            hint = say(f"{self._texts}.not_written.hint")
            told = say(f"{self._texts}.not_written")
            self.fail(StorageProblem(told, hint=hint, field="folder"))
            return
        self.written = path
        self.folder.keep()
        self._tell(say("report_dialog.saved", file=path.name), "success")
        self.show_folder.offer(path.parent)
        self.save.setEnabled(True)
        self.cancel.say("action.close")

    def _tell(self, message: Message, token: str) -> None:
        self.outcome.use_token(token)
        self.outcome.say(message)
        self.outcome.show()
