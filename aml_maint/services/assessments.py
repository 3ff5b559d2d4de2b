"""Safety assessments before and after each cycle: record, correct, and which are due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID, uuid4

from aml_maint.domain.assessment import (
    Assessment,
    AssessmentKind,
    Due,
    Finding,
    Made,
    checklist,
    due_after,
    due_before,
)
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.domain.toxicity_event import GradePoint, Outcome, ToxicityEvent
from aml_maint.services import library
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.site_settings import site_settings
from aml_maint.services.toxicities import item_of, prepared, reporter_of
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments, courses, patients, toxicities
from aml_maint.store.transaction import Transaction


@dataclass(frozen=True)
class Question:
    """One line of the list: the term, and the event of it that goes on, if one does."""

    item: ToxicityItem
    ongoing: ToxicityEvent | None
    before: int | None
    """What the assessment before this one found; None when it was not evaluated."""


@dataclass(frozen=True)
class Sheet:
    """What an assessment asks: for which cycle, when in it, and every line."""

    course: Course
    cycle: int
    kind: AssessmentKind
    on: date
    questions: tuple[Question, ...]


def questions(
    place: Workplace, course_id: str, cycle: int, kind: AssessmentKind, on: date
) -> Sheet:
    """The list to go through with a patient, terms that go on among them."""
    course = courses.course(place.store, course_id, place.shelf)
    events = toxicities.of_patient(place.store, course.patient_id)
    made = [a for a in assessments.of_patient(place.store, course.patient_id) if a.on <= on]
    last = made[-1] if made else None
    running = {e.term: e for e in events if e.is_ongoing and e.onset.day <= on}
    asked = list(checklist(library.toxicity_items(), course.regimen))
    known = {item.id for item in asked}
    asked += [item_of(term) for term in running if term not in known and term != "other"]
    return Sheet(
        course, cycle, kind, on,
        tuple(
            Question(item, running.get(item.id), last.grade(item.id) if last else None)
            for item in asked
        ),
    )  # fmt: skip


def record_assessment(
    place: Workplace, made: Assessment, command_id: UUID | None = None
) -> Changes:
    """Record an assessment, and what it says of the events: all or nothing.

    A grade of 1 to 4 begins an event on that day, or goes on with the one that runs; a 0 ends the
    one that runs. "Not evaluated" says nothing of any.
    """
    if (done := place.done_before(command_id, "record_assessment")) is not None:
        return done
    kept = _checked(place, replace(made, id=made.id or str(uuid4()), reason=""))
    now = place.clock.now()
    new, revised = _consequences(place, kept)

    def work(transaction: Transaction) -> None:
        assessments.add(transaction, kept, now)
        for event in new:
            toxicities.add(transaction, event, now)
        for old, event in revised:
            toxicities.revise(transaction, old, event, now)

    return _write(place, "record_assessment", kept, work, command_id)


def correct_assessment(
    place: Workplace, made: Assessment, reason: str, command_id: UUID | None = None
) -> Changes:
    """Put corrected findings in the place of an assessment (`made.id`), with a reason.

    Events that it began or ended are left as they are: each has its own record to correct.
    """
    if (done := place.done_before(command_id, "correct_assessment")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    old = assessments.standing(place.store, made.id)
    new = _checked(place, replace(
        made, id=str(uuid4()), patient_id=old.patient_id, reason=reason.strip()
    ))  # fmt: skip
    now = place.clock.now()
    return _write(
        place, "correct_assessment", new,
        lambda transaction: assessments.add(transaction, new, now, old.id), command_id, reason,
    )  # fmt: skip


def withdraw_assessment(
    place: Workplace, assessment_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back an assessment that was entered in error, with a reason."""
    if (done := place.done_before(command_id, "withdraw_assessment")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    made = assessments.standing(place.store, assessment_id)
    return _write(
        place, "withdraw_assessment", made,
        lambda transaction: assessments.withdraw(transaction, made), command_id, reason,
    )  # fmt: skip


def assessments_due(place: Workplace, course: Course, today: date) -> tuple[Due, ...]:
    """The assessments that a course lacks as of a day: of cycles begun, ended, about to begin."""
    made = assessments.made_of(place.store, [course.patient_id])[course.patient_id]
    days = site_settings(place).days("cycle.assessment_days")
    waived = {(one.cycle, one.kind) for one in assessments.overrides(place.store, course.id)}
    return tuple(
        due for due in due_of(course, made, today, days) if (due.cycle, due.kind) not in waived
    )


def due_of(course: Course, made: Sequence[Made], today: date, days: int) -> list[Due]:
    """The same from what was made, of which one before a cycle counts for so many days."""
    found: list[Due] = []
    first = due_before(course, 1, course.first_day, made, days)
    if first is not None and today <= course.planned_end(1):
        found.append(first)
    for start in course.cycles:
        closed = start.number < len(course.cycles) or course.ended_on is not None
        ending = today >= course.cycle_end(start.number)
        missing = due_after(course, start.number, made) if closed or ending else None
        if missing is not None:
            found.append(missing)
    return found


def _checked(place: Workplace, made: Assessment) -> Assessment:
    """An assessment as it may be written; BadInput for a day, cycle or term that can't be."""
    patient = patients.patient(place.store, made.patient_id)
    for finding in made.findings:
        item_of(finding.term)
    clocks = place.zone
    if made.course_id is not None:
        course = courses.course(place.store, made.course_id, place.shelf)
        if course.patient_id != patient.id:
            raise BadInput(say("error.no_such_course"), field="course")
        last = len(course.cycles) + (1 if made.kind is AssessmentKind.BEFORE else 0)
        if made.cycle > last:
            raise BadInput(say("error.no_such_cycle", cycle=made.cycle), field="cycle")
        if made.kind is not AssessmentKind.BEFORE and made.on < course.cycle(made.cycle).first_day:
            raise BadInput(say("error.assessment_before_cycle"), field="on")
        clocks = course.zone
    if made.on > place.clock.now().day_in(clocks):
        raise BadInput(say("error.date_in_future"), field="on")
    if patient.born_on is not None and made.on < patient.born_on:
        raise BadInput(say("error.before_patient"), field="on")
    return replace(made, recorded_by=place.actor.name, recorded_role=place.actor.role.value)


def _consequences(
    place: Workplace, made: Assessment
) -> tuple[list[ToxicityEvent], list[tuple[ToxicityEvent, ToxicityEvent]]]:
    """The events that an assessment begins, and those that it changes with their new versions."""
    day = KnownTime.on(made.on)
    running: dict[str, list[ToxicityEvent]] = {}
    for event in toxicities.of_patient(place.store, made.patient_id):
        if event.is_ongoing and not day.surely_before(event.grades[-1].at):
            running.setdefault(event.term, []).append(event)
    new: list[ToxicityEvent] = []
    revised: list[tuple[ToxicityEvent, ToxicityEvent]] = []
    for finding in made.findings:
        mine = running.get(finding.term, [])
        if finding.grade is None:
            continue
        if finding.grade == 0:
            changed = [(e, replace(e, resolved=day, outcome=Outcome.RECOVERED)) for e in mine]
        elif mine:
            changed = _going_on(mine[-1], finding, day)
        else:
            new.append(_begun(place, made, finding, day))
            changed = []
        revised += [
            (old, prepared(place, replace(event, id=str(uuid4()), reason="", review=None)))
            for old, event in changed
        ]
    return new, revised


def _going_on(
    event: ToxicityEvent, finding: Finding, day: KnownTime
) -> list[tuple[ToxicityEvent, ToxicityEvent]]:
    if event.current == finding.grade:
        return []
    point = GradePoint(day, finding.grade, note=finding.note)
    return [(event, replace(event, grades=(*event.grades, point)))]


def _begun(place: Workplace, made: Assessment, finding: Finding, day: KnownTime) -> ToxicityEvent:
    first = made.kind is AssessmentKind.BEFORE and made.cycle == 1
    earlier = next(
        (
            one.grade(finding.term)
            for one in assessments.of_patient(place.store, made.patient_id)
            if one.kind is AssessmentKind.BEFORE and one.cycle == 1
        ),
        None,
    )
    id = str(uuid4())
    clocks = place.zone
    if made.course_id is not None:
        clocks = courses.course(place.store, made.course_id, place.shelf).zone
    return prepared(
        place,
        ToxicityEvent(
            id, id, made.patient_id, made.course_id, finding.term, clocks,
            (GradePoint(day, finding.grade, note=finding.note),),
            baseline=finding.grade if first else earlier,
            reporter=reporter_of(place),
        ),
    )  # fmt: skip


def _write(
    place: Workplace, action: str, made: Assessment, work: Callable[[Transaction], None],
    command_id: UUID | None, reason: str = "",
) -> Changes:  # fmt: skip
    noon = datetime.combine(made.on, time(12))
    return place.write(
        action,
        work,
        touched=Touched.TOXICITIES,
        patient_id=made.patient_id,
        command_id=command_id,
        occurred=min(Moment.at(noon, place.zone), place.clock.now()),
        reason=reason,
    )
