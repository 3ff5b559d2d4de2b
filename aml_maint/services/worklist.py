"""The ward's worklist of a day: what is overdue, due, to come, done, and left to resolve."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from aml_maint.domain.administration import Administration, CellState
from aml_maint.domain.findings import Limits
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient, with_namesakes
from aml_maint.services import ward_reading
from aml_maint.services.care_lists import my_patients
from aml_maint.services.dose_view import DosePair, paired
from aml_maint.services.long_work import Parts, whole
from aml_maint.services.medicines import drugs_of
from aml_maint.services.unplanned_view import unplanned_pair
from aml_maint.services.ward_reading import (
    CourseReading,
    CourseReadings,
    days_after,
    days_before,
    finding_limits,
    read_courses,
)
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, courses, doses, patients

if TYPE_CHECKING:
    from aml_maint.services.findings import CheckDue, Judging

# Days before today of which a dose can still be due: windows are shorter than a day.
_FIRST_LOOK = 1


class Section(StrEnum):
    """The parts of Today, in the order shown."""

    OVERDUE = "overdue"
    DUE = "due"
    UPCOMING = "upcoming"
    DONE = "done"
    TO_RESOLVE = "to_resolve"


@dataclass(frozen=True, slots=True)
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
class Worklist:
    """A day's work of the ward, as of `now`."""

    day: date
    now: Moment
    rows: tuple[WorkRow, ...]
    checks: tuple[CheckDue, ...]
    mine: frozenset[str] = frozenset()
    """The patients on the list of the person at the desk."""
    is_whole: bool = True
    """Is nothing left out? A first look lacks what is left to resolve, and the checks."""

    def section(self, section: Section) -> tuple[WorkRow, ...]:
        """The rows of one section, in order of time."""
        return tuple(row for row in self.rows if row.section is section)


def worklist(place: Workplace, day: date | None = None) -> Worklist:
    """The worklist of a day (today if none is named) over all courses, each by its own clocks.

    Of the week before stands what is still due or overdue and what was never confirmed, also of
    courses that ended in it.
    """
    return whole(worklist_in_parts(place, day))


def worklist_in_parts(place: Workplace, day: date | None = None) -> Parts[Worklist]:
    """As `worklist`, pausing between some courses and the next, so that a dose can be recorded.

    Whose record was written in a pause is read anew at the end.
    """
    # What judges is much, and the first look does without it.
    from aml_maint.services.findings import Judging, checks_of

    since = audit.head(place.store).sequence
    now = place.clock.now()
    on = day or now.local.date()
    limits = finding_limits(place)
    readings = _read(place, on, now, limits, limits)
    marked = with_namesakes(readings.people.values())
    total = len(readings.courses)
    yield 0, total
    judging = Judging(place, readings, patients.without_course(place.store), now, limits)
    yield 0, total
    found = yield from _in_parts(_rows(place, readings, on, now, marked, judging), total)
    checks = checks_of(judging.by_patient())
    yield total, total
    rows = tuple(sorted(found, key=_order))
    yield total, total
    fresh = Worklist(on, now, rows, checks, my_patients(place))
    written = audit.patients_since(place.store, since)
    if not written:
        return fresh
    return renewed(place, fresh, written) if day is None else worklist(place, day)


def first_look(place: Workplace) -> Worklist:
    """Today's worklist without what is left to resolve and without the checks.

    All its other rows are those of `worklist`: a dose of an earlier day is due or overdue today
    only while its own window is open. It costs a fraction, since of the week before no dose is
    read and nobody is judged.
    """
    return whole(first_look_in_parts(place))


def first_look_in_parts(place: Workplace) -> Parts[Worklist]:
    """As `first_look`, pausing between some courses and the next."""
    since = audit.head(place.store).sequence
    now = place.clock.now()
    on, limits = now.local.date(), finding_limits(place)
    narrow = replace(limits, look_back=min(limits.look_back, _FIRST_LOOK), count_ahead=0)
    # Who could be taken for another depends on everybody who is on the whole worklist.
    readings = _read(place, on, now, limits, narrow)
    marked = with_namesakes(readings.people.values())
    found = yield from _in_parts(_rows(place, readings, on, now, marked), len(readings.courses))
    if audit.patients_since(place.store, since):
        return first_look(place)
    rows = [row for row in found if row.section is not Section.TO_RESOLVE]
    mine = my_patients(place)
    return Worklist(on, now, tuple(sorted(rows, key=_order)), (), mine, is_whole=False)


