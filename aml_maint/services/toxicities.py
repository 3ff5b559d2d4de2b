"""Toxicity events: record one, let its course go on, correct it, judge it, sign it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment, zone
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import lab_text
from aml_maint.domain.toxicity import Kind, ToxicityItem, grade
from aml_maint.domain.toxicity_event import GradePoint, Outcome, Reporter, Review, ToxicityEvent
from aml_maint.domain.toxicity_revision import changes_what_stood
from aml_maint.services import library
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.linked_values import linked_value
from aml_maint.services.site_items import site_item
from aml_maint.services.witnessing import confirm_signer
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments, courses, doses, patients, toxicities
from aml_maint.store.transaction import Transaction


def record_event(place: Workplace, event: ToxicityEvent, command_id: UUID | None = None) -> Changes:
    """Record a toxicity; its ids may be empty and are then made.

    A grade left open is computed where its value decides it; the baseline, left open, is that of
    the assessment before the course. BadInput for an unknown term, a time that can't be, or a
    grade milder than its value.
    """
    if (done := place.done_before(command_id, "record_toxicity")) is not None:
        return done
    id = event.id or str(uuid4())
    kept = prepared(place, replace(event, id=id, event_id=id, reason="", review=None))
    if kept.baseline is None:
        kept = replace(kept, baseline=baseline_of(place, kept.patient_id, kept.term))
    now = place.clock.now()
    return _write(
        place, "record_toxicity", kept, command_id,
        lambda transaction: toxicities.add(transaction, kept, now),
    )  # fmt: skip


def revise_event(
    place: Workplace, event: ToxicityEvent, reason: str = "", command_id: UUID | None = None
) -> Changes:
    """Put a new version of an event in the place of the one that stands.

    To add to its course needs no reason; to change what stood does, and the version before stays
    readable. Either waits for a physician's signature again. `event.id` is the version that was
    read; Refused when another has come since.
    """
    if (done := place.done_before(command_id, "revise_toxicity")) is not None:
        return done
    old = toxicities.standing(place.store, event.event_id)
    if old.id != event.id:
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    new = prepared(place, replace(
        event, id=str(uuid4()), patient_id=old.patient_id, reason=reason.strip(), review=None
    ))  # fmt: skip
    if changes_what_stood(old, new) and not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    now = place.clock.now()
    return _write(
        place, "revise_toxicity", new, command_id,
        lambda transaction: toxicities.revise(transaction, old, new, now), reason,
    )  # fmt: skip


def add_grade(
    place: Workplace, event_id: str, point: GradePoint, command_id: UUID | None = None
) -> Changes:
    """Let an event's course go on with another grade."""
    if (done := place.done_before(command_id, "revise_toxicity")) is not None:
        return done
    old = toxicities.standing(place.store, event_id)
    if not old.is_ongoing:
        raise Refused(say("error.event_over"), hint=say("error.event_over.hint"))
    return revise_event(place, replace(old, grades=(*old.grades, point)), command_id=command_id)


def resolve_event(
    place: Workplace,
    event_id: str,
    resolved: KnownTime,
    outcome: Outcome = Outcome.RECOVERED,
    command_id: UUID | None = None,
) -> Changes:
    """Record when an event was over, and with what outcome."""
    if (done := place.done_before(command_id, "revise_toxicity")) is not None:
        return done
    old = toxicities.standing(place.store, event_id)
    if not old.is_ongoing:
        raise Refused(say("error.event_over"), hint=say("error.event_over.hint"))
    over = replace(old, resolved=resolved, outcome=outcome)
    return revise_event(place, over, command_id=command_id)


