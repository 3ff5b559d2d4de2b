"""What a gate remembers of a series of results is what it would say of them anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.errors import BadInput
from aml_maint.domain.gate import GateEvidence, evaluate, verdict_of
from aml_maint.domain.labs import LabResult
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.regimen import GateRule
from aml_maint.services.library import regimen

START = datetime(2026, 3, 28, tzinfo=UTC)  # the clocks of Berlin go forward the next night
RULES = [
    rule
    for component in regimen("sorafenib_iti").components
    for rule in component.gates
]  # fmt: skip

_RESULTS = st.lists(
    st.tuples(
        st.integers(0, 24 * 20),
        st.sampled_from(["20", "49", "50", "75", "<60", "120"]),
        st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]),
    ),
    max_size=5,
)


def results(drawn: list[tuple[int, str, str]], analyte: str) -> tuple[LabResult, ...]:
    return tuple(
        LabResult(str(n), "p", analyte, LabValue.parse(value, "10*9/L"),
                  Moment.at(START + timedelta(hours=hours), zone))
        for n, (hours, value, zone) in enumerate(drawn)
    )  # fmt: skip


@settings(max_examples=60)
@given(_RESULTS, st.lists(st.integers(-10, 24 * 40 * 2), min_size=1, max_size=12))
def test_a_verdict_out_of_a_series_is_the_one_from_its_results(
    drawn: list[tuple[int, str, str]], half_hours: list[int]
) -> None:
    rule = next(rule for rule in RULES if rule.analyte == "platelets")
    evidence = GateEvidence(results(drawn, rule.analyte))
    for half in half_hours:
        at = START + timedelta(minutes=30 * half)
        assert verdict_of(rule, evidence, at) == evaluate(rule, evidence.results, at)


def test_a_new_result_is_other_evidence_and_gives_another_verdict() -> None:
    rule = next(rule for rule in RULES if rule.analyte == "platelets")
    at = START + timedelta(days=2)
    before = GateEvidence(results([(0, "120", "Asia/Shanghai")], "platelets"))
    assert verdict_of(rule, before, at).is_open
    after = GateEvidence(
        results([(0, "120", "Asia/Shanghai"), (24, "20", "Asia/Shanghai")], "platelets")
    )
    assert not verdict_of(rule, after, at).is_open
    assert verdict_of(rule, before, at).is_open


def test_two_rules_on_one_series_are_never_mixed_up() -> None:
    rule = next(rule for rule in RULES if rule.analyte == "platelets")
    evidence = GateEvidence(results([(0, "60", "Asia/Shanghai")], "platelets"))
    at = START + timedelta(hours=1)
    for limit in range(10, 110, 10):
        # Each is dropped at once, so that the next may stand in its place in memory.
        other = GateRule(**{**vars(rule), "limit": type(rule.limit)(limit), "warn_below": None})
        assert verdict_of(other, evidence, at).is_open == (limit < 60 or (
            limit == 60 and rule.operator == ">="
        )), limit  # fmt: skip


def test_a_stale_result_in_a_wrong_unit_is_stale_first_as_before() -> None:
    rule = next(one for one in RULES if one.analyte == "platelets" and one.max_age_days is not None)
    plain = GateRule(**{**vars(rule), "watch_age_days": None})
    wrong = LabResult("1", "p", "platelets", LabValue.parse("1", "g/L"),
                      Moment.at(START, "Asia/Shanghai"))  # fmt: skip
    evidence = GateEvidence((wrong,))
    late = START + timedelta(days=400)
    assert verdict_of(plain, evidence, late).is_stale
    with pytest.raises(BadInput):
        verdict_of(plain, evidence, START + timedelta(hours=1))
