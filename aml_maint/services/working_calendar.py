"""The public holidays of the site's country, as the specimen clock counts them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from aml_maint.domain.working_days import WorkingCalendar

# The country of a time zone; a ward elsewhere keeps its weekends and no holidays but its own.
COUNTRY_OF_ZONE = {
    "Asia/Shanghai": "CN", "Asia/Urumqi": "CN", "Asia/Chongqing": "CN", "Asia/Harbin": "CN",
    "Asia/Hong_Kong": "HK", "Asia/Macau": "MO", "Asia/Taipei": "TW", "Asia/Singapore": "SG",
    "Asia/Tokyo": "JP", "Asia/Seoul": "KR", "Asia/Kolkata": "IN", "Australia/Sydney": "AU",
    "Europe/London": "GB", "Europe/Dublin": "IE", "Europe/Berlin": "DE", "Europe/Paris": "FR",
    "Europe/Madrid": "ES", "Europe/Rome": "IT", "Europe/Vienna": "AT", "Europe/Zurich": "CH",
    "Europe/Amsterdam": "NL", "Europe/Brussels": "BE", "Europe/Stockholm": "SE",
    "Europe/Copenhagen": "DK", "Europe/Oslo": "NO", "Europe/Helsinki": "FI",
    "Europe/Warsaw": "PL", "America/New_York": "US", "America/Chicago": "US",
    "America/Denver": "US", "America/Los_Angeles": "US", "America/Toronto": "CA",
    "America/Sao_Paulo": "BR",
}  # fmt: skip


def working_calendar(zone: str, days: Iterable[date]) -> WorkingCalendar:
    """The working days around some days, in the country of a time zone.

    Each year that they touch is covered, and the one after it: a clock may run over New Year.
    """
    years = {day.year for day in days}
    years |= {year + 1 for year in years}
    return _calendar(COUNTRY_OF_ZONE.get(zone), frozenset(years))


@lru_cache(maxsize=32)
def _calendar(country: str | None, years: frozenset[int]) -> WorkingCalendar:
    if country is None or not years:
        return WorkingCalendar()
    import holidays

    found = holidays.country_holidays(country, years=sorted(years))
    # The library knows which weekend days a country works in exchange for a holiday.
    worked = {
        day
        for year in years
        for day in _weekends(year)
        if day not in found and found.is_working_day(day)
    }
    return WorkingCalendar(frozenset(found), frozenset(worked), years)


def _weekends(year: int) -> Iterable[date]:
    day = date(year, 1, 1)
    while day.year == year:
        if day.weekday() >= 5:
            yield day
        day += timedelta(days=1)
