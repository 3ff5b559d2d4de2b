"""Today with real keys at a real ward file: what is recorded, shown, refused and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.course import HoldReason
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient, Sex
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.gui import today_reading
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dialogs.dismiss_dialog import DismissDialog
from aml_maint.gui.dialogs.dose_dialog import DoseDialog
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.dialogs.override_dialog import OverrideDialog
from aml_maint.gui.dialogs.reason_dialog import ReasonDialog
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.gui.models.worklist_filter import ELSEWHERE, WorklistFilter
from aml_maint.gui.models.worklist_model import RowRole, WorklistModel
from aml_maint.gui.models.worklist_texts import RowTexts
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.refresh_bar import RefreshBar
from aml_maint.gui.widgets.worklist_delegate import WorklistDelegate
from aml_maint.services.care_lists import change_my_list, my_patients
from aml_maint.services.changes import Changes
from aml_maint.services.dose_reading import Reading
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.long_work import Parts
from aml_maint.services.observations import record_count
from aml_maint.services.people import admit_patient
from aml_maint.services.treatment import hold_component, start_course
from aml_maint.services.worklist import Section, WorkRow
from aml_maint.services.workplace import Workplace
from tests.gui.ward import COURSE, FIRST_DAY, NEW, ON_COURSE, Ward

TODAY = date(2026, 3, 5)
SECOND = "00000000-0000-4000-8000-000000000003"
SECOND_COURSE = "00000000-0000-4000-8000-000000000008"

Settle = Callable[[Session], None]


def slot(component: str, name: str, day: date = TODAY, course: str = COURSE) -> SlotId:
    return SlotId(course, component, day, name)


SORAFENIB = slot("sorafenib", "morning")
DANSHEN = slot("danshen", "morning")
INTERFERON = slot("interferon", "evening")


@pytest.fixture
def two_patients(ward: Ward) -> None:
    """Beside Chen Wei a patient of another ward with a count of 42 and no ibuprofen ordered."""
    place = ward.open()
    admit_patient(
        place,
        Patient(SECOND, "Zhou", "Min", "T-0009", Sex.FEMALE, ward="Ward B", bed="3"),
    )
    start_course(place, SECOND, "sorafenib_iti", FIRST_DAY, course_id=SECOND_COURSE)
    count = LabValue(Decimal("42"), "10*9/L")
    ward.clock.set(datetime(2026, 3, 5, 8, 0))
    record_count(place, SECOND, "platelets", count, ward.clock.now())
    ward.clock.set(datetime(2026, 3, 5, 9, 4))
    place.store.close()


@pytest.fixture
def place(ward: Ward) -> Iterator[Workplace]:
    """The ward of the tests, open on the test's own thread."""
    place = ward.open()
    yield place
    place.close()


@pytest.fixture
def page(today_page: TodayPage) -> TodayPage:
    """The only page here."""
    return today_page


