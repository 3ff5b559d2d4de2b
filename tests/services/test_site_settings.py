"""Decisions on site settings: who, when, from when and why; none reaches back."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from uuid import uuid4

import pytest

from aml_maint.domain.errors import BadInput, Refused
from aml_maint.services.site_settings import (
    accept_settings,
    change_setting,
    change_settings,
    setting_history,
    site_history,
    site_settings,
)
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit
from aml_maint.store.replay import verify_chain
from tests.builders import set_clock

TODAY, TOMORROW = date(2026, 3, 2), date(2026, 3, 3)


def test_without_a_decision_every_setting_is_its_default_and_not_yet_accepted(
    place: Workplace,
) -> None:
    settings = site_settings(place)
    assert settings.days("gate.stale_after") == 7
    assert not settings.is_accepted("gate.stale_after")
    assert site_history(place).changes == ()


def test_a_decision_is_kept_with_who_when_why_and_from_when(place: Workplace) -> None:
    change_setting(place, "gate.stale_after", 5, "weekly counts come on Fridays")
    (decision,) = setting_history(place, "gate.stale_after")
    assert (decision.value, decision.from_day) == (5, TOMORROW)
    assert (decision.decided_by, decision.reason) == ("Li Na", "weekly counts come on Fridays")
    assert decision.decided == place.clock.now()
    event = audit.event(place.store, decision.sequence)
    assert event is not None
    assert event.command.action == "change_settings"
    assert verify_chain(place.store).ok


def test_what_plans_doses_changes_tomorrow_at_the_earliest(place: Workplace) -> None:
    change_setting(place, "clock.interferon.evening", time(20), "evening round")
    assert site_settings(place).clock("clock.interferon.evening") == time(19)
    assert site_settings(place, TOMORROW).clock("clock.interferon.evening") == time(20)
    with pytest.raises(BadInput) as refusal:
        change_setting(place, "window.injections", 180, "stricter", from_day=TODAY)
    assert refusal.value.field == "from_day"


def test_what_plans_no_dose_changes_at_once(place: Workplace) -> None:
    change_setting(place, "specimen.target", 7, "the laboratory's own aim")
    assert site_settings(place).integer("specimen.target") == 7


def test_no_decision_holds_from_a_day_that_is_past(place: Workplace) -> None:
    with pytest.raises(BadInput):
        change_setting(place, "gate.stale_after", 5, "stricter", from_day=date(2026, 3, 1))


def test_a_later_decision_ends_what_an_earlier_one_announced(place: Workplace) -> None:
    change_setting(place, "gate.stale_after", 5, "from April", from_day=date(2026, 4, 1))
    change_setting(place, "gate.stale_after", 6, "now already", from_day=TOMORROW)
    assert site_settings(place).days("gate.stale_after") == 7
    assert site_settings(place, TOMORROW).days("gate.stale_after") == 6
    assert site_settings(place, date(2026, 4, 2)).days("gate.stale_after") == 6
    assert len(setting_history(place, "gate.stale_after")) == 2


def test_settings_that_contradict_each_other_are_refused_and_can_change_together(
    place: Workplace,
) -> None:
    with pytest.raises(BadInput) as refusal:
        change_setting(place, "premedication.before", 90, "slow absorption")
    assert refusal.value.message.key in {"site.error.at_least", "site.error.at_most"}
    both = {"premedication.before": 90, "premedication.earliest": 105}
    change_settings(place, both, "slow absorption")
    assert site_settings(place, TOMORROW).minutes("premedication.before") == 90


def test_a_decision_may_not_contradict_one_that_begins_later(place: Workplace) -> None:
    change_setting(place, "gate.stale_after", 4, "soon", from_day=date(2026, 4, 1))
    with pytest.raises(BadInput):
        change_setting(place, "gate.watch_after", 5, "longer")
    assert site_settings(place).days("gate.watch_after") == 3


def test_two_doses_of_a_drug_never_share_a_time(place: Workplace) -> None:
    with pytest.raises(BadInput):
        change_setting(place, "clock.danshen.midday", time(17, 30), "with supper")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_decision_needs_a_reason(place: Workplace, reason: str) -> None:
    with pytest.raises(BadInput) as refusal:
        change_setting(place, "gate.stale_after", 5, reason)
    assert refusal.value.field == "reason"


def test_the_same_value_again_is_no_decision(place: Workplace) -> None:
    change_setting(place, "gate.stale_after", 5, "stricter")
    with pytest.raises(Refused):
        change_setting(place, "gate.stale_after", 5, "stricter")


def test_accepting_defaults_makes_them_the_sites_own_and_leaves_decisions_alone(
    place: Workplace,
) -> None:
    change_setting(place, "gate.watch_below", Decimal(80), "our laboratory")
    keys = ["gate.stale_after", "gate.watch_below"]
    accept_settings(place, keys, "agreed in the ward meeting")
    settings = site_settings(place, TOMORROW)
    assert settings.is_accepted("gate.stale_after")
    assert not settings.is_changed("gate.stale_after")
    assert settings.decimal("gate.watch_below") == 80
    with pytest.raises(Refused):
        accept_settings(place, keys, "again")


def test_a_command_sent_twice_decides_once(place: Workplace) -> None:
    command = uuid4()
    change_setting(place, "gate.stale_after", 5, "stricter", command_id=command)
    set_clock(place, "2026-03-09T08:00")
    again = change_setting(place, "gate.stale_after", 5, "stricter", command_id=command)
    assert again.replayed
    assert len(setting_history(place, "gate.stale_after")) == 1


def test_an_unknown_setting_is_said_to_be_unknown(place: Workplace) -> None:
    with pytest.raises(BadInput):
        change_setting(place, "gate.no_such", 5, "typo")
    with pytest.raises(BadInput):
        setting_history(place, "gate.no_such")


def test_the_value_decided_on_last_is_offered_for_the_next_decision(place: Workplace) -> None:
    assert site_history(place).latest("gate.stale_after") == 7
    change_setting(place, "gate.stale_after", 5, "stricter", from_day=date(2026, 4, 1))
    assert site_history(place).latest("gate.stale_after") == 5
