"""Dates and times as people type them; a form that can be read two ways is refused."""

from __future__ import annotations

import re
from datetime import date, time

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.gui.words import plain

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_NAMED = re.compile(r"(\d{1,2})\s*[-./ ]?\s*([a-z]{3})[a-z]*\.?\s*[-./, ]?\s*(\d{4})")
_TIME = re.compile(r"(\d{1,2})\s*[:：.h]\s*(\d{2})|(\d{2})(\d{2})")


def read_date(text: str) -> date | None:
    """The date meant, None for an empty text.

    Read are `2026-03-05` (also with `.` or `/`), `20260305`, `05-Mar-2026` and `2026年3月5日`.
    BadInput for anything else: `03/05/2026` means two different days in two countries.
    """
    wanted = plain(text).strip().casefold()
    if not wanted:
        return None
    try:
        if found := _YEAR_FIRST.fullmatch(wanted) or _DIGITS.fullmatch(wanted):
            year, month, day = map(int, found.groups())
            return date(year, month, day)
        if (found := _MONTH_NAMED.fullmatch(wanted)) and found[2] in _MONTHS:
            return date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
    except ValueError as error:
        raise BadInput(say("error.no_such_date", text=text.strip())) from error
    raise BadInput(say("error.not_a_date", text=text.strip()))


def kept_date(text: str) -> str:
    """A date as a draft keeps it: without the words of a language; what is no date as typed."""
    try:
        day = read_date(text)
    except BadInput:
        return text
    return text if day is None else day.isoformat()


def read_time(text: str) -> time | None:
    """The time of day meant, None for an empty text: `9:05`, `09:05` or `0905`, 24 hours."""
    wanted = text.strip().casefold()
    if not wanted:
        return None
    found = _TIME.fullmatch(wanted)
    if found is None:
        raise BadInput(say("error.not_a_time", text=text.strip()))
    hour, minute = int(found[1] or found[3]), int(found[2] or found[4])
    if hour > 23 or minute > 59:
        raise BadInput(say("error.not_a_time", text=text.strip()))
    return time(hour, minute)
