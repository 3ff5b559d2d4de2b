"""No cycle begins or ends without its safety assessment, unless a named person says why.

Whether this is enforced is a site's own decision (`cycle.assessment_needed`, on by default [D];
the assessments themselves are the paper's [P]).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aml_maint.domain.assessment import (
    AssessmentKind,
    Due,
    Override,
    due_after,
    due_before,
)
from aml_maint.domain.course import Course
from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import say
from aml_maint.services.site_settings import site_settings
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments
from aml_maint.store.transaction import Transaction

SETTING = "cycle.assessment_needed"
DAYS = "cycle.assessment_days"


@dataclass(frozen=True)
class Unassessed:
    """The decision to go on without an assessment: who made it, and why."""

    decided_by: str
    reason: str


def expect_assessed(
    place: Workplace, course: Course, first_day: date, decision: Unassessed | None
) -> tuple[Override, ...]:
    """What is waived so that the next cycle may begin on a day; Refused if it may not.

    A start recorded longer ahead than an assessment speaks for is a plan: its own falls due later.
    """
    today = place.clock.now().day_in(course.zone)
    days = site_settings(place).days(DAYS)
    if not _is_enforced(place) or today < first_day - timedelta(days=days):
        return ()
    made = assessments.made_of(place.store, [course.patient_id])[course.patient_id]
    number = len(course.cycles) + 1
    missing = due_before(course, number, first_day, made, days)
    if missing is None:
        return ()
    closing = due_after(course, number - 1, made)
    return _decided(place, [missing, *([closing] if closing is not None else [])], decision)


def expect_closed(
    place: Workplace, course: Course, last_day: date, decision: Unassessed | None
) -> tuple[Override, ...]:
    """The same for the end of the last cycle with its course."""
    today = place.clock.now().day_in(course.zone)
    days = site_settings(place).days(DAYS)
    if not _is_enforced(place) or today < last_day - timedelta(days=days):
        return ()
    made = assessments.made_of(place.store, [course.patient_id])[course.patient_id]
    missing = due_after(course, len(course.cycles), made)
    return () if missing is None else _decided(place, [missing], decision)


def keep_overrides(
    place: Workplace, transaction: Transaction, course: Course, waived: Sequence[Override]
) -> None:
    """Record what was waived, in the same transaction as the act it allowed."""
    for override in waived:
        assessments.add_override(transaction, course.id, override, place.clock.now())


def _is_enforced(place: Workplace) -> bool:
    return site_settings(place).flag(SETTING)


def _decided(
    place: Workplace, missing: Sequence[Due], decision: Unassessed | None
) -> tuple[Override, ...]:
    days = site_settings(place).days(DAYS)
    if decision is None:
        first = missing[0]
        kind = "before" if first.kind is AssessmentKind.BEFORE else "after"
        raise Refused(
            say(f"error.not_assessed.{kind}", cycle=first.cycle, days=days),
            hint=say("error.not_assessed.hint"),
            field="override_reason",
        )
    place.expect_allowed("override_rule")
    reason, by = decision.reason.strip(), decision.decided_by.strip()
    return tuple(Override(due.cycle, due.kind, reason, by) for due in missing)
