"""Courses as they stand today, read for the whole ward at once: what lists and findings share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from aml_maint.domain.course import Course
from aml_maint.domain.findings import Limits
from aml_maint.domain.gate import GateEvidence
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.schedule import doses_between
from aml_maint.services.dose_view import DoseView, views
from aml_maint.services.site_settings import site_settings
from aml_maint.services.workplace import Workplace
from aml_maint.store import doses, gate_evidence, patients

# How far back results are read; of earlier ones only the last of each kind matters.
_RESULTS_DAYS = 60
# Courses that are read with one query: some hundredths of a second, with what is made of them.
# Fifty at once would take a twentieth less in all.
AT_ONCE = 10


@dataclass(frozen=True)
class CourseReading:
    """One course with its doses around a day, as they stand now.

    `here` is the day on the course's own clocks: elsewhere it may be yesterday still, or
    tomorrow already. `found` reaches from `look_back` days of the limits before it to
    `count_ahead` days after it.
    """

    course: Course
    patient: Patient
    here: date
    found: tuple[DoseView, ...]
    evidence: GateEvidence


@dataclass(frozen=True)
class CourseReadings:
    """Some courses, read a few at a time: the doses of a ward are never all held at once."""

    courses: Sequence[Course]
    people: Mapping[str, Patient]
    """Their patients by id."""
    _read: Callable[[Sequence[Course]], Iterator[CourseReading]]

    def __iter__(self) -> Iterator[CourseReading]:
        for start in range(0, len(self.courses), AT_ONCE):
            yield from self._read(self.courses[start : start + AT_ONCE])


def finding_limits(place: Workplace) -> Limits:
    """How far lists and findings look, as the site has set it."""
    settings = site_settings(place)
    return Limits(
        look_back=settings.days("finding.look_back"),
        cycle_ahead=settings.days("finding.cycle_ahead"),
        count_ahead=settings.days("finding.count_ahead"),
        marrow_early=settings.days("marrow.early"),
        marrow_late=settings.days("marrow.late"),
    )


def read_courses(
    place: Workplace,
    found: Sequence[Course],
    now: Moment,
    limits: Limits,
    day: date | None = None,
) -> CourseReadings:
    """Read some courses as of a day, of today if none is named: four queries for a few."""
    on = day or now.local.date()
    people = patients.by_ids(place.store, sorted({course.patient_id for course in found}))
    since = _results_start(on, now, limits)

    def read(some: Sequence[Course]) -> Iterator[CourseReading]:
        days = {course.id: now.day_in(course.zone) if day is None else on for course in some}
        # Records stand under the day first planned; a moved dose's may lie further off.
        reach = max(course.reach for course in some)
        first = days_before(min(days.values()), limits.look_back) - reach
        last = days_after(max(days.values()), limits.count_ahead) + reach
        records = doses.live_between(place.store, first, last, [course.id for course in some])
        evidence = gate_evidence.of_courses(place.store, some, since)
        for course in some:
            here = days[course.id]
            known = evidence[course.id]
            until = days_after(here, limits.count_ahead)
            planned = doses_between(course, days_before(here, limits.look_back), until)
            standing = tuple(views(planned, records, known, now.utc))
            yield CourseReading(course, people[course.patient_id], here, standing, known)

    return CourseReadings(found, people, read)


def _results_start(on: date, now: Moment, limits: Limits) -> datetime:
    """From when on results can decide a gate of the days shown, and well before that."""
    day = datetime(on.year, on.month, on.day, tzinfo=UTC)
    try:
        return min(day, now.utc) - timedelta(days=limits.look_back + _RESULTS_DAYS)
    except OverflowError:  # the first days of the calendar
        return day


def days_before(day: date, number: int) -> date:
    """So many days before a day, or the first day of the calendar."""
    return max(day, date.min + timedelta(days=number)) - timedelta(days=number)


def days_after(day: date, number: int) -> date:
    """So many days after a day, or the last day of the calendar."""
    return min(day, date.max - timedelta(days=number)) + timedelta(days=number)
