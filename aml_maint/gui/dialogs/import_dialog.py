"""Patients from a file: a published cohort in a table, or another ward's FHIR bundle."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QProgressBar, QWidget

from aml_maint.domain.cohort import REQUIRED
from aml_maint.domain.errors import BadInput, Refused, UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.column_choices import ColumnChoices
from aml_maint.gui.forms.file_input import FileInput
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services import delimited, fhir_importing, importing
from aml_maint.services.fhir_importing import BundlePreview, BundleRow
from aml_maint.services.importing import CohortPreview
from aml_maint.services.workplace import Workplace

if TYPE_CHECKING:
    from aml_maint.services.changes import Changes

_REST_MS = 200
_STATES = ("rejected", "conflict", "changed", "new", "same")
_TOKENS = {"rejected": "danger", "conflict": "danger", "changed": "warning", "same": "muted"}


@dataclass(frozen=True)
class _Line:
    """One row of the preview: where in the file, how it stands, what it is, what to note."""

    row: int
    state: str
    what: str
    note: Message | str = ""


class ImportDialog(FormDialog):
    """Shows what would happen before anything is written; then it is all of it or nothing."""

    COMMANDS = ("import_cohort", "import_bundle")

    progressed = Signal(int, int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "import_dialog.title", "import_dialog.verb", columns=3,
                         parent=parent)  # fmt: skip
        self._desk = desk
        self._data = b""
        self._stop = Event()
        self.preview: CohortPreview | BundlePreview | None = None
        self.file = FileInput(desk, say("import_dialog.choose"), "*.csv *.tsv *.txt *.xlsx *.json")
        self.study = TextInput(desk, longest=31)
        self.study.setText("Cheng2025")
        self.columns = ColumnChoices(desk)
        self.told = Label(desk, role="strong", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.decided = QCheckBox()
        self.model: RowsModel[_Line] = RowsModel(desk, _columns())
        self.table = WordTable(desk, self.model)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read)
        self._lay_out_rows()
        self.file.chosen.connect(self._take_file)
        self.columns.changed.connect(self._outdated)
        self.study.textChanged.connect(lambda _: self._outdated())
        self.progressed.connect(self._move)
        desk.session.closing.connect(self._stop.set)
        desk.words.changed.connect(self._name_parts)
        self._name_parts()

    def submit(self) -> None:
        """Take in what was previewed, as decided."""
        preview, decided = self.preview, self.decided.isChecked()
        if preview is None:
            raise BadInput(say("labs.import.nothing"), field="file")

        def work(place: Workplace) -> Changes:
            if isinstance(preview, BundlePreview):
                done = fhir_importing.import_bundle(
                    place, preview, self.command_id, leave_conflicts=decided
                )
            else:
                done = importing.import_cohort(
                    place, preview, self.command_id, accept_changes=decided
                )
            if done is None:
                raise Refused(say("import_dialog.nothing_new"))
            return done

        self._desk.session.write(work, lambda _: self.finish(), self.fail, self)

    def reject(self) -> None:
        """While a bundle is looked through the button stops that; otherwise it closes."""
        if self.is_reading:
            self._stop.set()
            return
        super().reject()

    @property
    def is_reading(self) -> bool:
        """Is a file being looked through?"""
        return not self.progress.isHidden()

    # -- reading -------------------------------------------------------------------------------

    def _take_file(self) -> None:
        self.form.clear_errors()
        self._show(None)
        try:
            self._data = self.file.content(fhir_importing.LARGEST)
            missing: tuple[str, ...] = ()
            header: tuple[str, ...] = ()
            if not self._is_bundle:
                header = delimited.read_table(self._data, ()).header
                missing = tuple(name for name in REQUIRED if name not in header)
        except BadInput as error:
            self._data = b""
            self.form.show_error(error)
            return
        self.columns.show_missing(missing, header)
        self.form.rows["columns"].setVisible(bool(missing))
        self.form.rows["study"].setVisible(not self._is_bundle)
        self._read()

    @property
    def _is_bundle(self) -> bool:
        return self._data.lstrip()[:1] == b"{"

    def _outdated(self) -> None:
        if self._data and not self.is_reading:
            self.save.setEnabled(False)
            self._rest.start()

    def _read(self) -> None:
        self._rest.stop()
        if not self._data or self.is_reading:
            return
        if not self.columns.is_complete:
            self._show(None)
            self.told.say("import_dialog.columns_first")
            return
        data, study, mapping = self._data, self.study.value(), self.columns.mapping()
        bundle = self._is_bundle
        self._stop.clear()
        self.form.clear_errors()

        def told(done: int, total: int) -> None:
            if self._stop.is_set():
                raise Refused(say("import_dialog.stopped"))
            self.progressed.emit(done, total)

        def work(place: Workplace) -> CohortPreview | BundlePreview:
            if bundle:
                return fhir_importing.preview_bundle(place, data, told)
            return importing.preview_cohort(place, data, study, mapping)

        self._wait(True)
        self._desk.session.read(work, self._show, self, self._not_read)

    def _not_read(self, error: UserError) -> None:
        self._show(None)
        self.form.show_error(error)

    def _wait(self, waiting: bool) -> None:
        self.progress.setRange(0, 0)
        self.progress.setVisible(waiting)
        self.save.setEnabled(not waiting and not self._rest.isActive())
        self.form.setEnabled(not waiting)
        self.cancel.say("export_dialog.stop" if waiting else "action.cancel")

    def _move(self, done: int, total: int) -> None:
        if self.is_reading:
            self.progress.setRange(0, max(total, 1))
            self.progress.setValue(done)

    def _show(self, preview: CohortPreview | BundlePreview | None) -> None:
        """What would happen; what needs somebody's eye comes first."""
        self._wait(False)
        self.preview = preview
        lines = [] if preview is None else _lines(preview)
        lines.sort(key=lambda line: (_STATES.index(line.state), line.row))
        self.model.set_rows(lines)
        self.table.setVisible(bool(lines))
        self.decided.setVisible(any(line.state in {"changed", "conflict"} for line in lines))
        self._name_parts()
        match preview:
            case None:
                self.told.setText("")
            case CohortPreview():
                self.told.say(say(
                    "cli.import.counts", new=preview.new, same=preview.same,
                    changed=preview.changed, rejected=preview.rejected,
                ))  # fmt: skip
            case BundlePreview():
                counts = {s.value: preview.count(s) for s in fhir_importing.RowState}
                self.told.say(Message("cli.import.fhir_counts", counts))

    # -- the form ------------------------------------------------------------------------------

    def _lay_out_rows(self) -> None:
        add = self.form.add_row
        add("file", say("labs.import.file"), self.file, say("import_dialog.file.help"), span=3)
        add("study", say("import_dialog.study"), self.study, say("import_dialog.study.help"),
            span=3)  # fmt: skip
        add("columns", say("import_dialog.columns"), self.columns, span=3)
        self.ready()
        self.form.rows["columns"].hide()
        for part in (self.told, self.progress, self.table, self.decided):
            self.body.addWidget(part)
        self.body.setStretchFactor(self.form, 0)
        self.body.setStretchFactor(self.table, 1)
        self.table.setMinimumHeight(self._desk.theme.unit(50))
        self.setMinimumWidth(self._desk.theme.unit(180))
        self._show(None)
        self.file.setFocus()

    def _name_parts(self) -> None:
        text = self._desk.words.text
        bundle = isinstance(self.preview, BundlePreview)
        key = "import_dialog.leave" if bundle else "import_dialog.accept"
        self.decided.setText(text(key))
        self.decided.setAccessibleName(text(key))
        self.table.setAccessibleName(text("labs.import.preview"))
        self.progress.setAccessibleName(text("import_dialog.progress"))


