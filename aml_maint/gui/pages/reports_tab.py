"""The Reports tab: the report of each cycle, how it stands, and the very file that is printed."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from aml_maint.gui.desk import Desk
from aml_maint.gui.models.rows_model import RowsModel
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.report_words import CYCLE_COLUMNS
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.report_pane import ReportPane
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.report_list import ReportLine, patient_reports


class ReportsTab(PatientTab):
    """At the left the cycles, at the right the report of the one under the cursor."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self.model: RowsModel[ReportLine] = RowsModel(desk, CYCLE_COLUMNS, self)
        self.table = WordTable(desk, self.model)
        self.nothing = Label(desk, "reports.none", token="muted", wrap=True)
        self.pane = ReportPane(desk)
        self.body = QStackedWidget()
        self._lay_out()
        self.setFocusProxy(self.table)
        self.table.chosen.connect(self.pane.show_line)
        self.table.opened.connect(lambda _: self.pane.view.setFocus())
        desk.words.changed.connect(self._retranslate)
        self._retranslate()

    @property
    def line(self) -> ReportLine | None:
        """The cycle under the cursor."""
        current: ReportLine | None = self.table.current
        return current

    def show_patient(self, patient_id: str) -> None:
        """Show a patient's reports; of the same patient cursor and page stay."""
        if patient_id != self._patient_id:
            self._patient_id = patient_id
            self.model.set_rows([])
            self.pane.forget()

        def show(lines: tuple[ReportLine, ...]) -> None:
            if patient_id == self._patient_id:
                self._show_lines(lines)

        self._desk.session.read(lambda place: patient_reports(place, patient_id), show, self)

    def _show_lines(self, lines: tuple[ReportLine, ...]) -> None:
        kept = self.line
        # The cursor is nowhere while the rows change; what is shown stays until it is back.
        with QSignalBlocker(self.table):
            self.model.set_rows(lines)
            places = {(line.course_id, line.cycle): at for at, line in enumerate(lines)}
            at = places.get((kept.course_id, kept.cycle), 0) if kept is not None else 0
            self.table.go_to(at)
        self.pane.show_line(self.line)
        self.body.setCurrentIndex(0 if lines else 1)

    def _retranslate(self) -> None:
        self.table.setAccessibleName(self._desk.words.text("tab.reports"))

    def _lay_out(self) -> None:
        theme = self._desk.theme
        list_panel = Panel(self._desk, radius=0)
        listed = QVBoxLayout(list_panel)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.addWidget(self.table)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(list_panel)
        split.addWidget(self.pane)
        split.setStretchFactor(1, 1)
        split.setSizes([theme.unit(115), theme.unit(170)])
        empty = QWidget()
        told = QVBoxLayout(empty)
        told.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(split)
        self.body.addWidget(empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, theme.unit(2), 0, 0)
        box.addWidget(self.body)
