"""Where the next injection may go, and how long a premedication was given before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.administration import INJECTION_SITES, Administration, Status
from aml_maint.domain.errors import BadInput
from aml_maint.domain.injection import (
    Fit,
    ReactionKind,
    SiteMap,
    SiteReaction,
    SiteUse,
    is_same_person,
    site_map,
    temperature_is_fresh,
)
from aml_maint.domain.messages import LANGUAGES
from aml_maint.domain.moment import Moment
from aml_maint.domain.premedication_gap import GapFit, recorded_gap
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen

ZONE = "Asia/Shanghai"
TODAY = date(2026, 3, 21)
REST = 4


def use(site: str, days_ago: int, component: str = "interferon", at: str = "19:00") -> SiteUse:
    day = TODAY - timedelta(days=days_ago)
    given = Moment.at(datetime.fromisoformat(f"{day}T{at}"), ZONE)
    return SiteUse(site, component, given)


def reaction(site: str, first: int, last: int | None = None) -> SiteReaction:
    """A bruise that began `first` days ago and was last seen `last` days ago."""
    began = TODAY - timedelta(days=first)
    ended = None if last is None else TODAY - timedelta(days=last)
    return SiteReaction("r", "p", site, ReactionKind.BRUISE, began, ended)


def the_map(
    *uses: SiteUse, component: str = "interferon", reactions: tuple[SiteReaction, ...] = ()
) -> SiteMap:
    return site_map(component, TODAY, ZONE, uses, reactions, REST)


EACH_ONCE = [use(site, 4 + 2 * n) for n, site in enumerate(INJECTION_SITES)]


@pytest.mark.parametrize(
    ("uses", "suggested", "why"),
    [
        ([], "abdomen_left", "nothing used yet: the first in the order of the list"),
        ([use("abdomen_left", 2)], "abdomen_right", "one never used comes first"),
        (EACH_ONCE, "arm_right", "else the one used longest ago"),
        ([*EACH_ONCE, use("arm_right", 2)], "arm_left", "by its last use, not its first"),
        (
            [*EACH_ONCE, use("arm_right", 4, "interleukin2")],
            "arm_left",
            "a use by the other drug is a use",
        ),
        (
            [use(site, 3) for site in INJECTION_SITES[1:]] + [use("abdomen_left", 4)],
            "abdomen_left",
            "four days of rest are enough",
        ),
        (
            [use("abdomen_left", 29)] + [use(site, 20) for site in INJECTION_SITES[1:]],
            "abdomen_left",
            "what was used more than 28 days ago counts as never used",
        ),
    ],
)
def test_the_site_used_longest_ago_is_suggested(
    uses: list[SiteUse], suggested: str, why: str
) -> None:
    assert the_map(*uses).suggested == suggested, why


def test_the_site_of_the_other_drug_that_evening_is_not_suggested_nor_its_part_of_the_body() -> (
    None
):
    found = the_map(use("abdomen_left", 0), component="interleukin2")
    assert found.state("abdomen_left").fit is Fit.OTHER_DRUG
    assert found.suggested == "thigh_left"


def test_its_own_dose_of_the_day_before_yesterday_is_recent_and_not_the_other_drugs() -> None:
    found = the_map(use("thigh_left", 2))
    assert found.state("thigh_left").fit is Fit.RECENT
    assert found.state("thigh_right").fit is Fit.FREE


@pytest.mark.parametrize(
    ("first", "last", "blocked"),
    [(3, None, True), (3, 0, True), (3, 1, False), (0, None, True), (-1, None, False)],
)
def test_a_site_is_left_out_from_the_first_to_the_last_day_of_a_reaction(
    first: int, last: int | None, blocked: bool
) -> None:
    found = the_map(reactions=(reaction("abdomen_left", first, last),))
    assert (found.state("abdomen_left").fit is Fit.REACTING) is blocked
    assert (found.suggested != "abdomen_left") is blocked


def test_without_a_rested_site_the_longest_unused_is_suggested_and_that_is_said() -> None:
    found = the_map(*(use(site, 3 - n // 3) for n, site in enumerate(INJECTION_SITES)))
    assert found.suggested == "abdomen_left"
    assert found.advice.key == "injection.advice.all_recent"


def test_when_each_site_reacts_or_took_the_other_drug_none_is_suggested() -> None:
    reacting = tuple(reaction(site, 2) for site in INJECTION_SITES[1:])
    found = the_map(use("abdomen_left", 0), component="interleukin2", reactions=reacting)
    assert found.suggested is None
    assert found.advice.key == "injection.advice.none"


def test_two_injections_every_other_day_by_advice_never_meet_a_site_before_it_rested() -> None:
    uses: list[SiteUse] = []
    for evening in range(28):
        on = TODAY + timedelta(days=2 * evening)
        for component in ("interferon", "interleukin2"):
            found = site_map(component, on, ZONE, uses, (), REST)
            assert found.suggested is not None
            assert found.state(found.suggested).fit is Fit.FREE
            given = Moment.at(datetime(on.year, on.month, on.day, 19), ZONE)
            uses.append(SiteUse(found.suggested, component, given))
    taken = {site: sum(one.site == site for one in uses) for site in INJECTION_SITES}
    assert max(taken.values()) - min(taken.values()) <= 1


def test_each_site_tells_the_last_use_by_each_drug_the_latest_first() -> None:
    found = the_map(
        use("arm_left", 20), use("arm_left", 6), use("arm_left", 12, "interleukin2")
    ).state("arm_left")
    assert [(one.component, (TODAY - one.given.day_in(ZONE)).days) for one in found.uses] == [
        ("interferon", 6),
        ("interleukin2", 12),
    ]
    assert found.last_of("sorafenib") is None


def test_the_day_of_a_use_is_that_of_the_courses_own_clocks() -> None:
    late = Moment.at(datetime(2026, 3, 20, 17, 30), "Europe/Berlin")  # 00:30 the next day there
    found = site_map(
        "interleukin2", TODAY, ZONE, [SiteUse("arm_left", "interferon", late)], (), REST
    )
    assert found.state("arm_left").fit is Fit.OTHER_DRUG


@pytest.mark.parametrize(
    ("site", "key"),
    [
        ("abdomen_left", "injection.caution.reacting"),
        ("abdomen_right", "injection.caution.other_drug"),
        ("thigh_left", "injection.caution.recent"),
        ("thigh_right", None),
    ],
)
def test_what_speaks_against_a_site_is_said_in_both_languages(site: str, key: str | None) -> None:
    found = the_map(
        use("abdomen_right", 0), use("thigh_left", 2), component="interleukin2",
        reactions=(reaction("abdomen_left", 1),),
    )  # fmt: skip
    told = found.caution(site)
    assert (told and told.key) == key
    for language in LANGUAGES:
        for message in (told, found.advice):
            assert message is None or catalogue(language).text(message)


def test_a_reaction_ends_on_or_after_its_first_day_and_at_a_known_site() -> None:
    with pytest.raises(BadInput) as caught:
        reaction("arm_left", 2, 3)
    assert caught.value.field == "last_day"
    with pytest.raises(BadInput) as caught:
        reaction("buttock", 2)
    assert caught.value.field == "site"


def given(component: str, at: str, status: Status = Status.GIVEN) -> Administration:
    taken = status is Status.GIVEN
    moment = Moment.at(datetime.fromisoformat(f"2026-03-21T{at}"), ZONE)
    return Administration(
        component, SlotId("c", component, TODAY, "evening"), "p", status,
        datetime(2026, 3, 21, 19), datetime(2026, 3, 21, 19),
        moment if taken else None, Dose(Decimal(200), "mg") if taken else None,
        Moment.at(datetime(2026, 3, 22), ZONE), "Li Na", "nurse",
        None if taken else "supply" if status is Status.HELD else "other",
    )  # fmt: skip


LINK = regimen("sorafenib_iti").component("ibuprofen").link
assert LINK is not None


@pytest.mark.parametrize(
    ("ibuprofen", "minutes", "fit"),
    [
        ("18:00", 60, GapFit.IN_WINDOW),
        ("18:15", 45, GapFit.IN_WINDOW),
        ("18:16", 44, GapFit.TOO_SHORT),
        ("18:15:01", 44, GapFit.TOO_SHORT),
        ("17:45", 75, GapFit.IN_WINDOW),
        ("17:44:59", 76, GapFit.TOO_LONG),
        ("17:00", 120, GapFit.TOO_LONG),
        ("19:05", -5, GapFit.TOO_SHORT),
    ],
)
def test_the_gap_from_ibuprofen_to_interferon_is_right_from_45_to_75_minutes(
    ibuprofen: str, minutes: int, fit: GapFit
) -> None:
    gap = recorded_gap(LINK, given("ibuprofen", ibuprofen), given("interferon", "19:00"))
    assert gap is not None
    assert (gap.minutes, gap.fit) == (minutes, fit)
    assert all(catalogue(language).text(gap.told) for language in LANGUAGES)


def test_there_is_no_gap_unless_both_were_given() -> None:
    held = given("ibuprofen", "18:00", Status.HELD)
    assert recorded_gap(LINK, held, given("interferon", "19:00")) is None
    assert recorded_gap(LINK, given("ibuprofen", "18:00"), replace(held, id="x")) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Li Na", "li  na ", True),
        ("LiNa", "Li Na", True),
        ("Li Na", "Li Nan", False),
        ("李娜", "李 娜", True),
    ],
)
def test_a_person_is_the_same_whatever_the_case_and_spacing_of_the_name(
    one: str, other: str, same: bool
) -> None:
    assert is_same_person(one, other) is same


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (120, True), (121, False), (-1, False)])
def test_a_temperature_stands_for_the_next_dose_for_two_hours(minutes: int, fresh: bool) -> None:
    now = Moment.at(datetime(2026, 3, 21, 19), ZONE).utc
    assert temperature_is_fresh(now - timedelta(minutes=minutes), now, 120) is fresh
