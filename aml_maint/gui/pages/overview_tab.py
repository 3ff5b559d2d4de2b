"""The Overview tab: what needs attention, the days to come, the last events, the trends."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dismiss_dialog import DismissDialog
from aml_maint.gui.models.findings_model import FindingLine
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.pages.finding_acts import FindingActs
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.findings_panel import FindingsPanel
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.reported_facts import ReportedFacts
from aml_maint.gui.widgets.trend_rows import TrendRows
from aml_maint.gui.widgets.week_grid import WeekGrid
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.findings import restore_finding
from aml_maint.services.history import HistoryEntry
from aml_maint.services.overview import Overview, overview


class OverviewTab(PatientTab):
    """Findings at the left, with the last events below; trends and the week at the right."""

    COMMANDS = ("restore_finding",)

    def __init__(self, desk: Desk, tabs: frozenset[str] = frozenset()) -> None:
        """`tabs` are the names of the patient page's tabs."""
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self._wanted = ""
        self.shown: Overview | None = None
        self.acts = FindingActs(desk, self, tabs)
        self.findings = FindingsPanel(desk, self.acts.can, self.acts.commands)
        self.trends = TrendRows(desk)
        self.week = WeekGrid(desk)
        self.no_days = Label(desk, "overview.no_days", token="muted", wrap=True)
        self.events: RowsModel[HistoryEntry] = RowsModel(desk, _EVENT_COLUMNS, self)
        self.latest = WordTable(desk, self.events, raised=True)
        self.all_events = Button(desk, "overview.all_events")
        self.reported = ReportedFacts(desk)
        self._lay_out()
        self.setFocusProxy(self.findings)
        self.findings.act_wanted.connect(self._act)
        self.findings.dismiss_wanted.connect(self.ask_reason)
        self.findings.restore_wanted.connect(self._restore)
        self.acts.tab_wanted.connect(self.tab_wanted)
        self.acts.part_wanted.connect(self.part_wanted)
        self.acts.dose_wanted.connect(self.dose_wanted)
        self.acts.closed.connect(self.setFocus)
        self.week.opened.connect(lambda: self.tab_wanted.emit("cycle"))
        self.latest.opened.connect(lambda _: self.tab_wanted.emit("history"))
        self.all_events.clicked.connect(lambda: self.tab_wanted.emit("history"))
        desk.words.changed.connect(self.retranslate)
        self.retranslate()

    def show_patient(self, patient_id: str) -> None:
        """Show a patient; of the same one the cursor stays on its finding."""
        if patient_id != self._patient_id:
            self._patient_id, self.shown = patient_id, None
            self.findings.clear()
            self.trends.show_trends([])
            self.week.show_days([])
            self.events.set_rows([])
            self._stack.setCurrentIndex(0)

        def show(found: Overview) -> None:
            if patient_id == self._patient_id:
                self._show(found)

        self._desk.session.read(lambda place: overview(place, patient_id), show, self)

    def select(self, key: str) -> None:
        """Put the cursor on the finding of a key, as soon as the patient is shown."""
        self._wanted = key
        if self.shown is not None:
            self._select_wanted()

    def ask_reason(self, line: FindingLine) -> DismissDialog | None:
        """Ask why a finding is set aside."""
        if not self._desk.may("dismiss_finding"):
            return None
        dialog = DismissDialog(self._desk, line, self.window())
        dialog.finished.connect(self.setFocus)
        dialog.open()
        return dialog

    def retranslate(self) -> None:
        """Name the tables."""
        words = self._desk.words
        self.week.grid.setAccessibleName(words.text("overview.days"))
        self.latest.setAccessibleName(words.text("overview.events"))
        self.trends.setAccessibleName(words.text("overview.trends"))

    def _show(self, found: Overview) -> None:
        self.shown = found
        if found.reported is not None and found.course is None:
            self.reported.show_patient(found.reported)
            self._stack.setCurrentIndex(1)
            self.setFocusProxy(self.reported)
            return
        self._stack.setCurrentIndex(0)
        self.setFocusProxy(self.findings)
        self.findings.show_findings(found.findings)
        self.trends.show_trends(found.trends)
        self.week.show_days(found.upcoming)
        planned = any(day.drugs or day.events for day in found.upcoming)
        self.week.setVisible(planned)
        self.no_days.setVisible(not planned)
        self.events.set_rows(found.latest)
        self._select_wanted()

    def _select_wanted(self) -> None:
        if self._wanted:
            self.findings.select(self._wanted)
            self._wanted = ""

    def _act(self, line: FindingLine) -> None:
        if self.shown is not None and self._desk.may(*self.acts.commands(line.finding.action)):
            self.acts.open(line.patient, self.shown.course, line.finding)

    def _restore(self, line: FindingLine) -> None:
        dismissal = line.dismissal
        if dismissal is not None and self._desk.may("restore_finding"):
            self._desk.session.write(
                lambda place: restore_finding(place, dismissal.id), None, None, self
            )

    def _lay_out(self) -> None:
        theme = self._desk.theme
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(theme.unit(3))
        left.addWidget(self.findings, 5)
        left.addWidget(self._titled("overview.events", self.latest, self.all_events), 3)
        right.addWidget(self._titled("overview.trends", self.trends))
        week = QWidget()
        inside = QVBoxLayout(week)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.week, 1)
        inside.addWidget(self.no_days)
        self.no_days.setContentsMargins(theme.unit(4), theme.unit(1), theme.unit(4), 0)
        self.no_days.setAlignment(Qt.AlignmentFlag.AlignTop)
        right.addWidget(self._titled("overview.days", week), 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(theme.unit(4), theme.unit(2.5), theme.unit(4), theme.unit(4))
        row.setSpacing(theme.unit(3))
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(whole)
        self._stack.addWidget(self.reported)

    def _titled(self, title: str, content: QWidget, *more: QWidget) -> Panel:
        theme = self._desk.theme
        panel = Panel(self._desk)
        head = QHBoxLayout()
        head.setContentsMargins(theme.unit(4), theme.unit(2.5), theme.unit(3), theme.unit(1))
        head.addWidget(Label(self._desk, title, role="heading"), 1)
        for widget in more:
            head.addWidget(widget)
        box = QVBoxLayout(panel)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        box.addLayout(head)
        if isinstance(content, WordTable):
            box.addWidget(content, 1)
        else:
            inner = QVBoxLayout()
            side = theme.unit(4) if isinstance(content, TrendRows) else 0
            inner.setContentsMargins(side, 0, side, theme.unit(2))
            inner.addWidget(content)
            box.addLayout(inner, 1)
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        box.setAlignment(Qt.AlignmentFlag.AlignTop)
        return panel


def _entered(entry: HistoryEntry) -> Message:
    return say("history.moment", at=entry.recorded.local)


def _happened(entry: HistoryEntry) -> Message:
    return say("overview.event", what=entry.what, by=entry.by)


_EVENT_COLUMNS: tuple[Column[HistoryEntry], ...] = (
    Column(say("history.column.recorded"), _entered),
    Column(say("history.column.what"), _happened, share=1),
)
