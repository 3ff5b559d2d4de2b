"""One patient on the screen: banner, cycle by keyboard, dialogs, and a page without a cycle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.course import EndReason
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import AllergyState, Patient
from aml_maint.domain.quantities import LabValue
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.confirm_dialog import ConfirmDialog
from aml_maint.gui.dialogs.dose_dialog import DoseDialog
from aml_maint.gui.dialogs.hold_dialog import HoldDialog, ResumeDialog
from aml_maint.gui.dialogs.lab_grid_dialog import LabGridDialog
from aml_maint.gui.dialogs.order_dialog import OrderDialog
from aml_maint.gui.dialogs.reason_dialog import ReasonDialog
from aml_maint.gui.dialogs.report_dialog import ReportDialog
from aml_maint.gui.dialogs.start_cycle_dialog import StartCycleDialog
from aml_maint.gui.dialogs.toxicity_dialog import ToxicityDialog
from aml_maint.gui.forms.lab_grid import TIME
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.banner import banner_facts
from aml_maint.gui.widgets.sheet_cursor import SheetCursor
from aml_maint.services.changes import Changes
from aml_maint.services.importing import import_cohort, preview_cohort
from aml_maint.services.observations import record_counts
from aml_maint.services.people import Banner, list_patients
from aml_maint.services.treatment import end_course, start_cycle
from aml_maint.services.workplace import Workplace
from tests.builders import UNASSESSED
from tests.gui.lab_typing import type_result, typed
from tests.gui.ward import COURSE, FIRST_DAY, NEW, ON_COURSE, ZONE, Ward

Settle = Callable[[Session], None]

SORAFENIB_AM, SORAFENIB_PM, INTERFERON, INTERLEUKIN, THALIDOMIDE = range(5)
DANSHEN_AM, DANSHEN_NOON, DANSHEN_PM = 5, 6, 7
TODAY = 4

COHORT = Path(__file__).resolve().parents[1] / "data" / "cohort19.csv"


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    """The patient on day 5 of cycle 1 at 09:04, nothing recorded but a count."""
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1500, 860)
    page.show()
    page.show_patient(ON_COURSE)
    settled(desk.session)
    page.setFocus()
    return page


def state(page: PatientPage, row: int, column: int) -> CellState:
    """The state of a dose on the sheet."""
    sheet = page.cycle.sheet.sheet
    assert sheet is not None
    pair = sheet.rows[row].cells[column]
    assert pair is not None
    return pair.main.state


def given_at(page: PatientPage, row: int, column: int) -> datetime | None:
    sheet = page.cycle.sheet.sheet
    assert sheet is not None
    pair = sheet.rows[row].cells[column]
    assert pair is not None and pair.main.record is not None
    given = pair.main.record.given
    return None if given is None else given.local.replace(tzinfo=None)


def key(qtbot: QtBot, page: PatientPage, letter: str) -> None:
    qtbot.keyClicks(page.cycle.sheet, letter)


def asked(page: PatientPage) -> QDialog:
    """The dialog that is open over the page."""
    found = [d for d in page.window().findChildren(QDialog) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def opened(page: PatientPage, act: str) -> QDialog:
    """The dialog of an act of the bar."""
    bar = page.cycle.bar
    bar.acts[act].click() if act in bar.acts else bar.entries[act].trigger()
    dialog = page.cycle_tab.acts.dialog
    assert dialog is not None
    while not dialog.isVisible():  # it is laid out in a turn of its own
        QTest.qWait(1)
    return dialog


# -- the banner ----------------------------------------------------------------------------------


def test_the_banner_says_who_it_is_in_the_fixed_order(page: PatientPage) -> None:
    assert page.banner.name.text() == "CHEN, Wei"
    assert page.banner.who.text() == "Born 14-Jul-1961 (64 years) · Male · MRN T-0001"
    assert list(page.banner.texts.items()) == [
        ("Allergies", "penicillin"),
        ("Diagnosis", "AML · FLT3-ITD positive · ELN 2022 risk adverse"),
        ("Course", "Sorafenib + ITI maintenance · cycle 1, day 5"),
        ("Last platelets", "96\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁹/L · 05-Mar-2026"),
    ]
    assert "CHEN, Wei, Born 14-Jul-1961" in page.banner.accessibleDescription()


def test_a_similar_name_on_the_ward_is_marked_in_words(page: PatientPage) -> None:
    assert page.banner.similar.isVisible()
    assert page.banner.similar.text() == "Similar name on this ward"


@pytest.mark.parametrize(
    ("allergy", "expected", "token"),
    [
        (AllergyState.NONE_KNOWN, "No known allergies", "text"),
        (AllergyState.NOT_RECORDED, "Not recorded", "warning"),
        (AllergyState.UNAVAILABLE, "Unavailable", "warning"),
        (AllergyState.KNOWN, "Known, not listed", "danger"),
    ],
)
def test_the_four_states_of_allergies_read_differently(
    desk: Desk, allergy: AllergyState, expected: str, token: str
) -> None:
    patient = Patient("p", "Wu", "Min", "T-9", allergy_state=allergy)
    fact = banner_facts(Banner(patient, None, None, None, None, False, None))[3]
    assert (desk.words.text(fact.value), fact.token) == (expected, token)


def test_what_nobody_recorded_is_said_in_words_and_never_left_blank(desk: Desk) -> None:
    banner = Banner(Patient("p", "Wu", "", "T-9"), None, None, None, None, False, None)
    told = [desk.words.text(fact.value) for fact in banner_facts(banner)]
    assert told == [
        "not known", "Sex not known", "T-9", "Not recorded",
        "AML · FLT3-ITD not recorded · ELN 2022 risk not recorded", "No course", "No result",
    ]  # fmt: skip


def test_a_chinese_name_is_written_as_one_word(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    banner = Banner(Patient("p", "欧阳", "静", "T-9"), None, None, None, None, False, None)
    page.banner.show_banner(banner)
    assert page.banner.name.text() == "欧阳静"


def test_the_banner_follows_the_language(desk: Desk, page: PatientPage) -> None:
    desk.words.use("zh")
    assert page.banner.who.text() == "出生 1961年7月14日（64 岁） · 男 · 病案号 T-0001"
    assert page.banner.texts["过敏史"] == "penicillin"


# -- recording by keyboard -----------------------------------------------------------------------


def test_one_key_records_the_due_dose_and_shows_it_saved_under_the_same_cursor(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    page.cycle.sheet.move_to(DANSHEN_AM, TODAY)
    assert state(page, DANSHEN_AM, TODAY) is CellState.DUE
    with qtbot.waitSignal(desk.session.saved):
        key(qtbot, page, "g")
    settled(desk.session)
    assert state(page, DANSHEN_AM, TODAY) is CellState.GIVEN
    assert given_at(page, DANSHEN_AM, TODAY) == datetime(2026, 3, 5, 9, 4)
    assert page.cycle.sheet.cursor_at == SheetCursor.at(DANSHEN_AM, TODAY)
    assert "given 09:04 by Li Na" in page.cycle.sheet.accessibleDescription()


def test_a_dose_of_a_past_day_is_confirmed_at_its_planned_time(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    page.cycle.sheet.move_to(THALIDOMIDE, 1)
    assert state(page, THALIDOMIDE, 1) is CellState.UNCONFIRMED
    key(qtbot, page, "g")
    settled(desk.session)
    assert state(page, THALIDOMIDE, 1) is CellState.GIVEN
    assert given_at(page, THALIDOMIDE, 1) == datetime(2026, 3, 2, 22, 0)


def test_a_dose_to_come_can_not_be_recorded(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    page.cycle.sheet.move_to(SORAFENIB_AM, TODAY + 3)
    key(qtbot, page, "g")
    settled(desk.session)
    for dialog in page.window().findChildren(ReasonDialog):
        dialog.reasons.choose(1)
        dialog.save.click()
        settled(desk.session)
        dialog.reject()
    assert state(page, SORAFENIB_AM, TODAY + 3) is CellState.PLANNED


def test_undo_takes_back_what_the_last_key_recorded(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    page.cycle.sheet.move_to(DANSHEN_AM, TODAY)
    key(qtbot, page, "g")
    settled(desk.session)
    key(qtbot, page, "u")
    settled(desk.session)
    assert state(page, DANSHEN_AM, TODAY) is CellState.DUE


def test_a_dose_taken_back_stays_legible_in_the_card(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    page.cycle.sheet.move_to(DANSHEN_AM, TODAY)
    for letter in "gu":
        key(qtbot, page, letter)
        settled(desk.session)
    history = page.cycle.card.doses[0].history
    qtbot.waitUntil(lambda: bool(history.texts()) and history.isVisible())
    ((entry, ending),) = history.texts()
    assert entry.startswith("given 05-Mar-2026\N{NO-BREAK SPACE}09:04")
    assert history.struck()[0].font().strikeOut()
    at = "05-Mar-2026\N{NO-BREAK SPACE}09:04"
    assert ending == f"Entered in error, taken back {at} by Li Na, nurse"
    pair = page.cycle.sheet.pair
    assert pair is not None and pair.main.struck
    assert "an earlier entry was corrected or taken back" in page.cycle.sheet.spoken()


def test_the_card_of_a_recorded_dose_always_tells_its_four_times(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    page.cycle.sheet.move_to(DANSHEN_AM, TODAY)
    assert "First planned" not in dict(page.cycle.card.doses[0].facts.texts)
    key(qtbot, page, "g")
    settled(desk.session)
    told = [label for label, _ in page.cycle.card.doses[0].facts.texts]
    assert told[:4] == ["First planned", "Planned", "Given", "Recorded"]


def test_control_and_arrows_walk_through_the_cycles_on_the_same_day(
    desk: Desk, ward: Ward, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    ward.clock.set(datetime(2026, 4, 28, 9, 0))
    for first in (date(2026, 3, 29), date(2026, 4, 26)):
        desk.session.write(
            lambda place, first=first: start_cycle(  # type: ignore[misc]
                place, COURSE, first, override=UNASSESSED
            ),
            None, None, page,
        )  # fmt: skip
    settled(desk.session)
    page.cycle_tab.show_cycle(3)
    settled(desk.session)
    page.cycle.sheet.move_to(DANSHEN_AM, 2)
    control = Qt.KeyboardModifier.ControlModifier

    def press(*keys: Qt.Key) -> int:
        for one in keys:
            qtbot.keyClick(page.cycle.sheet, one, control)
        settled(desk.session)
        assert page.cycle.sheet.sheet is not None
        return page.cycle.sheet.sheet.cycle

    assert press(Qt.Key.Key_Left) == 2
    assert (page.cycle.sheet.cursor_at.row, page.cycle.sheet.cursor_at.column) == (DANSHEN_AM, 2)
    assert press(Qt.Key.Key_Right, Qt.Key.Key_Right) == 3
    assert press(Qt.Key.Key_Home) == 1
    assert press(Qt.Key.Key_Left) == 1
    # Pressed faster than sheets arrive, each press still counts.
    assert press(Qt.Key.Key_End, Qt.Key.Key_Left) == 2


@pytest.mark.parametrize(
    ("letter", "status"), [("h", Status.HELD), ("r", Status.REFUSED), ("m", Status.MISSED)]
)
def test_a_dose_not_given_asks_for_its_coded_reason(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle, letter: str, status: Status
) -> None:
    page.cycle.sheet.move_to(SORAFENIB_AM, TODAY)
    key(qtbot, page, letter)
    dialog = asked(page)
    assert isinstance(dialog, ReasonDialog)
    dialog.reasons.choose(1)
    dialog.save.click()
    settled(desk.session)
    assert state(page, SORAFENIB_AM, TODAY) is CellState(status.value)


@pytest.mark.parametrize("letter", ["l", "p", "e", "\r"])
def test_late_partly_edit_and_enter_open_the_doses_card(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle, letter: str
) -> None:
    page.cycle.sheet.move_to(SORAFENIB_AM, TODAY)
    if letter == "\r":
        qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_Return)
    else:
        key(qtbot, page, letter)
    settled(desk.session)
    dialog = asked(page)
    assert isinstance(dialog, DoseDialog)
    expected = Status.PARTLY_GIVEN if letter == "p" else Status.GIVEN
    assert dialog.status.value() is expected
    dialog.reject()


def test_the_buttons_of_the_card_do_what_the_keys_do(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    page.cycle.sheet.move_to(DANSHEN_AM, TODAY)
    page.cycle.card.buttons["G"].click()
    settled(desk.session)
    assert state(page, DANSHEN_AM, TODAY) is CellState.GIVEN


def test_a_selected_range_is_confirmed_as_taken_and_nothing_beside_it(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    sheet = page.cycle.sheet
    sheet.move_to(SORAFENIB_AM, 0)
    for _ in range(3):
        qtbot.keyClick(sheet, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert page.cycle.bar.acts["confirm"].text() == "Confirm 4 as taken (C)"
    key(qtbot, page, "c")
    dialog = asked(page)
    assert isinstance(dialog, ConfirmDialog)
    qtbot.keyClick(dialog.doses.table, Qt.Key.Key_Return)
    settled(desk.session)
    assert [state(page, SORAFENIB_AM, day) for day in range(4)] == [CellState.GIVEN] * 4
    assert [state(page, SORAFENIB_PM, day) for day in range(4)] == [CellState.UNCONFIRMED] * 4
    assert state(page, SORAFENIB_AM, TODAY) is CellState.OVERDUE
    assert given_at(page, SORAFENIB_AM, 2) == datetime(2026, 3, 3, 7, 0)
    assert not page.cycle.bar.acts["confirm"].isEnabled()


def test_a_confirmed_range_takes_the_ibuprofen_with_its_interferon(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    give_count(desk, settled, datetime(2026, 3, 1, 6, 30))
    page.reload()
    settled(desk.session)
    page.cycle.sheet.move_to(INTERFERON, 0)
    key(qtbot, page, "c")
    settled(desk.session)
    found = page.cycle.sheet.sheet
    assert found is not None
    pair = found.rows[INTERFERON].cells[0]
    assert pair is not None and pair.premedication is not None
    assert (pair.main.state, pair.premedication.state) == (CellState.GIVEN, CellState.GIVEN)
    assert pair.gap_minutes == 60


def give_count(desk: Desk, settled: Settle, at: datetime, patient_id: str = ON_COURSE) -> None:
    desk.session.write(
        lambda place: record_counts(
            place, patient_id, {"platelets": LabValue.parse("120", "10*9/L")}, Moment.at(at, ZONE)
        ),
        None, None, desk.session,
    )  # fmt: skip
    settled(desk.session)


def test_a_closed_gate_refuses_with_its_evidence_and_offers_the_override(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    page.cycle.sheet.move_to(DANSHEN_NOON, 1)
    key(qtbot, page, "g")
    settled(desk.session)
    assert state(page, DANSHEN_NOON, 1) is CellState.GATE_CLOSED
    assert page.cycle.refusal.isVisible()
    assert "platelets" in page.cycle.refusal.message.text()
    assert page.cycle.refusal.override.isVisible()


# -- the card ------------------------------------------------------------------------------------


def test_the_card_always_shows_the_focused_cell(page: PatientPage, qtbot: QtBot) -> None:
    page.cycle.sheet.move_to(SORAFENIB_PM, TODAY)
    card = page.cycle.card
    assert card.day.text() == "Day 5 · 05-Mar-2026"
    assert card.doses[0].drug.text() == "sorafenib — 400\N{NO-BREAK SPACE}mg"
    facts = dict(card.doses[0].facts.texts)
    assert facts["Planned"] == "05-Mar-2026\N{NO-BREAK SPACE}19:30"
    assert facts["On time"] == "17:30 to 21:30"
    assert not card.doses[1].isVisible()
    page.cycle.sheet.move_to(INTERFERON, TODAY)
    assert card.doses[1].isVisible()
    assert card.doses[0].drug.text().startswith("ibuprofen")


def test_the_card_of_a_recorded_dose_tells_who_when_and_on_what_evidence(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    page.cycle.sheet.move_to(DANSHEN_AM, TODAY)
    key(qtbot, page, "g")
    settled(desk.session)
    facts = dict(page.cycle.card.doses[0].facts.texts)
    assert facts["Given"] == "09:04"
    assert facts["By"] == "Li Na, nurse"
    assert facts["Recorded"] == "09:04"
    assert facts["Evidence"].startswith("96")
    assert "Cheng 2025" in facts["Source"]
    assert not page.cycle.card.buttons["G"].isVisible()


def test_the_card_says_how_many_doses_the_keys_act_on(page: PatientPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert page.cycle.card.selected.isVisible()
    assert page.cycle.card.selected.text().startswith("2 doses selected")


# -- dialogs -------------------------------------------------------------------------------------


def test_a_count_below_what_the_laboratory_measures_closes_the_gate_at_once(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    dialog = opened(page, "count")
    assert isinstance(dialog, LabGridDialog)
    type_result(dialog, "platelets", "<50", time="0900")
    dialog.save.click()
    settled(desk.session)
    assert not page.cycle_tab.acts.dialog
    assert state(page, DANSHEN_NOON, TODAY) is CellState.GATE_CLOSED
    assert page.banner.texts["Last platelets"].startswith("<")


@pytest.mark.parametrize(
    ("name", "text", "unit"),
    [
        ("platelets", "abc", None), ("platelets", "96000", None), ("haemoglobin", "12", None),
        ("alt", "-4", None),
    ],
)  # fmt: skip
def test_a_result_that_can_not_be_meant_is_marked_in_its_own_cell(
    desk: Desk, page: PatientPage, settled: Settle, name: str, text: str, unit: str | None
) -> None:
    dialog = opened(page, "count")
    assert isinstance(dialog, LabGridDialog)
    type_result(dialog, name, text, time="08:30", unit=unit)
    dialog.save.click()
    settled(desk.session)
    assert dialog.isVisible()
    assert dialog.form.rows["values"].error is not None
    cell = dialog.grid.item(dialog.grid.row_of(name), 1)
    assert dialog.grid.currentItem() is cell and cell.toolTip()
    assert typed(dialog, name) == text
    type_result(dialog, name, "1")
    assert not cell.toolTip()
    dialog.reject()


def test_a_sample_from_the_future_is_refused_beside_its_time(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    dialog = opened(page, "count")
    assert isinstance(dialog, LabGridDialog)
    type_result(dialog, "platelets", "96", time="23:00")
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["values"].error is not None
    assert dialog.grid.currentItem() is dialog.grid.item(TIME, 1)
    dialog.reject()


def test_the_grade_is_told_while_a_result_is_typed_and_escape_puts_back_what_stood(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    dialog = opened(page, "count")
    assert isinstance(dialog, LabGridDialog)
    settled(desk.session)
    row = dialog.grid.row_of("platelets")
    for text, told in (("48", "grade 3"), ("50", "grade 2"), ("<10", "grade 4"), ("4x", "")):
        type_result(dialog, "platelets", text)
        dialog.grid.setCurrentCell(row, 1)
        assert told in dialog.told.text() and bool(told) == bool(dialog.told.text())
    type_result(dialog, "platelets", "88")
    qtbot.keyClicks(dialog.grid, "4")
    editor = dialog.grid.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "2")
    assert typed(dialog, "platelets") == "42"
    assert "grade 3" in dialog.told.text()
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert typed(dialog, "platelets") == "88"
    type_result(dialog, "alt", "201")
    dialog.grid.setCurrentCell(dialog.grid.row_of("alt"), 1)
    assert "no upper limit known" in dialog.told.text()
    dialog.reject()


def test_a_half_typed_count_is_there_again_when_the_dialog_opens_the_next_time(
    page: PatientPage,
) -> None:
    dialog = opened(page, "count")
    assert isinstance(dialog, LabGridDialog)
    type_result(dialog, "granulocytes", "1.2")
    type_result(dialog, "haemoglobin", "", unit="g/dL")
    dialog.reject()
    again = opened(page, "count")
    assert isinstance(again, LabGridDialog)
    assert typed(again, "granulocytes") == "1.2"
    assert again.grid.unit_of("haemoglobin").value() == "g/dL"
    again.reject()


def test_a_hold_covers_the_days_from_the_first_and_resuming_plans_them_again(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    page.cycle.sheet.move_to(INTERFERON, TODAY)
    assert not page.cycle.bar.entries["resume"].isVisible()
    dialog = opened(page, "hold")
    assert isinstance(dialog, HoldDialog)
    assert dialog.components.value() == ("interferon",)
    dialog.save.click()
    assert dialog.form.rows["reason"].error is not None
    dialog.code.setCurrentIndex(1)
    dialog.save.click()
    settled(desk.session)
    assert state(page, INTERFERON, TODAY) is CellState.HELD
    assert state(page, INTERFERON, TODAY + 2) is CellState.HELD
    assert state(page, INTERFERON, 0) is CellState.UNCONFIRMED
    assert (
        "toxicity, since 05-Mar-2026, by Li Na"
        in dict(page.cycle.card.doses[1].facts.texts)["Hold"]
    )
    resume = opened(page, "resume")
    assert isinstance(resume, ResumeDialog)
    resume.from_day.set_day(date(2026, 3, 7))
    resume.save.click()
    settled(desk.session)
    assert state(page, INTERFERON, TODAY) is CellState.HELD
    assert state(page, INTERFERON, TODAY + 2) is CellState.PLANNED


def test_a_drug_can_not_be_resumed_on_the_day_its_hold_began(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    dialog = opened(page, "hold")
    assert isinstance(dialog, HoldDialog)
    dialog.code.setCurrentIndex(1)
    dialog.save.click()
    settled(desk.session)
    resume = opened(page, "resume")
    assert isinstance(resume, ResumeDialog)
    resume.save.click()
    assert resume.form.rows["from_day"].error is not None
    resume.reject()


def test_the_next_cycle_can_not_start_before_this_one_is_over(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    dialog = opened(page, "start_cycle")
    assert isinstance(dialog, StartCycleDialog)
    assert dialog.first_day.day() == FIRST_DAY + timedelta(days=28)
    dialog.first_day.set_day(date(2026, 3, 20))
    dialog.save.click()
    settled(desk.session)
    assert dialog.isVisible()
    assert "29-Mar-2026" in dialog.form.general.text()
    dialog.reject()


def test_a_cycle_started_three_days_late_is_shown_and_leaves_overrun_days_behind(
    ward: Ward, desk: Desk, page: PatientPage, settled: Settle
) -> None:
    ward.clock.set(datetime(2026, 4, 1, 9, 0))
    page.reload()
    settled(desk.session)
    assert "overrun" in page.banner.texts["Course"]
    dialog = opened(page, "start_cycle")
    assert isinstance(dialog, StartCycleDialog)
    assert dialog.first_day.day() == date(2026, 4, 1)
    assert "3 days later than planned" in dialog.effect.text()
    assert "29 to 31" in dialog.effect.text()
    dialog.save.click()
    settled(desk.session)
    # Nobody assessed the patient between the cycles: who goes on without it, and why?
    assert dialog.form.rows["override_reason"].error is not None
    assert dialog.assess.isVisible()
    dialog.override_by.setText("Wu Min")
    dialog.override_reason.setText("assessed on paper")
    dialog.save.click()
    settled(desk.session)
    sheet = page.cycle.sheet.sheet
    assert sheet is not None and sheet.cycle == 2 and sheet.days[0].on == date(2026, 4, 1)
    page.cycle.bar.back.click()
    settled(desk.session)
    before = page.cycle.sheet.sheet
    assert before is not None and before.cycle == 1
    assert [day.number for day in before.days if day.overrun] == [29, 30, 31]
    assert page.cycle.bar.chooser.value() == 1


def test_an_ordered_dose_is_planned_from_its_day_on(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    page.cycle.sheet.move_to(THALIDOMIDE, TODAY)
    dialog = opened(page, "dose")
    assert isinstance(dialog, OrderDialog)
    assert dialog.component.value() == "thalidomide"
    dialog.level.set_value(None)
    dialog.dose.setText("50")
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["reason"].error is not None
    dialog.reason.setText("drowsy")
    dialog.save.click()
    settled(desk.session)
    sheet = page.cycle.sheet.sheet
    assert sheet is not None
    today, before = sheet.rows[THALIDOMIDE].cells[TODAY], sheet.rows[THALIDOMIDE].cells[0]
    assert today is not None and before is not None
    assert (str(today.main.planned.dose and today.main.planned.dose.value)) == "50"
    assert (str(before.main.planned.dose and before.main.planned.dose.value)) == "100"


def test_a_toxicity_is_found_by_another_of_its_names_and_gets_a_line(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    dialog = opened(page, "toxicity")
    assert isinstance(dialog, ToxicityDialog)
    dialog.term.setText("no such thing")
    dialog.save.click()
    assert dialog.form.rows["term"].error is not None
    dialog.term.setText("plt")
    dialog.grade.set_value(2)
    assert "WHO 1979" in dialog.form.rows["grade"].note.text()
    dialog.save.click()
    settled(desk.session)
    sheet = page.cycle.sheet.sheet
    assert sheet is not None
    assert [(t.term, t.worst, t.onset.day) for t in sheet.toxicities] == [
        ("platelets", 2, date(2026, 3, 5))
    ]


def test_the_report_dialog_is_about_the_cycle_shown(page: PatientPage) -> None:
    dialog = opened(page, "report")
    assert isinstance(dialog, ReportDialog)
    dialog.reject()


@pytest.mark.parametrize("act", ["count", "toxicity", "hold", "dose", "start_cycle"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_dialog_says_whom_it_is_about_and_names_every_input(
    desk: Desk, page: PatientPage, act: str, language: str
) -> None:
    desk.words.use("zh" if language == "zh" else "en")
    dialog = opened(page, act)
    texts = [label.text() for label in dialog.findChildren(QWidget) if hasattr(label, "text")
             and callable(label.text)]  # fmt: skip
    assert "CHEN, Wei" in texts
    for row in dialog.form.rows.values():  # type: ignore[attr-defined]
        assert row.field.accessibleName()
    dialog.reject()


# -- without a cycle -----------------------------------------------------------------------------


def test_a_patient_without_a_course_is_told_so_and_offered_to_start_one(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    page.show_patient(NEW)
    assert page.cycle.sheet.sheet is None
    settled(desk.session)
    assert page.cycle_tab.body.currentWidget() is page.cycle_tab.no_course
    page.cycle_tab.no_course.button.click()
    dialog = asked(page)
    settled(desk.session)
    dialog.reject()


def test_a_published_patient_shows_the_facts_as_printed_and_says_what_is_missing(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    found: list[str] = []

    def bring_in(place: Workplace) -> Changes:
        changes = import_cohort(place, preview_cohort(place, COHORT.read_bytes(), "Cheng2025"))
        assert changes is not None
        found.extend(r.patient.id for r in list_patients(place) if r.patient.mrn.endswith("-02"))
        return changes

    desk.session.write(bring_in, None, None, page)
    settled(desk.session)
    page.show_patient(found[0])
    settled(desk.session)
    assert page.cycle_tab.body.currentWidget() is page.cycle_tab.reported
    assert page.banner.who.text().startswith("Born not known; age 62 as reported")
    outcome = dict(page.cycle_tab.reported.grids["outcome"].texts)
    assert outcome["Relapse-free survival"] == "13 months"
    assert outcome["Status"] == "molecular relapse"
    assert dict(page.cycle_tab.reported.grids["before"].texts)["AML1-ETO/ABL"] == "Not given"


def test_an_ended_course_shows_its_last_cycle_but_offers_no_treatment(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    desk.session.write(
        lambda place: end_course(
            place, COURSE, date(2026, 3, 4), EndReason.RELAPSE, override=UNASSESSED
        ),
        None, None, page,
    )  # fmt: skip
    settled(desk.session)
    assert page.banner.texts["Course"].endswith("ended 04-Mar-2026: relapse")
    bar = page.cycle.bar
    assert [name for name, button in bar.acts.items() if button.isHidden()] == ["start_cycle"]
    assert [name for name, act in bar.plan.entries.items() if act.isVisible()] == ["changes"]
    sheet = page.cycle.sheet.sheet
    assert sheet is not None and len(sheet.days) == 4


def test_the_keyboard_is_on_the_sheet_whenever_a_patient_is_opened(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    for patient, focused in ((NEW, page.cycle_tab.no_course.button), (ON_COURSE, page.cycle.sheet)):
        page.show_patient(patient)
        page.setFocus()
        settled(desk.session)
        assert focused.hasFocus()


# -- reading -------------------------------------------------------------------------------------


def test_an_answer_about_the_patient_before_is_dropped(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    page.show_patient(NEW)
    page.show_patient(ON_COURSE)
    page.show_patient(NEW)
    settled(desk.session)
    assert page.patient_id == NEW
    assert page.banner.name.text() == "CHEN, Wen"
    assert page.cycle_tab.body.currentWidget() is page.cycle_tab.no_course


def test_a_write_about_another_patient_does_not_read_this_one_again(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    before = page.cycle.sheet.sheet
    give_count(desk, settled, datetime(2026, 3, 5, 8, 30), NEW)
    assert page.cycle.sheet.sheet is before
    give_count(desk, settled, datetime(2026, 3, 5, 8, 30), ON_COURSE)
    assert page.cycle.sheet.sheet is not before


def test_the_clock_alone_makes_a_dose_overdue_when_the_page_is_read_again(
    ward: Ward, desk: Desk, page: PatientPage, settled: Settle
) -> None:
    assert state(page, DANSHEN_AM, TODAY) is CellState.DUE
    ward.clock.set(datetime(2026, 3, 5, 10, 1))
    page.reload()
    settled(desk.session)
    assert state(page, DANSHEN_AM, TODAY) is CellState.OVERDUE
