"""Saves the report of the cohort that is shown as one PDF, step by step, with a way to stop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from PySide6.QtWidgets import QWidget

from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import DOCUMENT_LANGUAGES, DocumentLanguage, Message, say
from aml_maint.gui.computing import Computing, Task
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import FOLDER_SETTING
from aml_maint.gui.dialogs.working_dialog import WorkingDialog
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.folder_button import FolderButton
from aml_maint.gui.widgets.label import Label
from aml_maint.reports.cohort_report import CohortReport
from aml_maint.services.changes import Changes
from aml_maint.services.cohort import Cohort
from aml_maint.services.cohort_figures import Choice
from aml_maint.services.cohort_report import (
    Frame,
    Listing,
    ReportChoice,
    Step,
    counted_report,
    drawn,
    is_noted,
    note_report,
    report_frame,
    report_name,
    steps_of,
    typeset_report,
)
from aml_maint.services.figure_release import BY_PATIENT, release_action
from aml_maint.services.saving import save_document
from aml_maint.services.workplace import Workplace

T = TypeVar("T")


class CohortReportDialog(WorkingDialog):
    """Counts, draws figure by figure, typesets, and writes the file whole at the very end.

    Stopped before that, there is no file, and the audit trail knows of none.
    """

    ALSO = ("export_research_data", "export_identified_data")

    def __init__(
        self, desk: Desk, computing: Computing, found: Cohort, choice: Choice,
        relapse_free: Endpoint, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        title = say("cohort_report_dialog.title")
        super().__init__(desk, title, say("cohort_report_dialog.verb"), parent=parent)
        self._desk = desk
        self._computing = computing
        self._found = found
        self._choice = choice
        self._relapse_free = relapse_free
        self._task: Task | None = None
        self._run = 0
        self.written: Path | None = None
        self.language: ChoiceInput[DocumentLanguage] = ChoiceInput(
            desk, [(one, f"report_language.{one}") for one in DOCUMENT_LANGUAGES]
        )
        self.language.set_value(desk.words.language)
        self.listing: ChoiceInput[Listing] = ChoiceInput(
            desk, [(one, say(f"cohort_report.named.{one.value}")) for one in Listing]
        )
        self.folder = FolderInput(desk, FOLDER_SETTING)
        self.outcome = Label(desk, role="strong", wrap=True)
        self.show_folder = FolderButton(desk)
        self._fill()

    def submit(self) -> None:
        """Ask whether the data may leave, and begin."""
        folder = self.folder.folder()
        wanted = ReportChoice(
            self._choice, self._relapse_free, self.listing.value(), self.language.value()
        )
        self.written = None
        self._run += 1
        self.outcome.hide()
        self.show_folder.offer(None)
        self._begin_work(say("cohort_report_dialog.counting"))
        found = self._found
        self._desk.session.read(
            lambda place: report_frame(place, found, wanted),
            self._if_wanted(partial(self._count, folder)),
            self,
            self.fail,
        )

    def fail(self, error: UserError) -> None:
        """Say why there is no report."""
        self._task = None
        self.outcome.hide()
        super().fail(error)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._end(say("cohort_report.stopped"), "warning")

    def _if_wanted(self, done: Callable[[T], None]) -> Callable[[T], None]:
        """What follows, unless it was stopped meanwhile."""
        run = self._run

        def arrived(made: T) -> None:
            if self.is_working and run == self._run:
                done(made)

        return arrived

    def _then(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do a step beside the window's thread, then the next."""
        self._task = self._computing.run(work, self._if_wanted(done), self, self.fail)

    def _count(self, folder: Path, frame: Frame) -> None:
        self._then(
            partial(counted_report, frame), lambda report: self._begin(frame, folder, report)
        )

    def _begin(self, frame: Frame, folder: Path, report: CohortReport) -> None:
        self._draw(frame, folder, report, list(steps_of(report, frame.wanted)), [])

    def _draw(
        self, frame: Frame, folder: Path, report: CohortReport, waiting: list[Step],
        made: list[str],
    ) -> None:  # fmt: skip
        """Draw what waits, one after the other; then typeset."""
        count = len(made) + len(waiting)
        if waiting:
            told = say("cohort_report.drawing", number=len(made) + 1, count=count)
            self.progress.show_step(told, len(made), count + 1)
            self._then(
                partial(drawn, waiting[0]),
                lambda one: self._draw(frame, folder, report, waiting[1:], [*made, one]),
            )
            return
        self.progress.show_step(say("cohort_report_dialog.typesetting"), count, count + 1)
        self._then(
            partial(typeset_report, report, frame.wanted, made),
            lambda document: self._write(frame, folder / report_name(frame), document),
        )

    def _write(self, frame: Frame, path: Path, document: bytes) -> None:
        """Record that patients' data leave, if they do, and write the file."""
        found, command, self.command_id = self._found, self.command_id, uuid4()
        saved = self._if_wanted(partial(self._saved, path))
        session = self._desk.session
        if not is_noted(found, frame):
            session.give_out(lambda place: save_document(path, document), saved, self, self.fail)
            return

        def work(place: Workplace) -> Changes:
            changes = note_report(place, found, frame, command)
            save_document(path, document)
            return changes

        session.write(work, saved, self.fail, self)

    def _saved(self, path: Path, _: object) -> None:
        self.written = path
        self.folder.keep()
        self._end(say("report_dialog.saved", file=path.name), "success")

    def _end(self, told: Message, token: str) -> None:
        self._task = None
        self._end_work()
        self.outcome.use_token(token)
        self.outcome.say(told)
        self.outcome.show()
        self.show_folder.offer(None if self.written is None else self.written.parent)

    def _tell_whose(self) -> None:
        """Patients one by one, and with record numbers, may leave by some roles only."""
        listing = self.listing.value()
        names = [] if listing is Listing.NONE else sorted(BY_PATIENT)
        identified = listing is Listing.NUMBERS
        action = release_action(self._found, names, identified=identified)
        self.save.lead_to(action or ())
        self.not_theirs.lead_to(action or ())

    def _fill(self) -> None:
        name = say(f"endpoint.{self._relapse_free.value}")
        n = len(self._found.members)
        told = say("cohort_report_dialog.what", n=n, relapse_free=name)
        self.body.insertWidget(1, Label(self._desk, told, wrap=True))
        self.form.add_row("language", say("report_dialog.language"), self.language)
        self.form.add_row("listing", say("cohort_report.named"), self.listing,
                          say("cohort_report_dialog.privacy"))  # fmt: skip
        self.form.add_row("folder", say("report_dialog.folder"), self.folder)
        self.ready()
        self.listing.chosen.connect(self._tell_whose)
        self._tell_whose()
        self.outcome.hide()
        self.body.addWidget(self.progress)
        self.body.addWidget(self.outcome)
        self.foot.insertWidget(0, self.show_folder)
        self.setMinimumWidth(self._desk.theme.unit(130))
