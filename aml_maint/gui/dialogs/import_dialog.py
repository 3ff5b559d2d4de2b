"""Patients from a file: a published cohort in a table, or another ward's FHIR bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from aml_maint.domain.cohort import REQUIRED
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.taking_in_dialog import TakingInDialog
from aml_maint.gui.forms.column_choices import ColumnChoices
from aml_maint.gui.forms.file_input import content_of
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.models.rows_model import Column
from aml_maint.gui.widgets.label import Label
from aml_maint.services import delimited, importing
from aml_maint.services.changes import Changes
from aml_maint.services.delimited import TextTable
from aml_maint.services.importing import CohortPreview
from aml_maint.services.library import studies
from aml_maint.services.long_work import Watch
from aml_maint.services.workplace import Workplace

if TYPE_CHECKING:  # what a bundle needs is loaded when one is read
    from aml_maint.services.bundle_reading import BundleRow
    from aml_maint.services.fhir_importing import BundlePreview, ReadBundle

    _Preview = CohortPreview | BundlePreview

_STATES = ("rejected", "conflict", "changed", "new", "same")
_TOKENS = {"rejected": "danger", "conflict": "danger", "changed": "warning", "same": "muted"}
_FIRST_BYTES = 256


@dataclass(frozen=True)
class _Line:
    """One row of the preview: where in the file, how it stands, what it is, what to note."""

    row: int
    state: str
    what: str
    note: Message | str = ""


class ImportDialog(TakingInDialog[_Line]):
    """Shows what would happen before anything is written; then it is all of it or nothing."""

    COMMANDS = ("import_cohort", "import_bundle")

    imported = Signal(str)
    """The name of the study whose patients are there now."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk, "import_dialog.title", "import_dialog.verb",
            "*.csv *.tsv *.txt *.xlsx *.json", _columns(), parent,
        )  # fmt: skip
        self._found: TextTable | ReadBundle | None = None
        self.preview: _Preview | None = None
        self.study = TextInput(desk, longest=31)
        # A study whose figures are known is checked against what it prints.
        self.study.setText(next(iter(studies()), ""))
        self.columns = ColumnChoices(desk)
        self.ignored = Label(desk, role="small", token="muted", wrap=True)
        self.decided = QCheckBox()
        self._lay_out_rows()
        self.file.chosen.connect(self._take_file)
        self.columns.changed.connect(self._outdated)
        self.study.textChanged.connect(lambda _: self._outdated())
        desk.words.changed.connect(self._name_parts)
        self._name_parts()

    def submit(self) -> None:
        """Take in what was previewed, as decided."""
        preview, decided = self.preview, self.decided.isChecked()
        if preview is None:
            raise BadInput(say("labs.import.nothing"), field="file")
        study = preview.study if isinstance(preview, CohortPreview) else None
        if isinstance(preview, CohortPreview) and preview.same == len(preview.rows):
            self._finish(preview.study)  # all of it is there already
            return

        def work(place: Workplace, watch: Watch) -> Changes:
            if isinstance(preview, CohortPreview):
                done = importing.import_cohort(
                    place, preview, self.command_id, accept_changes=decided, watch=watch
                )
            else:
                from aml_maint.services.fhir_importing import import_bundle

                done = import_bundle(
                    place, preview, self.command_id, leave_conflicts=decided, watch=watch
                )
            if done is None:
                raise Refused(say("import_dialog.nothing_new"))
            return done

        self._write(work, lambda: self._finish(study))

    def _finish(self, study: str | None) -> None:
        if study is not None:
            self.imported.emit(study)
        self.finish()

    # -- reading -------------------------------------------------------------------------------

    def _take_file(self) -> None:
        """Read the file, beside all else: a bundle of a ward takes a while."""
        self._found = None
        self._nothing()
        path = self.file.path
        try:
            is_bundle = self.file.content(_FIRST_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
        except BadInput as error:
            self.form.clear_errors()
            self.form.show_error(error)
            return

        self.form.rows["study"].setVisible(not is_bundle)

        def work(place: Workplace, watch: Watch) -> TextTable | ReadBundle:
            if is_bundle:
                from aml_maint.services import bundle_reading, fhir_importing

                data = content_of(path, bundle_reading.LARGEST)
                return fhir_importing.examined(place, data, watch)
            return delimited.read_table(content_of(path, delimited.LARGEST), (), watch)

        self._apart(work, self._opened)

    def _opened(self, found: TextTable | ReadBundle) -> None:
        self._found = found
        header = found.header if isinstance(found, TextTable) else ()
        is_table = isinstance(found, TextTable)
        missing = tuple(name for name in REQUIRED if name not in header) if is_table else ()
        self.columns.show_missing(missing, header)
        self.form.rows["columns"].setVisible(bool(missing))
        self._look()

    def _outdated(self) -> None:
        if self._found is not None and not self.is_working:
            self._rest_then_look()

    def _look(self) -> None:
        found = self._found
        if found is None or self.is_working:
            return
        if not self.columns.is_complete:
            self._nothing()
            self._tell(say("import_dialog.columns_first"))
            return
        study, mapping = self.study.value(), self.columns.mapping()

        def work(place: Workplace, watch: Watch) -> tuple[_Preview, list[_Line]]:
            preview: _Preview
            if isinstance(found, TextTable):
                preview = importing.preview_cohort(place, found, study, mapping, watch)
            else:
                from aml_maint.services.fhir_importing import compared

                preview = compared(place, found, watch)
            return preview, _lines(preview)

        self._beside(work, lambda both: self._show(*both))

    def _nothing(self) -> None:
        self._show(None, ())
        self._tell(None)

    def _show(self, preview: _Preview | None, lines: Sequence[_Line]) -> None:
        """What would happen; what needs somebody's eye comes first."""
        self.preview = preview
        self._show_rows(lines)
        states = {line.state for line in lines}
        self.decided.setVisible(bool(states & {"changed", "conflict"}))
        columns = preview.ignored_columns if isinstance(preview, CohortPreview) else ()
        self.ignored.setVisible(bool(columns))
        self.ignored.say(say("cli.ignored_columns", columns=columns))
        self._name_parts()
        match preview:
            case CohortPreview():
                self._tell(say(
                    "cli.import.counts", new=preview.new, same=preview.same,
                    changed=preview.changed, rejected=preview.rejected,
                ))  # fmt: skip
            case _ if preview is not None:
                from aml_maint.services.bundle_reading import RowState

                counts = {state.value: preview.count(state) for state in RowState}
                self._tell(Message("cli.import.fhir_counts", counts))

    # -- the form ------------------------------------------------------------------------------

    def _lay_out_rows(self) -> None:
        add = self.form.add_row
        add("file", say("labs.import.file"), self.file, say("import_dialog.file.help"), span=3)
        add("study", say("import_dialog.study"), self.study, say("import_dialog.study.help"),
            span=3)  # fmt: skip
        add("columns", say("import_dialog.columns"), self.columns, span=3)
        self._lay_out_preview(self.ignored, self.decided)
        self.form.rows["columns"].hide()
        self.setMinimumWidth(self._desk.theme.unit(180))

    def _name_parts(self) -> None:
        text = self._desk.words.text
        bundle = self.preview is not None and not isinstance(self.preview, CohortPreview)
        key = "import_dialog.leave" if bundle else "import_dialog.accept"
        self.decided.setText(text(key))
        self.decided.setAccessibleName(text(key))
        self.table.setAccessibleName(text("labs.import.preview"))


def _lines(preview: _Preview) -> list[_Line]:
    """The rows of a preview, those first that need somebody's eye."""
    found = _cohort_lines(preview) if isinstance(preview, CohortPreview) else _bundle_lines(preview)
    return sorted(found, key=lambda line: (_STATES.index(line.state), line.row))


def _cohort_lines(preview: CohortPreview) -> list[_Line]:
    found = []
    for row in preview.rows:
        note: Message | str = ""
        if row.problems:
            named = tuple(
                say("cohort_import.problem", field=one.field, message=one.message)
                for one in row.problems
            )
            note = say("completeness.list", words=named)
        elif row.differs:
            note = say("cohort_import.differs", fields=row.differs)
        number = "" if row.number is None else str(row.number)
        found.append(_Line(row.row, row.state.value, number, note))
    return found


def _bundle_lines(preview: BundlePreview) -> list[_Line]:
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
