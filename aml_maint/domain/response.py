"""The response that one marrow shows, on the study's and on ELN's terms, with reasons.

Cheng 2025: blasts < 5 % remission, > 5 % morphological relapse, exactly 5 % neither. ELN 2022:
< 5 % with blood counts for CR, CRh and CRi; from 5 % on no remission. Each rule tells its reason;
a physician confirms or overrules.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.marrow import (
    AspirateQuality,
    Assay,
    Marrow,
    Morphology,
    Specimen,
    Tube,
)
from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd import MrdVerdict, classify

# Cheng 2025, Methods, and ELN 2022: the limit between remission and relapse.
BLAST_LIMIT = Decimal(5)
# ELN 2022, response criteria: granulocytes and platelets, 10⁹/L, for CR and for CRh.
CR_COUNTS = (Decimal("1.0"), Decimal(100))
CRH_COUNTS = (Decimal("0.5"), Decimal(50))


class Response(StrEnum):
    """What the morphology of a marrow means for the study."""

    CR = "CR"
    EXACTLY_FIVE = "blasts_exactly_5"
    RELAPSE = "morphological_relapse"
    NOT_EVALUABLE = "not_evaluable"


class ElnResponse(StrEnum):
    """The response category of ELN 2022."""

    CR = "CR"
    CRH = "CRh"
    CRI = "CRi"
    COUNTS_MISSING = "remission_counts_missing"
    NOT_IN_REMISSION = "not_in_remission"
    NOT_EVALUABLE = "not_evaluable"


class Flag(StrEnum):
    """Something about a sample that a person must see beside the verdict."""

    WRONG_TUBE = "wrong_tube"
    DISCORDANT = "discordant_flow_morphology"
    EXACTLY_FIVE = "blasts_exactly_5"
    LOW_QUALITY = "low_quality"
    REPEAT = "repeat_sample"


@dataclass(frozen=True)
class Flagged:
    """A flag with its words."""

    flag: Flag
    message: Message


@dataclass(frozen=True)
class Counts:
    """The blood around a marrow: granulocytes and platelets in 10⁹/L; None is not known."""

    granulocytes: Decimal | None = None
    platelets: Decimal | None = None
    circulating_blasts: bool | None = None
    extramedullary: bool | None = None


@dataclass(frozen=True)
class Verdict:
    """A category with the reason for it; None where nothing has come back to judge."""

    study: Response | None
    study_reason: Message
    eln: ElnResponse | None
    eln_reason: Message


@dataclass(frozen=True)
class MarrowVerdict:
    """All that a marrow examination shows, as far as its results are back."""

    response: Verdict
    mrd: MrdVerdict | None
    flags: tuple[Flagged, ...]


def judge(morphology: Morphology | None, counts: Counts) -> Verdict:
    """The response by morphology and blood, on both tracks."""
    if morphology is not None and not morphology.quality.is_evaluable:
        reason = say("response.not_evaluable", why=say(f"quality.{morphology.quality.value}"))
        return Verdict(Response.NOT_EVALUABLE, reason, ElnResponse.NOT_EVALUABLE, reason)
    blasts = morphology.blasts_percent if morphology else None
    if blasts is None:
        pending = say("response.no_blasts")
        return Verdict(None, pending, None, pending)
    study, reason = _study(blasts)
    eln, eln_reason = _eln(blasts, counts)
    return Verdict(study, reason, eln, eln_reason)


def _study(blasts: Decimal) -> tuple[Response, Message]:
    if blasts < BLAST_LIMIT:
        return Response.CR, say("response.remission", blasts=blasts)
    if blasts > BLAST_LIMIT:
        return Response.RELAPSE, say("response.relapse", blasts=blasts)
    return Response.EXACTLY_FIVE, say("response.exactly_five")


def _eln(blasts: Decimal, counts: Counts) -> tuple[ElnResponse, Message]:
    if blasts >= BLAST_LIMIT:
        return ElnResponse.NOT_IN_REMISSION, say("response.eln.blasts", blasts=blasts)
    if counts.circulating_blasts:
        return ElnResponse.NOT_IN_REMISSION, say("response.eln.circulating")
    if counts.extramedullary:
        return ElnResponse.NOT_IN_REMISSION, say("response.eln.extramedullary")
    neutrophils, platelets = counts.granulocytes, counts.platelets
    if neutrophils is None or platelets is None:
        return ElnResponse.COUNTS_MISSING, say("response.eln.counts_missing")
    told: dict[str, object] = {"neutrophils": neutrophils, "platelets": platelets}
    if neutrophils >= CR_COUNTS[0] and platelets >= CR_COUNTS[1]:
        return ElnResponse.CR, Message("response.eln.cr", told)
    if neutrophils >= CRH_COUNTS[0] and platelets >= CRH_COUNTS[1]:
        return ElnResponse.CRH, Message("response.eln.crh", told)
    return ElnResponse.CRI, Message("response.eln.cri", told)


def judge_marrow(marrow: Marrow, counts: Counts) -> MarrowVerdict:
    """The verdict on a marrow from what has come back so far."""
    morphology = marrow.morphology
    response = judge(morphology, counts)
    quality = morphology.quality if morphology else AspirateQuality.NOT_STATED
    flow = marrow.flow
    mrd = None
    if flow is not None:
        mrd = classify(
            flow,
            haemodilute=quality is AspirateQuality.HAEMODILUTE,
            waited_hours=_waited(marrow),
        )
    return MarrowVerdict(response, mrd, flags(response, mrd, morphology, marrow.specimens))


def _waited(marrow: Marrow) -> int | None:
    """Whole hours from collection to the flow laboratory's door: the least age of the sample."""
    specimen = marrow.specimen(Assay.FLOW)
    if specimen is None or specimen.received is None:
        return None
    return int((specimen.received.utc - marrow.collected.utc).total_seconds() // 3600)


def flags(
    response: Verdict,
    mrd: MrdVerdict | None,
    morphology: Morphology | None,
    specimens: tuple[Specimen, ...] = (),
) -> tuple[Flagged, ...]:
    """What must be seen beside the classes: wrong tube, discordance, exactly 5 %, repeats."""
    found = [
        Flagged(Flag.WRONG_TUBE, wrong_tube(s.assay, s.tube)) for s in specimens if s.in_wrong_tube
    ]
    blasts = morphology.blasts_percent if morphology else None
    percent = mrd.percent if mrd else None
    if response.study is Response.EXACTLY_FIVE:
        found.append(Flagged(Flag.EXACTLY_FIVE, say("response.exactly_five")))
    if percent is not None and percent >= BLAST_LIMIT and response.study is Response.CR:
        message = say("response.discordant", flow=percent, blasts=blasts)
        found.append(Flagged(Flag.DISCORDANT, message))
    if mrd is not None and mrd.shortfalls:
        low = say("response.low_quality", why=mrd.shortfalls)
        found.append(Flagged(Flag.LOW_QUALITY, low))
    if response.study is Response.NOT_EVALUABLE:
        found.append(Flagged(Flag.REPEAT, say("response.repeat_marrow")))
    return tuple(found)


def wrong_tube(assay: Assay, tube: Tube) -> Message:
    """The warning for a specimen in a tube that spoils its assay."""
    return say(
        "response.wrong_tube", assay=say(f"assay.{assay.value}"), tube=say(f"tube.{tube.value}")
    )
