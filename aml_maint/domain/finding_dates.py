"""Findings about what the calendar asks for: the next cycle, the marrow, a course at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from aml_maint.domain.course import Course
from aml_maint.domain.finding_snapshot import Snapshot
from aml_maint.domain.findings import Action, Finding, FindingKind, Severity
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.messages import Message, say
from aml_maint.domain.regimen import Check

MARROW_CHECK = "marrow_morphology"


def _no_course(snapshot: Snapshot) -> Iterator[Finding]:
    if snapshot.course is None:
        yield Finding(
            FindingKind.NO_COURSE,
            Severity.NOTICE,
            "",
            say("finding.no_course"),
            say("finding.source.no_course"),
            Action.START_COURSE,
            (),
        )


def _cycle_due(snapshot: Snapshot) -> Iterator[Finding]:
    """The next cycle is due to start soon, today, or was due days ago.

    A cycle starts by a recorded act; until then the old one runs on (clinical rules, "Missed,
    late, held, shifted").
    """
    course = snapshot.course
    if course is None or not snapshot.runs:
        return
    if snapshot.today < course.first_day:
        yield from _course_begins(snapshot, course)
        return
    last = len(course.cycles)
    due = course.expected_start
    days = (snapshot.today - due).days
    if days < -snapshot.limits.cycle_ahead or _ends_before(course, due):
        return
    over = course.regimen.max_cycles is not None and last >= course.regimen.max_cycles
    if over:
        if days >= 0:
            yield _course_over(course, last, due)
        return
    yield Finding(
        FindingKind.CYCLE_DUE,
        Severity.NOTICE if days < 0 else Severity.ATTENTION,
        str(last + 1),
        by_days("finding.cycle_due", days, cycle=last + 1, due=due),
        course.regimen.cycles_source.title,
        Action.START_CYCLE,
        (course.id, str(due), "soon" if days < 0 else "due"),
        day=due,
    )


def _course_begins(snapshot: Snapshot, course: Course) -> Iterator[Finding]:
    days = (snapshot.today - course.first_day).days
    if days >= -snapshot.limits.cycle_ahead:
        yield Finding(
            FindingKind.CYCLE_DUE,
            Severity.NOTICE,
            "1",
            by_days("finding.course_begins", days, due=course.first_day),
            course.regimen.cycles_source.title,
            Action.LOOK_AT_DOSES,
            (course.id, str(course.first_day)),
            day=course.first_day,
        )


def _course_over(course: Course, last: int, due: date) -> Finding:
    return Finding(
        FindingKind.CYCLE_DUE,
        Severity.ATTENTION,
        "end",
        say("finding.course_over", cycles=last, on=due - timedelta(days=1)),
        course.regimen.cycles_source.title,
        Action.END_COURSE,
        (course.id, str(due)),
        day=due,
    )


def _ends_before(course: Course, day: date) -> bool:
    return course.ended_on is not None and course.ended_on < day


def marrow_due_on(course: Course, marrows: tuple[Marrow, ...]) -> tuple[date, Check] | None:
    """When the next marrow is due, and the check of the regimen that asks for it.

    So many days after the last sample that could be judged; at the first day of the course
    when there is none. None where the regimen asks for no marrow at intervals.
    """
    check = next((c for c in course.regimen.checks if c.id == MARROW_CHECK and c.active), None)
    if check is None or check.every_days is None:
        return None
    judged = [marrow for marrow in marrows if _can_be_judged(marrow)]
    if not judged:
        return course.first_day, check
    last = max(marrow.collected.day_in(course.zone) for marrow in judged)
    return last + timedelta(days=check.every_days), check


def _can_be_judged(marrow: Marrow) -> bool:
    """An inadequate aspirate with no flow result answers nothing (clinical rules, "Marrow")."""
    evaluable = marrow.morphology is None or marrow.morphology.quality.is_evaluable
    return evaluable or marrow.flow is not None


def _marrow_due(snapshot: Snapshot) -> Iterator[Finding]:
    """The monthly marrow: soon, due, or past its window."""
    course = snapshot.course
    if course is None or not snapshot.runs:
        return
    found = marrow_due_on(course, tuple(snapshot.marrows))
    if found is None or _ends_before(course, found[0]):
        return
    due, check = found
    days = (snapshot.today - due).days
    if days < -snapshot.limits.marrow_early:
        return
    overdue = days > snapshot.limits.marrow_late
    phase = "overdue" if overdue else "due" if days >= 0 else "soon"
    last = snapshot.marrows[-1] if snapshot.marrows else None
    yield Finding(
        FindingKind.MARROW_DUE,
        Severity.NOTICE if days < 0 else Severity.ATTENTION,
        "",
        say("finding.marrow", due=by_days("finding.marrow_due", days, due=due),
            last=_last_marrow(course, last)),
        check.source.title,
        Action.RECORD_MARROW,
        (last.id if last else "none", str(due), phase),
        day=due,
    )  # fmt: skip


def _last_marrow(course: Course, last: Marrow | None) -> Message:
    if last is None:
        return say("finding.marrow.none")
    day = last.collected.day_in(course.zone)
    if not _can_be_judged(last):
        return say("finding.marrow.inadequate", day=day)
    return say("finding.marrow.last", day=day)


def by_days(key: str, days: int, **told: object) -> Message:
    """A due date in words: in so many days, today, or so many days ago."""
    if days == 0:
        return Message(f"{key}.today", told)
    when = "ago" if days > 0 else "ahead"
    one = ".one" if abs(days) == 1 else ""
    return Message(f"{key}.{when}{one}", {**told, "days": abs(days)})


RULES = (_no_course, _cycle_due, _marrow_due)
