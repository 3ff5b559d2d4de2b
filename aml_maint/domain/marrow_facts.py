"""What the laboratories reported of a marrow, in words, for sheets and reports."""

from __future__ import annotations

from aml_maint.domain.marrow import (
    AspirateQuality,
    FlowResult,
    Flt3Result,
    GeneVariant,
    Marrow,
    Morphology,
    NgsResult,
    PcrResult,
    Result,
)
from aml_maint.domain.messages import NBSP, Message, say

_UNREMARKABLE = {AspirateQuality.ADEQUATE, AspirateQuality.NOT_STATED}


def marrow_facts(marrow: Marrow) -> tuple[Message, ...]:
    """What is back, in the order of the specimens; then what is still out."""
    found = [fact for s in marrow.specimens if s.result for fact in result_facts(s.result)]
    waiting = tuple(say(f"assay.{s.assay.value}") for s in marrow.pending)
    if waiting:
        found.append(say("marrow.fact.pending", assays=waiting))
    return tuple(found) or (say("marrow.fact.none"),)


def result_facts(result: Result) -> tuple[Message, ...]:
    """One result as reported, printed digits kept."""
    match result:
        case Morphology():
            return _morphology(result)
        case FlowResult():
            return _flow(result)
        case PcrResult():
            if result.ratio_percent is None:
                return (say("marrow.fact.pcr_not_detected", target=result.target),)
            return (say("marrow.fact.pcr", target=result.target, percent=result.ratio_percent),)
        case NgsResult():
            if not result.variants:
                return (say("marrow.fact.no_variants"),)
            return tuple(variant_fact(variant) for variant in result.variants)
        case Flt3Result():
            if result.ratio is None:
                return (say("marrow.fact.flt3_not_detected"),)
            return (say("marrow.fact.flt3", ratio=result.ratio),)


def result_details(result: Result) -> tuple[Message, ...]:
    """How a result was got, as far as it was told: reach, age, panel, control gene."""
    told: list[tuple[str, object]] = []
    match result:
        case FlowResult():
            told = [
                ("limit", result.limit_percent), ("age", result.age_hours), ("panel", result.panel),
            ]  # fmt: skip
        case PcrResult():
            told = [("control", result.control_gene), ("copies", result.control_copies)]
        case NgsResult():
            told = [("panel", result.panel)]
        case Morphology() | Flt3Result():
            pass
    return tuple(
        Message(f"marrow.detail.{name}", {"value": _grouped(value)})
        for name, value in told
        if value is not None and value != ""
    )


def _grouped(value: object) -> object:
    return f"{value:,}".replace(",", NBSP) if isinstance(value, int) else value


def _morphology(result: Morphology) -> tuple[Message, ...]:
    found = []
    if result.blasts_percent is not None:
        found.append(say("marrow.fact.blasts", percent=result.blasts_percent))
    if result.quality not in _UNREMARKABLE:
        found.append(say(f"quality.{result.quality.value}"))
    if result.cellularity_percent is not None:
        found.append(say("marrow.fact.cellularity", percent=result.cellularity_percent))
    return tuple(found)


def _flow(result: FlowResult) -> tuple[Message, ...]:
    found = []
    if result.not_detected:
        found.append(say("marrow.fact.flow_not_detected"))
    elif result.percent is not None:
        found.append(say("marrow.fact.flow", percent=result.percent))
    if result.events is not None:
        found.append(say("marrow.fact.events", events=f"{result.events:,}"))
    return tuple(found)


def variant_fact(variant: GeneVariant) -> Message:
    """A mutated gene, its change and allele frequency as far as they were told."""
    told: dict[str, object] = {"gene": variant.gene, "change": variant.change}
    named = Message("marrow.fact.variant" if variant.change else "marrow.fact.gene", told)
    if variant.vaf_percent is None:
        return named
    return say("marrow.fact.variant_vaf", variant=named, percent=variant.vaf_percent)
