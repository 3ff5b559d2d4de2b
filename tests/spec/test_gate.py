"""Gates: when may compound Danshen and ibuprofen be given (clinical rules, "Gates")."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.errors import BadInput
from aml_maint.domain.gate import GateEvidence, GateState, evaluate, evaluate_all
from aml_maint.domain.labs import LabResult
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.regimen import Component, GateRule
from aml_maint.domain.site import SettingValue, SiteSettings
from aml_maint.domain.site_regimen import adapted
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen, site_catalogue

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def danshen() -> GateRule:
    return regimen("sorafenib_iti").component("danshen").gates[0]


def count(
    text: str,
    *,
    unit: str = "10*9/L",
    age: timedelta = timedelta(days=1),
    analyte: str = "platelets",
) -> LabResult:
    collected = Moment.at(NOW - age, "Asia/Shanghai")
    return LabResult(f"{text}{age}", "p", analyte, LabValue.parse(text, unit), collected)


# Platelets as reported → verdict. Strictly above 50; a comparator decides only if all of it does.
PLATELETS = [
    ("50", "closed"),  # the paper: only when > 50
    ("50.0", "closed"),
    ("50.1", "open"),
    ("51", "open"),
    ("49.9", "closed"),
    ("0", "closed"),
    ("< 50", "closed"),
    ("< 20", "closed"),
    ("<= 50", "closed"),
    ("< 50.1", "undecided"),
    ("> 40", "undecided"),
    ("> 49.9", "undecided"),
    ("> 50", "open"),
    (">= 50", "undecided"),  # 50 itself would be closed
    (">= 51", "open"),
    ("> 400", "open"),
]


@pytest.mark.parametrize(("reported", "verdict"), PLATELETS)
def test_danshen_is_open_only_when_platelets_are_surely_above_50(
    reported: str, verdict: str
) -> None:
    # A high value the day before keeps "falling by a third" out of this table.
    assert evaluate(danshen(), [count(reported)], NOW).state == GateState(verdict)


@pytest.mark.parametrize(
    ("reported", "unit", "verdict"),
    [
        ("50000", "/uL", "closed"),
        ("50001", "/uL", "open"),
        ("51", "10*3/uL", "open"),
        ("50.00", "10*3/uL", "closed"),
    ],
)
def test_units_are_converted_before_comparing(reported: str, unit: str, verdict: str) -> None:
    assert evaluate(danshen(), [count(reported, unit=unit)], NOW).state == GateState(verdict)


def test_a_unit_that_measures_something_else_is_refused() -> None:
    with pytest.raises(BadInput):
        evaluate(danshen(), [count("60", unit="g/L")], NOW)


# Age of the last count → verdict, for 120 × 10⁹/L and nothing before it.
DAYS, MINUTE = timedelta(days=1), timedelta(minutes=1)
AGES = [
    (timedelta(0), "open"),
    (7 * DAYS, "open"),  # exactly seven days old is still fresh
    (7 * DAYS + MINUTE, "closed"),
    (30 * DAYS, "closed"),
]


@pytest.mark.parametrize(("age", "verdict"), AGES)
def test_a_count_older_than_seven_days_closes_the_gate(age: timedelta, verdict: str) -> None:
    assert evaluate(danshen(), [count("120", age=age)], NOW).state == GateState(verdict)


# last count, count before, age in days → verdict: three days when below 75 or a third down
WATCHED = [
    ("74.9", None, 4, "closed"),
    ("74.9", None, 3, "open"),
    ("75", None, 4, "open"),
    ("80", "120", 4, "closed"),  # exactly a third down
    ("81", "120", 4, "open"),
    ("80", "120", 3, "open"),
]


@pytest.mark.parametrize(("last", "before", "age", "verdict"), WATCHED)
def test_a_low_or_falling_count_is_stale_after_three_days(
    last: str, before: str | None, age: int, verdict: str
) -> None:
    known = [count(last, age=timedelta(days=age))]
    if before is not None:
        known.append(count(before, age=timedelta(days=age + 7)))
    assert evaluate(danshen(), known, NOW).state == GateState(verdict)


# What is printed beyond the assay, age in days → verdict: it is watched at its limit.
@pytest.mark.parametrize(
    ("reported", "age", "verdict"),
    [("> 70", 3, "open"), ("> 70", 4, "closed"), (">= 75", 4, "open"), ("> 100", 7, "open")],
)
def test_a_count_beyond_the_assay_is_watched_like_its_limit(
    reported: str, age: int, verdict: str
) -> None:
    known = [count(reported, age=timedelta(days=age))]
    assert evaluate(danshen(), known, NOW).state == GateState(verdict)


# Seven days end at the same time of day, also when the clocks changed in between.
# Berlin: forward on 29 March (167 hours), back on 25 October 2026 (169 hours).
@pytest.mark.parametrize(
    ("collected", "at", "verdict"),
    [
        ("2026-03-23T08:00", "2026-03-30T08:00", "open"),
        ("2026-03-23T08:00", "2026-03-30T08:01", "closed"),
        ("2026-10-19T08:00", "2026-10-26T08:00", "open"),
        ("2026-10-19T08:00", "2026-10-26T08:01", "closed"),
    ],
)
def test_a_change_of_clock_makes_no_count_older_or_younger(
    collected: str, at: str, verdict: str
) -> None:
    sample = Moment.at(datetime.fromisoformat(collected), "Europe/Berlin")
    now = Moment.at(datetime.fromisoformat(at), "Europe/Berlin").utc
    result = LabResult("r", "p", "platelets", LabValue.parse("120", "10*9/L"), sample)
    assert evaluate(danshen(), [result], now).state == GateState(verdict)


def test_a_stale_count_names_the_source_of_its_age_and_not_of_the_limit() -> None:
    fresh = evaluate(danshen(), [count("120")], NOW)
    stale = evaluate(danshen(), [count("120", age=timedelta(days=8))], NOW)
    assert "Cheng 2025" in fresh.source
    assert stale.source.startswith("Default of this program")


def test_no_count_keeps_the_gate_closed_and_says_so() -> None:
    verdict = evaluate(danshen(), [], NOW)
    assert verdict.state is GateState.CLOSED
    assert verdict.result is None
    assert "No platelets result yet" in catalogue("en").text(verdict.reason)


def test_a_count_collected_after_the_dose_says_nothing_about_it() -> None:
    later = count("120", age=timedelta(hours=-1))
    assert evaluate(danshen(), [later], NOW).state is GateState.CLOSED


def test_the_verdict_carries_value_unit_collection_time_age_rule_and_source() -> None:
    verdict = evaluate(danshen(), [count("50")], NOW)
    assert verdict.age == timedelta(days=1)
    assert verdict.result is not None
    assert verdict.rule.limit == Decimal(50)
    assert "Cheng" in verdict.source
    text = catalogue("en").text(verdict.reason)
    assert "50 × 10⁹/L" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "09-Mar-2026" in text
    assert "above" in text
    chinese = catalogue("zh").text(verdict.reason)
    assert "血小板" in chinese
    assert "2026年3月9日" in chinese


@pytest.mark.parametrize(
    ("reported", "verdict"), [("50", "open"), ("49", "closed"), ("> 49", "undecided")]
)
def test_ibuprofen_needs_platelets_of_at_least_50(reported: str, verdict: str) -> None:
    ibuprofen = regimen("sorafenib_iti").component("ibuprofen")
    found = evaluate_all(ibuprofen, GateEvidence((count(reported),)), NOW)
    assert found is not None
    assert found.state == GateState(verdict)


def test_the_kidney_gate_is_off_until_a_site_switches_it_on() -> None:
    gates = {g.analyte: g.active for g in regimen("sorafenib_iti").component("ibuprofen").gates}
    assert gates == {"platelets": True, "egfr": False}


def test_a_component_without_gates_has_no_verdict() -> None:
    assert (
        evaluate_all(regimen("sorafenib_iti").component("sorafenib"), GateEvidence(), NOW) is None
    )


@pytest.mark.parametrize(
    ("operator", "value", "verdict"),
    [
        ("<", "449", "open"),
        ("<", "450", "closed"),
        ("<=", "450", "open"),
        ("<=", "451", "closed"),
        ("<=", "< 450", "open"),
        ("<=", "> 400", "undecided"),
    ],
)
def test_an_upper_limit_is_judged_the_same_way(operator: str, value: str, verdict: str) -> None:
    source = danshen().source
    rule = GateRule("qtc", "qtcf", operator, Decimal(450), "ms", source)
    found = evaluate(rule, [count(value, unit="ms", analyte="qtcf")], NOW)
    assert found.state == GateState(verdict)


def guarded_ibuprofen() -> Component:
    chosen: dict[str, SettingValue] = {"ibuprofen.renal_gate": True}
    settings = SiteSettings(site_catalogue(), chosen)
    return adapted(regimen("sorafenib_iti"), settings).component("ibuprofen")


def egfr(text: str, age: timedelta = timedelta(days=1)) -> LabResult:
    return count(text, unit="mL/min/{1.73_m2}", analyte="egfr", age=age)


@pytest.mark.parametrize(
    ("reported", "state", "warns"),
    [
        ("29", "closed", False),
        ("29.9", "closed", False),
        ("30", "open", True),
        ("59.9", "open", True),
        ("60", "open", False),
        ("> 60", "open", False),
        (">= 30", "open", True),  # can mean 30: surely not below the limit, not surely above 60
        ("> 20", "undecided", False),
    ],
)
def test_a_kidney_value_of_30_to_59_warns_without_closing(
    reported: str, state: str, warns: bool
) -> None:
    found = evaluate_all(guarded_ibuprofen(), GateEvidence((count("120"), egfr(reported))), NOW)
    assert found is not None
    assert found.state == GateState(state)
    assert (found.warning is not None) is warns
    if warns:
        assert "60" in catalogue("en").text(found.warning or "")


def test_a_kidney_value_is_good_for_28_days() -> None:
    for age, state in ((28, "open"), (28.01, "closed")):
        known = (count("120"), egfr("90", timedelta(days=age)))
        found = evaluate_all(guarded_ibuprofen(), GateEvidence(known), NOW)
        assert found is not None
        assert found.state == GateState(state)


@pytest.mark.parametrize(
    ("platelets", "kidney", "decides"),
    [
        ("49", "90", "platelets"),
        ("120", "20", "egfr"),
        ("49", "20", "platelets"),  # both closed: the regimen's order
        ("> 49", "20", "egfr"),  # closed goes before undecided
        ("120", "45", "egfr"),  # open with a warning goes before open
        ("120", "90", "platelets"),
    ],
)
def test_of_several_gates_the_strictest_decides_and_the_others_stay_as_evidence(
    platelets: str, kidney: str, decides: str
) -> None:
    found = evaluate_all(guarded_ibuprofen(), GateEvidence((count(platelets), egfr(kidney))), NOW)
    assert found is not None
    assert found.asks_for == decides
    assert {found.asks_for, *(other.asks_for for other in found.others)} == {"platelets", "egfr"}


def test_a_verdict_names_what_it_asks_for_and_what_it_goes_by() -> None:
    words = catalogue("en")
    known = count("48")
    found = evaluate(danshen(), [known], NOW)
    assert words.text(found.subject) == "platelets"
    assert found.found is not None
    assert words.text(found.found).startswith("48")
    assert (found.collected, found.evidence_id) == (known.collected, known.id)
