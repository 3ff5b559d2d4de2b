"""Marrows in words: for tables, cards, tips and whoever reads instead of seeing."""

from __future__ import annotations

from aml_maint.domain.marrow import Specimen
from aml_maint.domain.marrow_facts import result_facts
from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd_course import MrdState
from aml_maint.domain.response_review import ResponseReview
from aml_maint.domain.response_words import review_text
from aml_maint.domain.specimen_clock import SpecimenState, Tracked

# The colour of a state; every state is told in words as well.
STATE_TOKENS = {
    MrdState.UNKNOWN: "muted",
    MrdState.NEGATIVE: "success",
    MrdState.SUSTAINED: "success",
    MrdState.PERSISTENT: "warning",
    MrdState.PENDING: "danger",
    MrdState.CONFIRMED: "danger",
    MrdState.MORPHOLOGICAL: "danger",
}


def review_words(review: ResponseReview | None, *, stale: bool) -> tuple[Message, str]:
    """What a physician made of the verdict, and the colour of that."""
    token = "warning" if review is None or stale else "muted"
    return review_text(review, stale=stale), token


def specimen_words(one: Tracked) -> tuple[Message, str]:
    """Where a specimen is, with its working days, and the colour of that."""
    specimen = one.specimen
    told: dict[str, object] = {
        "assay": say(f"assay.{specimen.assay.value}"),
        "days": one.working_days,
        "due": one.due_on,
    }
    if specimen.result is not None:
        told["facts"] = _facts(specimen)
        late = "late" if one.is_late else "resulted"
        return Message(f"specimen.{late}", told), "warning" if one.is_late else "text"
    token = "danger" if one.state is SpecimenState.OVERDUE else "muted"
    return Message(f"specimen.{one.state.value}", told), token


def _facts(specimen: Specimen) -> tuple[Message, ...]:
    assert specimen.result is not None
    found = result_facts(specimen.result)
    return found or (say("marrow.fact.none"),)
