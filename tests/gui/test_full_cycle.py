"""A whole cycle by keyboard: 210 doses planned, 28 days recorded, and everything tells the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.course_dialog import CourseDialog
from aml_maint.gui.dialogs.dose_dialog import DoseDialog
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.services.dose_view import DosePair
from aml_maint.services.sheet import CycleSheet
from tests.gui.keyboard import Keyboard
from tests.gui.ward import NEW, Ward

Key = Qt.Key
Settled = Callable[[Session], None]

NBSP = "\N{NO-BREAK SPACE}"
SHIFT = Qt.KeyboardModifier.ShiftModifier
DAY_1 = datetime(2026, 3, 5, 6, 30)

SORAFENIB_AM, SORAFENIB_PM, INTERFERON, INTERLEUKIN, THALIDOMIDE = range(5)
DANSHEN_AM, DANSHEN_NOON, DANSHEN_PM = 5, 6, 7
LINES = range(8)

# Collected at 06:00; each stays in date until the next. 50 itself closes the gate "above 50".
COUNTS = {1: "120", 8: "96", 15: "50", 17: "62", 20: "90", 27: "101"}
LATE_DAY, MISSED_DAY = 4, 9
HELD_DAYS = (15, 16)

# The last day is recorded as it passes: when each line is given. Ibuprofen comes at 18:00.
LAST_DAY = [
    ("07:00", SORAFENIB_AM), ("08:00", DANSHEN_AM), ("13:00", DANSHEN_NOON),
    ("17:30", DANSHEN_PM), ("19:30", SORAFENIB_PM), ("22:00", THALIDOMIDE),
]  # fmt: skip


class Nurse:
    """Records at one window, and notes for every key press that writes what it must have done."""

    def __init__(self, window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled) -> None:
        assert window.session is not None and window.workspace is not None
        self.session = window.session
        self.workspace = window.workspace
        self.page: PatientPage = self.workspace.patient
        self.keys = Keyboard(qtbot)
        self.wrote: list[str] = []
        self._ward, self._qtbot, self._settled = ward, qtbot, settled

    # -- the clock -----------------------------------------------------------------------------

    def wait_until(self, day: int, at: str) -> None:
        """Let the ward's time pass; the page follows, as its minute timer makes it."""
        hour, minute = map(int, at.split(":"))
        at_day = DAY_1 + timedelta(days=day - 1)
        self._ward.clock.set(at_day.replace(hour=hour, minute=minute))
        self.page.reload()
        self._settled(self.session)

    # -- the plan ------------------------------------------------------------------------------

    def plan(self) -> None:
        """Start the course from the empty page: the button there has the keyboard."""
        self.keys.press(Key.Key_Space)
        dialog = self.dialog()
        assert isinstance(dialog, CourseDialog)
        self._settled(self.session)
        self.keys.tab_to(dialog.regimen)
        self.keys.type("Sora")
        assert dialog.regimen.currentText() == "Sorafenib + ITI maintenance"
        self.keys.tab_to(dialog.doses["ibuprofen"])
        self.keys.type("200")
        self._writes("start_course", lambda: self.keys.press(Key.Key_Return))

    def count(self, platelets: str) -> None:
        """Record a platelet count of 06:00, all the way from the sheet and back to it."""
        cursor = self.page.cycle.sheet.cursor_at
        self.keys.tab_to(self.page.cycle.bar.acts["count"], back=True)
        self.keys.press(Key.Key_Space)
        self.keys.type("0600")
        self.keys.press(Key.Key_Tab)
        self.keys.type(platelets)
        self._writes("record_counts", lambda: self.keys.press(Key.Key_Return))
        assert self.page.cycle.sheet.hasFocus()
        assert self.page.cycle.sheet.cursor_at == cursor

    # -- doses ---------------------------------------------------------------------------------

    def go_to(self, line: int) -> None:
        """Walk up or down to a line of the sheet."""
        step = line - self.page.cycle.sheet.cursor_at.row
        self.keys.press(*[Key.Key_Down if step > 0 else Key.Key_Up] * abs(step))

    def give(self) -> None:
        self._writes("log_dose", lambda: self.keys.type("g"))

    def give_pair(self) -> None:
        """The premedication first, with the next press the dose that it serves."""
        self.give()
        self.give()

    def give_late(self, at: str) -> None:
        """L opens the card at its time; the reason stands above the date."""
        self.keys.type("l")
        dialog = self.dialog()
        assert isinstance(dialog, DoseDialog)
        assert QApplication.focusWidget() is dialog.given
        self.keys.type(at)
        self.keys.tab_to(dialog.reason, back=True)
        self.keys.type("Forg")
        self._writes("log_dose", lambda: self.keys.press(Key.Key_Return))

    def not_given(self, letter: str, number: int, action: str = "log_dose") -> None:
        """A letter asks why; a number and Enter answer."""
        self.keys.type(letter)
        self.dialog()
        self.keys.type(str(number))
        self._writes(action, lambda: self.keys.press(Key.Key_Return))

    # -- days ----------------------------------------------------------------------------------

    def record_day(self, day: int) -> None:
        """Record a day that is past, line by line from the top."""
        self.keys.press(Key.Key_PageUp)
        for line in LINES:
            self.go_to(line)
            pair = self.pair()
            if pair is None:
                assert line in (INTERFERON, INTERLEUKIN) and day % 2 == 0
            elif (day, line) == (LATE_DAY, SORAFENIB_PM):
                self.give_late("2215")
            elif (day, line) == (MISSED_DAY, INTERFERON):
                self.not_given("m", 1, "log_doses")
            elif line == INTERFERON:
                self.give_pair()
            elif line == DANSHEN_AM and day in HELD_DAYS:
                self.hold_danshen(one_by_one=day == HELD_DAYS[0])
                return
            else:
                self.give()

    def hold_danshen(self, *, one_by_one: bool) -> None:
        """The gate is closed: no key gives it. Held for the count, cell by cell or all three."""
        assert self.state() is CellState.GATE_CLOSED
        if one_by_one:
            for line in (DANSHEN_AM, DANSHEN_NOON, DANSHEN_PM):
                self.go_to(line)
                self.not_given("h", 2)
            return
        self.keys.press(Key.Key_Down, Key.Key_Down, held=SHIFT)
        self.not_given("h", 2, "log_doses")

    def record_last_day(self, day: int) -> None:
        """Record a day while it passes."""
        for at, line in LAST_DAY:
            self.wait_until(day, at)
            self.go_to(line)
            self.give()
        self.wait_until(day, "22:10")

    # -- what is on the screen -----------------------------------------------------------------

    @property
    def sheet(self) -> CycleSheet:
        sheet = self.page.cycle.sheet.sheet
        assert sheet is not None
        return sheet

    def pair(self) -> DosePair | None:
        return self.page.cycle.sheet.pair

    def state(self) -> CellState:
        pair = self.pair()
        assert pair is not None
        return pair.main.state

    def dialog(self) -> QDialog:
        """The dialog over the page, once it has the keyboard."""
        self._qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), QDialog))
        dialog = QApplication.activeWindow()
        assert isinstance(dialog, QDialog)
        return dialog

    def _writes(self, action: str, press: Callable[[], None]) -> None:
        """Press a key that writes, and wait until the sheet shows what is in the file."""
        with (
            self._qtbot.waitSignal(self.session.saved),
            self._qtbot.waitSignal(self.page.cycle.sheet.moved),
        ):
            press()
        self.wrote.append(action)


@pytest.fixture
def nurse(looks: Looks, ward: Ward, qtbot: QtBot, settled: Settled) -> Iterator[Nurse]:
    """The window at a patient without a course, early on the day it is to begin."""
    ward.clock.set(DAY_1)
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.resize(1500, 900)
    with qtbot.waitActive(window):
        window.show()
    with qtbot.waitSignal(window.ready):
        window.open_with(ward.open, ward.path)
    nurse = Nurse(window, ward, qtbot, settled)
    nurse.workspace.show_patient(NEW)
    settled(nurse.session)
    yield nurse
    window.close()


def test_a_full_cycle_recorded_by_keys_reads_the_same_everywhere(
    nurse: Nurse, ward: Ward, qtbot: QtBot
) -> None:
    before = events(ward, nurse)
    nurse.plan()
    assert sum(view is not None for view in all_doses(nurse.sheet)) == 210
    for day in range(1, 29):
        if day in COUNTS:
            nurse.wait_until(day, "06:30")
            nurse.count(COUNTS[day])
        if day == 28:
            nurse.record_last_day(day)
        else:
            nurse.wait_until(day + 1, "06:30")
            nurse.record_day(day)
        nurse.keys.press(Key.Key_Right)
