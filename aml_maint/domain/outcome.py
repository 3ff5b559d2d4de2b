"""Time to an event from dates or from months as reported, whichever a patient has.

A legacy cohort gives durations in months and no dates. They are kept as reported; a date is
never computed from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say

# Days per month as used for survival times: 365.25 / 12.
DAYS_PER_MONTH = Decimal("30.4375")


class Basis(StrEnum):
    """What an observed time rests on."""

    DATES = "dates"
    REPORTED = "reported"


@dataclass(frozen=True)
class Observation:
    """One patient's time under observation in months, and whether it ended in the event."""

    months: Decimal
    event: bool
    basis: Basis

    def __post_init__(self) -> None:
        if self.months < 0:
            raise BadInput(say("error.negative_time"), field="months")


def from_dates(start: date, end: date, event: bool) -> Observation:
    """The observation between two known dates."""
    if end < start:
        raise BadInput(say("error.negative_time"), field="end")
    return Observation(Decimal((end - start).days) / DAYS_PER_MONTH, event, Basis.DATES)


def as_reported(months: Decimal, event: bool) -> Observation:
    """The observation of a cohort that reports months and no dates."""
    return Observation(months, event, Basis.REPORTED)


def observe(
    start: date | None, end: date | None, reported_months: Decimal | None, event: bool
) -> Observation | None:
    """The observation from dates if both are known, else as reported, else None."""
    if start is not None and end is not None:
        return from_dates(start, end, event)
    return None if reported_months is None else as_reported(reported_months, event)


def crude_share(observations: list[Observation], months: Decimal) -> tuple[int, int]:
    """How many of all had no event by then: the published paper's way, not Kaplan-Meier."""
    free = sum(1 for o in observations if not (o.event and o.months <= months))
    return free, len(observations)
