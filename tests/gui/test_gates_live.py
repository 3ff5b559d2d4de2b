"""Gates in the window: a new count speaks at once, each closed cell shows its evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.moment import Moment
from aml_maint.domain.pregnancy import Childbearing, Specimen, TestOutcome
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.clock_time_dialog import ClockTimeDialog
from aml_maint.gui.dialogs.lab_grid_dialog import LabGridDialog
from aml_maint.gui.dialogs.pregnancy_dialogs import ChildbearingDialog, PregnancyTestDialog
from aml_maint.gui.session import Session
from aml_maint.gui.workspace import Workspace
from aml_maint.services.changes import Changes
from aml_maint.services.dose_view import DoseView
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.observations import record_count
from aml_maint.services.sheet_totals import all_views
from aml_maint.services.site_settings import change_setting
from aml_maint.services.workplace import Workplace
from tests.gui.lab_typing import type_result
from tests.gui.ward import COURSE, ON_COURSE, ZONE, Ward

Settled = Callable[[Session], None]
Write = Callable[[Callable[[Workplace], Changes]], None]


@pytest.fixture
def window(desk: Desk, qtbot: QtBot, settled: Settled) -> Workspace:
    """The open ward, on the cycle of the patient."""
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    workspace.resize(1366, 768)
    workspace.show()
    workspace.show_patient(ON_COURSE)
    workspace.patient.show_tab("cycle")
    settled(desk.session)
    return workspace


@pytest.fixture
def write(desk: Desk, settled: Settled) -> Write:
    """A write, and all that the window reads after it."""

    def done(work: Callable[[Workplace], Changes]) -> None:
        desk.session.write(work, None, None, desk.session)
        settled(desk.session)

    return done


def at(text: str) -> Moment:
    return Moment.at(datetime.fromisoformat(text), ZONE)


def count(value: str, collected: str, analyte: str = "platelets") -> Callable[[Workplace], Changes]:
    unit = "10*9/L" if analyte == "platelets" else "mL/min/{1.73_m2}"
    result = LabValue.parse(value, unit)
    return lambda place: record_count(place, ON_COURSE, analyte, result, at(collected))


def given(component: str, slot: str, day: int, clock: str) -> Callable[[Workplace], Changes]:
    """A dose given on a day of March."""
    when = f"2026-03-{day:02d}"
    dose = SlotId(COURSE, component, datetime.fromisoformat(when).date(), slot)
    amount = Dose(Decimal(3), "{tablet}")
    entry = DoseEntry(dose, Status.GIVEN, at(f"{when}T{clock}"), amount)
    return lambda place: log_dose(place, entry)


def doses(window: Workspace, component: str) -> Iterator[DoseView]:
    sheet = window.patient.cycle.sheet.sheet
    assert sheet is not None
    return (view for view in all_views(sheet) if view.slot.component == component)


def to_come(window: Workspace, component: str) -> set[CellState]:
    """How the doses of the days to come stand on the sheet."""
    return {
        view.state for view in doses(window, component)
        if view.planned.at > datetime(2026, 3, 5, 9, 4)
    }  # fmt: skip


def move_to(window: Workspace, slot: SlotId) -> None:
    assert window.patient.cycle.go_to(slot) is not None


def facts(window: Workspace) -> list[tuple[str, str]]:
    """The facts of the dose cards in sight."""
    cards = (card for card in window.patient.cycle.card.doses if not card.isHidden())
    return [fact for card in cards for fact in card.facts.texts]


def test_a_count_recorded_in_the_window_closes_and_opens_the_doses_to_come_at_once(
    window: Workspace, desk: Desk, ward: Ward, qtbot: QtBot, settled: Settled
) -> None:
    cycle = window.patient.cycle_tab
    assert to_come(window, "danshen") == {CellState.PLANNED}
    for minute, value, expected in ((5, "42", CellState.GATE_CLOSED), (6, "88", CellState.PLANNED)):
        ward.clock.set(datetime(2026, 3, 5, 9, minute))
        cycle.view.bar.wanted.emit("count")
        dialog = cycle.acts.dialog
        assert isinstance(dialog, LabGridDialog)
        type_result(dialog, "platelets", value, time=f"09{minute:02d}")
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
        settled(desk.session)
        assert to_come(window, "danshen") == {expected}
        assert to_come(window, "sorafenib") == {CellState.PLANNED}


def test_a_dose_that_is_still_to_be_given_goes_by_the_count_of_now(
    window: Workspace, write: Write, ward: Ward
) -> None:
    """Danshen of 08:00 is due until 10:00; at 09:30 it would be refused, so it says so."""
    ward.clock.set(datetime(2026, 3, 5, 9, 30))
    write(count("42", "2026-03-05T09:10"))
    morning = next(
        view for view in doses(window, "danshen") if view.planned.at == datetime(2026, 3, 5, 8)
    )
    assert morning.state is CellState.GATE_CLOSED
    yesterday = [v.state for v in doses(window, "danshen") if v.planned.at.day == 4]
    assert set(yesterday) == {CellState.GATE_CLOSED}  # no count was known then


def test_every_closed_dose_shows_value_time_age_rule_and_source_on_its_card(
    window: Workspace, write: Write, ward: Ward
) -> None:
    ward.clock.set(datetime(2026, 3, 5, 11, 40))
    write(count("42", "2026-03-05T08:30"))
    closed = [
        view for component in ("danshen", "ibuprofen") for view in doses(window, component)
        if view.state is CellState.GATE_CLOSED and view.planned.at > datetime(2026, 3, 5, 11, 40)
    ]  # fmt: skip
    assert len(closed) > 40
    for view in closed:
        main = view.planned.linked_to or view.slot
        move_to(window, main)
        told = dict(facts(window)[:3])  # before everything else
        assert "42\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁹/L" in told["Gate"]
        assert "05-Mar-2026\N{NO-BREAK SPACE}08:30" in told["Gate"]
        assert "must be" in told["Gate"]
        assert told["Age then"] == "3\N{NO-BREAK SPACE}hours old"
        assert told["Source"]


def test_a_dose_recorded_as_held_keeps_the_count_that_held_it(
    window: Workspace, write: Write, ward: Ward
) -> None:
    ward.clock.set(datetime(2026, 3, 5, 9, 30))
    write(count("42", "2026-03-05T08:10"))
    slot = SlotId(COURSE, "danshen", datetime(2026, 3, 5).date(), "morning")
    held = DoseEntry(slot, Status.HELD, reason="count")
    write(lambda place: log_dose(place, held))
    write(count("90", "2026-03-05T09:00"))
    move_to(window, slot)
    assert any("42" in text and "08:10" in text for label, text in facts(window)
               if label == "Evidence")  # fmt: skip


def test_a_kidney_value_of_45_asks_for_care_and_closes_nothing(
    window: Workspace, write: Write, ward: Ward
) -> None:
    write(lambda place: change_setting(place, "ibuprofen.renal_gate", True, "kidney injury"))
    ward.clock.set(datetime(2026, 3, 6, 9, 0))
    write(count("45", "2026-03-06T08:00", "egfr"))
    waiting = [v for v in doses(window, "ibuprofen") if v.planned.at > datetime(2026, 3, 6, 9)]
    assert {view.state for view in waiting} == {CellState.PLANNED}
    assert all(view.warning is not None for view in waiting)
    move_to(window, waiting[0].planned.linked_to or waiting[0].slot)
    told = [text for label, text in facts(window) if label == "With care"]
    assert len(told) == 1
    assert "45" in told[0]
    assert "give with care" in window.patient.cycle.sheet.accessibleDescription()


def test_a_count_that_comes_late_is_told_at_once_with_the_doses_it_would_have_kept_back(
    window: Workspace, write: Write, ward: Ward, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    ward.clock.set(datetime(2026, 3, 5, 18, 0))
    for slot, clock in (("morning", "08:10"), ("midday", "13:05"), ("evening", "17:30")):
        write(given("danshen", slot, 5, clock))
    assert window.late.isHidden()
    write(count("41", "2026-03-05T12:00"))
    assert not window.late.isHidden()
    assert window.late.message.text() == (
        "CHEN, Wei, T-0001: platelets 41\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁹/L of "
        "05-Mar-2026\N{NO-BREAK SPACE}12:00 came after 2 doses that it would have kept back"
    )
    assert "13:05" in window.late.doses.text()
    assert "17:30" in window.late.doses.text()
    window.go("today")
    qtbot.mouseClick(window.late.show_doses, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert window.shown is window.patient
    pair = window.patient.cycle.sheet.pair
    assert pair is not None
    assert pair.main.slot.slot == "midday"


def test_a_count_entered_in_error_is_taken_back_from_the_notice(
    window: Workspace, write: Write, ward: Ward, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    ward.clock.set(datetime(2026, 3, 5, 18, 0))
    write(given("danshen", "midday", 5, "13:05"))
    write(count("41", "2026-03-05T12:00"))
    assert to_come(window, "danshen") >= {CellState.GATE_CLOSED}
    dialog = window.late.open_take_back()
    assert dialog is not None
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert dialog.form.rows["reason"].error is not None
    qtbot.keyClicks(dialog.reason, "another patient's")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert window.late.isHidden()
    assert CellState.GATE_CLOSED not in to_come(window, "danshen")


def test_taking_back_the_count_that_opened_the_gate_lists_what_was_given_on_it(
    window: Workspace, write: Write, ward: Ward
) -> None:
    from aml_maint.services.observations import withdraw_count

    ward.clock.set(datetime(2026, 3, 5, 18, 0))
    write(given("danshen", "midday", 5, "13:05"))
    known = next(view.gate for view in doses(window, "danshen") if view.record is not None)
    assert known is not None and known.result is not None
    result = known.result.id
    write(lambda place: withdraw_count(place, result, "another patient's"))
    assert window.late.message.text().startswith("CHEN, Wei, T-0001: without platelets 96")
    assert window.late.take_back.isHidden()


def test_a_count_that_changes_nothing_says_nothing(window: Workspace, write: Write) -> None:
    write(count("90", "2026-03-05T09:00"))
    assert window.late.isHidden()


def test_pregnancy_is_asked_about_only_where_the_site_has_switched_its_gate_on(
    window: Workspace, write: Write, ward: Ward, desk: Desk, settled: Settled
) -> None:
    night = SlotId(COURSE, "thalidomide", datetime(2026, 3, 6).date(), "bedtime")
    move_to(window, night)
    acts = window.patient.cycle.card.acts.buttons
    assert acts["clock_time"].isVisible()
    assert not acts["pregnancy_test"].isVisible()
    write(lambda place: change_setting(place, "pregnancy.gate", True, "our hospital's rule"))
    ward.clock.set(datetime(2026, 3, 6, 9, 0))
    window.patient.reload()
    settled(desk.session)
    move_to(window, night)
    assert acts["pregnancy_test"].isVisible()
    assert acts["childbearing"].isVisible()


def test_a_statement_and_a_negative_test_open_thalidomide_in_the_window(
    window: Workspace, write: Write, ward: Ward, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    write(lambda place: change_setting(place, "pregnancy.gate", True, "our hospital's rule"))
    ward.clock.set(datetime(2026, 3, 6, 9, 0))
    window.patient.reload()
    settled(desk.session)
    night = SlotId(COURSE, "thalidomide", datetime(2026, 3, 6).date(), "bedtime")
    move_to(window, night)
    assert "can’t be decided" in dict(facts(window))["Gate"]
    cycle, acts = window.patient.cycle_tab, window.patient.cycle.card.acts.buttons

    qtbot.mouseClick(acts["childbearing"], Qt.MouseButton.LeftButton)
    settled(desk.session)
    stating = cycle.acts.dialog
    assert isinstance(stating, ChildbearingDialog)
    assert stating.known.text().startswith("Nobody has stated yet")
    qtbot.mouseClick(stating.save, Qt.MouseButton.LeftButton)
    assert stating.form.rows["answer"].error is not None
    stating.answer.set_value(Childbearing.POSSIBLE)
    qtbot.keyClicks(stating.reason, "as she says")
    qtbot.mouseClick(stating.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert "no pregnancy test yet" in dict(facts(window))["Gate"].casefold()

    qtbot.mouseClick(acts["pregnancy_test"], Qt.MouseButton.LeftButton)
    settled(desk.session)
    testing = cycle.acts.dialog
    assert isinstance(testing, PregnancyTestDialog)
    assert "can become pregnant" in testing.known.text()
    testing.outcome.set_value(TestOutcome.NEGATIVE)
    testing.specimen.set_value(Specimen.URINE)
    qtbot.keyClicks(testing.collected_at, "0830")
    qtbot.mouseClick(testing.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    waiting = [v for v in doses(window, "thalidomide") if v.planned.at > datetime(2026, 3, 6, 9)]
    assert {view.state for view in waiting} == {CellState.PLANNED}


def test_a_patient_gets_a_time_of_their_own_from_the_card(
    window: Workspace, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    move_to(window, SlotId(COURSE, "thalidomide", datetime(2026, 3, 6).date(), "bedtime"))
    acts = window.patient.cycle.card.acts.buttons
    qtbot.mouseClick(acts["clock_time"], Qt.MouseButton.LeftButton)
    dialog = window.patient.cycle_tab.acts.dialog
    assert isinstance(dialog, ClockTimeDialog)
    assert dialog.place.value() == ("thalidomide", "bedtime")
    assert dialog.at.text() == "22:00"
    dialog.at.selectAll()
    qtbot.keyClicks(dialog.at, "2130")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert dialog.form.rows["reason"].error is not None
    qtbot.keyClicks(dialog.reason, "goes to bed early")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    times = [view.planned.at.time() for view in doses(window, "thalidomide")]
    assert times == [time(22)] * 5 + [time(21, 30)] * 23
