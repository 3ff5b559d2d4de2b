"""How domain values stand in columns: ISO dates, decimal text, three-column moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from sys import intern
from typing import Any

from aml_maint.domain.moment import Moment

Row = Mapping[str, Any]
Value = str | int | None


def day_text(day: date | None) -> str | None:
    """A date as ISO text."""
    return None if day is None else day.isoformat()


def day_value(text: str | None) -> date | None:
    """The date of ISO text."""
    return None if text is None else date.fromisoformat(text)


def decimal_text(value: Decimal | None) -> str | None:
    """A decimal with all its digits, never as a binary float."""
    return None if value is None else f"{value:f}"


def decimal_value(text: str | None) -> Decimal | None:
    """The decimal of a text column."""
    return None if text is None else Decimal(text)


def moment_columns(name: str, moment: Moment | None) -> dict[str, Value]:
    """The three columns of a moment."""
    if moment is None:
        return {f"{name}_utc": None, f"{name}_offset": None, f"{name}_zone": None}
    return {
        f"{name}_utc": utc_text(moment.utc),
        f"{name}_offset": moment.offset_minutes,
        f"{name}_zone": moment.zone,
    }


def utc_text(utc: datetime) -> str:
    """An instant as text that sorts as the instants do."""
    return utc.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def utc_value(text: str) -> datetime:
    """The instant of such a text."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is UTC else found.replace(tzinfo=UTC)


def civil_value(utc: str, offset_minutes: int) -> datetime:
    """What the clock of a moment showed, from its columns, without its offset."""
    return datetime.fromisoformat(utc.removesuffix("Z")) + _ahead(offset_minutes)


# A zone has two or three.
@lru_cache(maxsize=256)
def _ahead(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


def local_value(utc: str, offset_minutes: int) -> datetime:
    """The same with its offset."""
    clock = timezone(timedelta(minutes=offset_minutes))
    return utc_value(utc).astimezone(clock)


def moment_value(row: Row, name: str) -> Moment:
    """The moment of three columns that are not empty."""
    utc = utc_value(row[f"{name}_utc"])
    return Moment(utc, row[f"{name}_offset"], intern(row[f"{name}_zone"]))


def optional_moment(row: Row, name: str) -> Moment | None:
    """The moment of three columns, None when they are empty."""
    return None if row[f"{name}_utc"] is None else moment_value(row, name)
