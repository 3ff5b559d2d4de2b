"""Laboratory results from a file: which column is what, what each row would do, then all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QWidget

from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import lab_text
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.column_map import ColumnMap
from aml_maint.gui.forms.file_input import FileInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput, TimeInput
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.changes import Changes
from aml_maint.services.delimited import LARGEST
from aml_maint.services.lab_import import (
    Accepted,
    LabPreview,
    PreviewRow,
    RowState,
    header_of,
    import_labs,
    mapping_for,
    preview_labs,
)
from aml_maint.services.lab_table import LabMapping, Part
from aml_maint.services.laboratories import laboratories
from aml_maint.services.library import lab_catalogue
from aml_maint.services.trust import backup_before_import
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
_REST_MS = 200


class LabImportDialog(FormDialog):
    """Every change of the mapping shows anew what would happen; nothing is written before."""

    COMMANDS = ("import_labs",)

    def __init__(self, desk: Desk, patient: Patient, parent: QWidget | None) -> None:
        super().__init__(
            desk, say("labs.import.title"), say("labs.import.verb"), columns=3, parent=parent
        )
        self._desk = desk
        self._patient = patient
        self._data = b""
        self.preview: LabPreview | None = None
        self.file = FileInput(desk, say("labs.import.choose"), "*.csv *.tsv *.txt *.xlsx")
        self.whose = ChoiceInput[bool](
            desk,
            [(False, "labs.import.by_number"),
             (True, say("labs.import.this_patient", mrn=patient.mrn))],
        )  # fmt: skip
        self.laboratory = ChoiceInput[str](desk, [("", "labs.grid.no_laboratory")])
        self.time = TimeInput(desk)
        self.columns = ColumnMap(desk)
        self.told = Label(desk, role="strong", wrap=True)
        self.doubts = QCheckBox()
        self.skip = QCheckBox()
        self.reason = TextInput(desk)
        self.model: RowsModel[PreviewRow] = RowsModel(desk, _columns())
        self.table = WordTable(desk, self.model)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read)
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

        def work(place: Workplace) -> Changes:
            backup_before_import(place)
            return import_labs(place, preview, accepted, self.command_id)

        self._desk.session.write(work, lambda _: self.finish(), self.fail, self)

    # -- reading -------------------------------------------------------------------------------

    def _take_file(self) -> None:
        """Read the file's heads, guess what they mean, and preview it."""
        self.form.clear_errors()
        try:
            self._data = self.file.content(LARGEST)
            header, mapping = header_of(self._data), mapping_for(self._data)
        except BadInput as error:
            self._data = b""
            self._show(None)
            self.form.show_error(error)
            return
        self.columns.show_header(header, mapping)
        self.whose.set_value(mapping.column(Part.MRN) is None)
        self._read()

    def _outdated(self) -> None:
        """Nothing is imported as it was shown before a change."""
        if self._data:
            self.save.setEnabled(False)
            self._rest.start()

    def _read(self) -> None:
        self._rest.stop()
        if not self._data:
            return
        data, mapping = self._data, self._mapping()
        patient = self._patient if self.whose.value() else None
        name = self.laboratory.value()
        self.form.clear_errors()

        def work(place: Workplace) -> LabPreview:
            return preview_labs(place, data, mapping, patient=patient, laboratory=name)

        self._desk.session.read(work, self._show, self, self._not_read)

    def _mapping(self) -> LabMapping:
        try:
            clock = self.time.clock_time()
        except BadInput:
            clock = None
        return replace(self.columns.mapping(), time=clock)

    def _not_read(self, error: UserError) -> None:
        self._show(None)
        self.form.show_error(error)

    def _show(self, preview: LabPreview | None) -> None:
        """What would happen, what needs somebody's eye first; only the decisions it needs."""
        self.preview = preview
        self.save.setEnabled(not self._rest.isActive())
        rows = preview.rows if preview is not None else ()
        self.model.set_rows(sorted(rows, key=lambda row: (_ORDER.index(row.state), row.cell.row)))
        self.table.setVisible(bool(rows))

        def count(*states: RowState) -> int:
            return 0 if preview is None else sum(preview.count(state) for state in states)

        self.doubts.setVisible(count(RowState.DOUBTFUL) > 0)
        self.skip.setVisible(count(RowState.REJECTED, RowState.CONFLICT) > 0)
        self.form.rows["reason"].setVisible(count(RowState.CHANGED, RowState.DOUBTFUL) > 0)
        if preview is None:
            self.told.setText("")
            return
        counts = {state.value: preview.count(state) for state in RowState}
        self.told.say(Message("cli.labs.counts", counts))

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
        self.ready()
        for part in (self.told, self.table, self.doubts, self.skip):
            self.body.addWidget(part)
        self.body.setStretchFactor(self.form, 0)
        self.body.setStretchFactor(self.table, 1)
        self.table.setMinimumHeight(self._desk.theme.unit(50))
        self.setMinimumWidth(self._desk.theme.unit(220))
        self._show(None)
        self.file.setFocus()

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
