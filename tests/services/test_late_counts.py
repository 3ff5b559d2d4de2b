"""Counts that arrive after doses were given, and counts that are taken back."""

from __future__ import annotations

from datetime import date

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.schedule import SlotId
from aml_maint.services.dosing import DoseEntry, Override, log_dose
from aml_maint.services.late_counts import given_while_closed
from aml_maint.services.observations import withdraw_count
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, labs
from tests.builders import DAY_1, a_patient, moment, on_course, platelets, set_clock


def give(place: Workplace, course: str, name: str, at: str, **more: Override) -> None:
    entry = DoseEntry(SlotId(course, "danshen", DAY_1, name), Status.GIVEN, moment(at), **more)
    log_dose(place, entry)


def listed(place: Workplace, patient_id: str, since: str) -> list[str]:
    found = given_while_closed(place, patient_id, "platelets", moment(since))
    return [late.record.slot.slot for late in found]


def test_a_count_that_arrives_late_lists_the_doses_given_after_it_was_collected(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T20:00")
    give(place, course, "morning", "2026-03-02T08:00")
    give(place, course, "midday", "2026-03-02T13:00")
    give(place, course, "evening", "2026-03-02T17:30")
    platelets(place, patient, "50", "2026-03-02T12:59")
    assert listed(place, patient.id, "2026-03-02T12:59") == ["midday", "evening"]
    platelets(place, patient, "51", "2026-03-02T14:00")
    assert listed(place, patient.id, "2026-03-02T12:59") == ["midday"]


def test_a_dose_given_by_a_named_override_is_no_surprise(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "50", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T20:00")
    give(place, course, "morning", "2026-03-02T08:00", override=Override("Wu Min", "bridging"))
    assert listed(place, patient.id, "2026-03-02T06:00") == []


def test_a_count_taken_back_speaks_no_more_and_stays_in_the_trail(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "500", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T20:00")
    give(place, course, "morning", "2026-03-02T08:00")
    (result,) = labs.of_patient(place.store, patient.id)
    with pytest.raises(BadInput):
        withdraw_count(place, result.id, "  ")
    changes = withdraw_count(place, result.id, "another patient's")
    assert labs.of_patient(place.store, patient.id) == []
    assert listed(place, patient.id, "2026-03-02T06:00") == ["morning"]
    event = audit.event(place.store, changes.sequence)
    assert event is not None
    assert (event.command.action, event.command.reason) == ("withdraw_count", "another patient's")
    assert [change.table for change in event.changes] == ["lab_values"]
    with pytest.raises(Refused):
        withdraw_count(place, result.id, "again")


@pytest.mark.parametrize("collected", ["1960-01-01T08:00", "1890-01-01T08:00"])
@pytest.mark.parametrize("born", [date(1961, 7, 14), None])
def test_a_sample_from_before_its_patient_is_refused(
    place: Workplace, collected: str, born: date | None
) -> None:
    patient, _ = on_course(place, a_patient(born_on=born))
    if born is None and collected.startswith("1960"):
        platelets(place, patient, "120", collected)  # an old sample of somebody, who knows
        return
    with pytest.raises(BadInput) as refused:
        platelets(place, patient, "120", collected)
    assert refused.value.field == "collected"
