"""The grid to type laboratory results into: analytes down, samples across.

Each sample has its day and time above its results; each analyte has the unit that it is typed
in. A block copied from a spreadsheet is pasted as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from aml_maint.domain.analytes import Analyte
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import LabValue, lab_unit_text
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.date_text import kept_date, read_date, read_time
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.forms.lab_grid_parts import (
    CellProblem,
    GridItem,
    RowNames,
    TypingDelegate,
    fill,
    is_day,
)
from aml_maint.gui.widgets.flat_corner import FlatCorner
from aml_maint.gui.widgets.table import TableHead
from aml_maint.services.lab_paste import Pasted, read_paste
from aml_maint.services.library import lab_catalogue

DAY, TIME = 0, 1  # the rows above the analytes
UNIT = 0  # the column before the samples
_HEADS = 2
_FEWEST_SAMPLES, _MOST_SAMPLES = 3, 40
_FEW_COLUMNS = 6  # so many share the width; more are scrolled
_MARKS = (
    Qt.ItemDataRole.DecorationRole,
    Qt.ItemDataRole.BackgroundRole,
    Qt.ItemDataRole.ForegroundRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
_EndEditHint = QAbstractItemDelegate.EndEditHint


@dataclass(frozen=True)
class GridCell:
    """A result as typed: which analyte, when, and where it stands in the grid."""

    analyte: Analyte
    value: LabValue
    at: datetime
    row: int
    column: int


class LabGrid(QTableWidget):
    """Typing begins in the cell with the cursor; Enter goes down, Tab to the right."""

    told = Signal(object)
    """A Message about what was pasted, or None."""
    moved = Signal()
    """The cursor, or what is typed under it, has changed."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._rows: list[Analyte] = []
        self._units: dict[str, ChoiceInput[str]] = {}
        self._marked: QTableWidgetItem | None = None
        self._wrong = ""
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setTabKeyNavigation(True)
        self.setShowGrid(False)
        self.setItemDelegate(TypingDelegate(looks, self))
        self.setHorizontalHeader(TableHead(looks))
        self.setVerticalHeader(RowNames(looks, _HEADS))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._corner = FlatCorner(looks, self)
        self.currentCellChanged.connect(lambda *_: self.moved.emit())
        self.itemChanged.connect(self._changed)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.setColumnCount(1 + _FEWEST_SAMPLES)
        self.restyle()

    def show_analytes(self, analytes: Sequence[Analyte]) -> None:
        """Show rows for these; what is typed for them or any other stays with its analyte."""
        kept = self._typed()
        self._rows = list(analytes)
        missing = [a for a in lab_catalogue().analytes.values() if a.id in kept["values"]]
        self._rows += [one for one in missing if one not in self._rows]
        self._rebuild(kept)

    @property
    def analytes(self) -> tuple[Analyte, ...]:
        """The analytes shown."""
        return tuple(self._rows)

    def cells(self) -> Iterator[GridCell]:
        """Every result typed. CellProblem for what is none, or has no day and time above it."""
        for row, analyte in enumerate(self._rows, _HEADS):
            for column in range(1, self.columnCount()):
                if self._text(row, column):
                    yield self._cell(analyte, row, column)

    def cell_at(self, row: int, column: int) -> LabValue | None:
        """The value typed in a cell; None for an empty or unreadable one."""
        analyte = self.analyte_at(row)
        if analyte is None or column < 1 or not self._text(row, column):
            return None
        try:
            return LabValue.parse(self._text(row, column), self._units[analyte.id].value())
        except BadInput:
            return None

    def analyte_at(self, row: int) -> Analyte | None:
        """The analyte of a row; None for the rows of day and time."""
        return self._rows[row - _HEADS] if _HEADS <= row < _HEADS + len(self._rows) else None

    def set_text(self, row: int, column: int, text: str) -> None:
        """Type into a cell."""
        item = self.item(row, column)
        if item is None:
            item = GridItem(self._looks)
            self.setItem(row, column, item)
        item.setText(text)

    def mark(self, row: int, column: int, problem: Message) -> None:
        """Say in a cell that it can't be meant, until something else is typed there."""
        self._unmark()
        self.set_text(row, column, self._text(row, column))
        item = self.item(row, column)
        assert item is not None  # something was just put there
        theme = self._looks.theme
        item.setIcon(QIcon(theme.pixmap("alert", theme.unit(4), "danger")))
        item.setBackground(theme.color("danger_surface"))
        item.setForeground(theme.color("danger"))
        told = self._looks.words.text(problem)
        item.setToolTip(told)
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, told)
        self._marked, self._wrong = item, item.text()
        self.setCurrentCell(row, column)

    def is_marked(self, row: int, column: int) -> bool:
        """Was this cell said to be wrong, and is it as it was then?"""
        return self._marked is not None and self.item(row, column) is self._marked

    def _unmark(self) -> None:
        item, self._marked = self._marked, None
        if item is not None:
            for role in _MARKS:
                item.setData(role, None)

    def row_of(self, analyte: str) -> int:
        """The row of an analyte; ValueError if it is not shown."""
        return [one.id for one in self._rows].index(analyte) + _HEADS

    def unit_of(self, analyte: str) -> ChoiceInput[str]:
        """The unit an analyte is typed in."""
        return self._units[analyte]

    def begin_sample(self, day: date) -> None:
        """Offer a day for the first sample; the cursor waits at its time."""
        self.set_text(DAY, 1, self._looks.words.value(day))
        self.setCurrentCell(TIME, 1)

    def paste(self, text: str) -> Pasted:
        """Put a block of cells in: by the names in it, else at the cursor."""
        block = read_paste(text, lab_catalogue())
        if block.is_named:
            self._paste_named(block)
        else:
            self._paste_cells(block)
        if block.unknown:
            self.told.emit(say("labs.paste.unknown", names=block.unknown))
        else:
            count = sum(map(len, block.cells))
            self.told.emit(say("labs.paste.done", count=count))
        return block

    def raw(self) -> str:
        """What is typed, as text."""
        typed = self._typed()
        return json.dumps(typed, sort_keys=True) if typed["values"] or typed["heads"] else ""

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        if raw:
            self._rebuild(json.loads(raw))
        else:
            self._rebuild({"heads": {}, "values": {}, "units": {}})

    def retranslate(self) -> None:
        """Set the heads in the language shown."""
        text = self._looks.words.text
        heads = [text("labs.grid.day"), text("labs.grid.time")]
        heads += [text(analyte.name) for analyte in self._rows]
        self.setVerticalHeaderLabels(heads)
        samples = [text("labs.grid.unit")]
        samples += [text("labs.grid.sample", number=n) for n in range(1, self.columnCount())]
        self.setHorizontalHeaderLabels(samples)
        few = self.columnCount() <= _FEW_COLUMNS
        mode = QHeaderView.ResizeMode.Stretch if few else QHeaderView.ResizeMode.Interactive
        self.horizontalHeader().setSectionResizeMode(mode)
        for column in range(1, self.columnCount()):
            kept = kept_date(self._text(DAY, column))
            if is_day(kept):
                self.set_text(DAY, column, self._looks.words.value(date.fromisoformat(kept)))
        for analyte in self._rows:
            name = text("count.unit_of", analyte=text(analyte.name))
            self._units[analyte.id].setAccessibleName(name)
        fill(self, self._looks)

    def restyle(self) -> None:
        """Take sizes and colours from the theme."""
        theme = self._looks.theme
        self.setFont(theme.font())
        self.setPalette(theme.table_palette())
        self.horizontalHeader().setDefaultSectionSize(theme.unit(27))
        self.horizontalHeader().setSectionsClickable(False)
        self.verticalHeader().setDefaultSectionSize(theme.unit(8))
        self.setMinimumHeight(theme.unit(90))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste a block, clear what is selected; Enter goes down."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste(QGuiApplication.clipboard().text())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            for item in self.selectedItems():
                item.setText("")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if self.state() == QAbstractItemView.State.EditingState:
                return  # the end of typing goes down
            row = min(self.currentRow() + 1, self.rowCount() - 1)
            self.setCurrentCell(row, self.currentColumn())
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes from cell to cell; from the last one on, and back from the first, it leaves."""
        edge = (self.rowCount() - 1, self.columnCount() - 1) if next else (DAY, UNIT + 1)
        self.setTabKeyNavigation((self.currentRow(), self.currentColumn()) != edge)
        moved = super().focusNextPrevChild(next)
        self.setTabKeyNavigation(True)
        return moved

    def closeEditor(self, editor: QWidget, hint: _EndEditHint) -> None:
        """Enter ends typing and goes down, as in a spreadsheet."""
        super().closeEditor(editor, hint)
        if hint is _EndEditHint.SubmitModelCache:
            row = min(self.currentRow() + 1, self.rowCount() - 1)
            self.setCurrentCell(row, self.currentColumn())

    def _changed(self, item: QTableWidgetItem) -> None:
        if self._marked is item and item.text() != self._wrong:
            self._unmark()
        self.moved.emit()

    def _cell(self, analyte: Analyte, row: int, column: int) -> GridCell:
        try:
            value = LabValue.parse(self._text(row, column), self._units[analyte.id].value())
        except BadInput as error:
            raise CellProblem(error, row, column) from error
        return GridCell(analyte, value, self._collected(column), row, column)

    def _collected(self, column: int) -> datetime:
        found = []
        for row, read, missing in (
            (DAY, read_date, "count.day_needed"), (TIME, read_time, "count.time_needed"),
        ):  # fmt: skip
            try:
                part = read(self._text(row, column))
            except BadInput as error:
                raise CellProblem(error, row, column) from error
            if part is None:
                raise CellProblem(BadInput(Message(missing)), row, column)
            found.append(part)
        day, clock = found
        return datetime.combine(day, clock)  # type: ignore[arg-type]

    def _text(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return "" if item is None else item.text().strip()

    def _typed(self) -> dict[str, dict[str, object]]:
        """Days and times by column, values by analyte and column, units by analyte."""
        heads = {
            str(column): [kept_date(self._text(DAY, column)), self._text(TIME, column)]
            for column in range(1, self.columnCount())
            if self._text(DAY, column) or self._text(TIME, column)
        }
        values: dict[str, object] = {}
        for row, analyte in enumerate(self._rows, _HEADS):
            mine = {
                str(column): self._text(row, column)
                for column in range(1, self.columnCount())
                if self._text(row, column)
            }
            if mine:
                values[analyte.id] = mine
        units: dict[str, object] = {
            analyte.id: self._units[analyte.id].value() for analyte in self._rows
        }
        return {"heads": dict(heads), "values": values, "units": units}

    def _rebuild(self, typed: dict[str, dict[str, object]]) -> None:
        """Make all rows anew and put back what was typed."""
        columns = [int(c) for c in typed["heads"]]
        for mine in typed["values"].values():
            assert isinstance(mine, dict)  # as _typed writes it
            columns += [int(c) for c in mine]
        known = lab_catalogue().analytes
        self._rows += [known[id] for id in typed["values"] if known[id] not in self._rows]
        self._marked = None
        self.clear()
        self._units.clear()
        self.setColumnCount(1 + min(max([_FEWEST_SAMPLES, *columns]), _MOST_SAMPLES))
        self.setRowCount(_HEADS + len(self._rows))
        for row in (DAY, TIME):
            self.setItem(row, UNIT, GridItem(self._looks, fixed=True))
        for row, analyte in enumerate(self._rows, _HEADS):
            self._add_unit(row, analyte, typed["units"].get(analyte.id))
            mine = typed["values"].get(analyte.id, {})
            assert isinstance(mine, dict)  # as _typed writes it
            for column, text in mine.items():
                self.set_text(row, int(column), str(text))
        for column, both in typed["heads"].items():
            assert isinstance(both, list)  # as _typed writes it
            for row, text in zip((DAY, TIME), both, strict=True):
                self.set_text(row, int(column), str(text))
        self.retranslate()

    def _add_unit(self, row: int, analyte: Analyte, chosen: object) -> None:
        choices = [(unit, lab_unit_text(unit)) for unit in analyte.units]
        unit: ChoiceInput[str] = ChoiceInput(self._looks, choices)
        if chosen in analyte.units:
            unit.set_value(str(chosen))
        unit.setMinimumHeight(0)
        unit.currentIndexChanged.connect(lambda _: self.moved.emit())
        self._units[analyte.id] = unit
        self.setItem(row, UNIT, GridItem(self._looks, fixed=True))
        self.setCellWidget(row, UNIT, unit)

    def _paste_named(self, block: Pasted) -> None:
        """Each row to its analyte, from the column of the cursor on."""
        first = max(self.currentColumn(), 1)
        new = [row.analyte for row in block.rows if row.analyte not in self._rows]
        if new:
            kept = self._typed()
            self._rows += list(dict.fromkeys(new))
            self._rebuild(kept)
        widest = max(len(row.values) for row in block.rows)
        self._make_room(first + max(widest, len(block.collected)))
        for row in block.rows:
            if row.unit is not None:
                self._units[row.analyte.id].set_value(row.unit)
            for offset, text in enumerate(row.values):
                self.set_text(self.row_of(row.analyte.id), first + offset, text)
        for offset, text in enumerate(block.collected):
            day, _, clock = text.replace("T", " ").strip().partition(" ")
            self.set_text(DAY, first + offset, day)
            if clock:
                self.set_text(TIME, first + offset, clock[:5])

    def _paste_cells(self, block: Pasted) -> None:
        """Cell by cell from the cursor on, as far as there are rows."""
        top, left = max(self.currentRow(), 0), max(self.currentColumn(), 1)
        if top == TIME and block.cells and all(map(is_day, filter(None, block.cells[0]))):
            top = DAY  # the day is offered already: a block that has its own begins with it
        self._make_room(left + max((len(line) for line in block.cells), default=0))
        for down, line in enumerate(block.cells):
            for right, text in enumerate(line):
                if top + down < self.rowCount() and left + right < self.columnCount():
                    self.set_text(top + down, left + right, text)

    def _make_room(self, columns: int) -> None:
        if columns > self.columnCount():
            self.setColumnCount(min(columns, 1 + _MOST_SAMPLES))
            self.retranslate()
