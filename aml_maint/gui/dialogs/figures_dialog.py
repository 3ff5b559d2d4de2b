"""Writes one figure or table of a cohort, or all of them, into a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QFileDevice, QIODevice, QSaveFile, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import StorageProblem, UserError
from aml_maint.domain.messages import Language, Message, say
from aml_maint.gui.computing import Computing, Task
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.reports.figures.exhibit import Exhibit
from aml_maint.services.cohort import Cohort
from aml_maint.services.cohort_figures import EXHIBITS, Choice, FileKind, files_of
from aml_maint.services.language import catalogue

_FOLDER = "figures_folder"
# What is written may tell of patients: nobody else on this computer reads it.
_PRIVATE = QFileDevice.Permission.ReadOwner | QFileDevice.Permission.WriteOwner
_KINDS: tuple[FileKind, ...] = ("svg", "png", "csv")


class FiguresDialog(FormDialog):
    """One file after the other, off the window's thread; Cancel leaves the rest unwritten."""

    def __init__(
        self, desk: Desk, computing: Computing, found: Cohort, choice: Choice,
        exhibit: Exhibit | None = None, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        title = exhibit.title if exhibit is not None else say("figures_dialog.all")
        super().__init__(desk, title, say("figures_dialog.verb"), parent=parent)
        self._desk = desk
        self._computing = computing
        self._found = found
        self._choice = choice
        self._exhibit = exhibit
        self._task: Task | None = None
        self._waiting: list[Callable[[], list[tuple[str, bytes]]]] = []
        self._total = 0
        self.written: list[Path] = []
        self.kind: ChoiceInput[tuple[FileKind, ...]] = ChoiceInput(
            desk,
            [(_KINDS, say("figures_dialog.kinds")),
             *(((kind,), say(f"figures_dialog.{kind}")) for kind in _KINDS)],
        )  # fmt: skip
        self.language: ChoiceInput[Language] = ChoiceInput(
            desk, [("en", "language.en"), ("zh", "language.zh")]
        )
        self.language.set_value(desk.words.language)
        self.folder = FolderInput(desk)
        documents = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        self.folder.set_raw(desk.settings.text(_FOLDER, documents))
        self.outcome = Label(desk, role="strong", token="success", wrap=True)
        self.outcome.hide()
        self.show_folder = Button(desk, say("report_dialog.show"), "folder")
        self.show_folder.clicked.connect(self._open_folder)
        self.show_folder.hide()
        self.form.add_row("kind", say("figures_dialog.kind"), self.kind)
        self.form.add_row("language", say("figures_dialog.language"), self.language)
        self.form.add_row("folder", say("figures_dialog.folder"), self.folder,
                          say("figures_dialog.privacy"))  # fmt: skip
        self.ready()
        self.body.addWidget(self.outcome)
        self.foot.insertWidget(0, self.show_folder)
        self.setMinimumWidth(desk.theme.unit(120))

    @property
    def is_writing(self) -> bool:
        """Is there more to write?"""
        return self._task is not None

    def submit(self) -> None:
        """Begin writing."""
        folder = self.folder.folder()
        kinds = self.kind.value()
        self.written = []
        self._waiting = [partial(self._made, name, kinds) for name in self._names()]
        self._total = len(self._waiting)
        self._next(folder)

    def reject(self) -> None:
        """Stop writing; a second time, close."""
        if self._task is None:
            super().reject()
            return
        self._task.cancel()
        self._task = None
        self._end(say("figures_dialog.stopped", n=len(self.written)), "warning")

    def fail(self, error: UserError) -> None:
        """Say why there are no files, or no more of them."""
        self._task = None
        self.outcome.hide()
        super().fail(error)

    def _names(self) -> Sequence[str]:
        return [self._exhibit.id] if self._exhibit is not None else list(EXHIBITS)

    def _made(self, name: str, kinds: Sequence[FileKind]) -> list[tuple[str, bytes]]:
        """The files of one figure or table; on the thread for that."""
        exhibit = EXHIBITS[name](self._found, self._choice)
        words = catalogue(self.language.value())
        return [file for kind in kinds for file in files_of(exhibit, words, kind)]

    def _next(self, folder: Path) -> None:
        if not self._waiting:
            self._task = None
            self._desk.settings.remember(_FOLDER, str(folder))
            self._end(say("figures_dialog.saved", n=len(self.written)), "success")
            return
        number = self._total - len(self._waiting) + 1
        self._tell(say("figures_dialog.writing", n=number, of=self._total), "muted")
        work = self._waiting.pop(0)
        self._task = self._computing.run(work, partial(self._write, folder), self, self.fail)

    def _write(self, folder: Path, made: list[tuple[str, bytes]]) -> None:
        for name, content in made:
            path = folder / name
            if not _written(path, content):
                self.fail(
                    StorageProblem(say("figures_dialog.not_written", file=name),
                                   hint=say("figures_dialog.not_written.hint"), field="folder")
                )  # fmt: skip
                return
            self.written.append(path)
        self._next(folder)

    def _end(self, told: Message, token: str) -> None:
        self._tell(told, token)
        self.show_folder.setVisible(bool(self.written))
        self.save.setEnabled(True)
        self.cancel.say("action.close")

    def _tell(self, message: Message, token: str) -> None:
        self.outcome.use_token(token)
        self.outcome.say(message)
        self.outcome.show()
        if self._task is not None or self._waiting:
            self.cancel.say("action.cancel")

    def _open_folder(self) -> None:
        if self.written:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.written[0].parent)))


def _written(path: Path, content: bytes) -> bool:
    file = QSaveFile(str(path))
    return (
        file.open(QIODevice.OpenModeFlag.WriteOnly)
        and file.setPermissions(_PRIVATE)
        and file.write(content) == len(content)
        and file.commit()
    )
