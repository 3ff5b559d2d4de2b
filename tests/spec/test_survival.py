"""Time to event beside R's package survival, and the cohort's curves (rules, "Outcomes").

`tests/data/survival/reference.R` made the figures of R; they are kept as data beside it.
"""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.group_tests import chi_square, compare_shares, fisher, mann_whitney
from aml_maint.domain.survival import (
    Curve,
    follow_up,
    kaplan_meier,
    log_rank,
    steps,
)

DATA = Path(__file__).parents[1] / "data"
SETS = ("leukemia", "ovarian", "lung", "edges", "cohort_os", "cohort_rfs")


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / "survival" / name).read_text("utf-8").splitlines()))


def read_set(name: str) -> dict[str, tuple[list[float], list[bool]]]:
    """Times and events by group; "" is everyone."""
    groups: dict[str, tuple[list[float], list[bool]]] = defaultdict(lambda: ([], []))
    for row in rows(f"{name}.csv"):
        for group in ("", row["group"]):
            groups[group][0].append(float(row["time"]))
            groups[group][1].append(row["event"] == "1")
    return dict(groups)


DATA_SETS = {name: read_set(name) for name in SETS}
REFERENCE: dict[tuple[str, str, str], list[dict[str, str]]] = defaultdict(list)
for _row in rows("reference.csv"):
    REFERENCE[_row["set"], _row["group"], _row["what"]].append(_row)
TESTS = {(row["set"], row["what"]): row for row in rows("tests.csv")}


def number(text: str) -> float | None:
    return None if text == "NA" else float(text)


def same(found: float | None, wanted: float | None) -> bool:
    """Equal to six digits, and missing where R has none."""
    if found is None or wanted is None:
        return found is wanted
    return math.isclose(found, wanted, rel_tol=1e-6, abs_tol=1e-9)


CURVES = sorted((name, group) for name, group, what in REFERENCE if what == "curve")


@pytest.mark.parametrize(("name", "group"), CURVES)
def test_curves_and_their_intervals_are_those_of_r_to_six_digits(name: str, group: str) -> None:
    curve = kaplan_meier(*DATA_SETS[name][group])
    expected = REFERENCE[name, group, "curve"]
    assert len(curve.points) == len(expected)
    for point, row in zip(curve.points, expected, strict=True):
        assert (point.time, point.at_risk, point.events, point.censored) == (
            float(row["time"]), int(row["at_risk"]), int(row["events"]), int(row["censored"]),
        )  # fmt: skip
        for found, column in (
            (point.survival, "survival"), (point.lower, "lower"), (point.upper, "upper"),
        ):  # fmt: skip
            assert same(found, number(row[column])), (point, row)


@pytest.mark.parametrize(("name", "group"), CURVES)
def test_medians_and_follow_up_are_those_of_r(name: str, group: str) -> None:
    curve = kaplan_meier(*DATA_SETS[name][group])
    for what, median in (("median", curve.median), ("follow_up", follow_up(curve))):
        (row,) = REFERENCE[name, group, what]
        found = (median.time, median.lower, median.upper)
        assert all(map(same, found, map(number, (row["survival"], row["lower"], row["upper"]))))


@pytest.mark.parametrize("name", SETS)
def test_the_log_rank_test_is_that_of_r(name: str) -> None:
    groups = {g: kaplan_meier(*data) for g, data in DATA_SETS[name].items() if g}
    found = log_rank(groups)
    row = TESTS[name, "logrank"]
    assert same(found.statistic, float(row["statistic"])) and same(found.p, float(row["p"]))
    assert found.groups == len(groups)


def test_without_two_groups_or_an_event_there_is_no_log_rank_test() -> None:
    both = kaplan_meier([1.0, 2.0], [True, False])
    event, none = kaplan_meier([1.0], [True]), kaplan_meier([1.0], [False])
    assert log_rank({"a": both}).p is None
    assert log_rank({"a": event, "b": kaplan_meier([], [])}).p is None
    assert log_rank({"a": none, "b": kaplan_meier([2.0], [False])}).p is None
    # All of b are gone before the first event of a.
    assert log_rank({"a": kaplan_meier([5.0, 6.0], [True, True]), "b": none}).p is None


def test_follow_up_counts_being_censored_as_the_event() -> None:
    times, events = [3.0, 3.0, 5.0, 8.0], [True, False, True, False]
    reverse = kaplan_meier(times, [not event for event in events])
    assert follow_up(kaplan_meier(times, events)) == reverse.median
    assert follow_up(kaplan_meier([], [])).time is None


