"""Laboratory results of one or more samples at once, typed or pasted from a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from aml_maint.domain.analytes import Analyte
from aml_maint.domain.errors import BadInput, Refused, UserError
from aml_maint.domain.lab_judgement import grade_result
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import LabValue, lab_text
from aml_maint.domain.reference_limits import Laboratory, LimitBook, ReferenceLimit
from aml_maint.domain.toxicity import GradeVerdict, ToxicityItem
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.forms.lab_grid import TIME, GridCell, LabGrid
from aml_maint.gui.forms.lab_grid_parts import CellProblem
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel as Frame
from aml_maint.services.lab_entry import LabEntry, record_labs, usual_laboratory
from aml_maint.services.laboratories import laboratories, reference_limits
from aml_maint.services.library import lab_catalogue
from aml_maint.services.site_items import site_item_of
from aml_maint.services.workplace import Workplace


@dataclass(frozen=True)
class _Offered:
    """What is read when the dialog opens."""

    laboratories: tuple[Laboratory, ...]
    limits: tuple[ReferenceLimit, ...]
    usual: str | None
    items: Mapping[str, ToxicityItem | None]
    """What grades each analyte."""


class LabGridDialog(PatientDialog):
    """What is unusual is asked about, what is on record with another value needs a reason."""

    COMMANDS = ("record_labs",)

    def __init__(self, desk: Desk, patient: Patient, zone: str, parent: QWidget | None) -> None:
        super().__init__(
            desk, patient, say("labs.grid.title"), say("labs.grid.verb"),
            draft=f"labs/{patient.id}", columns=2, parent=parent,
        )  # fmt: skip
        self._zone = zone
        self._entries: list[tuple[GridCell, LabEntry]] = []
        self._limits = LimitBook(())
        self._items: Mapping[str, ToxicityItem | None] = {}
        labs = lab_catalogue()
        self.panel = ChoiceInput[tuple[Analyte, ...]](
            desk,
            [
                (labs.often, "labs.grid.often"),
                *((panel.analytes, panel.name) for panel in labs.panels),
                (tuple(labs.analytes.values()), "labs.grid.all"),
            ],
        )
        self.laboratory = ChoiceInput[str | None](desk, [(None, "labs.grid.no_laboratory")])
        self.grid = LabGrid(desk)
        self.reason = TextInput(desk)
        add = self.form.add_row
        add("panel", say("labs.grid.panel"), self.panel)
        add("laboratory", say("labs.fact.laboratory"), self.laboratory)
        add("values", say("labs.grid.values"), self.grid, say("labs.grid.help"), span=2)
        add("change_reason", say("labs.grid.change_reason"), self.reason, span=2)
        self.told = Label(desk, role="small", token="muted", wrap=True)
        self.questions = _Questions(desk)
        self.panel.currentIndexChanged.connect(lambda _: self._show_panel())
        self.grid.moved.connect(self._tell)
        self.grid.told.connect(self.told.say)
        self._show_panel()
        self.grid.begin_sample(Moment.at(desk.session.now().utc, zone).local.date())
        self.ready()
        self.form.rows["change_reason"].hide()
        self.body.setStretchFactor(self.form, 0)
        self.body.addWidget(self.told)
        self.body.insertWidget(2, self.questions)
        self.setMinimumWidth(desk.theme.unit(190))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.save.click)
        self.grid.setFocus()
        desk.session.read(_offered, self._offer, self)

    def submit(self) -> None:
        """Record everything typed; a cell that can't be meant gets the cursor."""
        try:
            cells = list(self.grid.cells())
        except CellProblem as error:
            self.grid.mark(error.row, error.column, error.message)
            raise
        if not cells:
            raise BadInput(say("error.nothing_entered"), field="values")
        confirmed = self.questions.answered
        self._entries = [(cell, self._entry(cell, confirmed)) for cell in cells]
        entries = [entry for _, entry in self._entries]
        why = self.reason.value()
        self.write(
            lambda place: record_labs(
                place, self.patient.id, entries, self.command_id, change_reason=why
            )
        )

    def fail(self, error: UserError) -> None:
        """Say what is asked or in the way; the cursor goes to the first cell that it is about."""
        if error.message.key == "labs.error.questions":
            self.questions.ask(
                [(self._key(problem.row), problem.message) for problem in error.rows]
            )
        if error.message.key == "labs.error.changed":
            self.form.rows["change_reason"].show()
            listed = tuple(problem.message for problem in error.rows)
            told = say("labs.grid.differ", what=error.message, rows=listed)
            error = BadInput(told, hint=error.hint, field="change_reason")
        elif error.rows:
            problem = error.rows[0]
            cell = self._entries[problem.row - 1][0]
            row = TIME if problem.field == "collected" else cell.row
            if isinstance(error, Refused):
                self.grid.setCurrentCell(row, cell.column)
            else:
                self.grid.mark(row, cell.column, error.message)
                error = BadInput(error.message, hint=error.hint, field="values")
        super().fail(error)

    def _key(self, row: int) -> str:
        """What a question is about: the cell and what is typed in it."""
        cell = self._entries[row - 1][0]
        return _key(cell)

    def _entry(self, cell: GridCell, confirmed: frozenset[str]) -> LabEntry:
        return LabEntry(
            self.patient.id,
            cell.analyte.id,
            cell.value,
            Moment.at(cell.at, self._zone),
            laboratory=self.laboratory.value(),
            confirmed=_key(cell) in confirmed,
        )

    def _show_panel(self) -> None:
        self.grid.show_analytes(self.panel.value())

    def _tell(self) -> None:
        """The grade of what is typed under the cursor, and what is unusual about it."""
        row, column = self.grid.currentRow(), self.grid.currentColumn()
        analyte, value = self.grid.analyte_at(row), self.grid.cell_at(row, column)
        if analyte is None or value is None or self.grid.is_marked(row, column):
            self.told.setText("")
            return
        doubt = analyte.doubt(value)
        verdict = self._verdict(analyte, value)
        told: Message = lab_text(analyte.shown(value))
        if verdict is not None:
            told = verdict.reason
        self.told.use_token("warning" if doubt is not None else "muted")
        self.told.say(doubt or told)

    def _verdict(self, analyte: Analyte, value: LabValue) -> GradeVerdict | None:
        """The grade of a value by the limits of the laboratory chosen."""
        laboratory = self.laboratory.value()
        now = self._desk.session.now()
        result = LabResult("", self.patient.id, analyte.id, value, now, laboratory=laboratory)
        (known,) = self._limits.with_limits([result], self.patient.sex)
        return grade_result(analyte, self._items.get(analyte.id), known)

    def _offer(self, offered: _Offered) -> None:
        self._limits = LimitBook(offered.limits)
        self._items = offered.items
        choices = [(one.id, say("today.text", text=one.name)) for one in offered.laboratories]
        chosen = self.laboratory.raw()
        self.laboratory.offer([(None, "labs.grid.no_laboratory"), *choices])
        if chosen != "0":
            self.laboratory.set_raw(chosen)
        elif offered.usual is not None:
            usual = offered.usual
            self.fill(lambda: self.laboratory.set_value(usual))
        self._tell()


