"""A toxicity of a patient as recorded: term, grade, when it began and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import LabValue


@dataclass(frozen=True)
class ToxicityRecord:
    """One episode of one term. Grade 0 is "looked for, none"; None is "not evaluated"."""

    id: str
    patient_id: str
    course_id: str | None
    term: str
    grade: int | None
    onset_on: date
    resolved_on: date | None = None
    value: LabValue | None = None
    linked_administration: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.grade is not None and not 0 <= self.grade <= 4:
            raise BadInput(say("error.grade_range"), field="grade")
        if self.resolved_on is not None and self.resolved_on < self.onset_on:
            raise BadInput(say("error.resolved_first"), field="resolved_on")
