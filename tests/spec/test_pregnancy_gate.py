"""Thalidomide and pregnancy: a statement by name, a negative test in date (rules, "Gates").

Off until a site switches it on; the tables here ask the rule as it is then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from aml_maint.domain.errors import BadInput
from aml_maint.domain.gate import GateEvidence, GateState, evaluate_all, evaluate_pregnancy
from aml_maint.domain.moment import Moment
from aml_maint.domain.pregnancy import (
    Childbearing,
    ChildbearingStatement,
    PregnancyFacts,
    PregnancyTest,
    Specimen,
    TestOutcome,
)
from aml_maint.domain.regimen import PregnancyRule
from aml_maint.domain.site import SiteSettings
from aml_maint.domain.site_regimen import adapted
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen, site_catalogue

NOW = datetime(2026, 3, 30, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai
LONG_AGO = date(2026, 1, 5)  # the course is past its first 4 weeks
SWITCHED_ON = adapted(
    regimen("sorafenib_iti"), SiteSettings(site_catalogue(), {"pregnancy.gate": True})
)
THALIDOMIDE = SWITCHED_ON.component("thalidomide")


def rule() -> PregnancyRule:
    assert THALIDOMIDE.pregnancy is not None
    return THALIDOMIDE.pregnancy


def stated(answer: Childbearing, days_ago: float = 90) -> ChildbearingStatement:
    at = Moment.at(NOW - timedelta(days=days_ago), "Asia/Shanghai")
    return ChildbearingStatement(f"s{days_ago}", "p", answer, "asked her", "Wu Min", at)


def a_test(outcome: str, days_ago: float) -> PregnancyTest:
    at = Moment.at(NOW - timedelta(days=days_ago), "Asia/Shanghai")
    return PregnancyTest(f"t{days_ago}", "p", TestOutcome(outcome), Specimen.SERUM, at)


def judged(facts: PregnancyFacts, first_day: date = LONG_AGO) -> tuple[str, str]:
    verdict = evaluate_pregnancy(rule(), facts, NOW, first_day)
    assert verdict.source.startswith("Thalidomide prescribing information")
    return verdict.state.value, verdict.reason.key.removeprefix("gate.pregnancy.")


POSSIBLE = (stated(Childbearing.POSSIBLE),)


@pytest.mark.parametrize(
    ("tests", "state", "reason"),
    [
        ([], "closed", "missing"),
        ([("negative", 0)], "open", "open"),
        ([("negative", 28)], "open", "open"),
        ([("negative", 28.01)], "closed", "stale"),
        ([("positive", 1)], "closed", "positive"),
        ([("positive", 60)], "closed", "positive"),  # never out of date
        ([("unclear", 1)], "undecided", "unclear"),
        ([("negative", 5), ("positive", 1)], "closed", "positive"),
        ([("positive", 5), ("negative", 1)], "open", "open"),
        ([("negative", 5), ("unclear", 1)], "undecided", "unclear"),
        ([("negative", -1)], "closed", "missing"),  # taken later than the dose
    ],
)
def test_the_last_test_decides_and_a_negative_one_lasts_28_days(
    tests: list[tuple[str, float]], state: str, reason: str
) -> None:
    facts = PregnancyFacts(POSSIBLE, tuple(a_test(*one) for one in tests))
    assert judged(facts) == (state, reason)


@pytest.mark.parametrize(
    ("answer", "first_day", "days_ago", "state"),
    [
        # A course's first 28 days: weekly tests.
        (Childbearing.POSSIBLE, date(2026, 3, 30), 7, "open"),
        (Childbearing.POSSIBLE, date(2026, 3, 30), 7.01, "closed"),
        (Childbearing.POSSIBLE, date(2026, 3, 3), 7.01, "closed"),  # day 28
        (Childbearing.POSSIBLE, date(2026, 3, 2), 7.01, "open"),  # day 29
        # Irregular menstrual cycles: every two weeks, and weekly at first all the same.
        (Childbearing.IRREGULAR, LONG_AGO, 14, "open"),
        (Childbearing.IRREGULAR, LONG_AGO, 14.01, "closed"),
        (Childbearing.IRREGULAR, date(2026, 3, 30), 8, "closed"),
    ],
)
def test_the_shortest_time_that_applies_counts(
    answer: Childbearing, first_day: date, days_ago: float, state: str
) -> None:
    facts = PregnancyFacts((stated(answer),), (a_test("negative", days_ago),))
    assert judged(facts, first_day)[0] == state


def test_while_nobody_stated_it_nothing_is_guessed_from_sex_or_age() -> None:
    facts = PregnancyFacts((), (a_test("negative", 1),))
    assert judged(facts) == ("undecided", "not_stated")


def test_who_cannot_become_pregnant_needs_no_test() -> None:
    assert judged(PregnancyFacts((stated(Childbearing.NOT_POSSIBLE),))) == ("open", "not_possible")


def test_a_later_statement_speaks_from_then_on_and_the_first_one_for_all_before() -> None:
    changed = (stated(Childbearing.NOT_POSSIBLE, 30), stated(Childbearing.POSSIBLE, 2))
    assert judged(PregnancyFacts(changed)) == ("closed", "missing")
    before = NOW - timedelta(days=3)
    earlier = evaluate_pregnancy(rule(), PregnancyFacts(changed), before, LONG_AGO)
    assert earlier.is_open
    long_before = NOW - timedelta(days=300)
    first = evaluate_pregnancy(rule(), PregnancyFacts(changed), long_before, LONG_AGO)
    assert first.is_open


@pytest.mark.parametrize(
    ("reason", "by", "field"), [(" ", "Wu Min", "reason"), ("x", " ", "stated_by")]
)
def test_a_statement_has_a_name_and_a_ground(reason: str, by: str, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        replace(POSSIBLE[0], reason=reason, stated_by=by)
    assert refusal.value.field == field


def test_it_is_off_until_the_site_switches_it_on() -> None:
    plain = regimen("sorafenib_iti")
    assert evaluate_all(plain.component("thalidomide"), GateEvidence(), NOW) is None
    checks = {check.id: check.active for check in plain.checks}
    assert not checks["pregnancy"]
    verdict = evaluate_all(THALIDOMIDE, GateEvidence(), NOW)
    assert verdict is not None
    assert verdict.state is GateState.UNDECIDED
    assert {check.id: check.active for check in SWITCHED_ON.checks}["pregnancy"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_verdict_speaks_both_languages(language: str) -> None:
    words = catalogue("zh" if language == "zh" else "en")
    for statements in ((), POSSIBLE, (stated(Childbearing.NOT_POSSIBLE),)):
        for tests in ((), *((a_test(o, d),) for o in TestOutcome for d in (1, 60))):
            facts = PregnancyFacts(statements, tests)
            verdict = evaluate_pregnancy(rule(), facts, NOW, LONG_AGO)
            assert words.text(verdict.reason)
            assert words.text(verdict.subject)
            assert words.text(f"gate.short.{verdict.reason.key.removeprefix('gate.')}")


def test_a_verdict_tells_its_evidence_in_words() -> None:
    test = a_test("negative", 2)
    found = evaluate_pregnancy(rule(), PregnancyFacts(POSSIBLE, (test,)), NOW, LONG_AGO)
    words = catalogue("en")
    assert found.found is not None
    assert words.text(found.found) == "negative (serum)"
    assert (found.collected, found.evidence_id) == (test.collected, test.id)
    assert (found.asks_for, words.text(found.subject)) == ("pregnancy_test", "pregnancy test")
    nothing = evaluate_pregnancy(rule(), PregnancyFacts(POSSIBLE), NOW, LONG_AGO)
    assert (nothing.found, nothing.collected, nothing.evidence_id) == (None, None, "none")
