"""Findings about assessments, tablets at home, MRD, specimens and unsigned toxicities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from aml_maint.domain.assessment import AssessmentKind, Due
from aml_maint.domain.course import Course, CycleStart, EndReason
from aml_maint.domain.finding_disease import assessment_of
from aml_maint.domain.finding_facts import (
    LowSupply,
    OtherFacts,
    PendingRelapse,
    UnseenVerdict,
    UnsignedToxicity,
)
from aml_maint.domain.finding_rules import findings
from aml_maint.domain.finding_snapshot import Snapshot
from aml_maint.domain.findings import Action, Finding, FindingKind, Severity
from aml_maint.domain.marrow import Assay, Marrow, Specimen
from aml_maint.domain.messages import LANGUAGES, Name, say
from aml_maint.domain.specimen_clock import SpecimenState, Tracked
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen
from tests.builders import DAY_1, LIMITS, ZONE, moment

TODAY = date(2026, 3, 10)
COURSE = Course("c", "p", regimen("sorafenib_iti"), ZONE, (CycleStart(1, DAY_1),))
ENDED = replace(COURSE, ended_on=date(2026, 3, 9), end_reason=EndReason.WISH)
SORAFENIB = Name("sorafenib", "索拉非尼")
NAUSEA = Name("Nausea", "恶心")

BEFORE = Due(1, AssessmentKind.BEFORE, DAY_1)
AFTER = Due(1, AssessmentKind.AFTER, date(2026, 3, 29))
LOW = LowSupply("sorafenib", SORAFENIB, 3, date(2026, 3, 13), "e")
PENDING = PendingRelapse("m", date(2026, 2, 20), date(2026, 3, 20), say("mrd_class.positive"))
UNSEEN = UnseenVerdict("m", date(2026, 2, 20), "CR - positive positive", (say("course.rise"),))
SPECIMEN = Specimen("s", Assay.FLOW)
MARROW = Marrow("m", "p", moment("2026-02-27T10:00"), specimens=(SPECIMEN,))


def tracked(state: SpecimenState) -> Tracked:
    return Tracked(MARROW, SPECIMEN, state, 7, date(2026, 3, 6))


def only(other: OtherFacts, today: date = TODAY, course: Course = COURSE) -> Finding | None:
    now = moment(f"{today}T12:00")
    marrows = (replace(MARROW, collected=moment(f"{today}T06:00")),)
    found = findings(Snapshot(now, today, LIMITS, course, marrows=marrows, other=other))
    kinds = (FindingKind.CYCLE_DUE, FindingKind.COUNT_MISSING)
    mine = [finding for finding in found if finding.kind not in kinds]
    assert len(mine) <= 1
    return mine[0] if mine else None


def said(finding: Finding | None) -> str:
    assert finding is not None
    return catalogue("en").text(finding.why).replace("\N{NO-BREAK SPACE}", " ")


# What is lacking, seen on → severity and words.
CASES = [
    (
        OtherFacts(assessments=(AFTER,)), date(2026, 3, 29), Severity.ATTENTION, Action.ASSESS,
        "The toxicity assessment at the end of cycle 1 is due on 29-Mar-2026",
    ),
    (
        OtherFacts(assessments=(AFTER,)), date(2026, 3, 30), Severity.ATTENTION, Action.ASSESS,
        "The toxicity assessment at the end of cycle 1 was due on 29-Mar-2026",
    ),
    (
        OtherFacts(assessments=(BEFORE,)), date(2026, 3, 3), Severity.ATTENTION, Action.ASSESS,
        "The toxicity assessment before cycle 1 is lacking; the cycle began on 02-Mar-2026",
    ),
    (
        OtherFacts(supplies=(LOW,)), TODAY, Severity.ATTENTION, Action.DISPENSE,
        "sorafenib: the tablets at home last for 3 days; the first dose that lacks is on "
        "13-Mar-2026",
    ),
    (
        OtherFacts(supplies=(LOW,)), date(2026, 3, 12), Severity.ATTENTION, Action.DISPENSE,
        "sorafenib: the tablets at home last until tomorrow; the first dose that lacks is on "
        "13-Mar-2026",
    ),
    (
        OtherFacts(supplies=(LOW,)), date(2026, 3, 13), Severity.URGENT, Action.DISPENSE,
        "sorafenib: the tablets at home do not last for today’s doses (13-Mar-2026)",
    ),
    (
        OtherFacts(pending_relapse=PENDING), TODAY, Severity.ATTENTION, Action.RECORD_MARROW,
        "MRD turned positive on 20-Feb-2026 (MRD positive): molecular relapse pending. The second "
        "sample is due in 10 days, by 20-Mar-2026",
    ),
    (
        OtherFacts(pending_relapse=PENDING), date(2026, 3, 20), Severity.ATTENTION,
        Action.RECORD_MARROW,
        "MRD turned positive on 20-Feb-2026 (MRD positive): molecular relapse pending. The second "
        "sample is due today, 20-Mar-2026",
    ),
    (
        OtherFacts(pending_relapse=PENDING), date(2026, 3, 21), Severity.URGENT,
        Action.RECORD_MARROW,
        "MRD turned positive on 20-Feb-2026 (MRD positive): molecular relapse pending. The second "
        "sample was due yesterday, on 20-Mar-2026",
    ),
    (
        OtherFacts(late_specimens=(tracked(SpecimenState.OVERDUE),)), TODAY, Severity.ATTENTION,
        Action.RECORD_MARROW,
        "Results are overdue: flow cytometry of 27-Feb-2026, 7 working days",
    ),
    (
        OtherFacts(unsigned=(UnsignedToxicity("v", NAUSEA, 2, DAY_1),)), TODAY, Severity.NOTICE,
        Action.SIGN_TOXICITIES,
        "A toxicity waits for a physician’s signature: Nausea grade 2 since 02-Mar-2026",
    ),
    (
        OtherFacts(unsigned=(
            UnsignedToxicity("v", NAUSEA, None, DAY_1), UnsignedToxicity("w", NAUSEA, 3, DAY_1),
        )),
        TODAY, Severity.ATTENTION, Action.SIGN_TOXICITIES,
        "2 toxicities wait for a physician’s signature: Nausea since 02-Mar-2026, "
        "Nausea grade 3 since 02-Mar-2026",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("other", "today", "severity", "action", "words"), CASES)
def test_what_is_lacking_is_told_with_its_day(
    other: OtherFacts, today: date, severity: Severity, action: Action, words: str
) -> None:
    finding = only(other, today)
    assert said(finding) == words
    assert finding is not None
    assert (finding.severity, finding.action) == (severity, action)


def test_a_verdict_that_no_physician_saw_waits_for_one_and_the_program_decides_nothing() -> None:
    finding = only(OtherFacts(unseen=UNSEEN))
    assert finding is not None
    assert finding.action is Action.REVIEW_RESPONSE
    assert said(finding).startswith("The marrow of 20-Feb-2026 waits for a physician’s word: ")
    assert "a physician confirms or overrules" in catalogue("en").text(finding.source)


def test_a_specimen_on_its_way_is_no_finding() -> None:
    assert only(OtherFacts(late_specimens=(tracked(SpecimenState.IN_LABORATORY),))) is None


@pytest.mark.parametrize("other", [OtherFacts(assessments=(AFTER,)), OtherFacts(supplies=(LOW,))])
def test_an_ended_course_lacks_neither_assessment_nor_tablets(other: OtherFacts) -> None:
    assert only(other, course=ENDED) is None


@pytest.mark.parametrize(
    "other",
    [
        OtherFacts(pending_relapse=PENDING),
        OtherFacts(unseen=UNSEEN),
        OtherFacts(late_specimens=(tracked(SpecimenState.OVERDUE),)),
    ],
)
def test_what_the_marrow_says_stands_beyond_the_end_of_a_course(other: OtherFacts) -> None:
    assert only(other, course=ENDED) is not None


# A fact that changes makes a new finding, of which an old dismissal says nothing.
CHANGES = [
    (OtherFacts(supplies=(LOW,)), OtherFacts(supplies=(replace(LOW, basis="f"),))),
    (
        OtherFacts(pending_relapse=PENDING),
        OtherFacts(pending_relapse=replace(PENDING, marrow="n")),
    ),
    (OtherFacts(unseen=UNSEEN), OtherFacts(unseen=replace(UNSEEN, computed="CR - - -"))),
    (
        OtherFacts(unsigned=(UnsignedToxicity("v", NAUSEA, 2, DAY_1),)),
        OtherFacts(unsigned=(UnsignedToxicity("w", NAUSEA, 2, DAY_1),)),
    ),
]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_other_facts_make_another_finding(before: OtherFacts, after: OtherFacts) -> None:
    old, new = only(before), only(after)
    assert old is not None and new is not None
    assert old.digest != new.digest


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_each_has_words_in_both_languages(
    case: tuple[OtherFacts, date, Severity, Action, str], language: str
) -> None:
    finding = only(case[0], case[1])
    words = catalogue("zh" if language == "zh" else "en")
    assert finding is not None
    assert words.text(finding.why) and words.text(finding.source)


def test_the_subject_of_an_assessment_finding_says_which_one_to_make() -> None:
    finding = only(OtherFacts(assessments=(AFTER,)), date(2026, 3, 30))
    assert finding is not None
    assert assessment_of(finding.subject) == (AssessmentKind.AFTER, 1)
    assert Decimal(finding.subject.partition("/")[2]) == 1
