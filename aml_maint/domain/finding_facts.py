"""Facts of a patient, besides doses and gates, that findings rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from aml_maint.domain.assessment import Due
from aml_maint.domain.disease import Diagnosis
from aml_maint.domain.follow_up import EventKind
from aml_maint.domain.marrow import GeneVariant
from aml_maint.domain.messages import Message, Name
from aml_maint.domain.patient import Risk
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
class KnownRelapse:
    """A relapse by the marrows or by the follow-up.

    `first` is the day that the study counts it from: for a molecular one the first positive MRD,
    which a later sample confirmed on the day `on`. `marrow` is empty where only the follow-up
    tells of it. `mutations` are those on record, for whoever looks at it.
    """

    kind: EventKind
    marrow: str
    first: date
    on: date
    reason: Message
    mutations: tuple[Message, ...] = ()


@dataclass(frozen=True)
class NotedSample:
    """A marrow that asks for another one, and why."""

    marrow: str
    on: date
    reasons: tuple[Message, ...]


@dataclass(frozen=True)
class QuestionedRelapse:
    """A molecular relapse of the follow-up (its id and day) that a later negative did not confirm.

    `marrow` and `negative_on` are of that negative sample.
    """

    event: str
    on: date
    marrow: str
    negative_on: date


@dataclass(frozen=True)
class NewVariant:
    """A mutated gene that a marrow showed first."""

    marrow: str
    on: date
    variant: GeneVariant


@dataclass(frozen=True)
class GeneticFacts:
    """The risk in force, what it rests on, and the transplants on record.

    `transplants` are days of the follow-up; `earlier_transplant` says that one was given before.
    """

    risk: Risk | None = None
    diagnosis: Diagnosis | None = None
    new_variants: tuple[NewVariant, ...] = ()
    transplants: tuple[date, ...] = ()
    earlier_transplant: bool = False

    @property
    def transplanted(self) -> bool:
        """Was the patient ever transplanted?"""
        return self.earlier_transplant or bool(self.transplants)

    def transplanted_since(self, day: date) -> bool:
        """Was there a transplant on that day or later?"""
        return any(on >= day for on in self.transplants)


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
    relapse: KnownRelapse | None = None
    """One that the follow-up does not tell of."""
    relapse_in_force: KnownRelapse | None = None
    """The last one, be it in the follow-up or not."""
    questioned: QuestionedRelapse | None = None
    rise: NotedSample | None = None
    poor_sample: NotedSample | None = None
    genetics: GeneticFacts = field(default_factory=GeneticFacts)
    late_specimens: Sequence[Tracked] = ()
    unsigned: Sequence[UnsignedToxicity] = ()
