"""What swimmer lanes and MRD strips show: what is on record, and nothing beyond it."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.cohort import read_row
from aml_maint.domain.cohort_member import LastKnown, Member, MrdPoint, Status, reported_member
from aml_maint.domain.disease import SorafenibTiming
from aml_maint.domain.endpoints import Fate
from aml_maint.domain.follow_up import DeathCause, DiseaseEvent, EventKind
from aml_maint.domain.group_tests import kruskal_wallis
from aml_maint.domain.messages import Message
from aml_maint.domain.mrd_strip import Level, level_of, mrd_strips
from aml_maint.domain.patient import Flt3Itd, Risk, Sex
from aml_maint.domain.swimmer import Lane, Sign, lane_of, lanes

START = date(2025, 1, 1)
ROWS = csv.DictReader(
    (Path(__file__).parents[1] / "data" / "cohort19.csv").read_text("utf-8").splitlines()
)
NINETEEN = [
    reported_member(str(number), "Cheng2025", patient)
    for number, row in enumerate(ROWS)
    if (patient := read_row(row, 2)[0]) is not None
]


def member(*events: tuple[EventKind, date], last: date | None = None, **facts: object) -> Member:
    """A patient of the ward whose maintenance began on the first of January 2025."""
    happened = tuple(
        DiseaseEvent(
            str(number), "p", kind, on, DeathCause.UNKNOWN if kind is EventKind.DEATH else None
        )
        for number, (kind, on) in enumerate(events)
    )
    fate = Fate(date(2024, 9, 1), START, last, happened, baseline_positive=False)
    known: dict[str, object] = {
        "id": "p", "label": "T-1", "study": "", "sex": Sex.FEMALE, "age": None, "wbc": None,
        "blasts": None, "fab": "", "normal_karyotype": None, "genes": None,
        "flt3_itd": Flt3Itd.POSITIVE, "risk": Risk.ADVERSE,
        "sorafenib": SorafenibTiming.INDUCTION, "fate": fate,
    }  # fmt: skip
    return Member(**{**known, **facts})  # type: ignore[arg-type]


def lane(one: Member, cut_off: date | None = None) -> Lane:
    found = lane_of(one, cut_off)
    assert isinstance(found, Lane)
    return found


def signs(one: Member, cut_off: date | None = None) -> list[tuple[Sign, Decimal]]:
    return [(mark.sign, mark.months) for mark in lane(one, cut_off).marks]


def test_a_lane_runs_from_maintenance_start_to_the_last_day_known() -> None:
    found = lane(member(last=date(2026, 1, 1), on_therapy=((Decimal(0), Decimal(14)),)))
    assert found.months == Decimal("12.0")
    assert found.on_therapy == ((Decimal(0), Decimal("12.0")),), "not beyond what is known"
    assert signs(found.member) == [(Sign.ALIVE, Decimal("12.0"))]


def test_events_stand_at_their_months_and_death_ends_the_lane() -> None:
    dead = member(
        (EventKind.MOLECULAR_RELAPSE, date(2025, 7, 2)), (EventKind.DEATH, date(2026, 1, 1)),
        last=date(2026, 1, 1),
    )  # fmt: skip
    assert signs(dead) == [
        (Sign.MOLECULAR_RELAPSE, Decimal("6.0")), (Sign.DEATH, Decimal("12.0")),
    ]  # fmt: skip
    assert (dead.status, dead.last_known) == (Status.MOLECULAR_RELAPSE, LastKnown.DEAD)


def test_nothing_after_the_cut_off_counts_not_even_a_death() -> None:
    dead = member((EventKind.DEATH, date(2026, 1, 1)), last=date(2026, 1, 1))
    assert signs(dead, date(2025, 7, 2)) == [(Sign.ALIVE, Decimal("6.0"))]
    assert isinstance(lane_of(dead, date(2024, 12, 31)), Message)


def test_a_relapse_before_maintenance_is_no_relapse_of_it() -> None:
    early = member((EventKind.MORPHOLOGICAL_RELAPSE, date(2024, 12, 1)), last=date(2025, 7, 2))
    assert early.status is Status.REMISSION
    assert signs(early) == [(Sign.ALIVE, Decimal("6.0"))]


def test_who_is_heard_of_after_having_been_lost_is_alive() -> None:
    lost = (EventKind.LOST, date(2025, 7, 2))
    assert member(lost, last=date(2025, 5, 1)).last_known is LastKnown.LOST
    assert member(lost, last=date(2025, 9, 1)).last_known is LastKnown.ALIVE


def test_without_any_sign_of_life_there_is_a_reason_and_no_lane() -> None:
    assert isinstance(lane_of(member()), Message)
    assert lanes([member()]) == ()


def test_a_printed_patient_ends_where_the_printed_time_ends() -> None:
    by_label = {found.member.label: found for found in lanes(NINETEEN)}
    assert [mark.sign for mark in by_label["9"].marks] == [Sign.MORPHOLOGICAL_RELAPSE]
    assert by_label["9"].months == 16, "the death has no day since maintenance began"
    assert [mark.sign for mark in by_label["1"].marks] == [Sign.CENSORED]
    assert next(iter(by_label)) == "3" and len(by_label) == 19


@pytest.mark.parametrize(
    ("positive", "percent", "level"),
    [
        (False, None, Level.NEGATIVE),
        (None, None, Level.INDETERMINATE),
        (None, "0.05", Level.INDETERMINATE),
        (True, None, Level.POSITIVE),
        (True, "0.01", Level.LOW),
        (True, "0.099", Level.LOW),
        (True, "0.1", Level.MIDDLE),
        (True, "0.99", Level.MIDDLE),
        (True, "1", Level.HIGH),
    ],
)
def test_a_result_has_the_level_of_its_power_of_ten(
    positive: bool | None, percent: str | None, level: Level
) -> None:
    value = None if percent is None else Decimal(percent)
    assert level_of(MrdPoint(Decimal(0), positive, value)) is level


def test_of_several_results_in_a_stretch_the_gravest_is_shown() -> None:
    points = (
        MrdPoint(Decimal("-0.5"), False, None),
        MrdPoint(Decimal("0.4"), True, Decimal("0.02")),
        MrdPoint(Decimal("0.9"), False, None),
        MrdPoint(Decimal("1.0"), None, None),
        MrdPoint(Decimal("1.1"), None, None),
    )
    found = mrd_strips([member(mrd=points), member()])
    assert (found.width, found.columns, len(found.strips)) == (1, 3, 1)
    levels = {column: level for column, (level, _) in found.strips[0].levels.items()}
    assert levels == {0: Level.NEGATIVE, 1: Level.LOW, 2: Level.INDETERMINATE}


def test_long_courses_have_wider_stretches() -> None:
    found = mrd_strips([member(mrd=(MrdPoint(Decimal(40), False, None),))])
    assert (found.width, found.columns) == (2, 21)
    assert found.months(20) == (38, 40)


def test_several_groups_of_numbers_are_compared_as_in_r() -> None:
    # The example of R's kruskal.test (Hollander and Wolfe 1973): 0.77143, p = 0.68.
    groups = [
        [2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0],
    ]  # fmt: skip
    found = kruskal_wallis(groups)
    assert found.statistic == pytest.approx(0.7714286, abs=1e-6)
    assert found.p == pytest.approx(0.6799648, abs=1e-6)
    assert kruskal_wallis([[1.0], []]).p is None
    assert kruskal_wallis([[1.0], [1.0], [1.0]]).p is None


_DAYS = st.integers(0, 900).map(lambda days: START + timedelta(days=days))
_BEFORE_DEATH = st.sampled_from([kind for kind in EventKind if kind is not EventKind.DEATH])


@settings(max_examples=60, deadline=None)
@given(
    events=st.lists(st.tuples(_BEFORE_DEATH, _DAYS), max_size=5),
    died=st.booleans(),
    last=_DAYS,
    cut_off=st.none() | _DAYS,
)
def test_whatever_happened_a_lane_ends_once_and_holds_nothing_after_its_end(
    events: list[tuple[EventKind, date]], died: bool, last: date, cut_off: date | None
) -> None:
    known = [event for event in events if event[1] <= last]
    if died:
        known.append((EventKind.DEATH, last))
    found = lane_of(member(*known, last=last, on_therapy=((Decimal(0), Decimal(40)),)), cut_off)
    assert isinstance(found, Lane)
    ends = [mark for mark in found.marks if mark.sign in {Sign.ALIVE, Sign.LOST, Sign.DEATH}]
    assert len(ends) == 1 and ends[0].months == found.months
    assert all(0 <= mark.months <= found.months for mark in found.marks)
    assert all(0 <= low <= high <= found.months for low, high in found.on_therapy)
    if cut_off is not None and cut_off < last:
        assert ends[0].sign is Sign.ALIVE, "what came after the cut-off is not known"


def test_a_result_after_the_cut_off_has_no_tile_and_who_has_no_other_has_no_strip() -> None:
    points = (
        MrdPoint(Decimal("0.4"), False, None, date(2025, 1, 12)),
        MrdPoint(Decimal("3.0"), True, Decimal("0.2"), date(2025, 4, 2)),
    )
    late = member(id="q", mrd=points[1:])
    (strip,) = mrd_strips([member(mrd=points), late], date(2025, 4, 1)).strips
    assert strip.points == points[:1]
    assert len(mrd_strips([member(mrd=points), late], date(2025, 4, 2)).strips) == 2
