"""A physician's word on a marrow: the computed verdict confirmed, or overruled with a reason.

The program advises; what a physician decided stands until somebody decides anew. If results that
came later change the computed verdict, the decision is shown as one on other facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.mrd import MrdClass
from aml_maint.domain.response import MarrowVerdict, Response


class Decision(StrEnum):
    """What the physician did with the computed verdict."""

    CONFIRMED = "confirmed"
    OVERRULED = "overruled"


@dataclass(frozen=True)
class ResponseReview:
    """A decision on a marrow. `computed` is the verdict it was taken on, as code words."""

    id: str
    patient_id: str
    marrow_id: str
    computed: str
    decision: Decision
    response: Response | None
    mrd: MrdClass | None
    reason: str
    decided_by: str
    decided: Moment

    def __post_init__(self) -> None:
        if self.decision is Decision.OVERRULED and not self.reason.strip():
            raise BadInput(say("error.reason_needed"), field="reason")

    def is_current(self, verdict: MarrowVerdict) -> bool:
        """Was it taken on the verdict that stands now?"""
        return self.computed == computed_words(verdict)


def computed_words(verdict: MarrowVerdict) -> str:
    """A computed verdict as code words: the study's response, ELN's, and the two MRD classes."""
    mrd = verdict.mrd
    words = (
        verdict.response.study,
        verdict.response.eln,
        mrd.study if mrd else None,
        mrd.eln if mrd else None,
    )
    return " ".join(word.value if word else "-" for word in words)
