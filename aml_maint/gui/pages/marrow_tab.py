"""The Marrow & MRD tab: the board, the list of marrows, and beside them what one means."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aml_maint.domain.marrow import Purpose, Specimen
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.domain.response_board import MarrowRow, ResponseBoard
from aml_maint.domain.response_review import Decision
from aml_maint.domain.response_words import board_notes, state_words
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.figure_dialog import FigureDialog
from aml_maint.gui.dialogs.marrow_dialog import MarrowDialog
from aml_maint.gui.dialogs.screen_dialog import ScreenDialog
from aml_maint.gui.dialogs.specimen_dialog import AddSpecimenDialog, SpecimenDialog
from aml_maint.gui.dialogs.verdict_dialog import OverruleDialog, WithdrawMarrowDialog
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.figures import Figure
from aml_maint.gui.marrow_words import STATE_TOKENS
from aml_maint.gui.models.marrow_columns import MARROW_COLUMNS
from aml_maint.gui.models.rows_model import RowsModel
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.empty_state import EmptyState
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.marrow_detail import MarrowDetail
from aml_maint.gui.widgets.mrd_board import MrdBoard
from aml_maint.gui.widgets.pending_bar import PendingBar
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.reports.mrd_table import mrd_table
from aml_maint.reports.table_file import csv_bytes
from aml_maint.services.people import banner
from aml_maint.services.response_board import response_board, review_response


class MarrowTab(PatientTab):
    """Reads a patient's marrows and opens the dialogs that change them."""

    COMMANDS = ("review_response",)

    def __init__(self, desk: Desk, _: DoseLogger) -> None:
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self.patient: Patient | None = None
        self.shown: ResponseBoard | None = None
        self.dialog: ScreenDialog | None = None
        self.board = MrdBoard(desk)
        self.model: RowsModel[MarrowRow] = RowsModel(desk, MARROW_COLUMNS)
        self.table = WordTable(desk, self.model)
        self.detail = MarrowDetail(desk)
        self.pending = PendingBar(desk)
        self.add = Button(
            desk, say("marrow.act.record"), "plus", kind="primary", leads_to="record_marrow"
        )  # fmt: skip
        self.save = Button(desk, say("figure.act.save"))
        self.state = Label(desk, role="strong", wrap=True)
        self.nothing = EmptyState(
            desk, "marrow", say("marrow.none_yet"), say("marrow.none_yet.advice"),
            say("marrow.act.record"), leads_to="record_marrow",
        )  # fmt: skip
        self.blank = QWidget()
        self.blank.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.body = QStackedWidget()
        self._lay_out()
        self.setFocusProxy(self.blank)
        self.board.chosen.connect(self._from_board)
        self.board.opened.connect(lambda _: self._open_waiting())
        self.table.chosen.connect(self._from_table)
        self.table.opened.connect(lambda _: self._open_waiting())
        self.detail.asked.connect(self._act)
        self.detail.result_asked.connect(self.open_specimen)
        self.add.clicked.connect(self.open_marrow)
        self.nothing.wanted.connect(self.open_marrow)
        self.save.clicked.connect(self.save_board)
        desk.words.changed.connect(self._retranslate)
        self._retranslate()

    @property
    def current(self) -> MarrowRow | None:
        """The marrow under the cursor."""
        place = self.board.current
        return self.shown.rows[place] if self.shown and place is not None else None

    def show_patient(self, patient_id: str) -> None:
        """Show a patient's marrows; of the same patient the cursor stays."""
        if patient_id != self._patient_id:
            self._patient_id = patient_id
            self.shown = self.patient = None
            self.board.clear()
            self.detail.clear()
            self.pending.hide()
            self.state.hide()
            self.model.set_rows([])
            self._turn_to(self.blank)

        def show(found: tuple[Patient, ResponseBoard]) -> None:
            if patient_id == self._patient_id:
                self._show(*found)

        self._desk.session.read(
            lambda place: (banner(place, patient_id).patient, response_board(place, patient_id)),
            show,
            self,
        )

    def open_marrow(self) -> None:
        """Record a marrow; while a relapse waits for its second sample it is a repeat."""
        if self.patient is None or self.shown is None:
            return
        waits = self.shown.study.pending_since is not None
        purpose = Purpose.REPEAT if waits else Purpose.SCHEDULED
        if not self.shown.rows:
            purpose = Purpose.BASELINE
        zone = self._desk.session.zone
        self._open(MarrowDialog(self._desk, self.patient, zone, self.window(), purpose))

    def open_specimen(self, specimen: Specimen) -> None:
        """Enter the result of a specimen of the marrow under the cursor, or correct it."""
        row = self.current
        writes = "record_specimen" if specimen.is_pending else "correct_marrow"
        if row is not None and self.patient is not None and self._desk.may(writes):
            self._open(
                SpecimenDialog(self._desk, self.patient, row.marrow, specimen, self.window())
            )

    def save_board(self) -> None:
        """Save the board as a vector file or a picture, or the numbers behind it."""
        board, words = self.shown, self._desk.words
        if board is not None:
            notes = board_notes(board)
            figure = Figure(
                "mrd",
                say("mrd_board.name"),
                lambda: self.board.svg(notes),
                lambda: csv_bytes(mrd_table(board, notes, words.catalogue)),
            )
            self._open(FigureDialog(self._desk, figure, self.window()))

    def _act(self, act: str) -> None:
        row = self.current
        if row is None or self.patient is None:
            return
        match act:
            case "confirm":
                marrow_id = row.marrow.id
                self._desk.session.write(
                    lambda place: review_response(place, marrow_id, Decision.CONFIRMED),
                    None, None, self,
                )  # fmt: skip
            case "overrule":
                self._open(OverruleDialog(self._desk, self.patient, row, self.window()))
            case "add":
                self._open(AddSpecimenDialog(self._desk, self.patient, row.marrow, self.window()))
            case "withdraw":
                self._open(WithdrawMarrowDialog(self._desk, self.patient, row, self.window()))

    def _open_waiting(self) -> None:
        """Enter on a marrow: its first result that is out, else its first specimen."""
        row = self.current
        if row is None:
            return
        waiting = row.marrow.pending or row.marrow.specimens
        if waiting:
            self.open_specimen(waiting[0])

    def _open(self, dialog: ScreenDialog) -> None:
        """One dialog at a time; it is opened, never waited for."""
        if self.dialog is not None:
            dialog.deleteLater()  # a key pressed twice, before the first could open
            return
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open_in_its_turn()

    def _closed(self) -> None:
        self.dialog = None
        self.setFocus()

    def _show(self, patient: Patient, board: ResponseBoard) -> None:
        known = self.shown is not None
        count = len(self.shown.rows) if self.shown else 0
        self.patient, self.shown = patient, board
        self.board.show_board(board)
        self.pending.show_board(board)
        self.state.setVisible(bool(board.rows))
        self.state.say(state_words(board))
        self.state.use_token(STATE_TOKENS[board.study.state])
        self.model.set_rows(list(reversed(board.rows)))
        if board.rows and (not known or len(board.rows) != count):
            self.board.go_to(len(board.rows) - 1)
        self._turn_to(self.view if board.rows else self.nothing)
        self.save.setEnabled(bool(board.rows))
        self._point()

    def _from_board(self, place: int) -> None:
        self._point()

    def _from_table(self, row: MarrowRow | None) -> None:
        if row is not None and self.shown is not None and row in self.shown.rows:
            self.board.go_to(self.shown.rows.index(row))
            self._point()

    def _point(self) -> None:
        """Board, list and detail show the same marrow."""
        row = self.current
        if row is None or self.shown is None:
            self.detail.clear()
            return
        self.detail.show_row(self.shown, row)
        place = self.model.rows.index(row)
        if self.table.currentIndex().row() != place:
            self.table.go_to(place)

    def _turn_to(self, part: QWidget) -> None:
        """Show a part; the keyboard goes there if it was on the tab."""
        proxy = {self.view: self.board, self.nothing: self.nothing.button}.get(part, part)
        here = self.isAncestorOf(self.window().focusWidget())
        changed = self.body.currentWidget() is not part
        self.body.setCurrentWidget(part)
        self.setFocusProxy(proxy)
        if here and changed:
            self.setFocus()

    def _retranslate(self) -> None:
        words = self._desk.words
        self.blank.setAccessibleName(words.text("tab.marrow"))
        self.table.setAccessibleName(words.text("marrow.table"))

    def _lay_out(self) -> None:
        theme = self._desk.theme
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.unit(4), theme.unit(3), theme.unit(4), theme.unit(2))
        bar.setSpacing(theme.unit(2))
        bar.addWidget(self.add)
        bar.addWidget(self.save)
        bar.addSpacing(theme.unit(2))
        bar.addWidget(self.state)
        bar.addStretch(1)
        self.view = QWidget()
        left = QVBoxLayout()
        left.setSpacing(theme.unit(1))
        left.addWidget(self.pending)
        left.addWidget(self.board, 3)
        left.addWidget(self.table, 2)
        across = QHBoxLayout(self.view)
        across.setContentsMargins(theme.unit(4), 0, 0, 0)
        across.setSpacing(0)
        across.addLayout(left, 1)
        across.addWidget(self.detail)
        for part in (self.blank, self.view, self.nothing):
            self.body.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(bar)
        box.addWidget(self.body, 1)
