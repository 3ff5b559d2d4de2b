"""Export the data of the ward: as what, with or without names, into which folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.domain.pseudonym import Privacy
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.working_dialog import WorkingDialog
from aml_maint.gui.export_job import ExportJob
from aml_maint.gui.forms.explained_choice import ExplainedChoice, Way
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.folder_button import FolderButton
from aml_maint.gui.widgets.label import Label

if TYPE_CHECKING:
    from aml_maint.services.exporting import Exported

_FOLDER = "export_folder"
# The formats as they are offered; CSV for Excel begins with a byte order mark.
_FORMATS = ("xlsx", "csv", "csv_excel", "sav", "fhir")


class ExportDialog(WorkingDialog):
    """Names are left out unless somebody chooses otherwise; a stop leaves no half file."""

    COMMANDS = ("export_research_data", "export_identified_data")

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "export_dialog.title", "export_dialog.verb", parent=parent)
        self._desk = desk
        self.written: Exported | None = None
        self.job = ExportJob(desk.session, self)
        self.kind: ChoiceInput[str] = ChoiceInput(
            desk, [(name, f"export_dialog.format.{name}") for name in _FORMATS]
        )
        self.privacy: ExplainedChoice[Privacy] = ExplainedChoice(
            desk, [_way(one) for one in Privacy]
        )
        self.folder = FolderInput(desk, _FOLDER)
        self.outcome = Label(desk, role="strong", wrap=True)
        self.withheld = Label(desk, role="small", token="muted", wrap=True)
        self.show_folder = FolderButton(desk)
        self._lay_out_rows()
        self.job.progressed.connect(self._move)
        self.job.done.connect(self._done)
        self.job.stopped.connect(self._stopped)
        self.job.failed.connect(self.fail)

    def submit(self) -> None:
        """Begin the export."""
        from aml_maint.services.exporting import DataFormat, Wanted

        folder = self.folder.folder()
        self.folder.keep()
        kind = self.kind.value()
        wanted = Wanted(
            DataFormat(kind.removesuffix("_excel")),
            self.privacy.value(),
            self._desk.words.language,
            mark=kind == "csv_excel",
        )
        self._show(None)
        self._begin_work(say("export_dialog.copying"))
        self.job.start(wanted, folder)

    def _stop(self) -> None:
        self.progress.show_step(say("export_dialog.stopping"), 0, 0)
        self.job.stop()

    def fail(self, error: UserError) -> None:
        """Say why there is no export."""
        self._show(None)
        super().fail(error)

    def _move(self, done: int, total: int) -> None:
        if self.is_working and self.cancel.isEnabled():
            self.progress.show_step(say("export_dialog.making"), done, max(total, 1))

    def _done(self, made: Exported) -> None:
        self.written = made
        rows = sum(made.rows.values())
        self._end_work()
        self._show(say("export_dialog.done", file=made.path.name, rows=rows), "success")
        count = sum(made.withheld.values())
        self.withheld.setVisible(bool(count))
        self.withheld.say(say("export_dialog.withheld", count=count))
        self.show_folder.offer(made.path.parent)

    def _stopped(self) -> None:
        self._end_work("action.cancel")
        self._show(say("export_dialog.stopped"), "warning")

    def _show(self, told: Message | None, token: str = "text") -> None:
        self.outcome.setVisible(told is not None)
        if told is not None:
            self.outcome.use_token(token)
            self.outcome.say(told)
        self.withheld.hide()
        self.show_folder.offer(None)

    def _lay_out_rows(self) -> None:
        self.body.insertWidget(1, Label(self._desk, "export_dialog.what", token="muted", wrap=True))
        self.form.add_row("privacy", say("export_dialog.privacy"), self.privacy)
        self.form.add_row("format", say("export_dialog.format"), self.kind)
        self.form.add_row("folder", say("report_dialog.folder"), self.folder)
        self.ready()
        self.body.addWidget(self.progress)
        for shown in (self.outcome, self.withheld):
            shown.hide()
            self.body.addWidget(shown)
        self.foot.insertWidget(0, self.show_folder)
        self.setMinimumWidth(self._desk.theme.unit(150))
        self.privacy.setFocus()


def _way(privacy: Privacy) -> Way[Privacy]:
    """What is told of a kind of privacy; that files name patients stands out."""
    return Way(
        privacy, f"export_dialog.privacy.{privacy.value}", f"export_dialog.told.{privacy.value}",
        "muted" if privacy.is_pseudonymised else "warning",
    )  # fmt: skip
