"""Home supply of a course: entries, what bears on how long it lasts, the site's threshold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.course import EndReason, HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.supply import SupplyEntry, SupplyKind
from aml_maint.services.dosing import DoseEntry, RangeConfirmation, confirm_range, log_dose
from aml_maint.services.home_supply import (
    SupplyStatus,
    home_drugs,
    record_supply,
    supply_status,
    withdraw_supply,
)
from aml_maint.services.site_settings import change_setting
from aml_maint.services.treatment import end_course, hold_component, set_dose
from aml_maint.services.unplanned import UnplannedEntry, log_unplanned
from aml_maint.services.workplace import Workplace
from aml_maint.store import replay
from tests.builders import DAY_1, UNASSESSED, moment, on_course, platelets, set_clock

MG_200 = Dose.of("200", "mg")
D, R, L, C = SupplyKind


def entry(kind: SupplyKind, tablets: int, when: str, **facts: Any) -> SupplyEntry:
    made = SupplyEntry("", "sorafenib", MG_200, kind, tablets, moment(f"2026-03-{when}"), "")
    return replace(made, **facts)


def sorafenib(place: Workplace, course: str) -> SupplyStatus:
    return next(one for one in supply_status(place, course) if one.drug.id == "sorafenib")


def dispensed(place: Workplace, tablets: int = 112, **facts: Any) -> str:
    """A course whose patient got tablets at 06:00 of day 1, and it is 20:00 of day 2."""
    _, course = on_course(place)
    record_supply(place, course, entry(D, tablets, "02T06:00", **facts))
    set_clock(place, "2026-03-03T20:00")
    return course


def test_nothing_is_told_where_nothing_was_dispensed(place: Workplace) -> None:
    _, course = on_course(place)
    assert supply_status(place, course) == ()


def test_confirmed_doses_count_and_unconfirmed_ones_only_in_the_forecast(
    place: Workplace,
) -> None:
    course = dispensed(place)
    found = sorafenib(place, course)
    assert (found.account.tablets(found.account.at_home), found.unconfirmed) == (112, 4)
    assert found.forecast is not None
    # 104 tablets are left if the four doses were taken: 26 whole days from day 3 on.
    assert (found.forecast.days, found.forecast.short_on) == (27, DAY_1 + timedelta(days=28))
    wanted = RangeConfirmation(course, DAY_1, DAY_1 + timedelta(days=1), ("sorafenib",))
    confirm_range(place, wanted)
    found = sorafenib(place, course)
    assert (found.account.tablets(found.account.at_home), found.unconfirmed) == (104, 0)
    assert found.forecast is not None and found.forecast.short_on == DAY_1 + timedelta(days=28)


def test_extra_doses_and_part_doses_use_tablets_and_doses_not_taken_use_none(
    place: Workplace,
) -> None:
    course = dispensed(place)
    half = Dose.of("200", "mg")
    slots = [SlotId(course, "sorafenib", DAY_1, name) for name in ("morning", "evening")]
    log_dose(place, DoseEntry(slots[0], Status.PARTLY_GIVEN, moment("2026-03-02T07:00"), half,
                              "vomited"))  # fmt: skip
    log_dose(place, DoseEntry(slots[1], Status.MISSED, reason="forgotten"))
    extra = UnplannedEntry(
        course, "sorafenib", Dose.of("400", "mg"), moment("2026-03-02T09:00"),
        reason="vomited_dose", ordered_by="Wu Min",
    )  # fmt: skip
    log_unplanned(place, extra)
    found = sorafenib(place, course)
    assert found.account.tablets(found.account.taken) == 3
    assert found.unconfirmed == 2  # day 2


def test_a_hold_and_another_dose_change_how_long_it_lasts(place: Workplace) -> None:
    course = dispensed(place)
    before = sorafenib(place, course).forecast
    hold_component(
        place, course, "sorafenib", date(2026, 3, 10), HoldReason.TOXICITY,
        decided_by="Wu Min", last_day=date(2026, 3, 13),
    )  # fmt: skip
    held = sorafenib(place, course).forecast
    assert before is not None and held is not None
    assert before.short_on is not None
    assert held.short_on == before.short_on + timedelta(days=4)
    set_dose(place, course, "sorafenib", Dose.of("200", "mg"), date(2026, 3, 14), "rash")
    lower = sorafenib(place, course).forecast
    assert lower is not None and lower.short_on is not None and held.short_on is not None
    assert lower.short_on > held.short_on


def test_a_closed_gate_uses_no_tablets_until_it_opens(place: Workplace) -> None:
    patient, course = on_course(place)
    tablets = Dose.of("1", "{tablet}")
    danshen = entry(D, 30, "02T06:00", drug="compound_danshen", strength=tablets)
    record_supply(place, course, danshen)
    platelets(place, patient, "50", "2026-03-02T06:30")
    (found,) = supply_status(place, course)
    assert found.gate is not None and found.forecast is None and not found.is_low
    platelets(place, patient, "51", "2026-03-02T07:00")
    (found,) = supply_status(place, course)
    # 9 tablets a day from 08:00 of day 1: 3 whole days, and one dose of the fourth.
    assert found.gate is None and found.forecast is not None
    assert (found.forecast.days, found.forecast.doses) == (3, 10)
    assert found.is_low


def test_the_site_says_below_how_many_days_it_runs_low(place: Workplace) -> None:
    course = dispensed(place, 8 + 4 * 7)
    found = sorafenib(place, course)
    # Two days unconfirmed, then seven whole days, the first of them tomorrow.
    assert found.forecast is not None and found.forecast.days == 8
    assert not found.is_low
    change_setting(place, "supply.low_below", 9, "weekly visits")
    assert sorafenib(place, course).is_low
    assert sorafenib(place, course).low_below_days == 9


def test_a_count_starts_the_forecast_anew_and_tells_the_difference(place: Workplace) -> None:
    course = dispensed(place)
    record_supply(place, course, entry(C, 100, "03T19:45"))
    found = sorafenib(place, course)
    assert found.account.last_count is not None
    # Nothing was confirmed, so 112 were expected; what was not confirmed is in the difference.
    assert found.account.tablets(found.difference) == -12
    assert (found.unconfirmed, found.account.tablets(found.account.at_home)) == (0, 100)


def test_after_the_end_of_the_course_nothing_is_forecast(place: Workplace) -> None:
    course = dispensed(place)
    end_course(place, course, date(2026, 3, 3), EndReason.WISH, override=UNASSESSED)
    found = sorafenib(place, course)
    assert found.course_ended and found.forecast is None and not found.is_low
    record_supply(place, course, entry(R, 104, "03T19:50"))
    assert sorafenib(place, course).account.returned == 104 * 200


def test_what_was_dispensed_last_and_ends_before_it_is_used_up_is_told(place: Workplace) -> None:
    course = dispensed(place, expires_on=date(2026, 3, 25), lot="S1")
    assert [one.lot for one in sorafenib(place, course).expired] == ["S1"]
    record_supply(place, course, entry(D, 4, "03T19:00", expires_on=date(2027, 1, 31)))
    assert sorafenib(place, course).expired == ()


# What can't be meant → field, key
IMPOSSIBLE: list[tuple[SupplyEntry, str, str]] = [
    (entry(D, 4, "02T06:00", drug="interferon_alfa_1b"), "drug", "supply.error.no_such_drug"),
    (entry(D, 4, "02T06:00", drug="gilteritinib"), "drug", "supply.error.no_such_drug"),
    (entry(D, 4, "02T06:00", strength=Dose.of("250", "mg")), "strength", "supply.error.strength"),
    (entry(D, 4, "02T07:06"), "at", "supply.error.future"),
    (entry(D, 4, "02T06:00", at=moment("2025-03-01T06:00")), "at", "supply.error.long_ago"),
    (entry(R, 4, "02T06:00"), "drug", "supply.error.nothing_dispensed"),
    (entry(C, 4, "02T06:00"), "drug", "supply.error.nothing_dispensed"),
]


@pytest.mark.parametrize(("wrong", "field", "key"), IMPOSSIBLE)
def test_what_can_not_be_meant_is_refused_at_its_field_and_not_written(
    place: Workplace, wrong: SupplyEntry, field: str, key: str
) -> None:
    _, course = on_course(place)
    before = place.store.head()
    with pytest.raises((BadInput, Refused)) as refused:
        record_supply(place, course, wrong)
    assert (refused.value.field, refused.value.message.key) == (field, key)
    assert place.store.head() == before


def test_an_entry_is_written_once_per_command_and_withdrawn_with_a_reason(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    command = uuid4()
    first = record_supply(place, course, entry(D, 56, "02T06:00", lot=" S1 "), command)
    again = record_supply(place, course, entry(D, 56, "02T06:00"), command)
    assert (again.replayed, again.sequence) == (True, first.sequence)
    (made,) = sorafenib(place, course).entries
    assert (made.lot, made.recorded_by) == ("S1", "Li Na")
    with pytest.raises(BadInput):
        withdraw_supply(place, made.id, " ")
    withdraw_supply(place, made.id, "another patient's")
    assert supply_status(place, course) == ()
    with pytest.raises(Refused):
        withdraw_supply(place, made.id, "again")
    assert replay.verify_chain(place.store).ok


def test_tablets_to_take_home_are_the_regimens_first_and_never_an_injection(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    assert [drug.id for drug in home_drugs(place, course)] == [
        "sorafenib", "ibuprofen", "thalidomide", "compound_danshen", "paracetamol",
        "metoclopramide", "loperamide",
    ]  # fmt: skip
