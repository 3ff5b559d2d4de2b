"""The Cycle tab: the cycle of a patient, or what there is instead of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from aml_maint.domain.cohort import ReportedPatient
from aml_maint.domain.messages import say
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.after_painting import AfterPainting
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.course_dialog import CourseDialog
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.pages.cycle_acts import FORMS, CycleActs
from aml_maint.gui.pages.cycle_view import CycleView
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.widgets.empty_state import EmptyState
from aml_maint.gui.widgets.reported_facts import ReportedFacts
from aml_maint.services.dose_view import DosePair
from aml_maint.services.people import shown_course
from aml_maint.services.replanning import PlanChange, changes_of
from aml_maint.services.sheet import CycleSheet, cycle_sheet
from aml_maint.services.sheet_lines import DoseLine
from aml_maint.services.workplace import Workplace


@dataclass(frozen=True)
class _Found:
    """What is read at once."""

    sheet: CycleSheet | None
    reported: ReportedPatient | None


class CycleTab(PatientTab):
    """The flow sheet of one cycle; another cycle is one key away."""

    def __init__(self, desk: Desk, logger: DoseLogger) -> None:
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self._cycle: int | None = None
        self._goal: SlotId | None = None
        self._unfinished = ""
        self._form = AfterPainting(self._open_unfinished, self)
        self.view = CycleView(desk, logger)
        self.acts = CycleActs(desk, self)
        self.reported = ReportedFacts(desk)
        self.no_course = EmptyState(
            desk, "cycle", say("patient.no_course"), say("patient.no_course.advice"),
            say("patient.start_course"), leads_to="start_course",
        )  # fmt: skip
        self.blank = QWidget()
        self.body = QStackedWidget()
        for part in (self.blank, self.view, self.reported, self.no_course):
            self.body.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.body)
        self.blank.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.blank)
        self.view.cycle_wanted.connect(self.show_cycle)
        self.view.act_wanted.connect(self._act)
        self.no_course.wanted.connect(self.open_course)
        self.acts.cycle_started.connect(self.show_cycle)
        self.acts.closed.connect(self.setFocus)
        self.acts.decided.connect(self._decided)
        self.view.plan_bar.undo_wanted.connect(self._open_changes)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()

    def show_patient(self, patient_id: str) -> None:
        """Show a patient's latest cycle, or the one shown again with cursor and scroll."""
        if patient_id != self._patient_id:
            self._patient_id, self._cycle, self._unfinished = patient_id, None, ""
            self._goal = None
            self.view.clear()
            self.setFocusProxy(self.blank)
            self.body.setCurrentWidget(self.blank)
        self._read()

    def put(self, pairs: Sequence[DosePair]) -> None:
        """Show at once how some doses stand, if they are on the sheet."""
        self.view.sheet.put(pairs)

    def show_cycle(self, number: int) -> None:
        """Show another cycle of the patient."""
        self._cycle = number
        self._read()

    def show_dose(self, slot: SlotId, cycle: int) -> None:
        """Put the cursor on a planned dose, as soon as its cycle is shown."""
        self._goal, self._cycle = slot, cycle
        self._read()

    def go_on_with(self, draft: str) -> None:
        """Open the form of a draft, by its name, as soon as the patient's cycle is shown."""
        self._unfinished = draft
        self._read()

    def open_course(self) -> CourseDialog:
        """Ask what a course needs, and start it."""
        dialog = CourseDialog(self._desk, self._patient_id, self.window())
        dialog.open()
        return dialog

    def retranslate(self) -> None:
        """Name the empty part that holds the keyboard while a patient is read."""
        self.blank.setAccessibleName(self._desk.words.text("tab.cycle"))

    def _read(self) -> None:
        asked = self._patient_id, self._cycle

        def show(found: _Found) -> None:
            # The answer to an earlier question is dropped.
            if asked == (self._patient_id, self._cycle):
                self._show(found)

        self._desk.session.read(lambda place: _read(place, *asked), show, self)

    def _show(self, found: _Found) -> None:
        if found.sheet is not None:
            self.view.show_sheet(found.sheet)
            self._turn_to(self.view)
            if self._goal is not None:
                self.view.go_to(self._goal)
                self._goal = None
        elif found.reported is not None:
            self.reported.show_patient(found.reported)
            self._turn_to(self.reported)
        else:
            self._turn_to(self.no_course)
        if self._unfinished:
            self._form.ask()

    def _open_unfinished(self) -> None:
        """Open the form that someone goes on with; a dose's in the cycle that it lies in.

        A sheet that is made first and a large form would take too long in one turn.
        """
        sheet = self.view.sheet.sheet if self.body.currentWidget() is self.view else None
        kind, _, about = self._unfinished.partition("/")
        if not kind:
            return
        if sheet is None:
            if kind == "course":
                self.open_course()
        elif kind in FORMS:
            self.acts.open(FORMS[kind], sheet, None)
        elif kind == "dose":
            cycle = _cycle_with(sheet, SlotId.parse(about))
            if cycle != sheet.cycle:
                self.show_cycle(cycle)
                return
            self.view.open_dose(SlotId.parse(about))
        self._unfinished = ""

    def _turn_to(self, part: QWidget) -> None:
        """Show a part; the keyboard goes there if it was on the tab."""
        if self.body.currentWidget() is part:
            return
        # While there was nothing to show, the blank part kept the keyboard. Of this window: the
        # answer to a dialog may arrive while that dialog's window is the one in use.
        here = self.isAncestorOf(self.window().focusWidget())
        self.body.setCurrentWidget(part)
        self.setFocusProxy(self.no_course.button if part is self.no_course else part)
        if here:
            self.setFocus()

    def _act(self, name: str) -> None:
        sheet = self.view.sheet.sheet
        if name == "changes":
            self._open_changes("")
        elif sheet is not None:
            line, pair = self.view.sheet.line, self.view.sheet.pair
            component = line.row.component.id if isinstance(line, DoseLine) else None
            planned = pair is not None and not pair.main.slot.is_unplanned
            dose = pair.main.planned if pair is not None and planned else None
            day = sheet.days[self.view.sheet.cursor_at.column].on
            self.acts.open(name, sheet, component, dose, day)

    def _decided(self) -> None:
        """Say what was decided just now, and offer its undo."""
        sheet = self.view.sheet.sheet
        if sheet is None:
            return
        course_id = sheet.course.id

        def show(found: tuple[PlanChange, ...]) -> None:
            if found and self.view.sheet.sheet is not None:
                self.view.plan_bar.show_change(found[0])

        self._desk.session.read(lambda place: changes_of(place, course_id), show, self)

    def _open_changes(self, change_id: str) -> None:
        sheet = self.view.sheet.sheet
        if sheet is not None:
            self.acts.open_changes(sheet, change_id)
            self.view.plan_bar.hide()  # the list offers the same undo


def _cycle_with(sheet: CycleSheet, slot: SlotId) -> int:
    """The cycle that a planned dose belongs to by its first plan."""
    begun = [c.number for c in sheet.course.cycles if c.first_day <= slot.planned_on]
    return max(begun, default=1)


def _read(place: Workplace, patient_id: str, cycle: int | None) -> _Found:
    course, reported = shown_course(place, patient_id)
    return _Found(None if course is None else cycle_sheet(place, course.id, cycle), reported)