def withdraw_event(
    place: Workplace, event_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back an event that was entered in error, with a reason; it stays in the trail."""
    if (done := place.done_before(command_id, "withdraw_toxicity")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    event = toxicities.standing(place.store, event_id)
    return place.write(
        "withdraw_toxicity",
        lambda transaction: toxicities.withdraw(transaction, event),
        touched=Touched.TOXICITIES,
        patient_id=event.patient_id,
        command_id=command_id,
        reason=reason,
    )


def sign_events(
    place: Workplace,
    versions: Sequence[tuple[str, str]],
    comment: str = "",
    command_id: UUID | None = None,
    *,
    passphrase: str = "",
) -> Changes:
    """Sign events as reviewed: each by its event id and the id of the version that was read.

    Physicians only, with their passphrase asked again where people have one. Refused, with
    nothing signed, when any of them has changed since.
    """
    if (done := place.done_before(command_id, "sign_toxicities")) is not None:
        return done
    role = place.expect_allowed("sign_toxicities")
    if not versions:
        raise BadInput(say("error.nothing_chosen"))
    events = [toxicities.standing(place.store, event_id) for event_id, _ in versions]
    if any(event.id != id for event, (_, id) in zip(events, versions, strict=True)):
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    review = Review(place.actor.name, place.clock.now(), comment.strip())

    def work(transaction: Transaction) -> None:
        for event in events:
            if event.review is None:
                toxicities.sign(transaction, event, review, role)

    if all(event.review is not None for event in events):
        raise Refused(say("error.signed_already"))
    confirm_signer(place, passphrase)
    saved = place.write(
        "sign_toxicities",
        work,
        touched=Touched.TOXICITIES,
        command_id=command_id,
        reason=comment,
    )
    return replace(saved, patients=frozenset(event.patient_id for event in events))


def versions_of(place: Workplace, event_id: str) -> list[ToxicityEvent]:
    """Every version of an event, the first one first: who changed what, when and why."""
    return toxicities.versions(place.store, event_id)


def prepared(place: Workplace, event: ToxicityEvent) -> ToxicityEvent:
    """An event as it may be written: grades computed where a value decides, times checked."""
    patient = patients.patient(place.store, event.patient_id)
    item = site_item(place, event.term) or item_of(event.term)
    _check_cause_names(event)
    local = place.clock.now().utc.astimezone(zone(event.zone)).replace(tzinfo=None)
    _check_times(event, patient, local)
    _check_link(place, event)
    _check_course(place, event)
    signed = place.actor
    return replace(
        event,
        grades=tuple(_graded(place, event, item, point) for point in event.grades),
        recorded_by=signed.name,
        recorded_role=signed.role.value,
    )


def item_of(term: str) -> ToxicityItem:
    """The item of a term; BadInput if there is none of that id."""
    found = library.toxicity_item(term)
    if found is None:
        raise BadInput(say("error.unknown_item", item=term), field="term")
    return found


def reporter_of(place: Workplace) -> Reporter | None:
    """Who noticed it when nobody else is named: the nurse or physician at the desk."""
    role = place.actor.role.value
    return Reporter(role) if role in set(Reporter) else None


def baseline_of(place: Workplace, patient_id: str, term: str) -> int | None:
    """The grade found before the latest course; None when it was not evaluated then."""
    made = assessments.of_patient(place.store, patient_id)
    before = [one for one in made if one.kind == "before" and one.cycle == 1]
    return before[-1].grade(term) if before else None


def _write(
    place: Workplace, action: str, event: ToxicityEvent, command_id: UUID | None,
    work: Callable[[Transaction], None], reason: str = "",
) -> Changes:  # fmt: skip
    return place.write(
        action,
        work,
        touched=Touched.TOXICITIES,
        patient_id=event.patient_id,
        command_id=command_id,
        occurred=Moment.at(event.onset.local, event.zone),
        reason=reason,
    )


def _graded(
    place: Workplace, event: ToxicityEvent, item: ToxicityItem, point: GradePoint
) -> GradePoint:
    """A point with the grade that its value gives; BadInput for a milder one.

    A result that it is linked to is graded as everywhere, by its laboratory's limits.
    """
    if item.kind is not Kind.NUMERIC:
        return point
    if point.result_id is not None and not _stood_before(place, event, point):
        linked = linked_value(place, event.patient_id, event.term, point.result_id)
        point, verdict = replace(point, value=linked.result.value), linked.verdict
    elif point.value is not None:
        verdict = grade(item, point.value)
    else:
        return point
    assert point.value is not None  # that of the result, or the one typed
    if verdict.grade is None:
        return point
    if point.grade is None:
        if verdict.grade == 0:
            raise BadInput(
                say("error.value_is_grade_0", value=lab_text(point.value), item=item.term),
                hint=say("error.grade_no_event.hint"),
                field="value",
            )
        return replace(point, grade=int(verdict.grade))
    if point.grade < verdict.grade:
        raise BadInput(
            say("error.grade_below_value", value=lab_text(point.value), grade=int(verdict.grade)),
            hint=verdict.reason,
            field="grade",
        )
    return point


def _stood_before(place: Workplace, event: ToxicityEvent, point: GradePoint) -> bool:
    """Is the point part of what stands already? A result taken back since stays in its history."""
    if not event.event_id:
        return False
    versions = toxicities.versions(place.store, event.event_id)
    return any(
        (old.result_id, old.grade, old.value) == (point.result_id, point.grade, point.value)
        for version in versions
        for old in version.grades
    )


def _check_times(event: ToxicityEvent, patient: Patient, now: datetime) -> None:
    times = [(event.onset, "onset"), *((point.at, "at") for point in event.grades[1:])]
    if event.resolved is not None:
        times.append((event.resolved, "resolved"))
    for known, field in times:
        if known.local > now:
            raise BadInput(say("error.date_in_future"), field=field)
    if patient.born_on is not None and event.onset.last_day < patient.born_on:
        raise BadInput(say("error.before_patient"), field="onset")


def _check_link(place: Workplace, event: ToxicityEvent) -> None:
    if event.linked_administration is None:
        return
    record = doses.of_id(place.store, event.linked_administration)
    if record is None or record.patient_id != event.patient_id or record.given is None:
        raise BadInput(say("error.no_such_dose"), field="injection")
    if event.onset.last < record.given.local.replace(tzinfo=None, second=0, microsecond=0):
        raise BadInput(say("error.before_injection"), field="onset")


def _check_course(place: Workplace, event: ToxicityEvent) -> None:
    if event.course_id is None:
        return
    if courses.patient_of(place.store, event.course_id) != event.patient_id:
        raise BadInput(say("error.no_such_course"), field="course")


def _check_cause_names(event: ToxicityEvent) -> None:
    known = library.cause_ids()
    for cause in event.causes:
        if cause.cause not in known:
            raise BadInput(say("error.unknown_cause", cause=cause.cause), field="causes")
