"""Decisions about the plan in the window: live preview, one key to save, refusal, named undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState
from aml_maint.domain.course import Course, EndReason, HoldReason
from aml_maint.domain.shift import ShiftMode
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.changes_dialog import ChangesDialog
from aml_maint.gui.dialogs.hold_dialog import HoldDialog, ResumeDialog
from aml_maint.gui.dialogs.omit_dialog import OmitDialog
from aml_maint.gui.dialogs.order_dialog import OrderDialog
from aml_maint.gui.dialogs.regimen_dialog import RegimenDialog
from aml_maint.gui.dialogs.replan_dialog import ReplanDialog
from aml_maint.gui.dialogs.shift_dialog import Extent, ShiftDialog
from aml_maint.gui.dialogs.stop_dialog import StopDialog
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.services.replan_view import PlanView
from tests.gui.ward import COURSE, FIRST_DAY, ON_COURSE, Ward

Settle = Callable[[Session], None]

SORAFENIB_AM, INTERFERON, THALIDOMIDE = 0, 2, 4


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number - 1)


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    """The patient on day 5 of cycle 1 at 09:04, with the Cycle tab in front."""
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1500, 860)
    page.show()
    page.show_patient(ON_COURSE)
    page.show_tab("cycle")
    settled(desk.session)
    return page


class Bench:
    """The page, and ways to open an act on a cell and to wait for its preview."""

    def __init__(self, page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle) -> None:
        self.page, self.desk, self.qtbot, self.settled = page, desk, qtbot, settled

    def open(self, act: str, row: int = INTERFERON, number: int = 9) -> QDialog:
        self.page.cycle.sheet.move_to(row, number - 1)
        bar = self.page.cycle.bar
        if act in bar.acts:
            bar.acts[act].click()
        else:
            bar.more_acts[act].trigger()
        dialog = self.page.cycle_tab.acts.dialog
        assert dialog is not None and dialog.isVisible()
        return dialog

    def preview(self, dialog: ReplanDialog) -> PlanView | None:
        """The preview of what is in the form now."""
        dialog.refresh()
        self.settled(self.desk.session)
        return dialog.pane.view

    def save(self, dialog: QDialog) -> None:
        """Press Enter, as from any input of the form."""
        self.qtbot.keyClick(dialog, Qt.Key.Key_Return)
        self.settled(self.desk.session)

    def stored(self) -> Course:
        sheet = self.page.cycle.sheet.sheet
        assert sheet is not None
        return sheet.course


@pytest.fixture
def bench(page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle) -> Bench:
    return Bench(page, desk, qtbot, settled)


# -- delay and shift ---------------------------------------------------------------------------


def test_a_shift_over_two_cycles_is_previewed_in_one_grid_saved_by_enter_and_undone_by_name(
    bench: Bench, page: PatientPage
) -> None:
    before = bench.stored()
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    assert dialog.extent.value() is Extent.ONWARD
    bench.qtbot.keyClicks(dialog.days, "3")
    view = bench.preview(dialog)
    assert view is not None and view.preview.conflicts == ()
    assert (view.days[0].on, view.days[-1].on) == (day(1), day(56))
    assert [row.component.id for row in view.rows] == ["interferon", "interleukin2"]
    row = view.rows[0]
    assert [n + 1 for n, cell in enumerate(row.before) if cell][:5] == [1, 3, 5, 7, 9]
    assert [n + 1 for n, cell in enumerate(row.after) if cell][:6] == [1, 3, 5, 7, 12, 14]
    assert 8 in row.moved_away and 11 in row.changed
    assert "14 doses → 13" in dialog.pane.counts.text()
    assert "92.9" in dialog.pane.intensities.text()
    assert "ibuprofen goes with interferon" in dialog.pane.notices.text()
    assert bench.stored().shifts == ()
    bench.qtbot.keyClicks(dialog.reason, "travels")
    bench.save(dialog)
    assert len(bench.stored().shifts) == 1
    bar = page.cycle.plan_bar
    assert bar.isVisible() and "moved 3 days later" in bar.message.text()
    bar.undo.click()
    changes = page.cycle_tab.acts.dialog
    assert isinstance(changes, ChangesDialog)
    bench.settled(bench.desk.session)
    assert changes.save.text().startswith("Undo: interferon alfa-1b, interleukin-2 moved 3 days")
    assert changes.save.text().endswith("05-Mar-2026, Li Na")
    bench.qtbot.keyClicks(changes.reason, "stays at home")
    bench.save(changes)
    assert bench.stored() == before


def test_a_conflict_is_said_in_words_and_refused_with_everything_typed_kept(bench: Bench) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    dialog.extent.set_value(Extent.DOSE)
    dialog.mode.set_value(ShiftMode.KEEP_GRID)
    dialog.days.setText("1")
    dialog.reason.setText("visitor")
    view = bench.preview(dialog)
    assert view is not None and len(view.preview.conflicts) == 2
    assert "less than 2 days apart" in dialog.pane.verdict.text()
    bench.save(dialog)
    assert dialog.isVisible() and dialog.reason.text() == "visitor"
    assert "less than 2 days apart" in dialog.form.general.text()
    assert bench.stored().shifts == ()


def test_a_delay_of_the_next_cycle_shows_the_days_of_both_plans(bench: Bench) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    dialog.extent.set_value(Extent.DELAY)
    assert not dialog.form.rows["date"].isVisible()
    dialog.days.setText("3")
    view = bench.preview(dialog)
    assert view is not None
    (overrun,) = [shown for shown in view.days if shown.on == day(29)]
    assert (overrun.before, overrun.after) == ((2, 1), (1, 29))
    assert "Into cycle 2, interferon alfa-1b: 2 days between doses → 5" in dialog.pane.counts.text()
    dialog.reason.setText("holiday")
    bench.save(dialog)
    assert bench.stored().expected_start == day(32)


def test_what_is_missing_is_said_where_the_preview_will_be(bench: Bench) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    assert bench.preview(dialog) is None
    assert "Enter the number of days" in dialog.pane.verdict.text()
    dialog.days.setText("soon")
    bench.preview(dialog)
    assert "whole days" in dialog.pane.verdict.text()
    dialog.days.setText("\N{MINUS SIGN}1")
    assert bench.preview(dialog) is not None
    dialog.days.setText("200")
    assert bench.preview(dialog) is None
    assert "1 to 90 days" in dialog.pane.verdict.text()


def test_typing_is_previewed_without_a_key_and_an_older_answer_is_dropped(
    bench: Bench, qtbot: QtBot
) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    qtbot.keyClicks(dialog.days, "3")
    qtbot.waitUntil(lambda: dialog.pane.view is not None)
    dialog.refresh()
    dialog.days.clear()
    dialog.refresh()
    bench.settled(bench.desk.session)
    assert dialog.pane.view is None


def test_d_and_x_on_the_sheet_open_shift_and_omit_for_the_dose_there(
    bench: Bench, page: PatientPage, qtbot: QtBot
) -> None:
    page.cycle.sheet.move_to(INTERFERON, 8)
    qtbot.keyClicks(page.cycle.sheet, "d")
    shift = page.cycle_tab.acts.dialog
    assert isinstance(shift, ShiftDialog) and shift.from_day.day() == day(9)
    shift.reject()
    page.cycle.sheet.move_to(SORAFENIB_AM, 9)
    qtbot.keyClicks(page.cycle.sheet, "x")
    omit = page.cycle_tab.acts.dialog
    assert isinstance(omit, OmitDialog)
    assert (omit.component.value(), omit.slot.value()) == ("sorafenib", "morning")
    assert omit.first_day.day() == day(10)
    omit.reject()


# -- the other decisions -------------------------------------------------------------------------


def test_two_drugs_are_held_together_and_resumed_together(bench: Bench) -> None:
    hold = bench.open("hold")
    assert isinstance(hold, HoldDialog)
    hold.components.set_value(["interferon", "interleukin2"])
    hold.code.set_value(HoldReason.COUNT)
    view = bench.preview(hold)
    assert view is not None
    states = [cell.state for cell in view.rows[0].after if cell is not None]
    assert states[2:5] == [CellState.HELD] * 3
    bench.save(hold)
    assert [hold.component for hold in bench.stored().holds] == ["interferon", "interleukin2"]
    resume = bench.open("resume")
    assert isinstance(resume, ResumeDialog)
    resume.holds.set_value([hold.id for hold in bench.stored().holds])
    resume.from_day.set_day(day(9))
    view = bench.preview(resume)
    assert view is not None and "planned again" in resume.pane.changes.text()
    bench.save(resume)
    assert {hold.last_day for hold in bench.stored().holds} == {day(8)}


def test_the_levels_of_the_regimen_are_offered_with_their_doses(bench: Bench) -> None:
    dialog = bench.open("dose", SORAFENIB_AM, 9)
    assert isinstance(dialog, OrderDialog)
    offered = [dialog.level.itemText(n).replace("\N{NO-BREAK SPACE}", " ") for n in range(5)]
    assert offered == [
        "Level 0: 400 mg",
        "Level \N{MINUS SIGN}1: 400 mg, morning only",
        "Level \N{MINUS SIGN}2: 200 mg, morning only",
        "Level \N{MINUS SIGN}2: 400 mg, morning only, every 2 days",
        "Free dose",
    ]
    assert not dialog.form.rows["dose"].isVisible()
    dialog.level.set_value((-1, 0))
    assert "prescribing information" in dialog.form.rows["level"].note.text()
    view = bench.preview(dialog)
    assert view is not None
    evening = next(row for row in view.rows if row.slot == "evening")
    assert evening.after[10] is not None and evening.after[10].state is CellState.OMITTED
    dialog.reason.setText("hand-foot skin reaction")
    bench.save(dialog)
    assert bench.stored().orders[-1].level == -1


def test_a_free_dose_needs_its_reason(bench: Bench) -> None:
    dialog = bench.open("dose", THALIDOMIDE, 9)
    assert isinstance(dialog, OrderDialog)
    dialog.level.set_value(None)
    dialog.dose.setText("75")
    assert bench.preview(dialog) is not None
    bench.save(dialog)
    assert dialog.form.rows["reason"].error is not None
    dialog.reason.setText("sleepy")
    bench.save(dialog)
    assert bench.stored().orders[-1].level is None


def test_a_dose_is_omitted_where_it_stands_now(bench: Bench) -> None:
    dialog = bench.open("omit")
    assert isinstance(dialog, OmitDialog)
    dialog.reason.setText("fever")
    view = bench.preview(dialog)
    assert view is not None
    cell = view.rows[0].after[8]
    assert cell is not None and cell.state is CellState.OMITTED
    bench.save(dialog)
    (omission,) = bench.stored().omissions
    assert (omission.component, omission.first_day) == ("interferon", day(9))


def test_a_stopped_course_shows_what_is_no_longer_planned_and_its_end_is_taken_back(
    bench: Bench, page: PatientPage
) -> None:
    before = bench.stored()
    dialog = bench.open("stop")
    assert isinstance(dialog, StopDialog)
    dialog.code.set_value(EndReason.WISH)
    dialog.last_day.set_day(day(6))
    view = bench.preview(dialog)
    assert view is not None and view.days[-1].on == day(28)
    thalidomide = next(row for row in view.rows if row.component.id == "thalidomide")
    states = [cell.state for cell in thalidomide.after if cell is not None]
    assert states[5] is CellState.PLANNED and states[6] is CellState.STOPPED
    bench.save(dialog)
    if dialog.isVisible():  # the assessment is missing: gone without, by name and reason
        dialog.override_by.setText("Wu Min")
        dialog.override_reason.setText("seen by phone")
        bench.save(dialog)
    assert bench.stored().ended_on == day(6)
    changes = bench.open("changes")
    assert isinstance(changes, ChangesDialog)
    bench.settled(bench.desk.session)
    assert changes.save.text().startswith("Undo: Course ends")
    changes.reason.setText("goes on after all")
    bench.save(changes)
    assert bench.stored() == before


def test_another_regimen_follows_from_a_day_on_and_asks_for_its_doses(bench: Bench) -> None:
    dialog = bench.open("regimen")
    assert isinstance(dialog, RegimenDialog)
    choices = [dialog.regimen.itemText(n) for n in range(dialog.regimen.count())]
    place = next(n for n, text in enumerate(choices) if text.startswith("ITI without"))
    dialog.regimen.setCurrentIndex(place)
    assert dialog.form.rows["danshen"].isVisible()
    dialog.doses["danshen"].setText("3")
    dialog.from_day.set_day(day(15))
    view = bench.preview(dialog)
    assert view is not None
    assert "From 15-Mar-2026 on no longer planned: sorafenib" in dialog.pane.notices.text()
    dialog.reason.setText("sorafenib not tolerated")
    bench.save(dialog)
    assert [regimen.id for regimen in bench.stored().regimens] == ["sorafenib_iti", "iti"]


def test_the_list_of_changes_tells_what_when_who_and_why_and_what_was_taken_back(
    bench: Bench, page: PatientPage
) -> None:
    empty = bench.open("changes")
    assert isinstance(empty, ChangesDialog)
    bench.settled(bench.desk.session)
    assert empty.none.isVisible() and not empty.save.isEnabled()
    empty.reject()
    omit = bench.open("omit")
    assert isinstance(omit, OmitDialog)
    omit.reason.setText("fever")
    bench.save(omit)
    changes = bench.open("changes")
    assert isinstance(changes, ChangesDialog)
    bench.settled(bench.desk.session)
    row = [
        str(changes.model.index(0, column).data()).replace("\N{NO-BREAK SPACE}", " ")
        for column in range(5)
    ]
    assert row == [
        "interferon alfa-1b of 09-Mar-2026 omitted", "fever", "Li Na",
        "05-Mar-2026 09:04, Li Na", "stands",
    ]  # fmt: skip
    changes.reason.setText("mistake")
    bench.save(changes)
    again = bench.open("changes")
    assert isinstance(again, ChangesDialog)
    bench.settled(bench.desk.session)
    assert "taken back" in str(again.model.index(0, 4).data())
    assert not again.save.isEnabled()
    again.reject()


def test_a_half_typed_decision_is_there_when_the_dialog_opens_again(bench: Bench) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    dialog.days.setText("2")
    dialog.reason.setText("travels")
    dialog.reject()
    again = bench.open("shift")
    assert isinstance(again, ShiftDialog)
    assert (again.days.text(), again.reason.text()) == ("2", "travels")
    again.reject()


def test_the_grid_tells_in_words_what_it_shows(bench: Bench) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    dialog.days.setText("3")
    bench.preview(dialog)
    told = dialog.pane.grid.accessibleDescription()
    assert "interferon alfa-1b: 3 days later" in told
    dialog.pane.grid.grab()
    dialog.reject()


def test_a_decision_that_was_built_on_says_so_and_cannot_be_undone(
    bench: Bench, ward: Ward
) -> None:
    for reason in ("travels", "again"):
        dialog = bench.open("shift")
        assert isinstance(dialog, ShiftDialog)
        dialog.days.setText("2")
        dialog.reason.setText(reason)
        bench.save(dialog)
    changes = bench.open("changes")
    assert isinstance(changes, ChangesDialog)
    bench.settled(bench.desk.session)
    changes.list.go_to(1)
    bench.settled(bench.desk.session)
    assert "A later decision rests on this one" in changes.pane.verdict.text()
    assert not changes.save.isEnabled()
    assert COURSE == bench.stored().id
    changes.reject()
