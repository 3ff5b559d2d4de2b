"""Working days: how long a laboratory has had a specimen, weekends and public holidays aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

_SATURDAY = 5
_ONE = timedelta(days=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days people work: the public holidays of a place, and weekends worked in exchange.

    `covers` are the years whose holidays are known; in others only weekends are left out.
    """

    holidays: frozenset[date] = frozenset()
    worked_weekends: frozenset[date] = frozenset()
    covers: frozenset[int] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        """Is it a working day? In China some weekend days are worked in exchange for holidays."""
        if day in self.worked_weekends:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def elapsed(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; the day of receipt does not count."""
        day, count = start, 0
        while day < end:
            day += _ONE
            count += self.is_working(day)
        return count

    def due(self, start: date, working_days: int) -> date:
        """The day on which so many working days after `start` are over."""
        day, left = start, working_days
        while left > 0:
            day += _ONE
            left -= self.is_working(day)
        return day
