"""Facts of a patient, besides doses and gates, that findings rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aml_maint.domain.assessment import Due
from aml_maint.domain.messages import Message, Name
from aml_maint.domain.specimen_clock import Tracked


@dataclass(frozen=True)
class LowSupply:
    """Tablets of a drug at home that end soon. `days` are the whole days that they still last.

    `short_on` is the first day with a dose that can't be taken whole. `basis` names the records
    that this was reckoned from.
    """

    drug_id: str
    drug: Name
    days: int
    short_on: date
    basis: str


@dataclass(frozen=True)
class PendingRelapse:
    """A first positive MRD after negative ones, and by when a second sample is due."""

    marrow: str
    positive_on: date
    repeat_by: date
    reason: Message


@dataclass(frozen=True)
class UnseenVerdict:
    """A marrow with a positive MRD or a relapse that no physician has confirmed or overruled.

    `computed` are the verdict's code words; `reasons` say why.
    """

    marrow: str
    on: date
    computed: str
    reasons: tuple[Message, ...]


@dataclass(frozen=True)
class UnsignedToxicity:
    """A toxicity whose latest version waits for a physician's signature."""

    version: str
    term: Name
    worst: int | None
    onset: date


@dataclass(frozen=True)
class OtherFacts:
    """All of these of one patient; empty where there is nothing to tell."""

    assessments: Sequence[Due] = ()
    supplies: Sequence[LowSupply] = ()
    pending_relapse: PendingRelapse | None = None
    unseen: UnseenVerdict | None = None
    late_specimens: Sequence[Tracked] = ()
    unsigned: Sequence[UnsignedToxicity] = ()
