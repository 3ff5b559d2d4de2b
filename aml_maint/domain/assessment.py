"""Safety assessments: what was asked before and after a cycle, and what was found.

The paper assesses before and after each cycle. A finding is a grade from 0 ("asked, none") to 4,
or "not evaluated", and that is no grade 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from aml_maint.domain.course import Course, EndReason
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.regimen import Regimen
from aml_maint.domain.toxicity import ToxicityItem

# Who died or is lost to the ward can't be assessed.
NOBODY_TO_ASSESS = frozenset({EndReason.DEATH, EndReason.LOST})


class AssessmentKind(StrEnum):
    """When an assessment was made: before a cycle, after it, or at a visit in between."""

    BEFORE = "before"
    AFTER = "after"
    VISIT = "visit"


@dataclass(frozen=True)
class Finding:
    """The answer for one term; a grade of None is "not evaluated"."""

    term: str
    grade: int | None
    note: str = ""

    def __post_init__(self) -> None:
        if self.grade is not None and not 0 <= self.grade <= 4:
            raise BadInput(
                say("error.grade_range"), hint=say("error.grade_range.hint"), field=self.term
            )


@dataclass(frozen=True)
class Assessment:
    """One assessment of a patient: its day, its cycle, and an answer for each term asked."""

    id: str
    patient_id: str
    course_id: str | None
    cycle: int
    kind: AssessmentKind
    on: date
    findings: tuple[Finding, ...]
    note: str = ""
    recorded: Moment | None = None
    recorded_by: str = ""
    recorded_role: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.cycle < 1:
            raise BadInput(say("error.no_such_cycle", cycle=self.cycle), field="cycle")
        if not any(finding.grade is not None for finding in self.findings):
            raise BadInput(say("error.assessment_empty"), hint=say("error.assessment_empty.hint"))
        terms = [finding.term for finding in self.findings]
        if len(set(terms)) != len(terms):
            raise ValueError("each term is answered once")

    def grade(self, term: str) -> int | None:
        """The grade found for a term; None when it was not asked or not evaluated."""
        return next((f.grade for f in self.findings if f.term == term), None)

    def asked(self, term: str) -> bool:
        """Was the term on the list?"""
        return any(finding.term == term for finding in self.findings)


class Made(Protocol):
    """That an assessment was made: all that a cycle asks for."""

    @property
    def course_id(self) -> str | None:
        """The course that it was made for, if for one."""

    @property
    def cycle(self) -> int:
        """The cycle that it was made for."""

    @property
    def kind(self) -> AssessmentKind:
        """When of the cycle."""

    @property
    def on(self) -> date:
        """Its day."""


def speaks_for(made: Assessment, cycle: int) -> bool:
    """Does an assessment tell what was found in a cycle?

    One before the next cycle looks back on it; one before the cycle itself does not.
    """
    if made.kind is AssessmentKind.BEFORE:
        return made.cycle == cycle + 1
    return made.cycle == cycle


def checklist(items: Iterable[ToxicityItem], regimen: Regimen) -> tuple[ToxicityItem, ...]:
    """The terms to ask a patient for, by what the regimen's drugs can do.

    Those with a published frequency come first, the most frequent at the top.
    """
    drugs = {component.drug.id for component in regimen.components}
    asked = [item for item in items if item.asked and (not item.drugs or drugs & set(item.drugs))]
    return tuple(sorted(asked, key=lambda item: -(item.reported.patients if item.reported else 0)))


@dataclass(frozen=True)
class Due:
    """An assessment that a cycle needs and does not have."""

    cycle: int
    kind: AssessmentKind
    on: date


def due_before(
    course: Course,
    cycle: int,
    first_day: date,
    made: Sequence[Made],
    days: int,
) -> Due | None:
    """What is missing before a cycle may begin on a day.

    Made in the last days up to and on that day; the one after the cycle before serves as well.
    """
    earliest = first_day - timedelta(days=days)
    for one in made:
        mine = one.kind is AssessmentKind.BEFORE and one.cycle == cycle
        ending = one.kind is AssessmentKind.AFTER and one.cycle == cycle - 1
        of_course = one.course_id in {course.id, None}
        if of_course and (mine or ending) and earliest <= one.on <= first_day:
            return None
    return Due(cycle, AssessmentKind.BEFORE, first_day)


def due_after(course: Course, cycle: int, made: Sequence[Made]) -> Due | None:
    """What is missing to close a cycle: its own assessment, or the one before the next."""
    start = course.cycle(cycle).first_day
    for one in made:
        mine = one.kind is AssessmentKind.AFTER and one.cycle == cycle
        next_one = one.kind is AssessmentKind.BEFORE and one.cycle == cycle + 1
        if one.course_id == course.id and (mine or next_one) and one.on >= start:
            return None
    return Due(cycle, AssessmentKind.AFTER, course.cycle_end(cycle))


@dataclass(frozen=True)
class Override:
    """A cycle begun or closed without its assessment: who decided it, and why."""

    cycle: int
    kind: AssessmentKind
    reason: str
    decided_by: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise BadInput(say("error.reason_needed"), field="override_reason")
        if not self.decided_by.strip():
            raise BadInput(say("error.override_needs_name"), field="override_by")
