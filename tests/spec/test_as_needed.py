"""Limits of drugs given as needed: gaps, sums and counts in any 24 hours, and orders."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.as_needed import AsNeededOrder, Given, limits_broken
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Name
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import AsNeeded, Evidence, Source
from aml_maint.services.library import drugs

ZONE = "Asia/Shanghai"
LABEL = Source("l", Evidence.LABEL, "Label")
NAME = Name("paracetamol", "对乙酰氨基酚")
PARACETAMOL = AsNeeded(("pain",), 240, Dose.of("4", "g"), 4, (), LABEL, LABEL, LABEL)


def at(text: str, dose: str = "500") -> Given:
    return Given(Moment.at(datetime.fromisoformat(f"2026-03-{text}"), ZONE), Dose.of(dose, "mg"))


def due(text: str) -> datetime:
    return at(text).at.utc


def order(**facts: Any) -> AsNeededOrder:
    values: dict[str, Any] = {
        "id": "o", "drug": "paracetamol", "dose": Dose.of("500", "mg"), "route": "oral",
        "indication": "pain", "ordered_by": "Wu Min", "first_day": date(2026, 3, 2),
    }  # fmt: skip
    return AsNeededOrder(**(values | facts))


DOSES_AT_4_HOURS = ["02T00:00", "02T04:00", "02T08:00", "02T12:00"]

# dose, given at, doses before and after, planned → limits broken
# Paracetamol: 4 hours between doses, 4 doses and 4 g in any 24 hours.
CASES: list[tuple[str, str, list[Given], list[str], list[str]]] = [
    ("500", "02T12:00", [], [], []),
    ("500", "02T12:00", [at("02T08:00")], [], []),
    ("500", "02T12:00", [at("02T08:01")], [], ["gap"]),
    ("500", "02T12:00", [at("02T15:59")], [], ["gap"]),  # recorded before, given after
    ("500", "02T12:00", [at("02T16:00")], [], []),
    ("500", "02T12:00", [], ["02T15:59"], ["planned"]),
    ("500", "02T12:00", [], ["02T16:00"], []),
    ("500", "02T12:00", [], ["02T11:00"], []),  # due earlier, and not given
    ("500", "02T20:00", [at(t) for t in DOSES_AT_4_HOURS], [], ["doses"]),
    ("500", "02T23:59", [at(t) for t in DOSES_AT_4_HOURS], [], ["doses"]),
    ("500", "03T00:00", [at(t) for t in DOSES_AT_4_HOURS], [], []),  # 24 hours after the first
    ("1000", "02T20:00", [at("02T00:00", "1500"), at("02T08:00", "1500")], [], []),
    ("1001", "02T20:00", [at("02T00:00", "1500"), at("02T08:00", "1500")], [], ["most"]),
    ("1001", "03T00:00", [at("02T00:00", "1500"), at("02T08:00", "1500")], [], []),
    # The new dose lies in the middle of 24 hours that are full already.
    ("500", "02T08:00", [at(t) for t in ["02T00:00", "02T04:00", "02T12:00", "02T16:00"]], [],
     ["doses"]),
    ("4001", "02T08:00", [at("02T07:00")], ["02T09:00"], ["gap", "planned", "most"]),
]  # fmt: skip


@pytest.mark.parametrize(("dose", "when", "others", "coming", "broken"), CASES)
def test_a_dose_as_needed_stays_within_gap_number_and_sum_of_24_hours(
    dose: str, when: str, others: list[Given], coming: list[str], broken: list[str]
) -> None:
    found = limits_broken(NAME, PARACETAMOL, at(when, dose), others, [due(text) for text in coming])
    assert [limit.kind for limit in found] == broken
    assert all(limit.source is LABEL for limit in found)


# order, dose, given at, doses before → limits broken
ORDERS: list[tuple[dict[str, Any], str, str, list[Given], list[str]]] = [
    ({}, "500", "02T12:00", [], []),
    ({}, "501", "02T12:00", [], ["order_dose"]),
    ({}, "500", "01T23:59", [], ["order"]),
    ({"last_day": date(2026, 3, 4)}, "500", "04T23:59", [], []),
    ({"last_day": date(2026, 3, 4)}, "500", "05T00:00", [], ["order"]),
    ({"min_gap_minutes": 360}, "500", "02T12:00", [at("02T06:01")], ["gap"]),
    ({"min_gap_minutes": 360}, "500", "02T12:00", [at("02T06:00")], []),
    ({"min_gap_minutes": 60}, "500", "02T12:00", [at("02T08:01")], ["gap"]),  # the label's 4 hours
    ({"most_doses": 2}, "500", "02T12:00", [at("02T00:00"), at("02T06:00")], ["doses"]),
    ({"most_doses": 9}, "500", "02T20:00", [at(t) for t in DOSES_AT_4_HOURS], ["doses"]),
]


@pytest.mark.parametrize(("facts", "dose", "when", "others", "broken"), ORDERS)
def test_an_order_can_only_make_the_limits_of_a_drug_tighter(
    facts: dict[str, Any], dose: str, when: str, others: list[Given], broken: list[str]
) -> None:
    found = limits_broken(NAME, PARACETAMOL, at(when, dose), others, [], order(**facts))
    assert [limit.kind for limit in found] == broken


def test_loperamide_has_a_sum_and_no_gap() -> None:
    rules = drugs()["loperamide"].as_needed
    assert rules is not None
    seven = [at(f"02T{hour:02d}:00", "2") for hour in range(7)]
    assert limits_broken(NAME, rules, at("02T07:00", "2"), seven, []) == ()
    eight = [*seven, at("02T07:00", "2")]
    found = limits_broken(NAME, rules, at("02T07:30", "2"), eight, [])
    assert [limit.kind for limit in found] == ["most"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"ordered_by": "  "}, "ordered_by"),
        ({"indication": "boredom"}, "indication"),
        ({"last_day": date(2026, 3, 1)}, "last_day"),
        ({"most_doses": 0}, "most_doses"),
        ({"most_doses": 25}, "most_doses"),
        ({"min_gap_minutes": 0}, "min_gap"),
        ({"min_gap_minutes": 1441}, "min_gap"),
    ],
)
def test_an_impossible_order_cannot_be_made(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        order(**facts)
    assert refused.value.field == field


@settings(max_examples=60)
@given(
    st.lists(st.integers(-30 * 60, 30 * 60), max_size=8, unique=True),
    st.integers(1, 8),
)
def test_a_number_of_doses_in_24_hours_is_that_of_the_fullest_24_hours(
    minutes: list[int], most: int
) -> None:
    start = datetime(2026, 3, 2, 12)
    rules = AsNeeded(("pain",), None, None, most, (), None, None, LABEL)
    new = Given(Moment.at(start, ZONE), Dose.of("500", "mg"))
    others = [new._replace(at=Moment.at(start + timedelta(minutes=m), ZONE)) for m in minutes]
    # Minute by minute: how many doses lie in the 24 hours that begin there and hold the new one?
    everything = [0, *minutes]
    fullest = max(
        sum(1 for m in everything if begin <= m < begin + 1440) for begin in range(-1439, 1)
    )
    assert bool(limits_broken(NAME, rules, new, others, [])) == (fullest > most)