@pytest.fixture
def press(page: TodayPage, qtbot: QtBot, settled: Settle, desk: Desk) -> Callable[..., None]:
    """Presses a key in the dialog that is open, else in the list, and waits for the answers."""

    def key(what: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target: QWidget = dialog_of(page) or page.ui.view
        qtbot.keyClick(target, what, modifier)
        settled(desk.session)

    return key


def dialog_of(page: TodayPage) -> FormDialog | None:
    open_ones = [d for d in page.findChildren(FormDialog) if d.isVisible()]
    return open_ones[-1] if open_ones else None


def asked(page: TodayPage, kind: type[FormDialog]) -> FormDialog:
    found = dialog_of(page)
    assert isinstance(found, kind)
    return found


def go_to(page: TodayPage, wanted: SlotId) -> QModelIndex:
    index = index_of(page, wanted)
    page.ui.view.setCurrentIndex(index)
    return index


def index_of(page: TodayPage, wanted: SlotId) -> QModelIndex:
    """The line of a dose; its section is unfolded for it."""
    section = page.model.section_of(wanted)
    assert section is not None
    page.model.peek(section)
    return page.model.index_of(wanted)


def row(page: TodayPage, wanted: SlotId) -> WorkRow:
    found = page.model.row_of(wanted)
    assert found is not None
    return found


def texts_at(page: TodayPage, index: QModelIndex) -> RowTexts:
    found = page.model.texts_at(index)
    assert found is not None
    return found


def texts(page: TodayPage, wanted: SlotId) -> RowTexts:
    return texts_at(page, index_of(page, wanted))


def words(page: TodayPage, wanted: SlotId) -> str:
    return str(index_of(page, wanted).data(Qt.ItemDataRole.AccessibleTextRole))


def section_of(page: TodayPage, wanted: SlotId) -> str:
    return str(page.model.head_above(index_of(page, wanted)).data()).split("  ")[0]


# -- what is shown ------------------------------------------------------------------------------


def test_each_section_is_headed_by_its_name_and_count(page: TodayPage) -> None:
    heads = [page.model.section_index(section).data() for section in page.model.sections()]
    assert heads == ["Overdue  1", "Due now  1", "Upcoming  6", "To resolve  16"]


def test_the_numbers_above_the_list_are_those_of_the_sections(page: TodayPage) -> None:
    counts = {section: button.count for section, button in page.ui.strip.counts.items()}
    assert counts == {
        Section.OVERDUE: 1, Section.DUE: 1, Section.UPCOMING: 6, Section.DONE: 0,
        Section.TO_RESOLVE: 16,
    }  # fmt: skip


def test_a_row_is_spoken_as_a_whole_sentence(page: TodayPage) -> None:
    told = words(page, SORAFENIB).replace("\N{NO-BREAK SPACE}", " ")
    assert told.startswith("sorafenib 400 mg, CHEN, Wei, due 07:00, overdue 2 h 4 min")
    assert "Bed 12, record number T-0001, cycle 1 day 5" in told


def test_a_row_to_resolve_tells_its_day(page: TodayPage) -> None:
    index = page.model.index_of(slot("sorafenib", "morning", date(2026, 3, 3)))
    found = texts_at(page, index)
    assert (found.lines[0].time, found.lines[0].day) == ("07:00", "03-Mar")


def test_the_day_under_the_time_stands_beside_a_long_dose_and_not_below_it(
    page: TodayPage,
) -> None:
    delegate = page.ui.view.itemDelegate()
    assert isinstance(delegate, WorklistDelegate)
    today = texts(page, DANSHEN)
    (line,) = today.lines

    def height(dose: str, day: str) -> int:
        drawn = replace(line, dose=dose, day=day, evidence="", words="due")
        return delegate._height(replace(today, lines=(drawn,)), 700, lead=False)

    long = f"{line.drug} — " + "3 tablets " * 6
    assert height(long, "") > height(line.drug, "")
    assert height(long, "4-Mar") <= height(long, "") + 2


def test_a_row_of_today_tells_no_day(page: TodayPage) -> None:
    found = texts(page, SORAFENIB)
    assert found.lines[0].day == ""


def test_a_premedication_and_its_dose_are_one_row_of_two_lines(page: TodayPage) -> None:
    found = texts(page, INTERFERON)
    assert [line.drug for line in found.lines] == ["ibuprofen", "interferon alfa-1b"]
    assert [line.time for line in found.lines] == ["18:00", "19:00"]


def test_a_name_that_nobody_shares_is_not_marked(page: TodayPage) -> None:
    go_to(page, SORAFENIB)
    # Chen Wen is on no course, so nobody on the list could be taken for Chen Wei.
    assert not texts(page, SORAFENIB).similar
    assert page.ui.panel.similar.isHidden()


def test_a_similar_name_on_the_list_is_marked_in_its_rows_and_in_the_panel(
    page: TodayPage, desk: Desk, settled: Settle
) -> None:
    desk.session.write(
        lambda place: start_course(place, NEW, "sorafenib_iti", TODAY), None, None, page
    )
    settled(desk.session)
    page.refresh()
    settled(desk.session)
    go_to(page, SORAFENIB)
    assert texts(page, SORAFENIB).similar
    assert "Similar name on the ward" in words(page, SORAFENIB)
    assert not page.ui.panel.similar.isHidden()


def test_the_panel_shows_the_selected_dose_in_full(page: TodayPage) -> None:
    go_to(page, DANSHEN)
    told = page.ui.panel.text().replace("\N{NO-BREAK SPACE}", " ")
    assert "CHEN, Wei" in told and "T-0001" in told
    assert "compound Danshen tablets — 3 tablets — by mouth" in told
    assert "Planned: 05-Mar-2026 08:00" in told
    assert "platelets 96 × 10⁹/L of 05-Mar-2026 08:00: must be above 50 × 10⁹/L, open" in told
    assert "Cheng 2025" in told


@pytest.mark.usefixtures("two_patients")
def test_a_closed_gate_shows_its_evidence_in_the_row(page: TodayPage) -> None:
    closed = slot("danshen", "morning", course=SECOND_COURSE)
    assert section_of(page, closed) == "Done and not due"
    line = texts(page, closed).lines[0]
    assert line.evidence.replace("\N{NO-BREAK SPACE}", " ") == (
        "platelets 42 × 10⁹/L, must be above 50 × 10⁹/L"
    )


@pytest.mark.usefixtures("two_patients")
def test_the_rows_of_one_patient_stand_together(page: TodayPage) -> None:
    top = page.model.section_index(Section.UPCOMING)
    people = [
        page.model.index(top.row() + 1 + place).data(RowRole).patient.id
        for place in range(page.model.rows_in(Section.UPCOMING))
    ]
    assert people == sorted(people, key=people.index)
    assert set(people) == {ON_COURSE, SECOND}


# -- given --------------------------------------------------------------------------------------


def test_enter_records_a_due_dose_as_given_now(page: TodayPage, press: Callable[..., None]) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_Return)
    record = row(page, DANSHEN).pair.main.record
    assert record is not None and record.status is Status.GIVEN
    assert record.given is not None and record.given.local.strftime("%H:%M") == "09:04"
    assert "given 09:04" in words(page, DANSHEN)


def test_a_dose_given_stays_in_its_place_until_a_refresh(
    page: TodayPage, press: Callable[..., None], desk: Desk, settled: Settle
) -> None:
    before = page.model.slots()
    go_to(page, DANSHEN)
    press(Qt.Key.Key_Return)
    assert page.model.slots() == before
    assert page.ui.refresh_bar.isHidden()
    press(Qt.Key.Key_F5)
    settled(desk.session)
    assert section_of(page, DANSHEN) == "Done and not due"


def test_the_counts_follow_an_entry_at_once(page: TodayPage, press: Callable[..., None]) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_Return)
    assert page.ui.strip.counts[Section.DUE].count == 0
    assert page.ui.strip.counts[Section.DONE].count == 1


def test_a_second_enter_records_nothing_and_says_so(
    page: TodayPage, press: Callable[..., None]
) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_Return)
    first = row(page, DANSHEN).pair.main.record
    press(Qt.Key.Key_Return)
    assert row(page, DANSHEN).pair.main.record == first
    assert "recorded already: given 09:04" in page.ui.refusal.message.text()


def test_two_presses_in_one_breath_record_one_dose(
    page: TodayPage, qtbot: QtBot, settled: Settle, desk: Desk
) -> None:
    go_to(page, DANSHEN)
    qtbot.keyClick(page.ui.view, Qt.Key.Key_Return)
    qtbot.keyClick(page.ui.view, Qt.Key.Key_Return)
    settled(desk.session)
    assert row(page, DANSHEN).pair.main.state is CellState.GIVEN
    assert page.ui.refusal.isHidden()


