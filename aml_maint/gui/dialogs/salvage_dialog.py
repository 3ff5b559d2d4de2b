"""Export what can be read of a damaged ward file: what it is, where to, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.ward_dialogs import SignIn
from aml_maint.gui.dialogs.working_dialog import WorkingDialog
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.salvage_job import SalvageJob
from aml_maint.gui.widgets.folder_button import FolderButton
from aml_maint.gui.widgets.label import Label
from aml_maint.reports.table_file import FORMATS, TableFormat
from aml_maint.services.clock import SystemClock
from aml_maint.services.local_zone import local_zone
from aml_maint.services.long_work import Step

if TYPE_CHECKING:
    from aml_maint.services.salvaging import Salvaged


class SalvageDialog(WorkingDialog):
    """The folder is there whole or not at all; the file itself is only read."""

    def __init__(self, looks: Looks, asked: SignIn, parent: QWidget | None = None) -> None:
        super().__init__(looks, "salvage.dialog.title", "salvage.dialog.verb", parent=parent)
        self._asked = asked
        self.job = SalvageJob(self)
        self.made: Salvaged | None = None
        self.kind: ChoiceInput[TableFormat] = ChoiceInput(
            looks, [(kind, f"salvage.dialog.format.{kind}") for kind in FORMATS]
        )
        self.folder = FolderInput(looks, "")
        self.outcome = Label(looks, role="strong", token="success", wrap=True)
        self.show_folder = FolderButton(looks)
        self.body.insertWidget(1, Label(looks, "salvage.dialog.story", wrap=True))
        privacy = Label(looks, "salvage.dialog.privacy", role="strong", token="warning", wrap=True)
        self.body.insertWidget(2, privacy)
        self.form.add_row("kind", say("salvage.dialog.format"), self.kind)
        self.form.add_row(
            "out", say("salvage.dialog.folder"), self.folder, say("salvage.dialog.folder.help")
        )
        self.ready()
        self.body.addWidget(self.progress)
        self.body.addWidget(self.outcome)
        self.foot.insertWidget(0, self.show_folder)
        self.outcome.hide()
        self.job.progressed.connect(self._move)
        self.job.done.connect(self._done)
        self.job.failed.connect(self.fail)
        self.setMinimumWidth(looks.theme.unit(140))

    def submit(self) -> None:
        """Begin; the folder's name says when, and nothing of a patient."""
        now = SystemClock(local_zone()).now().local
        folder = self.folder.folder() / f"damaged-ward-{now:%Y%m%d-%H%M%S}"
        self.outcome.hide()
        self._begin_work(say("work.step.reading"))
        self.job.start(self._asked, folder, self.kind.value(), self._looks.words.language)

    def _stop(self) -> None:
        self.job.stop()

    def _move(self, step: Step, done: int, total: int) -> None:
        self.progress.show_step(say(f"work.step.{step.value}"), done, total)

    def _done(self, made: Salvaged) -> None:
        self._end_work()
        self.made = made
        self.outcome.say(
            say(
                "salvage.dialog.done",
                rows=sum(part.read + part.from_trail for part in made.parts),
                tables=len(made.parts),
                trail=sum(part.from_trail for part in made.parts),
                damaged=sum(not part.is_whole for part in made.parts),
                folder=str(made.folder),
            )
        )
        self.outcome.show()
        self.show_folder.offer(made.folder)
