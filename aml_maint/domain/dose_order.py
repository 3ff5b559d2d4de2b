"""How much of a drug is given: the regimen's ladder of dose levels, and prescribers' orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import Dose
from aml_maint.domain.source import Source


@dataclass(frozen=True)
class DoseOption:
    """One way to give a dose level: the amount of each dose, and which of the planned doses.

    `slots` empty means all times of day; `interval_days` None means all planned days, 2 every
    second day from the first one.
    """

    dose: Dose
    slots: tuple[str, ...] = ()
    interval_days: int | None = None

    def __post_init__(self) -> None:
        if self.interval_days is not None and self.interval_days < 2:
            raise ValueError("an option that leaves out days does so every 2 days at least")


@dataclass(frozen=True)
class DoseLevel:
    """A step of the regimen's own dose ladder; 0 is the planned dose.

    A level may be given in several ways, or (no `options`) only be described in words.
    """

    level: int
    text: Name
    source: Source
    options: tuple[DoseOption, ...] = ()


@dataclass(frozen=True)
class DoseOrder:
    """A dose that a prescriber set for one component of one course, from a day on.

    `level` is the step of the regimen's ladder that it is, None for a free dose. `slots` and
    `interval_days` say which of the planned doses are given, as in a `DoseOption`; the others
    stay in the plan as left out, so that the dose intensity tells of them.
    """

    component: str
    dose: Dose
    from_day: date
    id: str = ""
    level: int | None = None
    slots: tuple[str, ...] = ()
    interval_days: int | None = None
    reason: str = ""
    decided_by: str = ""

    def skips(self, day: date, slot: str) -> bool:
        """Does it leave out the dose of a day and time of day?"""
        if self.slots and slot not in self.slots:
            return True
        return bool(self.interval_days and (day - self.from_day).days % self.interval_days)
