"""Where a trend's points lie: a calendar axis across, the values up, with readable steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Steps between marked days, in days; longer ones are whole months.
_DAYS = (1, 2, 7, 14, 28)
_MONTHS = (1, 2, 3, 6, 12, 24)
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class DayScale:
    """Days from left to right over `width` pixels; both ends lie inside."""

    first: date
    last: date
    width: float

    @classmethod
    def over(cls, days: Sequence[date], width: float) -> DayScale:
        """A scale with a little room around some days, a week at least."""
        first, last = min(days), max(days)
        room = max(1, round((last - first).days * 0.03))
        first, last = first - timedelta(days=room), last + timedelta(days=room)
        short = 7 - (last - first).days
        if short > 0:
            first, last = first - timedelta(days=short // 2), last + timedelta(days=-(-short // 2))
        return cls(first, last, width)

    def x(self, day: date, share: float = 0.5) -> float:
        """Where a day stands, or a share of it that has passed."""
        length = (self.last - self.first).days + 1
        return self.width * ((day - self.first).days + share) / length

    def marks(self, apart: float) -> Iterator[date]:
        """Days to mark, at least so many pixels apart: whole days, else first days of months."""
        per_day = self.width / ((self.last - self.first).days + 1)
        for step in _DAYS:
            if step * per_day >= apart:
                day = self.first
                while day <= self.last:
                    yield day
                    day += timedelta(days=step)
                return
        step = next((m for m in _MONTHS if m * 30 * per_day >= apart), _MONTHS[-1])
        month = self.first.year * 12 + self.first.month - 1
        while True:
            month += 1
            day = date(month // 12, month % 12 + 1, 1)
            if day > self.last:
                return
            if month % step == 0:
                yield day


@dataclass(frozen=True)
class ValueScale:
    """Values from `low` at the bottom to `high` at the top over `height` pixels."""

    low: float
    high: float
    step: float
    height: float

    @classmethod
    def over(cls, values: Sequence[float], height: float, apart: float) -> ValueScale:
        """A scale around some values with steps at least so many pixels apart; never below 0."""
        low, high = min(values), max(values)
        spread = (high - low) or abs(high) or 1.0
        low, high = max(low - spread * 0.08, 0.0), high + spread * 0.08
        step = _nice((high - low) * apart / max(height, 1.0))
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step, step, height)

    def y(self, value: float) -> float:
        """Where a value stands, from the top."""
        return self.height * (self.high - value) / (self.high - self.low)

    @property
    def marks(self) -> list[float]:
        """The values to mark, from the bottom."""
        count = round((self.high - self.low) / self.step)
        return [self.low + number * self.step for number in range(count + 1)]

    @property
    def digits(self) -> int:
        """How many decimals a mark needs."""
        return len(f"{self.step:.6f}".rstrip("0").partition(".")[2])


def _nice(least: float) -> float:
    """The smallest step of 1, 2, 2.5 or 5 with a power of ten that is no smaller."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(nice * power for nice in _NICE if nice * power >= least * (1 - 1e-9))