def _in_parts(rows: Iterator[list[WorkRow]], total: int) -> Parts[list[WorkRow]]:
    """The rows of all courses, pausing between some and the next."""
    found: list[WorkRow] = []
    for done, some in enumerate(rows, 1):
        found += some
        if done % ward_reading.AT_ONCE == 0:
            yield done, total
    return found


def renewed(place: Workplace, former: Worklist, whose: frozenset[str]) -> Worklist:
    """Today's worklist with some patients read anew, all others as they stood in a former one.

    For a write to the doses of these patients: what their rows and checks rest on is theirs
    alone. Who was not in the former one, or another day, is read with all the ward.
    """
    from aml_maint.services.findings import Judging, checks_of

    now = place.clock.now()
    known = {row.patient.id for row in former.rows}
    if former.day != now.local.date() or not whose <= known:
        return worklist(place)
    limits = finding_limits(place)
    readings = _read(place, former.day, now, limits, limits, whose)
    marked = frozenset(row.patient.id for row in former.rows if row.has_similar_name)
    judging = Judging(place, readings, (), now, limits)
    rows = [row for row in former.rows if row.patient.id not in whose]
    for row in chain.from_iterable(_rows(place, readings, former.day, now, marked, judging)):
        insort(rows, row, key=_order)  # all the others stand in their order
    kept = [check for check in former.checks if check.patient.id not in whose]
    checks = checks_of(judging.by_patient(), kept)
    return Worklist(former.day, now, tuple(rows), checks, my_patients(place))


def _read(
    place: Workplace, on: date, now: Moment, limits: Limits, doses_within: Limits,
    whose: frozenset[str] | None = None,
) -> CourseReadings:  # fmt: skip
    """The courses that run about a day, of all patients or of some."""
    first = days_before(on, limits.look_back + 1)
    last = days_after(on, limits.cycle_ahead)
    running = courses.running_between(place.store, first, last, place.shelf, whose)
    return read_courses(place, running, now, doses_within, None if on == now.local.date() else on)


def _rows(
    place: Workplace,
    readings: CourseReadings,
    on: date,
    now: Moment,
    marked: frozenset[str],
    judging: Judging | None = None,
) -> Iterator[list[WorkRow]]:
    """The rows of each course, which is judged in passing if anything judges.

    `marked` are the patients who could be taken for another.
    """
    is_today = on == now.local.date()
    only = readings.courses[0].id if len(readings.courses) == 1 else None
    unplanned = _by_course(doses.unplanned_between(place.store, on, days_after(on, 1), only))
    for reading in readings:
        if judging is not None:
            judging.add(reading)
        here, course = reading.here, reading.course
        found = [
            (pair, section)
            for pair in paired([view for view in reading.found if view.planned.on <= here])
            if (section := _section(pair, here, is_today=is_today)) is not None
        ]
        found += [
            (unplanned_pair(course, drugs_of(place), record), Section.DONE)
            for record in unplanned.get(course.id, ())
            if record.slot.planned_on == here
        ]
        mark = reading.patient.id in marked
        yield [_row(reading, mark, pair, section) for pair, section in found]


def _row(reading: CourseReading, mark: bool, pair: DosePair, section: Section) -> WorkRow:
    spot = pair.main.planned
    return WorkRow(reading.patient, mark, reading.course.id, spot.cycle, spot.day, pair, section)


def _by_course(records: Sequence[Administration]) -> dict[str, list[Administration]]:
    found: dict[str, list[Administration]] = {}
    for record in records:
        found.setdefault(record.slot.course, []).append(record)
    return found


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


_PLACES = {section: place for place, section in enumerate(Section)}


def _order(row: WorkRow) -> tuple[int, datetime, str, str, str]:
    planned = row.pair.main.planned
    premedication = row.pair.premedication
    at = premedication.planned.due if premedication else planned.due
    return (
        _PLACES[row.section],
        at,
        row.patient.family_name,
        row.patient.given_name,
        planned.component.id,
    )
