"""Recording doses: what is accepted, what is refused, and what stays readable."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.course import HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.services.dose_view import DoseView
from aml_maint.services.dosing import (
    DoseEntry,
    Override,
    RangeConfirmation,
    confirm_range,
    correct_dose,
    log_dose,
    log_doses,
    undo_doses,
)
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.treatment import hold_component
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, doses
from tests.builders import DAY_1, moment, on_course, platelets, set_clock


def slot(course: str, component: str, name: str, day: int = 1) -> SlotId:
    return SlotId(course, component, DAY_1 + timedelta(days=day - 1), name)


def view(place: Workplace, wanted: SlotId) -> DoseView:
    for row in cycle_sheet(place, wanted.course).rows:
        for pair in row.cells:
            for one in (pair.main, pair.premedication) if pair else ():
                if one is not None and one.slot == wanted:
                    return one
    raise AssertionError(f"{wanted} is not on the sheet")


def events(place: Workplace) -> int:
    return place.store.head().sequence


def test_a_dose_given_now_is_saved_with_its_four_times_and_who(place: Workplace) -> None:
    _, course = on_course(place)
    wanted = slot(course, "sorafenib", "morning")
    changes = log_dose(place, DoseEntry(wanted, Status.GIVEN))
    record = view(place, wanted).record
    assert record is not None
    assert record.given == record.recorded == moment("2026-03-02T07:05")
    assert f"{record.ideal:%H:%M}" == f"{record.planned:%H:%M}" == "07:00"
    assert (record.recorded_by, record.recorded_role) == ("Li Na", "nurse")
    assert record.dose == Dose.of("400", "mg")
    event = audit.event(place.store, changes.sequence)
    assert event is not None
    assert event.command.action == "log_dose"
    assert event.command.actor.name == "Li Na"
    assert [change.table for change in event.changes] == ["administrations"]


def test_one_dose_is_one_audit_entry(place: Workplace) -> None:
    _, course = on_course(place)
    before = events(place)
    log_dose(place, DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN))
    assert events(place) == before + 1


def test_the_same_command_twice_is_recorded_once(place: Workplace) -> None:
    _, course = on_course(place)
    command = uuid4()
    entry = DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN)
    first = log_dose(place, entry, command)
    again = log_dose(place, entry, command)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.sequence == again.sequence == events(place)


def test_a_slot_is_recorded_only_once(place: Workplace) -> None:
    _, course = on_course(place)
    entry = DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN)
    log_dose(place, entry)
    before = events(place)
    with pytest.raises(Refused):
        log_dose(place, entry)
    assert events(place) == before


def test_of_a_dose_recorded_before_that_is_told_whatever_else_would_forbid_it(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    entry = DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN)
    log_dose(place, entry)
    set_clock(place, "2026-03-02T14:05")  # far outside its window: would ask for a reason
    with pytest.raises(Refused) as told:
        log_dose(place, entry)
    assert told.value.message.key == "error.already_recorded"


def test_of_several_doses_none_is_recorded_when_one_was_before(place: Workplace) -> None:
    _, course = on_course(place)
    recorded = DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN)
    log_dose(place, recorded)
    before = events(place)
    other = DoseEntry(slot(course, "danshen", "morning"), Status.GIVEN)
    with pytest.raises(Refused) as told:
        log_doses(place, [other, recorded])
    assert told.value.message.key == "error.already_recorded"
    assert events(place) == before
    assert view(place, other.slot).record is None


@pytest.mark.parametrize("status", [Status.MISSED, Status.HELD, Status.REFUSED])
def test_a_dose_not_given_needs_a_coded_reason(place: Workplace, status: Status) -> None:
    _, course = on_course(place)
    wanted = slot(course, "sorafenib", "morning")
    with pytest.raises(BadInput):
        log_dose(place, DoseEntry(wanted, status))
    log_dose(place, DoseEntry(wanted, status, reason="other"))
    assert view(place, wanted).state.value == status.value


def test_a_dose_cannot_be_given_in_the_future_or_recorded_before_its_day(place: Workplace) -> None:
    _, course = on_course(place)
    later = moment("2026-03-02T07:06")
    with pytest.raises(BadInput):
        log_dose(place, DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN, later))
    with pytest.raises(Refused):
        log_dose(place, DoseEntry(slot(course, "sorafenib", "morning", 2), Status.GIVEN))


def test_a_dose_nobody_ordered_needs_its_amount(place: Workplace) -> None:
    _, course = on_course(place, orders={})
    set_clock(place, "2026-03-02T18:00")
    wanted = slot(course, "ibuprofen", "evening")
    platelets(place, cycle_sheet(place, course).patient, "120", "2026-03-02T06:00")
    with pytest.raises(BadInput) as refused:
        log_dose(place, DoseEntry(wanted, Status.GIVEN))
    assert refused.value.field == "dose"
    log_dose(place, DoseEntry(wanted, Status.GIVEN, dose=Dose.of("200", "mg")))
    assert view(place, wanted).state is CellState.GIVEN


def test_a_closed_gate_refuses_and_a_named_override_with_reason_is_kept(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "50", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T08:00")
    wanted = slot(course, "danshen", "morning")
    assert view(place, wanted).state is CellState.GATE_CLOSED
    with pytest.raises(Refused) as refused:
        log_dose(place, DoseEntry(wanted, Status.GIVEN))
    assert refused.value.message.key == "gate.closed"
    with pytest.raises(BadInput):
        Override("Wu Min", " ")
    override = Override("Wu Min", "bleeding risk judged low")
    log_dose(place, DoseEntry(wanted, Status.GIVEN, override=override))
    record = view(place, wanted).record
    assert record is not None
    assert record.gate is not None
    told = json.loads(record.gate)
    assert told["state"] == "closed"
    assert told["value"] == "50"
    assert (told["override_by"], told["override_reason"]) == ("Wu Min", "bleeding risk judged low")


def test_a_new_count_opens_the_gate_for_doses_to_come_only(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "50", "2026-03-02T06:00")
    set_clock(place, "2026-03-04T09:00")
    platelets(place, patient, "62", "2026-03-04T06:30")
    states = [view(place, slot(course, "danshen", "morning", day)).state for day in (1, 2, 3, 4)]
    closed = CellState.GATE_CLOSED
    assert states == [closed, closed, CellState.DUE, CellState.PLANNED]


def test_a_held_drug_is_refused_without_override(place: Workplace) -> None:
    _, course = on_course(place)
    hold_component(place, course, "sorafenib", DAY_1, HoldReason.TOXICITY, decided_by="Wu Min")
    wanted = slot(course, "sorafenib", "morning")
    with pytest.raises(Refused) as refused:
        log_dose(place, DoseEntry(wanted, Status.GIVEN))
    assert refused.value.message.key == "error.held"


def test_two_injections_less_than_two_days_apart_are_refused_also_across_entries(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-05T12:00")
    late = moment("2026-03-03T06:00")
    log_dose(
        place,
        DoseEntry(slot(course, "interferon", "evening", 1), Status.GIVEN, late, reason="asleep"),
    )
    with pytest.raises(Refused) as refused:
        log_dose(
            place,
            DoseEntry(
                slot(course, "interferon", "evening", 3), Status.GIVEN, moment("2026-03-04T19:00")
            ),
        )
    assert refused.value.message.key == "error.too_close"
    # The other injection has a rhythm of its own.
    log_dose(
        place,
        DoseEntry(
            slot(course, "interleukin2", "evening", 3), Status.GIVEN, moment("2026-03-04T19:00")
        ),
    )
    both = [
        DoseEntry(slot(course, "interleukin2", "evening", 1), Status.GIVEN, late),
    ]
    with pytest.raises(Refused):
        log_doses(place, both)


def test_a_stretch_is_confirmed_at_once_and_only_exceptions_are_typed(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "130", "2026-03-02T06:00")
    set_clock(place, "2026-03-08T23:00")
    missed = slot(course, "interferon", "evening", 3)
    wanted = RangeConfirmation(
        course,
        DAY_1,
        DAY_1 + timedelta(days=6),
        exceptions={missed: DoseEntry(missed, Status.MISSED, reason="forgotten")},
    )
    before = events(place)
    confirm_range(place, wanted)
    assert events(place) == before + 1
    sheet = cycle_sheet(place, course)
    interferon = next(i for i in sheet.intensities if i.component == "interferon")
    assert (interferon.planned, interferon.given, interferon.missed) == (4, 3, 1)
    given = view(place, slot(course, "thalidomide", "bedtime", 5)).record
    assert given is not None
    assert given.given == moment("2026-03-06T22:00")
    assert given.recorded == moment("2026-03-08T23:00")
    with pytest.raises(Refused):
        confirm_range(place, wanted)


def test_confirming_a_stretch_never_gives_doses_behind_a_closed_gate_or_a_hold(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "50", "2026-03-02T06:00")
    hold_component(place, course, "thalidomide", DAY_1, HoldReason.TOXICITY, decided_by="Wu Min")
    set_clock(place, "2026-03-04T23:00")
    confirm_range(place, RangeConfirmation(course, DAY_1, DAY_1 + timedelta(days=2)))
    known = doses.live_between(place.store, DAY_1, DAY_1 + timedelta(days=2), course)
    assert {s.component for s in known} == {"sorafenib", "interferon", "interleukin2", "ibuprofen"}


def test_a_correction_needs_a_reason_and_keeps_what_was_there(place: Workplace) -> None:
    _, course = on_course(place)
    wanted = slot(course, "sorafenib", "morning")
    log_dose(place, DoseEntry(wanted, Status.GIVEN))
    old = view(place, wanted).record
    assert old is not None
    entry = DoseEntry(wanted, Status.REFUSED, reason="side_effects")
    with pytest.raises(BadInput):
        correct_dose(place, old.id, entry, "  ")
    changes = correct_dose(place, old.id, entry, "wrong patient row")
    assert view(place, wanted).state is CellState.REFUSED
    past = doses.history(place.store, wanted)
    assert [r.status for r in past] == [Status.GIVEN, Status.REFUSED]
    event = audit.event(place.store, changes.sequence)
    assert event is not None
    assert event.command.reason == "wrong patient row"
    with pytest.raises(Refused):
        correct_dose(place, old.id, entry, "again")


def test_undo_marks_entered_in_error_and_opens_the_slot_again(place: Workplace) -> None:
    _, course = on_course(place)
    wanted = slot(course, "sorafenib", "morning")
    log_dose(place, DoseEntry(wanted, Status.GIVEN))
    record = view(place, wanted).record
    assert record is not None
    undo_doses(place, [record.id])
    assert view(place, wanted).state is CellState.DUE
    assert len(doses.history(place.store, wanted)) == 1
    log_dose(place, DoseEntry(wanted, Status.MISSED, reason="asleep"))
    assert view(place, wanted).state is CellState.MISSED


def test_undoing_a_correction_brings_the_first_record_back(place: Workplace) -> None:
    _, course = on_course(place)
    wanted = slot(course, "sorafenib", "morning")
    log_dose(place, DoseEntry(wanted, Status.GIVEN))
    first = view(place, wanted).record
    assert first is not None
    correct_dose(place, first.id, DoseEntry(wanted, Status.MISSED, reason="away"), "was on leave")
    second = view(place, wanted).record
    assert second is not None
    undo_doses(place, [second.id])
    assert view(place, wanted).record == first


def test_every_write_carries_the_actor_who_made_it(place: Workplace) -> None:
    _, course = on_course(place)
    other = place.acting_as(Actor("Wu Min", Role.PHYSICIAN, "consulting-2"))
    changes = log_dose(other, DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN))
    event = audit.event(place.store, changes.sequence)
    assert event is not None
    assert event.command.actor == other.actor


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2027, 3, 2)])
def test_a_slot_outside_the_plan_is_refused(place: Workplace, day: date) -> None:
    _, course = on_course(place)
    with pytest.raises((BadInput, Refused)):
        log_dose(place, DoseEntry(SlotId(course, "sorafenib", day, "morning"), Status.GIVEN))


def test_nothing_selected_is_said_and_not_written(place: Workplace) -> None:
    before = events(place)
    with pytest.raises(BadInput):
        log_doses(place, [])
    assert events(place) == before
