"""The Course tab: disease, regimen, cycles with delays, departures, decisions, follow-up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aml_maint.domain.deviations import Deviation
from aml_maint.domain.disease import EarlierTherapy
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui.course_facts import cycle_columns, facts_of
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.deviation_dialog import DeviationDialog
from aml_maint.gui.dialogs.diagnosis_dialog import DiagnosisDialog, RiskDialog
from aml_maint.gui.dialogs.follow_up_dialogs import (
    ContactDialog,
    EventDialog,
    TherapyDialog,
    WithdrawEntryDialog,
)
from aml_maint.gui.dialogs.stop_dialog import StopDialog
from aml_maint.gui.disease_words import Entry
from aml_maint.gui.models.rows_model import RowsModel
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.widgets.deviation_view import DeviationView
from aml_maint.gui.widgets.diagnosis_view import DiagnosisView
from aml_maint.gui.widgets.facts import FactGrid
from aml_maint.gui.widgets.follow_up_view import FollowUpView
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.plan_changes import PlanChanges
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.gui.widgets.tab_bar import TabBar
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.course_picture import CoursePicture, CycleLine, course_picture
from aml_maint.services.deviations import DeviationLog, deviation_log
from aml_maint.services.workplace import Workplace

_PARTS = ("deviations", "decisions", "diagnosis", "follow_up")


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
        self.diagnosis = DiagnosisView(desk)
        self.follow_up = FollowUpView(desk)
        self.dialog: QDialog | None = None
        self.parts = QStackedWidget()
        self._lay_out()
        self.setFocusProxy(self.deviations.table)
        self.bar.chosen.connect(self.show_part)
        self.cycles.opened.connect(lambda line: self._want_cycle(line.number))
        self.deviations.cycle_wanted.connect(self._want_cycle)
        self.deviations.export_wanted.connect(self.open_export)
        self.deviations.opened.connect(self._open)
        self._connect_dialogs()
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
            self.diagnosis.clear()
            self.follow_up.clear()
        why_not = self._desk.session.why_not("export_research_data")
        self.deviations.export.forbid(why_not)
        self._read()

    def show_part(self, name: str) -> None:
        """Show one of the parts at the right by name."""
        self.bar.mark(name)
        self.parts.setCurrentWidget(self._by_name[name])
        self.setFocusProxy(
            {
                "deviations": self.deviations.table, "decisions": self.decisions.table,
                "diagnosis": self.diagnosis.edit, "follow_up": self.follow_up.first,
            }[name]
        )  # fmt: skip

    def open_contact(self) -> None:
        """Ask for a sign of life."""
        self._ask(lambda patient: ContactDialog(self._desk, patient, self.window()))

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

    @property
    def _by_name(self) -> dict[str, QWidget]:
        views = (self.deviations, self.decisions, self.diagnosis, self.follow_up)
        return dict(zip(_PARTS, views, strict=True))

    def _connect_dialogs(self) -> None:
        desk, fate, before = self._desk, self.follow_up, self.diagnosis
        fate.contact_wanted.connect(self.open_contact)
        fate.event_wanted.connect(
            lambda: self._ask(lambda patient: EventDialog(desk, patient, self.window()))
        )
        fate.end_wanted.connect(self._end_course)
        before.therapy_wanted.connect(
            lambda: self._ask(lambda patient: TherapyDialog(desk, patient, self.window()))
        )
        for view in (fate, before):
            view.withdrawal_wanted.connect(self._withdraw)
        for wanted, dialog in (
            (before.diagnosis_wanted, DiagnosisDialog), (before.risk_wanted, RiskDialog),
        ):  # fmt: skip
            wanted.connect(partial(self._ask_about_disease, dialog))

    def _ask(self, make: Callable[[Patient], QDialog]) -> None:
        """Open a dialog about the patient shown."""
        if self.picture is not None:
            self.dialog = make(self.picture.disease.patient)
            self.dialog.open()

    def _ask_about_disease(self, make: type[DiagnosisDialog] | type[RiskDialog]) -> None:
        if self.picture is not None:
            known = self.picture.disease
            self._ask(lambda _: make(self._desk, known, self.window()))

    def _withdraw(self, entry: Entry | EarlierTherapy) -> None:
        self._ask(lambda patient: WithdrawEntryDialog(self._desk, patient, entry, self.window()))

    def _end_course(self) -> None:
        if self.picture is not None and (course := self.picture.course) is not None:
            self._ask(lambda patient: StopDialog(self._desk, patient, course, self.window()))

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
        self.diagnosis.show_disease(picture.disease)
        self.follow_up.show_picture(picture)
        if self.parts.currentWidget() is self.follow_up:
            self.setFocusProxy(self.follow_up.first)
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
        for part in self._by_name.values():
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
