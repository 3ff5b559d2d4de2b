"""Unplanned doses: rules and their overrides, what is kept, sheet, worklist, correction, undo."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.course import EndReason, HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.services.as_needed import (
    as_needed_orders,
    medicines_now,
    order_as_needed,
    stop_as_needed,
)
from aml_maint.services.dose_reading import pairs_of
from aml_maint.services.dosing import DoseEntry, Override, log_dose, undo_doses
from aml_maint.services.injections import injection_sites
from aml_maint.services.late_counts import given_while_closed
from aml_maint.services.sheet import CycleSheet, cycle_sheet
from aml_maint.services.treatment import end_course, hold_component
from aml_maint.services.unplanned import UnplannedEntry, correct_unplanned, log_unplanned
from aml_maint.services.worklist import Section, worklist
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, doses, replay
from tests.builders import DAY_1, UNASSESSED, moment, on_course, platelets, set_clock

DECISION = Override("Wu Min", "judged safe")
HALF_GRAM = Dose.of("500", "mg")


def needed(course: str, drug: str = "paracetamol", **more: Any) -> UnplannedEntry:
    values: dict[str, Any] = {
        "dose": HALF_GRAM, "indication": "fever", "ordered_by": "Wu Min",
    }  # fmt: skip
    return UnplannedEntry(course, drug, **(values | more))


def extra(course: str, drug: str = "sorafenib", **more: Any) -> UnplannedEntry:
    values: dict[str, Any] = {
        "dose": Dose.of("400", "mg"), "reason": "vomited_dose", "ordered_by": "Wu Min",
    }  # fmt: skip
    return UnplannedEntry(course, drug, **(values | more))


def an_order(**facts: Any) -> AsNeededOrder:
    values: dict[str, Any] = {
        "id": "", "drug": "paracetamol", "dose": HALF_GRAM, "route": "oral",
        "indication": "fever", "ordered_by": "Wu Min", "first_day": DAY_1,
    }  # fmt: skip
    return AsNeededOrder(**(values | facts))


def standing(place: Workplace, course: str) -> list[Any]:
    return doses.unplanned_between(place.store, DAY_1, DAY_1 + timedelta(days=40), course)


def unplanned_cells(sheet: CycleSheet) -> list[tuple[str, int, str]]:
    return [
        (row.component.id, column, pair.main.record.id if pair.main.record else "")
        for row in sheet.unplanned
        for column, pair in enumerate(row.cells)
        if pair is not None
    ]


# What is recorded


def test_a_drug_given_as_needed_is_kept_with_indication_route_and_orderer(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T15:00")
    entry = needed(course, given=moment("2026-03-02T14:20"), note=" 38.4 ", indication="fever")
    log_unplanned(place, entry)
    (record,) = standing(place, course)
    assert (record.id, record.status, record.given) == (
        entry.id, Status.GIVEN, moment("2026-03-02T14:20"),
    )  # fmt: skip
    assert record.slot == SlotId(course, "paracetamol", DAY_1, "as_needed", 1)
    assert (record.unplanned.route, record.unplanned.indication) == ("oral", "fever")
    assert (record.unplanned.ordered_by, record.reason, record.note) == ("Wu Min", None, "38.4")
    assert replay.verify_chain(place.store).ok


def test_an_extra_dose_of_the_regimen_is_kept_with_its_reason(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T09:00")
    log_unplanned(place, extra(course))
    (record,) = standing(place, course)
    assert record.slot == SlotId(course, "sorafenib", DAY_1, "unplanned", 1)
    assert (record.reason, record.unplanned.indication) == ("vomited_dose", None)


# What can't be meant: what is said → field at fault, key
IMPOSSIBLE: list[tuple[UnplannedEntry, str, str]] = [
    (needed("", "aspirin"), "drug", "unplanned.no_such_drug"),
    (needed("", dose=None), "dose", "error.dose_needed"),
    (needed("", dose=Dose.of("1", "{tablet}")), "dose", "error.dose_unit"),
    (needed("", indication=None), "indication", "unplanned.no_indication"),
    (needed("", indication="diarrhoea"), "indication", "unplanned.no_indication"),
    (needed("", ordered_by=" "), "ordered_by", "unplanned.orderer_needed"),
    (needed("", route="intravenous"), "route", "unplanned.no_route"),
    (needed("", site="arm_left"), "site", "error.site_of_oral"),
    (needed("", temperature=Decimal("3.85")), "temperature", "error.implausible_value"),
    (needed("", given=moment("2026-03-01T23:59")), "given", "unplanned.outside_course"),
    (needed("", given=moment("2026-03-02T12:01")), "given", "error.given_in_future"),
    (needed("", order="nothing"), "order", "as_needed.no_such_order"),
    (extra("", reason=None), "reason", "error.reason_needed"),
    (extra("", reason="forgotten"), "reason", "error.unknown_reason"),
    (extra("", "interferon", dose=Dose.of("6", "10*6.[iU]")), "dose", "error.dose_unit"),
]


@pytest.mark.parametrize(("entry", "field", "key"), IMPOSSIBLE)
def test_what_can_not_be_meant_is_refused_at_its_field_and_not_written(
    place: Workplace, entry: UnplannedEntry, field: str, key: str
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T12:00")
    before = place.store.head()
    with pytest.raises(BadInput) as refused:
        log_unplanned(place, replace(entry, course=course))
    assert (refused.value.field, refused.value.message.key) == (field, key)
    assert place.store.head() == before


def test_a_command_sent_twice_records_one_dose(place: Workplace) -> None:
    _, course = on_course(place)
    command = uuid4()
    first = log_unplanned(place, needed(course), command)
    again = log_unplanned(place, needed(course), command)
    assert (again.replayed, again.sequence) == (True, first.sequence)
    assert len(standing(place, course)) == 1


# Rules


def test_ibuprofen_as_needed_passes_the_gate_of_the_regimens_ibuprofen(place: Workplace) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-02T10:00")
    entry = needed(course, "ibuprofen", dose=Dose.of("200", "mg"))
    with pytest.raises(Refused) as refused:
        log_unplanned(place, entry)
    assert refused.value.message.key == "gate.missing"
    platelets(place, patient, "49", "2026-03-02T06:00")
    with pytest.raises(Refused) as refused:
        log_unplanned(place, entry)
    assert refused.value.message.key == "gate.closed"
    platelets(place, patient, "50", "2026-03-02T07:00")
    log_unplanned(place, entry)
    (record,) = standing(place, course)
    assert json.loads(record.gate)["value"] == "50"


def test_an_extra_danshen_behind_its_gate_takes_a_name_and_a_reason(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "50", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T10:00")
    entry = extra(course, "danshen", dose=Dose.of("3", "{tablet}"), reason="prescriber")
    with pytest.raises(Refused):
        log_unplanned(place, entry)
    log_unplanned(place, replace(entry, override=DECISION))
    kept = json.loads(standing(place, course)[0].gate)
    assert (kept["override_by"], kept["set_aside"], kept["value"]) == ("Wu Min", "gate", "50")


def test_an_extra_dose_of_a_held_drug_is_refused(place: Workplace) -> None:
    _, course = on_course(place)
    hold_component(place, course, "sorafenib", DAY_1, HoldReason.TOXICITY, decided_by="Wu Min")
    with pytest.raises(Refused) as refused:
        log_unplanned(place, extra(course))
    assert refused.value.message.key == "error.held"


def test_an_extra_injection_keeps_two_days_from_the_others_and_they_from_it(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-03T19:00")
    entry = extra(course, "interferon", dose=Dose.of("60", "ug"), reason="prescriber")
    first = SlotId(course, "interferon", DAY_1, "evening")
    log_dose(place, DoseEntry(first, Status.GIVEN, moment("2026-03-02T19:00")))
    with pytest.raises(Refused) as refused:
        log_unplanned(place, entry)
    assert refused.value.message.key == "error.too_close"
    log_unplanned(place, replace(entry, override=DECISION))
    set_clock(place, "2026-03-04T19:00")
    third = SlotId(course, "interferon", DAY_1 + timedelta(days=2), "evening")
    with pytest.raises(Refused) as refused:
        log_dose(place, DoseEntry(third, Status.GIVEN))
    assert refused.value.message.key == "error.too_close"


def test_several_rules_are_told_at_once_and_set_aside_together(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T14:00")
    log_unplanned(place, needed(course, given=moment("2026-03-02T12:00")))
    entry = needed(course, dose=Dose.of("4000", "mg"))
    with pytest.raises(Refused) as refused:
        log_unplanned(place, entry)
    assert refused.value.message.key == "unplanned.rules"
    log_unplanned(place, replace(entry, override=DECISION))
    assert json.loads(standing(place, course)[1].gate)["set_aside"] == "gap most"


def test_ibuprofen_as_needed_keeps_its_gap_from_the_planned_ibuprofen(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T15:00")
    entry = needed(course, "ibuprofen", dose=Dose.of("200", "mg"), indication="headache")
    with pytest.raises(Refused) as refused:  # the premedication is due at 18:00
        log_unplanned(place, entry)
    assert refused.value.message.key == "as_needed.limit.planned"
    log_unplanned(place, replace(entry, given=moment("2026-03-02T14:00")))
    set_clock(place, "2026-03-02T21:00")
    slot = SlotId(course, "ibuprofen", DAY_1, "evening")
    log_dose(place, DoseEntry(slot, Status.GIVEN, moment("2026-03-02T18:00")))
    with pytest.raises(Refused) as refused:
        log_unplanned(place, replace(entry, given=moment("2026-03-02T21:00"), id=str(uuid4())))
    assert refused.value.message.key == "as_needed.limit.gap"


# Orders


def test_a_dose_is_given_against_an_order_that_supplies_what_is_left_out(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    order_as_needed(place, course, an_order(most_doses=2))
    (order,) = as_needed_orders(place, course)
    set_clock(place, "2026-03-02T10:00")
    log_unplanned(place, UnplannedEntry(course, "paracetamol", order=order.id))
    (record,) = standing(place, course)
    assert (record.dose, record.unplanned.ordered_by) == (HALF_GRAM, "Wu Min")
    assert (record.unplanned.order, record.unplanned.indication) == (order.id, "fever")
    now = next(m for m in medicines_now(place, course) if m.medicine.drug.id == "paracetamol")
    assert (now.doses, now.total, now.next_from) == (1, HALF_GRAM, moment("2026-03-02T14:00"))
    for at in ("14:00", "18:00"):
        set_clock(place, f"2026-03-02T{at}")
        entry = UnplannedEntry(course, "paracetamol", order=order.id)
        if at == "14:00":
            log_unplanned(place, entry)
            continue
        with pytest.raises(Refused) as refused:
            log_unplanned(place, entry)
        assert refused.value.message.key == "as_needed.limit.doses"


# What a prescriber can't mean → field, key
ORDERS_REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"drug": "sorafenib", "dose": Dose.of("400", "mg")}, "drug", "as_needed.not_so"),
    ({"dose": Dose.of("1", "{tablet}")}, "dose", "error.dose_unit"),
    ({"dose": Dose.of("4001", "mg")}, "dose", "as_needed.dose_above_day"),
    ({"route": "intravenous"}, "route", "unplanned.no_route"),
    ({"indication": "nausea"}, "indication", "unplanned.no_indication"),
    ({"first_day": DAY_1 - timedelta(days=1)}, "first_day", "error.order_before_course"),
]


@pytest.mark.parametrize(("facts", "field", "key"), ORDERS_REFUSED)
def test_an_order_that_does_not_fit_its_drug_is_refused_at_its_field(
    place: Workplace, facts: dict[str, Any], field: str, key: str
) -> None:
    _, course = on_course(place)
    with pytest.raises(BadInput) as refused:
        order_as_needed(place, course, an_order(**facts))
    assert (refused.value.field, refused.value.message.key) == (field, key)


def test_an_order_stops_after_its_last_dose_and_one_never_in_force_is_undone(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    order_as_needed(place, course, an_order())
    with pytest.raises(Refused):
        order_as_needed(place, course, an_order(dose=Dose.of("250", "mg")))
    (order,) = as_needed_orders(place, course)
    set_clock(place, "2026-03-03T10:00")
    log_unplanned(place, UnplannedEntry(course, "paracetamol", order=order.id))
    with pytest.raises(Refused) as refused:
        stop_as_needed(place, course, order.id, DAY_1, "no fever")
    assert refused.value.message.key == "as_needed.used_since"
    with pytest.raises(BadInput):
        stop_as_needed(place, course, order.id, date(2026, 3, 3), " ")
    stop_as_needed(place, course, order.id, date(2026, 3, 3), "no fever")
    assert as_needed_orders(place, course)[0].last_day == date(2026, 3, 3)
    order_as_needed(place, course, an_order(first_day=date(2026, 3, 9)))
    later = as_needed_orders(place, course)[0]
    stop_as_needed(place, course, later.id, date(2026, 3, 8), "wrong patient")
    assert [one.id for one in as_needed_orders(place, course)] == [order.id]
    assert replay.verify_chain(place.store).ok


# Sheet, worklist, intensity


def test_unplanned_doses_stand_in_rows_of_their_own_below_the_plan(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-04T20:00")
    times = ("2026-03-02T08:00", "2026-03-02T13:00", "2026-03-04T09:00")
    entries = [needed(course, given=moment(at)) for at in times]
    injection = extra(course, given=moment("2026-03-03T10:00"))
    for entry in (*entries, injection):
        log_unplanned(place, entry)
    sheet = cycle_sheet(place, course)
    assert unplanned_cells(sheet) == [
        ("sorafenib", 1, injection.id),
        ("paracetamol", 0, entries[0].id),
        ("paracetamol", 2, entries[2].id),
        ("paracetamol", 0, entries[1].id),
    ]
    assert all(row.at is not None for row in sheet.rows)
    sums = {one.component: one for one in sheet.intensities}
    assert (sums["sorafenib"].extra, sums["sorafenib"].given_dose) == (1, 400)
    assert sums["sorafenib"].given == 0
    assert sum(one.extra for one in sheet.intensities) == 1


def test_an_unplanned_dose_of_today_is_among_what_is_done(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T15:00")
    log_unplanned(place, needed(course, given=moment("2026-03-02T14:00")))
    rows = [row for row in worklist(place).rows if row.pair.main.slot.is_unplanned]
    assert [(row.section, row.cycle, row.day) for row in rows] == [(Section.DONE, 1, 1)]
    set_clock(place, "2026-03-03T09:00")
    assert [r for r in worklist(place).rows if r.pair.main.slot.is_unplanned] == []


def test_an_extra_dose_given_while_its_gate_was_closed_is_told_with_the_late_count(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T12:00")
    earlier = moment("2026-03-02T11:00")
    log_unplanned(place, extra(course, "danshen", dose=Dose.of("3", "{tablet}"), given=earlier))
    log_unplanned(place, needed(course, "ibuprofen", dose=Dose.of("200", "mg")))
    platelets(place, patient, "30", "2026-03-02T07:00")
    found = given_while_closed(place, patient.id, "platelets", moment("2026-03-02T07:00"))
    assert [late.record.slot.component for late in found] == ["danshen", "ibuprofen"]


def test_the_site_of_an_extra_injection_counts_as_used(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T19:00")
    entry = extra(course, "interferon", dose=Dose.of("60", "ug"), reason="prescriber")
    log_unplanned(place, replace(entry, site="arm_left", temperature=Decimal("36.6")))
    shown = injection_sites(place, course, "interleukin2", DAY_1).map
    assert [state.site for state in shown.sites if state.uses] == ["arm_left"]
    lanes = {lane.analyte: lane for lane in cycle_sheet(place, course).lanes}
    assert len(lanes["temperature"].points) == 1


# Correction and undo


def test_a_correction_keeps_drug_and_day_and_the_earlier_record(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-03T10:00")
    entry = needed(course, given=moment("2026-03-02T14:00"))
    log_unplanned(place, entry)
    better = replace(entry, given=moment("2026-03-02T16:00"), id=str(uuid4()))
    with pytest.raises(BadInput):
        correct_unplanned(place, entry.id, better, " ")
    for wrong, field in (
        (replace(better, drug="loperamide", dose=Dose.of("2", "mg"), indication="other"), "drug"),
        (replace(better, given=moment("2026-03-03T09:00")), "given"),
    ):
        with pytest.raises(BadInput) as refused:
            correct_unplanned(place, entry.id, wrong, "typed wrong")
        assert refused.value.field == field
    # Its own earlier time is no dose that it could be too close to.
    changes = correct_unplanned(place, entry.id, better, "typed wrong")
    (record,) = standing(place, course)
    assert (record.id, record.replaces, record.slot.sequence) == (better.id, entry.id, 1)
    event = audit.event(place.store, changes.sequence)
    assert event is not None and event.command.reason == "typed wrong"
    undo_doses(place, [better.id])
    assert [one.id for one in standing(place, course)] == [entry.id]


def test_a_dose_taken_back_leaves_sheet_and_worklist_and_its_number_is_not_used_again(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T15:00")
    entry = needed(course)
    log_unplanned(place, entry)
    undo_doses(place, [entry.id])
    assert standing(place, course) == []
    assert cycle_sheet(place, course).unplanned == ()
    slot = SlotId(course, "paracetamol", DAY_1, "as_needed", 1)
    assert pairs_of(place, [slot])[slot].main.state is CellState.NOT_APPLICABLE
    again = needed(course)
    log_unplanned(place, again)
    assert [one.slot.sequence for one in standing(place, course)] == [2]


def test_a_course_does_not_end_before_an_unplanned_dose(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-05T10:00")
    log_unplanned(place, needed(course))
    with pytest.raises(Refused) as refused:
        end_course(place, course, date(2026, 3, 4), EndReason.WISH, override=UNASSESSED)
    assert refused.value.message.key == "error.records_would_vanish"
    end_course(place, course, date(2026, 3, 5), EndReason.WISH, override=UNASSESSED)
