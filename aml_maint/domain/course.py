"""The facts of one patient's course of therapy, from which every planned dose is computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from aml_maint.domain.edition import ClockTime, Edition
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.regimen import Component, DoseOrder, Regimen
from aml_maint.domain.shift import Omission, Shift, SlotKey, offset, offsets


class HoldReason(StrEnum):
    """Why a component is held (clinical rules, "Missed, late, held, shifted")."""

    TOXICITY = "toxicity"
    COUNT = "count"
    SUPPLY = "supply"
    PATIENT = "patient"
    PROCEDURE = "procedure"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a course ended."""

    RELAPSE = "relapse"
    TRANSPLANT = "transplant"
    TOXICITY = "toxicity"
    WISH = "wish"
    LOST = "lost"
    COMPLETED = "completed"
    DEATH = "death"
    OTHER = "other"


@dataclass(frozen=True)
class CycleStart:
    """A recorded act: cycle `number` began on `first_day`."""

    number: int
    first_day: date


@dataclass(frozen=True)
class Hold:
    """A stretch of days on which one component is not given, with its reason and decision maker.

    `last_day` None means that the hold still runs.
    """

    id: str
    component: str
    first_day: date
    last_day: date | None
    reason: HoldReason
    decided_by: str
    note: str = ""
    review_on: date | None = None

    def __post_init__(self) -> None:
        if self.last_day is not None and self.last_day < self.first_day:
            raise BadInput(say("error.hold_ends_first"), field="last_day")

    def covers(self, day: date) -> bool:
        """Is the component held on that day?"""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class CycleDay(NamedTuple):
    """A day as the regimen counts it; days past the cycle's length are overrun days."""

    cycle: int
    day: int
    first_day: date
    overrun: bool


@dataclass(frozen=True)
class Course:
    """One patient's course under one regimen version: only what was recorded, nothing derived.

    `regimen` is as site and prescriber have set it today. `editions` are all its settings by the
    day from which they hold, none where they never changed.
    """

    id: str
    patient_id: str
    regimen: Regimen
    zone: str
    cycles: tuple[CycleStart, ...]
    orders: tuple[DoseOrder, ...] = ()
    holds: tuple[Hold, ...] = ()
    ended_on: date | None = None
    end_reason: EndReason | None = None
    shifts: tuple[Shift, ...] = ()
    omissions: tuple[Omission, ...] = ()
    times: tuple[ClockTime, ...] = ()
    editions: tuple[Edition, ...] = ()

    def __post_init__(self) -> None:
        if not self.cycles or self.cycles[0].number != 1:
            raise ValueError("a course begins with cycle 1")
        for before, after in zip(self.cycles, self.cycles[1:], strict=False):
            if after.number != before.number + 1 or after.first_day <= before.first_day:
                raise ValueError("cycles follow each other in number and date")

    @property
    def first_day(self) -> date:
        """Day 1 of cycle 1."""
        return self.cycles[0].first_day

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        """The regimen in every way that it was, is or will be set for this course."""
        return tuple(edition.regimen for edition in self.editions) or (self.regimen,)

    def regimen_on(self, day: date) -> Regimen:
        """The regimen as it was, is or will be set for the doses of a day."""
        if not self.editions:
            return self.regimen
        begun = [edition.regimen for edition in self.editions if edition.from_day <= day]
        return begun[-1] if begun else self.editions[0].regimen

    def cycle(self, number: int) -> CycleStart:
        """The recorded start of a cycle; BadInput when it has not been started."""
        if not 1 <= number <= len(self.cycles):
            raise BadInput(say("error.no_such_cycle", cycle=number), field="cycle")
        return self.cycles[number - 1]

    def cycle_day(self, day: date) -> CycleDay | None:
        """Which cycle and day a date is; None before the course and after its end."""
        if day < self.first_day or (self.ended_on is not None and day > self.ended_on):
            return None
        return self.place(day)

    def place(self, day: date) -> CycleDay:
        """The same for any day: those before the course count back from its day 1."""
        start = next((c for c in reversed(self.cycles) if c.first_day <= day), self.cycles[0])
        number = (day - start.first_day).days + 1
        overrun = number > self.regimen.cycle_days(start.number)
        return CycleDay(start.number, number, start.first_day, overrun)

    def cycle_end(self, number: int) -> date:
        """The last day of a cycle: the planned one, or the day before the next recorded start."""
        planned = self.planned_end(number)
        if number < len(self.cycles):
            planned = self.cycles[number].first_day - timedelta(days=1)
        return min(planned, self.ended_on) if self.ended_on is not None else planned

    def planned_end(self, number: int) -> date:
        """The last day of a cycle by the regimen, without overrun days."""
        start = self.cycle(number)
        return start.first_day + timedelta(days=self.regimen.cycle_days(number) - 1)

    def delay_days(self, number: int) -> int:
        """How many days later than planned a cycle began (0 for the first, negative if early)."""
        if number == 1:
            return 0
        before, this = self.cycle(number - 1), self.cycle(number)
        return (this.first_day - before.first_day).days - self.regimen.cycle_days(number - 1)

    def hold_of(self, component_id: str, day: date) -> Hold | None:
        """The hold on a component that day; a linked component is held with the one it serves."""
        for hold in self.holds:
            if hold.component == component_id and hold.covers(day):
                return hold
        link = self.regimen.component(component_id).link
        return self.hold_of(link.to, day) if link is not None else None

    def omission_of(self, component: Component, ideal_on: date, slot: str) -> Omission | None:
        """The omission of a dose; a linked dose is omitted with the one it serves."""
        for omission in self.omissions:
            if omission.covers(component.id, ideal_on, slot):
                return omission
            if component.link is not None and omission.covers(component.link.to, ideal_on, slot):
                return omission
        return None

    def moved_days(self, component: Component, ideal_on: date, slot: str) -> int:
        """By how many days the dose of an ideal day and slot is moved from it."""
        if not self.shifts:
            return 0
        served = component.link.to if component.link is not None else None
        return offset(self.shifts, SlotKey(component.id, ideal_on, slot), served)

    @cached_property
    def offsets(self) -> dict[str, frozenset[int]]:
        """By component: the numbers of days by which its doses may be moved, 0 among them."""
        return {
            c.id: offsets(self.shifts, c.id, c.link.to if c.link is not None else None)
            for c in self.regimen.components
        }

    @cached_property
    def reach(self) -> timedelta:
        """The furthest that any dose is moved from its ideal day, either way."""
        far = (abs(days) for found in self.offsets.values() for days in found)
        return timedelta(days=max(far, default=0)) if self.shifts else timedelta()
