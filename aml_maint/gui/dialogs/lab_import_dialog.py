"""Laboratory results from a file: which column is what, what each row would do, then all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import lab_text
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.taking_in_dialog import TakingInDialog
from aml_maint.gui.forms.column_map import ColumnMap
from aml_maint.gui.forms.file_input import content_of
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput, TimeInput
from aml_maint.gui.models.rows_model import Column
from aml_maint.services.changes import Changes
from aml_maint.services.delimited import LARGEST, TextTable, read_table
from aml_maint.services.lab_import import (
    Accepted,
    LabPreview,
    PreviewRow,
    RowState,
    import_labs,
    preview_labs,
)
from aml_maint.services.lab_table import LabMapping, Part, guess_mapping
from aml_maint.services.laboratories import laboratories
from aml_maint.services.library import lab_catalogue
from aml_maint.services.long_work import Watch
from aml_maint.services.workplace import Workplace

# What needs somebody's eye comes first.
_ORDER = (
    RowState.REJECTED, RowState.CONFLICT, RowState.DOUBTFUL, RowState.CHANGED, RowState.UNKNOWN,
    RowState.NEW, RowState.SAME,
)  # fmt: skip
_TOKENS = {
    RowState.REJECTED: "danger",
    RowState.CONFLICT: "danger",
    RowState.DOUBTFUL: "warning",
    RowState.CHANGED: "warning",
    RowState.UNKNOWN: "muted",
    RowState.SAME: "muted",
}


class LabImportDialog(TakingInDialog[PreviewRow]):
    """Every change of the mapping shows anew what would happen; nothing is written before."""

    COMMANDS = ("import_labs",)

    def __init__(self, desk: Desk, patient: Patient, parent: QWidget | None) -> None:
        super().__init__(
            desk, say("labs.import.title"), say("labs.import.verb"), "*.csv *.tsv *.txt *.xlsx",
            _columns(), parent,
        )  # fmt: skip
        self._patient = patient
        self._found: TextTable | None = None
        self.preview: LabPreview | None = None
        self.whose = ChoiceInput[bool](
            desk,
            [(False, "labs.import.by_number"),
             (True, say("labs.import.this_patient", mrn=patient.mrn))],
        )  # fmt: skip
        self.laboratory = ChoiceInput[str](desk, [("", "labs.grid.no_laboratory")])
        self.time = TimeInput(desk)
        self.columns = ColumnMap(desk)
        self.doubts = QCheckBox()
        self.skip = QCheckBox()
        self.reason = TextInput(desk)
        self._lay_out_rows()
        self.file.chosen.connect(self._take_file)
        self.columns.changed.connect(self._outdated)
        for choice in (self.whose, self.laboratory):
            choice.currentIndexChanged.connect(lambda _: self._outdated())
        self.time.textChanged.connect(lambda _: self._outdated())
        desk.words.changed.connect(self._name_boxes)
        self._name_boxes()
        desk.session.read(laboratories, self._offer, self)

    def submit(self) -> None:
        """Import what was previewed, as decided."""
        preview = self.preview
        if preview is None:
            raise BadInput(say("labs.import.nothing"), field="file")
        accepted = Accepted(self.reason.value(), self.doubts.isChecked(), self.skip.isChecked())

        def work(place: Workplace, watch: Watch) -> Changes:
            return import_labs(place, preview, accepted, self.command_id, watch)

        self._write(work, self.finish)

    # -- reading -------------------------------------------------------------------------------

    def _take_file(self) -> None:
        """Read the file, guess what its columns mean, and preview it."""
        self._found = None
        self._nothing()
        path = self.file.path

        def work(place: Workplace, watch: Watch) -> TextTable:
            return read_table(content_of(path, LARGEST), (), watch)

        self._apart(work, self._opened)

    def _opened(self, found: TextTable) -> None:
        mapping = guess_mapping(found.header, lab_catalogue())
        self.columns.show_header(found.header, mapping)
        self.whose.set_value(mapping.column(Part.MRN) is None)
        self._found = found
        self._look()

    def _outdated(self) -> None:
        if self._found is not None and not self.is_working:
            self._rest_then_look()

    def _look(self) -> None:
        found, mapping = self._found, self._mapping()
        if found is None or self.is_working:
            return
        patient = self._patient if self.whose.value() else None
        name = self.laboratory.value()

        def work(place: Workplace, watch: Watch) -> tuple[LabPreview, list[PreviewRow]]:
            preview = preview_labs(
                place, found, mapping, patient=patient, laboratory=name, watch=watch
            )
            order = sorted(preview.rows, key=lambda row: (_ORDER.index(row.state), row.cell.row))
            return preview, order

        self._beside(work, lambda both: self._show(*both))

    def _mapping(self) -> LabMapping:
        try:
            clock = self.time.clock_time()
        except BadInput:
            clock = None
        return replace(self.columns.mapping(), time=clock)

    def _nothing(self) -> None:
        self._show(None, ())

    def _show(self, preview: LabPreview | None, rows: Sequence[PreviewRow]) -> None:
        """What would happen, what needs somebody's eye first; only the decisions it needs."""
        self.preview = preview
        self._show_rows(rows)

        def count(*states: RowState) -> int:
            return 0 if preview is None else sum(preview.count(state) for state in states)

        self.doubts.setVisible(count(RowState.DOUBTFUL) > 0)
        self.skip.setVisible(count(RowState.REJECTED, RowState.CONFLICT) > 0)
        self.form.rows["reason"].setVisible(count(RowState.CHANGED, RowState.DOUBTFUL) > 0)
        if preview is None:
            self._tell(None)
            return
        counts = {state.value: preview.count(state) for state in RowState}
        self._tell(Message("cli.labs.counts", counts))

    def _offer(self, known: object) -> None:
        assert isinstance(known, tuple)  # of laboratories
        names: list[tuple[str, Message | Name | str]] = [("", "labs.grid.no_laboratory")]
        names += [(one.name, say("today.text", text=one.name)) for one in known]
        self.laboratory.offer(names)

    # -- the form ------------------------------------------------------------------------------

    def _lay_out_rows(self) -> None:
        add = self.form.add_row
        add("file", say("labs.import.file"), self.file, say("labs.import.file.help"), span=3)
        add("whose", say("labs.import.whose"), self.whose)
        add("laboratory", say("labs.import.laboratory"), self.laboratory)
        add("time", say("labs.import.time"), self.time, say("labs.import.time.help"))
        add("mapping", say("labs.import.columns"), self.columns, span=3)
        add("reason", say("labs.grid.change_reason"), self.reason, span=3)
        self._lay_out_preview(self.doubts, self.skip)
        self.setMinimumWidth(self._desk.theme.unit(220))

    def _name_boxes(self) -> None:
        text = self._desk.words.text
        for box, key in ((self.doubts, "labs.import.doubts"), (self.skip, "labs.import.skip")):
            box.setText(text(key))
            box.setAccessibleName(text(key))
        self.table.setAccessibleName(text("labs.import.preview"))


def _columns() -> list[Column[PreviewRow]]:
    def token(row: PreviewRow) -> str:
        return _TOKENS.get(row.state, "text")

    def column(
        key: str, text: Callable[[PreviewRow], Message | Name | str], share: int = 0
    ) -> Column[PreviewRow]:
        return Column(Message(f"labs.import.{key}"), text, share, token)

    return [
        column("row", lambda row: str(row.cell.row)),
        column("state", lambda row: say(f"labs.state.{row.state.value}")),
        column("patient", lambda row: row.patient.mrn if row.patient else row.cell.mrn),
        column("collected", _collected),
        column("analyte", _analyte, 2),
        column("value", _value),
        column("note", lambda row: row.told or "", 3),
    ]


def _collected(row: PreviewRow) -> Message | str:
    at = row.cell.collected
    return "" if at is None else say("today.moment", at=at.local)


def _analyte(row: PreviewRow) -> Name | str:
    known = lab_catalogue().analytes.get(row.cell.analyte or "")
    return row.cell.name if known is None else known.name


def _value(row: PreviewRow) -> Message | str:
    return "" if row.cell.value is None else lab_text(row.cell.value)
