"""One patient as a cohort looks at them: what Table 1 counts, the outcome, and what is missing.

Patients of the ward and patients of a published cohort stand side by side; what a publication
does not give is None and is listed as missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.cohort import ReportedPatient
from aml_maint.domain.disease import SorafenibTiming
from aml_maint.domain.endpoints import Counting, Endpoint, Fate, observe
from aml_maint.domain.follow_up import RELAPSES, EventKind
from aml_maint.domain.messages import Message
from aml_maint.domain.patient import Flt3Itd, Risk, Sex

# The facts that a complete member has, in the order of Table 1.
FACTS = (
    "sex", "age", "wbc", "blasts", "fab", "cytogenetics", "flt3_itd", "risk", "sorafenib",
    "baseline_mrd", "earlier", "os", "rfs",
)  # fmt: skip
_ENDPOINTS = {"os": Endpoint.OS, "rfs": Endpoint.RFS_ANY}


class Status(StrEnum):
    """How the disease stands, as Table 2 of the paper has it: the gravest relapse on record."""

    REMISSION = "CR"
    MOLECULAR_RELAPSE = "molecular_relapse"
    MORPHOLOGICAL_RELAPSE = "morphological_relapse"
    """Seen under the microscope, or outside the marrow."""


class LastKnown(StrEnum):
    """What is known of a patient's life at the last contact."""

    ALIVE = "alive"
    DEAD = "dead"
    LOST = "lost_to_follow_up"


@dataclass(frozen=True)
class MrdPoint:
    """One MRD value for the heat strip: months since maintenance start, class and percent.

    A publication prints no day.
    """

    months: Decimal
    positive: bool | None
    percent: Decimal | None
    on: date | None = None


@dataclass(frozen=True)
class Member:
    """A patient of a cohort. `study` is empty for the ward's own.

    `karyotype` and `earlier` (the therapy before maintenance) are as written. `on_therapy` are the
    stretches of maintenance in months since its start; a publication prints none. `withheld` is
    the earlier therapy of somebody whose typed texts stay behind: it is on record all the same.
    """

    id: str
    label: str
    study: str
    sex: Sex
    age: Decimal | None
    wbc: Decimal | None
    blasts: Decimal | None
    fab: str
    normal_karyotype: bool | None
    genes: tuple[str, ...] | None
    flt3_itd: Flt3Itd
    risk: Risk
    sorafenib: SorafenibTiming
    fate: Fate
    regimen: str = ""
    baseline_percent: Decimal | None = None
    mrd: tuple[MrdPoint, ...] = ()
    karyotype: str = ""
    earlier: str = ""
    cycles: int | None = None
    on_therapy: tuple[tuple[Decimal, Decimal], ...] = ()
    withheld: bool = False

    @property
    def status(self) -> Status:
        """The gravest relapse since maintenance began."""
        fate = self.fate
        if fate.reported is not None:
            return Status(fate.reported.status)
        since = fate.maintenance_from or date.min
        kinds = {event.kind for event in fate.events if event.on >= since} & RELAPSES
        if kinds - {EventKind.MOLECULAR_RELAPSE}:
            return Status.MORPHOLOGICAL_RELAPSE
        return Status.MOLECULAR_RELAPSE if kinds else Status.REMISSION

    @property
    def last_known(self) -> LastKnown:
        """Alive, dead, or lost: nobody heard of since that was recorded."""
        fate = self.fate
        if fate.reported is not None:
            return LastKnown(fate.reported.outcome)
        if fate.first({EventKind.DEATH}) is not None:
            return LastKnown.DEAD
        lost = max((e.on for e in fate.events if e.kind is EventKind.LOST), default=None)
        heard = fate.last_known
        if lost is not None and (heard is None or heard <= lost):
            return LastKnown.LOST
        return LastKnown.ALIVE

    @property
    def missing(self) -> tuple[str, ...]:
        """Which facts are not on record; nobody is dropped for them."""
        found = {
            "sex": self.sex is not Sex.UNKNOWN,
            "age": self.age is not None,
            "wbc": self.wbc is not None,
            "blasts": self.blasts is not None,
            "fab": bool(self.fab),
            "cytogenetics": self.normal_karyotype is not None,
            "flt3_itd": self.flt3_itd not in {Flt3Itd.NOT_RECORDED, Flt3Itd.NOT_TESTED},
            "risk": self.risk is not Risk.NOT_RECORDED,
            "sorafenib": self.sorafenib is not SorafenibTiming.NOT_RECORDED,
            "baseline_mrd": self.fate.baseline_positive is not None,
            "earlier": bool(self.earlier) or self.withheld,
            **{fact: self.why_not_observed(fact) is None for fact in _ENDPOINTS},
        }
        return tuple(fact for fact in FACTS if not found[fact])

    def why_not_observed(self, fact: str) -> Message | None:
        """Why overall (`os`) or relapse-free survival (`rfs`) can't be told; None if it can."""
        found = observe(self.fate, _ENDPOINTS[fact], Counting())
        return found if isinstance(found, Message) else None


def reported_member(patient_id: str, study: str, patient: ReportedPatient) -> Member:
    """A patient of a published cohort, as printed."""
    karyotype = patient.karyotype.strip().casefold()
    timing = patient.sorafenib_timing.strip().casefold()
    known = {timing.value for timing in SorafenibTiming}
    positive = {"positive": True, "negative": False}.get(patient.mrd_flow)
    return Member(
        id=patient_id,
        label=str(patient.number),
        study=study,
        sex=patient.sex,
        age=patient.age_years,
        wbc=patient.wbc,
        blasts=patient.blast_percent,
        fab=patient.fab_group or patient.fab,
        normal_karyotype=karyotype == "normal" if karyotype else None,
        genes=patient.mutations,
        flt3_itd=patient.flt3_itd,
        risk=patient.eln2022,
        sorafenib=SorafenibTiming(timing) if timing in known else SorafenibTiming.NOT_RECORDED,
        fate=Fate(baseline_positive=positive, reported=patient),
        baseline_percent=patient.mrd_flow_percent,
        mrd=()
        if not patient.mrd_flow
        else (MrdPoint(Decimal(0), positive, patient.mrd_flow_percent),),
        karyotype=patient.karyotype,
        earlier=patient.pretreatment,
    )


@dataclass(frozen=True)
class Completeness:
    """One fact of the cohort: who has it, and who lacks it, by label."""

    fact: str
    known: int
    missing: tuple[str, ...]


def completeness(members: Sequence[Member]) -> tuple[Completeness, ...]:
    """What is missing, fact by fact."""
    lacking = {member.id: set(member.missing) for member in members}
    return tuple(
        Completeness(
            fact,
            sum(1 for member in members if fact not in lacking[member.id]),
            tuple(member.label for member in members if fact in lacking[member.id]),
        )
        for fact in FACTS
    )