def test_a_dose_outside_its_window_asks_for_the_reason_in_three_keys(
    page: TodayPage, press: Callable[..., None]
) -> None:
    go_to(page, SORAFENIB)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_1, Qt.Key.Key_Return):
        press(key)
    main = row(page, SORAFENIB).pair.main
    assert main.state is CellState.GIVEN_LATE
    assert main.record is not None and main.record.reason == "forgotten"


def test_esc_at_the_reason_records_nothing(page: TodayPage, press: Callable[..., None]) -> None:
    go_to(page, SORAFENIB)
    press(Qt.Key.Key_Return)
    asked(page, ReasonDialog)
    press(Qt.Key.Key_Escape)
    assert row(page, SORAFENIB).pair.main.record is None


def test_a_dose_of_a_past_day_is_confirmed_at_its_planned_time(
    page: TodayPage, press: Callable[..., None]
) -> None:
    past = slot("sorafenib", "morning", date(2026, 3, 3))
    go_to(page, past)
    press(Qt.Key.Key_Return)
    record = row(page, past).pair.main.record
    assert record is not None and record.given is not None
    assert record.given.local.strftime("%d %H:%M") == "03 07:00"


@pytest.mark.usefixtures("two_patients")
def test_a_range_over_two_patients_is_recorded_with_one_enter(
    page: TodayPage, press: Callable[..., None]
) -> None:
    days = (date(2026, 3, 1), date(2026, 3, 2))
    mine = [slot("thalidomide", "bedtime", day) for day in days]
    theirs = [slot("thalidomide", "bedtime", day, SECOND_COURSE) for day in days]
    page.ui.view.select([*mine, *theirs], mine[0])
    press(Qt.Key.Key_Return)
    assert [row(page, s).pair.main.state for s in (*mine, *theirs)] == [CellState.GIVEN] * 4
    press(Qt.Key.Key_U)
    assert [row(page, s).pair.main.record for s in (*mine, *theirs)] == [None] * 4


def test_shift_and_arrow_select_a_range(page: TodayPage, press: Callable[..., None]) -> None:
    top = page.model.section_index(Section.TO_RESOLVE)
    page.ui.view.setCurrentIndex(page.model.index(top.row() + 1))
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    rows = page.ui.view.rows()
    assert len(rows) == 3
    assert page.ui.panel.name.text() == "3 doses selected"
    press(Qt.Key.Key_Return)
    states = [row(page, r.pair.main.slot).pair.main.state for r in rows]
    assert states == [CellState.GIVEN] * 3


# -- not given ----------------------------------------------------------------------------------


def test_h_2_enter_records_held_with_the_second_reason(
    page: TodayPage, press: Callable[..., None]
) -> None:
    go_to(page, DANSHEN)
    for key in (Qt.Key.Key_H, Qt.Key.Key_2, Qt.Key.Key_Return):
        press(key)
    record = row(page, DANSHEN).pair.main.record
    assert record is not None
    assert (record.status, record.reason) == (Status.HELD, "count")
    assert "held: blood count" in words(page, DANSHEN)


@pytest.mark.parametrize(
    ("key", "status", "reason"),
    [
        (Qt.Key.Key_R, Status.REFUSED, "side_effects"),
        (Qt.Key.Key_M, Status.MISSED, "forgotten"),
    ],
)
def test_r_and_m_record_refused_and_missed(
    page: TodayPage, press: Callable[..., None], key: Qt.Key, status: Status, reason: str
) -> None:
    go_to(page, DANSHEN)
    for each in (key, Qt.Key.Key_1, Qt.Key.Key_Return):
        press(each)
    record = row(page, DANSHEN).pair.main.record
    assert record is not None
    assert (record.status, record.reason) == (status, reason)


def test_no_reason_is_recorded_unless_one_was_chosen(
    page: TodayPage, press: Callable[..., None]
) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_M)
    press(Qt.Key.Key_Return)
    dialog = asked(page, ReasonDialog)
    assert dialog.form.rows["reason"].note.text() == "Choose a reason: press its number"
    assert row(page, DANSHEN).pair.main.record is None
    press(Qt.Key.Key_Escape)


def test_a_digit_typed_into_the_note_is_text(
    page: TodayPage, press: Callable[..., None], qtbot: QtBot
) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_M)
    press(Qt.Key.Key_3)
    dialog = asked(page, ReasonDialog)
    assert isinstance(dialog, ReasonDialog)
    qtbot.keyClicks(dialog.note_input, "after 2 attempts")
    qtbot.keyClick(dialog.note_input, Qt.Key.Key_Return)
    press(Qt.Key.Key_Up)
    record = row(page, DANSHEN).pair.main.record
    assert record is not None
    assert (record.reason, record.note) == ("vomited", "after 2 attempts")


def test_holding_a_pair_holds_both_of_its_doses(
    page: TodayPage, press: Callable[..., None]
) -> None:
    go_to(page, INTERFERON)
    for key in (Qt.Key.Key_H, Qt.Key.Key_1, Qt.Key.Key_Return):
        press(key)
    pair = row(page, INTERFERON).pair
    assert pair.premedication is not None
    assert (pair.main.state, pair.premedication.state) == (CellState.HELD, CellState.HELD)


# -- undo ---------------------------------------------------------------------------------------


def test_u_takes_the_last_entry_back(page: TodayPage, press: Callable[..., None]) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_Return)
    assert page.logger.can_undo
    press(Qt.Key.Key_U)
    assert row(page, DANSHEN).pair.main.record is None
    assert not page.logger.can_undo


def test_after_ten_seconds_u_takes_nothing_back(
    page: TodayPage, press: Callable[..., None]
) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_Return)
    page.logger.forget()
    press(Qt.Key.Key_U)
    assert row(page, DANSHEN).pair.main.record is not None
    assert "nothing to take back" in page.ui.refusal.message.text()


