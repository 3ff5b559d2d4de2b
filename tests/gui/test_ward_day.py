"""A whole ward day recorded on Today by keys alone: every dose from Overdue or Due now to Done.

Three patients on day 5. The keys go to whatever has the focus; the screen is only read. Between
the rounds the ward's clock is put forward and F5 pressed, as a nurse comes back to the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.course import HoldReason
from aml_maint.domain.patient import Patient, Sex
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.dose_dialog import DoseDialog
from aml_maint.gui.dialogs.override_dialog import OverrideDialog
from aml_maint.gui.dialogs.reason_dialog import ReasonDialog
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.models.worklist_model import SectionRole
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.session import Session
from aml_maint.services.dose_view import DoseView
from aml_maint.services.observations import record_count
from aml_maint.services.people import admit_patient
from aml_maint.services.treatment import hold_component, start_course
from aml_maint.services.worklist import Section, WorkRow
from aml_maint.store import audit
from tests.gui.keyboard import Keyboard
from tests.gui.ward import COURSE, FIRST_DAY, ON_COURSE, Ward

Settled = Callable[[Session], None]
Key = Qt.Key

DAY = date(2026, 3, 5)
ZHOU, ZHOU_COURSE = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-0000000000a1"
SUN, SUN_COURSE = "00000000-0000-4000-8000-00000000000b", "00000000-0000-4000-8000-0000000000b1"

# What happens to a dose where it is not simply given. By course, component and time of day.
REFUSED, HELD = (ZHOU_COURSE, "thalidomide", "bedtime"), (SUN_COURSE, "interleukin2", "evening")
MISSED, OVERRIDDEN = (SUN_COURSE, "sorafenib", "evening"), (ZHOU_COURSE, "danshen", "morning")
LATE, TAKEN_BACK = (COURSE, "sorafenib", "morning"), (SUN_COURSE, "danshen", "midday")

ROUNDS = ("09:30", "13:05", "17:35", "18:02", "19:05", "19:40", "22:05")


@pytest.fixture
def day(ward: Ward) -> Ward:
    """Beside Chen Wei: Zhou Min, whose count of 42 closes the gates; Sun Li, interferon on hold."""
    place = ward.open()
    for patient_id, name, mrn, course in (
        (ZHOU, ("Zhou", "Min"), "T-0010", ZHOU_COURSE),
        (SUN, ("Sun", "Li"), "T-0011", SUN_COURSE),
    ):
        admit_patient(place, Patient(patient_id, *name, mrn, Sex.FEMALE, ward="Ward A", bed="3"))
        orders = {"ibuprofen": Dose(Decimal(200), "mg")}
        start_course(place, patient_id, "sorafenib_iti", FIRST_DAY, course_id=course, orders=orders)
    ward.clock.set(datetime(2026, 3, 5, 6, 30))
    for patient_id, count in ((ON_COURSE, 96), (ZHOU, 42), (SUN, 110)):
        value = LabValue(Decimal(count), "10*9/L")
        record_count(place, patient_id, "platelets", value, ward.clock.now())
    for component in ("interferon",):
        hold_component(
            place, SUN_COURSE, component, DAY, HoldReason.TOXICITY, decided_by="Dr Wu",
            note="rash",
        )  # fmt: skip
    place.store.close()
    return ward


class Nurse:
    """Works down the list of Today, round by round."""

    def __init__(self, window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled) -> None:
        assert window.session is not None and window.workspace is not None
        self.session = window.session
        self.page: TodayPage = window.workspace.today
        self.window = window
        self.keys = Keyboard(qtbot)
        self._ward, self._qtbot, self._settled = ward, qtbot, settled

    def come_back_at(self, clock: str) -> None:
        """Let time pass, and put the list in order."""
        hour, minute = map(int, clock.split(":"))
        self._ward.clock.set(datetime(2026, 3, 5, hour, minute))
        self.keys.press(Key.Key_F5)
        self._settled(self.session)

    def round(self) -> None:
        """Record everything that is overdue or due now, from the top."""
        self.keys.press(Key.Key_Home)
        while (row := self._next()) is not None:
            self._record(row)
            assert self.page.ui.view.hasFocus()

    def override(self, what: tuple[str, str, str]) -> None:
        """Unfold what is done or not due, go to a dose behind its gate, and give it by decision."""
        self.keys.press(Key.Key_Home)
        while self._section_here() != "done":
            self.keys.press(Key.Key_Down)
        self.keys.press(Key.Key_Space)
        while True:
            self.keys.press(Key.Key_Down)
            row = self.page.model.row_at(self.page.ui.view.currentIndex())
            assert row is not None, "the dose is not among those that are not due"
            if _key(row.pair.main.slot) == what:
                break
        assert row.pair.main.state is CellState.GATE_CLOSED
        self._override()
        self._wait_for(row.pair.main.slot, recorded=True)

    # -- one row -------------------------------------------------------------------------------

    def _next(self) -> WorkRow | None:
        """Go down to the next row that waits; None at the end of what is overdue and due."""
        for _ in range(200):
            before = self.page.ui.view.currentIndex()
            self.keys.press(Key.Key_Down)
            here = self.page.ui.view.currentIndex()
            if here == before:
                return None
            row = self.page.model.row_at(here)
            if row is None:
                if self._section_here() not in ("overdue", "due"):
                    return None
                continue
            if any(self._waits(view) for view in _views(row)):
                return row
        raise AssertionError("the list has no end")

    def _section_here(self) -> str:
        """The section whose heading has the keyboard; empty on a dose."""
        return str(self.page.ui.view.currentIndex().data(SectionRole) or "")

    def _waits(self, view: DoseView) -> bool:
        """Is it to be recorded in this round?

        A window opens hours before an injection is due; nobody gives it then.
        """
        if view.record is not None or view.planned.due > self._ward.clock.now().utc:
            return False
        return view.state in (CellState.OVERDUE, CellState.DUE)

    def _record(self, row: WorkRow) -> None:
        view = next(v for v in _views(row) if self._waits(v))
        what = _key(view.slot)
        if what == REFUSED:
            self._reason("r", 2)
        elif what == HELD:
            self._reason("h", 1)
        elif what == MISSED:
            self._reason("m", 1)
        elif what == TAKEN_BACK and not self._struck(view.slot):
            self.keys.press(Key.Key_Return)
            self._wait_for(view.slot, recorded=True)
            self.keys.type("u")
            self._wait_for(view.slot, recorded=False)
            self.keys.press(Key.Key_Return)
        else:
            self._give(view)
        self._wait_for(view.slot, recorded=True)

    def _give(self, view: DoseView) -> None:
        """Enter; then whatever is asked: a temperature, the site offered, why it is late."""
        self.keys.press(Key.Key_Return)
        self._settled(self.session)
        for _ in range(3):
            dialog = self._dialog()
            if isinstance(dialog, ReasonDialog):
                self.keys.type("2")
            elif isinstance(dialog, DoseDialog) and dialog.temperature.hasFocus():
                self.keys.type("36.7")
            elif dialog is None:
                return
            self.keys.press(Key.Key_Return)
            self._settled(self.session)

    def _reason(self, letter: str, number: int) -> None:
        self.keys.type(letter)
        assert isinstance(self._dialog(), ReasonDialog)
        self.keys.type(str(number))
        self.keys.press(Key.Key_Return)

    def _override(self) -> None:
        """The gate refuses with its evidence; a name and a reason set it aside."""
        self.keys.press(Key.Key_Return)
        self._settled(self.session)
        refusal = self.page.ui.refusal
        assert refusal.isVisible() and "42" in refusal.message.text()
        self.keys.tab_to(refusal.override, back=True)
        self.keys.press(Key.Key_Space)
        dialog = self._dialog()
        assert isinstance(dialog, OverrideDialog)
        self.keys.tab_to(dialog.by)
        self.keys.press(Key.Key_A, held=Qt.KeyboardModifier.ControlModifier)
        self.keys.type("Dr Wu")
        self.keys.tab_to(dialog.reason)
        self.keys.type("transfused this morning")
        if dialog.late.isVisible():
            self.keys.tab_to(dialog.late)
            self.keys.press(Key.Key_Down)
        self.keys.press(Key.Key_Return)

    def _struck(self, slot: SlotId) -> bool:
        answers: list[bool] = []

        def work(place: object) -> bool:
            from aml_maint.services.dose_history import earlier_records
            from aml_maint.services.workplace import Workplace

            assert isinstance(place, Workplace)
            return bool(earlier_records(place, slot))

        self.session.read(work, answers.append, self.session)
        self._settled(self.session)
        return answers[0]

    def _wait_for(self, slot: SlotId, *, recorded: bool) -> None:
        self._settled(self.session)

        def stands() -> bool:
            for line in range(self.page.model.rowCount()):
                row = self.page.model.row_at(self.page.model.index(line))
                for view in _views(row) if row else ():
                    if view.slot == slot:
                        return (view.record is not None) is recorded
            return False

        self._qtbot.waitUntil(stands)
        if not self.window.isActiveWindow():
            with self._qtbot.waitActive(self.window):
                self.window.activateWindow()

    def _dialog(self) -> QDialog | None:
        """The dialog over the page, once it has the keyboard; None when none is open."""
        open_ones = [d for d in self.window.findChildren(QDialog) if d.isVisible()]
        if not open_ones:
            return None
        self._qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), QDialog))
        found = QApplication.activeWindow()
        assert isinstance(found, QDialog)
        return found


def _views(row: WorkRow) -> tuple[DoseView, ...]:
    before = row.pair.premedication
    return (row.pair.main,) if before is None else (before, row.pair.main)


def _key(slot: SlotId) -> tuple[str, str, str]:
    return slot.course, slot.component, slot.slot


@pytest.fixture
def nurse(looks: Looks, day: Ward, qtbot: QtBot, settled: Settled) -> Iterator[Nurse]:
    """The window on Today, early in the morning."""
    day.clock.set(datetime(2026, 3, 5, 6, 40))
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.resize(1500, 900)
    with qtbot.waitActive(window):
        window.show()
    with qtbot.waitSignal(window.ready):
        window.open_with(day.open, day.path)
    assert window.session is not None
    settled(window.session)
    yield Nurse(window, day, qtbot, settled)
    window.close()


def test_a_whole_ward_day_goes_from_overdue_to_done_by_keys_alone(nurse: Nurse) -> None:
    for clock in ROUNDS:
        nurse.come_back_at(clock)
        nurse.round()
        if clock == ROUNDS[0]:
            nurse.override(OVERRIDDEN)
    nurse.come_back_at("23:00")

    latest = nurse.page.model.latest
    assert latest is not None
    today = [row for row in latest.rows if row.pair.main.planned.on == DAY]
    assert {row.section for row in today} == {Section.DONE}
    views = {_key(view.slot): view for row in today for view in _views(row)}

    def record(key: tuple[str, str, str]) -> tuple[Status, str | None]:
        found = views[key].record
        assert found is not None, key
        return found.status, found.reason

    assert record(REFUSED) == (Status.REFUSED, "feels_well")
    assert record(HELD) == (Status.HELD, "toxicity")
    assert record(MISSED) == (Status.MISSED, "forgotten")
    assert record(LATE) == (Status.GIVEN, "asleep")
    assert views[LATE].state is CellState.GIVEN_LATE
    overridden = views[OVERRIDDEN].record
    assert overridden is not None and overridden.gate is not None
    assert "Dr Wu" in overridden.gate and "transfused this morning" in overridden.gate
    assert record(TAKEN_BACK) == (Status.GIVEN, None)

    # What nobody may give is not recorded as given: the hold, and the gates that stayed closed.
    assert views[SUN_COURSE, "interferon", "evening"].state is CellState.HELD
    assert views[SUN_COURSE, "interferon", "evening"].record is None
    for name in ("midday", "evening"):
        assert views[ZHOU_COURSE, "danshen", name].state is CellState.GATE_CLOSED
    # Everything else was given, the premedication an hour before its injection.
    special = {REFUSED, HELD, MISSED, (SUN_COURSE, "interferon", "evening")}
    for key, view in views.items():
        if key not in special and view.state not in (
            CellState.GATE_CLOSED, CellState.NOT_APPLICABLE, CellState.HELD,
        ):  # fmt: skip
            assert view.record is not None and view.record.status is Status.GIVEN, (key, view.state)
    pair = next(row.pair for row in today if _key(row.pair.main.slot)[:2] == (COURSE, "interferon"))
    assert pair.gap_minutes == 63


def test_each_key_press_of_the_day_is_one_act_in_the_audit(nurse: Nurse) -> None:
    for clock in ROUNDS[:2]:
        nurse.come_back_at(clock)
        nurse.round()
    answers: list[list[str]] = []

    def work(place: object) -> list[str]:
        from aml_maint.services.workplace import Workplace

        assert isinstance(place, Workplace)
        rows = place.store.rows("SELECT event, hash FROM audit ORDER BY seq")
        return [
            audit.parse(row["event"], row["hash"], place.store.columns).command.action
            for row in rows
        ]

    nurse.session.read(work, answers.append, nurse.session)
    nurse._settled(nurse.session)
    acts = [action for action in answers[0] if action.endswith(("dose", "doses"))]
    assert set(acts) == {"log_dose", "undo_dose"}
    assert acts.count("undo_dose") == 1
