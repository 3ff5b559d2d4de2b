"""Facts that move or omit planned doses; the plan itself stays a function of the facts.

A planned dose keeps its identity and its ideal day, the day the regimen gave it. A shift adds
days to the current day of the open doses it covers; shifts of one dose add up, so taking one
back gives exactly the plan from before (clinical rules, "Missed, late, held, shifted").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say

# A longer shift is a slip of the keyboard: a course is ended and begun anew instead.
FURTHEST_SHIFT = 90


class ShiftScope(StrEnum):
    """Which doses a shift is about."""

    DOSE = "dose"
    COMPONENT = "component"
    CYCLE = "cycle"
    ONWARD = "onward"


class ShiftMode(StrEnum):
    """Whether the doses after the shifted ones keep the grid, or follow from the new date."""

    KEEP_GRID = "keep_grid"
    RE_ANCHOR = "re_anchor"


class SlotKey(NamedTuple):
    """A planned dose within its course: component, ideal day and time of day by name."""

    component: str
    ideal_on: date
    slot: str


@dataclass(frozen=True)
class Shift:
    """A decision to move doses by whole days, with its reason and decision maker.

    `from_day` and `last_day` (None: open) are ideal days. `slot` names the dose of the first
    component when one dose is meant. `closed` are the doses recorded when it was decided: they
    never move. `order` is the number of the audit event that wrote it, 0 before that.
    """

    id: str
    scope: ShiftScope
    components: tuple[str, ...]
    from_day: date
    days: int
    mode: ShiftMode
    reason: str
    decided_by: str
    slot: str | None = None
    last_day: date | None = None
    closed: frozenset[SlotKey] = frozenset()
    order: int = 0

    def __post_init__(self) -> None:
        if self.days == 0 or abs(self.days) > FURTHEST_SHIFT:
            raise BadInput(say("replan.days_range", most=FURTHEST_SHIFT), field="days")
        check_decision(self.reason, self.decided_by)
        onward = self.scope is ShiftScope.ONWARD
        if onward and self.mode is ShiftMode.KEEP_GRID:
            raise BadInput(say("replan.onward_re_anchors"), field="mode")
        if self.scope is ShiftScope.CYCLE and self.mode is ShiftMode.RE_ANCHOR:
            raise BadInput(say("replan.cycle_keeps_grid"), field="mode")
        if len(set(self.components)) != len(self.components):
            raise ValueError("a component is named once")
        if self.last_day is not None and self.last_day < self.from_day:
            raise ValueError("a shift ends after it begins")

    def covers(self, component: str, ideal_on: date, slot: str) -> bool:
        """Does it move the doses of that place in the plan, if they were open?"""
        if component not in self.components or not self.spans(ideal_on):
            return False
        if self.slot is None or ideal_on != self.from_day or component != self.components[0]:
            return True
        return slot == self.slot

    def spans(self, ideal_on: date) -> bool:
        """Does an ideal day lie in it?"""
        return self.from_day <= ideal_on and (self.last_day is None or ideal_on <= self.last_day)


@dataclass(frozen=True)
class Omission:
    """A decision to leave out one dose, or a component's doses of some ideal days."""

    id: str
    component: str
    first_day: date
    last_day: date
    reason: str
    decided_by: str
    slot: str | None = None
    order: int = 0

    def __post_init__(self) -> None:
        check_decision(self.reason, self.decided_by)
        if self.last_day < self.first_day:
            raise BadInput(say("replan.omission_ends_first"), field="last_day")
        if self.slot is not None and self.first_day != self.last_day:
            raise BadInput(say("replan.one_dose_one_day"), field="slot")

    def covers(self, component: str, ideal_on: date, slot: str) -> bool:
        """Does it leave out the dose of that place in the plan?"""
        return (
            component == self.component
            and self.first_day <= ideal_on <= self.last_day
            and self.slot in (None, slot)
        )


def check_decision(reason: str, decided_by: str) -> None:
    """BadInput unless a decision names its reason and who decided."""
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    if not decided_by.strip():
        raise BadInput(say("replan.decider_needed"), field="decided_by")


_NOT_MOVED = frozenset({0})
"""One for all: a ward has thousands of components that nothing moves."""


def offset(shifts: Iterable[Shift], key: SlotKey, served: str | None = None) -> int:
    """By how many days the dose of a key is moved; a linked dose moves with the one it serves."""
    leader = key if served is None else key._replace(component=served)
    return sum(
        shift.days
        for shift in shifts
        if shift.covers(*leader) and key not in shift.closed and leader not in shift.closed
    )


def offsets(shifts: tuple[Shift, ...], component: str, served: str | None = None) -> frozenset[int]:
    """Every number of days by which some dose of a component may be moved, 0 among them.

    Found at the days where a shift begins or ends, and at the doses that a shift singles out.
    """
    leader = served or component
    mine = [shift for shift in shifts if leader in shift.components]
    if not mine:
        return _NOT_MOVED
    edges = {shift.from_day for shift in mine}
    edges |= {s.last_day + timedelta(days=1) for s in mine if s.last_day is not None}
    # No slot has an empty name, so an empty one stands for "any that is not singled out".
    keys = {SlotKey(component, day, "") for day in edges}
    keys |= {SlotKey(component, s.from_day, s.slot) for s in mine if s.slot is not None}
    keys |= {SlotKey(component, k.ideal_on, k.slot) for s in mine for k in s.closed}
    # The day after the first of a shift that names a dose lies in no edge.
    keys |= {SlotKey(component, s.from_day + timedelta(days=1), "") for s in mine}
    return frozenset({0, *(offset(mine, key, served) for key in keys)})