# -- refusals -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("two_patients")
def test_a_closed_gate_refuses_with_its_evidence_and_takes_a_named_override(
    page: TodayPage, press: Callable[..., None], qtbot: QtBot
) -> None:
    closed = slot("danshen", "morning", course=SECOND_COURSE)
    go_to(page, closed)
    press(Qt.Key.Key_Return)
    told = page.ui.refusal.message.text().replace("\N{NO-BREAK SPACE}", " ")
    assert told.startswith("platelets 42 × 10⁹/L of 05-Mar-2026 08:00")
    assert row(page, closed).pair.main.record is None
    page.ui.refusal.override.click()
    dialog = asked(page, OverrideDialog)
    assert isinstance(dialog, OverrideDialog)
    press(Qt.Key.Key_Return)
    assert dialog.form.rows["by"].error is not None
    qtbot.keyClicks(dialog.by, "Dr Wu")
    press(Qt.Key.Key_Return)
    assert dialog.by.text() == "Dr Wu"
    assert dialog.form.rows["reason"].error is not None
    qtbot.keyClicks(dialog.reason, "count of 63 by telephone")
    press(Qt.Key.Key_Return)
    record = row(page, closed).pair.main.record
    assert record is not None and record.gate is not None
    assert "Dr Wu" in record.gate
    assert "override by Dr Wu: count of 63 by telephone" in page.ui.panel.text()


def test_a_hold_refuses_and_offers_the_override(
    page: TodayPage, press: Callable[..., None], desk: Desk, settled: Settle
) -> None:
    desk.session.write(
        lambda place: hold_component(
            place, COURSE, "danshen", TODAY, HoldReason.PROCEDURE, decided_by="Dr Wu"
        ),
        None, None, page,
    )  # fmt: skip
    settled(desk.session)
    go_to(page, DANSHEN)
    press(Qt.Key.Key_Return)
    assert page.ui.refusal.message.text() == "This drug is held since 05-Mar-2026"
    assert not page.ui.refusal.override.isHidden()


@pytest.mark.usefixtures("two_patients")
def test_ibuprofen_without_an_ordered_dose_asks_for_it(
    page: TodayPage, press: Callable[..., None], ward: Ward, desk: Desk, settled: Settle,
    qtbot: QtBot,
) -> None:  # fmt: skip
    good = LabValue(Decimal("120"), "10*9/L")
    now = ward.clock.now()
    desk.session.write(
        lambda place: record_count(place, SECOND, "platelets", good, now), None, None, page
    )
    ward.clock.set(datetime(2026, 3, 5, 18, 0))
    page.refresh()
    settled(desk.session)
    pair = slot("interferon", "evening", course=SECOND_COURSE)
    go_to(page, pair)
    press(Qt.Key.Key_Return)
    dialog = asked(page, DoseDialog)
    assert isinstance(dialog, DoseDialog)
    assert dialog.dose.text() == ""
    press(Qt.Key.Key_Return)
    assert dialog.form.rows["dose"].error is not None
    qtbot.keyClicks(dialog.dose, "200")
    qtbot.keyClicks(dialog.temperature, "36.6")
    press(Qt.Key.Key_Return)
    before = row(page, pair).pair.premedication
    assert before is not None and before.record is not None
    assert before.record.dose == Dose(Decimal(200), "mg")


# -- the pair -----------------------------------------------------------------------------------


def at(page: TodayPage, ward: Ward, hour: int, minute: int) -> None:
    ward.clock.set(datetime(2026, 3, 5, hour, minute))
    page.refresh()


def give_ibuprofen(
    page: TodayPage, press: Callable[..., None], qtbot: QtBot, degrees: str = "36.8"
) -> None:
    """Enter asks the temperature, Enter records."""
    go_to(page, INTERFERON)
    press(Qt.Key.Key_Return)
    card = asked(page, DoseDialog)
    assert isinstance(card, DoseDialog)
    assert card.temperature.hasFocus()
    qtbot.keyClicks(card.temperature, degrees)
    press(Qt.Key.Key_Return)


def test_enter_gives_ibuprofen_after_the_temperature_and_a_countdown_to_interferon_begins(
    page: TodayPage, press: Callable[..., None], ward: Ward, desk: Desk, settled: Settle,
    qtbot: QtBot,
) -> None:  # fmt: skip
    at(page, ward, 18, 0)
    settled(desk.session)
    give_ibuprofen(page, press, qtbot)
    pair = row(page, INTERFERON).pair
    assert pair.premedication is not None and pair.premedication.record is not None
    assert pair.premedication.state is CellState.GIVEN
    assert pair.premedication.record.temperature == Decimal("36.8")
    assert pair.main.record is None
    ward.clock.set(datetime(2026, 3, 5, 18, 18))
    page.renew()
    settled(desk.session)
    told = words(page, INTERFERON).replace("\N{NO-BREAK SPACE}", " ")
    assert "interferon alfa-1b in 42 min" in told


def test_without_a_temperature_the_same_key_asks_once_and_then_records(
    page: TodayPage, press: Callable[..., None], ward: Ward, desk: Desk, settled: Settle
) -> None:
    at(page, ward, 18, 0)
    settled(desk.session)
    go_to(page, INTERFERON)
    press(Qt.Key.Key_Return)
    card = asked(page, DoseDialog)
    press(Qt.Key.Key_Return)
    assert card.form.rows["temperature"].error is not None
    assert row(page, INTERFERON).pair.premedication.record is None  # type: ignore[union-attr]
    press(Qt.Key.Key_Return)
    before = row(page, INTERFERON).pair.premedication
    assert before is not None and before.record is not None
    assert before.record.temperature is None