class _Questions(QWidget):
    """What is unusual, each with a box to say that it is right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._boxes: dict[str, QCheckBox] = {}
        self._answered: set[str] = set()
        self._frame = Frame(desk, token="warning_surface", line="warning")
        self._inside = QVBoxLayout(self._frame)
        self._inside.addWidget(Label(desk, say("labs.grid.questions"), role="strong", wrap=True))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._frame)
        self.hide()

    @property
    def answered(self) -> frozenset[str]:
        """What was said to be right."""
        ticked = {key for key, box in self._boxes.items() if box.isChecked()}
        return frozenset(self._answered | ticked)

    @property
    def boxes(self) -> tuple[QCheckBox, ...]:
        """The boxes to tick, one a question."""
        return tuple(self._boxes.values())

    def ask(self, questions: list[tuple[str, Message]]) -> None:
        """Ask these; what was answered before stays answered."""
        self._answered = set(self.answered)
        for box in self._boxes.values():
            box.deleteLater()
        self._boxes = {}
        for key, question in questions:
            box = QCheckBox(self._desk.words.text(say("labs.grid.right", question=question)))
            box.setAccessibleName(box.text())
            self._boxes[key] = box
            self._inside.addWidget(box)
        self.setVisible(bool(questions))
        if self._boxes:
            next(iter(self._boxes.values())).setFocus()


def _key(cell: GridCell) -> str:
    return f"{cell.analyte.id}/{cell.at.isoformat()}/{cell.value.printed}/{cell.value.unit}"


def _offered(place: Workplace) -> _Offered:
    return _Offered(
        laboratories(place),
        reference_limits(place),
        usual_laboratory(place),
        {id: site_item_of(place, id) for id in lab_catalogue().analytes},
    )
