"""The Toxicity tab: the grid of terms by cycles, and beside it what a cell means."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.assessment_dialog import AssessmentDialog
from aml_maint.gui.dialogs.dossier_dialog import DossierDialog
from aml_maint.gui.dialogs.hold_dialog import HoldDialog
from aml_maint.gui.dialogs.review_dialog import ReviewDialog
from aml_maint.gui.dialogs.screen_dialog import ScreenDialog
from aml_maint.gui.dialogs.toxicity_course_dialogs import GradeDialog, OverDialog, WithdrawDialog
from aml_maint.gui.dialogs.toxicity_dialog import ToxicityDialog
from aml_maint.gui.dialogs.toxicity_history_dialog import ToxicityHistoryDialog
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.empty_state import EmptyState
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.toxicity_detail import ToxicityDetail
from aml_maint.gui.widgets.toxicity_grid import ToxicityGrid
from aml_maint.services.toxicity_chart import EventView, GridCell, GridRow, ToxicityChart
from aml_maint.services.toxicity_chart import toxicity_chart as read_chart
from aml_maint.services.toxicity_entry import EntryContext, entry_context

# What an act of the grid ends in; the queue of signatures may be read by all.
_COMMANDS = {
    "add": "record_toxicity",
    "open": "record_toxicity",
    "assess": "record_assessment",
}


class ToxicityTab(PatientTab):
    """Reads a patient's chart and opens the dialogs that change it."""

    def __init__(self, desk: Desk, _: DoseLogger) -> None:
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self.chart: ToxicityChart | None = None
        self.dialog: ScreenDialog | None = None
        self.grid = ToxicityGrid(desk)
        self.detail = ToxicityDetail(desk)
        self.add = Button(
            desk, say("toxicity.act.add"), "plus", kind="primary", leads_to=_COMMANDS["add"]
        )  # fmt: skip
        self.assess = Button(
            desk, say("toxicity.act.assess"), "check", leads_to=_COMMANDS["assess"]
        )  # fmt: skip
        self.sign = Button(desk, say("toxicity.act.review"))
        self.status = Label(desk, role="small", token="muted")
        self.due = Label(desk, role="small", token="warning")
        self.legend = Label(desk, say("toxicity.legend"), role="small", token="muted", wrap=True)
        self.nothing = EmptyState(
            desk, "toxicity", say("toxicity.none_yet"), say("toxicity.none_yet.advice"),
            say("toxicity.act.assess"), leads_to=_COMMANDS["assess"],
        )  # fmt: skip
        self.blank = QWidget()
        self.blank.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.body = QStackedWidget()
        self._lay_out()
        self.setFocusProxy(self.blank)
        self.grid.cell_changed.connect(self._show_cell)
        self.grid.key_asked.connect(self._act)
        self.detail.asked.connect(self._event_act)
        self.detail.hold_asked.connect(self.open_hold)
        self.add.clicked.connect(lambda: self.open_event())
        self.assess.clicked.connect(self.open_assessment)
        self.sign.clicked.connect(lambda: self.open_review())
        self.nothing.wanted.connect(self.open_assessment)
        desk.words.changed.connect(self._retranslate)
        self._retranslate()

    def show_patient(self, patient_id: str) -> None:
        """Show a patient's toxicities; of the same patient the cursor stays."""
        if patient_id != self._patient_id:
            self._patient_id = patient_id
            self.chart = None
            self.detail.clear()
            self._turn_to(self.blank)

        def show(chart: ToxicityChart) -> None:
            if patient_id == self._patient_id:
                self._show(chart)

        self._desk.session.read(lambda place: read_chart(place, patient_id), show, self)

    def open_event(self, event: EventView | None = None, term: str = "") -> None:
        """Ask for a new event, or for another version of one."""

        def show(context: EntryContext) -> None:
            if context.patient.id == self._patient_id:
                known = event.event if event is not None else None
                self._open(
                    ToxicityDialog(self._desk, context, self.window(), event=known, term=term)
                )

        patient_id = self._patient_id
        self._desk.session.read(lambda place: entry_context(place, patient_id), show, self)

    def open_assessment(self) -> None:
        """Go through the list with the patient; without a course there is none."""
        chart = self.chart
        if chart is None:
            return
        if chart.course is None:
            self.tab_wanted.emit("cycle")
            return
        due = chart.due[0] if chart.due else None
        self._open(AssessmentDialog(self._desk, chart.patient, chart.course, self.window(), due))

    def open_review(self, event_id: str = "") -> None:
        """Show what waits for a signature: of this patient, or where nothing does, of the ward."""
        waits = self.chart is not None and bool(self.chart.unsigned)
        patient_id = self._patient_id if waits else ""
        self._open(
            ReviewDialog(self._desk, self.window(), patient_id=patient_id, event_id=event_id)
        )

    def open_hold(self, component: str) -> None:
        """Hold the drug that a rule speaks of: the physician decides, the dialog asks why."""
        chart = self.chart
        if chart is not None and chart.course is not None:
            self._open(
                HoldDialog(self._desk, chart.patient, chart.course, component, self.window())
            )

    def _act(self, name: str) -> None:
        row, cell = self.grid.current_row(), self.grid.current_cell()
        if name in _COMMANDS and not self._desk.may(_COMMANDS[name]):
            return
        match name:
            case "add":
                self.open_event()
            case "assess":
                self.open_assessment()
            case "sign":
                self.open_review()
            case "open" if row is not None:
                self._open_cell(row, cell)

    def _open_cell(self, row: GridRow, cell: GridCell | None) -> None:
        """The latest event of a cell; an empty one begins a new event of its term."""
        chart = self.chart
        if chart is None:
            return
        ids = {event.event_id for event in cell.events} if cell is not None else set()
        views = [v for v in chart.of_term(row.item.id) if v.event.event_id in ids]
        if views:
            self.open_event(views[0])
        else:
            self.open_event(term=row.item.id)

    def _event_act(self, act: str, view: EventView) -> None:
        if self.chart is None:
            return
        desk, patient, parent = self._desk, self.chart.patient, self.window()
        opened: dict[str, Callable[[], ScreenDialog]] = {
            "grade": lambda: GradeDialog(desk, patient, view, parent),
            "over": lambda: OverDialog(desk, patient, view, parent),
            "withdraw": lambda: WithdrawDialog(desk, patient, view, parent),
            "history": lambda: ToxicityHistoryDialog(desk, patient, view, parent),
            "report": lambda: DossierDialog(desk, "toxicity", view.event.event_id, parent),
        }
        if act == "edit":
            self.open_event(view)
        elif act == "sign":
            self.open_review(view.event.event_id)
        else:
            self._open(opened[act]())

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

    def _show(self, chart: ToxicityChart) -> None:
        self.chart = chart
        count = len(chart.unsigned)
        self.sign.say(say("toxicity.act.review_n", count=count) if count else
                      say("toxicity.act.review"))  # fmt: skip
        self.due.setVisible(bool(chart.due))
        if chart.due:
            due = chart.due[0]
            self.due.say(say(f"assessment.due.{due.kind.value}", cycle=due.cycle, on=due.on))
        self.status.say(_status(chart))
        self.assess.setEnabled(chart.course is not None)
        self.grid.show_chart(chart)
        self._turn_to(self.view if chart.rows else self.nothing)

    def _show_cell(self, row: GridRow | None, cell: GridCell | None) -> None:
        if row is None or self.chart is None:
            self.detail.clear()
        else:
            self.detail.show_cell(self.chart, row, cell)

    def _turn_to(self, part: QWidget) -> None:
        """Show a part; the keyboard goes there if it was on the tab."""
        proxy = {self.view: self.grid, self.nothing: self.nothing.button}.get(part, part)
        here = self.isAncestorOf(self.window().focusWidget())
        self.body.setCurrentWidget(part)
        self.setFocusProxy(proxy)
        if here and not self.add.hasFocus():
            self.setFocus()

    def _retranslate(self) -> None:
        self.blank.setAccessibleName(self._desk.words.text("tab.toxicity"))

    def _lay_out(self) -> None:
        theme = self._desk.theme
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.unit(4), theme.unit(3), theme.unit(4), theme.unit(2))
        bar.setSpacing(theme.unit(2))
        for button in (self.add, self.assess, self.sign):
            bar.addWidget(button)
        bar.addSpacing(theme.unit(2))
        bar.addWidget(self.due)
        bar.addStretch(1)
        bar.addWidget(self.status)
        self.view = QWidget()
        across = QHBoxLayout(self.view)
        across.setContentsMargins(theme.unit(4), 0, 0, 0)
        across.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, theme.unit(2))
        left.setSpacing(theme.unit(2))
        left.addWidget(self.grid, 1)
        left.addWidget(self.legend)
        across.addLayout(left, 1)
        across.addWidget(self.detail)
        for part in (self.blank, self.view, self.nothing):
            self.body.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(bar)
        box.addWidget(self.body, 1)


def _status(chart: ToxicityChart) -> Message:
    ongoing = sum(view.event.is_ongoing for view in chart.events)
    return say("toxicity.status", events=len(chart.events), ongoing=ongoing)