def test_interferon_soon_after_ibuprofen_asks_for_a_reason(
    page: TodayPage, press: Callable[..., None], ward: Ward, desk: Desk, settled: Settle,
    qtbot: QtBot,
) -> None:  # fmt: skip
    at(page, ward, 18, 0)
    settled(desk.session)
    give_ibuprofen(page, press, qtbot)
    press(Qt.Key.Key_Return)
    card = asked(page, DoseDialog)
    press(Qt.Key.Key_Return)
    assert card.form.rows["reason"].error is not None
    press(Qt.Key.Key_Escape)
    assert row(page, INTERFERON).pair.main.record is None


def test_interferon_an_hour_after_ibuprofen_takes_two_keys_at_the_suggested_site(
    page: TodayPage, press: Callable[..., None], ward: Ward, desk: Desk, settled: Settle,
    qtbot: QtBot,
) -> None:  # fmt: skip
    at(page, ward, 18, 0)
    settled(desk.session)
    give_ibuprofen(page, press, qtbot)
    ward.clock.set(datetime(2026, 3, 5, 19, 0))
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    pair = row(page, INTERFERON).pair
    assert pair.main.state is CellState.GIVEN
    assert pair.gap_minutes == 60
    assert pair.main.record is not None and pair.main.record.site == "abdomen_left"


def test_a_number_takes_another_site_than_the_suggested_one(
    page: TodayPage, press: Callable[..., None], ward: Ward, desk: Desk, settled: Settle,
    qtbot: QtBot,
) -> None:  # fmt: skip
    at(page, ward, 18, 0)
    settled(desk.session)
    give_ibuprofen(page, press, qtbot)
    ward.clock.set(datetime(2026, 3, 5, 19, 0))
    press(Qt.Key.Key_Return)
    card = asked(page, DoseDialog)
    assert isinstance(card, DoseDialog)
    assert card.site.picture.hasFocus()
    qtbot.keyClick(card.site.picture, Qt.Key.Key_6)
    press(Qt.Key.Key_Return)
    record = row(page, INTERFERON).pair.main.record
    assert record is not None and record.site == "thigh_left"


def test_of_several_rows_those_that_ask_are_left_out_and_counted(
    page: TodayPage, press: Callable[..., None], ward: Ward, desk: Desk, settled: Settle
) -> None:
    at(page, ward, 18, 30)
    settled(desk.session)
    told: list[Message] = []
    page.logger.told.connect(told.append)
    chosen = (INTERFERON, slot("interleukin2", "evening"), slot("sorafenib", "evening"))
    targets = [DoseTarget(row(page, one).patient, row(page, one).pair) for one in chosen]
    page.logger.give_now(targets)
    settled(desk.session)
    assert [message.key for message in told] == ["injection.told.left_out"]
    assert told[0].params["count"] == 2
    assert row(page, chosen[2]).pair.main.state is CellState.GIVEN
    assert row(page, chosen[1]).pair.main.record is None


def test_a_key_pressed_twice_opens_one_card(
    page: TodayPage, ward: Ward, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    at(page, ward, 19, 0)
    settled(desk.session)
    go_to(page, slot("interleukin2", "evening"))
    qtbot.keyClick(page.ui.view, Qt.Key.Key_Return)
    qtbot.keyClick(page.ui.view, Qt.Key.Key_Return)
    settled(desk.session)
    card = asked(page, DoseDialog)
    assert page.findChildren(DoseDialog) == [card]
    card.reject()


# -- the card -----------------------------------------------------------------------------------


def test_the_card_records_an_injection_with_site_lot_and_temperature(
    page: TodayPage, press: Callable[..., None], ward: Ward, desk: Desk, settled: Settle,
    qtbot: QtBot,
) -> None:  # fmt: skip
    at(page, ward, 19, 5)
    settled(desk.session)
    injection = slot("interleukin2", "evening")
    go_to(page, injection)
    press(Qt.Key.Key_E)
    dialog = asked(page, DoseDialog)
    assert isinstance(dialog, DoseDialog)
    dialog.site.set_value("thigh_left")
    dialog.given.setText("18:50")
    qtbot.keyClicks(dialog.lot, "B-77")
    qtbot.keyClicks(dialog.temperature, "36.8")
    press(Qt.Key.Key_Return)
    record = row(page, injection).pair.main.record
    assert record is not None and record.given is not None
    assert record.given.local.strftime("%H:%M") == "18:50"
    assert (record.site, record.lot, record.temperature) == ("thigh_left", "B-77", Decimal("36.8"))


def test_a_time_in_the_future_is_refused_beside_it_and_nothing_typed_is_lost(
    page: TodayPage, press: Callable[..., None], qtbot: QtBot
) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_E)
    dialog = asked(page, DoseDialog)
    assert isinstance(dialog, DoseDialog)
    dialog.given.setText("09:30")
    qtbot.keyClicks(dialog.note, "with breakfast")
    press(Qt.Key.Key_Return)
    assert dialog.form.rows["given"].note.text() == "The time given lies in the future"
    assert (dialog.given.text(), dialog.note.text()) == ("09:30", "with breakfast")
    assert row(page, DANSHEN).pair.main.record is None
    dialog.given.setText("08:30")
    press(Qt.Key.Key_Return)
    record = row(page, DANSHEN).pair.main.record
    assert record is not None and record.note == "with breakfast"


def test_what_was_typed_into_a_card_is_there_when_it_is_opened_again(
    page: TodayPage, press: Callable[..., None], qtbot: QtBot
) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_E)
    first = asked(page, DoseDialog)
    assert isinstance(first, DoseDialog)
    qtbot.keyClicks(first.note, "half typed")
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_E)
    again = asked(page, DoseDialog)
    assert isinstance(again, DoseDialog)
    assert again.note.text() == "half typed"
    press(Qt.Key.Key_Escape)


