"""A course's regimen by the days from which site and prescriber have set it so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple

from aml_maint.domain.regimen import Regimen


class Edition(NamedTuple):
    """A regimen as site and prescriber have set its times, windows and gates from a day on."""

    from_day: date
    regimen: Regimen


@dataclass(frozen=True)
class ClockTime:
    """A time of day that one patient's course has for its own from a day on.

    `at` None gives the slot back to the site's time.
    """

    component: str
    slot: str
    at: time | None
    from_day: date
