"""What the marrows and the genetics ask of a person: each rule with its edge and its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.course import Course, CycleStart
from aml_maint.domain.disease import Diagnosis, NoTransplant, RiskOverrule
from aml_maint.domain.finding_facts import (
    GeneticFacts,
    KnownRelapse,
    NotedSample,
    OtherFacts,
    PendingRelapse,
    QuestionedRelapse,
)
from aml_maint.domain.finding_genetics import mutations_on_record, new_variants
from aml_maint.domain.finding_rules import findings
from aml_maint.domain.finding_snapshot import Snapshot
from aml_maint.domain.findings import Action, Finding, FindingKind, Severity
from aml_maint.domain.follow_up import EventKind
from aml_maint.domain.marrow import Assay, GeneVariant, Marrow, NgsResult, Specimen
from aml_maint.domain.messages import LANGUAGES, say
from aml_maint.domain.patient import Flt3Itd, Risk
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen
from tests.builders import DAY_1, LIMITS, ZONE, moment

TODAY = date(2026, 3, 10)
COURSE = Course("c", "p", regimen("sorafenib_iti"), ZONE, (CycleStart(1, DAY_1),))
ABOUT_DISEASE = {
    FindingKind.RELAPSE,
    FindingKind.RELAPSE_QUESTIONED,
    FindingKind.MRD_REPEAT,
    FindingKind.MRD_RISE,
    FindingKind.RESPONSE_REVIEW,
    FindingKind.MARROW_REPEAT,
    FindingKind.TRANSPLANT_REVIEW,
    FindingKind.ADVERSE_GENETICS,
}

FIRST, SECOND = date(2026, 2, 6), date(2026, 3, 3)
MOLECULAR = KnownRelapse(
    EventKind.MOLECULAR_RELAPSE, "m2", FIRST, SECOND, say("course.confirmed", first=FIRST)
)
MORPHOLOGICAL = KnownRelapse(
    EventKind.MORPHOLOGICAL_RELAPSE, "m2", SECOND, SECOND,
    say("response.relapse", blasts=Decimal("12.5")),
)  # fmt: skip
QUESTIONED = QuestionedRelapse("e", FIRST, "m", SECOND)
RISE = NotedSample("m", SECOND, (say("mrd.positive", percent=Decimal("0.60"), limit="0.01"),))
POOR = NotedSample("m", SECOND, (say("response.exactly_five"),))
PENDING = PendingRelapse("m", FIRST, FIRST + timedelta(days=28), say("mrd_class.positive"))

ADVERSE = Diagnosis("p", cytogenetics=(), mutations=(GeneVariant("ASXL1", "", Decimal("38.2")),))
NO_DONOR = replace(ADVERSE, no_transplant=NoTransplant.NO_DONOR)
OVERRULED = replace(ADVERSE, overrule=RiskOverrule(Risk.ADVERSE, "therapy-related", "Wu Min"))


def genetics(diagnosis: Diagnosis | None = ADVERSE, **facts: object) -> GeneticFacts:
    return replace(GeneticFacts(Risk.ADVERSE, diagnosis), **facts)  # type: ignore[arg-type]


def about_disease(other: OtherFacts, today: date = TODAY) -> list[Finding]:
    now = moment(f"{today}T12:00")
    found = findings(Snapshot(now, today, LIMITS, COURSE, other=other))
    return [finding for finding in found if finding.kind in ABOUT_DISEASE]


def said(message: object, language: str = "en") -> str:
    words = catalogue("zh" if language == "zh" else "en")
    return words.text(message).replace("\N{NO-BREAK SPACE}", " ")  # type: ignore[arg-type]


# facts → kind, severity, action, words, and what the quoted source must name
CASES = [
    (
        OtherFacts(pending_relapse=PENDING),
        FindingKind.MRD_REPEAT, Severity.URGENT, Action.RECORD_MARROW,
        "MRD turned positive on 06-Feb-2026 (MRD positive): molecular relapse pending. The second "
        "sample was due 4 days ago, on 06-Mar-2026",
        "ELN 2021",
    ),
    (
        OtherFacts(relapse=MOLECULAR),
        FindingKind.RELAPSE, Severity.ATTENTION, Action.RECORD_EVENT,
        "Molecular relapse: MRD positive since 06-Feb-2026, confirmed by the sample of "
        "03-Mar-2026. The follow-up does not tell of it",
        "Cheng 2025 counts it from the first positive",
    ),
    (
        OtherFacts(relapse=replace(MORPHOLOGICAL, mutations=(say("finding.gene.flt3_itd"),))),
        FindingKind.RELAPSE, Severity.ATTENTION, Action.RECORD_EVENT,
        "Relapse by morphology in the marrow of 03-Mar-2026 (12.5 % blasts, above 5 %; make "
        "sure that the marrow is not regenerating). The follow-up "
        "does not tell of it. Mutations on record: FLT3-ITD",
        "Cheng 2025",
    ),
    (
        OtherFacts(questioned=QUESTIONED),
        FindingKind.RELAPSE_QUESTIONED, Severity.ATTENTION, Action.RECORD_EVENT,
        "The follow-up tells of a molecular relapse on 06-Feb-2026, but the second sample, of "
        "03-Mar-2026, was negative",
        "a physician’s decision",
    ),
    (
        OtherFacts(rise=RISE),
        FindingKind.MRD_RISE, Severity.ATTENTION, Action.RECORD_MARROW,
        "MRD rose tenfold or more between two positive samples, up to 03-Mar-2026: 0.60 % is "
        "at or above 0.01 %. A second sample confirms it",
        "1 log10",
    ),
    (
        OtherFacts(poor_sample=POOR),
        FindingKind.MARROW_REPEAT, Severity.ATTENTION, Action.RECORD_MARROW,
        "The marrow of 03-Mar-2026 gives no clear answer: protocol: neither CR nor relapse; ELN: "
        "meets >= 5 %; repeat the marrow, clinician decides",
        "exactly 5 %",
    ),
    (
        OtherFacts(genetics=genetics(NO_DONOR)),
        FindingKind.ADVERSE_GENETICS, Severity.NOTICE, Action.REVIEW_DISEASE,
        "Adverse genetics at diagnosis: myelodysplasia-related gene mutation (ASXL1) "
        "without a favourable-risk lesion (ELN 2022, line E7)",
        "ELN 2022",
    ),
    (
        OtherFacts(genetics=genetics(replace(OVERRULED, no_transplant=NoTransplant.AGE))),
        FindingKind.ADVERSE_GENETICS, Severity.NOTICE, Action.REVIEW_DISEASE,
        "Adverse genetics at diagnosis: decided by Wu Min: therapy-related",
        "ELN 2022",
    ),
    (
        OtherFacts(relapse_in_force=MOLECULAR, genetics=GeneticFacts(Risk.INTERMEDIATE)),
        FindingKind.TRANSPLANT_REVIEW, Severity.ATTENTION, Action.REVIEW_DISEASE,
        "Has transplant been evaluated (molecular relapse on 03-Mar-2026)? On record: neither a "
        "transplant nor a reason against one",
        "The program only asks",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("other", "kind", "severity", "action", "words", "source"), CASES)
def test_each_says_why_whose_rule_it_is_and_what_a_person_can_look_at(
    other: OtherFacts, kind: FindingKind, severity: Severity, action: Action, words: str,
    source: str,
) -> None:  # fmt: skip
    (finding,) = about_disease(other)
    assert (finding.kind, finding.severity, finding.action) == (kind, severity, action)
    assert said(finding.why) == words
    assert source in said(finding.source)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("other", [case[0] for case in CASES])
def test_none_of_them_advises_a_therapy(other: OtherFacts, language: str) -> None:
    (finding,) = about_disease(other)
    words = f"{said(finding.why, language)} {said(finding.source, language)}".casefold()
    for advice in ("should", "start ", "switch", "inhibitor", "应给予", "建议", "改用", "抑制剂"):
        assert advice not in words


# risk and what is on record → is transplant asked about?
QUESTIONS = [
    ("adverse, nothing on record", OtherFacts(genetics=genetics()), True),
    ("adverse, no diagnosis on record", OtherFacts(genetics=genetics(None)), True),
    ("adverse, with a reason against it", OtherFacts(genetics=genetics(NO_DONOR)), False),
    ("adverse, transplanted before", OtherFacts(genetics=genetics(earlier_transplant=True)), False),
    ("adverse, transplanted since", OtherFacts(genetics=genetics(transplants=(FIRST,))), False),
    ("intermediate", OtherFacts(genetics=GeneticFacts(Risk.INTERMEDIATE, ADVERSE)), False),
    ("nothing known", OtherFacts(), False),
    (
        "a relapse asks anew, whatever reason there was",
        OtherFacts(genetics=genetics(NO_DONOR), relapse_in_force=MOLECULAR), True,
    ),
    (
        "a relapse after a transplant asks too",
        OtherFacts(
            genetics=genetics(transplants=(FIRST - timedelta(days=1),)), relapse_in_force=MOLECULAR
        ), True,
    ),
    (
        "a transplant since the relapse answers it",
        OtherFacts(genetics=genetics(transplants=(FIRST,)), relapse_in_force=MOLECULAR), False,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("other", "asked"), [case[1:] for case in QUESTIONS], ids=[case[0] for case in QUESTIONS]
)
def test_when_transplant_is_asked_about(other: OtherFacts, asked: bool) -> None:
    kinds = [finding.kind for finding in about_disease(other)]
    assert (FindingKind.TRANSPLANT_REVIEW in kinds) is asked


def test_the_question_tells_what_is_on_record() -> None:
    told = {
        "On record as reason against one: no donor": genetics(NO_DONOR),
        "On record: a transplant on 05-Feb-2026": genetics(transplants=(date(2026, 2, 5),)),
        "On record: a transplant before this course": genetics(earlier_transplant=True),
    }
    for words, facts in told.items():
        other = OtherFacts(genetics=facts, relapse_in_force=MORPHOLOGICAL)
        (finding,) = (
            f for f in about_disease(other) if f.kind is FindingKind.TRANSPLANT_REVIEW
        )  # fmt: skip
        assert said(finding.why).endswith(words)


def sequenced(*variants: GeneVariant) -> Marrow:
    result = NgsResult(variants)
    return Marrow(
        "m", "p", moment("2026-03-03T09:00"), specimens=(Specimen("s", Assay.NGS, result=result),)
    )


# gene, VAF → new and adverse?
VARIANTS = [
    ("RUNX1", "1.2", True),
    ("runx1", None, True),
    ("ASXL1", "20", False),  # known from the diagnosis
    ("TP53", "9.9", False),  # ELN 2022 counts TP53 from 10 % on
    ("TP53", "10", True),
    ("TP53", None, True),
    ("NPM1", "40", False),
    ("FLT3", "12", False),
]


@pytest.mark.parametrize(("gene", "vaf", "told"), VARIANTS)
def test_an_adverse_gene_that_was_not_known_at_diagnosis_is_told(
    gene: str, vaf: str | None, told: bool
) -> None:
    variant = GeneVariant(gene, "", None if vaf is None else Decimal(vaf))
    found = new_variants(ADVERSE, [sequenced(variant)])
    assert bool(found) is told
    other = OtherFacts(genetics=GeneticFacts(Risk.INTERMEDIATE, ADVERSE, found))
    assert [f.kind for f in about_disease(other)] == [FindingKind.ADVERSE_GENETICS] * told


def test_a_new_gene_is_told_with_its_day_and_that_the_table_speaks_of_diagnosis() -> None:
    found = new_variants(None, [sequenced(GeneVariant("TP53", "p.R175H", Decimal("12.0")))])
    (finding,) = about_disease(OtherFacts(genetics=GeneticFacts(None, None, found)))
    assert "TP53 p.R175H" in said(finding.why) and "12.0 %" in said(finding.why)
    assert said(finding.why).endswith("on 03-Mar-2026")
    assert "physician’s question" in said(finding.source)


def test_mutations_on_record_name_flt3_itd_once() -> None:
    plain = replace(ADVERSE, flt3_itd=Flt3Itd.POSITIVE)
    assert [said(one) for one in mutations_on_record(plain)] == ["FLT3-ITD", "ASXL1 38.2 %"]
    named = replace(plain, mutations=(GeneVariant("FLT3-ITD"),))
    assert [said(one) for one in mutations_on_record(named)] == ["FLT3-ITD"]
    assert mutations_on_record(None) == ()


# A fact that changes makes a new finding, of which an old dismissal says nothing.
CHANGES = [
    (OtherFacts(relapse=MOLECULAR), OtherFacts(relapse=MORPHOLOGICAL)),
    (OtherFacts(questioned=QUESTIONED),
     OtherFacts(questioned=replace(QUESTIONED, marrow="n"))),
    (OtherFacts(rise=RISE), OtherFacts(rise=replace(RISE, marrow="n"))),
    (OtherFacts(poor_sample=POOR), OtherFacts(poor_sample=replace(POOR, reasons=RISE.reasons))),
    (OtherFacts(genetics=genetics(NO_DONOR)),
     OtherFacts(genetics=genetics(replace(NO_DONOR, mutations=(GeneVariant("RUNX1"),))))),
    (OtherFacts(relapse_in_force=MOLECULAR), OtherFacts(relapse_in_force=MORPHOLOGICAL)),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_other_facts_make_another_finding(before: OtherFacts, after: OtherFacts) -> None:
    (old,), (new,) = about_disease(before), about_disease(after)
    assert old.digest != new.digest
