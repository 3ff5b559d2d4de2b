"""Arguments as typed into values; BadInput names the argument that can't be meant that way."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.moment import zone as known_zone
from aml_maint.domain.quantities import Dose, decimal
from aml_maint.services.local_zone import local_zone

_Word = TypeVar("_Word", bound=StrEnum)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[0-9]{1,6}")


def day(text: str, field: str) -> date:
    """A calendar date written YYYY-MM-DD that exists."""
    if not _DAY.fullmatch(text):
        raise BadInput(say("cli.not_a_date", text=text), field=field)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(say("cli.no_such_date", text=text), field=field) from error


def moment(text: str, zone: str, field: str) -> Moment:
    """An ISO 8601 time; without an offset it is read on the clocks of `zone`.

    A date alone means the first minute of that day.
    """
    try:
        when = datetime.fromisoformat(text)
        return Moment.at(when, zone)
    except (ValueError, OverflowError) as error:
        raise BadInput(say("cli.not_a_time", text=text), field=field) from error


def zone(name: str | None) -> str:
    """A time zone by its IANA name, that of this computer if none is named."""
    if name is None:
        return local_zone()
    return known_zone(name).key


def whole(text: str, field: str) -> int:
    """A whole number from 0."""
    if not _WHOLE.fullmatch(text):
        raise BadInput(say("cli.not_a_whole_number", text=text), field=field)
    return int(text)


def optional_day(text: str | None, field: str) -> date | None:
    """A calendar date, or None where none was given."""
    return None if text is None else day(text, field)


def day_before(day: date) -> date:
    """The calendar day before one."""
    return day - timedelta(days=1)


def word(text: str, words: type[_Word], field: str) -> _Word:
    """One word of a closed list; BadInput tells the list."""
    try:
        return words(text)
    except ValueError as error:
        known = tuple(known.value for known in words)
        raise BadInput(say("import.not_a_choice", text=text, allowed=known), field=field) from error


def dose(value: str, unit: str) -> Dose:
    """A dose from number and unit."""
    return Dose.of(value, unit)


def optional_decimal(text: str | None, field: str) -> Decimal | None:
    """A number, or None where none was given."""
    return None if text is None else decimal(text, field)


def command_id(text: str | None) -> UUID | None:
    """The id under which a command is carried out only once."""
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise BadInput(say("cli.not_a_uuid", text=text), field="command_id") from error


def content(path: str, limit: int, field: str = "file") -> bytes:
    """The bytes of an input file of at most `limit` bytes; BadInput if it can't be read."""
    try:
        with Path(path).open("rb") as file:
            found = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise BadInput(say("cli.cannot_read", file=path), field=field) from error
    if len(found) > limit:
        size = limit // (1024 * 1024)
        raise BadInput(say("cli.file_too_large", file=path, size=size), field=field)
    return found
