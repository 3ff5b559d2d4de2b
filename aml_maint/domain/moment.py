"""Instants with the wall clock they were seen on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say


def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name; BadInput if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        raise BadInput(say("error.unknown_zone", zone=name), field="zone") from error


# A ward's patients share their times of day, so a day's instants are worked out once for all.
@lru_cache(maxsize=32_768)
def instant(local: datetime, zone_name: str) -> datetime:
    """The UTC instant of a civil time in a zone.

    A time that the clock skips in spring is taken as many minutes later as the clock jumped;
    one that comes twice in autumn is the first. So every civil time has exactly one instant
    and a change of clock never drops or doubles a dose (clinical rules, "Regimen and days").
    """
    if local.tzinfo is not None:
        raise ValueError("a civil time carries no zone of its own")
    place = zone(zone_name)
    aware = local.replace(tzinfo=place)
    utc = aware.astimezone(UTC)
    if utc.astimezone(place).replace(tzinfo=None) == local:
        return utc
    from dateutil import tz  # for an hour of the year only

    return tz.resolve_imaginary(aware).astimezone(UTC)


@dataclass(frozen=True, order=True, slots=True)
class Moment:
    """An instant (UTC, to the microsecond) with the offset and zone of the clock it was read on.

    Two moments compare by instant, never by wall time: 01:30 before and after the clocks go
    back are an hour apart.
    """

    utc: datetime
    offset_minutes: int
    zone: str

    def __post_init__(self) -> None:
        if self.utc.tzinfo is not UTC:
            raise ValueError("a moment is kept in UTC")
        if not -24 * 60 < self.offset_minutes < 24 * 60:
            raise ValueError("an offset is less than a day")

    @classmethod
    def at(cls, when: datetime, zone_name: str) -> Moment:
        """The moment of an aware instant, or of a civil time, on the clocks of a zone."""
        utc = when.astimezone(UTC) if when.tzinfo else instant(when, zone_name)
        offset = utc.astimezone(zone(zone_name)).utcoffset() or timedelta()
        return cls(utc, int(offset.total_seconds() // 60), zone_name)

    @property
    def local(self) -> datetime:
        """The wall clock at that moment, aware of its offset."""
        return self.utc.astimezone(timezone(timedelta(minutes=self.offset_minutes)))

    def day_in(self, zone_name: str) -> date:
        """The calendar day on the clocks of a zone at that moment."""
        return self.utc.astimezone(zone(zone_name)).date()
