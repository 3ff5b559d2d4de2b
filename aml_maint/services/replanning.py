"""Replanning a course: every decision is previewed, made in one transaction, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from aml_maint.domain.administration import Administration
from aml_maint.domain.assessment import NOBODY_TO_ASSESS, Override
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.plan_facts import Fact, first_day_of_all, rests_on, withdraw
from aml_maint.domain.replan import Preview, preview, preview_undo
from aml_maint.domain.replan_words import decided_by, told, why_told
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.shift import Shift
from aml_maint.services.assessment_gate import expect_assessed, expect_closed, keep_overrides
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.replan_facts import facts_of, why
from aml_maint.services.replan_wanted import (
    ACTIONS,
    Wanted,
    WantedDelay,
    WantedDose,
    WantedEnd,
    WantedHold,
    WantedOmission,
    WantedRegimen,
    WantedResume,
    WantedShift,
    WantedStart,
)
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, decisions, doses, plan_facts
from aml_maint.store.decisions import Decision
from aml_maint.store.transaction import Transaction

__all__ = [
    "PlanChange", "Wanted", "WantedDelay", "WantedDose", "WantedEnd", "WantedHold",
    "WantedOmission", "WantedRegimen", "WantedResume", "WantedShift", "WantedStart",
    "change_plan", "changes_of", "preview_change", "preview_undo_of", "undo_change",
]  # fmt: skip


# Doses so many days before a decision can be near the first ones that it moves.
_NEIGHBOURS = timedelta(days=14)


@dataclass(frozen=True)
class PlanChange:
    """A decision about the plan as people read of it: what, why, who decided, who entered it.

    `undone` tells when it was taken back and by whom, if it was.
    """

    id: str
    what: Message
    why: Message | None
    decided_by: str
    entered: Moment
    entered_by: str
    undone: tuple[Moment, str] | None
    facts: tuple[Fact, ...]

    @property
    def undo_name(self) -> Message:
        """What taking it back is called: the change, its day and who decided."""
        day = self.entered.local.date()
        return say("replan.undo_named", what=self.what, day=day, by=self.decided_by)


def preview_change(place: Workplace, course_id: str, wanted: Wanted) -> Preview:
    """What a decision would do; BadInput when it can't be meant that way."""
    course = courses.course(place.store, course_id, place.shelf)
    facts = facts_of(place, course, wanted)
    return preview(course, records_near(place, course, facts), facts, _today(place, course))


def change_plan(
    place: Workplace, course_id: str, wanted: Wanted, command_id: UUID | None = None
) -> Changes:
    """Make a decision about the plan. Refused with the first conflict if its preview has any.

    A cycle begins and a course ends only after its assessment (see `assessment_gate`).
    """
    action = ACTIONS[type(wanted)]
    if (done := place.done_before(command_id, action)) is not None:
        return done
    course = courses.course(place.store, course_id, place.shelf)
    found = _possible(preview_change(place, course_id, wanted))
    waived = _waived(place, course, wanted)

    def work(transaction: Transaction) -> None:
        plan_facts.write(transaction, course, found.facts)
        keep_overrides(place, transaction, course, waived)

    return place.write(
        action,
        work,
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
        reason=why(wanted),
    )


def _waived(place: Workplace, course: Course, wanted: Wanted) -> Sequence[Override]:
    """The assessments that a decision goes without; Refused where none may be missing."""
    match wanted:
        case WantedStart():
            return expect_assessed(place, course, wanted.first_day, wanted.unassessed)
        case WantedEnd() if wanted.reason not in NOBODY_TO_ASSESS:
            return expect_closed(place, course, wanted.last_day, wanted.unassessed)
        case _:
            return ()


def changes_of(
    place: Workplace, course_id: str, *, with_undone: bool = False
) -> tuple[PlanChange, ...]:
    """The decisions about a course's plan, the latest first; its start is none of them."""
    course = courses.course(place.store, course_id, place.shelf)
    found = decisions.of_course(place.store, course_id, place.shelf)
    return tuple(_change(course, one) for one in reversed(found) if with_undone or not one.undone)


