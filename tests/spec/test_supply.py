"""Tablets at home: what should be there, what a count says, and how long it lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.course import Course, CycleStart
from aml_maint.domain.errors import BadInput
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import doses_between
from aml_maint.domain.supply import (
    MOST_TABLETS,
    Account,
    Due,
    SupplyEntry,
    SupplyKind,
    Taken,
    account,
    forecast,
    prolonged,
)
from aml_maint.services.library import regimen

ZONE = "Asia/Shanghai"
DAY_1 = date(2026, 3, 2)
END = Moment.at(datetime(2026, 4, 30, 12), ZONE).utc
MG_200, MG_25, MG_50 = Dose.of("200", "mg"), Dose.of("25", "mg"), Dose.of("50", "mg")
D, R, L, C = SupplyKind
_ids = count()


def moment(text: str) -> Moment:
    return Moment.at(datetime.fromisoformat(f"2026-03-{text}"), ZONE)


def entry(kind: SupplyKind, tablets: int, at: str, strength: Dose = MG_200) -> SupplyEntry:
    return SupplyEntry(str(next(_ids)), "drug", strength, kind, tablets, moment(at), "Li Na")


def taken(at: str, dose: str = "400") -> Taken:
    return Taken(moment(at).utc, Dose.of(dose, "mg"))


def twice_daily(first: int, last: int) -> list[Taken]:
    return [taken(f"{day:02d}T{at}") for day in range(first, last + 1) for at in ("07:00", "19:30")]


# Tablets of 200 mg, doses of 400 mg.
# entries, doses taken → dispensed, returned, lost, taken, expected, at home (all in tablets)
ACCOUNTS: list[tuple[list[SupplyEntry], list[Taken], tuple[int, ...]]] = [
    ([entry(D, 56, "02T10:00")], [], (56, 0, 0, 0, 56, 56)),
    ([entry(D, 56, "02T10:00")], twice_daily(3, 4), (56, 0, 0, 8, 48, 48)),
    # What was taken before the first dispensing came from elsewhere.
    ([entry(D, 56, "02T10:00")], [taken("02T07:00"), taken("02T19:30")], (56, 0, 0, 2, 54, 54)),
    ([entry(D, 56, "02T10:00"), entry(R, 6, "09T10:00")], [], (56, 6, 0, 0, 50, 50)),
    ([entry(D, 56, "02T10:00"), entry(L, 2, "05T10:00")], [], (56, 0, 2, 0, 54, 54)),
    ([entry(D, 56, "02T10:00"), entry(D, 56, "16T10:00")], [], (112, 0, 0, 0, 112, 112)),
    # A count is what is there; what happens after it goes on from there.
    ([entry(D, 56, "02T10:00"), entry(C, 40, "04T10:00")], twice_daily(3, 4),
     (56, 0, 0, 8, 48, 38)),
    ([entry(D, 56, "02T10:00"), entry(C, 0, "04T10:00"), entry(D, 10, "04T11:00")], [],
     (66, 0, 0, 0, 66, 10)),
    # More was confirmed than dispensed: said, not hidden.
    ([entry(D, 2, "02T10:00")], twice_daily(3, 3), (2, 0, 0, 4, -2, -2)),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "doses", "told"), ACCOUNTS)
def test_what_should_be_at_home_is_dispensed_less_returned_lost_and_taken(
    entries: list[SupplyEntry], doses: list[Taken], told: tuple[int, ...]
) -> None:
    found = account(entries, doses, END)
    amounts = (
        found.dispensed, found.returned, found.lost, found.taken, found.expected, found.at_home,
    )  # fmt: skip
    assert tuple(found.tablets(amount) for amount in amounts) == told
    assert found.unit == "mg"


def checks(found: Account) -> list[tuple[int, int, int]]:
    return [
        (int(c.counted // 200), int(c.expected // 200), int(c.difference // 200))
        for c in found.counts
    ]


def test_a_count_is_compared_with_what_came_and_went_since_the_one_before() -> None:
    entries = [
        entry(D, 56, "02T10:00"),
        entry(C, 46, "04T10:00"),  # 48 expected after 4 doses, one dose too few
        entry(C, 38, "06T10:00"),  # 8 taken since the first count: nothing further is missing
        entry(D, 20, "06T11:00"),
        entry(C, 60, "07T10:00"),  # 54 expected
    ]
    doses = [*twice_daily(3, 3), taken("04T07:00"), taken("04T08:00")]
    doses += [taken("04T19:30"), *twice_daily(5, 5), taken("06T07:00")]
    doses += [taken("06T19:30"), taken("07T07:00")]
    assert checks(account(entries, doses, END)) == [(46, 48, -2), (38, 38, 0), (60, 54, 6)]


def test_a_dose_at_the_instant_of_a_count_was_taken_before_it() -> None:
    entries = [entry(D, 10, "02T10:00"), entry(C, 8, "03T07:00")]
    found = account(entries, [taken("03T07:00")], END)
    assert checks(found) == [(8, 8, 0)]
    assert found.tablets(found.at_home) == 8


def test_tablets_of_two_strengths_are_told_as_an_amount_and_counted_together() -> None:
    entries = [
        entry(D, 28, "02T10:00", MG_50), entry(D, 28, "02T10:00", MG_25),
        entry(C, 27, "03T10:00", MG_50), entry(C, 26, "03T10:00", MG_25),
    ]  # fmt: skip
    found = account(entries, [taken("02T22:00", "100")], END)
    assert found.strengths == (MG_25, MG_50)
    assert found.tablets(found.at_home) is None
    assert [(c.counted, c.expected) for c in found.counts] == [(2000, 2000)]


def test_nothing_is_told_of_later_than_the_instant_asked_for() -> None:
    entries = [entry(D, 10, "02T10:00"), entry(D, 99, "05T10:00"), entry(C, 0, "06T10:00")]
    found = account(entries, twice_daily(3, 8), moment("04T12:00").utc)
    assert (found.tablets(found.dispensed), found.doses, found.counts) == (10, 3, ())


def test_there_is_no_account_before_anything_was_dispensed() -> None:
    with pytest.raises(ValueError, match="nothing was dispensed"):
        account([entry(C, 4, "02T10:00")], [], END)


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        (D, {"tablets": 0}, "tablets"),
        (R, {"tablets": 0}, "tablets"),
        (C, {"tablets": -1}, "tablets"),
        (D, {"tablets": MOST_TABLETS + 1}, "tablets"),
        (R, {"lot": "A1"}, "lot"),
        (C, {"expires_on": date(2027, 1, 1)}, "lot"),
        (D, {"expires_on": date(2026, 3, 1)}, "expires_on"),
    ],
)
def test_an_impossible_entry_cannot_be_made(
    kind: SupplyKind, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        replace(entry(kind, 4, "02T10:00"), **facts)
    assert refused.value.field == field


def test_no_tablet_is_a_count_too_and_the_day_of_expiry_can_still_be_dispensed() -> None:
    assert entry(C, 0, "02T10:00").amount == 0
    assert replace(entry(D, 1, "02T10:00"), expires_on=date(2026, 3, 2)).lot is None


# How long it lasts

COURSE = Course("c", "p", regimen("sorafenib_iti"), ZONE, (CycleStart(1, DAY_1),))


def due(component: str, first: date, last: date, course: Course = COURSE) -> list[Due]:
    found = doses_between(course, first, last)
    return [Due(d.on, d.dose) for d in found if d.component.id == component]


def day(number: int) -> date:
    return DAY_1 + timedelta(days=number - 1)


# tablets at home (200 mg), first dose to come → whole days covered, doses, day of the first dose
# that is not (4 tablets a day, from day 1)
LASTING = [
    (112, 28, 56, None),  # exactly the 28 days looked at
    (111, 27, 55, 28),
    (56, 14, 28, 15),
    (6, 1, 3, 2),
    (4, 1, 2, 2),
    (3, 0, 1, 1),
    (0, 0, 0, 1),
    (-2, 0, 0, 1),
]


@pytest.mark.parametrize(("tablets", "days", "doses", "short"), LASTING)
def test_it_lasts_up_to_the_first_dose_that_can_not_be_taken_whole(
    tablets: int, days: int, doses: int, short: int | None
) -> None:
    coming = due("sorafenib", day(1), day(28))
    found = forecast(Decimal(tablets * 200), "mg", [MG_200], coming, day(1), day(28))
    assert (found.days, found.doses) == (days, doses)
    assert found.short_on == (None if short is None else day(short))


def test_a_changed_dose_and_left_out_doses_are_counted_as_they_are() -> None:
    coming = [Due(day(1), Dose.of("400", "mg")), Due(day(5), Dose.of("200", "mg")),
              Due(day(6), Dose.of("200", "mg"))]  # fmt: skip
    found = forecast(Decimal(600), "mg", [MG_200], coming, day(1), day(28))
    assert (found.days, found.short_on, found.odd) == (5, day(6), False)


def test_a_dose_nobody_ordered_ends_what_can_be_told() -> None:
    coming = [Due(day(1), MG_200), Due(day(3), None), Due(day(4), MG_200)]
    found = forecast(Decimal(9999), "mg", [MG_200], coming, day(1), day(28))
    assert (found.days, found.short_on, found.unknown) == (2, None, True)


@pytest.mark.parametrize(
    ("dose", "strengths", "odd"),
    [
        ("400", [MG_200], False),
        ("300", [MG_200], True),  # one and a half tablets
        ("75", [MG_25, MG_50], False),
        ("60", [MG_25, MG_50], True),
    ],
)
def test_a_dose_that_needs_part_of_a_tablet_is_told(
    dose: str, strengths: list[Dose], odd: bool
) -> None:
    coming = [Due(day(1), Dose.of(dose, "mg"))]
    assert forecast(Decimal(9999), "mg", strengths, coming, day(1), day(2)).odd is odd


def test_doses_go_on_into_cycles_that_are_not_recorded_yet() -> None:
    azacitidine = Course("c", "p", regimen("oral_azacitidine"), ZONE, (CycleStart(1, DAY_1),))
    longer = prolonged(azacitidine, day(10), day(60))
    assert [start.first_day for start in longer.cycles] == [day(1), day(29), day(57)]
    # Past its length a cycle is taken to end today: what begins the next is a recorded act.
    late = prolonged(azacitidine, day(40), day(60))
    assert [start.first_day for start in late.cycles] == [day(1), day(41)]


def test_a_course_that_ended_or_has_all_its_cycles_is_not_prolonged() -> None:
    ended = replace(COURSE, ended_on=day(9))
    assert prolonged(ended, day(10), day(90)) is ended
    limited = regimen("midostaurin_maintenance")
    assert limited.max_cycles is not None
    starts = tuple(CycleStart(n, day(28 * n - 27)) for n in range(1, limited.max_cycles + 1))
    all_cycles = Course("c", "p", limited, ZONE, starts)
    assert prolonged(all_cycles, day(10), day(9000)).cycles == starts


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from([D, R, L]), st.integers(1, 60), st.integers(3, 27)),
                max_size=6), st.lists(st.integers(3, 27), max_size=6))  # fmt: skip
def test_without_a_count_what_is_at_home_is_what_is_expected(
    happened: list[tuple[SupplyKind, int, int]], days: list[int]
) -> None:
    entries = [entry(D, 50, "02T10:00")]
    entries += [entry(kind, tablets, f"{on:02d}T10:00") for kind, tablets, on in happened]
    doses = [taken(f"{on:02d}T19:30") for on in days]
    found = account(entries, doses, END)
    assert found.at_home == found.expected
    # A count that finds just that changes nothing, and finds no difference.
    counted = replace(entry(C, 0, "29T10:00"), tablets=max(int(found.expected) // 200, 0))
    if found.expected >= 0:
        again = account([*entries, counted], doses, END)
        assert (again.at_home, again.counts[0].difference) == (found.at_home, 0)
