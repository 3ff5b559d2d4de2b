"""Unplanned doses, orders as needed and home supply from the command line."""

from __future__ import annotations

from uuid import uuid4

from tests.cli.conftest import Call

FEVER = ("--for", "fever", "--ordered-by", "Dr Wu")
NOON = "2026-03-20T12:00"


def test_a_dose_as_needed_is_recorded_corrected_and_taken_back(call: Call, on_course: str) -> None:
    dose = ("unplanned", on_course, "paracetamol", "--dose", "500", "mg")
    assert call(*dose).code == 3  # what for, and who ordered it?
    done = call(*dose, *FEVER, "--given", "2026-03-20T08:00", "--json")
    assert done.code == 0, done.err
    assert done.json["slot"].endswith("/paracetamol/2026-03-20/as_needed/1")
    again = call("unplanned", "correct", on_course, "paracetamol", "--date", "2026-03-20",
                 "--given", "2026-03-20T07:30", "--why", "read from chart", "--json")  # fmt: skip
    assert again.code == 0, again.err
    listed = call("as-needed", on_course, "--json").json["drugs"]
    paracetamol = next(one for one in listed if one["drug"] == "paracetamol")
    assert paracetamol["doses_in_24_hours"] == 1
    assert paracetamol["next_from"].startswith("2026-03-20T11:30")
    undo = ("unplanned", "undo", on_course, "paracetamol", "--date", "2026-03-20")
    assert call(*undo).code == 2
    assert call(*undo, "--why", "wrong patient").code == 0
    assert call(*undo, "--why", "wrong patient").code == 0  # the entry before the correction
    assert call(*undo, "--why", "wrong patient").code == 3


def test_of_several_doses_of_a_day_one_must_be_named(call: Call, on_course: str) -> None:
    dose = ("unplanned", on_course, "paracetamol", "--dose", "500", "mg", *FEVER)
    for at in ("06:00", "11:00"):
        assert call(*dose, "--given", f"2026-03-20T{at}").code == 0
    undo = ("unplanned", "undo", on_course, "paracetamol", "--date", "2026-03-20", "--why", "x")
    refused = call(*undo)
    assert refused.code == 3
    assert "1 (06:00), 2 (11:00)" in refused.err
    assert call(*undo, "--number", "3").code == 3
    assert call(*undo, "--number", "2").code == 0


def test_a_limit_refuses_and_an_override_by_name_and_reason_gives(
    call: Call, on_course: str
) -> None:
    dose = ("unplanned", on_course, "paracetamol", "--dose", "500", "mg", *FEVER)
    assert call(*dose, "--given", "2026-03-20T11:00").code == 0
    refused = call(*dose, "--json")
    assert refused.code == 4
    assert "less than 4" in refused.json["error"]["message"]
    assert "UK summary" in refused.json["error"]["hint"]
    assert call(*dose, "--override-by", "Dr Wu", "--override-reason", "39.8").code == 0


def test_a_command_sent_twice_records_one_dose_under_one_id(call: Call, on_course: str) -> None:
    id = str(uuid4())
    dose = ("unplanned", on_course, "sorafenib", "--dose", "400", "mg", "--reason", "lost_dose",
            "--ordered-by", "Dr Wu", "--command-id", id, "--json")  # fmt: skip
    first, again = call(*dose), call(*dose)
    assert (first.code, again.code) == (0, 0)
    assert (first.json["id"], again.json["id"]) == (id, id)
    assert again.json["replayed"] is True
    assert first.json["slot"].endswith("/sorafenib/2026-03-20/unplanned/1")


def test_an_order_is_listed_given_against_and_stopped(call: Call, on_course: str) -> None:
    assert call("as-needed", on_course).out == "Nothing is ordered as needed.\n"
    made = call("as-needed", "order", on_course, "paracetamol", "--dose", "500", "mg",
                *FEVER, "--most-doses", "3", "--json")  # fmt: skip
    assert made.code == 0, made.err
    order = made.json["id"]
    assert "paracetamol — 500" in call("as-needed", on_course).out
    assert call("unplanned", on_course, "paracetamol", "--order", order).code == 0
    (listed,) = call("as-needed", on_course, "--json").json["orders"]
    assert (listed["id"], listed["most_doses"], listed["last_day"]) == (order, 3, None)
    stop = ("as-needed", "stop", on_course, "--order", order, "--why", "no fever")
    assert call(*stop, "--to", "2026-03-19").code == 4  # a dose was given today
    assert call(*stop, "--to", "2026-03-20").code == 0
    assert call("unplanned", on_course, "paracetamol", "--order", str(uuid4())).code == 3


def test_home_supply_is_recorded_told_and_taken_back(call: Call, on_course: str) -> None:
    assert call("supply", on_course).out == "No tablets were dispensed yet.\n"
    dispense = call("supply", "record", on_course, "sorafenib", "dispensed", "20",
                    "--lot", "S1", "--expires", "2027-01-31", "--json")  # fmt: skip
    assert dispense.code == 0, dispense.err
    assert call("supply", "record", on_course, "thalidomide", "dispensed", "28").code == 3
    assert call("supply", "record", on_course, "thalidomide", "dispensed", "28",
                "--strength", "50", "mg").code == 0  # fmt: skip
    assert call("supply", "record", on_course, "sorafenib", "stolen", "2").code == 3
    assert call("supply", "record", on_course, "sorafenib", "lost", "1").code == 0
    found = call("supply", on_course, "--json").json["drugs"]
    sorafenib = next(one for one in found if one["drug"] == "sorafenib")
    # 19 tablets from 19:30 today: four tablets a day, and the last is one dose short.
    assert (sorafenib["tablets_at_home"], sorafenib["days"]) == (19, 5)
    assert (sorafenib["short_on"], sorafenib["low"]) == ("2026-03-25", True)
    assert sorafenib["why"][0].replace("\N{NO-BREAK SPACE}", " ") == (
        "20 tablets dispensed − 1 tablet lost = 19 tablets"
    )
    assert "only 5 days" in call("supply", on_course).out
    assert "索拉非尼" in call("supply", on_course, "--language", "zh").out
    undo = ("supply", "undo", dispense.json["id"], "--why", "wrong patient")
    assert call(*undo).code == 0
    assert call(*undo).code == 4
