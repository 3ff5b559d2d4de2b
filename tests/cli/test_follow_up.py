"""`follow-up`: whom to ask after, contacts and events recorded and taken back."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Call


def test_a_contact_and_an_event_are_recorded_listed_and_taken_back(
    call: Call, on_course: str
) -> None:
    done = call("follow-up", "contact", on_course, "telephone", "--on", "2026-03-19",
                "--next", "2026-04-19", "--note", "well", "--json")  # fmt: skip
    assert done.code == 0 and done.json["saved"] is True
    event = call(
        "follow-up", "event", on_course, "molecular_relapse", "--on", "2026-03-18", "--json"
    )
    assert event.code == 0
    known = call("follow-up", on_course, "--json").json
    assert known["mrn"] == on_course and known["last_known"] == "2026-03-19"
    assert known["contacts"] == [
        {"id": done.json["id"], "date": "2026-03-19", "means": "telephone", "next": "2026-04-19",
         "note": "well"},
    ]  # fmt: skip
    assert [(one["kind"], one["cause"]) for one in known["events"]] == [("molecular_relapse", None)]
    assert "alive (telephone): well" in call("follow-up", on_course).out
    for id in (done.json["id"], event.json["id"]):
        assert call("follow-up", "undo", on_course, id, "--why", "other patient").code == 0
    assert call("follow-up", on_course).out == "Nothing is known yet\n"


def test_whoever_was_not_heard_of_for_too_long_is_listed(call: Call, on_course: str) -> None:
    assert call("follow-up").out == "Nobody has to be asked after today.\n"
    call("admit", "1002", "Wu", "Min")
    call("follow-up", "contact", "1002", "visit", "--on", "2026-03-10", "--next", "2026-03-15")
    found = call("follow-up", "--json").json["patients"]
    assert found == [{"mrn": "1002", "last_known": "2026-03-10", "due": "2026-03-15"}]
    assert "1002" in call("follow-up", "--language", "zh").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("contact", "MRN", "pigeon"),
        ("contact", "MRN", "visit", "--on", "2026-03-21"),
        ("contact", "MRN", "visit", "--on", "2026-03-19", "--next", "2026-03-19"),
        ("event", "MRN", "death"),
        ("event", "MRN", "transplant", "--cause", "infection"),
        ("event", "MRN", "something"),
    ],
)
def test_what_can_not_be_meant_writes_nothing(
    call: Call, on_course: str, arguments: tuple[str, ...]
) -> None:
    words = [on_course if word == "MRN" else word for word in arguments]
    assert call("follow-up", *words).code == 3
    assert call("follow-up", on_course).out == "Nothing is known yet\n"


def test_a_contact_sent_twice_is_recorded_once(call: Call, on_course: str) -> None:
    again = ("follow-up", "contact", on_course, "visit", "--command-id",
             "0b0f2f6e-8f52-4b68-9d7e-1d2f3c4b5a70", "--json")  # fmt: skip
    assert [call(*again).json["replayed"] for _ in range(2)] == [False, True]
    assert len(call("follow-up", on_course, "--json").json["contacts"]) == 1
