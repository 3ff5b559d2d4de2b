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
from aml_maint.domain.shift import Omission, Shift, SlotKey, check_decision, offset, offsets


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
class PlannedStart:
    """A decision on which day the next cycle is to begin, made before it is recorded that it did.

    `order` is the number of the audit event that wrote it, 0 before that.
    """

    id: str
    number: int
    first_day: date
    reason: str
    decided_by: str
    order: int = 0

    def __post_init__(self) -> None:
        check_decision(self.reason, self.decided_by)


@dataclass(frozen=True)
class RegimenChange:
    """A named change that moved a running course to another regimen, or another version of it.

    Doses whose ideal day is `from_day` or later follow `regimen`, all before it `former`, both
    as published. `editions` are how the site has set the new one, none where it is as published;
    `before` is how the course was set, so that taking the change back restores exactly that.
    """

    id: str
    from_day: date
    regimen: Regimen
    former: Regimen
    reason: str
    decided_by: str
    editions: tuple[Edition, ...] = ()
    before: tuple[Regimen, tuple[Edition, ...]] | None = None

    def __post_init__(self) -> None:
        check_decision(self.reason, self.decided_by)


class Era(NamedTuple):
    """A stretch of days under one regimen, in whichever versions; `last_day` None: it still runs.

    Dose orders end with it: what a prescriber set under one regimen is never copied to another.
    """

    first_day: date
    last_day: date | None


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
    """One patient's course: only what was recorded, nothing derived.

    `regimen` is the one followed today, as site and prescriber have set it. `editions` are all
    its settings by the day from which they hold, and those of the regimens before and after it;
    none where nothing ever changed. `regimen_changes`, by day, are the named ones among them.
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
    planned_starts: tuple[PlannedStart, ...] = ()
    regimen_changes: tuple[RegimenChange, ...] = ()
    end_note: str = ""
    end_decided_by: str = ""

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
        """Every regimen of this course, in each way that it was, is or will be set."""
        return tuple(edition.regimen for edition in self.editions) or (self.regimen,)

    @property
    def latest_regimen(self) -> Regimen:
        """The regimen by which the days furthest ahead are planned."""
        return self.editions[-1].regimen if self.editions else self.regimen

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
        overrun = number > self.cycle_days(start.number)
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
        return start.first_day + timedelta(days=self.cycle_days(number) - 1)

    def delay_days(self, number: int) -> int:
        """How many days later than planned a cycle began (0 for the first, negative if early)."""
        if number == 1:
            return 0
        before, this = self.cycle(number - 1), self.cycle(number)
        return (this.first_day - before.first_day).days - self.cycle_days(number - 1)

    def cycle_days(self, number: int) -> int:
        """How many days a cycle has as planned, by the regimen it began with."""
        begun = self.editions and number <= len(self.cycles)
        day = self.cycles[number - 1].first_day if begun else None
        regimen = self.latest_regimen if day is None else self.regimen_on(day)
        return regimen.cycle_days(number)

    @property
    def expected_start(self) -> date:
        """When the next cycle is to begin: as decided last, else the day after the planned end."""
        number = len(self.cycles)
        decided = [start for start in self.planned_starts if start.number == number + 1]
        if decided:
            return max(decided, key=lambda start: start.order).first_day
        return self.planned_end(number) + timedelta(days=1)

    def era(self, day: date) -> Era:
        """The stretch under the regimen of a day; a new version of one regimen begins none."""
        first, last = self.first_day, None
        for change in self.regimen_changes:
            if change.former.id == change.regimen.id:
                continue
            if change.from_day <= day:
                first = change.from_day
            elif last is None:
                last = change.from_day - timedelta(days=1)
        return Era(first, last)

    def component(self, component_id: str) -> Component:
        """The component of an id in the latest regimen that has it; KeyError if none has."""
        for regimen in reversed(self.regimens):
            for component in regimen.components:
                if component.id == component_id:
                    return component
        raise KeyError(component_id)

    @property
    def components(self) -> tuple[Component, ...]:
        """The components of every regimen followed, each once, those of the present one first."""
        found: dict[str, Component] = {}
        for regimen in reversed(self.regimens):
            for component in regimen.components:
                found.setdefault(component.id, component)
        return tuple(found.values())

    def components_between(self, first: date, last: date) -> tuple[Component, ...]:
        """The components of every regimen followed on some days, each once, the latest first."""
        regimens = [self.regimen_on(last)]
        regimens += [e.regimen for e in reversed(self.editions) if first < e.from_day <= last]
        found: dict[str, Component] = {}
        for regimen in (*regimens, self.regimen_on(first)):
            for component in regimen.components:
                found.setdefault(component.id, component)
        return tuple(found.values())

    def shifts_of(self, component_id: str, ideal_on: date, slot: str) -> tuple[Shift, ...]:
        """The shifts that moved the dose of an ideal day and slot."""
        link = self.component(component_id).link
        leader = SlotKey(component_id if link is None else link.to, ideal_on, slot)
        key = SlotKey(component_id, ideal_on, slot)
        return tuple(
            shift
            for shift in self.shifts
            if shift.covers(*leader) and key not in shift.closed and leader not in shift.closed
        )

    def hold_of(self, component_id: str, day: date) -> Hold | None:
        """The hold on a component that day; a linked component is held with the one it serves."""
        for hold in self.holds:
            if hold.component == component_id and hold.covers(day):
                return hold
        link = self.component(component_id).link
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
            for c in self.components
        }

    @cached_property
    def orders_by_component(self) -> dict[str, tuple[DoseOrder, ...]]:
        """The dose orders of each component that has any, by day; of one day the latest last."""
        found: dict[str, tuple[DoseOrder, ...]] = {}
        for order in sorted(self.orders, key=lambda order: order.from_day):
            found[order.component] = (*found.get(order.component, ()), order)
        return found

    @cached_property
    def decided(self) -> frozenset[str]:
        """The components some of whose doses are not simply as the regimen has them."""
        stepped = frozenset[str]().union(*(regimen.stepped for regimen in self.regimens))
        if not (self.orders or self.holds or self.shifts or self.omissions):
            return stepped
        found = {order.component for order in self.orders}
        found |= {stop.component for stops in (self.holds, self.omissions) for stop in stops}
        found |= {component for shift in self.shifts for component in shift.components}
        linked = {c.id for c in self.components if c.link is not None and c.link.to in found}
        return stepped | found | linked

    @cached_property
    def reach(self) -> timedelta:
        """The furthest that any dose is moved from its ideal day, either way."""
        far = (abs(days) for found in self.offsets.values() for days in found)
        return timedelta(days=max(far, default=0)) if self.shifts else timedelta()
