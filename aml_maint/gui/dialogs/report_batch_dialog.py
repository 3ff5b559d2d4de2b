"""Save many reports into one folder, one after the other, with progress and a way to stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import DOCUMENT_LANGUAGES, DocumentLanguage, Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import FOLDER_SETTING
from aml_maint.gui.dialogs.working_dialog import WorkingDialog
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.folder_button import FolderButton
from aml_maint.gui.widgets.label import Label
from aml_maint.services.changes import Changes
from aml_maint.services.report_batch import SavedReport, save_copy, save_unsigned
from aml_maint.services.report_list import ReportLine
from aml_maint.services.workplace import Workplace


class ReportBatchDialog(WorkingDialog):
    """Each report is made, written whole, and then the next: a stop leaves no half file.

    Signed reports are saved as signed, the others as drafts; each file's name says which. What
    lies in the folder already and is up to date is left there.
    """

    ALSO = ("copy_report",)

    def __init__(
        self, desk: Desk, lines: tuple[ReportLine, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, say("report_batch.title"), say("report_batch.verb"), parent=parent)
        self._desk = desk
        self._lines = lines
        self._at = 0
        self._stopped = False
        self.written: list[Path] = []
        self.language: ChoiceInput[DocumentLanguage] = ChoiceInput(
            desk, [(one, f"report_language.{one}") for one in DOCUMENT_LANGUAGES]
        )
        self.language.set_value(desk.words.language)
        self.folder = FolderInput(desk, FOLDER_SETTING)
        self.outcome = Label(desk, role="strong", wrap=True)
        self.show_folder = FolderButton(desk)
        self.body.insertWidget(
            1, Label(desk, say("report_batch.what", count=len(lines)), wrap=True)
        )
        self.form.add_row("language", say("report_dialog.language"), self.language)
        self.form.add_row(
            "folder", say("report_dialog.folder"), self.folder, say("report_dialog.privacy")
        )
        self.ready()
        self.outcome.hide()
        self.body.addWidget(self.progress)
        self.body.addWidget(self.outcome)
        self.foot.insertWidget(0, self.show_folder)
        self.setMinimumWidth(desk.theme.unit(120))

    def submit(self) -> None:
        """Begin with the first report that is not written yet."""
        folder = self.folder.folder()
        self.folder.keep()
        self._stopped = False
        self.outcome.hide()
        self._begin_work(self._step())
        self._next(folder)

    def _stop(self) -> None:
        """The report that is being made is written whole."""
        self._stopped = True

    def _step(self) -> Message:
        return say("report_batch.making", number=self._at + 1, count=len(self._lines))

    def _next(self, folder: Path) -> None:
        if self._stopped or self._at == len(self._lines):
            self._end()
            return
        line, language = self._lines[self._at], self.language.value()
        self.progress.show_step(self._step(), self._at, len(self._lines))

        def done(saved: SavedReport | None) -> None:
            if saved is None:
                self._copy(line, language, folder, done)
                return
            self.written.append(saved.path)
            self._at += 1
            self._next(folder)

        self._desk.session.give_out(
            lambda place: save_unsigned(place, line, language, folder), done, self, self.fail
        )

    def _copy(
        self, line: ReportLine, language: DocumentLanguage, folder: Path,
        done: Callable[[SavedReport | None], None],
    ) -> None:  # fmt: skip
        """A copy of a signed report is noted in the trail."""
        made: list[SavedReport] = []

        def work(place: Workplace) -> Changes:
            changes, saved = save_copy(place, line, language, folder)
            made.append(saved)
            return changes

        self._desk.session.write(work, lambda _: done(made[0]), self.fail, self)

    def _end(self) -> None:
        key = "report_batch.stopped" if self._at < len(self._lines) else "report_batch.done"
        self._end_work()
        self.outcome.say(say(key, written=len(self.written), count=len(self._lines)))
        self.outcome.show()
        self.show_folder.offer(self.written[0].parent if self.written else None)
        self.save.say("report_batch.go_on")
        self.save.setEnabled(self._at < len(self._lines))

    def fail(self, error: UserError) -> None:
        """Say why the next report could not be made or written; those before it are there."""
        super().fail(error)
        self._end()
