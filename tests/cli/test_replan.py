"""`replan` and its parts from the command line."""

from __future__ import annotations

from tests.cli.conftest import Call

SHIFT = ("--scope", "onward", "--from", "2026-03-22", "--days", "3", "--reason", "travels",
         "--by", "Wu Min")  # fmt: skip


def test_a_preview_shows_before_and_after_and_saves_nothing(call: Call, on_course: str) -> None:
    events = call("verify", "--json").json["events"]
    found = call("replan shift", on_course, *SHIFT, "--preview", "--json")
    assert found.code == 0
    assert found.json["conflicts"] == [] and found.json["saved"] is False
    assert found.json["before"][0]["planned"] == "2026-03-22T18:00:00"
    assert found.json["after"][0]["planned"] == "2026-03-25T18:00:00"
    assert call("verify", "--json").json["events"] == events
    assert "25-Mar-2026" in call("replan shift", on_course, *SHIFT, "--preview").out


def test_a_shift_is_saved_and_taken_back(call: Call, on_course: str) -> None:
    done = call("replan shift", on_course, *SHIFT, "--json")
    assert done.code == 0 and done.json["change"]
    again = call("replan shift", on_course, *SHIFT, "--preview", "--json").json
    assert again["before"][0]["planned"] == "2026-03-25T18:00:00"
    assert call("replan undo", on_course, "--reason", "stays").code == 0
    found = call("replan shift", on_course, *SHIFT, "--preview", "--json").json
    assert found["before"][0]["planned"] == "2026-03-22T18:00:00"


def test_a_conflict_is_shown_and_refused_with_its_reason(call: Call, on_course: str) -> None:
    one = ("--scope", "dose", "--component", "interferon", "--from", "2026-03-22", "--days", "1",
           "--reason", "late", "--by", "Wu")  # fmt: skip
    seen = call("replan shift", on_course, *one, "--preview", "--json")
    assert seen.code == 4
    assert "less than 2 days apart" in seen.out + seen.err
    assert call("replan shift", on_course, *one).code == 4


def test_an_omission_is_previewed_and_saved(call: Call, on_course: str) -> None:
    omit = ("replan omit", on_course, "interferon", "--from", "2026-03-22", "--reason", "fever",
            "--by", "Wu")  # fmt: skip
    seen = call(*omit, "--preview", "--json").json
    assert {dose["omitted"] for dose in seen["after"]} == {True}
    assert call(*omit).code == 0
    assert call(*omit).code == 4
