"""The Course tab: disease, regimen, cycles with delays, departures from the plan, decisions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aml_maint.domain.deviations import Deviation
from aml_maint.domain.messages import say
from aml_maint.gui.course_facts import cycle_columns, facts_of
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.deviation_dialog import DeviationDialog
from aml_maint.gui.models.rows_model import RowsModel
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.widgets.deviation_view import DeviationView
from aml_maint.gui.widgets.facts import FactGrid
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.plan_changes import PlanChanges
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.gui.widgets.tab_bar import TabBar
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.course_picture import CoursePicture, CycleLine, course_picture
from aml_maint.services.deviations import DeviationLog, deviation_log
from aml_maint.services.workplace import Workplace

_PARTS = ("deviations", "decisions")


class CourseTab(PatientTab):
    """At the left what the course is, at the right what departed from its plan and who decided."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self._cycle: int | None = None
        self._chosen = False
        self.picture: CoursePicture | None = None
        self.facts = FactGrid(desk)
        self.model: RowsModel[CycleLine] = RowsModel(desk, cycle_columns(), self)
        self.cycles = WordTable(desk, self.model, raised=True)
        self.bar = TabBar(
            desk, "course_tab.parts", [(part, say(f"course_tab.{part}")) for part in _PARTS],
            keys=False,
        )  # fmt: skip
        self.deviations = DeviationView(desk)
        self.decisions = PlanChanges(desk)
        self.parts = QStackedWidget()
        self._lay_out()
        # No focus proxy: Tab would jump over everything between this and the proxy.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.bar.chosen.connect(self.show_part)
        self.cycles.opened.connect(lambda line: self._want_cycle(line.number))
        self.deviations.cycle_wanted.connect(self._want_cycle)
        self.deviations.export_wanted.connect(self.open_export)
        self.deviations.opened.connect(self._open)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()

    def show_patient(self, patient_id: str) -> None:
        """Show a patient's latest course; of the same patient cycle and filters stay."""
        if patient_id != self._patient_id:
            self._patient_id, self._cycle, self._chosen = patient_id, None, False
            self.picture = None
            self.facts.show_facts([])
            self.model.set_rows([])
            self.deviations.clear()
            self.decisions.show_changes([])
        self._read()

    def show_part(self, name: str) -> None:
        """Show the deviations, or the decisions about the plan."""
        self.bar.mark(name)
        part = {"deviations": self.deviations, "decisions": self.decisions}[name]
        self.parts.setCurrentWidget(part)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard goes to the table of the part shown."""
        super().focusInEvent(event)
        shown = self.parts.currentWidget()
        table = self.decisions.table if shown is self.decisions else self.deviations.table
        table.setFocus(event.reason())

    def open_export(self) -> DeviationDialog | None:
        """Ask where the deviations shown shall be saved."""
        if self.picture is None or self.picture.course is None:
            return None
        course_id = self.picture.course.id
        dialog = DeviationDialog(self._desk, course_id, self._cycle, self.window())
        dialog.open()
        return dialog

    def retranslate(self) -> None:
        """Name the table of cycles."""
        self.cycles.setAccessibleName(self._desk.words.text("course_tab.cycles"))

    def _want_cycle(self, cycle: int | None) -> None:
        self._cycle, self._chosen = cycle, True
        self._read()

    def _read(self) -> None:
        """Read the picture, and the deviations of the cycle chosen; first those of the latest."""
        patient_id, cycle, chosen = self._patient_id, self._cycle, self._chosen

        def work(place: Workplace) -> tuple[CoursePicture, DeviationLog | None]:
            found = course_picture(place, patient_id)
            if found.course is None:
                return found, None
            wanted = cycle if chosen else len(found.course.cycles)
            return found, deviation_log(place, found.course.id, wanted)

        def show(found: tuple[CoursePicture, DeviationLog | None]) -> None:
            if (patient_id, cycle, chosen) == (self._patient_id, self._cycle, self._chosen):
                self._show(*found)

        self._desk.session.read(work, show, self)

    def _show(self, picture: CoursePicture, log: DeviationLog | None) -> None:
        self.picture = picture
        self.facts.show_facts(facts_of(picture))
        self.model.set_rows(picture.cycles[::-1])
        self.decisions.show_changes(picture.decisions)
        if log is not None:
            self._cycle, self._chosen = log.cycle, True
            self.deviations.show_log(log)

    def _open(self, deviation: Deviation) -> None:
        """Show the dose that a deviation is about in its cycle."""
        if deviation.slot is not None and deviation.cycle is not None:
            self.dose_wanted.emit(deviation.slot, deviation.cycle)

    def _lay_out(self) -> None:
        theme = self._desk.theme
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(theme.unit(4), 0, theme.unit(4), theme.unit(3))
        inside.addWidget(self.facts)
        inside.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(theme.unit(3))
        left.addWidget(self._titled("course_tab.course", Scrolling(inner)), 3)
        left.addWidget(self._titled("course_tab.cycles", self.cycles), 2)
        for part in (self.deviations, self.decisions):
            self.parts.addWidget(part)
        right = Panel(self._desk)
        box = QVBoxLayout(right)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(theme.unit(2), 0, theme.unit(2), 0)
        tabs.addWidget(self.bar)
        tabs.addStretch(1)
        box.addLayout(tabs)
        box.addWidget(self.parts, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.unit(4), theme.unit(2.5), theme.unit(4), theme.unit(4))
        row.setSpacing(theme.unit(3))
        row.addLayout(left, 3)
        row.addWidget(right, 7)

    def _titled(self, title: str, content: QWidget) -> Panel:
        theme = self._desk.theme
        panel = Panel(self._desk)
        box = QVBoxLayout(panel)
        box.setContentsMargins(1, theme.unit(2.5), 1, 1)
        box.setSpacing(theme.unit(1.5))
        heading = Label(self._desk, title, role="heading")
        heading.setContentsMargins(theme.unit(4), 0, theme.unit(4), 0)
        box.addWidget(heading)
        box.addWidget(content, 1)
        return panel
