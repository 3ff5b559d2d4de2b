"""`shift`, `omit` and `shift undo` from the command line."""

from __future__ import annotations

from tests.cli.conftest import Call

SHIFT = ("--scope", "onward", "--from", "2026-03-22", "--days", "3", "--reason", "travels",
         "--by", "Wu Min")  # fmt: skip


def test_a_dry_run_shows_before_and_after_and_saves_nothing(call: Call, on_course: str) -> None:
    events = call("verify", "--json").json["events"]
    found = call("shift", on_course, *SHIFT, "--dry-run", "--json")
    assert found.code == 0
    assert found.json["conflicts"] == [] and found.json["saved"] is False
    assert found.json["before"][0]["planned"] == "2026-03-22T18:00:00"
    assert found.json["after"][0]["planned"] == "2026-03-25T18:00:00"
    assert call("verify", "--json").json["events"] == events
    assert "25-Mar-2026" in call("shift", on_course, *SHIFT, "--dry-run").out


def test_a_shift_is_saved_and_taken_back(call: Call, on_course: str) -> None:
    done = call("shift", on_course, *SHIFT, "--json")
    assert done.code == 0 and done.json["change"]
    again = call("shift", on_course, *SHIFT, "--dry-run", "--json").json
    assert again["before"][0]["planned"] == "2026-03-25T18:00:00"
    assert call("shift undo", on_course, "--reason", "stays").code == 0
    found = call("shift", on_course, *SHIFT, "--dry-run", "--json").json
    assert found["before"][0]["planned"] == "2026-03-22T18:00:00"


def test_a_conflict_is_shown_and_refused_with_its_reason(call: Call, on_course: str) -> None:
    one = ("--scope", "dose", "--component", "interferon", "--from", "2026-03-22", "--days", "1",
           "--reason", "late", "--by", "Wu")  # fmt: skip
    seen = call("shift", on_course, *one, "--dry-run", "--json")
    assert seen.code == 4
    assert "less than 2 days apart" in seen.out + seen.err
    assert call("shift", on_course, *one).code == 4


def test_an_omission_is_previewed_and_saved(call: Call, on_course: str) -> None:
    omit = ("omit", on_course, "interferon", "--from", "2026-03-22", "--reason", "fever", "--by",
            "Wu")  # fmt: skip
    seen = call(*omit, "--dry-run", "--json").json
    assert {dose["omitted"] for dose in seen["after"]} == {"yes"}
    assert call(*omit).code == 0
    assert call(*omit).code == 4