def test_a_card_outside_the_window_wants_the_late_reason(
    page: TodayPage, press: Callable[..., None]
) -> None:
    go_to(page, SORAFENIB)
    press(Qt.Key.Key_E)
    dialog = asked(page, DoseDialog)
    assert isinstance(dialog, DoseDialog)
    press(Qt.Key.Key_Return)
    assert dialog.form.rows["reason"].error is not None
    dialog.reason.set_value("asleep")
    press(Qt.Key.Key_Return)
    record = row(page, SORAFENIB).pair.main.record
    assert record is not None and record.reason == "asleep"


def test_a_recorded_dose_is_corrected_with_a_reason_only(
    page: TodayPage, press: Callable[..., None], qtbot: QtBot
) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_E)
    dialog = asked(page, DoseDialog)
    assert isinstance(dialog, DoseDialog)
    dialog.given.setText("08:10")
    press(Qt.Key.Key_Return)
    assert dialog.form.rows["correction"].error is not None
    qtbot.keyClicks(dialog.correction, "wrong time typed")
    press(Qt.Key.Key_Return)
    record = row(page, DANSHEN).pair.main.record
    assert record is not None and record.given is not None and record.replaces is not None
    assert record.given.local.strftime("%H:%M") == "08:10"
    history = page.ui.panel.cards[0].history
    assert [label.font().strikeOut() for label in history.struck()] == [True]
    ((entry, ending),) = [
        tuple(text.replace("\N{NO-BREAK SPACE}", " ") for text in line) for line in history.texts()
    ]
    assert entry.startswith("given 05-Mar-2026 09:04, 3 tablets; entered 05-Mar-2026 09:04 by Li")
    assert ending == "Corrected 05-Mar-2026 09:04 by Li Na, nurse: wrong time typed"


def test_a_correction_can_be_taken_back_too(
    page: TodayPage, press: Callable[..., None], qtbot: QtBot
) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_Return)
    first = row(page, DANSHEN).pair.main.record
    press(Qt.Key.Key_E)
    dialog = asked(page, DoseDialog)
    assert isinstance(dialog, DoseDialog)
    dialog.status.set_value(Status.MISSED)
    dialog.reason.set_value("vomited")
    qtbot.keyClicks(dialog.correction, "wrong patient's tablet")
    press(Qt.Key.Key_Return)
    assert row(page, DANSHEN).pair.main.state is CellState.MISSED
    press(Qt.Key.Key_U)
    assert row(page, DANSHEN).pair.main.record == first


# -- what others do -----------------------------------------------------------------------------


def test_a_change_by_another_screen_raises_the_bar_and_moves_no_row(
    page: TodayPage, desk: Desk, settled: Settle
) -> None:
    before = page.model.slots()
    desk.session.write(
        lambda place: log_dose(place, DoseEntry(DANSHEN, Status.GIVEN)), None, None, page
    )
    settled(desk.session)
    assert page.model.slots() == before
    assert not page.ui.refresh_bar.isHidden()
    assert page.ui.refresh_bar.count == 1
    assert page.ui.refresh_bar.causes.text() == "Li Na: dose recorded (CHEN, Wei)"
    page.ui.refresh_bar.button.click()
    settled(desk.session)
    assert page.ui.refresh_bar.isHidden()
    assert section_of(page, DANSHEN) == "Done and not due"


def test_time_changes_the_words_but_not_the_order_and_raises_the_bar_when_a_dose_would_move(
    page: TodayPage, ward: Ward, desk: Desk, settled: Settle
) -> None:
    before = page.model.slots()
    ward.clock.set(datetime(2026, 3, 5, 9, 30))
    page.renew()
    settled(desk.session)
    assert "overdue 2 h 30 min" in words(page, SORAFENIB).replace("\N{NO-BREAK SPACE}", " ")
    assert page.ui.refresh_bar.isHidden()
    ward.clock.set(datetime(2026, 3, 5, 10, 1))
    page.renew()
    settled(desk.session)
    assert row(page, DANSHEN).pair.main.state is CellState.OVERDUE
    assert page.model.slots() == before
    assert page.ui.refresh_bar.count == 1
    assert page.ui.refresh_bar.causes.text() == "1 dose moved on by the clock"


@pytest.mark.usefixtures("two_patients")
def test_the_bar_names_who_did_what_to_whom_and_counts_what_time_did(
    page: TodayPage, ward: Ward, desk: Desk, settled: Settle
) -> None:
    def write(act: Callable[[Workplace], Changes]) -> None:
        desk.session.write(act, None, None, page)
        settled(desk.session)

    ward.clock.set(datetime(2026, 3, 5, 18, 40))  # the other patient's evening dose became due
    write(lambda place: log_dose(place, DoseEntry(DANSHEN, Status.MISSED, reason="forgotten")))
    reason = HoldReason.TOXICITY
    write(
        lambda place: hold_component(place, COURSE, "sorafenib", TODAY, reason, decided_by="Dr Wu")
    )
    told = page.ui.refresh_bar.causes.text().split(" · ")
    assert told[:2] == [
        "Li Na: dose recorded (CHEN, Wei)",
        "Li Na: drug held (CHEN, Wei)",
    ]
    assert told[2].endswith("moved on by the clock")
    # What this page records is no news to it.
    page.ui.renew.click()
    settled(desk.session)
    assert page.ui.refresh_bar.isHidden()


def test_more_than_three_causes_are_counted(looks: Looks, qtbot: QtBot) -> None:
    bar = RefreshBar(looks)
    qtbot.addWidget(bar)
    bar.show_changes(5, [say("today.text", text=letter) for letter in "abcde"])
    assert bar.causes.text() == "a · b · c · 2 more"
    bar.show_changes(1)
    assert bar.causes.isHidden() and not bar.isHidden()


