"""A dose that is in the file is painted before anything is read again; what is not, never is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import say
from aml_maint.domain.schedule import SlotId
from aml_maint.gui import today_reading
from aml_maint.gui.desk import Desk
from aml_maint.gui.pages import cycle_tab
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.session import Session
from aml_maint.services import dosing
from aml_maint.services.changes import Changes
from aml_maint.services.dose_reading import ward_now
from aml_maint.services.dose_view import DoseView
from aml_maint.services.dosing import DoseEntry, correct_dose, log_dose, undo_doses
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.workplace import Workplace
from tests.gui.ward import COURSE, ON_COURSE

Settle = Callable[[Session], None]

DANSHEN = SlotId(COURSE, "danshen", date(2026, 3, 5), "morning")
GIVEN = DoseEntry(DANSHEN, Status.GIVEN)
HELD = DoseEntry(DANSHEN, Status.HELD, reason="toxicity")


class Told(QObject):
    """What happened since it was made, in order: rectangles painted, readings, and writes told."""

    def __init__(self, viewport: QWidget, desk: Desk, shown: Callable[[], DoseView]) -> None:
        super().__init__(viewport)
        self.events: list[str] = []
        self.boxes: list[QRect] = []
        self.states: list[CellState] = []
        self._shown = shown
        viewport.installEventFilter(self)
        desk.session.changed.connect(self._heard)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.events.append("painted")
            self.boxes.append(event.rect())
        return False

    def read(self) -> None:
        """To be called where the screen reads."""
        self.events.append("read")

    def _heard(self, _: Changes) -> None:
        # The page was told before: it was made before.
        self.events.append("told")
        self.states.append(self._shown().state)


@pytest.fixture
def today(desk: Desk, qtbot: QtBot, settled: Settle) -> TodayPage:
    page = TodayPage(desk)
    show(qtbot, page)
    settled(desk.session)
    page.ui.view.select([DANSHEN], DANSHEN)
    settled(desk.session)
    return page


@pytest.fixture
def patient(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    """The sheet of the patient with the cursor on the first dose of Danshen of today."""
    desk.settings.remember("patient_tab", "cycle")
    page = PatientPage(desk)
    page.show_patient(ON_COURSE)
    show(qtbot, page)
    settled(desk.session)
    page.cycle.go_to(DANSHEN)
    page.setFocus()
    settled(desk.session)
    return page


def show(qtbot: QtBot, page: QWidget) -> None:
    qtbot.addWidget(page)
    page.resize(1500, 860)
    with qtbot.waitExposed(page):
        page.show()


def on_today(page: TodayPage) -> DoseView:
    row = page.model.row_of(DANSHEN)
    assert row is not None
    return row.pair.main


def on_sheet(page: PatientPage) -> DoseView:
    pair = page.cycle.sheet.pair
    assert pair is not None and pair.main.slot == DANSHEN
    return pair.main


def reading(monkeypatch: pytest.MonkeyPatch, told: Told) -> None:
    """Note each time that Today or the sheet is read."""

    def ward(*args: object, **named: object) -> object:
        told.read()
        return ward_now(*args, **named)  # type: ignore[arg-type]

    def cycle(*args: object) -> object:
        told.read()
        return cycle_sheet(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(today_reading, "ward_now", ward)
    monkeypatch.setattr(cycle_tab, "cycle_sheet", cycle)


def write(desk: Desk, work: Callable[[Workplace], Changes], settled: Settle) -> Changes:
    """A write of somebody else than the page."""
    done: list[Changes] = []
    desk.session.write(work, done.append, None, desk.session)
    settled(desk.session)
    return done[0]


def test_on_today_the_row_is_painted_as_given_before_the_ward_is_read_and_nothing_else_is(
    desk: Desk, today: TodayPage, qtbot: QtBot, settled: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = today.ui.view
    told = Told(view.viewport(), desk, lambda: on_today(today))
    reading(monkeypatch, told)
    row = view.visualRect(today.model.index_of(DANSHEN))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert on_today(today).record is None, "shown before it is in the file"
    settled(desk.session)
    assert told.events[:3] == ["told", "painted", "read"]
    assert told.states == [CellState.GIVEN]
    assert told.boxes[0] == row
    texts = today.model.texts_at(today.model.index_of(DANSHEN))
    assert texts is not None and texts.lines[0].state is CellState.GIVEN
    assert today.ui.refresh_bar.isHidden(), "an own entry moves nothing"


def test_on_the_sheet_the_cell_is_painted_as_given_before_the_cycle_is_read(
    desk: Desk, patient: PatientPage, qtbot: QtBot, settled: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sheet = patient.cycle.sheet
    told = Told(sheet.viewport(), desk, lambda: on_sheet(patient))
    reading(monkeypatch, told)
    qtbot.keyClick(sheet, Qt.Key.Key_G)
    assert on_sheet(patient).record is None, "shown before it is in the file"
    settled(desk.session)
    assert told.events[:3] == ["told", "painted", "read"]
    assert told.states == [CellState.GIVEN]
    scene = sheet.scene()
    assert scene is not None
    cell = scene.cell(sheet.cursor_at.row, sheet.cursor_at.column)
    assert told.boxes[0].contains(cell) and told.boxes[0].height() <= cell.height() + 4
    footer = " ".join(view.given.text() for view in patient.cycle.footer.views)
    assert "1" in footer  # what rests on it follows


def test_a_dose_logged_elsewhere_stands_in_its_row_at_once_and_the_bar_says_what_would_move(
    desk: Desk, today: TodayPage, settled: Settle
) -> None:
    told = Told(today.ui.view.viewport(), desk, lambda: on_today(today))
    write(desk, lambda place: log_dose(place, HELD), settled)
    assert told.states == [CellState.HELD]
    assert on_today(today).state is CellState.HELD
    assert not today.ui.refresh_bar.isHidden()


def test_a_dose_corrected_and_taken_back_elsewhere_stands_so_on_the_sheet(
    desk: Desk, patient: PatientPage, settled: Settle
) -> None:
    (record,) = write(desk, lambda place: log_dose(place, HELD), settled).made
    told = Told(patient.cycle.sheet.viewport(), desk, lambda: on_sheet(patient))
    missed = DoseEntry(DANSHEN, Status.MISSED, reason="forgotten")
    changes = write(
        desk, lambda place: correct_dose(place, record, missed, "wrong patient"), settled
    )
    assert told.states == [CellState.MISSED]
    assert on_sheet(patient).struck
    write(desk, lambda place: undo_doses(place, changes.made), settled)
    assert on_sheet(patient).state is CellState.HELD  # the earlier entry is back
    assert on_sheet(patient).struck


def test_what_is_taken_back_is_open_again_on_both_screens(
    desk: Desk, today: TodayPage, patient: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    before = on_today(today).state
    qtbot.keyClick(today.ui.view, Qt.Key.Key_Return)
    settled(desk.session)
    assert on_today(today).state is on_sheet(patient).state is CellState.GIVEN
    qtbot.keyClick(today.ui.view, Qt.Key.Key_U)
    settled(desk.session)
    assert on_today(today).state is on_sheet(patient).state is before
    assert on_today(today).record is None and on_sheet(patient).record is None


def test_a_dose_that_is_refused_changes_no_row_and_no_cell(
    desk: Desk, today: TodayPage, patient: PatientPage, qtbot: QtBot, settled: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def refuse(*_: object) -> Changes:
        raise Refused(say("error.held", since=date(2026, 3, 1)))

    monkeypatch.setattr(dosing, "log_doses", refuse)
    told = Told(today.ui.view.viewport(), desk, lambda: on_today(today))
    before = on_today(today), on_sheet(patient)
    qtbot.keyClick(today.ui.view, Qt.Key.Key_Return)
    settled(desk.session)
    assert (on_today(today), on_sheet(patient)) == before
    assert told.states == []
    assert not today.ui.refusal.isHidden()


def test_a_page_out_of_sight_reads_nothing_and_paints_what_it_had_before_it_reads_again(
    desk: Desk, qtbot: QtBot, settled: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, today = QStackedWidget(), TodayPage(desk)
    for page in (today, QWidget()):
        pages.addWidget(page)
    show(qtbot, pages)
    settled(desk.session)
    told = Told(today.ui.view.viewport(), desk, lambda: on_today(today))
    reading(monkeypatch, told)
    pages.setCurrentIndex(1)
    write(desk, lambda place: log_dose(place, GIVEN), settled)
    assert told.events == ["told"]
    pages.setCurrentIndex(0)
    settled(desk.session)
    # To paint while the ward is read would take longer.
    assert told.events[:3] == ["told", "painted", "read"]
    assert on_today(today).state is CellState.GIVEN
