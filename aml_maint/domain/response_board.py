"""A patient's marrows side by side: what each means, what a physician made of it, what is out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aml_maint.domain.course import Course
from aml_maint.domain.follow_up import DiseaseEvent
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.mrd import MrdClass, PcrChange
from aml_maint.domain.mrd_course import MrdCourse
from aml_maint.domain.response import Counts, MarrowVerdict, Response
from aml_maint.domain.response_review import Decision, ResponseReview
from aml_maint.domain.specimen_clock import Tracked


@dataclass(frozen=True)
class MarrowRow:
    """One marrow with what it means, what a physician made of it, and what is still out.

    `pcr` tells how each PCR target moved.
    """

    marrow: Marrow
    verdict: MarrowVerdict
    counts: Counts
    review: ResponseReview | None
    tracked: tuple[Tracked, ...]
    pcr: Mapping[str, PcrChange]

    @property
    def day(self) -> date:
        """The day it was collected, where it was collected."""
        return self.marrow.collected.local.date()

    @property
    def order(self) -> str:
        """Its place among the samples of a day."""
        return f"{self.marrow.collected.utc.isoformat()} {self.marrow.id}"

    @property
    def response(self) -> Response | None:
        """The response in force: the physician's, else the computed one."""
        if self.review is not None and self.review.decision is Decision.OVERRULED:
            return self.review.response
        return self.verdict.response.study

    @property
    def mrd(self) -> MrdClass | None:
        """The MRD class in force on the study's track: the physician's, else the computed one."""
        if self.review is not None and self.review.decision is Decision.OVERRULED:
            return self.review.mrd
        return self.verdict.mrd.study if self.verdict.mrd else None

    @property
    def review_is_stale(self) -> bool:
        """Have results that came later changed what the physician's word was about?"""
        return self.review is not None and not self.review.is_current(self.verdict)

    @property
    def wants_review(self) -> bool:
        """Is there a verdict that no physician has seen as it stands?"""
        judged = self.verdict.response.study is not None or self.verdict.mrd is not None
        return judged and (self.review is None or self.review_is_stale)


@dataclass(frozen=True)
class ResponseBoard:
    """A patient's marrows, oldest first, the course of MRD on both tracks, and what lies around.

    `baseline` is the marrow that the course of MRD starts from.
    """

    patient_id: str
    today: date
    rows: tuple[MarrowRow, ...]
    baseline: MarrowRow | None
    study: MrdCourse
    eln: MrdCourse
    courses: tuple[Course, ...]
    events: tuple[DiseaseEvent, ...]
    """What became of the patient, in the order of the days."""

    @property
    def latest(self) -> MarrowRow | None:
        """The last marrow of which something is back, else the last one."""
        back = [r for r in self.rows if r.verdict.response.study or r.verdict.mrd]
        found = back or list(self.rows)
        return found[-1] if found else None

    @property
    def repeat_by(self) -> date | None:
        """The day by which a first positive wants its second sample."""
        day = self.study.repeat_by
        return None if day is None else date.fromordinal(day)

    @property
    def pending(self) -> tuple[Tracked, ...]:
        """The specimens whose results are out, the oldest first."""
        return tuple(one for r in self.rows for one in r.tracked if one.specimen.is_pending)
