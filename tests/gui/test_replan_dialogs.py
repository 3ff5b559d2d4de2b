"""Decisions about the plan in the window: live preview, one key to save, refusal, named undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.course import Course
from aml_maint.domain.messages import Language
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dialogs.assessment_dialog import AssessmentDialog
from aml_maint.gui.dialogs.changes_dialog import ChangesDialog
from aml_maint.gui.dialogs.hold_dialog import HoldDialog, ResumeDialog
from aml_maint.gui.dialogs.omit_dialog import OmitDialog
from aml_maint.gui.dialogs.order_dialog import OrderDialog
from aml_maint.gui.dialogs.regimen_dialog import RegimenDialog
from aml_maint.gui.dialogs.replan_dialog import ReplanDialog
from aml_maint.gui.dialogs.shift_dialog import Extent, ShiftDialog
from aml_maint.gui.dialogs.stop_dialog import StopDialog
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.services.replan_view import PlanView
from tests.gui.keyboard import Keyboard
from tests.gui.ward import FIRST_DAY, ON_COURSE, Ward

Settle = Callable[[Session], None]

SORAFENIB_AM, INTERFERON, THALIDOMIDE = 0, 2, 4


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number - 1)


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    """The patient on day 5 of cycle 1 at 09:04, with the Cycle tab in front."""
    return shown_page(desk, qtbot, settled)


def shown_page(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1500, 860)
    page.show()
    with qtbot.waitActive(page):
        page.activateWindow()
    page.show_patient(ON_COURSE)
    page.show_tab("cycle")
    settled(desk.session)
    return page


class Bench:
    """The page, and ways to open an act on a cell and to wait for its preview."""

    def __init__(self, page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle) -> None:
        self.page, self.desk, self.qtbot, self.settled = page, desk, qtbot, settled
        self.keys = Keyboard(qtbot)

    def open(self, act: str, row: int = INTERFERON, number: int = 9) -> QDialog:
        """Choose an act of the menu Plan by its letter, with the cursor on a cell of the sheet."""
        self.page.cycle.sheet.move_to(row, number - 1)
        self.page.cycle.sheet.setFocus()
        self.keys.press(Qt.Key.Key_P, held=Qt.KeyboardModifier.AltModifier)
        text = self.page.cycle.bar.entries[act].text()
        self.keys.type(text[text.index("&") + 1].lower())
        self.settled(self.desk.session)
        return self.dialog

    @property
    def dialog(self) -> QDialog:
        """The dialog that is open, once it has the keyboard."""
        dialog = self.page.cycle_tab.acts.dialog
        assert dialog is not None
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
        return dialog

    def preview(self, dialog: ReplanDialog) -> PlanView | None:
        """The preview of what is in the form now."""
        dialog.refresh()
        self.settled(self.desk.session)
        return dialog.pane.view

    def choose(self, field: ChoiceInput[Any], text: str) -> None:
        """Walk to a choice, and in it with the arrow to the one that begins so."""
        self.keys.tab_to(field)
        self.keys.press(Qt.Key.Key_Home)
        for _ in range(field.count()):
            if field.currentText().startswith(text):
                return
            self.keys.press(Qt.Key.Key_Down)
        raise AssertionError(f"{text} is not offered")

    def fill(self, field: QWidget, text: str) -> None:
        """Walk to a field and type into it, over what is there."""
        self.keys.tab_to(field)
        self.keys.press(Qt.Key.Key_A, held=Qt.KeyboardModifier.ControlModifier)
        self.keys.type(text)

    def save(self) -> None:
        """Press Enter, as from any input of the form."""
        self.keys.press(Qt.Key.Key_Return)
        self.settled(self.desk.session)
        self.back()

    def close(self) -> None:
        """Press Escape."""
        self.keys.press(Qt.Key.Key_Escape)
        self.back()

    def back(self) -> None:
        """The keyboard goes to the dialog that is open, else to the page.

        A window manager does that; the screen of the tests has none.
        """
        window = self.page.cycle_tab.acts.dialog or self.page.window()
        with self.qtbot.waitActive(window):
            window.activateWindow()

    def stored(self) -> Course:
        """The course as the page shows it."""
        sheet = self.page.cycle.sheet.sheet
        assert sheet is not None
        return sheet.course


@pytest.fixture
def bench(page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle) -> Bench:
    return Bench(page, desk, qtbot, settled)


# -- delay and shift ---------------------------------------------------------------------------


def test_three_days_later_re_anchored_over_two_cycles_is_previewed_saved_and_undone_by_keys(
    bench: Bench, page: PatientPage
) -> None:
    before = bench.stored()
    page.cycle.sheet.move_to(INTERFERON, 8)
    page.cycle.sheet.setFocus()
    bench.keys.type("d")
    dialog = bench.dialog
    assert isinstance(dialog, ShiftDialog) and dialog.extent.value() is Extent.ONWARD
    bench.keys.type("3")  # the days have the keyboard
    view = bench.preview(dialog)
    assert view is not None and view.preview.conflicts == ()
    assert (view.days[0].on, view.days[-1].on) == (day(1), day(56))
    assert [row.component.id for row in view.rows] == ["interferon", "interleukin2"]
    row = view.rows[0]
    assert [n + 1 for n, cell in enumerate(row.before) if cell][:5] == [1, 3, 5, 7, 9]
    assert [n + 1 for n, cell in enumerate(row.after) if cell][:6] == [1, 3, 5, 7, 12, 14]
    assert 8 in row.moved_away and 11 in row.changed
    assert [n + 1 for n, cell in enumerate(row.after) if cell and n >= 28][:3] == [30, 32, 34]
    assert "Cycle 1, interferon alfa-1b: 14 doses → 13" in dialog.pane.counts.text()
    assert "92.9" in dialog.pane.intensities.text()
    assert "ibuprofen goes with interferon" in dialog.pane.notices.text()
    assert bench.stored() == before
    bench.fill(dialog.reason, "travels")
    bench.save()
    (shift,) = bench.stored().shifts
    assert (shift.days, shift.from_day, shift.reason) == (3, day(9), "travels")
    bar = page.cycle.plan_bar
    assert bar.isVisible() and "moved 3 days later" in bar.message.text()
    changes = bench.open("changes")
    assert isinstance(changes, ChangesDialog)
    assert changes.save.text().startswith("Undo: interferon alfa-1b, interleukin-2 moved 3 days")
    assert changes.save.text().endswith("05-Mar-2026, Li Na")
    bench.fill(changes.reason, "stays at home")
    bench.save()
    assert bench.stored() == before
    assert not bar.isVisible()


def test_the_undo_offered_after_a_decision_opens_it_with_the_cursor_on_it(
    bench: Bench, page: PatientPage
) -> None:
    bench.open("omit")
    bench.keys.type("fever")
    bench.save()
    bench.keys.tab_to(page.cycle.plan_bar.undo, back=True)
    bench.keys.press(Qt.Key.Key_Space)
    bench.settled(bench.desk.session)
    changes = bench.dialog
    assert isinstance(changes, ChangesDialog)
    assert changes.save.text().startswith("Undo: interferon alfa-1b of 09-Mar-2026 omitted")
    bench.fill(changes.reason, "no fever")
    bench.save()
    assert bench.stored().omissions == ()


def test_one_dose_moved_too_near_to_another_is_refused_in_words_with_everything_typed_kept(
    bench: Bench,
) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    bench.fill(dialog.days, "1")
    bench.choose(dialog.extent, "One dose")
    bench.choose(dialog.mode, "Keep grid")
    bench.fill(dialog.reason, "visitor")
    view = bench.preview(dialog)
    assert view is not None and len(view.preview.conflicts) == 2
    assert "less than 2 days apart" in dialog.pane.verdict.text()
    bench.save()
    assert dialog.isVisible() and dialog.reason.text() == "visitor"
    assert "less than 2 days apart" in dialog.form.general.text()
    assert bench.stored().shifts == ()
    dialog.reject()


def test_one_injection_of_the_two_can_be_re_anchored_alone(bench: Bench) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    bench.choose(dialog.drugs, "interleukin-2 only")
    bench.fill(dialog.days, "1")
    view = bench.preview(dialog)
    assert view is not None and [row.component.id for row in view.rows] == ["interleukin2"]
    bench.fill(dialog.reason, "apart from the interferon")
    bench.save()
    (shift,) = bench.stored().shifts
    assert shift.components == ("interleukin2",)


def test_the_rest_of_a_cycle_moves_and_the_next_cycle_keeps_its_days(bench: Bench) -> None:
    dialog = bench.open("shift", number=25)
    assert isinstance(dialog, ShiftDialog)
    bench.choose(dialog.extent, "Rest of this cycle")
    assert dialog.mode.count() == 1
    bench.fill(dialog.days, "1")
    view = bench.preview(dialog)
    assert view is not None
    moved = [dose.id.planned_on for dose in view.preview.after if dose.id.component == "interferon"]
    assert moved == [day(25), day(27)]
    dialog.reject()


@pytest.mark.parametrize("keep", [False, True])
def test_a_delay_of_the_next_cycle_re_anchors_or_keeps_the_days_of_the_injections(
    bench: Bench, keep: bool
) -> None:
    dialog = bench.open("shift", THALIDOMIDE)
    assert isinstance(dialog, ShiftDialog)
    assert dialog.extent.value() is Extent.DELAY
    assert not dialog.form.rows["date"].isVisible()
    bench.fill(dialog.days, "3")
    if keep:
        bench.choose(dialog.mode, "Keep grid")
    view = bench.preview(dialog)
    assert view is not None
    (overrun,) = [shown for shown in view.days if shown.on == day(29)]
    assert (overrun.before, overrun.after) == ((2, 1), (1, 29))
    gap = "Into cycle 2, interferon alfa-1b: 2 days between doses → 5"
    assert (gap in dialog.pane.counts.text()) is not keep
    bench.fill(dialog.reason, "holiday")
    bench.save()
    assert bench.stored().expected_start == day(32)
    assert bool(bench.stored().shifts) is not keep


def test_what_is_wrong_is_said_beside_its_input_while_it_is_typed(bench: Bench) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    days = dialog.form.rows["days"]
    assert bench.preview(dialog) is None and days.error is None
    assert "Enter the number of days" in dialog.pane.verdict.text()
    bench.fill(dialog.days, "soon")
    bench.preview(dialog)
    assert "whole days" in days.note.text()
    bench.fill(dialog.days, "-1")
    assert bench.preview(dialog) is not None and days.error is None
    dialog.days.setText("\N{MINUS SIGN}1")  # as the screens write it
    assert bench.preview(dialog) is not None
    bench.fill(dialog.days, "200")
    assert bench.preview(dialog) is None
    assert "1 to 90 days" in days.note.text()
    assert dialog.days.hasFocus()
    bench.fill(dialog.from_day.edit, "30 Feb")
    bench.preview(dialog)
    assert dialog.form.rows["date"].error is not None and days.error is None
    dialog.reject()


def test_a_reason_is_asked_for_beside_its_field_when_it_is_missing(bench: Bench) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    bench.keys.type("2")
    bench.save()
    assert dialog.isVisible() and dialog.form.rows["reason"].error is not None
    assert dialog.reason.hasFocus() and dialog.days.text() == "2"
    dialog.reject()


def test_typing_is_previewed_without_a_key_and_an_older_answer_is_dropped(
    bench: Bench, qtbot: QtBot
) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    bench.keys.type("3")
    qtbot.waitUntil(lambda: dialog.pane.view is not None)
    dialog.refresh()
    dialog.days.clear()
    dialog.refresh()
    bench.settled(bench.desk.session)
    assert dialog.pane.view is None
    dialog.reject()


def test_x_on_the_sheet_opens_the_omission_of_the_dose_there(
    bench: Bench, page: PatientPage
) -> None:
    page.cycle.sheet.move_to(SORAFENIB_AM, 9)
    page.cycle.sheet.setFocus()
    bench.keys.type("x")
    omit = bench.dialog
    assert isinstance(omit, OmitDialog)
    assert (omit.component.value(), omit.slot.value()) == ("sorafenib", "morning")
    assert omit.first_day.day() == day(10)
    omit.reject()


# -- the other decisions -------------------------------------------------------------------------


def test_two_drugs_are_held_together_and_resumed_together(bench: Bench) -> None:
    hold = bench.open("hold")
    assert isinstance(hold, HoldDialog)
    assert hold.components.value() == ("interferon",)
    bench.keys.tab_to(hold.components.boxes["interleukin2"])
    bench.keys.press(Qt.Key.Key_Space)
    bench.choose(hold.code, "blood count")
    view = bench.preview(hold)
    assert view is not None
    states = [cell.state for cell in view.rows[0].after if cell is not None]
    assert states[2:5] == [CellState.HELD] * 3
    bench.save()
    assert [hold.component for hold in bench.stored().holds] == ["interferon", "interleukin2"]
    resume = bench.open("resume")
    assert isinstance(resume, ResumeDialog)
    bench.keys.tab_to(resume.holds.boxes[bench.stored().holds[1].id])
    bench.keys.press(Qt.Key.Key_Space)
    bench.fill(resume.from_day.edit, "2026-03-09")
    view = bench.preview(resume)
    assert view is not None and "planned again" in resume.pane.changes.text()
    bench.save()
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
    assert dialog.level.hasFocus()
    bench.keys.press(Qt.Key.Key_Down)
    assert "prescribing information" in dialog.form.rows["level"].note.text()
    view = bench.preview(dialog)
    assert view is not None
    evening = next(row for row in view.rows if row.slot == "evening")
    assert evening.after[10] is not None and evening.after[10].state is CellState.OMITTED
    bench.fill(dialog.reason, "hand-foot skin reaction")
    bench.save()
    assert bench.stored().orders[-1].level == -1


def test_a_free_dose_needs_its_reason(bench: Bench) -> None:
    dialog = bench.open("dose", THALIDOMIDE, 9)
    assert isinstance(dialog, OrderDialog)
    bench.keys.press(Qt.Key.Key_End)
    bench.fill(dialog.dose, "75")
    assert bench.preview(dialog) is not None
    bench.save()
    assert dialog.form.rows["reason"].error is not None
    bench.keys.type("sleepy")  # the keyboard is where the error is
    bench.save()
    assert bench.stored().orders[-1].level is None


def test_a_dose_is_omitted_where_it_stands_now(bench: Bench) -> None:
    dialog = bench.open("omit")
    assert isinstance(dialog, OmitDialog)
    bench.keys.type("fever")
    view = bench.preview(dialog)
    assert view is not None
    cell = view.rows[0].after[8]
    assert cell is not None and cell.state is CellState.OMITTED
    bench.save()
    (omission,) = bench.stored().omissions
    assert (omission.component, omission.first_day) == ("interferon", day(9))


def test_a_course_stopped_early_asks_for_its_assessment_beside_the_field_and_is_taken_back(
    bench: Bench,
) -> None:
    before = bench.stored()
    dialog = bench.open("stop")
    assert isinstance(dialog, StopDialog)
    bench.save()
    assert dialog.form.rows["reason"].error is not None and dialog.code.hasFocus()
    bench.choose(dialog.code, "patient\N{RIGHT SINGLE QUOTATION MARK}s wish")
    bench.fill(dialog.last_day.edit, "2026-03-06")
    view = bench.preview(dialog)
    assert view is not None and view.days[-1].on == day(28)
    thalidomide = next(row for row in view.rows if row.component.id == "thalidomide")
    states = [cell.state for cell in thalidomide.after if cell is not None]
    assert states[5] is CellState.PLANNED and states[6] is CellState.STOPPED
    assert not dialog.override_reason.isVisible()
    bench.save()
    row = dialog.form.rows["override_reason"]
    assert "no safety assessment after cycle 1" in row.note.text()
    assert row.isVisible() and dialog.override_reason.hasFocus() and dialog.assess.isVisible()
    assert dialog.pane.verdict.text().startswith("Not saved: There is no safety assessment")
    bench.keys.type("seen by phone")
    bench.save()
    assert dialog.form.rows["override_by"].error is not None and dialog.override_by.hasFocus()
    bench.keys.type("Wu Min")
    bench.save()
    assert bench.stored().ended_on == day(6)
    changes = bench.open("changes", number=6)
    assert isinstance(changes, ChangesDialog)
    assert changes.save.text().startswith("Undo: Course ends")
    bench.fill(changes.reason, "goes on after all")
    bench.save()
    assert bench.stored() == before


def test_the_assessment_can_be_made_from_the_stop_itself(bench: Bench) -> None:
    dialog = bench.open("stop")
    assert isinstance(dialog, StopDialog)
    bench.choose(dialog.code, "transplant")
    bench.save()
    bench.keys.tab_to(dialog.assess, back=True)
    bench.keys.press(Qt.Key.Key_Space)
    bench.settled(bench.desk.session)
    (assessment,) = dialog.findChildren(AssessmentDialog)
    assessment.checklist.answers.answer_rest(0)
    bench.keys.press(Qt.Key.Key_Return)
    bench.settled(bench.desk.session)
    bench.back()
    assert not dialog.override_reason.isVisible() and dialog.save.hasFocus()
    bench.save()
    assert bench.stored().ended_on == day(5)


def test_another_regimen_follows_from_a_day_on_and_asks_for_its_doses(bench: Bench) -> None:
    dialog = bench.open("regimen")
    assert isinstance(dialog, RegimenDialog)
    bench.choose(dialog.regimen, "ITI without")
    assert dialog.form.rows["danshen"].isVisible()
    bench.fill(dialog.doses["danshen"], "three")
    assert bench.preview(dialog) is None
    assert dialog.form.rows["danshen"].error is not None
    bench.fill(dialog.doses["danshen"], "3")
    bench.fill(dialog.from_day.edit, "2026-03-15")
    view = bench.preview(dialog)
    assert view is not None and dialog.form.rows["danshen"].error is None
    assert "From 15-Mar-2026 on no longer planned: sorafenib" in dialog.pane.notices.text()
    bench.fill(dialog.reason, "sorafenib not tolerated")
    bench.save()
    assert [regimen.id for regimen in bench.stored().regimens] == ["sorafenib_iti", "iti"]


def test_the_list_of_changes_tells_what_when_who_and_why_and_what_was_taken_back(
    bench: Bench,
) -> None:
    empty = bench.open("changes")
    assert isinstance(empty, ChangesDialog)
    assert empty.none.isVisible() and not empty.save.isEnabled()
    bench.close()
    bench.open("omit")
    bench.keys.type("fever")
    bench.save()
    changes = bench.open("changes")
    assert isinstance(changes, ChangesDialog)
    row = [
        str(changes.model.index(0, column).data()).replace("\N{NO-BREAK SPACE}", " ")
        for column in range(5)
    ]
    assert row == [
        "interferon alfa-1b of 09-Mar-2026 omitted", "fever", "Li Na",
        "05-Mar-2026 09:04, Li Na", "stands",
    ]  # fmt: skip
    bench.keys.press(Qt.Key.Key_Return)  # on a decision in the list: why is it taken back?
    assert changes.reason.hasFocus()
    bench.save()
    assert changes.form.rows["reason"].error is not None
    bench.keys.type("mistake")
    bench.save()
    again = bench.open("changes")
    assert isinstance(again, ChangesDialog)
    assert "taken back" in str(again.model.index(0, 4).data())
    assert not again.save.isEnabled()
    again.reject()


def test_a_half_typed_decision_is_there_when_the_dialog_opens_again(bench: Bench) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    bench.keys.type("2")
    bench.fill(dialog.reason, "travels")
    bench.close()
    again = bench.open("shift")
    assert isinstance(again, ShiftDialog)
    assert (again.days.text(), again.reason.text()) == ("2", "travels")
    again.reject()


def test_the_grid_tells_in_words_what_it_shows(bench: Bench) -> None:
    dialog = bench.open("shift")
    assert isinstance(dialog, ShiftDialog)
    bench.keys.type("3")
    bench.preview(dialog)
    told = dialog.pane.grid.accessibleDescription()
    assert "interferon alfa-1b: 3 days later" in told
    dialog.pane.grid.grab()
    dialog.reject()


def test_a_decision_that_was_built_on_says_so_and_cannot_be_undone(bench: Bench) -> None:
    for reason in ("travels", "again"):
        dialog = bench.open("shift")
        assert isinstance(dialog, ShiftDialog)
        bench.keys.type("2")
        bench.fill(dialog.reason, reason)
        bench.save()
    changes = bench.open("changes")
    assert isinstance(changes, ChangesDialog)
    assert changes.list.hasFocus()
    bench.keys.press(Qt.Key.Key_Down)
    bench.settled(bench.desk.session)
    assert "A later decision rests on this one" in changes.pane.verdict.text()
    assert not changes.save.isEnabled()
    changes.reject()


def test_between_two_doses_the_next_one_of_the_line_is_meant(bench: Bench) -> None:
    shift = bench.open("shift", INTERFERON, 10)
    assert isinstance(shift, ShiftDialog)
    assert (shift.extent.value(), shift.from_day.day()) == (Extent.ONWARD, day(11))
    shift.reject()
    bench.back()
    hold = bench.open("hold", INTERFERON, 10)
    assert isinstance(hold, HoldDialog) and hold.components.value() == ("interferon",)
    hold.reject()


def test_who_may_not_decide_is_told_so_by_menu_key_and_dialog(
    ward: Ward, looks: Looks, qtbot: QtBot, settled: Settle
) -> None:
    nurse = Actor("Li Na", Role.NURSE, "test")
    session = Session(lambda: ward.open().acting_as(nurse), ward.path.name)
    with qtbot.waitSignal(session.opened):
        pass
    desk = Desk(session=session, words=looks.words, theme=looks.theme, settings=looks.settings)
    page = shown_page(desk, qtbot, settled)
    bench = Bench(page, desk, qtbot, settled)
    plan = page.cycle.bar.plan.entries
    assert [name for name, act in plan.items() if act.isEnabled()] == ["changes"]
    assert "physician" in plan["shift"].toolTip()
    page.cycle.sheet.move_to(INTERFERON, 8)
    qtbot.keyClicks(page.cycle.sheet, "d")
    assert page.cycle_tab.acts.dialog is None
    assert page.cycle.refusal.isVisible()
    assert page.cycle.refusal.message.text() == "This may be done by: physician"
    sheet = page.cycle.sheet.sheet
    assert sheet is not None
    dialog = page.cycle_tab.acts.open("shift", sheet, "interferon", day=FIRST_DAY)
    assert isinstance(dialog, ShiftDialog)
    qtbot.keyClicks(dialog.days, "3")
    assert bench.preview(dialog) is not None
    assert not dialog.save.isEnabled()
    assert dialog.not_theirs.isVisible()
    assert dialog.pane.verdict.text().startswith("Not possible: ")
    assert "physician" in dialog.pane.verdict.text()
    dialog.reject()
    session.close()


# -- the bar -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_bar_takes_one_line_in_a_window_of_1366_pixels(
    bench: Bench, page: PatientPage, looks: Looks, language: Language
) -> None:
    looks.words.use(language)
    page.resize(1176, 700)  # what the rail leaves of 1366
    bar = page.cycle.bar
    bar.show_waiting(14)

    def lines() -> int:
        """Which buttons there is room for is known when the bar has been laid out."""
        shown = [b for b in (*bar.acts.values(), bar.plan, bar.more) if b.isVisible()]
        return len({button.y() for button in shown})

    bench.qtbot.waitUntil(lambda: lines() == 1)
    assert bar.height() < 2 * bar.plan.height()


def test_the_menu_marks_its_first_act_and_enter_chooses_it(bench: Bench, page: PatientPage) -> None:
    bar = page.cycle.bar
    page.cycle.sheet.setFocus()
    bench.keys.tab_to(bar.plan, back=True)
    bench.keys.press(Qt.Key.Key_Down)
    assert bar.plan.menu_of_acts.isVisible()
    bench.keys.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert isinstance(bench.dialog, OmitDialog)
    bench.dialog.reject()
    assert bar.plan.text() == "Plan…" and bar.plan.accessibleName() == "Plan…"
