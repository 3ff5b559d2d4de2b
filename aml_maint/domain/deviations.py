"""Departures from the plan, typed and derived from the facts: nothing is marked by hand.

A deviation is any change, divergence or departure from what the protocol defines (ICH E3; clinical
research, section 9). The log, the exports and the cycle report all take it from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.assessment import Made, Override
from aml_maint.domain.course import Course
from aml_maint.domain.dose_standing import DoseStanding, kept, override_of
from aml_maint.domain.messages import Message, Name
from aml_maint.domain.moment import Moment
from aml_maint.domain.plan_facts import Fact
from aml_maint.domain.schedule import SlotId


class DeviationKind(StrEnum):
    """In what way something departs from the plan."""

    # A dose that was given
    LATE = "late"
    EARLY = "early"
    PREMEDICATION_GAP = "premedication_gap"
    OTHER_AMOUNT = "other_amount"
    PARTLY_GIVEN = "partly_given"
    OVERRIDE = "override"
    GAP_OVERRIDE = "gap_override"
    HOLD_OVERRIDE = "hold_override"
    GATE = "gate"
    UNPLANNED = "unplanned"
    # A dose that was not
    MISSED = "missed"
    REFUSED = "refused"
    HELD = "held"
    UNCONFIRMED = "unconfirmed"
    # A decision about the plan
    HOLD = "hold"
    OMITTED = "omitted"
    SHIFTED = "shifted"
    DOSE_CHANGE = "dose_change"
    TIME_CHANGE = "time_change"
    REGIMEN_CHANGE = "regimen_change"
    COURSE_ENDED = "course_ended"
    # A cycle
    CYCLE_LATE = "cycle_late"
    CYCLE_EARLY = "cycle_early"
    NO_ASSESSMENT = "no_assessment"


class Group(StrEnum):
    """Deviations of one sort, for filters and headings."""

    GIVEN = "given"
    NOT_GIVEN = "not_given"
    DECISIONS = "decisions"
    CYCLES = "cycles"


_K = DeviationKind
GROUPS: dict[Group, tuple[DeviationKind, ...]] = {
    Group.GIVEN: (
        _K.LATE, _K.EARLY, _K.PREMEDICATION_GAP, _K.OTHER_AMOUNT, _K.PARTLY_GIVEN, _K.OVERRIDE,
        _K.GAP_OVERRIDE, _K.HOLD_OVERRIDE, _K.GATE, _K.UNPLANNED,
    ),
    Group.NOT_GIVEN: (_K.MISSED, _K.REFUSED, _K.HELD, _K.UNCONFIRMED),
    Group.DECISIONS: (
        _K.HOLD, _K.OMITTED, _K.SHIFTED, _K.DOSE_CHANGE, _K.TIME_CHANGE, _K.REGIMEN_CHANGE,
        _K.COURSE_ENDED,
    ),
    Group.CYCLES: (_K.CYCLE_LATE, _K.CYCLE_EARLY, _K.NO_ASSESSMENT),
}  # fmt: skip


@dataclass(frozen=True)
class Deviation:
    """One departure: on which day of which cycle, what was planned, what was done, why and by whom.

    `by` decided or recorded it; `recorded` is when it was entered, None where a fact speaks that
    nobody entered: an unconfirmed dose. `cycle` is None for days outside the cycles.
    """

    kind: DeviationKind
    on: date
    cycle: int | None
    day: int | None
    drugs: tuple[Name, ...]
    planned: Message | None
    done: Message
    why: Message | None
    by: str
    recorded_by: str = ""
    recorded: Moment | None = None
    slot: SlotId | None = None

    @property
    def group(self) -> Group:
        """Which sort it is."""
        return next(group for group, kinds in GROUPS.items() if self.kind in kinds)


class PlanDecision(Protocol):
    """A decision about the plan with who made and who entered it."""

    @property
    def what(self) -> Message:
        """What was decided."""

    @property
    def why(self) -> Message | None:
        """Why; None where a record needs no reason."""

    @property
    def decided_by(self) -> str:
        """Who decided, as named with the decision."""

    @property
    def entered(self) -> Moment:
        """When it was entered."""

    @property
    def entered_by(self) -> str:
        """Who entered it."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that it added to the course."""


@dataclass(frozen=True)
class ExtraDose:
    """An unplanned dose of the regimen that stands, with the name of its drug."""

    drug: Name
    dose: DoseStanding


@dataclass(frozen=True)
class CourseFacts:
    """What the deviations of a course rest on, as of `today` on the course's own clocks.

    `doses` are the planned ones that were due by now, in order of time, each with its gate's
    verdict at the time it was given. `decisions` are those that stand, oldest first. An assessment
    counts for a cycle that begins within `assessment_days` of it.
    """

    course: Course
    today: date
    doses: Sequence[DoseStanding] = ()
    extra: Sequence[ExtraDose] = ()
    decisions: Sequence[PlanDecision] = ()
    assessments: Sequence[Made] = ()
    overrides: Sequence[Override] = field(default=())
    assessment_days: int = field(kw_only=True)


_NOT_GIVEN = {
    Status.MISSED: DeviationKind.MISSED,
    Status.REFUSED: DeviationKind.REFUSED,
    Status.HELD: DeviationKind.HELD,
}


def departures(dose: DoseStanding) -> tuple[DeviationKind, ...]:
    """In which ways a planned dose departs from the plan; empty if in none.

    A premedication's time counts from the dose it serves, so that a wrong time is a wrong gap.
    What a decision about the plan holds back is that decision's departure, not each dose's.
    """
    record = dose.record
    if record is None:
        return (DeviationKind.UNCONFIRMED,) if dose.state is CellState.UNCONFIRMED else ()
    if record.status in _NOT_GIVEN:
        return (_NOT_GIVEN[record.status],)
    if record.given is None:
        return ()
    return tuple(_of_given(dose))


def _of_given(dose: DoseStanding) -> list[DeviationKind]:
    record = dose.record
    assert record is not None and record.given is not None  # asked of given doses only
    found: list[DeviationKind] = []
    linked = dose.planned.linked_to is not None
    if dose.state is CellState.GIVEN_LATE:
        found.append(DeviationKind.PREMEDICATION_GAP if linked else DeviationKind.LATE)
    if dose.state is CellState.GIVEN_EARLY:
        found.append(DeviationKind.PREMEDICATION_GAP if linked else DeviationKind.EARLY)
    ordered = dose.planned.dose
    if record.status is Status.PARTLY_GIVEN:
        found.append(DeviationKind.PARTLY_GIVEN)
    elif ordered is not None and record.dose != ordered:
        found.append(DeviationKind.OTHER_AMOUNT)
    return found + overridden(dose)


def overridden(dose: DoseStanding) -> list[DeviationKind]:
    """Which rules a given dose went against: by name, or because a count came late."""
    if override_of(dose.record) is None:
        closed = dose.gate is not None and not dose.gate.is_open
        return [DeviationKind.GATE] if closed else []
    told = kept(dose.record)
    found = []
    if "too_close_to" in told:
        found.append(DeviationKind.GAP_OVERRIDE)
    if "held_since" in told or "omitted_by" in told:
        found.append(DeviationKind.HOLD_OVERRIDE)
    if told.get("state", "open") != "open" or not found:
        found.append(DeviationKind.OVERRIDE)
    return found
