"""Findings about adverse genetics, and about a transplant that nobody wrote a word on.

They put a question to a physician and quote where it comes from; the answer is a person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aml_maint.domain.disease import Diagnosis, NoTransplant
from aml_maint.domain.finding_facts import GeneticFacts, NewVariant
from aml_maint.domain.finding_snapshot import Snapshot
from aml_maint.domain.findings import Action, Finding, FindingKind, Severity
from aml_maint.domain.marrow import GeneVariant, Marrow
from aml_maint.domain.marrow_facts import variant_fact
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Risk
from aml_maint.domain.risk import MYELODYSPLASIA_GENES, TP53_LEAST_VAF


def new_variants(diagnosis: Diagnosis | None, marrows: Iterable[Marrow]) -> tuple[NewVariant, ...]:
    """Genes that ELN 2022 calls adverse, found in a marrow and not known from the diagnosis."""
    known = {variant.gene.upper() for variant in diagnosis.mutations} if diagnosis else set()
    found: dict[str, NewVariant] = {}
    for marrow in marrows:
        for variant in marrow.variants:
            gene = variant.gene.upper()
            if gene not in known and _is_adverse(variant):
                day = marrow.collected.local.date()
                found.setdefault(gene, NewVariant(marrow.id, day, variant))
    return tuple(found.values())


def mutations_on_record(diagnosis: Diagnosis | None) -> tuple[Message, ...]:
    """The mutated genes of a diagnosis in words, FLT3-ITD as a mutation like the others."""
    if diagnosis is None:
        return ()
    variants = tuple(variant_fact(variant) for variant in diagnosis.mutations)
    itd = diagnosis.genetics.flt3_itd and not any(
        variant.gene.upper().startswith("FLT3") for variant in diagnosis.mutations
    )
    return (say("finding.gene.flt3_itd"), *variants) if itd else variants


def _is_adverse(variant: GeneVariant) -> bool:
    """Is it a gene of the table's adverse lines? TP53 only from a VAF of 10 % on, or unknown."""
    if variant.gene.upper() == "TP53":
        return variant.vaf_percent is None or variant.vaf_percent >= TP53_LEAST_VAF
    return variant.gene.upper() in MYELODYSPLASIA_GENES


def _adverse(snapshot: Snapshot) -> Iterator[Finding]:
    """The risk at diagnosis is adverse, or sequencing found such a gene since."""
    genetics = snapshot.other.genetics
    if genetics.risk is Risk.ADVERSE:
        yield Finding(
            FindingKind.ADVERSE_GENETICS,
            Severity.NOTICE,
            "diagnosis",
            say("finding.adverse_genetics", reason=_risk_reason(genetics)),
            say("finding.source.adverse_genetics"),
            Action.REVIEW_DISEASE,
            _risk_facts(genetics),
        )
    if genetics.new_variants:
        day = genetics.new_variants[0].on
        yield Finding(
            FindingKind.ADVERSE_GENETICS,
            Severity.ATTENTION,
            "marrow",
            say("finding.new_variant", genes=_told(genetics.new_variants)),
            say("finding.source.new_variant"),
            Action.REVIEW_RESPONSE,
            tuple(f"{new.marrow} {new.variant.gene}" for new in genetics.new_variants),
            day=day,
        )


def _told(found: Sequence[NewVariant]) -> tuple[Message, ...]:
    return tuple(
        say("finding.new_variant.one", gene=variant_fact(new.variant), on=new.on) for new in found
    )


def _risk_reason(genetics: GeneticFacts) -> Message:
    diagnosis = genetics.diagnosis
    if diagnosis is None:
        return say("finding.risk.admitted")
    if diagnosis.overrule is not None:
        rule = diagnosis.overrule
        return say("finding.risk.overruled", by=rule.decided_by, reason=rule.reason)
    verdict = diagnosis.computed_risk
    return say("finding.risk.computed", rule=verdict.rule, reason=verdict.reason)


def _risk_facts(genetics: GeneticFacts) -> tuple[str, ...]:
    """What the risk rests on: another rule, gene or word makes another finding."""
    diagnosis = genetics.diagnosis
    if diagnosis is None:
        return ("admitted",)
    if diagnosis.overrule is not None:
        return ("overruled", diagnosis.overrule.decided_by, diagnosis.overrule.reason)
    known = diagnosis.genetics
    return (diagnosis.computed_risk.rule, *sorted(known.mutations), *(known.cytogenetics or ()))


def _transplant(snapshot: Snapshot) -> Iterator[Finding]:
    """A transplant was neither recorded nor ruled out, or a relapse asks the question anew."""
    genetics, relapse = snapshot.other.genetics, snapshot.other.relapse_in_force
    reasons: list[Message] = []
    facts: list[str] = []
    if relapse is not None and not genetics.transplanted_since(relapse.first):
        reasons.append(say(f"finding.transplant.{relapse.kind.value}", on=relapse.on))
        facts += [relapse.kind.value, str(relapse.first)]
    if genetics.risk is Risk.ADVERSE and not genetics.transplanted and not _is_answered(genetics):
        reasons.append(say("finding.transplant.adverse"))
        facts += _risk_facts(genetics)
    if reasons:
        yield Finding(
            FindingKind.TRANSPLANT_REVIEW,
            Severity.NOTICE if relapse is None else Severity.ATTENTION,
            "",
            say("finding.transplant", reasons=tuple(reasons), record=_on_record(genetics)),
            say("finding.source.transplant"),
            Action.REVIEW_DISEASE,
            tuple(facts),
        )


def _is_answered(genetics: GeneticFacts) -> bool:
    diagnosis = genetics.diagnosis
    return diagnosis is not None and diagnosis.no_transplant is not NoTransplant.NOT_RECORDED


def _on_record(genetics: GeneticFacts) -> Message:
    diagnosis = genetics.diagnosis
    if genetics.transplants:
        return say("finding.transplant.had", on=max(genetics.transplants))
    if genetics.earlier_transplant:
        return say("finding.transplant.earlier")
    if diagnosis is None or not _is_answered(genetics):
        return say("finding.transplant.nothing")
    return say("finding.transplant.why_not",
               why=say(f"no_transplant.{diagnosis.no_transplant.value}"))  # fmt: skip


RULES = (_adverse, _transplant)
