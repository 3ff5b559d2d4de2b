"""Opens the dialogs of the cycle's acts, each for the cell that has the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from aml_maint.domain.schedule import PlannedDose
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.as_needed_dialog import AsNeededDialog
from aml_maint.gui.dialogs.calendar_dialog import CalendarDialog
from aml_maint.gui.dialogs.changes_dialog import ChangesDialog
from aml_maint.gui.dialogs.clock_time_dialog import ClockTimeDialog
from aml_maint.gui.dialogs.hold_dialog import HoldDialog, ResumeDialog
from aml_maint.gui.dialogs.lab_grid_dialog import LabGridDialog
from aml_maint.gui.dialogs.omit_dialog import OmitDialog
from aml_maint.gui.dialogs.order_dialog import OrderDialog
from aml_maint.gui.dialogs.pregnancy_dialogs import ChildbearingDialog, PregnancyTestDialog
from aml_maint.gui.dialogs.reaction_dialog import ReactionDialog, ReactionEndsDialog
from aml_maint.gui.dialogs.regimen_dialog import RegimenDialog
from aml_maint.gui.dialogs.report_dialog import ReportDialog
from aml_maint.gui.dialogs.screen_dialog import ScreenDialog
from aml_maint.gui.dialogs.sheet_dialog import SheetDialog
from aml_maint.gui.dialogs.shift_dialog import ShiftDialog
from aml_maint.gui.dialogs.start_cycle_dialog import StartCycleDialog
from aml_maint.gui.dialogs.stop_dialog import StopDialog
from aml_maint.gui.dialogs.supply_dialog import SupplyDialog
from aml_maint.gui.dialogs.toxicity_dialog import ToxicityDialog
from aml_maint.services.sheet import CycleSheet
from aml_maint.services.toxicity_entry import context_of

# The act whose form keeps drafts under a name that begins so.
FORMS = {
    "labs": "count",
    "toxicity": "toxicity",
    "hold": "hold",
    "resume": "resume",
    "order": "dose",
    "clock_time": "clock_time",
    "pregnancy_test": "pregnancy_test",
    "childbearing": "childbearing",
    "start_cycle": "start_cycle",
    "shift": "shift",
    "omit": "omit",
    "stop": "stop",
    "regimen": "regimen",
}

# The acts that decide about the plan, and so can be taken back as decisions.
PLAN = {"shift", "hold", "resume", "dose", "omit", "stop", "regimen", "start_cycle"}


class CycleActs(QObject):
    """One dialog at a time; each is opened, never waited for."""

    cycle_started = Signal(int)
    closed = Signal()
    decided = Signal()
    """A decision about the plan was saved."""

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page
        self._dose: PlannedDose | None = None
        self._day: date | None = None
        self._change = ""
        self.dialog: ScreenDialog | None = None

    def open(
        self, name: str, sheet: CycleSheet, component: str | None,
        dose: PlannedDose | None = None, day: date | None = None,
    ) -> ScreenDialog:  # fmt: skip
        """Open the dialog of an act; the component, dose and day are what it is probably about."""
        if self.dialog is not None and self.dialog.isHidden():
            return self.dialog  # a key pressed twice, before the first could open
        self._dose, self._day = dose, day
        dialog = self._dialogs[name](sheet, component, self._page.window())
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        if name in PLAN:
            dialog.accepted.connect(self.decided)
        dialog.open_in_its_turn()
        return dialog

    def open_changes(self, sheet: CycleSheet, change_id: str = "") -> ScreenDialog:
        """Open the list of decisions, with the cursor on one of them."""
        self._change = change_id
        return self.open("changes", sheet, None)

    def _closed(self) -> None:
        self.dialog = None
        self.closed.emit()

    @property
    def _dialogs(
        self,
    ) -> dict[str, Callable[[CycleSheet, str | None, QWidget], ScreenDialog]]:
        desk = self._desk
        return {
            "count": lambda s, _, p: LabGridDialog(desk, s.patient, s.course.zone, p),
            "toxicity": lambda s, _, p: ToxicityDialog(desk, context_of(s), p),
            "hold": lambda s, c, p: HoldDialog(desk, s.patient, s.course, c, p),
            "resume": lambda s, c, p: ResumeDialog(desk, s.patient, s.course, c, p),
            "dose": lambda s, c, p: OrderDialog(desk, s.patient, s.course, c, p),
            "shift": lambda s, c, p: ShiftDialog(desk, s.patient, s.course, c, p, day=self._day),
            "omit": lambda s, c, p: OmitDialog(desk, s.patient, s.course, c, p, dose=self._dose),
            "stop": lambda s, _, p: StopDialog(desk, s.patient, s.course, p),
            "regimen": lambda s, _, p: RegimenDialog(desk, s.patient, s.course, p),
            "changes": lambda s, _, p: ChangesDialog(
                desk, s.patient, s.course, p, marked=self._change
            ),
            "as_needed": lambda s, _, p: AsNeededDialog(desk, s.patient, s.course.id, p),
            "supply": lambda s, _, p: SupplyDialog(desk, s.patient, s.course.id, p),
            "start_cycle": self._start_cycle,
            "calendar": lambda s, _, p: CalendarDialog(desk, s.course.id, s.cycle, p),
            "reaction": lambda s, c, p: ReactionDialog(desk, s.patient, s.course, c, p),
            "reaction_ends": lambda s, c, p: ReactionEndsDialog(desk, s.patient, s.course, c, p),
            "clock_time": lambda s, c, p: ClockTimeDialog(desk, s.patient, s.course, c, p),
            "pregnancy_test": lambda s, _, p: PregnancyTestDialog(
                desk, s.patient, s.course.zone, p
            ),
            "childbearing": lambda s, _, p: ChildbearingDialog(desk, s.patient, p),
            "print": lambda s, _, p: SheetDialog(desk, s.course.id, s.cycle, p),
            "report": lambda s, _, p: ReportDialog(desk, s.course.id, s.cycle, p),
        }

    def _start_cycle(
        self, sheet: CycleSheet, component: str | None, parent: QWidget
    ) -> StartCycleDialog:
        dialog = StartCycleDialog(self._desk, sheet.patient, sheet.course, parent)
        dialog.started.connect(self.cycle_started)
        return dialog
