"""A time as precisely as somebody knows it: to the minute, the hour, the day or the month."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say


class Precision(StrEnum):
    """How exactly a time is known."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


_SHOWN = {
    Precision.MINUTE: "%Y-%m-%dT%H:%M",
    Precision.HOUR: "%Y-%m-%dT%H",
    Precision.DAY: "%Y-%m-%d",
    Precision.MONTH: "%Y-%m",
}
_FORMS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}"), Precision.MINUTE),
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}"), Precision.HOUR),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), Precision.DAY),
    (re.compile(r"\d{4}-\d{2}"), Precision.MONTH),
)

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class KnownTime:
    """A stretch of civil time in which something happened; `local` is its first minute.

    A coarser time is a longer stretch, so two times may overlap and neither is the earlier.
    """

    local: datetime
    precision: Precision

    def __post_init__(self) -> None:
        if self.local.tzinfo is not None:
            raise ValueError("a known time is a civil time without a zone of its own")
        if self.local != _first_minute(self.local, self.precision):
            raise ValueError("a known time begins its stretch")

    @classmethod
    def of(cls, local: datetime, precision: Precision) -> KnownTime:
        """A civil time, cut to what is known of it."""
        return cls(_first_minute(local.replace(tzinfo=None), precision), precision)

    @classmethod
    def on(cls, day: date) -> KnownTime:
        """Some time on a day."""
        return cls(datetime.combine(day, time()), Precision.DAY)

    @classmethod
    def at(cls, local: datetime) -> KnownTime:
        """A civil time to the minute."""
        return cls.of(local, Precision.MINUTE)

    @classmethod
    def parse(cls, text: str, field: str = "time") -> KnownTime:
        """`2026-03-04T19:30`, or less of it down to `2026-03`; BadInput for anything else."""
        for form, precision in _FORMS:
            if form.fullmatch(text.strip()):
                try:
                    year, month, *rest = map(int, _NUMBER.findall(text))
                    local = datetime(year, month, *(rest or (1,)))
                except ValueError:
                    break
                return cls(local, precision)
        raise BadInput(
            say("error.not_a_known_time", text=text.strip() or "–"),
            hint=say("error.not_a_known_time.hint"),
            field=field,
        )

    @property
    def iso(self) -> str:
        """The time as ISO 8601 text of reduced precision; such texts sort as the times do."""
        shown = self.local.strftime(_SHOWN[self.precision])
        return shown.rjust(len(shown) + 4 - len(str(self.local.year)), "0")

    @property
    def day(self) -> date:
        """The first day it can have been."""
        return self.local.date()

    @property
    def last(self) -> datetime:
        """The last minute it can have been."""
        match self.precision:
            case Precision.MINUTE:
                return self.local
            case Precision.HOUR:
                return self.local + timedelta(minutes=59)
            case Precision.DAY:
                return datetime.combine(self.day, time(23, 59))
            case Precision.MONTH:
                return datetime.combine(_last_of_month(self.day), time(23, 59))

    @property
    def last_day(self) -> date:
        """The last day it can have been."""
        return self.last.date()

    def surely_before(self, other: KnownTime) -> bool:
        """Did it end before the other can have begun?"""
        return self.last < other.local

    def text(self) -> Message:
        """The time in words, no more exact than it is known."""
        match self.precision:
            case Precision.MINUTE:
                return say("known_time.minute", at=self.local)
            case Precision.HOUR:
                return say("known_time.hour", day=self.day, hour=f"{self.local.hour:02d}")
            case Precision.DAY:
                return say("known_time.day", day=self.day)
            case Precision.MONTH:
                month = say(f"month.{self.day.month}")
                return say("known_time.month", year=self.day.year, month=month)


def _first_minute(local: datetime, precision: Precision) -> datetime:
    match precision:
        case Precision.MINUTE:
            return local.replace(second=0, microsecond=0)
        case Precision.HOUR:
            return local.replace(minute=0, second=0, microsecond=0)
        case Precision.DAY:
            return datetime.combine(local.date(), time())
        case Precision.MONTH:
            return datetime.combine(local.date().replace(day=1), time())


def _last_of_month(day: date) -> date:
    if day.month == 12:
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - timedelta(days=1)
