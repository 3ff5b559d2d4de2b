"""The days to come of a patient: what is planned, what stands still, what else falls on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aml_maint.domain.administration import CellState
from aml_maint.domain.course import Course, CycleDay
from aml_maint.domain.dose_standing import DoseStanding
from aml_maint.domain.finding_dates import marrow_due_on
from aml_maint.domain.gate import allowed_age_days
from aml_maint.domain.labs import LabResult
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import LabValue

_GIVEN_NO_MORE = frozenset({CellState.NOT_APPLICABLE, CellState.STOPPED})


@dataclass(frozen=True)
class UpcomingDrug:
    """A drug on a day: how often it is planned, and how its doses stand.

    Held or gate-closed when none of them may be given as things are; else planned. `count` is
    the result that keeps a gate closed, None where there is none.
    """

    component: str
    name: Name
    times: int
    state: CellState
    count: LabValue | None = None


@dataclass(frozen=True)
class UpcomingDay:
    """One day: its place in the cycle, its drugs, and what else falls on it."""

    on: date
    place: CycleDay | None
    drugs: tuple[UpcomingDrug, ...]
    events: tuple[Message, ...]


def upcoming(
    course: Course,
    first: date,
    count: int,
    doses: Sequence[DoseStanding],
    results: Sequence[LabResult],
    marrows: Sequence[Marrow],
) -> tuple[UpcomingDay, ...]:
    """The days from `first` on; `doses` are those planned for them, as they stand now."""
    found = []
    for offset in range(count):
        day = first + timedelta(days=offset)
        mine = [dose for dose in doses if dose.planned.on == day]
        events = tuple(_events(course, day, tuple(marrows), results, first))
        found.append(UpcomingDay(day, course.cycle_day(day), _drugs(mine), events))
    return tuple(found)


def _drugs(doses: Sequence[DoseStanding]) -> tuple[UpcomingDrug, ...]:
    """Each drug once, in the order of the regimen's day."""
    found: dict[str, list[DoseStanding]] = {}
    for dose in doses:
        if dose.state not in _GIVEN_NO_MORE:
            found.setdefault(dose.planned.id.component, []).append(dose)
    return tuple(
        UpcomingDrug(
            id, mine[0].planned.component.drug.name, len(mine), _standing(mine), _count(mine)
        )
        for id, mine in found.items()
    )


def _standing(doses: Sequence[DoseStanding]) -> CellState:
    waiting = {dose.state for dose in doses if dose.record is None}
    for state in (CellState.HELD, CellState.OMITTED, CellState.GATE_CLOSED):
        if waiting == {state}:
            return state
    return CellState.PLANNED


def _count(doses: Sequence[DoseStanding]) -> LabValue | None:
    results = [dose.gate.result for dose in doses if dose.gate is not None]
    return next((result.value for result in results if result is not None), None)


def _events(
    course: Course,
    day: date,
    marrows: tuple[Marrow, ...],
    results: Sequence[LabResult],
    first: date,
) -> Iterator[Message]:
    last = len(course.cycles)
    for start in course.cycles:
        if start.first_day == day:
            yield say("upcoming.cycle_begins", cycle=start.number)
    if course.ended_on is None:
        if day == course.planned_end(last):
            yield say("upcoming.cycle_ends", cycle=last)
        limit = course.regimen.max_cycles
        if day == course.expected_start and (limit is None or last < limit):
            yield say("upcoming.cycle_due", cycle=last + 1)
    yield from _checks(course, day, marrows, results, first)
    for hold in course.holds:
        drug = course.component(hold.component).drug.name
        if hold.review_on == day and hold.covers(day):
            yield say("upcoming.hold_review", drug=drug)
        if hold.last_day == day - timedelta(days=1):
            yield say("upcoming.hold_over", drug=drug)
    for order in course.orders:
        if order.from_day == day and day > course.first_day:
            drug = course.component(order.component).drug.name
            yield say("upcoming.order", drug=drug)


def _checks(
    course: Course,
    day: date,
    marrows: tuple[Marrow, ...],
    results: Sequence[LabResult],
    first: date,
) -> Iterator[Message]:
    due = marrow_due_on(course, marrows)
    # What is overdue stands among the findings; here it stands on its own day only.
    if due is not None and due[0] == day >= first:
        yield say("upcoming.marrow")
    for analyte, last_day in _count_ages(course, results).items():
        if last_day == day:
            yield say("upcoming.count", analyte=say(f"analyte.{analyte}"))


def _count_ages(course: Course, results: Sequence[LabResult]) -> dict[str, date]:
    """By analyte: the last day on which its latest result still opens the gates that ask for it."""
    found: dict[str, date] = {}
    for component in course.regimen.components:
        for rule in component.gates:
            series = [result for result in results if result.analyte == rule.analyte]
            if not rule.active or not series:
                continue
            age = allowed_age_days(rule, series)
            if age is not None:
                last = series[-1].collected.day_in(course.zone) + timedelta(days=age)
                found[rule.analyte] = min(found.get(rule.analyte, last), last)
    return found
