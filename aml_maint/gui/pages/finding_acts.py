"""What the window opens for each action that a finding proposes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from aml_maint.domain.assessment import Due
from aml_maint.domain.course import Course
from aml_maint.domain.finding_disease import assessment_of
from aml_maint.domain.findings import Action, Finding
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk

_Opener = Callable[[Patient, Course, Finding, QWidget], QDialog]


class FindingActs(QObject):
    """A dialog, or another tab. Dialogs are opened, never waited for, one at a time."""

    tab_wanted = Signal(str)
    part_wanted = Signal(str, str)
    """A tab, and the part of it that an action is done in."""
    dose_wanted = Signal(object, int)
    """A planned dose to look at, and the cycle it lies in."""
    closed = Signal()

    def __init__(self, desk: Desk, page: QWidget, tabs: frozenset[str]) -> None:
        """`tabs` are the names of the tabs that the patient page has."""
        super().__init__(page)
        self._desk = desk
        self._page = page
        self._tabs = tabs
        self.dialog: QDialog | None = None

    def can(self, action: Action) -> bool:
        """Is there a place in the window for it?"""
        if action in _TABS:
            return _TABS[action] in self._tabs
        return action in self._dialogs or action in _DOSES or action is Action.START_COURSE

    def commands(self, action: Action) -> tuple[str, ...]:
        """What it can end in; none where it only leads to a place to look at."""
        return _COMMANDS.get(action, ())

    def open(self, patient: Patient, course: Course | None, finding: Finding) -> None:
        """Open what an action needs."""
        action = finding.action
        if action in _PARTS:
            self.part_wanted.emit(_TABS[action], _PARTS[action])
        elif action in _TABS:
            self.tab_wanted.emit(_TABS[action])
        elif action is Action.START_COURSE:
            self._show(self._start_course(patient))
        elif course is not None and action in _DOSES:
            day = finding.day or course.first_day
            if finding.slots:
                self.dose_wanted.emit(finding.slots[0], course.place(day).cycle)
            else:
                self.tab_wanted.emit("cycle")
        elif course is not None and action in self._dialogs:
            self._show(self._dialogs[action](patient, course, finding, self._page.window()))

    def _show(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None
        self.closed.emit()

    def _start_course(self, patient: Patient) -> QDialog:
        from aml_maint.gui.dialogs.course_dialog import CourseDialog

        return CourseDialog(self._desk, patient.id, self._page.window())

    @property
    def _dialogs(self) -> dict[Action, _Opener]:
        # Their modules are loaded when the first of them is opened.
        from aml_maint.gui.dialogs.assessment_dialog import AssessmentDialog
        from aml_maint.gui.dialogs.hold_dialog import ResumeDialog
        from aml_maint.gui.dialogs.lab_grid_dialog import LabGridDialog
        from aml_maint.gui.dialogs.order_dialog import OrderDialog
        from aml_maint.gui.dialogs.pregnancy_dialogs import ChildbearingDialog, PregnancyTestDialog
        from aml_maint.gui.dialogs.start_cycle_dialog import StartCycleDialog
        from aml_maint.gui.dialogs.stop_dialog import StopDialog
        from aml_maint.gui.dialogs.supply_dialog import SupplyDialog

        desk = self._desk
        return {
            Action.RECORD_COUNT: lambda p, c, _, w: LabGridDialog(desk, p, c.zone, w),
            Action.ORDER_DOSE: lambda p, c, f, w: OrderDialog(desk, p, c, f.subject, w),
            Action.REVIEW_HOLD: lambda p, c, f, w: ResumeDialog(desk, p, c, f.subject, w),
            Action.ASSESS: lambda p, c, f, w: AssessmentDialog(desk, p, c, w, _due(f)),
            Action.RECORD_PREGNANCY_TEST: lambda p, c, _, w: PregnancyTestDialog(
                desk, p, c.zone, w
            ),
            Action.STATE_CHILDBEARING: lambda p, _c, _f, w: ChildbearingDialog(desk, p, w),
            Action.START_CYCLE: lambda p, c, _, w: StartCycleDialog(desk, p, c, w),
            Action.END_COURSE: lambda p, c, _, w: StopDialog(desk, p, c, w),
            Action.DISPENSE: lambda p, c, _, w: SupplyDialog(desk, p, c.id, w),
        }


def _due(finding: Finding) -> Due:
    kind, cycle = assessment_of(finding.subject)
    assert finding.day is not None  # an assessment is due on a day
    return Due(cycle, kind, finding.day)


# Tabs that an action leads to; offered only where the page has them.
_TABS = {
    Action.RECORD_MARROW: "marrow",
    Action.REVIEW_RESPONSE: "marrow",
    Action.RECORD_EVENT: "course",
    Action.REVIEW_DISEASE: "course",
    Action.SIGN_TOXICITIES: "toxicity",
}
# The command that a dialog ends in; the list of home supplies may be read by all.
_COMMANDS = {
    Action.RECORD_COUNT: ("record_labs",),
    Action.ORDER_DOSE: ("set_dose",),
    Action.REVIEW_HOLD: ("resume_component",),
    Action.ASSESS: ("record_assessment",),
    Action.RECORD_PREGNANCY_TEST: ("record_pregnancy_test",),
    Action.STATE_CHILDBEARING: ("state_childbearing",),
    Action.START_CYCLE: ("start_cycle",),
    Action.START_COURSE: ("start_course",),
    Action.END_COURSE: ("end_course",),
}
_PARTS = {Action.RECORD_EVENT: "follow_up", Action.REVIEW_DISEASE: "diagnosis"}
_DOSES = frozenset({Action.RECORD_DOSES, Action.LOOK_AT_DOSES})
