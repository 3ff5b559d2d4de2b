"""Which backups to keep: all of the last two days, then fewer the older they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

ALL = timedelta(days=2)
DAYS, WEEKS, MONTHS = 14, 8, 12


def to_keep(times: Iterable[datetime], now: datetime) -> set[datetime]:
    """The times (UTC) of the backups to keep.

    Everything made in the last 2 days, and the last backup of each of the latest 14 days,
    8 weeks and 12 months that have one. A time ahead of `now` is kept: the clock was wrong then
    or is now.
    """
    newest_first = sorted(set(times), reverse=True)
    kept = {time for time in newest_first if time >= now - ALL}
    kept |= _last_of_each(newest_first, DAYS, lambda time: time.date())
    kept |= _last_of_each(newest_first, WEEKS, lambda time: time.isocalendar()[:2])
    kept |= _last_of_each(newest_first, MONTHS, lambda time: (time.year, time.month))
    return kept


def _last_of_each(
    newest_first: list[datetime], count: int, period: Callable[[datetime], object]
) -> set[datetime]:
    """The newest time of each of the latest `count` periods that have one."""
    last: dict[object, datetime] = {}
    for time in newest_first:
        last.setdefault(period(time), time)
    return set(list(last.values())[:count])
