"""One marrow examination: its specimens, and what each laboratory reported of them.

Results come back one by one, days apart. A specimen without a result is pending, which is
neither negative nor a remission.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment


class Purpose(StrEnum):
    """Why a marrow was taken."""

    DIAGNOSIS = "diagnosis"
    BASELINE = "baseline"
    SCHEDULED = "scheduled"
    REPEAT = "repeat"
    SUSPICION = "suspicion"
    OTHER = "other"


class Assay(StrEnum):
    """What a specimen is examined for."""

    MORPHOLOGY = "morphology"
    FLOW = "flow"
    PCR = "pcr"
    NGS = "ngs"
    FLT3_ITD = "flt3_itd"


class Tube(StrEnum):
    """The anticoagulant of a tube."""

    HEPARIN = "heparin"
    EDTA = "edta"
    CITRATE = "citrate"
    OTHER = "other"
    NOT_STATED = "not_stated"


# The paper takes EDTA for PCR and heparin for flow; heparin inhibits the polymerase, so the other
# assays of nucleic acids want EDTA as well. A smear has no tube.
WANTED_TUBE = {
    Assay.FLOW: Tube.HEPARIN,
    Assay.PCR: Tube.EDTA,
    Assay.NGS: Tube.EDTA,
    Assay.FLT3_ITD: Tube.EDTA,
}


class AspirateQuality(StrEnum):
    """What the aspirate is good for (ELN 2022: 200 cells and spicules for morphology)."""

    ADEQUATE = "adequate"
    HAEMODILUTE = "haemodilute"
    FEW_CELLS = "few_cells"
    NO_SPICULES = "no_spicules"
    DRY_TAP = "dry_tap"
    INADEQUATE = "inadequate"
    NOT_STATED = "not_stated"

    @property
    def is_evaluable(self) -> bool:
        """Can blasts be counted in it? Dilution with blood spoils MRD, not the morphology."""
        return self in {self.ADEQUATE, self.HAEMODILUTE, self.NOT_STATED}


@dataclass(frozen=True)
class Morphology:
    """Blasts under the microscope, percent with the printed digits."""

    blasts_percent: Decimal | None = None
    quality: AspirateQuality = AspirateQuality.NOT_STATED
    cellularity_percent: Decimal | None = None

    def __post_init__(self) -> None:
        _check_percent("blasts_percent", self.blasts_percent)
        _check_percent("cellularity_percent", self.cellularity_percent)


@dataclass(frozen=True)
class FlowResult:
    """MRD by flow cytometry, percent of CD45-positive cells.

    Either a percentage or "not detected". `events` are CD45-positive events acquired,
    `age_hours` from collection to staining, `limit_percent` the assay's limit of detection.
    """

    percent: Decimal | None = None
    not_detected: bool = False
    events: int | None = None
    age_hours: int | None = None
    limit_percent: Decimal | None = None
    panel: str = ""

    def __post_init__(self) -> None:
        _check_percent("flow_percent", self.percent)
        _check_percent("limit_percent", self.limit_percent)
        if self.not_detected and self.percent is not None:
            raise BadInput(say("error.flow_contradiction"), field="flow_percent")
        _check_count("events", self.events)
        _check_count("age_hours", self.age_hours)

    @property
    def value(self) -> Decimal | None:
        """The percentage; "not detected" and nought are the same, and have none."""
        return self.percent or None


@dataclass(frozen=True)
class PcrResult:
    """A fusion gene or mutation by quantitative PCR, as percent of its control gene."""

    target: str
    ratio_percent: Decimal | None = None
    not_detected: bool = False
    control_gene: str = ""
    control_copies: int | None = None

    def __post_init__(self) -> None:
        if not self.target.strip():
            raise BadInput(say("error.required", field=say("field.pcr_target")), field="target")
        if self.ratio_percent is not None and self.ratio_percent < 0:
            # A ratio to the control gene may exceed 100 %.
            raise BadInput(say("error.below_nought"), field="ratio_percent")
        if self.not_detected and self.ratio_percent is not None:
            raise BadInput(say("error.flow_contradiction"), field="ratio_percent")
        _check_count("control_copies", self.control_copies)

    @property
    def value(self) -> Decimal | None:
        """The ratio; "not detected" and nought are the same, and have none."""
        return self.ratio_percent or None


@dataclass(frozen=True)
class GeneVariant:
    """A mutated gene: the change as the laboratory writes it, and the allele frequency."""

    gene: str
    change: str = ""
    vaf_percent: Decimal | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "gene", self.gene.strip())
        if not self.gene:
            raise BadInput(say("error.required", field=say("field.gene")), field="gene")
        _check_percent("vaf_percent", self.vaf_percent)


@dataclass(frozen=True)
class NgsResult:
    """Sequencing: the variants found; none found is a result too."""

    variants: tuple[GeneVariant, ...] = ()
    panel: str = ""


@dataclass(frozen=True)
class Flt3Result:
    """FLT3-ITD by fragment analysis: mutant to wild-type ratio, or not detected."""

    ratio: Decimal | None = None
    not_detected: bool = False

    def __post_init__(self) -> None:
        if self.ratio is not None and self.ratio < 0:
            raise BadInput(say("error.below_nought"), field="flt3_ratio")
        if self.not_detected and self.ratio is not None:
            raise BadInput(say("error.flow_contradiction"), field="flt3_ratio")


Result = Morphology | FlowResult | PcrResult | NgsResult | Flt3Result


def says_something(result: Result) -> bool:
    """Does a result answer its question? Without figure and finding it is none, and not negative.

    An aspirate that can't be judged is an answer, and so is sequencing that found nothing.
    """
    match result:
        case Morphology(blasts_percent=blasts, quality=quality):
            return blasts is not None or not quality.is_evaluable
        case FlowResult(percent=figure) | PcrResult(ratio_percent=figure):
            return figure is not None or result.not_detected
        case Flt3Result(ratio=figure):
            return figure is not None or result.not_detected
        case NgsResult():
            return True


RESULT_OF: dict[Assay, type[Result]] = {
    Assay.MORPHOLOGY: Morphology,
    Assay.FLOW: FlowResult,
    Assay.PCR: PcrResult,
    Assay.NGS: NgsResult,
    Assay.FLT3_ITD: Flt3Result,
}


@dataclass(frozen=True)
class Specimen:
    """One tube (or smear) sent for one assay, and what came back; None is "not back yet"."""

    id: str
    assay: Assay
    tube: Tube = Tube.NOT_STATED
    laboratory: str = ""
    received: Moment | None = None
    resulted: Moment | None = None
    result: Result | None = None

    def __post_init__(self) -> None:
        if self.result is not None and not isinstance(self.result, RESULT_OF[self.assay]):
            raise TypeError(f"{self.assay} brings no {type(self.result).__name__}")
        if self.resulted is not None and self.received is not None:
            _check_order(self.received, self.resulted, "resulted")
        if self.resulted is not None and self.result is None:
            raise BadInput(say("error.resulted_without_result"), field="resulted")

    @property
    def is_pending(self) -> bool:
        """Is the result still out?"""
        return self.result is None

    @property
    def in_wrong_tube(self) -> bool:
        """Was it taken into a tube that spoils the assay?"""
        wanted = WANTED_TUBE.get(self.assay)
        return wanted is not None and self.tube not in {wanted, Tube.NOT_STATED}


@dataclass(frozen=True)
class Marrow:
    """One marrow examination of a patient with its specimens."""

    id: str
    patient_id: str
    collected: Moment
    purpose: Purpose = Purpose.SCHEDULED
    specimens: tuple[Specimen, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        single = [s.assay for s in self.specimens if s.assay is not Assay.PCR]
        if len(single) != len(set(single)):
            raise BadInput(say("error.assay_twice"), field="assay")
        for specimen in self.specimens:
            for name in ("received", "resulted"):
                at: Moment | None = getattr(specimen, name)
                if at is not None:
                    _check_order(self.collected, at, name)

    def specimen(self, assay: Assay) -> Specimen | None:
        """The first specimen of an assay, if one was taken."""
        return next((s for s in self.specimens if s.assay is assay), None)

    @property
    def morphology(self) -> Morphology | None:
        """The morphology, once it is back."""
        found = self.specimen(Assay.MORPHOLOGY)
        result = found.result if found else None
        return result if isinstance(result, Morphology) else None

    @property
    def flow(self) -> FlowResult | None:
        """The flow cytometry, once it is back."""
        found = self.specimen(Assay.FLOW)
        result = found.result if found else None
        return result if isinstance(result, FlowResult) else None

    @property
    def pcrs(self) -> tuple[PcrResult, ...]:
        """The PCR results that are back."""
        return tuple(s.result for s in self.specimens if isinstance(s.result, PcrResult))

    @property
    def variants(self) -> tuple[GeneVariant, ...]:
        """The variants that sequencing found."""
        return tuple(
            variant
            for s in self.specimens
            if isinstance(s.result, NgsResult)
            for variant in s.result.variants
        )

    @property
    def blasts_percent(self) -> Decimal | None:
        """Blasts under the microscope as printed, once they are back."""
        return self.morphology.blasts_percent if self.morphology else None

    @property
    def pending(self) -> tuple[Specimen, ...]:
        """The specimens whose results are still out."""
        return tuple(s for s in self.specimens if s.is_pending)


def _check_percent(field: str, value: Decimal | None) -> None:
    if value is not None and not 0 <= value <= 100:
        raise BadInput(say("error.percent_range", value=value), field=field)


def _check_count(field: str, value: int | None) -> None:
    if value is not None and value < 0:
        raise BadInput(say("error.not_a_number", text=str(value)), field=field)


def _check_order(first: Moment, second: Moment, field: str) -> None:
    if second.utc < first.utc:
        raise BadInput(say(f"error.{field}_too_early"), field=field)
