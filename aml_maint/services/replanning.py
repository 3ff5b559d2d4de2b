"""Replanning a course: shift and omit doses with a preview, and take a decision back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import Message, say
from aml_maint.domain.replan import Preview, preview, preview_undo, together
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, decisions, doses, shifts
from aml_maint.store.decisions import Decision
from aml_maint.store.transaction import Transaction


@dataclass(frozen=True)
class WantedShift:
    """A shift as a person asks for it; days are those the doses were first planned on.

    `component` may be left out for the rest of a cycle and for this and later cycles. `together`
    moves the other injection too. `mode` None is the only, or the safer, one of the scope.
    """

    scope: ShiftScope
    from_day: date
    days: int
    reason: str
    decided_by: str
    component: str | None = None
    slot: str | None = None
    mode: ShiftMode | None = None
    together: bool = True


@dataclass(frozen=True)
class WantedOmission:
    """An omission as a person asks for it; `last_day` None leaves out one day."""

    component: str
    first_day: date
    reason: str
    decided_by: str
    last_day: date | None = None
    slot: str | None = None


def preview_shift(place: Workplace, course_id: str, wanted: WantedShift) -> Preview:
    """What a shift would do; BadInput when it can't be meant that way."""
    course = courses.course(place.store, course_id, place.shelf)
    return preview(course, _records(place, course), _shift(course, wanted))


def preview_omission(place: Workplace, course_id: str, wanted: WantedOmission) -> Preview:
    """What an omission would do; BadInput when it can't be meant that way."""
    course = courses.course(place.store, course_id, place.shelf)
    omission = Omission(
        str(uuid4()),
        wanted.component,
        wanted.first_day,
        wanted.last_day or wanted.first_day,
        wanted.reason.strip(),
        wanted.decided_by.strip(),
        wanted.slot,
    )
    return preview(course, _records(place, course), omission)


def shift_doses(
    place: Workplace, course_id: str, wanted: WantedShift, command_id: UUID | None = None
) -> Changes:
    """Move doses. Refused, with the first conflict, when the preview has any."""
    if (done := place.done_before(command_id, "shift_doses")) is not None:
        return done
    course = courses.course(place.store, course_id, place.shelf)
    change = _possible(preview_shift(place, course_id, wanted)).change
    assert isinstance(change, Shift)
    return _write(
        place, course, "shift_doses", wanted.reason, command_id,
        lambda transaction: shifts.add_shift(transaction, course, change),
    )  # fmt: skip


def omit_doses(
    place: Workplace, course_id: str, wanted: WantedOmission, command_id: UUID | None = None
) -> Changes:
    """Leave out one dose or a component's doses of some days. Refused like a shift."""
    if (done := place.done_before(command_id, "omit_doses")) is not None:
        return done
    course = courses.course(place.store, course_id, place.shelf)
    change = _possible(preview_omission(place, course_id, wanted)).change
    assert isinstance(change, Omission)
    return _write(
        place, course, "omit_doses", wanted.reason, command_id,
        lambda transaction: shifts.add_omission(transaction, course, change),
    )  # fmt: skip


def changes_of(place: Workplace, course_id: str) -> tuple[Decision, ...]:
    """The standing decisions of a course that could be taken back, the latest first.

    The start of the course and the doses ordered with it are not among them.
    """
    found = decisions.of_course(place.store, course_id)
    began = min(decision.sequence for decision in found if decision.table == "cycles")
    return tuple(reversed([decision for decision in found if decision.sequence != began]))


def undo_change(
    place: Workplace, course_id: str, change_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back a shift, omission, hold, dose order or cycle start that nobody built on.

    The plan is then exactly the one from before. Refused when a later decision or a dose
    recorded since rests on it; BadInput for an unknown one.
    """
    if (done := place.done_before(command_id, "undo_change")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    course = courses.course(place.store, course_id, place.shelf)
    if course.ended_on is not None:
        raise Refused(say("error.course_ended"))
    standing = changes_of(place, course_id)
    decision = next((one for one in standing if one.id == change_id), None)
    if decision is None:
        raise BadInput(say("replan.no_such_change"), field="change")
    if decision.table in {"shifts", "omissions"}:
        _possible(preview_undo(course, _records(place, course), change_id))
    problem = _built_on(place, course, decision, standing)
    if problem is not None:
        raise Refused(problem)
    return _write(
        place, course, "undo_change", reason, command_id,
        lambda transaction: courses.undo(transaction, decision.table, decision.id),
    )  # fmt: skip


def _shift(course: Course, wanted: WantedShift) -> Shift:
    components: tuple[str, ...] = ()
    if wanted.component is not None:
        both = wanted.together
        components = together(course, wanted.component) if both else (wanted.component,)
    onward = wanted.scope is ShiftScope.ONWARD
    usual = ShiftMode.RE_ANCHOR if onward else ShiftMode.KEEP_GRID
    return Shift(
        str(uuid4()),
        wanted.scope,
        components,
        wanted.from_day,
        wanted.days,
        wanted.mode or usual,
        wanted.reason.strip(),
        wanted.decided_by.strip(),
        wanted.slot,
    )


def _records(place: Workplace, course: Course) -> dict[SlotId, Administration]:
    last = course.planned_end(len(course.cycles)) + timedelta(days=366)
    return doses.live_between(place.store, course.first_day, last, course.id)


def _possible(found: Preview) -> Preview:
    if found.conflicts:
        raise Refused(found.conflicts[0])
    return found


def _built_on(
    place: Workplace, course: Course, decision: Decision, standing: tuple[Decision, ...]
) -> Message | None:
    for later in standing:
        shared = set(later.components) & set(decision.components)
        # The start of a cycle concerns every component.
        alike = not (later.components and decision.components) or bool(shared)
        if later.sequence > decision.sequence and alike:
            return say("replan.conflict.built_on")
    if decision.table in {"shifts", "omissions"}:
        return None
    linked = [
        component.id
        for component in course.regimen.components
        if component.link is not None and component.link.to in decision.components
    ]
    if decisions.recorded_under(place.store, course.id, decision, linked):
        return say("replan.conflict.recorded_since", day=decision.first_day)
    return None


def _write(
    place: Workplace,
    course: Course,
    action: str,
    reason: str,
    command_id: UUID | None,
    work: Callable[[Transaction], None],
) -> Changes:
    return place.write(
        action,
        work,
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
        reason=reason,
    )
