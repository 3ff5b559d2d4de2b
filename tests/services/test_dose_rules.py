"""What an entry of a dose has to pass, and the evidence that stays with its record."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.administration import Administration, CellState, Status
from aml_maint.domain.course import HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.services.clock import SetClock
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

DECISION = Override("Wu Min", "judged safe")


def slot(course: str, component: str, name: str = "evening", day: int = 1) -> SlotId:
    return SlotId(course, component, DAY_1 + timedelta(days=day - 1), name)


def standing(place: Workplace, wanted: SlotId) -> Administration:
    return doses.live_between(place.store, wanted.planned_on, wanted.planned_on)[wanted]


def kept(place: Workplace, wanted: SlotId) -> dict[str, str]:
    told: dict[str, str] = json.loads(standing(place, wanted).gate or "{}")
    return told


def given(course: str, component: str, at: str, day: int = 1, **more: Any) -> DoseEntry:
    return DoseEntry(slot(course, component, day=day), Status.GIVEN, moment(at), **more)


# What can't be meant. component, what is said of it → field at fault, key of the refusal
IMPOSSIBLE: list[tuple[str, dict[str, Any], str, str]] = [
    ("interferon", {"dose": Dose.of("60", "mg")}, "dose", "error.dose_unit"),
    ("interferon", {"dose": Dose.of("6", "10*6.[iU]")}, "dose", "error.dose_unit"),
    ("ibuprofen", {"dose": Dose.of("2", "{tablet}")}, "dose", "error.dose_unit"),
    ("interferon", {"given": moment("2025-03-02T19:00")}, "given", "error.given_far_from_plan"),
    ("interferon", {"given": moment("2026-02-23T18:59")}, "given", "error.given_far_from_plan"),
    ("interferon", {"temperature": Decimal("98.6")}, "temperature", "error.implausible_value"),
    ("interferon", {"temperature": Decimal("3.71")}, "temperature", "error.implausible_value"),
    ("sorafenib", {"site": "arm_left"}, "site", "error.site_of_oral"),
    ("sorafenib", {"site": "nose"}, "site", "error.unknown_site"),
    ("thalidomide", {"status": Status.PARTLY_GIVEN, "reason": "vomited"}, "dose",
     "error.partly_needs_dose"),
    ("sorafenib", {"status": Status.PARTLY_GIVEN, "reason": "vomited",
                   "dose": Dose.of("400", "mg")}, "dose", "error.partly_is_all"),
    ("sorafenib", {"status": Status.MISSED, "reason": "asleep"}, "dose",
     "error.not_given_has_no_dose"),
]  # fmt: skip


@pytest.mark.parametrize(("component", "said", "field", "key"), IMPOSSIBLE)
def test_what_can_not_be_meant_is_refused_at_its_field_and_not_written(
    place: Workplace, component: str, said: dict[str, Any], field: str, key: str
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-03T12:00")
    name = {"thalidomide": "bedtime"}.get(component, "evening")
    before = place.store.head()
    values = {"status": Status.GIVEN, "given": moment("2026-03-02T19:00")} | said
    with pytest.raises(BadInput) as refused:
        log_dose(place, DoseEntry(slot(course, component, name), **values))
    assert (refused.value.field, refused.value.message.key) == (field, key)
    assert place.store.head() == before


def test_the_orders_of_a_course_are_in_the_units_of_its_drugs(place: Workplace) -> None:
    with pytest.raises(BadInput) as refused:
        on_course(place, orders={"interferon": Dose.of("3", "10*6.[iU]")})
    assert refused.value.message.key == "error.dose_unit"


def test_a_dose_given_seven_days_from_its_plan_is_still_that_dose(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-09T20:00")
    log_dose(place, given(course, "sorafenib", "2026-03-09T19:30", reason="forgotten"))
    assert standing(place, slot(course, "sorafenib")).given == moment("2026-03-09T19:30")


def test_a_dose_partly_given_counts_only_what_was_given(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T20:00")
    half = Dose.of("200", "mg")
    log_dose(
        place,
        DoseEntry(
            slot(course, "sorafenib"), Status.PARTLY_GIVEN, dose=half, reason="vomited"
        ),
    )  # fmt: skip
    assert standing(place, slot(course, "sorafenib")).dose == half


def test_one_entry_names_each_dose_once(place: Workplace) -> None:
    _, course = on_course(place)
    entry = DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN)
    before = place.store.head()
    with pytest.raises(BadInput):
        log_doses(place, [entry, entry])
    assert place.store.head() == before


# The evidence that stays


@pytest.mark.parametrize("status", [Status.HELD, Status.NOT_APPLICABLE, Status.REFUSED])
def test_a_dose_not_given_behind_a_gate_keeps_the_count_that_held_it(
    place: Workplace, status: Status
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "50", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T18:00")
    wanted = slot(course, "danshen")
    log_dose(place, DoseEntry(wanted, status, reason="other"))
    assert kept(place, wanted) == {
        "rule": "platelet_gate", "state": "closed", "value": "50", "unit": "10*9/L",
        "collected": "2026-03-01T22:00:00+00:00",
    }  # fmt: skip


def test_the_evidence_of_a_dose_stays_when_an_earlier_count_arrives_late(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T18:00")
    log_dose(place, DoseEntry(slot(course, "danshen"), Status.GIVEN))
    before = standing(place, slot(course, "danshen"))
    platelets(place, patient, "40", "2026-03-02T16:00")
    assert standing(place, slot(course, "danshen")) == before
    assert kept(place, slot(course, "danshen"))["value"] == "120"


def test_an_override_of_a_hold_keeps_since_when_the_drug_was_held(place: Workplace) -> None:
    _, course = on_course(place)
    hold_component(place, course, "sorafenib", DAY_1, HoldReason.TOXICITY, decided_by="Wu Min")
    wanted = slot(course, "sorafenib", "morning")
    log_dose(place, DoseEntry(wanted, Status.GIVEN, override=DECISION))
    assert kept(place, wanted)["held_since"] == "2026-03-02"


def test_an_override_of_the_minimum_gap_keeps_the_dose_it_is_too_close_to(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-05T12:00")
    log_dose(place, given(course, "interferon", "2026-03-03T06:00", reason="asleep"))
    log_dose(place, given(course, "interferon", "2026-03-04T19:00", 3, override=DECISION))
    assert kept(place, slot(course, "interferon", day=3))["too_close_to"] == "2026-03-03"


# A dose outside its window says why

# component, slot, given → does it need a reason? (sorafenib ± 2 hours, injections ± 4 hours)
TIMES = [
    ("sorafenib", "morning", "2026-03-02T04:59", True),
    ("sorafenib", "morning", "2026-03-02T05:00", False),
    ("sorafenib", "morning", "2026-03-02T09:00", False),
    ("sorafenib", "morning", "2026-03-02T09:01", True),
    ("interferon", "evening", "2026-03-02T14:59", True),
    ("interferon", "evening", "2026-03-02T15:00", False),
    ("interferon", "evening", "2026-03-02T23:00", False),
    ("interferon", "evening", "2026-03-02T23:01", True),
    ("ibuprofen", "evening", "2026-03-02T17:44", True),  # 75 to 45 minutes before 19:00
    ("ibuprofen", "evening", "2026-03-02T17:45", False),
    ("ibuprofen", "evening", "2026-03-02T18:15", False),
    ("ibuprofen", "evening", "2026-03-02T18:16", True),
]


@pytest.mark.parametrize(("component", "name", "at", "needs"), TIMES)
def test_a_dose_given_outside_its_window_needs_a_coded_reason(
    place: Workplace, component: str, name: str, at: str, needs: bool
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-01T06:00")
    set_clock(place, "2026-03-03T12:00")
    entry = DoseEntry(slot(course, component, name), Status.GIVEN, moment(at))
    if needs:
        with pytest.raises(BadInput) as refused:
            log_dose(place, entry)
        assert refused.value.field == "reason"
        assert refused.value.message.key == "error.off_time_reason"
        entry = replace(entry, reason="forgotten")
    log_dose(place, entry)
    assert standing(place, entry.slot).reason == entry.reason


@pytest.mark.parametrize(
    ("then", "needs"),
    [
        ("2026-03-02T18:44", True),  # sooner than 45 minutes after it
        ("2026-03-02T18:45", False),
        ("2026-03-02T21:00", False),  # long after it, and inside its own window
    ],
)
def test_an_injection_too_soon_after_its_ibuprofen_needs_a_reason(
    place: Workplace, then: str, needs: bool
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-01T06:00")
    set_clock(place, "2026-03-03T12:00")
    both = [
        given(course, "ibuprofen", "2026-03-02T18:00"), given(course, "interferon", then)
    ]  # fmt: skip
    if needs:
        with pytest.raises(BadInput) as refused:
            log_doses(place, both)
        assert refused.value.message.key == "error.off_time_reason"
        log_dose(place, both[0])
        with pytest.raises(BadInput):
            log_dose(place, both[1])
    else:
        log_doses(place, both)


def test_ibuprofen_on_time_before_a_late_injection_needs_no_reason(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-01T06:00")
    set_clock(place, "2026-03-03T12:00")
    log_dose(place, given(course, "interferon", "2026-03-02T21:00"))
    # On time by the injection as given, not as planned.
    log_dose(place, given(course, "ibuprofen", "2026-03-02T20:00"))
    set_clock(place, "2026-03-05T12:00")
    log_dose(place, given(course, "interferon", "2026-03-04T22:00", 3))
    # On time by the plan, though the injection came late.
    log_dose(place, given(course, "ibuprofen", "2026-03-04T18:00", 3))
    assert standing(place, slot(course, "ibuprofen", day=3)).reason is None


def test_a_rule_that_forbids_a_late_dose_is_told_before_a_reason_is_asked(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "40", "2026-03-01T06:00")
    set_clock(place, "2026-03-02T23:00")
    with pytest.raises(Refused):
        log_dose(place, DoseEntry(slot(course, "danshen", "morning"), Status.GIVEN))


def test_a_correction_of_a_late_dose_keeps_its_reason_unless_its_time_changes(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-03T12:00")
    wanted = slot(course, "sorafenib")
    log_dose(place, given(course, "sorafenib", "2026-03-02T22:00", reason="asleep"))
    correct_dose(
        place, standing(place, wanted).id, DoseEntry(wanted, Status.GIVEN, note="woken"), "note"
    )
    assert standing(place, wanted).reason == "asleep"
    earlier = DoseEntry(wanted, Status.GIVEN, moment("2026-03-02T20:00"))
    correct_dose(place, standing(place, wanted).id, earlier, "it was 20:00")
    assert standing(place, wanted).reason is None


# Two calendar days between doses of one drug


@pytest.mark.parametrize(
    ("first", "second", "accepted"),
    [
        ("2026-03-02T19:00", "2026-03-04T19:00", True),
        ("2026-03-02T23:59", "2026-03-04T15:00", True),  # 39 hours, two calendar days
        ("2026-03-03T00:10", "2026-03-04T23:00", False),  # 47 hours, one calendar day
        ("2026-03-03T00:10", "2026-03-05T00:10", True),
    ],
)
def test_a_dose_after_midnight_belongs_to_its_calendar_day(
    place: Workplace, first: str, second: str, accepted: bool
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-06T12:00")
    log_dose(place, given(course, "interferon", first, reason="asleep"))
    later = given(course, "interferon", second, 3, reason="asleep")
    if accepted:
        log_dose(place, later)
    else:
        with pytest.raises(Refused) as refused:
            log_dose(place, later)
        assert refused.value.message.key == "error.too_close"


def test_the_calendar_days_are_those_of_the_course_and_not_of_the_ward(place: Workplace) -> None:
    _, course = on_course(place, zone="America/New_York")
    clock = place.clock
    assert isinstance(clock, SetClock)
    # 19:00 and 01:00 in New York lie two days apart; in Shanghai they would be one day apart.
    clock.set(datetime.fromisoformat("2026-03-02T23:30-05:00"))
    log_dose(place, DoseEntry(slot(course, "interferon"), Status.GIVEN, reason="asleep"))
    clock.set(datetime.fromisoformat("2026-03-04T15:30-05:00"))
    log_dose(place, DoseEntry(slot(course, "interferon", day=3), Status.GIVEN))
    assert standing(place, slot(course, "interferon", day=3)).given is not None


def test_today_is_the_day_where_the_course_runs(place: Workplace) -> None:
    _, course = on_course(place, zone="America/New_York")
    clock = place.clock
    assert isinstance(clock, SetClock)
    clock.set(datetime.fromisoformat("2026-03-02T23:00-05:00"))  # 3 March at noon in Shanghai
    with pytest.raises(Refused) as refused:
        log_dose(place, DoseEntry(slot(course, "sorafenib", "morning", 2), Status.GIVEN))
    assert refused.value.message.key == "error.not_yet_due"


# Corrections and taking back


def test_a_correction_keeps_time_and_amount_that_it_does_not_name(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-04T12:00")
    wanted = slot(course, "interferon")
    half = Dose.of("30", "ug")
    log_dose(place, given(course, "interferon", "2026-03-02T19:05", dose=half))
    old = standing(place, wanted)
    correct_dose(place, old.id, DoseEntry(wanted, Status.GIVEN, site="arm_left"), "site forgotten")
    new = standing(place, wanted)
    assert (new.given, new.dose, new.site) == (old.given, half, "arm_left")


def test_a_missed_dose_is_not_corrected_to_given_without_its_time(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-04T12:00")
    wanted = slot(course, "interferon")
    log_dose(place, DoseEntry(wanted, Status.MISSED, reason="away"))
    with pytest.raises(BadInput) as refused:
        correct_dose(
            place, standing(place, wanted).id, DoseEntry(wanted, Status.GIVEN), "was given"
        )
    assert refused.value.field == "given"


def test_a_correction_to_part_of_a_dose_needs_its_amount(place: Workplace) -> None:
    _, course = on_course(place)
    wanted = slot(course, "sorafenib", "morning")
    log_dose(place, DoseEntry(wanted, Status.GIVEN))
    with pytest.raises(BadInput) as refused:
        correct_dose(
            place,
            standing(place, wanted).id,
            DoseEntry(wanted, Status.PARTLY_GIVEN, reason="vomited"),
            "vomited half of it",
        )
    assert refused.value.message.key == "error.partly_needs_dose"


def missed_then_given_next(place: Workplace, course: str) -> Administration:
    """Day 1 given late at night, corrected to missed, then day 3 given: the correction."""
    set_clock(place, "2026-03-04T20:00")
    log_dose(place, given(course, "interferon", "2026-03-03T06:00", reason="asleep"))
    wanted = slot(course, "interferon")
    correct_dose(
        place,
        standing(place, wanted).id,
        DoseEntry(wanted, Status.MISSED, reason="away"),
        "another patient's",
    )
    return standing(place, wanted)


def test_taking_back_a_correction_never_brings_two_doses_too_close(place: Workplace) -> None:
    _, course = on_course(place)
    correction = missed_then_given_next(place, course)
    log_dose(place, given(course, "interferon", "2026-03-04T19:00", 3))
    before = place.store.head()
    with pytest.raises(Refused) as refused:
        undo_doses(place, [correction.id])
    assert refused.value.message.key == "error.too_close"
    assert place.store.head() == before
    # Together with the dose that it stands in the way of, it can be taken back.
    later = standing(place, slot(course, "interferon", day=3))
    undo_doses(place, [correction.id, later.id])
    assert standing(place, slot(course, "interferon")).status is Status.GIVEN


def test_taking_back_a_correction_never_brings_a_dose_into_a_hold(place: Workplace) -> None:
    _, course = on_course(place)
    correction = missed_then_given_next(place, course)
    hold_component(place, course, "interferon", DAY_1, HoldReason.TOXICITY, decided_by="Wu Min")
    with pytest.raises(Refused) as refused:
        undo_doses(place, [correction.id])
    assert refused.value.message.key == "error.held"


@pytest.mark.parametrize(
    ("now", "needs"), [("2026-03-02T08:05", False), ("2026-03-02T08:06", True)]
)
def test_taking_back_a_record_of_more_than_an_hour_ago_needs_a_reason(
    place: Workplace, now: str, needs: bool
) -> None:
    _, course = on_course(place)
    wanted = slot(course, "sorafenib", "morning")
    log_dose(place, DoseEntry(wanted, Status.GIVEN))
    record = standing(place, wanted)
    set_clock(place, now)
    if needs:
        with pytest.raises(BadInput) as refused:
            undo_doses(place, [record.id])
        assert refused.value.field == "reason"
    changes = undo_doses(place, [record.id], reason="wrong bed" if needs else "")
    event = audit.event(place.store, changes.sequence)
    assert event is not None
    assert event.command.reason == ("wrong bed" if needs else "undo")


# A command that is sent again


def test_a_command_sent_again_tells_how_many_doses_it_recorded_and_when(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-03T12:00")
    command = uuid4()
    wanted = RangeConfirmation(course, DAY_1, DAY_1)
    first = confirm_range(place, wanted, command)
    set_clock(place, "2026-03-03T13:00")
    again = confirm_range(place, wanted, command)
    assert (first.count, again.count) == (9, 9)
    assert again.at == first.at == moment("2026-03-03T12:00")


def test_an_id_that_was_used_for_another_dose_or_act_saves_nothing_and_says_so(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-03T12:00")
    command = uuid4()
    log_dose(place, given(course, "sorafenib", "2026-03-02T19:30"), command)
    before = place.store.head()
    other = DoseEntry(
        slot(course, "sorafenib", "morning"), Status.GIVEN, moment("2026-03-02T07:00")
    )
    with pytest.raises(Refused) as refused:
        log_dose(place, other, command)
    assert refused.value.message.key == "error.command_used"
    with pytest.raises(Refused):
        hold_component(
            place, course, "sorafenib", date(2026, 3, 4), HoldReason.OTHER, decided_by="Wu Min",
            command_id=command,
        )  # fmt: skip
    assert place.store.head() == before


# Confirming a stretch


def test_a_premedication_is_not_confirmed_for_an_injection_that_was_not_given(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-05T12:00")
    log_dose(place, DoseEntry(slot(course, "interferon"), Status.REFUSED, reason="other"))
    missed = slot(course, "interferon", day=3)
    exception = DoseEntry(missed, Status.MISSED, reason="away")
    last = DAY_1 + timedelta(days=2)
    confirm_range(place, RangeConfirmation(course, DAY_1, last, (), {missed: exception}))
    known = doses.live_between(place.store, DAY_1, last, course)
    assert "ibuprofen" not in {found.component for found in known}
    assert known[missed].status is Status.MISSED


def test_a_stretch_over_all_the_calendar_is_the_stretch_of_the_course_up_to_today(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-03T06:59")
    changes = confirm_range(place, RangeConfirmation(course, date.min, date.max))
    # Without a count neither Danshen nor ibuprofen may be due.
    assert changes.count == 5


def test_a_dose_that_serves_an_injection_not_given_is_not_applicable(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-03T12:00")
    log_dose(place, DoseEntry(slot(course, "interferon"), Status.HELD, reason="fever"))
    sheet = cycle_sheet(place, course)
    row = next(row for row in sheet.rows if row.component.id == "interferon")
    pair = row.cells[0]
    assert pair is not None and pair.premedication is not None
    assert pair.premedication.state is CellState.NOT_APPLICABLE
    sums = next(one for one in sheet.intensities if one.component == "ibuprofen")
    assert (sums.planned, sums.unconfirmed, sums.not_applicable) == (0, 0, 1)


def test_a_moment_has_its_day_in_each_zone() -> None:
    late = Moment.at(datetime.fromisoformat("2026-03-02T23:30-05:00"), "Asia/Shanghai")
    assert late.day_in("Asia/Shanghai") == date(2026, 3, 3)
    assert late.day_in("America/New_York") == date(2026, 3, 2)
