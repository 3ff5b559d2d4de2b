"""Toxicities from Today in two keys: the usual ones, by the patient's own known pattern.

Nothing measured is ever copied: a pattern is a grade and its times as they were the last time,
and a temperature stands with it only if one was taken since the injection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.known_time import KnownTime, Precision
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.toxicity import ToxicityItem, grade
from aml_maint.domain.toxicity_event import GradePoint, Outcome, ToxicityEvent
from aml_maint.domain.toxicity_floor import FEVER
from aml_maint.services.changes import Changes
from aml_maint.services.site_items import site_item
from aml_maint.services.site_settings import site_settings
from aml_maint.services.toxicities import add_grade, record_event, reporter_of
from aml_maint.services.toxicity_entry import Injected, injections_of
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, labs, patients, toxicities

# In the order of their keys; fever after an injection is by far the most frequent (the paper).
QUICK_TERMS = (FEVER, "hand_foot_skin_reaction", "diarrhoea", "rhinorrhoea", "myalgia")

# Of two injections given so close together, a fever is asked for after the premedicated one.
_TOGETHER = timedelta(hours=2)


@dataclass(frozen=True)
class Pattern:
    """What a key records at once: a grade, when it began and how long it lasted.

    `like` is the episode it repeats; `measured` a temperature taken since the injection.
    """

    grade: int
    hours_after: int | None
    lasted_hours: int | None
    like: ToxicityEvent | None
    measured: LabResult | None = None


@dataclass(frozen=True)
class QuickLine:
    """A term with the patient's pattern of it, if there is one, and the event that goes on."""

    item: ToxicityItem
    pattern: Pattern | None
    running: ToxicityEvent | None


@dataclass(frozen=True)
class QuickContext:
    """A patient with the injection that is meant, and a line for each key."""

    patient: Patient
    course: Course | None
    zone: str
    now: datetime
    injection: Injected | None
    lines: tuple[QuickLine, ...]

    def line(self, term: str) -> QuickLine:
        """The line of a term."""
        return next(line for line in self.lines if line.item.id == term)


@dataclass(frozen=True)
class FeverEntry:
    """A fever as it is told at the bedside; `lasted_hours` None: it still goes on."""

    degrees: Decimal | None
    hours_after: int | None
    lasted_hours: int | None
    low_pressure: bool = False


def quick_context(
    place: Workplace, patient_id: str, administration_id: str | None = None
) -> QuickContext:
    """What the quick entry offers for a patient; the injection named, or the latest one."""
    course = courses.latest_by_patient(place.store, place.shelf, patient_id).get(patient_id)
    zone = course.zone if course is not None else place.zone
    now = Moment.at(place.clock.now().utc, zone).local.replace(tzinfo=None)
    injection = _injection(place, course, administration_id, now) if course is not None else None
    events = toxicities.of_patient(place.store, patient_id)
    temperatures = labs.of_analyte(place.store, patient_id, "temperature")
    given = _given_before(place, events)
    since = now - timedelta(days=site_settings(place).days("toxicity.pattern_days"))
    lines = tuple(
        _line(_item(place, term), events, injection, temperatures, given, since)
        for term in QUICK_TERMS
    )
    patient = patients.patient(place.store, patient_id)
    return QuickContext(patient, course, zone, now, injection, lines)


def log_pattern(
    place: Workplace, context: QuickContext, term: str, command_id: UUID | None = None
) -> Changes:
    """Record a term by its pattern: as the last time, or as the temperature says.

    BadInput when the patient has no pattern of it yet.
    """
    if (done := place.done_before(command_id, "record_toxicity")) is not None:
        return done
    pattern = context.line(term).pattern
    if pattern is None:
        raise BadInput(say("error.no_pattern"), field="grade")
    if pattern.measured is not None:
        at = pattern.measured.collected.local.replace(tzinfo=None)
        point = GradePoint(
            KnownTime.at(at), pattern.grade, pattern.measured.value, pattern.measured.id
        )
        return _record(place, context, term, point, None, command_id)
    if pattern.hours_after is not None and context.injection is not None:
        onset = _onset(context, pattern.hours_after)
        over = _over(context, onset, pattern.lasted_hours)
        return _record(place, context, term, GradePoint(onset, pattern.grade), over, command_id)
    point = GradePoint(KnownTime.on(context.now.date()), pattern.grade)
    return _record(place, context, term, point, None, command_id)


def log_fever(
    place: Workplace, context: QuickContext, entry: FeverEntry, command_id: UUID | None = None
) -> Changes:
    """Record a fever after the injection from temperature, hours and duration.

    The grade is the temperature's; with low blood pressure it is 4, at any temperature.
    """
    if (done := place.done_before(command_id, "record_toxicity")) is not None:
        return done
    if entry.degrees is None and not entry.low_pressure:
        raise BadInput(say("error.temperature_needed"), field="degrees")
    onset = (
        _onset(context, entry.hours_after)
        if entry.hours_after is not None and context.injection is not None
        else KnownTime.of(context.now, Precision.HOUR)
    )
    value = None if entry.degrees is None else LabValue(entry.degrees, "Cel")
    point = GradePoint(onset, 4 if entry.low_pressure else None, value)
    over = _over(context, onset, entry.lasted_hours)
    if over is None and entry.lasted_hours is not None:
        raise BadInput(say("error.fever_lasts_longer"), field="lasted")
    return _record(place, context, FEVER, point, over, command_id)


