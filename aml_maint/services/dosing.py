"""Recording doses: given, partly given, missed, held, refused; confirm a stretch; correct; undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from aml_maint.domain.administration import TAKEN, Administration, Status, is_needed
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import PlannedDose, doses_between, find
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.dose_entry import DoseEntry, Override, RangeConfirmation
from aml_maint.services.dose_history import UNDONE_AT_ONCE
from aml_maint.services.dose_rules import DoseRules
from aml_maint.services.site_settings import needs_witness
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, courses, doses
from aml_maint.store.errors import NotUnique

__all__ = [
    "DoseEntry", "Override", "RangeConfirmation", "confirm_range", "correct_dose", "log_dose",
    "log_doses", "undo_doses",
]  # fmt: skip

# A record is taken back without a word so soon after it was made; later that takes a reason.
FREE_UNDO = timedelta(hours=1)


def log_dose(place: Workplace, entry: DoseEntry, command_id: UUID | None = None) -> Changes:
    """Record one dose. Raises Refused when a gate, a hold or the minimum gap forbids it."""
    return log_doses(place, [entry], command_id)


def log_doses(
    place: Workplace, entries: Sequence[DoseEntry], command_id: UUID | None = None
) -> Changes:
    """Record several doses of one course at once, all or none."""
    if (done := place.done_before(command_id, "log_dose", "log_doses")) is not None:
        return _same_doses(place, done, entries)
    if not entries:
        raise BadInput(say("error.nothing_selected"))
    course = courses.course(place.store, entries[0].slot.course, place.shelf)
    return _log(place, DoseRules.of(place, course, entries), entries, command_id)


def _log(
    place: Workplace, rules: DoseRules, entries: Sequence[DoseEntry], command_id: UUID | None
) -> Changes:
    course = rules.course
    if len({entry.slot for entry in entries}) < len(entries):
        raise BadInput(say("error.dose_twice"), field="slot")
    if any(entry.slot.course != course.id for entry in entries):
        raise ValueError("doses of one course at a time")
    _expect_override_allowed(place, entries)
    try:
        records = rules.records(entries)
        changes = place.write(
            "log_dose" if len(records) == 1 else "log_doses",
            lambda transaction: doses.add_all(transaction, records),
            touched=Touched.DOSES,
            patient_id=course.patient_id,
            command_id=command_id,
            occurred=records[0].given,
        )
    except (BadInput, Refused, NotUnique):
        # The file holds one standing record of a dose and takes no second, so nobody has to look
        # before; but of a dose that is recorded this is what to tell, whatever else forbids it.
        _expect_unrecorded(rules, entries)
        raise
    return _telling(changes, rules, records)


def _expect_unrecorded(rules: DoseRules, entries: Sequence[DoseEntry]) -> None:
    for entry in entries:
        if entry.slot in rules.known:
            raise Refused(say("error.already_recorded", day=entry.slot.planned_on))


def _telling(changes: Changes, rules: DoseRules, records: Sequence[Administration]) -> Changes:
    """What was saved, with how its doses stand since; of a repetition another write may tell."""
    return changes if changes.replayed else replace(changes, pairs=rules.standing(records))


def _expect_override_allowed(place: Workplace, entries: Sequence[DoseEntry]) -> None:
    if any(entry.override for entry in entries):
        place.expect_allowed("override_rule")


def _same_doses(place: Workplace, done: Changes, entries: Sequence[DoseEntry]) -> Changes:
    """What a command did before; Refused when that was to other doses than these."""
    event = audit.event(place.store, done.sequence)
    recorded = {doses.slot_of(change.after) for change in event.changes} if event else set()
    if not {entry.slot for entry in entries} <= recorded:
        raise Refused(say("error.command_used", sequence=done.sequence), field="command_id")
    return done


def confirm_range(
    place: Workplace, wanted: RangeConfirmation, command_id: UUID | None = None
) -> Changes:
    """Confirm every open, due dose of a stretch of past days as taken at its planned time.

    Left alone are doses already recorded, held, behind a closed gate, serving an injection that
    was not given, or of a drug whose doses need a witness; exceptions are recorded as typed.
    Nothing else counts as given.
    """
    if (done := place.done_before(command_id, "log_dose", "log_doses")) is not None:
        return done
    course = courses.course(place.store, wanted.course_id, place.shelf)
    now = place.clock.now()
    rules = _rules(place, course, wanted, now.day_in(course.zone))
    known = rules.known
    entries = []
    for planned in _wanted(course, wanted, now):
        if planned.id in known or planned.due > now.utc or not wanted.wants(planned.id):
            continue
        if planned.id in wanted.exceptions:
            entries.append(wanted.exceptions[planned.id])
            continue
        if needs_witness(place, planned.component.id):
            continue
        gate = rules.verdict(planned, planned.due)
        is_open = not planned.is_left_out and (gate is None or gate.is_open)
        served = None if planned.linked_to is None else known.get(planned.linked_to)
        if is_open and planned.dose and is_needed(served) and not _serves_none(planned, wanted):
            given = Moment.at(planned.due, planned.zone)
            entries.append(DoseEntry(planned.id, Status.GIVEN, given))
    if not entries:
        raise Refused(say("error.nothing_to_confirm"))
    return _log(place, rules, entries, command_id)


def _rules(place: Workplace, course: Course, wanted: RangeConfirmation, today: date) -> DoseRules:
    """The rules for a stretch, whose doses may first have been planned for days further off."""
    days = {slot.planned_on for slot in (*wanted.slots, *wanted.exceptions)}
    days |= {wanted.first, wanted.last}
    first = max(min(days), course.first_day) - course.reach
    return DoseRules(place, course, first, min(max(days), today) + course.reach)


def _serves_none(planned: PlannedDose, wanted: RangeConfirmation) -> bool:
    """Is it the premedication of a dose that is recorded as not given along with it?"""
    exception = wanted.exceptions.get(planned.linked_to) if planned.linked_to else None
    return exception is not None and exception.status not in TAKEN


def _wanted(course: Course, wanted: RangeConfirmation, now: Moment) -> Sequence[PlannedDose]:
    """The doses named, wherever they are now, or all that are planned now for the days."""
    if wanted.slots:
        return sorted((find(course, slot) for slot in wanted.slots), key=lambda dose: dose.at)
    first = max(wanted.first, course.first_day)
    return doses_between(course, first, min(wanted.last, now.day_in(course.zone)))


def correct_dose(
    place: Workplace, record_id: str, entry: DoseEntry, reason: str, command_id: UUID | None = None
) -> Changes:
    """Replace a record by another with a reason; the earlier one stays in the history.

    Time and amount that the entry leaves out stay those of the record.
    """
    if (done := place.done_before(command_id, "correct_dose")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.correction_reason"), field="reason")
    old = doses.live(place.store, record_id)
    if old.slot != entry.slot:
        raise ValueError("a correction keeps its slot")
    if entry.status in TAKEN:
        entry = _completed(entry, old)
    course = courses.course(place.store, old.slot.course, place.shelf)
    rules = DoseRules.of(place, course, [entry])
    (new,) = rules.records([entry], old)
    changes = place.write(
        "correct_dose",
        lambda transaction: doses.supersede(transaction, old, new),
        touched=Touched.DOSES,
        patient_id=course.patient_id,
        command_id=command_id,
        occurred=new.given,
        reason=reason,
    )
    return _telling(changes, rules, [new])


def _completed(entry: DoseEntry, old: Administration) -> DoseEntry:
    """A dose that was taken, with what its earlier record says where the entry says nothing.

    BadInput when neither says when: a correction is never taken for a dose given just now.
    """
    given = entry.given or old.given
    if given is None:
        raise BadInput(say("error.correction_needs_time"), field="given")
    same_kind = entry.status is old.status
    reason = entry.reason or (old.reason if same_kind and given == old.given else None)
    dose = entry.dose or (old.dose if same_kind else None)
    return replace(entry, given=given, dose=dose, reason=reason)


def undo_doses(
    place: Workplace,
    record_ids: Sequence[str],
    command_id: UUID | None = None,
    *,
    reason: str = "",
) -> Changes:
    """Take back records: they are marked entered in error, never deleted.

    One that corrected another brings that one back. Older than an hour, it takes a reason.
    Refused when what comes back does not fit what was recorded since.
    """
    if (done := place.done_before(command_id, "undo_dose")) is not None:
        return done
    records = [doses.live(place.store, record_id) for record_id in dict.fromkeys(record_ids)]
    if not records:
        raise BadInput(say("error.nothing_selected"))
    now = place.clock.now()
    if not reason.strip() and any(now.utc - r.recorded.utc > FREE_UNDO for r in records):
        raise BadInput(say("error.undo_reason"), field="reason")
    _check_what_comes_back(place, records)
    changes = place.write(
        "undo_dose",
        lambda transaction: doses.withdraw(transaction, records),
        touched=Touched.DOSES,
        patient_id=records[0].patient_id,
        command_id=command_id,
        reason=reason.strip() or UNDONE_AT_ONCE,
    )
    everyone = frozenset(record.patient_id for record in records)
    return replace(changes, count=len(records), patients=everyone)


def _check_what_comes_back(place: Workplace, withdrawn: Sequence[Administration]) -> None:
    by_course: dict[str, list[Administration]] = {}
    for record in withdrawn:
        if record.replaces is not None:
            by_course.setdefault(record.slot.course, []).append(record)
    gone = [record.id for record in withdrawn]
    for course_id, corrections in by_course.items():
        earlier = [
            record
            for correction in corrections
            for record in doses.history(place.store, correction.slot)
            if record.id == correction.replaces
        ]
        course = courses.course(place.store, course_id, place.shelf)
        entries = [DoseEntry(record.slot, record.status) for record in earlier]
        DoseRules.of(place, course, entries).check_restored(earlier, gone)
