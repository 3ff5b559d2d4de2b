"""Site settings, a patient's own times and the pregnancy gate from the command line."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Call


def test_every_setting_is_listed_with_value_default_and_source(call: Call, on_course: str) -> None:
    assert on_course
    listed = call("settings list", "--json").json
    stale = next(one for one in listed if one["key"] == "gate.stale_after")
    assert (stale["value"], stale["default"], stale["status"]) == ("7", "7", "D")
    assert stale["source"].startswith("Default of this program")
    assert (stale["changed"], stale["accepted"], stale["from"]) == (False, False, None)
    assert "not accepted yet" in call("settings list", "--section", "gates").out
    assert call("settings list", "--changed").out.strip() == ("No setting differs from its default")
    assert call("settings list", "--section", "colours").code == 3


def test_a_setting_is_changed_with_a_reason_and_its_history_told(
    call: Call, on_course: str
) -> None:
    assert on_course
    done = call("settings set", "gate.stale_after=5", "--why", "counts every Friday", "--json")
    assert done.code == 0
    assert done.json["settings"] == {"gate.stale_after": "5"}
    assert done.json["from"] == "2026-03-21"
    listed = call("settings list", "--json").json
    stale = next(one for one in listed if one["key"] == "gate.stale_after")
    assert (stale["value"], [one["value"] for one in stale["to_come"]]) == ("7", ["5"])
    told = call("settings history", "gate.stale_after")
    assert "counts every Friday" in told.out
    (decision,) = call("settings history", "gate.stale_after", "--json").json["history"]
    assert (decision["value"], decision["reason"]) == ("5", "counts every Friday")


def test_two_ends_of_a_window_change_together(call: Call, on_course: str) -> None:
    assert on_course
    why = ("--why", "slow absorption")
    assert call("settings set", "premedication.before=90", *why).code == 3
    both = ("premedication.before=90", "premedication.earliest=105")
    assert call("settings set", *both, *why, "--from", "2026-04-01").code == 0


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ("gate.stale_after", 2),
        ("gate.no_such=5", 3),
        ("gate.stale_after=0", 3),
        ("gate.stale_after=five", 3),
        ("clock.sorafenib.morning=25:00", 3),
        ("pregnancy.gate=perhaps", 3),
    ],
)
def test_what_cannot_be_meant_is_refused(call: Call, on_course: str, pair: str, code: int) -> None:
    assert on_course
    assert call("settings set", pair, "--why", "x").code == code


def test_defaults_are_accepted_all_at_once(call: Call, on_course: str) -> None:
    assert on_course
    done = call("settings accept", "--why", "ward meeting of 20 March", "--json")
    assert done.json["count"] == len(call("settings list", "--json").json)
    assert all(one["accepted"] for one in call("settings list", "--json").json)
    assert call("settings accept", "--why", "again").code == 4


def test_a_patient_gets_a_time_of_their_own_and_gives_it_back(call: Call, on_course: str) -> None:
    own = ("clock-time", on_course, "sorafenib", "morning")
    done = call(*own, "09:00", "--why", "works nights", "--json")
    assert (done.code, done.json["from"]) == (0, "2026-03-21")
    assert call(*own, "site", "--why", "days again", "--from", "2026-04-01").code == 0
    assert call(*own, "nine", "--why", "x").code == 3
    assert call("clock-time", on_course, "ibuprofen", "evening", "17:00", "--why", "x").code == 4


def test_pregnancy_tests_are_recorded_and_taken_back(call: Call, on_course: str) -> None:
    stated = call("childbearing", on_course, "possible", "--why", "as she says", "--json")
    assert stated.json["answer"] == "possible"
    taken = ("--collected", "2026-03-20T08:00")
    test = ("pregnancy-test", on_course, "negative", "--specimen", "urine", *taken)
    assert call(*test, "--json").json["deviations"] == []
    assert "negative" in call(*test).out
    for _ in range(2):
        assert (
            call("pregnancy-test withdraw", on_course, *taken, "--why", "wrong patient").code == 0
        )
    assert call("pregnancy-test withdraw", on_course, *taken, "--why", "again").code == 3
    assert call("childbearing", on_course, "maybe", "--why", "x").code == 3