@pytest.mark.usefixtures("two_patients")
def test_a_ward_shows_its_patients_and_below_them_what_is_due_of_the_others(
    page: TodayPage, desk: Desk, settled: Settle
) -> None:
    choose(page, WorklistFilter("Ward A"), desk, settled)
    assert desk.settings.text("today.filter") == "ward Ward A"
    other = [slot for slot in page.model.slots() if slot.course == SECOND_COURSE]
    assert [s.component for s in other] == ["sorafenib"]
    assert section_of(page, other[0]) == "Due now or overdue, not in this choice"
    assert not page.model.is_folded(ELSEWHERE)
    told = "Not in this choice: 1 overdue, 0 due, listed below"
    assert page.ui.elsewhere.isVisible() and page.ui.elsewhere.text() == told
    # What is due of the others can be given there like any other dose.
    assert page.model.count(Section.OVERDUE) == 1


@pytest.mark.usefixtures("two_patients")
def test_t_puts_the_patient_on_ones_own_list_and_takes_them_off_again(
    page: TodayPage, press: Callable[..., None], desk: Desk, settled: Settle
) -> None:
    go_to(page, SORAFENIB)
    press(Qt.Key.Key_T)
    latest = page.model.latest
    assert latest is not None and latest.mine == {ON_COURSE}
    assert words(page, SORAFENIB).endswith("On your list")
    assert page.ui.panel.take.text() == "Take off my list  (T)"
    choose(page, WorklistFilter(mine=True), desk, settled)
    shown = {s.course for s in page.model.slots() if section_of(page, s) == "Upcoming"}
    assert shown == {COURSE}
    go_to(page, SORAFENIB)
    press(Qt.Key.Key_T)
    latest = page.model.latest
    assert latest is not None and latest.mine == frozenset()
    # Nothing moves under the pointer: the next T must not meet another patient.
    assert section_of(page, SORAFENIB) == "Overdue"
    assert page.ui.refresh_bar.count > 0
    assert page.ui.elsewhere.text() == "Nobody is on your list: select a dose and press T"


@pytest.mark.usefixtures("two_patients")
def test_with_nobody_on_the_list_every_due_dose_is_still_there(
    page: TodayPage, desk: Desk, settled: Settle
) -> None:
    due = {
        row.pair.main.slot
        for section in (Section.OVERDUE, Section.DUE)
        for row in page.model.latest.section(section)  # type: ignore[union-attr]
    }
    assert len(due) >= 3
    choose(page, WorklistFilter(mine=True), desk, settled)
    assert set(page.model.slots()) == due


def test_a_choice_without_a_dose_says_so_and_offers_all_wards(
    page: TodayPage, desk: Desk, settled: Settle, ward: Ward, qtbot: QtBot
) -> None:
    ward.clock.set(datetime(2026, 3, 5, 4, 30))  # nothing is due yet
    choose(page, WorklistFilter(mine=True), desk, settled)
    assert page.ui.none_chosen.isVisible() and not page.ui.empty.isVisible()
    qtbot.keyClick(page.ui.none_chosen.button, Qt.Key.Key_Space)
    settled(desk.session)
    assert page.ui.view.isVisible() and page.ui.view.hasFocus()
    assert page.ui.filter.value() == WorklistFilter()


def test_a_list_is_each_persons_own(place: Workplace) -> None:
    change_my_list(place, [ON_COURSE])
    other = place.acting_as(Actor("Wu Min", Role.PHYSICIAN, "test"))
    assert my_patients(place) == {ON_COURSE}
    assert my_patients(other) == frozenset()
    with pytest.raises(BadInput):
        change_my_list(place, [ON_COURSE])
    change_my_list(place, [NEW], [ON_COURSE])
    assert my_patients(place) == {NEW}


def choose(page: TodayPage, wanted: WorklistFilter, desk: Desk, settled: Settle) -> None:
    page.ui.filter.set_value(wanted)
    page.ui.filter.chosen.emit()
    settled(desk.session)


def test_the_selection_survives_a_refresh(
    page: TodayPage, press: Callable[..., None], desk: Desk, settled: Settle
) -> None:
    go_to(page, DANSHEN)
    press(Qt.Key.Key_F5)
    settled(desk.session)
    assert [r.pair.main.slot for r in page.ui.view.rows()] == [DANSHEN]


@pytest.mark.usefixtures("two_patients")
def test_a_check_due_opens_its_patient_at_the_check(page: TodayPage, qtbot: QtBot) -> None:
    checks = page.ui.checks
    assert checks.heading.text() == f"Checks due  {len(checks.list.lines.lines)}"
    go_to_check(page, SECOND, "gate_closed/danshen/platelets")
    with qtbot.waitSignal(page.finding_wanted) as wanted:
        qtbot.keyClick(checks.list, Qt.Key.Key_Return)
    assert wanted.args == [SECOND, "gate_closed/danshen/platelets"]


@pytest.mark.usefixtures("two_patients")
def test_a_check_is_set_aside_from_today_with_a_reason(
    page: TodayPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    key = "gate_closed/danshen/platelets"
    go_to_check(page, SECOND, key)
    qtbot.keyClick(page.ui.checks.list, Qt.Key.Key_D)
    (dialog,) = page.findChildren(DismissDialog)
    qtbot.keyClicks(dialog.reason, "repeat ordered")
    dialog.save.click()
    settled(desk.session)
    assert key not in {line.finding.key for line in page.ui.checks.list.lines.lines}


def go_to_check(page: TodayPage, patient_id: str, key: str) -> None:
    found = [(line.patient.id, line.finding.key) for line in page.ui.checks.list.lines.lines]
    page.ui.checks.list.go_to(found.index((patient_id, key)))


# -- the list -----------------------------------------------------------------------------------


def test_a_section_folds_and_unfolds_by_key(
    page: TodayPage, press: Callable[..., None], desk: Desk, settled: Settle
) -> None:
    top = page.model.section_index(Section.UPCOMING)
    page.ui.view.setCurrentIndex(top)
    press(Qt.Key.Key_Space)
    assert page.model.is_folded(Section.UPCOMING)
    page.refresh()
    settled(desk.session)
    assert page.model.is_folded(Section.UPCOMING)


def test_a_key_held_down_records_once(
    page: TodayPage, qtbot: QtBot, settled: Settle, desk: Desk
) -> None:
    go_to(page, DANSHEN)
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True
    )
    QApplication.sendEvent(page.ui.view, held)
    settled(desk.session)
    assert row(page, DANSHEN).pair.main.record is None


