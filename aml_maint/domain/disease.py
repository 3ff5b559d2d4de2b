"""What is known of a patient's leukaemia at diagnosis, and of the therapy before maintenance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.marrow import GeneVariant
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Flt3Itd, Risk
from aml_maint.domain.risk import Cebpa, Genetics, RiskVerdict, eln2022, flt3_known


class SorafenibTiming(StrEnum):
    """From which part of the therapy on sorafenib was given."""

    INDUCTION = "induction"
    CONSOLIDATION = "consolidation"
    MAINTENANCE = "maintenance"
    NOT_GIVEN = "not_given"
    NOT_RECORDED = "not_recorded"


class NoTransplant(StrEnum):
    """Why a patient in remission was not transplanted."""

    NO_DONOR = "no_donor"
    AGE = "age"
    COMORBIDITY = "comorbidity"
    WISH = "wish"
    COST = "cost"
    FAVOURABLE_RISK = "favourable_risk"
    MRD_NEGATIVE = "mrd_negative"
    OTHER = "other"
    NOT_RECORDED = "not_recorded"


class TherapyKind(StrEnum):
    """What an earlier therapy was for."""

    INDUCTION = "induction"
    CONSOLIDATION = "consolidation"
    SALVAGE = "salvage"
    TRANSPLANT = "transplant"
    MAINTENANCE = "maintenance"
    OTHER = "other"


@dataclass(frozen=True)
class RiskOverrule:
    """A physician's risk in the place of the computed one, with who and why."""

    risk: Risk
    reason: str
    decided_by: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise BadInput(say("error.reason_needed"), field="risk_reason")
        if not self.decided_by.strip():
            raise BadInput(say("error.decided_by_needed"), field="decided_by")


@dataclass(frozen=True)
class Diagnosis:
    """The leukaemia at diagnosis. Nothing is filled in that nobody gave.

    `cytogenetics` None is "not known", an empty tuple a normal karyotype; `karyotype` is the
    laboratory's formula. `wbc` is in 10⁹/L, blasts in percent of the marrow.
    """

    patient_id: str
    diagnosed_on: date | None = None
    who_class: str = ""
    fab: str = ""
    wbc: Decimal | None = None
    blasts_percent: Decimal | None = None
    cytogenetics: tuple[str, ...] | None = None
    karyotype: str = ""
    fusion: str = ""
    flt3_itd: Flt3Itd = Flt3Itd.NOT_RECORDED
    flt3_ratio: Decimal | None = None
    mutations: tuple[GeneVariant, ...] = ()
    cebpa: Cebpa = Cebpa.UNSPECIFIED
    sorafenib: SorafenibTiming = SorafenibTiming.NOT_RECORDED
    no_transplant: NoTransplant = NoTransplant.NOT_RECORDED
    no_transplant_note: str = ""
    overrule: RiskOverrule | None = None

    def __post_init__(self) -> None:
        for field in ("wbc", "flt3_ratio"):
            value: Decimal | None = getattr(self, field)
            if value is not None and value < 0:
                raise BadInput(say("error.below_nought"), field=field)
        blasts = self.blasts_percent
        if blasts is not None and not 0 <= blasts <= 100:
            raise BadInput(say("error.percent_range", value=blasts), field="blasts_percent")
        genes = [variant.gene.upper() for variant in self.mutations if not variant.change]
        if len(genes) != len(set(genes)):
            raise BadInput(say("error.gene_twice"), field="mutations")

    @property
    def genetics(self) -> Genetics:
        """What the risk rests on; a fusion by PCR counts as the cytogenetic finding it stands for.

        Of several TP53 variants the most frequent one decides.
        """
        cytogenetics = self.cytogenetics
        if self.fusion.strip():
            cytogenetics = (*(cytogenetics or ()), self.fusion)
        genes = tuple(dict.fromkeys(variant.gene for variant in self.mutations))
        known = flt3_known(self.flt3_itd)
        return Genetics(cytogenetics, genes, known, self._vaf("TP53"), self.cebpa)

    @property
    def computed_risk(self) -> RiskVerdict:
        """The risk by ELN 2022, whatever a physician decided."""
        return eln2022(self.genetics)

    @property
    def risk(self) -> Risk:
        """The risk in force: a physician's if one overruled, else the computed one."""
        if self.overrule is not None:
            return self.overrule.risk
        return self.computed_risk.risk or Risk.INDETERMINATE

    def _vaf(self, gene: str) -> Decimal | None:
        found = [v.vaf_percent for v in self.mutations if v.gene.upper() == gene]
        if not found or None in found:
            return None
        return max(vaf for vaf in found if vaf is not None)


@dataclass(frozen=True)
class EarlierTherapy:
    """A therapy before maintenance, as the letters tell it: "IA, ID-Ara-C × 3"."""

    id: str
    patient_id: str
    kind: TherapyKind
    regimen: str
    cycles: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    response: str = ""

    def __post_init__(self) -> None:
        if not self.regimen.strip():
            raise BadInput(say("error.required", field=say("field.regimen")), field="regimen")
        if self.cycles is not None and self.cycles < 1:
            raise BadInput(say("error.not_a_number", text=str(self.cycles)), field="cycles")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise BadInput(say("error.end_before_start"), field="last_day")