def _lines(preview: CohortPreview | BundlePreview) -> list[_Line]:
    if isinstance(preview, CohortPreview):
        return [
            _Line(
                row.row, row.state.value, "" if row.number is None else str(row.number),
                row.problems[0].message if row.problems else ", ".join(row.differs),
            )
            for row in preview.rows
        ]  # fmt: skip
    found = [_Line(one.row, "rejected", one.field, one.message) for one in preview.problems]
    # Of what is simply new or the same the numbers say enough.
    return found + [
        _Line(row.entry, row.state.value, _named(row), row.told or "")
        for row in preview.rows
        if row.told is not None or row.table == "patients"
    ]


def _named(row: BundleRow) -> str:
    """A patient by name and number, any other record by its table."""
    if row.table != "patients":
        return row.table
    facts = (row.row.get(name) for name in ("family_name", "given_name", "mrn"))
    return " · ".join(str(fact) for fact in facts if fact)


def _columns() -> list[Column[_Line]]:
    def token(line: _Line) -> str:
        return _TOKENS.get(line.state, "text")

    return [
        Column(say("labs.import.row"), lambda line: str(line.row), 0, token),
        Column(say("labs.import.state"), lambda line: say(f"labs.state.{line.state}"), 0, token),
        Column(say("import_dialog.what"), lambda line: line.what, 1, token),
        Column(say("labs.import.note"), lambda line: line.note, 3, token),
    ]
