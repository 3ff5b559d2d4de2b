"""What dialogs have in common that take in a file: looked through first, told step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.working_dialog import WorkingDialog
from aml_maint.gui.forms.file_input import FileInput
from aml_maint.gui.import_job import ImportJob
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.long_work import Step, Stopped, Watch

if TYPE_CHECKING:
    from aml_maint.services.changes import Changes
    from aml_maint.services.workplace import Workplace

R = TypeVar("R")
T = TypeVar("T")
_REST_MS = 200
# So many rows are measured and drawn at once; the next ones when the last comes into sight.
_PAGE = 200
# With rows to look at the dialog takes this many units of height, if the screen has them.
_TALL = 160
_SHARE_OF_SCREEN = 0.9


class TakingInDialog(WorkingDialog, Generic[R]):
    """The button beside stops what runs; nothing is written before it was seen."""

    def __init__(
        self, desk: Desk, title: Message | str, verb: Message | str, kinds: str,
        columns: Sequence[Column[R]], parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(desk, title, verb, columns=3, parent=parent)
        self._desk = desk
        self._rows: list[R] = []
        self.job = ImportJob(desk.session, self)
        self.file = FileInput(desk, say("import_dialog.choose"), kinds)
        self.told = Label(desk, role="strong", wrap=True)
        self.model: RowsModel[R] = RowsModel(desk, columns)
        self.table = WordTable(desk, self.model)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._look)
        self.job.progressed.connect(self._move)
        self.model.more_wanted.connect(self._show_more)

    def fail(self, error: UserError) -> None:
        """Nothing was written: by whose will, or why."""
        if isinstance(error, Stopped):
            self._end_work("action.cancel")
            self._tell(error.message, "warning")
            return
        super().fail(error)

    def _stop(self) -> None:
        self.job.stop()

    # -- for the dialogs -----------------------------------------------------------------------

    def _look(self) -> None:
        """Look through the file as it is understood now."""
        raise NotImplementedError

    def _apart(self, work: Callable[[Workplace, Watch], T], done: Callable[[T], None]) -> None:
        """Do what needs no ward file."""
        self._begin()
        self.job.apart(work, partial(self._go_on, done), self._not_read)

    def _beside(self, work: Callable[[Workplace, Watch], T], done: Callable[[T], None]) -> None:
        """Do what reads the ward's file."""
        self._begin()
        self.job.read(work, partial(self._go_on, done), self._not_read)

    def _write(self, work: Callable[[Workplace, Watch], Changes], done: Callable[[], None]) -> None:
        """Take it in."""
        self._begin()
        self.job.write(work, lambda _: self._go_on(lambda _: done(), None), self.fail)

    def _nothing(self) -> None:
        """Show that there is nothing to take in."""
        raise NotImplementedError

    def _rest_then_look(self) -> None:
        """Nothing is taken in as it was shown before a change."""
        self.save.setEnabled(False)
        self._rest.start()

    def _show_rows(self, rows: Sequence[R]) -> None:
        self._rows = list(rows)
        self.model.set_rows(self._rows[:_PAGE], more=len(self._rows) > _PAGE)
        self.table.setVisible(bool(rows))
        if rows:
            room = self.screen().availableGeometry().height()
            tall = min(self._desk.theme.unit(_TALL), round(room * _SHARE_OF_SCREEN))
            self.resize(self.width(), max(self.height(), tall))

    def _tell(self, told: Message | None, token: str = "text") -> None:
        self.told.use_token(token)
        if told is None:
            self.told.setText("")
        else:
            self.told.say(told)

    # -- inside --------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._rest.stop()
        self.form.clear_errors()
        self._tell(None)
        self._begin_work(say("work.step.reading"))

    def _go_on(self, done: Callable[[T], None], found: T) -> None:
        self._end_work("action.cancel")
        done(found)

    def _not_read(self, error: UserError) -> None:
        self._nothing()
        self.fail(error)

    def _show_more(self) -> None:
        there = len(self.model.rows)
        self.model.add_rows(self._rows[there : there + _PAGE], more=len(self._rows) > there + _PAGE)

    def _end_work(self, then: str = "action.close") -> None:
        super()._end_work(then)
        self.save.setEnabled(not self._rest.isActive())

    def _move(self, step: Step, done: int, total: int) -> None:
        if not self.is_working:
            return
        if step is Step.SAVING:
            self.cancel.setEnabled(False)  # too late
        self.progress.show_step(say(f"work.step.{step.value}"), done, total)

    def _lay_out_preview(self, *below: QWidget) -> None:
        """Call when all rows are in the form: puts what was found under it."""
        self.ready()
        for part in (self.told, self.progress, self.table, *below):
            self.body.addWidget(part)
        self.body.setStretchFactor(self.form, 0)
        self.body.setStretchFactor(self.table, 1)
        self.table.setMinimumHeight(self._desk.theme.unit(50))
        self._nothing()
        self.file.setFocus()
