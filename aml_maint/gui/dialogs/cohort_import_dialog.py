"""A published cohort from a file: what each row would do is shown first, then all of it is taken.

The patients stand beside the ward's own in the cohort, under the name of their study.
"""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from aml_maint.domain.cohort import REQUIRED
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import Message, Name, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.file_input import FileInput
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.changes import Changes
from aml_maint.services.delimited import LARGEST
from aml_maint.services.importing import (
    CohortPreview,
    PreviewRow,
    RowState,
    import_cohort,
    preview_cohort,
)
from aml_maint.services.library import studies
from aml_maint.services.trust import backup_before_import
from aml_maint.services.workplace import Workplace

# What needs somebody's eye comes first.
_ORDER = (RowState.REJECTED, RowState.CHANGED, RowState.NEW, RowState.SAME)
_TOKENS = {RowState.REJECTED: "danger", RowState.CHANGED: "warning", RowState.SAME: "muted"}
_REST_MS = 300


class CohortImportDialog(FormDialog):
    """Nothing is written before the preview was seen, and then all rows or none."""

    COMMANDS = ("import_cohort",)

    imported = Signal(str)
    """The name of the study whose patients are there now."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk, say("cohort_import.title"), say("cohort_import.verb"), columns=2, parent=parent
        )
        self._desk = desk
        self._data = b""
        self.preview: CohortPreview | None = None
        self.file = FileInput(desk, say("cohort_import.choose"), "*.csv *.tsv *.txt")
        self.study = TextInput(desk, longest=31)
        # A study whose figures are known is checked against what it prints.
        self.study.setText(next(iter(studies()), ""))
        self.told = Label(desk, role="strong", wrap=True)
        self.ignored = Label(desk, role="small", token="muted", wrap=True)
        self.accept_changes = QCheckBox()
        self.model: RowsModel[PreviewRow] = RowsModel(desk, _COLUMNS)
        self.table = WordTable(desk, self.model)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read)
        self._fill()
        self.file.chosen.connect(self._take_file)
        self.study.textEdited.connect(lambda _: self._outdated())
        desk.words.changed.connect(self._name_parts)
        self._name_parts()

    def submit(self) -> None:
        """Take in what was previewed."""
        preview = self.preview
        if preview is None:
            raise BadInput(say("cohort_import.nothing"), field="file")
        accept = self.accept_changes.isChecked()

        if preview.same == len(preview.rows):
            self._finish(preview.study)  # all of it is there already
            return

        def work(place: Workplace) -> Changes:
            backup_before_import(place)
            changes = import_cohort(place, preview, self.command_id, accept_changes=accept)
            assert changes is not None  # some row is new or changed
            return changes

        self._desk.session.write(work, lambda _: self._finish(preview.study), self.fail, self)

    def _finish(self, study: str) -> None:
        self.imported.emit(study)
        self.finish()

    def _take_file(self) -> None:
        self.form.clear_errors()
        try:
            self._data = self.file.content(LARGEST)
        except BadInput as error:
            self._data = b""
            self._show(None)
            self.form.show_error(error)
            return
        self._read()

    def _outdated(self) -> None:
        """Nothing is taken in as it was shown before a change."""
        if self._data:
            self.save.setEnabled(False)
            self._rest.start()

    def _read(self) -> None:
        self._rest.stop()
        data, study = self._data, self.study.value()
        self.form.clear_errors()
        self._desk.session.read(
            lambda place: preview_cohort(place, data, study), self._show, self, self._not_read
        )

    def _not_read(self, error: UserError) -> None:
        self._show(None)
        self.form.show_error(error)

    def _show(self, preview: CohortPreview | None) -> None:
        self.preview = preview
        self.save.setEnabled(not self._rest.isActive())
        rows = preview.rows if preview is not None else ()
        self.model.set_rows(sorted(rows, key=lambda row: (_ORDER.index(row.state), row.row)))
        self.table.setVisible(bool(rows))
        self.accept_changes.setVisible(preview is not None and preview.changed > 0)
        if preview is None:
            self.told.setText("")
            self.ignored.hide()
            return
        counts = {state.value: preview.count(state) for state in RowState}
        self.told.say(Message("cli.import.counts", counts))
        columns = preview.ignored_columns
        self.ignored.setVisible(bool(columns))
        self.ignored.say(say("cli.ignored_columns", columns=columns))

    def _fill(self) -> None:
        self.form.add_row("file", say("cohort_import.file"), self.file,
                          say("cohort_import.file.help", columns=REQUIRED), span=2)  # fmt: skip
        self.form.add_row("study", say("cohort_import.study"), self.study,
                          say("cohort_import.study.help"))  # fmt: skip
        self.ready()
        for part in (self.told, self.ignored, self.table, self.accept_changes):
            self.body.addWidget(part)
        self.body.setStretchFactor(self.form, 0)
        self.body.setStretchFactor(self.table, 1)
        self.table.setMinimumHeight(self._desk.theme.unit(60))
        self.setMinimumWidth(self._desk.theme.unit(190))
        self._show(None)
        self.file.setFocus()

    def _name_parts(self) -> None:
        text = self._desk.words.text("cohort_import.accept_changes")
        self.accept_changes.setText(text)
        self.accept_changes.setAccessibleName(text)
        self.table.setAccessibleName(self._desk.words.text("cohort_import.preview"))


def _token(row: PreviewRow) -> str:
    return _TOKENS.get(row.state, "text")


def _who(row: PreviewRow) -> str:
    return "" if row.number is None else str(row.number)


def _note(row: PreviewRow) -> Message | Name | str:
    if row.problems:
        found = tuple(
            say("cohort_import.problem", field=problem.field, message=problem.message)
            for problem in row.problems
        )
        return say("completeness.list", words=found)
    return say("cohort_import.differs", fields=row.differs) if row.differs else ""


_COLUMNS = [
    Column[PreviewRow](say("cohort_import.row"), lambda row: str(row.row), 0, _token),
    Column[PreviewRow](
        say("cohort_import.state"),
        lambda row: say(f"cohort_import.state.{row.state.value}"),
        0,
        _token,
    ),
    Column[PreviewRow](say("table_2.head.patient"), _who, 0, _token),
    Column[PreviewRow](say("cohort_import.note"), _note, 1, _token),
]
