"""The only place that knows what time it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol

from aml_maint.domain.moment import Moment


class Clock(Protocol):
    """Where services take the present from."""

    def now(self) -> Moment:
        """The present moment on the ward's wall clock."""
        ...


class SystemClock:
    """The computer's clock, read in the ward's time zone."""

    def __init__(self, zone: str) -> None:
        self.zone = zone

    def now(self) -> Moment:
        return Moment.at(datetime.now(UTC), self.zone)


class SetClock:
    """A clock that stands where it is put: for building the demo ward and for tests."""

    def __init__(self, now: Moment) -> None:
        self._now = now

    def now(self) -> Moment:
        return self._now

    def set(self, local: datetime) -> None:
        """Put the clock to a civil time of its zone, or to an instant."""
        self._now = Moment.at(local, self._now.zone)


def today(clock: Clock) -> date:
    """The calendar day on the ward's wall clock."""
    return clock.now().local.date()
