"""What gates go by, read together: laboratory results and what concerns pregnancy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aml_maint.domain.course import Course
from aml_maint.domain.gate import GateEvidence
from aml_maint.store import labs, pregnancy
from aml_maint.store.database import Store


def of_course(store: Store, course: Course) -> GateEvidence:
    """All evidence for the doses of a course."""
    return GateEvidence(
        tuple(labs.of_patient(store, course.patient_id)),
        pregnancy.of_patient(store, course.patient_id),
        course.first_day,
    )


def of_courses(store: Store, courses: Sequence[Course], since: datetime) -> dict[str, GateEvidence]:
    """By course id: evidence from an instant on, and the last two results of each kind before it.

    Four queries, however many courses there are and however long they run.
    """
    people = sorted({course.patient_id for course in courses})
    results = labs.for_gates(store, people, _analytes(courses), since)
    tests = pregnancy.of_patients(store, people)
    found = {}
    for course in courses:
        mine = tuple(results.get(course.patient_id, ()))
        evidence = GateEvidence(mine, first_day=course.first_day)
        if course.patient_id in tests:
            evidence = GateEvidence(mine, tests[course.patient_id], course.first_day)
        found[course.id] = evidence
    return found


def _analytes(courses: Sequence[Course]) -> tuple[str, ...]:
    """The laboratory values that gates of some courses ask for, under any of their settings."""
    rules = {
        rule.analyte
        for course in courses
        for regimen in course.regimens
        for component in regimen.components
        for rule in component.gates
        if rule.active
    }
    return tuple(sorted(rules))
