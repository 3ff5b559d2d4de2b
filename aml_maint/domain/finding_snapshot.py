"""All that findings of one patient rest on: one snapshot in, an ordered list of findings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from aml_maint.domain.course import Course
from aml_maint.domain.dose_standing import DoseStanding
from aml_maint.domain.finding_facts import OtherFacts
from aml_maint.domain.findings import Limits
from aml_maint.domain.gate import GateEvidence
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.moment import Moment


@dataclass(frozen=True)
class Snapshot:
    """What is known of one patient, read at one moment.

    `doses` are those planned from `limits.look_back` days before `today` to the last day that
    findings look ahead, as they stand at `now`; `today` is a day of the course's own calendar.
    `evidence` is what gates ask for and `marrows` are the examinations, oldest first.
    """

    now: Moment
    today: date
    limits: Limits
    course: Course | None = None
    doses: Sequence[DoseStanding] = ()
    evidence: GateEvidence = field(default_factory=GateEvidence)
    marrows: Sequence[Marrow] = ()
    other: OtherFacts = field(default_factory=OtherFacts)

    @property
    def runs(self) -> bool:
        """Is there a course that has not ended before today?"""
        course = self.course
        return course is not None and (course.ended_on is None or course.ended_on >= self.today)
