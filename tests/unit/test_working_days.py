"""Working days, and where a specimen is by them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.marrow import Assay, FlowResult, Marrow, Specimen
from aml_maint.domain.specimen_clock import SpecimenState, track
from aml_maint.domain.working_days import WorkingCalendar
from tests.builders import moment

PLAIN = WorkingCalendar()
# Labour Day 2026 in China: off from Friday 1 to Tuesday 5 May, worked on Saturday 9 May.
CHINA = WorkingCalendar(
    frozenset(date(2026, 5, day) for day in range(1, 6)), frozenset({date(2026, 5, 9)})
)


@pytest.mark.parametrize(
    ("calendar", "start", "days", "due"),
    [
        (PLAIN, date(2026, 3, 2), 5, date(2026, 3, 9)),  # Monday to Monday
        (PLAIN, date(2026, 3, 6), 1, date(2026, 3, 9)),  # Friday to Monday
        (PLAIN, date(2026, 3, 7), 1, date(2026, 3, 9)),  # Saturday to Monday
        (PLAIN, date(2026, 3, 2), 0, date(2026, 3, 2)),
        (PLAIN, date(2026, 4, 30), 5, date(2026, 5, 7)),
        (CHINA, date(2026, 4, 30), 4, date(2026, 5, 9)),  # the Saturday is worked
        (CHINA, date(2026, 4, 30), 5, date(2026, 5, 11)),
    ],
)
def test_weekends_and_holidays_do_not_count_and_worked_weekends_do(
    calendar: WorkingCalendar, start: date, days: int, due: date
) -> None:
    assert calendar.due(start, days) == due
    assert calendar.elapsed(start, due) == days


@settings(max_examples=50)
@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(1, 30))
def test_due_and_elapsed_are_each_others_inverse(start: date, days: int) -> None:
    assert CHINA.elapsed(start, CHINA.due(start, days)) == days
    assert CHINA.elapsed(start, CHINA.due(start, days) - timedelta(days=1)) == days - 1


def specimen(**facts: object) -> tuple[Marrow, Specimen]:
    one = Specimen("s", Assay.FLOW, **facts)  # type: ignore[arg-type]
    return Marrow("m", "p", moment("2026-03-02T09:00"), specimens=(one,)), one


# received, resulted, today → state, working days, late
TRACKED = [
    (None, None, date(2026, 3, 2), SpecimenState.IN_TRANSIT, 0, False),
    (None, None, date(2026, 3, 9), SpecimenState.IN_TRANSIT, 5, False),
    (None, None, date(2026, 3, 10), SpecimenState.OVERDUE, 6, True),
    ("2026-03-04T10:00", None, date(2026, 3, 11), SpecimenState.IN_LABORATORY, 5, False),
    ("2026-03-04T10:00", None, date(2026, 3, 12), SpecimenState.OVERDUE, 6, True),
    ("2026-03-04T10:00", "2026-03-11T17:00", date(2026, 4, 1), SpecimenState.RESULTED, 5, False),
    ("2026-03-04T10:00", "2026-03-12T08:00", date(2026, 4, 1), SpecimenState.RESULTED, 6, True),
]


@pytest.mark.parametrize(("received", "resulted", "today", "state", "days", "late"), TRACKED)
def test_the_clock_runs_from_receipt_and_from_collection_before_it(
    received: str | None, resulted: str | None, today: date, state: SpecimenState, days: int,
    late: bool,
) -> None:  # fmt: skip
    facts: dict[str, object] = {"received": moment(received) if received else None}
    if resulted:
        facts |= {"resulted": moment(resulted), "result": FlowResult(None, True)}
    found = track(*specimen(**facts), today, PLAIN, 5)
    assert (found.state, found.working_days, found.is_late) == (state, days, late)


def test_a_result_whose_day_nobody_noted_is_not_called_late() -> None:
    found = track(*specimen(result=FlowResult(None, True)), date(2026, 9, 1), PLAIN, 5)
    assert (found.state, found.is_late) == (SpecimenState.RESULTED, False)
