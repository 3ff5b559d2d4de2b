"""Which backups are kept, for every schedule a ward can come up with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aml_maint.store.retention import to_keep

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
TIMES = st.lists(
    st.integers(-3 * 24 * 60, 800 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    max_size=60,
)


def test_a_backup_every_half_hour_for_two_years_thins_out_to_days_weeks_and_months() -> None:
    times = [NOW - timedelta(minutes=30 * n) for n in range(2 * 365 * 48)]
    kept = sorted(to_keep(times, NOW), reverse=True)
    within_two_days = [time for time in kept if time >= NOW - timedelta(days=2)]
    assert len(within_two_days) == 2 * 48 + 1
    older = kept[len(within_two_days) :]
    # Of the 14 days, 8 weeks and 12 months the first 3, 2 and 1 are there already.
    assert len(older) == (14 - 3) + (8 - 2) + (12 - 1)
    assert kept[-1] == datetime(2025, 4, 30, 23, 30, tzinfo=UTC)


def test_a_ward_that_was_closed_for_a_year_keeps_its_last_backups() -> None:
    times = [NOW - timedelta(days=400 + n) for n in range(30)]
    kept = to_keep(times, NOW)
    assert set(times[:14]) <= kept


def test_nothing_to_keep_of_nothing() -> None:
    assert to_keep([], NOW) == set()


@given(times=TIMES)
def test_what_is_kept_was_there_and_holds_the_newest_and_everything_of_two_days(
    times: list[datetime],
) -> None:
    kept = to_keep(times, NOW)
    assert kept <= set(times)
    assert not times or max(times) in kept
    assert {time for time in times if time >= NOW - timedelta(days=2)} <= kept


@given(times=TIMES)
def test_every_one_of_the_latest_14_days_8_weeks_and_12_months_keeps_its_last(
    times: list[datetime],
) -> None:
    kept = to_keep(times, NOW)
    for form, count in (("%Y-%m-%d", 14), ("%G-%V", 8), ("%Y-%m", 12)):
        periods = sorted({time.strftime(form) for time in times}, reverse=True)[:count]
        for period in periods:
            assert max(time for time in times if time.strftime(form) == period) in kept


@given(times=TIMES, later=st.integers(0, 400))
def test_pruning_often_keeps_the_same_as_pruning_once(times: list[datetime], later: int) -> None:
    then = NOW + timedelta(days=later)
    assert to_keep(to_keep(times, NOW), then) == to_keep(times, then)


@given(times=TIMES)
def test_at_most_as_many_old_ones_stay_as_there_are_days_weeks_and_months(
    times: list[datetime],
) -> None:
    old = [time for time in to_keep(times, NOW) if time < NOW - timedelta(days=2)]
    assert len(old) <= 14 + 8 + 12
