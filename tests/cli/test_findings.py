"""`findings`, `findings dismiss` and `findings restore` from the command line."""

from __future__ import annotations

from tests.cli.conftest import Call


def keys(call: Call, mrn: str) -> list[str]:
    (patient,) = call("findings", mrn, "--json").json["patients"]
    return [finding["key"] for finding in patient["findings"]]


def test_findings_of_a_patient_say_what_why_by_whose_rule_and_what_to_do(
    call: Call, on_course: str
) -> None:
    found = call("findings", on_course, "--json")
    assert found.code == 0
    assert found.json["now"].startswith("2026-03-20T12:00")
    (patient,) = found.json["patients"]
    first = patient["findings"][0]
    assert (patient["mrn"], first["kind"], first["severity"]) == (
        on_course, "dose_overdue", "urgent",
    )  # fmt: skip
    assert "sorafenib 07:00" in first["why"] and first["source"]
    assert first["action"] == "record_doses"
    assert first["date"] == "2026-03-20" and first["slots"][0].endswith("/morning/1")


def test_without_a_record_number_the_whole_ward_is_listed(call: Call, on_course: str) -> None:
    call("admit", "1002", "Wu", "Min")
    found = call("findings", "--json").json["patients"]
    assert [one["mrn"] for one in found] == [on_course, "1002"]
    assert [one["key"] for one in found[1]["findings"]] == ["no_course"]
    told = call("findings").out
    assert "1002  WU, Min" in told and "Cheng 2025" in told


def test_an_empty_ward_needs_nothing(call: Call, ward: object) -> None:
    assert call("findings").out == "Nothing needs attention\n"


def test_a_finding_is_set_aside_with_a_reason_and_brought_back(call: Call, on_course: str) -> None:
    assert "marrow_due" in keys(call, on_course)
    done = call("findings", "dismiss", on_course, "marrow_due", "--why", "done elsewhere", "--json")
    assert done.code == 0 and done.json["saved"] is True
    assert "marrow_due" not in keys(call, on_course)
    (patient,) = call("findings", on_course, "--json").json["patients"]
    (aside,) = patient["set_aside"]
    assert (aside["key"], aside["reason"]) == ("marrow_due", "done elsewhere")
    assert "done elsewhere" in call("findings", on_course).out
    assert call("findings", "restore", on_course, "marrow_due").code == 0
    assert "marrow_due" in keys(call, on_course)


def test_a_finding_that_is_not_there_is_refused(call: Call, on_course: str) -> None:
    assert call("findings", "dismiss", on_course, "nothing", "--why", "x").code == 4
    assert call("findings", "dismiss", on_course, "marrow_due", "--why", " ").code == 3
    restored = call("findings", "restore", on_course, "marrow_due", "--json")
    assert restored.code == 3 and restored.json["error"]["field"] == "key"


def test_chinese_findings_are_chinese_throughout(call: Call, on_course: str) -> None:
    told = call("findings", on_course, "--language", "zh").out
    assert "已逾时" in told and "本程序默认值" in told
    assert "overdue" not in told.replace("dose_overdue", "")


def test_a_command_sent_twice_dismisses_once(call: Call, on_course: str) -> None:
    command = "0b0f2f6e-8f52-4b68-9d7e-1d2f3c4b5a69"
    again = ("findings", "dismiss", on_course, "marrow_due", "--why", "x", "--command-id", command)
    assert call(*again).code == 0
    found = call(*again, "--json")
    assert found.code == 0 and found.json["replayed"] is True
