"""Times to an event: from dates, or from months as a cohort reports them (rules, "Outcomes")."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from aml_maint.domain.cohort import ReportedPatient, read_row
from aml_maint.domain.errors import BadInput
from aml_maint.domain.outcome import (
    DAYS_PER_MONTH,
    Basis,
    as_reported,
    crude_share,
    from_dates,
    observe,
)

FILE = Path(__file__).parents[1] / "data" / "cohort19.csv"


def cohort() -> list[ReportedPatient]:
    """The 19 patients of the paper."""
    rows = csv.DictReader(FILE.read_text("utf-8").splitlines())
    return [patient for patient, _ in (read_row(row, 2) for row in rows) if patient is not None]


# outcome, months, free of the event, all
CRUDE = [
    ("overall survival", 12, 19, 19),
    ("overall survival", 24, 18, 19),
    ("relapse-free survival", 12, 17, 19),
    ("relapse-free survival", 24, 14, 19),
]


@pytest.mark.parametrize(("outcome", "months", "free", "everyone"), CRUDE)
def test_crude_shares_of_the_papers_19_patients(
    outcome: str, months: int, free: int, everyone: int
) -> None:
    observations = [
        p.overall_survival if outcome == "overall survival" else p.relapse_free_survival
        for p in cohort()
    ]
    assert crude_share(observations, Decimal(months)) == (free, everyone)


def test_an_event_in_the_very_month_counts_and_one_after_it_does_not() -> None:
    observations = [as_reported(Decimal(24), True), as_reported(Decimal("24.1"), True)]
    assert crude_share(observations, Decimal(24)) == (1, 2)


def test_a_patient_lost_before_the_month_still_counts_as_free() -> None:
    assert crude_share([as_reported(Decimal(13), False)], Decimal(24)) == (1, 1)


def test_nobody_is_none_of_none() -> None:
    assert crude_share([], Decimal(12)) == (0, 0)


START, END = date(2024, 1, 1), date(2026, 1, 1)  # 731 days, 2024 being a leap year

# start, end, months as reported → months, basis
OBSERVED = [
    (START, END, None, Decimal(731) / DAYS_PER_MONTH, Basis.DATES),
    (START, END, Decimal(82), Decimal(731) / DAYS_PER_MONTH, Basis.DATES),
    (None, None, Decimal(82), Decimal(82), Basis.REPORTED),
    (START, None, Decimal("13.5"), Decimal("13.5"), Basis.REPORTED),
    (None, END, Decimal(0), Decimal(0), Basis.REPORTED),
    (START, START, None, Decimal(0), Basis.DATES),
]


@pytest.mark.parametrize(("start", "end", "reported", "months", "basis"), OBSERVED)
@pytest.mark.parametrize("event", [True, False])
def test_dates_come_before_reported_months_and_either_will_do(
    start: date | None, end: date | None, reported: Decimal | None, months: Decimal,
    basis: Basis, event: bool,
) -> None:  # fmt: skip
    found = observe(start, end, reported, event)
    assert found is not None
    assert (found.months, found.event, found.basis) == (months, event, basis)


@pytest.mark.parametrize(("start", "end"), [(None, None), (START, None), (None, END)])
def test_with_neither_two_dates_nor_months_there_is_no_observation(
    start: date | None, end: date | None
) -> None:
    assert observe(start, end, None, True) is None


def test_a_year_of_365_25_days_has_twelve_months() -> None:
    assert Decimal("365.25") == DAYS_PER_MONTH * 12


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(BadInput):
        from_dates(END, START, event=True)
    with pytest.raises(BadInput):
        as_reported(Decimal(-1), event=True)