# ---- the paper's 19

CHECK = json.loads((DATA / "paper_check.json").read_text("utf-8"))
COHORT = {"OS": DATA_SETS["cohort_os"][""], "RFS_relapse": DATA_SETS["cohort_rfs"][""]}


@pytest.mark.parametrize("name", COHORT)
def test_the_cohorts_curves_are_exactly_those_of_the_check(name: str) -> None:
    points = kaplan_meier(*COHORT[name]).points
    for point, row in zip(points, CHECK["km"][name], strict=True):
        assert (point.time, point.at_risk, point.events, point.censored) == (
            row["month"], row["at_risk"], row["events"], row["censored"],
        )  # fmt: skip
        assert math.isclose(point.survival, Fraction(row["survival"]), rel_tol=1e-12)


@pytest.mark.parametrize(
    ("name", "month", "survival", "interval", "crude"),
    [
        ("OS", 12, "100.00", None, "100.0"),
        ("OS", 24, "94.44", ("66.6", "99.2"), "94.7"),
        ("RFS_relapse", 12, "87.97", ("59.4", "96.9"), "89.5"),
        ("RFS_relapse", 24, "65.98", ("36.1", "84.4"), "73.7"),
    ],
)
def test_survival_stands_beside_the_crude_share(
    name: str, month: int, survival: str, interval: tuple[str, str] | None, crude: str
) -> None:
    at = kaplan_meier(*COHORT[name]).at(month)
    assert at.survival is not None
    assert f"{100 * at.survival:.2f}" == survival and f"{100 * at.crude:.1f}" == crude
    if interval is None:
        assert (at.lower, at.upper) == (None, None)
    else:
        assert at.lower is not None and at.upper is not None
        assert (f"{100 * at.lower:.1f}", f"{100 * at.upper:.1f}") == interval


# ---- what a curve tells


def test_beyond_the_last_patient_nothing_is_claimed_unless_all_had_the_event() -> None:
    curve = kaplan_meier([5.0, 10.0], [True, False])
    assert curve.at(10).survival == 0.5 and curve.at(11).survival is None
    assert curve.at(4).survival == 1.0
    ended = kaplan_meier([5.0, 10.0], [True, True])
    assert ended.at(99).survival == 0.0
    assert curve.at(11).crude == 0.5


def test_an_empty_cohort_is_no_curve_and_no_error() -> None:
    curve = kaplan_meier([], [])
    assert (curve.n, curve.events, curve.median.time) == (0, 0, None)
    assert curve.at(12).survival is None and math.isnan(curve.at(12).crude)
    assert steps(curve) == [(0.0, 1.0)]


def test_the_number_at_risk_counts_who_is_followed_up_to_that_time() -> None:
    curve = kaplan_meier([5.0, 10.0, 10.0], [True, False, True])
    assert [curve.followed(t) for t in (0, 5, 6, 10, 11)] == [3, 3, 2, 2, 0]


def test_few_people_are_marked_as_few() -> None:
    assert kaplan_meier([1.0] * 29, [True] * 29).is_small
    assert not kaplan_meier([1.0] * 30, [True] * 30).is_small


def test_a_drawn_curve_has_corners_and_ends_with_the_last_patient() -> None:
    curve = kaplan_meier([5.0, 10.0, 12.0], [True, True, False])
    assert steps(curve) == [
        (0.0, 1.0), (5.0, 1.0), (5.0, pytest.approx(2 / 3)), (10.0, pytest.approx(2 / 3)),
        (10.0, pytest.approx(1 / 3)), (12.0, pytest.approx(1 / 3)),
    ]  # fmt: skip


people = st.lists(
    st.tuples(st.integers(0, 40).map(lambda n: n / 2), st.booleans()), min_size=1, max_size=30
)


@settings(max_examples=40, deadline=None)
@given(people, st.randoms())
def test_the_order_of_people_changes_nothing(found: list[tuple[float, bool]], random: Any) -> None:
    def curve(pairs: list[tuple[float, bool]]) -> Curve:
        return kaplan_meier([t for t, _ in pairs], [e for _, e in pairs])

    shuffled = list(found)
    random.shuffle(shuffled)
    assert curve(shuffled).points == curve(found).points


