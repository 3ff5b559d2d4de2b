"""The Reports page: what waits for a signature in the whole ward, and all reports at once."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout

from aml_maint.domain.messages import say
from aml_maint.domain.signed_report import Standing
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.export_dialog import ExportDialog
from aml_maint.gui.dialogs.report_batch_dialog import ReportBatchDialog
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.models.rows_model import RowsModel
from aml_maint.gui.report_words import WARD_COLUMNS
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.empty_state import EmptyState
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.report_pane import ReportPane
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.changes import Changes
from aml_maint.services.report_list import ReportLine, ward_reports

_SHOWN: tuple[Standing | None, ...] = (
    Standing.TO_SIGN, Standing.SIGNED, Standing.RUNNING, None,
)  # fmt: skip


class ReportsPage(FirstFocus):
    """At the left the reports of everybody, at the right the one under the cursor."""

    opened = Signal(str)
    """The id of the patient whose page is wanted."""
    patients_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._lines: tuple[ReportLine, ...] = ()
        self._stale = True
        self.dialog: ReportBatchDialog | None = None
        self.title = Label(desk, "page.reports", role="title")
        self.shown: ChoiceInput[Standing | None] = ChoiceInput(
            desk, [(one, f"reports.shown.{one.value if one else 'all'}") for one in _SHOWN]
        )
        self.count = Label(desk, role="small", token="muted")
        self.batch = Button(desk, "reports.batch", "folder")
        self.export = Button(
            desk, "reports.export", "export",
            leads_to=("export_research_data", "export_identified_data"),
        )  # fmt: skip
        self.model: RowsModel[ReportLine] = RowsModel(desk, WARD_COLUMNS, self)
        self.table = WordTable(desk, self.model)
        self.pane = ReportPane(desk)
        self.nothing = EmptyState(
            desk, "reports", say("reports.empty"), say("reports.empty.advice"),
            say("reports.empty.verb"),
        )  # fmt: skip
        self.none_such = EmptyState(
            desk, "check", say("reports.none_such"), say("reports.none_such.advice"),
            say("reports.none_such.verb"),
        )  # fmt: skip
        self.body = QStackedWidget()
        self._lay_out()
        self.setFocusProxy(self.table)
        self.shown.chosen.connect(self._filter)
        self.table.chosen.connect(self.pane.show_line)
        self.table.opened.connect(lambda line: self.opened.emit(line.patient.id))
        self.batch.clicked.connect(self.open_batch)
        self.export.clicked.connect(self.open_export)
        self.nothing.wanted.connect(self.patients_wanted)
        self.none_such.wanted.connect(self._show_all)
        desk.session.changed.connect(self._hear)
        desk.words.changed.connect(self._retranslate)
        self._retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list when it is looked at and may be old."""
        super().showEvent(event)
        if self._stale:
            self._read()

    def open_batch(self) -> None:
        """Ask where to save all reports of the list as it is shown."""
        self.dialog = ReportBatchDialog(self._desk, tuple(self.model.rows), self.window())
        self.dialog.open()

    def open_export(self) -> ExportDialog:
        """Ask as what, how and where the ward's data are exported."""
        dialog = ExportDialog(self._desk, self.window())
        dialog.open()
        return dialog

    def _hear(self, _: Changes) -> None:
        """After a write the list is read again: at once if it is looked at."""
        self._stale = True
        if self.isVisible():
            self._read()

    def _read(self) -> None:
        self._stale = False
        self._desk.session.read(ward_reports, self._show, self)

    def _show(self, lines: tuple[ReportLine, ...]) -> None:
        self._lines = lines
        self._filter()

    def _filter(self) -> None:
        wanted, kept = self.shown.value(), self.table.current
        rows = [line for line in self._lines if wanted in (None, line.standing)]
        with QSignalBlocker(self.table):
            self.model.set_rows(rows)
            places = {(line.course_id, line.cycle): at for at, line in enumerate(rows)}
            self.table.go_to(places.get((kept.course_id, kept.cycle), 0) if kept else 0)
        self.pane.show_line(self.table.current)
        self.count.say(say("reports.count", count=len(rows)))
        parts = (self._split, self.none_such, self.nothing)
        self.body.setCurrentWidget(parts[0 if rows else 1 if self._lines else 2])
        # Drafts are only read; copies of signed reports are noted in the trail.
        self.batch.lead_to("copy_report" if any(line.signed for line in rows) else ())
        self.batch.setEnabled(bool(rows))

    def _show_all(self) -> None:
        self.shown.set_value(None)
        self._filter()
        self.table.setFocus()

    def _retranslate(self) -> None:
        words = self._desk.words
        self.table.setAccessibleName(words.text("page.reports"))
        self.shown.setAccessibleName(words.text("reports.shown"))

    def _lay_out(self) -> None:
        theme = self._desk.theme
        head = QHBoxLayout()
        head.setSpacing(theme.unit(2))
        head.addWidget(self.title)
        head.addSpacing(theme.unit(4))
        head.addWidget(self.shown)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.export)
        head.addWidget(self.batch)
        list_panel = Panel(self._desk, radius=0)
        listed = QVBoxLayout(list_panel)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.addWidget(self.table)
        split = self._split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(list_panel)
        split.addWidget(self.pane)
        split.setStretchFactor(1, 1)
        split.setSizes([theme.unit(150), theme.unit(150)])
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(4)] * 4)
        box.setSpacing(theme.unit(3))
        box.addLayout(head)
        for part in (split, self.none_such, self.nothing):
            self.body.addWidget(part)
        box.addWidget(self.body, 1)