def test_doses_out_of_sight_below_are_told_of(page: TodayPage) -> None:
    page.resize(1100, 330)
    page.ui.view.doItemsLayout()
    page.ui.view.verticalScrollBar().setValue(0)
    assert page.ui.view.urgent_below() in {1, 2}


def test_all_texts_follow_the_language(page: TodayPage, desk: Desk) -> None:
    go_to(page, SORAFENIB)
    desk.use_language("zh")
    assert page.ui.title.text() == "今日"
    assert page.model.index(0, 0).data().startswith("已逾时")
    assert "索拉非尼" in words(page, SORAFENIB) and "逾时" in words(page, SORAFENIB)
    assert "索拉非尼" in page.ui.panel.text()
    assert page.ui.checks.heading.text().startswith("待办检查")


def test_an_empty_ward_says_what_to_do_next(
    desk: Desk, qtbot: QtBot, settled: Settle, ward: Ward
) -> None:
    ward.clock.set(datetime(2026, 2, 1, 9, 0))
    page = TodayPage(desk)
    qtbot.addWidget(page)
    page.show()
    settled(desk.session)
    assert page.ui.empty.isVisible()
    assert "start a course" in page.ui.empty.advice.text()
    assert not page.ui.none_chosen.isVisible()
    with qtbot.waitSignal(page.patients_wanted):
        qtbot.keyClick(page.ui.empty.button, Qt.Key.Key_Space)


def test_the_model_keeps_qts_rules(
    page: TodayPage, qtmodeltester: ModelTester, desk: Desk, settled: Settle,
    press: Callable[..., None],
) -> None:  # fmt: skip
    qtmodeltester.check(page.model)
    go_to(page, DANSHEN)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_F5)
    settled(desk.session)
    # Nothing is due any more, and an empty section is not shown.
    assert not page.model.section_index(Section.DUE).isValid()
    assert len(page.model.sections()) == 4


@pytest.mark.usefixtures("two_patients")
def test_the_model_of_checks_keeps_qts_rules(page: TodayPage, qtmodeltester: ModelTester) -> None:
    model = page.ui.checks.list.lines
    qtmodeltester.check(model)
    spoken = [
        model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())
    ]
    assert any(text.startswith("ZHOU, Min · Gate closed: platelets 42") for text in spoken)


def test_every_control_of_the_page_has_an_accessible_name(page: TodayPage) -> None:
    go_to(page, SORAFENIB)
    unnamed = [
        type(widget).__name__
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and widget.isVisibleTo(page)
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        and type(widget).__module__.startswith("aml_maint")
    ]
    assert unnamed == []


def test_a_double_click_opens_the_card(
    page: TodayPage, qtbot: QtBot, settled: Settle, desk: Desk, press: Callable[..., None]
) -> None:
    index = go_to(page, DANSHEN)
    middle = page.ui.view.visualRect(index).center()
    qtbot.mouseClick(page.ui.view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseDClick(page.ui.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle))
    settled(desk.session)
    asked(page, DoseDialog)
    press(Qt.Key.Key_Escape)


def test_the_number_of_a_section_leads_to_it(page: TodayPage) -> None:
    page.ui.strip.counts[Section.TO_RESOLVE].click()
    assert page.ui.view.rows()[0].section is Section.TO_RESOLVE


def test_a_model_without_a_worklist_is_empty(desk: Desk) -> None:
    model = WorklistModel(desk.words)
    assert (model.rowCount(), model.changes, model.count(Section.DUE)) == (0, 0, 0)


def test_the_headings_move_with_their_columns_when_the_scroll_bar_comes_or_goes(
    page: TodayPage, qtbot: QtBot
) -> None:
    header, painted = page.ui.header, list[QRect]()

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QPaintEvent):
                painted.append(event.rect())
            return False

    watch = Watch()
    header.installEventFilter(watch)
    width = page.ui.view.viewport().width()
    shown = page.ui.view.verticalScrollBar().isVisible()
    policy = Qt.ScrollBarPolicy
    page.ui.view.setVerticalScrollBarPolicy(
        policy.ScrollBarAlwaysOff if shown else policy.ScrollBarAlwaysOn
    )
    qtbot.waitUntil(lambda: page.ui.view.viewport().width() != width)
    qtbot.waitUntil(lambda: header.rect() in painted)


def test_what_can_be_done_now_is_shown_before_the_week_behind_and_the_checks_are_read(
    desk: Desk, qtbot: QtBot, settled: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, ward_now = Event(), today_reading.ward_now

    def later(*given: Any) -> Parts[Reading]:
        go_on.wait(60)
        return (yield from ward_now(*given))

    monkeypatch.setattr(today_reading, "ward_now", later)
    page = TodayPage(desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() > 0)
    counts, unresolved = page.ui.strip.counts, page.ui.strip.counts[Section.TO_RESOLVE]
    assert counts[Section.DUE].count > 0 and page.ui.view.rows()
    assert "…" in unresolved.accessibleName() and not unresolved.isEnabled()
    assert "…" in page.ui.checks.heading.text() and not page.ui.checks.nothing.isVisible()
    chosen = page.ui.view.rows()[0].pair.main.slot
    go_on.set()
    settled(desk.session)
    assert unresolved.count > 0 and "…" not in unresolved.accessibleName()
    assert "…" not in page.ui.checks.heading.text()
    assert page.ui.view.rows()[0].pair.main.slot == chosen