@settings(max_examples=40, deadline=None)
@given(people)
def test_a_curve_only_falls_and_its_interval_holds_it(found: list[tuple[float, bool]]) -> None:
    points = kaplan_meier([t for t, _ in found], [e for _, e in found]).points
    heights = [1.0, *(point.survival for point in points)]
    assert heights == sorted(heights, reverse=True)
    for point in points:
        if point.lower is not None and point.upper is not None:
            assert 0 <= point.lower <= point.survival <= point.upper <= 1
    assert sum(point.events + point.censored for point in points) == len(found)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e9), st.booleans()), min_size=1, max_size=30))
def test_each_time_has_who_is_at_risk_who_had_the_event_and_who_left(
    found: list[tuple[float, bool]],
) -> None:
    points = kaplan_meier([t for t, _ in found], [e for _, e in found]).points
    assert [point.time for point in points] == sorted({t for t, _ in found})
    for point in points:
        assert point.at_risk == sum(t >= point.time for t, _ in found)
        assert point.events == found.count((point.time, True))
        assert point.censored == found.count((point.time, False))


def test_nobody_is_followed_for_less_than_no_time() -> None:
    assert kaplan_meier([-0.0, 1.0], [False, True]).times == (0.0, 1.0)
    with pytest.raises(ValueError, match="less than no time"):
        kaplan_meier([1.0, -0.5], [True, False])


# ---- tests between groups


def cohort() -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / "cohort19.csv").read_text("utf-8").splitlines()))


def by_mrd(column: str) -> tuple[list[float], list[float]]:
    groups: dict[str, list[float]] = {"positive": [], "negative": []}
    for row in cohort():
        groups[row["mrd_pre_fcm"]].append(float(row[column]))
    return groups["positive"], groups["negative"]


MANN_WHITNEY = [
    ("mann_whitney_age", "cohort", *by_mrd("age_years")),
    ("mann_whitney_wbc", "cohort", *by_mrd("wbc_e9_per_l")),
    ("mann_whitney_ties", "numbers", [1, 2, 2, 3, 5, 8], [2, 4, 4, 9, 10, 11, 12]),
]


@pytest.mark.parametrize(("what", "where", "one", "other"), MANN_WHITNEY)
def test_mann_whitney_is_that_of_r(
    what: str, where: str, one: list[float], other: list[float]
) -> None:
    found, row = mann_whitney(one, other), TESTS[where, what]
    assert same(found.statistic, float(row["statistic"])) and same(found.p, float(row["p"]))


@pytest.mark.parametrize(
    ("what", "table"),
    [
        ("chi_square_2x2", [[12, 7], [5, 9]]),
        ("chi_square_2x3", [[10, 30, 15], [20, 25, 12]]),
    ],
)
def test_chi_square_is_that_of_r(what: str, table: list[list[int]]) -> None:
    found, row = chi_square(table), TESTS["table", what]
    assert same(found.statistic, float(row["statistic"])) and same(found.p, float(row["p"]))
    assert compare_shares(table) == found


@pytest.mark.parametrize(
    ("what", "table"),
    [
        ("fisher_2x2", [[3, 2], [1, 9]]),
        ("fisher_2x3", [[3, 2, 4], [1, 9, 5]]),
        ("fisher_3x3", [[3, 1, 0], [0, 6, 1], [2, 2, 4]]),
    ],
)
def test_fishers_test_is_that_of_r(what: str, table: list[list[int]]) -> None:
    assert same(fisher(table), float(TESTS["table", what]["p"]))
    found = compare_shares(table)
    assert (found.test, same(found.p, fisher(table))) == ("fisher", True)


def test_fishers_test_of_the_cohort_is_that_of_r() -> None:
    for column, what in (("sex", "fisher_sex_by_mrd"), ("eln2022_paper", "fisher_eln_by_mrd")):
        table = [
            [sum(r[column] == word and r["mrd_pre_fcm"] == mrd for r in cohort())
             for mrd in ("negative", "positive")]
            for word in sorted({row[column] for row in cohort()})
        ]  # fmt: skip
        assert same(compare_shares(table).p, float(TESTS["cohort", what]["p"]))


def test_where_nothing_can_be_compared_there_is_no_p() -> None:
    assert mann_whitney([], [1.0]).p is None
    assert mann_whitney([2.0, 2.0], [2.0]).p is None
    assert compare_shares([[3, 4], [0, 0]]).p is None
    assert compare_shares([[3, 0], [1, 0]]).p is None
    assert compare_shares([]).p is None


def test_a_table_too_large_to_enumerate_is_tested_by_chi_square() -> None:
    table = [[4, 40, 40, 40], [40, 40, 40, 3], [40, 40, 40, 40], [1, 2, 3, 40]]
    assert compare_shares(table).test == "chi_square"
