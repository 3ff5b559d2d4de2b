"""A whole cycle by keyboard: 210 doses planned, 28 days recorded, and everything tells the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import TypeVar

import pytest
from pypdf import PdfReader
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
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.reporting import cycle_report, cycle_report_pdf
from aml_maint.services.sheet import CycleSheet
from aml_maint.services.trust import verify_ward
from aml_maint.services.worklist import Section
from aml_maint.services.worklist import worklist as read_worklist
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit
from tests.gui.keyboard import Keyboard
from tests.gui.ward import NEW, Ward

Key = Qt.Key
T = TypeVar("T")
Settled = Callable[[Session], None]

NBSP = "\N{NO-BREAK SPACE}"
SHIFT = Qt.KeyboardModifier.ShiftModifier
DAY_1 = datetime(2026, 3, 9, 6, 30)

SORAFENIB_AM, SORAFENIB_PM, INTERFERON, INTERLEUKIN, THALIDOMIDE = range(5)
DANSHEN_AM, DANSHEN_NOON, DANSHEN_PM = 5, 6, 7
LINES = range(8)

# Collected at 06:00; each stays in date until the next. 50 itself closes the gate "above 50".
COUNTS = {1: "120", 8: "96", 15: "50", 17: "62", 20: "90", 27: "101"}
LATE_DAY, MISSED_DAY = 4, 9
HELD_DAYS = (15, 16)

# What the printed report must say: planned, given, partly, held, missed, refused, not confirmed,
# gate closed, dose, dose intensity, adherence; then the reasons, and the departures.
REPORTED = (
    "sorafenib 56 56 0 0 0 0 0 0 22,400 of 22,400 mg 100 % 100 %",
    "ibuprofen 14 13 0 0 1 0 0 0 2,600 of 2,800 mg 92.9 % 92.9 %",
    "interferon alfa-1b 14 13 0 0 1 0 0 0 780 of 840 micrograms 92.9 % 92.9 %",
    "every other day — missed 1: forgotten",
    "compound Danshen tablets 78 78 0 6 0 0 0 0 234 of 234 tablets 100 % 100 %",
    "three times a day — held 6: blood count",
    "lowest 50 × 10⁹/L (day 15, 23-Mar-2026)",
    "sorafenib: given late · day 4: planned at 19:30; given 22:15; forgotten",
    "interferon alfa-1b: missed · day 9: planned at 19:00; forgotten",
    "compound Danshen tablets: dose held · day 15, 16: planned at 08:00; blood count",
)

# The last day is recorded as it passes: when each line is given. No injection is due on it.
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
        assert self.page.cycle.sheet.hasFocus()

    def count(self, platelets: str) -> None:
        """Record a platelet count of 06:00, all the way from the sheet and back to it."""
        cursor = self.page.cycle.sheet.cursor_at
        self.keys.tab_to(self.page.cycle.bar.acts["count"], back=True)
        self.keys.press(Key.Key_Space)
        self.dialog()
        self.keys.type("0600")
        self.keys.press(Key.Key_Return)
        self.keys.type(platelets)
        save = Qt.KeyboardModifier.ControlModifier
        self._writes("record_labs", lambda: self.keys.press(Key.Key_Return, held=save))
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
        """What is planned in the cell that has the keyboard."""
        return self.page.cycle.sheet.pair

    def cell_or_none(self, line: int, day: int) -> DosePair | None:
        return self.sheet.rows[line].cells[day - 1]

    def cell(self, line: int, day: int) -> DosePair:
        pair = self.cell_or_none(line, day)
        assert pair is not None
        return pair

    def ask(self, work: Callable[[Workplace], T]) -> T:
        """Read from the open file, behind the window's back."""
        answers: list[T] = []
        self.session.read(work, answers.append, self.session)
        self._qtbot.waitUntil(lambda: bool(answers), timeout=20_000)
        return answers[0]

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
        self._take_keyboard_back()

    def _take_keyboard_back(self) -> None:
        """As a desktop gives it to the window below when a dialog closes; offscreen nobody does."""
        if not self.workspace.isActiveWindow():
            with self._qtbot.waitActive(self.workspace.window()):
                self.workspace.activateWindow()


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


def audit_actions(place: Workplace) -> list[str]:
    """The actions of all audit events, oldest first."""
    rows = place.store.rows("SELECT event, hash FROM audit ORDER BY seq")
    return [
        audit.parse(row["event"], row["hash"], place.store.columns).command.action for row in rows
    ]


