"""What a person asks of a replanning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from aml_maint.domain.course import (
    EndReason,
    HoldReason,
)
from aml_maint.domain.quantities import Dose
from aml_maint.domain.shift import ShiftMode, ShiftScope
from aml_maint.services.assessment_gate import Unassessed


@dataclass(frozen=True)
class WantedShift:
    """A shift of doses; days are those the doses were first planned on.

    With `current` they are the days the doses are planned on now. `component` may be left out for
    the rest of a cycle and for this and later cycles. `together` moves the other injection too.
    `mode` None is the only, or the safer, one of the scope.
    """

    scope: ShiftScope
    from_day: date
    days: int
    reason: str
    decided_by: str
    component: str | None = None
    slot: str | None = None
    mode: ShiftMode | None = None
    together: bool = True
    current: bool = False


@dataclass(frozen=True)
class WantedDelay:
    """The next cycle is to begin some days later than expected.

    RE_ANCHOR lets the injections follow from its new first day, `component` only that one of them
    (and those of its rhythm, if `together`); KEEP_GRID leaves every dose where it is.
    """

    days: int
    reason: str
    decided_by: str
    mode: ShiftMode = ShiftMode.KEEP_GRID
    component: str | None = None
    together: bool = True


@dataclass(frozen=True)
class WantedOmission:
    """An omission; `last_day` None leaves out one day.

    Days are those the doses were first planned on; with `current` those they are on now.
    """

    component: str
    first_day: date
    reason: str
    decided_by: str
    last_day: date | None = None
    slot: str | None = None
    current: bool = False


@dataclass(frozen=True)
class WantedHold:
    """A hold of some components from a day on, until a day or until they are resumed."""

    components: tuple[str, ...]
    first_day: date
    reason: HoldReason
    decided_by: str
    last_day: date | None = None
    note: str = ""
    review_on: date | None = None


@dataclass(frozen=True)
class WantedResume:
    """The end of some running holds; `last_held_day` is the last day without the drugs."""

    hold_ids: tuple[str, ...]
    last_held_day: date
    reason: str = ""
    decided_by: str = ""


@dataclass(frozen=True)
class WantedDose:
    """Another dose from a day on: a level of the regimen's ladder, or a free dose.

    `option` says which way of giving the level, counted from 0, if it has several.
    """

    component: str
    from_day: date
    reason: str
    decided_by: str
    dose: Dose | None = None
    level: int | None = None
    option: int = 0


@dataclass(frozen=True)
class WantedStart:
    """The next cycle began on a day; `unassessed` decides to go on without its assessment."""

    first_day: date
    unassessed: Unassessed | None = None


@dataclass(frozen=True)
class WantedEnd:
    """The course ends: its last day and why; `unassessed` as for the start of a cycle."""

    last_day: date
    reason: EndReason
    decided_by: str = ""
    note: str = ""
    unassessed: Unassessed | None = None


@dataclass(frozen=True)
class WantedRegimen:
    """The course follows another regimen, or another version of its own, from a day on.

    `version` None is the newest. `orders` are the doses prescribed with it, by component.
    """

    regimen_id: str
    from_day: date
    reason: str
    decided_by: str
    version: int | None = None
    orders: Mapping[str, Dose] = field(default_factory=lambda: MappingProxyType({}))


Wanted = (
    WantedShift
    | WantedDelay
    | WantedOmission
    | WantedHold
    | WantedResume
    | WantedDose
    | WantedStart
    | WantedEnd
    | WantedRegimen
)

ACTIONS: Mapping[type[Wanted], str] = MappingProxyType({
    WantedShift: "shift_doses",
    WantedDelay: "delay_cycle",
    WantedOmission: "omit_doses",
    WantedHold: "hold_component",
    WantedResume: "resume_component",
    WantedDose: "set_dose",
    WantedStart: "start_cycle",
    WantedEnd: "end_course",
    WantedRegimen: "change_regimen",
})  # fmt: skip
"""The command as which each is carried out."""