def log_grade(
    place: Workplace,
    context: QuickContext,
    term: str,
    found: int,
    onset: KnownTime,
    command_id: UUID | None = None,
) -> Changes:
    """Record a term with a grade; one that goes on gets another grade instead."""
    if (done := place.done_before(command_id, "record_toxicity", "revise_toxicity")) is not None:
        return done
    point = GradePoint(onset, found)
    running = context.line(term).running
    if running is not None:
        return add_grade(place, running.event_id, point, command_id)
    return _record(place, context, term, point, None, command_id)


def _record(
    place: Workplace,
    context: QuickContext,
    term: str,
    point: GradePoint,
    over: KnownTime | None,
    command_id: UUID | None,
) -> Changes:
    injection = context.injection.record if context.injection is not None else None
    linked = injection.id if injection is not None and term == FEVER else None
    event = ToxicityEvent.of(
        context.patient.id, context.course.id if context.course else None, term, context.zone,
        None, point.at,
    )  # fmt: skip
    event = replace(
        event,
        grades=(point,),
        resolved=over,
        outcome=None if over is None else Outcome.RECOVERED,
        linked_administration=linked,
        reporter=reporter_of(place),
    )
    return record_event(place, event, command_id)


def _injection(
    place: Workplace, course: Course, administration_id: str | None, now: datetime
) -> Injected | None:
    """The injection named, else the latest one that is not too long ago."""
    given = injections_of(place, course, now.date())
    if administration_id is not None:
        named = doses.of_id(place.store, administration_id)
        drugs = {c.id: c.drug.name for c in course.regimen.components if c.rotate_site}
        if named is not None and named.given is not None and named.slot.component in drugs:
            return Injected(named, drugs[named.slot.component])
    longest = timedelta(days=site_settings(place).days("toxicity.this_injection"))
    recent = [one for one in given if now - _local(one) <= longest]
    served = {c.link.to for c in course.regimen.components if c.link is not None}
    for one in recent:
        if one.record.slot.component in served and _local(recent[0]) - _local(one) <= _TOGETHER:
            return one
    return recent[0] if recent else None


def _item(place: Workplace, term: str) -> ToxicityItem:
    found = site_item(place, term)
    assert found is not None  # each quick term is an item
    return found


def _line(
    item: ToxicityItem,
    events: Sequence[ToxicityEvent],
    injection: Injected | None,
    temperatures: Sequence[LabResult],
    given_before: Mapping[str, datetime],
    since: datetime,
) -> QuickLine:
    term = item.id
    mine = [event for event in events if event.term == term]
    running = next((event for event in reversed(mine) if event.is_ongoing), None)
    if running is not None:
        return QuickLine(item, None, running)
    if term == FEVER:
        if injection is None:
            return QuickLine(item, None, None)
        measured = _measured(item, injection, temperatures)
        if measured is not None:
            return QuickLine(item, measured, None)
    known = [event for event in mine if event.worst is not None and event.onset.local > since]
    last = known[-1] if known else None
    return QuickLine(item, _pattern(last, given_before), None)


def _given_before(place: Workplace, events: Sequence[ToxicityEvent]) -> dict[str, datetime]:
    """When the injections were given that the last fever was linked to."""
    linked = [e.linked_administration for e in events if e.term == FEVER][-1:]
    found: dict[str, datetime] = {}
    for id in linked:
        record = doses.of_id(place.store, id) if id is not None else None
        if id is not None and record is not None and record.given is not None:
            found[id] = record.given.local.replace(tzinfo=None, second=0, microsecond=0)
    return found


def _measured(
    item: ToxicityItem, injection: Injected, temperatures: Sequence[LabResult]
) -> Pattern | None:
    """The highest temperature since the injection, if it is a fever."""
    given = _local(injection)
    since = [
        result for result in temperatures if given < result.collected.local.replace(tzinfo=None)
    ]
    if not since:
        return None
    worst = max(since, key=lambda result: result.value.to("Cel").value)
    found = grade(item, worst.value).grade
    if not found:
        return None
    after = worst.collected.local.replace(tzinfo=None) - given
    return Pattern(int(found), round(after / timedelta(hours=1)), None, None, worst)


def _pattern(last: ToxicityEvent | None, given: Mapping[str, datetime]) -> Pattern | None:
    """The last episode as a pattern: its grade, and its times where the hours are known."""
    if last is None or last.worst is None:
        return None
    hourly = {Precision.MINUTE, Precision.HOUR}
    lasted = None
    if last.resolved is not None and {last.onset.precision, last.resolved.precision} <= hourly:
        lasted = max(round((last.resolved.local - last.onset.local) / timedelta(hours=1)), 1)
    after = None
    injected = given.get(last.linked_administration or "")
    if injected is not None and last.onset.precision in hourly:
        after = max(round((last.onset.local - injected) / timedelta(hours=1)), 0)
    return Pattern(last.worst, after, lasted, last)


def _local(one: Injected) -> datetime:
    assert one.record.given is not None  # only injections that were given are offered
    return one.record.given.local.replace(tzinfo=None, second=0, microsecond=0)


def _onset(context: QuickContext, hours_after: int) -> KnownTime:
    assert context.injection is not None  # asked before
    at = _local(context.injection) + timedelta(hours=hours_after)
    return KnownTime.at(min(at, context.now))


def _over(context: QuickContext, onset: KnownTime, lasted_hours: int | None) -> KnownTime | None:
    """When it was over; None while that lies ahead."""
    if lasted_hours is None:
        return None
    at = onset.local + timedelta(hours=lasted_hours)
    return KnownTime.of(at, Precision.HOUR) if at <= context.now else None
