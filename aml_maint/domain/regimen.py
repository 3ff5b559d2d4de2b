"""Regimens as validated values: what is given, how much, on which days, behind which gates.

A regimen is data (`resources/regimens`); `regimen_schema` turns that data into these types.
Each figure carries its source, so that a screen can show where it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from aml_maint.domain.dose_order import DoseLevel as DoseLevel
from aml_maint.domain.dose_order import DoseOption as DoseOption
from aml_maint.domain.dose_order import DoseOrder as DoseOrder
from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import Dose
from aml_maint.domain.source import Evidence as Evidence
from aml_maint.domain.source import Source as Source
from aml_maint.domain.timetable import Timetable


class Role(StrEnum):
    """What a component is in the regimen for."""

    ANTILEUKAEMIC = "antileukaemic"
    IMMUNOTHERAPY = "immunotherapy"
    IMMUNOMODULATOR = "immunomodulator"
    PREMEDICATION = "premedication"
    THROMBOPROPHYLAXIS = "thromboprophylaxis"
    AS_NEEDED = "as_needed"
    """No role in a regimen: a drug given when it is needed."""


@dataclass(frozen=True)
class ClockSlot:
    """A named time of day at which a component is due, such as `evening` at 19:00 local time."""

    name: str
    at: time
    source: Source


@dataclass(frozen=True)
class Rhythm:
    """On which days of a cycle a component is due.

    Every `interval_days` from the anchor, on cycle days `first_day`..`last_day` (None: to the
    end of the cycle and on through overrun days), in cycles `first_cycle`..`last_cycle`.
    With `runs_on` the anchor is the first day of the course, so an alternate-day rhythm keeps
    its two days over every cycle seam and delay; otherwise each cycle starts it anew.
    `later_first_day`, if set, replaces `first_day` in the cycles after `first_cycle`.
    """

    interval_days: int
    first_day: int
    last_day: int | None
    first_cycle: int
    last_cycle: int | None
    runs_on: bool
    source: Source
    later_first_day: int | None = None

    def __post_init__(self) -> None:
        if self.interval_days < 1 or self.first_day < 1 or self.first_cycle < 1:
            raise ValueError("days and cycles count from 1")
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("a rhythm ends after it begins")
        if self.last_cycle is not None and self.last_cycle < self.first_cycle:
            raise ValueError("a rhythm ends in a later cycle than it begins")
        if self.later_first_day is not None and not (
            1 <= self.later_first_day <= (self.last_day or self.later_first_day)
        ):
            raise ValueError("later cycles begin a rhythm on a day that it has")

    def is_due(self, cycle: int, day: int, course_day: int) -> bool:
        """Is a dose due on day `day` of a cycle, which is day `course_day` of the course?"""
        if cycle < self.first_cycle or (self.last_cycle is not None and cycle > self.last_cycle):
            return False
        first = self.first_day
        if self.later_first_day is not None and cycle > self.first_cycle:
            first = self.later_first_day
        if day < first or (self.last_day is not None and day > self.last_day):
            return False
        # A delayed cycle must not break the two-day rhythm, so it counts from the course's first
        # day (clinical rules: a delayed start moves visits and checks, not the rhythm).
        return ((course_day if self.runs_on else day) - first) % self.interval_days == 0


@dataclass(frozen=True)
class Link:
    """A component given a fixed time before (negative) or after each dose of another.

    Its times of day are those of the other component; its own rhythm only narrows the days and
    cycles. `earliest_minutes`..`latest_minutes` is the window in which it is on time.
    """

    to: str
    offset_minutes: int
    earliest_minutes: int
    latest_minutes: int
    source: Source

    def __post_init__(self) -> None:
        if not self.earliest_minutes <= self.offset_minutes <= self.latest_minutes:
            raise ValueError("the planned offset lies inside the accepted window")


@dataclass(frozen=True)
class GateRule:
    """A laboratory condition that must hold for a dose to be due.

    `operator` is `>`, `>=`, `<` or `<=`; ages count from collection. The shorter age applies
    when the last value was below `watch_below` or fell by `watch_fall` (a share) from the one
    before. A value that passes but lies below `warn_below` deserves a warning. A gate that is
    not `active` waits for a site to switch it on.
    """

    id: str
    analyte: str
    operator: str
    limit: Decimal
    unit: str
    source: Source
    max_age_days: int | None = None
    watch_age_days: int | None = None
    watch_below: Decimal | None = None
    watch_fall: Decimal | None = None
    age_source: Source | None = None
    active: bool = True
    warn_below: Decimal | None = None

    def __post_init__(self) -> None:
        if self.operator not in {">", ">=", "<", "<="}:
            raise ValueError(f"a gate compares with >, >=, < or <=, not {self.operator}")


@dataclass(frozen=True)
class PregnancyRule:
    """A negative pregnancy test in date must be on record for a dose to be due.

    It concerns patients who can become pregnant. A test is in date for `days` from collection,
    for `first_days` while the course is younger than `START_DAYS`, and for `irregular_days` if
    menstrual cycles are irregular; the shortest that applies counts. Off until a site switches
    it on.
    """

    START_DAYS: ClassVar[int] = 28

    id: str
    days: int
    first_days: int
    irregular_days: int
    source: Source
    active: bool = False


@dataclass(frozen=True)
class Strength:
    """How much of a drug one tablet or capsule holds."""

    dose: Dose
    source: Source


@dataclass(frozen=True)
class AsNeeded:
    """The rules of a drug that is given when it is needed, without a plan.

    `min_gap_minutes` lie between two doses; within any 24 hours no more than `most` in sum and
    no more than `most_doses` doses. None where the source states no limit.
    """

    indications: tuple[str, ...]
    min_gap_minutes: int | None = None
    most: Dose | None = None
    most_doses: int | None = None
    gates: tuple[GateRule, ...] = ()
    gap_source: Source | None = None
    most_source: Source | None = None
    doses_source: Source | None = None

    def __post_init__(self) -> None:
        if self.min_gap_minutes is not None and not 1 <= self.min_gap_minutes <= 24 * 60:
            raise ValueError("a gap between doses is between a minute and a day")
        if self.most_doses is not None and self.most_doses < 1:
            raise ValueError("at least one dose in 24 hours")


@dataclass(frozen=True)
class Drug:
    """A medicine as it is named to people.

    `routes` are all ways it may be given, `route` the usual one. Without `as_needed` it is given
    by plan only. One that is not `in_use` is known from records and given no more.
    """

    id: str
    name: Name
    route: str
    dose_unit: str | None
    atc: str | None
    strengths: tuple[Strength, ...]
    source: Source
    routes: tuple[str, ...] = ()
    as_needed: AsNeeded | None = None
    in_use: bool = True


@dataclass(frozen=True)
class DoseStep:
    """The planned dose from a day of the course on (day 1 is the first day)."""

    from_course_day: int
    dose: Dose
    source: Source | None = None


@dataclass(frozen=True)
class Component:
    """One drug of a regimen with its doses, days, times, gates and windows.

    `dose` is None when the source states none: a prescriber must enter it, the program never
    invents one. `window_minutes` is how far from the planned time a dose still is on time.
    """

    id: str
    drug: Drug
    role: Role
    dose: Dose | None
    dose_source: Source
    rhythm: Rhythm
    slots: tuple[ClockSlot, ...]
    link: Link | None
    gates: tuple[GateRule, ...]
    window_minutes: int
    window_source: Source
    levels: tuple[DoseLevel, ...]
    steps: tuple[DoseStep, ...]
    min_gap_days: int | None
    rotate_site: bool
    food: Name | None
    planned_per_cycle: int
    gap_source: Source | None = None
    food_source: Source | None = None
    pregnancy: PregnancyRule | None = None

    def __post_init__(self) -> None:
        if self.link is None and not self.slots:
            raise ValueError(f"{self.id}: a component has times of day or is linked to another")
        if len({slot.name for slot in self.slots}) != len(self.slots):
            raise ValueError(f"{self.id}: two slots share a name")

    @cached_property
    def rules(self) -> tuple[GateRule | PregnancyRule, ...]:
        """Its gates in force: each of its doses is judged by them."""
        gates = tuple(gate for gate in self.gates if gate.active)
        test = self.pregnancy
        return gates if test is None or not test.active else (*gates, test)


@dataclass(frozen=True)
class CyclePattern:
    """The length of cycles `first`..`last` (None: from there on), in days."""

    first: int
    last: int | None
    days: int


@dataclass(frozen=True)
class Check:
    """An examination the regimen asks for, with its due rule in words and its source.

    `blocks` names the components that must not be given without a good one in date; they carry
    the rule themselves. A check that is not `active` waits for a site to switch it on.
    """

    id: str
    name: Name
    rule: Name
    every_days: int | None
    source: Source
    blocks: tuple[str, ...] = ()
    active: bool = True


class Advice(StrEnum):
    """What a note says to do with its component at a toxicity, from mild to strict."""

    GO_ON = "go_on"
    EXAMINE = "examine"
    REDUCE = "reduce"
    HOLD = "hold"
    STOP = "stop"


@dataclass(frozen=True)
class Trigger:
    """A toxicity at some grades, at which a note is shown to the physician who decides."""

    term: str
    grades: tuple[int, ...]
    advice: Advice


@dataclass(frozen=True)
class Note:
    """Something a prescriber should know, about one component or (None) the whole regimen."""

    text: Name
    source: Source
    component: str | None = None
    triggers: tuple[Trigger, ...] = ()


@dataclass(frozen=True)
class Regimen:
    """A published regimen in one version; a running course keeps the version it started with."""

    id: str
    version: int
    name: Name
    indication: Name
    evidence: tuple[Source, ...]
    patterns: tuple[CyclePattern, ...]
    cycles_source: Source
    max_cycles: int | None
    components: tuple[Component, ...]
    checks: tuple[Check, ...]
    notes: tuple[Note, ...]

    def __post_init__(self) -> None:
        ids = [component.id for component in self.components]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{self.id}: two components share an id")
        for component in self.components:
            if component.link is not None and component.link.to not in ids:
                raise ValueError(f"{self.id}: {component.id} is linked to nothing")
        if not self.patterns or self.patterns[0].first != 1:
            raise ValueError(f"{self.id}: cycle lengths begin with cycle 1")

    @cached_property
    def timetable(self) -> Timetable:
        """On which days and at which times its doses are due."""
        return Timetable(self.components)

    @cached_property
    def stepped(self) -> frozenset[str]:
        """The components whose own dose changes as the course goes on."""
        return frozenset(component.id for component in self.components if component.steps)

    def component(self, component_id: str) -> Component:
        """The component of that id; KeyError if the regimen has none."""
        for component in self.components:
            if component.id == component_id:
                return component
        raise KeyError(component_id)

    def cycle_days(self, number: int) -> int:
        """How many days cycle `number` has as planned."""
        for pattern in self.patterns:
            if pattern.first <= number and (pattern.last is None or number <= pattern.last):
                return pattern.days
        return self.patterns[-1].days
