"""The ward's worklist of a day: what is overdue, due, to come, done, and left to resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from aml_maint.domain.administration import CellState
from aml_maint.domain.course import Course
from aml_maint.domain.gate import GateState
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient, similar
from aml_maint.domain.schedule import doses_between
from aml_maint.services import library
from aml_maint.services.dose_view import DosePair, paired, views
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, labs, patients

# How far back unconfirmed doses are looked for (site default).
LOOK_BACK_DAYS = 7


class Section(StrEnum):
    """The parts of Today, in the order shown."""

    OVERDUE = "overdue"
    DUE = "due"
    UPCOMING = "upcoming"
    DONE = "done"
    TO_RESOLVE = "to_resolve"


@dataclass(frozen=True)
class WorkRow:
    """One dose of one patient (with its premedication, if it has one) on Today."""

    patient: Patient
    has_similar_name: bool
    course_id: str
    cycle: int
    day: int
    pair: DosePair
    section: Section


@dataclass(frozen=True)
class CheckDue:
    """Something other than a dose that a patient needs, with the reason in words."""

    patient: Patient
    kind: str
    reason: Message


@dataclass(frozen=True)
class Worklist:
    """A day's work of the ward, as of `now`."""

    day: date
    now: Moment
    rows: tuple[WorkRow, ...]
    checks: tuple[CheckDue, ...]

    def section(self, section: Section) -> tuple[WorkRow, ...]:
        """The rows of one section, in order of time."""
        return tuple(row for row in self.rows if row.section is section)


def worklist(place: Workplace, day: date | None = None) -> Worklist:
    """The worklist of a day (today if none is named) over all running courses."""
    now = place.clock.now()
    on = day or now.local.date()
    running = courses.running_on(place.store, on, library.regimen)
    people = patients.by_ids(place.store, [course.patient_id for course in running])
    marked = _similar_ids(list(people.values()))
    first = on - timedelta(days=LOOK_BACK_DAYS)
    # Records stand under the day first planned; a moved dose's may lie further off.
    reach = max((course.reach for course in running), default=timedelta())
    records = doses.live_between(place.store, first - reach, on + reach)
    results = labs.recent(place.store, now.utc - timedelta(days=90))
    rows: list[WorkRow] = []
    checks: list[CheckDue] = []
    for course in running:
        patient = people[course.patient_id]
        known = results.get(patient.id, [])
        planned = doses_between(course, first, on)
        found = views(planned, records, known, now.utc)
        pairs = paired(found)
        for pair in pairs:
            section = _section(pair, on)
            if section is not None:
                main = pair.main.planned
                rows.append(
                    WorkRow(
                        patient,
                        patient.id in marked,
                        course.id,
                        main.cycle,
                        main.day,
                        pair,
                        section,
                    )
                )
        checks.extend(_checks(course, patient, pairs, on))
    rows.sort(key=_order)
    return Worklist(on, now, tuple(rows), tuple(checks))


_SECTIONS = {
    CellState.OVERDUE: Section.OVERDUE,
    CellState.DUE: Section.DUE,
    CellState.PLANNED: Section.UPCOMING,
    CellState.UNCONFIRMED: Section.TO_RESOLVE,
}

_URGENCY = (Section.OVERDUE, Section.DUE, Section.UPCOMING)


def _section(pair: DosePair, on: date) -> Section | None:
    """Where a pair stands; the more urgent of its two doses decides."""
    mine = [
        _SECTIONS.get(view.state, Section.DONE)
        for view in (pair.main, pair.premedication)
        if view is not None
    ]
    if pair.main.planned.on < on:
        return Section.TO_RESOLVE if Section.TO_RESOLVE in mine else None
    for section in _URGENCY:
        if section in mine:
            return section
    return Section.TO_RESOLVE if Section.TO_RESOLVE in mine else Section.DONE


def _order(row: WorkRow) -> tuple[int, datetime, str, str, str]:
    planned = row.pair.main.planned
    premedication = row.pair.premedication
    at = premedication.planned.due if premedication else planned.due
    return (
        list(Section).index(row.section),
        at,
        row.patient.family_name,
        row.patient.given_name,
        planned.component.id,
    )


def _similar_ids(people: Sequence[Patient]) -> set[str]:
    return {one.id for one in people if any(similar(one, other) for other in people)}


def _checks(
    course: Course, patient: Patient, pairs: Sequence[DosePair], on: date
) -> list[CheckDue]:
    checks: list[CheckDue] = []
    place = course.cycle_day(on)
    if place is not None and place.overrun:
        length = course.regimen.cycle_days(place.cycle)
        reason = say("check.cycle_due", cycle=place.cycle + 1, days=place.day - length)
        checks.append(CheckDue(patient, "cycle", reason))
    for pair in pairs:
        gate = pair.main.gate
        if pair.main.planned.on == on and gate and gate.state is not GateState.OPEN:
            checks.append(CheckDue(patient, "count", gate.reason))
            break
    return checks
