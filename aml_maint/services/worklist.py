"""The ward's worklist of a day: what is overdue, due, to come, done, and left to resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from aml_maint.domain.administration import Administration, CellState
from aml_maint.domain.course import Course
from aml_maint.domain.gate import GateState
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient, similar
from aml_maint.domain.schedule import doses_between
from aml_maint.services import library
from aml_maint.services.dose_view import DosePair, paired, views
from aml_maint.services.medicines import drugs_of
from aml_maint.services.unplanned_view import unplanned_pair
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, labs, patients

# How far back unconfirmed doses are looked for (site default).
LOOK_BACK_DAYS = 7
# How far back results are read; of earlier ones only the last of each kind matters.
_RESULTS_DAYS = 60


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
    """The worklist of a day (today if none is named) over all courses, each by its own clocks.

    Of the week before stands what is still due or overdue and what was never confirmed, also of
    courses that ended in it.
    """
    now = place.clock.now()
    on = day or now.local.date()
    is_today = on == now.local.date()
    first = _days_before(on, LOOK_BACK_DAYS + 1)
    found = courses.running_between(place.store, first, on, library.regimen)
    people = patients.by_ids(place.store, [course.patient_id for course in found])
    marked = _similar_ids(list(people.values()))
    # Records stand under the day first planned; a moved dose's may lie further off.
    reach = max((course.reach for course in found), default=timedelta())
    records = doses.live_between(place.store, first - reach, _days_after(on, 1) + reach)
    unplanned = _by_course(doses.unplanned_between(place.store, on, _days_after(on, 1)))
    results = labs.for_gates(place.store, list(people), _gated(found), _gate_start(on, now))
    rows: list[WorkRow] = []
    checks: list[CheckDue] = []
    for course in found:
        patient = people[course.patient_id]
        known = results.get(patient.id, [])
        # Elsewhere it may be yesterday still, or tomorrow already.
        here = now.day_in(course.zone) if is_today else on
        planned = doses_between(course, _days_before(here, LOOK_BACK_DAYS), here)
        pairs = paired(views(planned, records, known, now.utc))
        similar_name = patient.id in marked
        for pair in pairs:
            section = _section(pair, here, is_today=is_today)
            if section is not None:
                main = pair.main.planned
                rows.append(
                    WorkRow(patient, similar_name, course.id, main.cycle, main.day, pair, section)
                )
        for record in unplanned.get(course.id, ()):
            if record.slot.planned_on == here:
                row = unplanned_pair(course, drugs_of(place), record)
                spot = row.main.planned
                rows.append(
                    WorkRow(
                        patient, similar_name, course.id, spot.cycle, spot.day, row, Section.DONE
                    )
                )
        checks.extend(_checks(course, patient, pairs, here))
    rows.sort(key=_order)
    return Worklist(on, now, tuple(rows), tuple(checks))


def _by_course(records: Sequence[Administration]) -> dict[str, list[Administration]]:
    found: dict[str, list[Administration]] = {}
    for record in records:
        found.setdefault(record.slot.course, []).append(record)
    return found


def _gated(found: Sequence[Course]) -> tuple[str, ...]:
    """The laboratory values that gates of some courses ask for."""
    rules = {
        rule.analyte
        for course in found
        for component in course.regimen.components
        for rule in component.gates
        if rule.active
    }
    return tuple(sorted(rules))


def _gate_start(on: date, now: Moment) -> datetime:
    """From when on results can decide a gate of the days shown, and well before that."""
    day = datetime(on.year, on.month, on.day, tzinfo=UTC)
    try:
        return min(day, now.utc) - timedelta(days=LOOK_BACK_DAYS + _RESULTS_DAYS)
    except OverflowError:  # the first days of the calendar
        return day


def _days_before(day: date, number: int) -> date:
    return max(day, date.min + timedelta(days=number)) - timedelta(days=number)


def _days_after(day: date, number: int) -> date:
    return min(day, date.max - timedelta(days=number)) + timedelta(days=number)


_SECTIONS = {
    CellState.OVERDUE: Section.OVERDUE,
    CellState.DUE: Section.DUE,
    CellState.PLANNED: Section.UPCOMING,
    CellState.UNCONFIRMED: Section.TO_RESOLVE,
}

_URGENCY = (Section.OVERDUE, Section.DUE, Section.UPCOMING)


def _section(pair: DosePair, on: date, *, is_today: bool) -> Section | None:
    """Where a pair stands; the more urgent of its two doses decides.

    A window can reach past midnight, so a dose of an earlier day may still be due today.
    """
    mine = [
        _SECTIONS.get(view.state, Section.DONE)
        for view in (pair.main, pair.premedication)
        if view is not None
    ]
    earlier = pair.main.planned.on < on
    if earlier and not is_today:
        return Section.TO_RESOLVE if Section.TO_RESOLVE in mine else None
    for section in _URGENCY:
        if section in mine:
            return section
    if earlier and Section.TO_RESOLVE not in mine:
        return None
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
        if pair.main.planned.on != on:
            continue
        gates = [view.gate for view in (pair.main, pair.premedication) if view and view.gate]
        closed = [gate for gate in gates if gate.state is not GateState.OPEN]
        if closed:
            checks.append(CheckDue(patient, "count", closed[0].reason))
            break
    return checks