def preview_undo_of(place: Workplace, course_id: str, change_id: str) -> Preview:
    """What taking a decision back would do; BadInput for an unknown one.

    A later decision or a dose recorded since that rests on it is a conflict.
    """
    course = courses.course(place.store, course_id, place.shelf)
    decision, later = _decision(place, course, change_id)
    since = decisions.recorded_since(place.store, course_id, decision.sequence)
    records = records_near(place, course, decision.facts)
    # The site's settings and the course's own times are part of what a regimen plans.
    shrunk = courses.as_set(withdraw(course, decision.facts), place.shelf)
    found = preview_undo(course, records, decision.facts, since, _today(place, course), shrunk)
    if any(rests_on(course, other.facts, decision.facts) for other in later):
        built_on = say("replan.conflict.built_on")
        return replace(found, conflicts=(built_on, *found.conflicts))
    return found


def undo_change(
    place: Workplace, course_id: str, change_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back a decision that nobody built on; the plan is then exactly the one from before.

    Refused when a later decision or a dose recorded since rests on it; BadInput for an unknown
    one.
    """
    if (done := place.done_before(command_id, "undo_change")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    course = courses.course(place.store, course_id, place.shelf)
    decision, _ = _decision(place, course, change_id)
    _possible(preview_undo_of(place, course_id, change_id))
    _expect_only_course(place, course, decision)
    return place.write(
        "undo_change",
        lambda transaction: decisions.take_back(transaction, place.store, decision.sequence),
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
        reason=reason,
    )


def _decision(
    place: Workplace, course: Course, change_id: str
) -> tuple[Decision, Sequence[Decision]]:
    """A standing decision, and the later ones that stand."""
    standing = [
        one
        for one in decisions.of_course(place.store, course.id, place.shelf)
        if one.undone is None
    ]
    for number, decision in enumerate(standing):
        if decision.id == change_id:
            return decision, standing[number + 1 :]
    raise BadInput(say("replan.no_such_change"), field="change")


def _expect_only_course(place: Workplace, course: Course, decision: Decision) -> None:
    """Refused when a course would run again beside a later one of the patient."""
    if course.ended_on is None:
        return
    latest = courses.latest_by_patient(place.store, place.shelf, course.patient_id)
    if latest[course.patient_id].id != course.id:
        raise Refused(say("replan.conflict.later_course"))


def _change(course: Course, decision: Decision) -> PlanChange:
    command, undone = decision.command, decision.undone
    return PlanChange(
        decision.id,
        told(course, decision.facts),
        why_told(decision.facts),
        decided_by(decision.facts) or command.actor.name,
        command.recorded,
        command.actor.name,
        None if undone is None else (undone.recorded, undone.actor.name),
        decision.facts,
    )


def _today(place: Workplace, course: Course) -> date:
    return place.clock.now().day_in(course.zone)


def records_near(
    place: Workplace, course: Course, facts: Sequence[Fact]
) -> dict[SlotId, Administration]:
    """The records that a decision can touch: from the cycle in which its doses may lie."""
    moved = max((abs(fact.days) for fact in facts if isinstance(fact, Shift)), default=0)
    around = 2 * (course.reach + timedelta(days=moved)) + _NEIGHBOURS
    early = max(first_day_of_all(course, facts) - around, course.first_day)
    first = course.place(early).first_day - course.reach
    planned = doses.live_between(place.store, first, date.max, course.id)
    extra = doses.unplanned_between(place.store, first, date.max, course.id)
    return planned | {record.slot: record for record in extra}


def _possible(found: Preview) -> Preview:
    if found.conflicts:
        first = found.conflicts[0]
        vanish = first.key == "error.records_would_vanish"
        raise Refused(first, hint=say("error.records_would_vanish.hint") if vanish else None)
    return found
