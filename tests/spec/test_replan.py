"""Shifts and omissions of the two injections, as tables (clinical rules, "Missed, late, held")."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aml_maint.domain.course import Course, CycleStart
from aml_maint.domain.replan import Preview, preview
from aml_maint.domain.schedule import doses_between
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope, SlotKey
from aml_maint.services.library import regimen

DAY_1 = date(2026, 3, 2)
KEEP, ANCHOR = ShiftMode.KEEP_GRID, ShiftMode.RE_ANCHOR
DOSE, COMPONENT, CYCLE, ONWARD = ShiftScope
BOTH = ("interferon", "interleukin2")


def on(number: int) -> date:
    return DAY_1 + timedelta(days=number - 1)


def course(*starts: int) -> Course:
    cycles = tuple(CycleStart(n + 1, on(day)) for n, day in enumerate((1, *starts)))
    return Course("c", "p", regimen("sorafenib_iti"), "Asia/Shanghai", cycles)


def shifted(
    scope: ShiftScope, mode: ShiftMode, components: tuple[str, ...], day: int, days: int,
    of: Course | None = None,
) -> Preview:  # fmt: skip
    shift = Shift("s", scope, components, on(day), days, mode, "why", "Wu Min")
    return preview(of or course(29), {}, [shift])


def days_of(plan: Course, component: str, first: int, last: int) -> list[int]:
    found = doses_between(plan, on(first), on(last))
    return [(d.on - DAY_1).days + 1 for d in found if d.component.id == component and not d.hold]


@pytest.mark.parametrize(
    ("scope", "components", "day", "days", "interferon", "interleukin2"),
    [
        (DOSE, BOTH, 25, 1, [23, 26, 28, 30, 32], [23, 26, 28, 30, 32]),
        (DOSE, ("interferon",), 25, 1, [23, 26, 28, 30, 32], [23, 25, 27, 29, 31]),
        (COMPONENT, ("interferon",), 27, 3, [23, 25, 30, 32], [23, 25, 27, 29, 31]),
        (ONWARD, (), 25, 3, [23, 28, 30, 32], [23, 28, 30, 32]),
        (ONWARD, (), 29, 1, [23, 25, 27, 30, 32], [23, 25, 27, 30, 32]),
    ],
)
def test_re_anchored_doses_follow_every_two_days_from_the_new_date_over_the_seam(
    scope: ShiftScope, components: tuple[str, ...], day: int, days: int,
    interferon: list[int], interleukin2: list[int],
) -> None:  # fmt: skip
    found = shifted(scope, ANCHOR, components, day, days)
    assert found.conflicts == ()
    assert days_of(found.course, "interferon", 23, 32) == interferon
    assert days_of(found.course, "ibuprofen", 23, 32) == interferon
    assert days_of(found.course, "interleukin2", 23, 32) == interleukin2


@pytest.mark.parametrize(
    ("scope", "mode", "components", "day", "days", "conflict"),
    [
        (DOSE, KEEP, BOTH, 5, 1, "too_close"),
        (DOSE, KEEP, BOTH, 5, -1, "too_close"),
        (DOSE, KEEP, BOTH, 5, 2, "too_close"),
        (DOSE, KEEP, BOTH, 5, 3, "too_close"),
        (ONWARD, ANCHOR, (), 5, -1, "too_close"),
        (ONWARD, ANCHOR, (), 1, -1, "before_course"),
        (CYCLE, KEEP, (), 21, 1, "too_close"),
        (CYCLE, KEEP, (), 21, 2, "other_cycle"),
        (COMPONENT, ANCHOR, ("sorafenib",), 5, 1, "continuous"),
        (COMPONENT, ANCHOR, ("thalidomide",), 5, 1, "continuous"),
        (COMPONENT, ANCHOR, ("ibuprofen",), 5, 1, "linked"),
    ],
)
def test_a_shift_that_breaks_a_rule_says_which(
    scope: ShiftScope, mode: ShiftMode, components: tuple[str, ...], day: int, days: int,
    conflict: str,
) -> None:  # fmt: skip
    found = shifted(scope, mode, components, day, days)
    assert found.conflicts[0].key == f"replan.conflict.{conflict}"


def test_one_dose_given_a_day_late_leaves_the_others_on_the_grid_once_the_next_is_omitted() -> None:
    omitted = preview(
        course(29), {}, [Omission("o", "interferon", on(7), on(7), "fever", "Wu Min")]
    ).course
    found = shifted(DOSE, KEEP, ("interferon",), 5, 1, omitted)
    assert found.conflicts == ()
    active = [
        (d.on - DAY_1).days + 1
        for d in doses_between(found.course, on(1), on(13))
        if d.component.id == "interferon" and d.omission is None
    ]
    assert active == [1, 3, 6, 9, 11, 13]


def test_the_preview_counts_the_doses_of_each_cycle_and_the_gap_at_the_seam() -> None:
    found = shifted(ONWARD, ANCHOR, (), 25, 3)
    counts = {(c.component, c.cycle): (c.before, c.after) for c in found.counts}
    assert counts["interferon", 1] == (14, 13)
    assert counts["interferon", 2] == (14, 14)
    assert {count.component for count in found.counts} == {*BOTH, "ibuprofen"}


def test_a_re_anchor_at_the_seam_tells_the_longer_gap() -> None:
    seams = {(s.component, s.cycle): (s.before, s.after) for s in
             shifted(ONWARD, ANCHOR, (), 29, 1).seams}  # fmt: skip
    assert seams["interferon", 2] == (2, 3)


def test_a_dose_recorded_between_two_shifts_keeps_the_day_that_only_the_first_gave_it() -> None:
    first = Shift("1", ONWARD, BOTH, on(9), 3, ANCHOR, "why", "Wu Min")
    recorded = frozenset({SlotKey("interferon", on(9), "evening")})
    second = Shift("2", ONWARD, BOTH, on(5), 1, ANCHOR, "why", "Wu Min", closed=recorded)
    plan = replace(course(29), shifts=(first, second))
    assert days_of(plan, "interferon", 5, 17) == [6, 8, 12, 15, 17]
