"""The Labs tab: results in their panels, the trend of one analyte, and all of one result."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from aml_maint.domain.lab_judgement import Judgement
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.lab_grid_dialog import LabGridDialog
from aml_maint.gui.dialogs.lab_import_dialog import LabImportDialog
from aml_maint.gui.dialogs.laboratories_dialog import LaboratoriesDialog
from aml_maint.gui.dialogs.withdraw_result_dialog import WithdrawResultDialog
from aml_maint.gui.models.labs_model import JudgedRole, LabsModel
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.widgets import lab_words
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.empty_state import EmptyState
from aml_maint.gui.widgets.facts import FactGrid
from aml_maint.gui.widgets.lab_table import LabTable
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.gui.widgets.trend_chart import TrendChart
from aml_maint.services.lab_reading import LabBook, LabSeries, lab_book


class LabsTab(PatientTab):
    """Table, chart and card show the same result: the one under the cursor."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self.book: LabBook | None = None
        self.dialog: QDialog | None = None
        self.model = LabsModel(desk.words, self)
        self.table = LabTable(desk, self.model)
        self.chart = TrendChart(desk)
        self.heading = Label(desk, role="heading", wrap=True)
        self.value = Label(desk, role="title")
        self.facts = FactGrid(desk)
        self.take_back = Button(desk, say("labs.act.withdraw"), leads_to="withdraw_count")
        self.enter = Button(
            desk, say("labs.act.enter"), "plus", kind="primary", leads_to="record_labs"
        )  # fmt: skip
        self.take_in = Button(desk, say("labs.act.import"), leads_to="import_labs")
        self.limits = Button(desk, say("labs.act.limits"))
        self.legend = Label(desk, say("labs.legend"), role="small", token="muted", wrap=True)
        self.nothing = EmptyState(
            desk, "count", say("labs.none"), say("labs.none.advice"), say("labs.act.enter"),
            leads_to="record_labs",
        )  # fmt: skip
        self.blank = QWidget()
        self.blank.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.body = QStackedWidget()
        self._lay_out()
        self.setFocusProxy(self.blank)
        self.table.moved.connect(self._show_cell)
        self.chart.moved.connect(self._follow_chart)
        self.table.opened.connect(self.chart.setFocus)
        self.take_back.clicked.connect(self.open_withdrawal)
        self.enter.clicked.connect(self.open_entry)
        self.nothing.wanted.connect(self.open_entry)
        self.take_in.clicked.connect(self.open_import)
        self.limits.clicked.connect(self.open_laboratories)
        desk.words.changed.connect(self._retranslate)
        self._retranslate()

    def show_patient(self, patient_id: str) -> None:
        """Show a patient's results; of the same patient the cursor stays."""
        if patient_id != self._patient_id:
            self._patient_id = patient_id
            self.book = None
            self.model.show_book(None)
            self.chart.clear()
            self._show_result(None, None)
            self._turn_to(self.blank)

        def show(book: LabBook) -> None:
            if patient_id == self._patient_id:
                self._show(book)

        self._desk.session.read(lambda place: lab_book(place, patient_id), show, self)

    @property
    def current(self) -> tuple[LabSeries, Judgement] | None:
        """The result under the cursor."""
        index = self.table.currentIndex()
        series = self.model.series_at(index.row()) if index.isValid() else None
        judged = index.data(JudgedRole) if index.isValid() else None
        if series is None or not isinstance(judged, Judgement):
            return None
        return series, judged

    def open_entry(self) -> None:
        """Ask for results of one or more samples."""
        if self.book is not None:
            zone = self.book.zone
            self._open(LabGridDialog(self._desk, self.book.patient, zone, self.window()))

    def open_import(self) -> None:
        """Ask for a file of results."""
        if self.book is not None:
            self._open(LabImportDialog(self._desk, self.book.patient, self.window()))

    def open_laboratories(self) -> None:
        """Show the laboratories with their reference limits."""
        self._open(LaboratoriesDialog(self._desk, self.window()))

    def open_withdrawal(self) -> None:
        """Ask why the result under the cursor is taken back."""
        if self.book is not None and self.current is not None:
            series, judged = self.current
            self._open(
                WithdrawResultDialog(self._desk, self.book.patient, series, judged, self.window())
            )

    def _show(self, book: LabBook) -> None:
        before = self.current
        self.book = book
        self.model.show_book(book)
        if not book.series:
            self._turn_to(self.nothing)
            return
        analyte = before[0].analyte.id if before is not None else book.series[0].analyte.id
        place = self.model.place_of(analyte, before[1] if before is not None else None)
        row, column = place or (1, 0)
        self.table.setCurrentIndex(self.model.index(row, column))
        self._turn_to(self.view)

    def _show_cell(self) -> None:
        """Chart and card follow the cursor."""
        index = self.table.currentIndex()
        series = self.model.series_at(index.row()) if index.isValid() else None
        if self.book is None or series is None:
            return
        judged = index.data(JudgedRole)
        found = judged if isinstance(judged, Judgement) else None
        place = series.judgements.index(found) if found is not None else -1
        self.chart.show_series(self.book, series, place)
        self._show_result(series, found)

    def _follow_chart(self) -> None:
        """The cursor goes to the point chosen in the chart."""
        series, judged = self.chart.series, self.chart.judged
        if series is None or judged is None:
            return
        place = self.model.place_of(series.analyte.id, judged)
        if place is not None:
            self.table.setCurrentIndex(self.model.index(*place))

    def _show_result(self, series: LabSeries | None, judged: Judgement | None) -> None:
        shown = series is not None and judged is not None and self.book is not None
        self.take_back.setVisible(shown)
        self.facts.setVisible(shown)
        if series is not None:
            self.heading.say(series.analyte.name)
        else:
            self.heading.setText("")
        if series is None or judged is None or self.book is None:
            self.value.say("labs.no_result" if series is not None else "")
            return
        self.value.say(lab_words.shown(series, judged))
        self.facts.show_facts(list(lab_words.facts(series, judged, self.book.laboratories)))

    def _open(self, dialog: QDialog) -> None:
        """One dialog at a time; it is opened, never waited for."""
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None
        self.setFocus()

    def _turn_to(self, part: QWidget) -> None:
        """Show a part; the keyboard goes there if it was on the tab."""
        proxy = {self.view: self.table, self.nothing: self.nothing.button}.get(part, part)
        here = self.isAncestorOf(self.window().focusWidget())
        changed = self.body.currentWidget() is not part
        self.body.setCurrentWidget(part)
        self.setFocusProxy(proxy)
        if here and changed:
            self.setFocus()

    def _retranslate(self) -> None:
        self.blank.setAccessibleName(self._desk.words.text("tab.labs"))

    def _lay_out(self) -> None:
        theme = self._desk.theme
        acts = QHBoxLayout()
        acts.setSpacing(theme.unit(2))
        for button in (self.enter, self.take_in, self.limits):
            acts.addWidget(button)
        acts.addStretch(1)
        lower = QSplitter(Qt.Orientation.Horizontal)
        lower.addWidget(_framed(self._desk, self.chart, theme.unit(2)))
        lower.addWidget(_framed(self._desk, self._card(), 1))
        lower.setStretchFactor(0, 3)
        lower.setStretchFactor(1, 2)
        lower.setSizes([640, 360])
        lower.setChildrenCollapsible(False)
        lower.setHandleWidth(theme.unit(2))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(_framed(self._desk, self.table, 1))
        split.addWidget(lower)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([600, 400])
        split.setChildrenCollapsible(False)
        split.setHandleWidth(theme.unit(2))
        self.view = QWidget()
        inside = QVBoxLayout(self.view)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.unit(2))
        inside.addWidget(split, 1)
        inside.addWidget(self.legend)
        for part in (self.blank, self.view, self.nothing):
            self.body.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.unit(4), theme.unit(2.5), theme.unit(4), theme.unit(2.5))
        box.setSpacing(theme.unit(2.5))
        box.addLayout(acts)
        box.addWidget(self.body, 1)

    def _card(self) -> QWidget:
        theme = self._desk.theme
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(*[theme.unit(3)] * 4)
        box.setSpacing(theme.unit(1.5))
        box.addWidget(self.heading)
        box.addWidget(self.value)
        box.addWidget(self.facts)
        box.addStretch(1)
        box.addWidget(self.take_back, 0, Qt.AlignmentFlag.AlignLeft)
        scrolling = Scrolling(inner)
        scrolling.setMinimumWidth(theme.unit(70))
        return scrolling


def _framed(desk: Desk, content: QWidget, margin: int) -> Panel:
    frame = Panel(desk, radius=0)
    box = QVBoxLayout(frame)
    box.setContentsMargins(*[margin] * 4)
    box.addWidget(content)
    return frame
