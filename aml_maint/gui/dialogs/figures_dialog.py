"""Writes one figure or table of a cohort, or all of them, into a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from uuid import uuid4

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Language, Message, say
from aml_maint.gui.computing import Computing, Task
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.working_dialog import WorkingDialog
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.folder_button import FolderButton
from aml_maint.gui.widgets.label import Label
from aml_maint.reports.figures.exhibit import Exhibit
from aml_maint.services.cohort import Cohort
from aml_maint.services.cohort_figures import EXHIBITS, Choice, FileKind, write_files
from aml_maint.services.figure_release import (
    is_recorded,
    leaving,
    note_figures,
    release_action,
    released,
)
from aml_maint.services.language import catalogue

_FOLDER = "figures_folder"
_KINDS: tuple[FileKind, ...] = ("svg", "png", "csv")


class FiguresDialog(WorkingDialog):
    """One file after the other, off the window's thread; Cancel leaves the rest unwritten."""

    ALSO = ("export_research_data", "export_identified_data")

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
        self._names: Sequence[str] = ()
        self._wanted: Sequence[str] = [exhibit.id] if exhibit is not None else list(EXHIBITS)
        self._task: Task | None = None
        self.written: list[Path] = []
        self._waiting: list[str] = []
        kinds = [((kind,), say(f"figures_dialog.{kind}")) for kind in _KINDS]
        self.kind: ChoiceInput[tuple[FileKind, ...]] = ChoiceInput(
            desk, [(_KINDS, say("figures_dialog.kinds")), *kinds]
        )
        self.identified: ChoiceInput[bool] = ChoiceInput(
            desk,
            [(False, say("figures_dialog.study_ids")), (True, say("figures_dialog.numbers"))],
        )
        self.language: ChoiceInput[Language] = ChoiceInput(
            desk, [("en", "language.en"), ("zh", "language.zh")]
        )
        self.language.set_value(desk.words.language)
        self.folder = FolderInput(desk, _FOLDER)
        self.outcome = Label(desk, role="strong", token="success", wrap=True)
        self.outcome.hide()
        self.show_folder = FolderButton(desk)
        self._fill()

    def submit(self) -> None:
        """Ask whether it may leave, and begin writing."""
        folder = self.folder.folder()
        found, identified = self._found, self.identified.value()
        names = self._names = leaving(found, self._wanted, identified=identified)
        self.written = []
        self._waiting = list(names)
        self.outcome.hide()
        self._begin_work(say("figures_dialog.writing", n=1, of=len(names)))
        self._desk.session.give_out(
            lambda place: released(place, found, names, identified=identified),
            lambda cohort: self._begin(cohort, folder),
            self,
            self.fail,
        )

    def fail(self, error: UserError) -> None:
        """Say why there are no files, or no more of them."""
        self._task = None
        self.outcome.hide()
        super().fail(error)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._end(say("figures_dialog.stopped", n=len(self.written)), "warning")

    def _tell_whose(self) -> None:
        """Patients one by one, and with record numbers, may leave by some roles only."""
        identified = self.identified.value()
        action = release_action(self._found, self._wanted, identified=identified)
        self.save.lead_to(action or ())
        self.not_theirs.lead_to(action or ())

    def _fill(self) -> None:
        self.form.add_row("kind", say("figures_dialog.kind"), self.kind)
        self.form.add_row("language", say("figures_dialog.language"), self.language)
        self.form.add_row("identified", say("figures_dialog.identified"), self.identified,
                          say("figures_dialog.privacy"))  # fmt: skip
        self.form.add_row("folder", say("figures_dialog.folder"), self.folder,
                          say("figures_dialog.replaced"))  # fmt: skip
        self.ready()
        self.identified.chosen.connect(self._tell_whose)
        self._tell_whose()
        self.body.addWidget(self.progress)
        self.body.addWidget(self.outcome)
        self.foot.insertWidget(0, self.show_folder)
        self.setMinimumWidth(self._desk.theme.unit(120))

    def _next(self, cohort: Cohort, folder: Path) -> None:
        """Write the next one; whoever cancelled meanwhile gets no more."""
        if not self.is_working:
            return
        if not self._waiting:
            self.folder.keep()
            whole = len(self._names) == len(self._wanted)
            key = "figures_dialog.saved" if whole else "figures_dialog.saved_in_part"
            self._end(say(key, n=len(self.written)), "success")
            return
        number = len(self._names) - len(self._waiting) + 1
        told = say("figures_dialog.writing", n=number, of=len(self._names))
        self.progress.show_step(told, number - 1, len(self._names))
        work = self._work(cohort, self._waiting.pop(0), folder)

        def wrote(paths: list[Path]) -> None:
            self.written += paths
            self._next(cohort, folder)

        self._task = self._computing.run(work, wrote, self, self.fail)

    def _work(self, cohort: Cohort, name: str, folder: Path) -> Callable[[], list[Path]]:
        kinds, choice = self.kind.value(), self._choice
        words = catalogue(self.language.value())
        return partial(write_files, cohort, choice, name, kinds, words, folder)

    def _begin(self, cohort: Cohort, folder: Path) -> None:
        """Record that patients' data leave, if they do, and write the first one."""
        found, names, identified = self._found, list(self._names), self.identified.value()
        command, self.command_id = self.command_id, uuid4()  # saving again is another act
        if not is_recorded(found, names, identified=identified):
            self._next(cohort, folder)
            return
        self._desk.session.write(
            lambda place: note_figures(place, found, names, command, identified=identified),
            lambda _: self._next(cohort, folder),
            self.fail,
            self,
        )

    def _end(self, told: Message, token: str) -> None:
        self._task = None
        self._end_work()
        self.outcome.use_token(token)
        self.outcome.say(told)
        self.outcome.show()
        self.show_folder.offer(self.written[0].parent if self.written else None)
