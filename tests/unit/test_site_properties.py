"""Decisions on settings over time: none reaches back, the last word counts, no slot is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.course import Course, CycleStart
from aml_maint.domain.edition import ClockTime
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import doses_between, doses_of_cycle
from aml_maint.domain.site_history import SettingChange, SiteHistory
from aml_maint.services.library import regimen, site_catalogue
from aml_maint.services.shelf import SiteShelf

DAY_1 = date(2026, 3, 2)
LAST = DAY_1 + timedelta(days=27)
NOW = Moment(datetime(2026, 3, 1, tzinfo=UTC), 480, "Asia/Shanghai")
DAYS = st.integers(0, 40).map(lambda n: DAY_1 + timedelta(days=n))
PUBLISHED = regimen("sorafenib_iti")
PLAIN = Course("c", "p", PUBLISHED, "UTC", (CycleStart(1, DAY_1),))
SLOTS = {dose.id for dose in doses_of_cycle(PLAIN, 1)}


def decided(key: str, value: int | time, from_day: date) -> SettingChange:
    return SettingChange(key, value, from_day, "reason", "Wu Min", NOW, 1)


STALE = st.builds(decided, st.just("gate.stale_after"), st.integers(4, 28), DAYS)


@given(st.lists(STALE, max_size=6), STALE, DAYS)
@settings(max_examples=60, deadline=None)
def test_a_new_decision_holds_from_its_day_on_and_changes_nothing_before(
    before: list[SettingChange], new: SettingChange, day: date
) -> None:
    old = SiteHistory(site_catalogue(), tuple(before)).on(day)
    found = SiteHistory(site_catalogue(), (*before, new)).on(day)
    expected = new.value if day >= new.from_day else old.value("gate.stale_after")
    assert found.value("gate.stale_after") == expected


CLOCKS = st.builds(
    decided,
    st.sampled_from(["clock.interferon.evening", "clock.sorafenib.morning"]),
    st.builds(time, st.integers(5, 18), st.sampled_from([0, 30])),
    DAYS,
)
OWN = st.builds(
    ClockTime,
    st.just("thalidomide"),
    st.just("bedtime"),
    st.none() | st.builds(time, st.integers(20, 23), st.sampled_from([0, 15])),
    DAYS,
)


@given(st.lists(CLOCKS, max_size=4), st.lists(OWN, max_size=3))
@settings(max_examples=40, deadline=None)
def test_no_decision_on_times_adds_drops_or_renames_a_dose(
    changes: list[SettingChange], times: list[ClockTime]
) -> None:
    shelf = SiteShelf(SiteHistory(site_catalogue(), tuple(changes)), DAY_1)
    editions = shelf.editions("sorafenib_iti", 1, DAY_1, times)
    today = shelf.today(editions, "sorafenib_iti", 1)
    start = (CycleStart(1, DAY_1),)
    course = Course("c", "p", today, "UTC", start, times=tuple(times), editions=editions)
    planned = doses_between(course, DAY_1, LAST)
    assert {dose.id for dose in planned} == SLOTS
    assert len(planned) == 210
    for dose in planned:
        assert dose.at.date() == dose.on == dose.id.planned_on
        gap = dose.component.link.offset_minutes if dose.component.link else 0
        if gap:
            served = next(d for d in planned if d.id == dose.linked_to)
            assert dose.at == served.at + timedelta(minutes=gap)