def planned_doses(sheet: CycleSheet) -> list[DoseView]:
    """Every planned dose of the sheet, premedications too."""
    pairs = [pair for row in sheet.rows for pair in row.cells if pair is not None]
    views = [view for pair in pairs for view in (pair.main, pair.premedication)]
    return [view for view in views if view is not None]


def test_a_full_cycle_recorded_by_keys_reads_the_same_everywhere(nurse: Nurse) -> None:
    known = nurse.ask(audit_actions)
    nurse.plan()
    assert len(planned_doses(nurse.sheet)) == 210
    for day in range(1, 29):
        if day in COUNTS:
            nurse.count(COUNTS[day])
        if day == 28:
            nurse.record_last_day(day)
        else:
            nurse.wait_until(day + 1, "06:30")
            nurse.record_day(day)
            nurse.keys.press(Key.Key_Right)
    the_sheet_shows_every_dose(nurse)
    the_footer_sums_them(nurse)
    the_worklist_asks_for_nothing_more(nurse)
    the_report_says_the_same(nurse)
    assert nurse.ask(audit_actions)[len(known) :] == nurse.wrote
    assert Counter(nurse.wrote) == {
        "start_course": 1, "record_labs": 6, "log_dose": 205, "log_doses": 2,
    }  # fmt: skip
    assert nurse.ask(verify_ward).head.sequence == len(known) + len(nurse.wrote)


def the_sheet_shows_every_dose(nurse: Nurse) -> None:
    assert Counter(view.state for view in planned_doses(nurse.sheet)) == {
        CellState.GIVEN: 201, CellState.GIVEN_LATE: 1, CellState.MISSED: 2, CellState.HELD: 6,
    }  # fmt: skip
    late = nurse.cell(SORAFENIB_PM, LATE_DAY).main
    assert late.state is CellState.GIVEN_LATE
    assert late.record is not None and late.record.given is not None
    assert (f"{late.record.given.local:%H:%M}", late.record.reason) == ("22:15", "forgotten")
    missed = nurse.cell(INTERFERON, MISSED_DAY)
    assert missed.premedication is not None
    assert {missed.main.state, missed.premedication.state} == {CellState.MISSED}
    held = {
        (line, day)
        for line in LINES
        for day in range(1, 29)
        if (pair := nurse.cell_or_none(line, day)) and pair.main.state is CellState.HELD
    }
    danshen = (DANSHEN_AM, DANSHEN_NOON, DANSHEN_PM)
    assert held == {(line, day) for line in danshen for day in HELD_DAYS}


def the_footer_sums_them(nurse: Nurse) -> None:
    told = {
        view.drug.text(): [
            part.text().replace(NBSP, " ") for part in (view.given, view.rdi, view.rest)
        ]
        for view in nurse.page.cycle.footer.views
        if view.isVisible()
    }
    assert told == {
        "sorafenib": ["given 56 of 56 due", "RDI 100 %", "adherence 100 %"],
        "ibuprofen": [
            "given 13 of 14 due", "RDI 92.9 %", "adherence 92.9 %, missed 1 (forgotten 1)"
        ],
        "interferon alfa-1b": [
            "given 13 of 14 due", "RDI 92.9 %", "adherence 92.9 %, missed 1 (forgotten 1)"
        ],
        "interleukin-2": ["given 14 of 14 due", "RDI 100 %", "adherence 100 %"],
        "thalidomide": ["given 28 of 28 due", "RDI 100 %", "adherence 100 %"],
        "compound Danshen tablets": [
            "given 78 of 78 due", "RDI 100 %", "adherence 100 %, held 6 (blood count 6)"
        ],
    }  # fmt: skip


def the_worklist_asks_for_nothing_more(nurse: Nurse) -> None:
    """The cycle's last day is done, and nothing of the week before is left to resolve."""
    mine = [row for row in nurse.ask(read_worklist).rows if row.patient.id == NEW]
    assert {row.section for row in mine} == {Section.DONE}
    assert [(row.cycle, row.day) for row in mine] == [(1, 28)] * 6


def the_report_says_the_same(nurse: Nurse) -> None:
    course = nurse.sheet.course.id
    report = nurse.ask(lambda place: cycle_report(place, course))
    assert report.intensities == nurse.sheet.intensities
    document = nurse.ask(lambda place: cycle_report_pdf(place, course, 1, "en"))
    pages = PdfReader(BytesIO(document)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for told in REPORTED:
        assert told in text, told
