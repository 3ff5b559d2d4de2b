"""The values of a figure or table, read line by line with the keyboard, and copied as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence

from aml_maint.domain.messages import Name, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.reports.figures.exhibit import Cell, Values
from aml_maint.reports.figures.picture import cell_text

# Where a line may end, as Qt breaks texts: at spaces, around Chinese letters, before a Chinese
# bracket, and after a hyphen that no figure follows.
_BREAKS = re.compile(r" |(?<=[\u2e80-\u9fff])|(?=[\u2e80-\u9fff])|(?=\uff08)|(?<=-)(?=[A-Za-z])")

_LEAST = 16  # steps of the grid
_AT_A_TIME = 100  # rows laid out at once: some milliseconds


@dataclass(frozen=True)
class ValuesRow:
    """One line; `patient` is the id of the patient that it is about, if it is about one."""

    cells: tuple[Cell, ...]
    patient: str
    striking: bool


class ValuesTable(WordTable):
    """Enter on a line opens its patient."""

    patient_wanted = Signal(str)

    def __init__(self, looks: Looks) -> None:
        self._values: Values | None = None
        self._around = "", ""
        self._model: RowsModel[ValuesRow] = RowsModel(looks, ())
        super().__init__(looks, self._model, raised=True)
        self._model.setParent(self)
        self._growing = False
        self._model.more_wanted.connect(self._show_more)
        self._model.dataChanged.connect(self._read_all)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.opened.connect(self._open_patient)
        looks.words.changed.connect(self.retranslate)
        self.retranslate()

    def show_values(self, values: Values) -> None:
        """Show other values; of the same table the cursor stays on its line."""
        kept = self.currentIndex().row() if self._same_table(values) else -1
        self._values = values
        columns = [self._column(values, place) for place in range(len(values.head))]
        rows = self._rows_of(values, 0, max(kept + 1, _AT_A_TIME))
        self._model.set_table(columns, rows, more=len(rows) < len(values.rows))
        self._growing = False
        self.retranslate()
        if kept >= 0:
            self.go_to(min(kept, len(rows) - 1))

    def _rows_of(self, values: Values, first: int, many: int) -> list[ValuesRow]:
        """Some rows: of thousands each is laid out when somebody comes near it."""
        ids = values.patients or ("",) * len(values.rows)
        return [
            ValuesRow(values.rows[place], ids[place], place in values.striking)
            for place in range(first, min(first + many, len(values.rows)))
        ]

    def _show_more(self) -> None:
        if self._values is not None:
            first = self._model.rowCount()
            rows = self._rows_of(self._values, first, _AT_A_TIME)
            self._growing = True
            self._model.add_rows(rows, more=first + len(rows) < len(self._values.rows))

    def retranslate(self) -> None:
        """Name the table in the language shown."""
        title = say("exhibit.values") if self._values is None else self._values.title
        self.setAccessibleName(self._looks.words.text(title))

    def text(self) -> str:
        """Head and lines with tabs between the cells, as spreadsheets paste them."""
        if self._values is None:
            return ""
        words = self._looks.words.catalogue
        lines = (self._values.head, *self._values.rows)
        return "\n".join("\t".join(cell_text(cell, words) for cell in line) for line in lines)

    def tell(self, before: str, after: str) -> None:
        """What stands before and after the values wherever they are copied to."""
        self._around = before, after

    def copy(self) -> None:
        """Put all values onto the clipboard, with what tells by which rule they are."""
        before, after = self._around
        parts = (before, self.text(), after)
        QGuiApplication.clipboard().setText("\n".join(part for part in parts if part))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies all values."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def fit_columns(self) -> None:
        """Further rows may widen a column, and change nothing else above them."""
        if not self._growing:
            super().fit_columns()
            return
        self._growing = False
        first = len(self._texts)
        self._read_from(first)
        for column in range(self._model.columnCount()):
            width = max(self._least(column, first), self.columnWidth(column))
            self.setColumnWidth(column, width)
        self._place_rows(first)

    def _place(self) -> None:
        """No word is cut: what is too wide for the table is scrolled sideways."""
        columns = self._model.columns
        widths = [self._least(column, 0) for column in range(len(columns))]
        shares = sum(column.share for column in columns)
        self._placed = self.viewport().width()
        spare = max(self._placed - sum(widths), 0)
        for column, one in enumerate(columns):
            self.setColumnWidth(column, widths[column] + spare * one.share // max(shares, 1))
        self._place_rows(0)

    def _least(self, column: int, first: int) -> int:
        """The whole texts of a column without a share; of one that wraps, its longest word.

        Of the rows from `first` on.
        """
        theme = self._looks.theme
        head = self.horizontalHeader().sectionSizeHint(column) - theme.unit(3)
        if not self._model.columns[column].share:
            return max(head, self._widest(column, first))
        texts = self._texts[first:]
        words = {word for row in texts for word in _BREAKS.split(row[column])}
        advance = QFontMetrics(theme.font()).horizontalAdvance
        longest = max(map(advance, words), default=0)
        return max(head, longest + theme.unit(5), theme.unit(_LEAST))

    def _read_all(self, *_: object) -> None:
        """Another language or look: rows that were there say something else, too."""
        self._growing = False

    def _same_table(self, values: Values) -> bool:
        return self._values is not None and self._values.title == values.title

    def _column(self, values: Values, place: int) -> Column[ValuesRow]:
        head = values.head[place]

        def text(row: ValuesRow) -> str:
            return cell_text(row.cells[place], self._looks.words.catalogue)

        def token(row: ValuesRow) -> str:
            return "warning" if row.striking else "text"

        told = Name(head, head) if isinstance(head, str) else head
        share = values.shares[place] if values.shares else int(place == 0)
        return Column(told, text, share, token)

    def _open_patient(self, row: ValuesRow) -> None:
        if row.patient:
            self.patient_wanted.emit(row.patient)
