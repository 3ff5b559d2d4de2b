"""`plan`, `gate`, `grade` and `regimens`: the rules without a ward file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call


def test_a_cycle_of_the_papers_regimen_has_210_doses(call: Call) -> None:
    plan = call("plan", "sorafenib_iti", "--start", "2026-03-02", "--json").json
    assert plan["totals"] == {
        "sorafenib": 56, "interferon": 14, "interleukin2": 14, "thalidomide": 28,
        "ibuprofen": 14, "danshen": 84,
    }  # fmt: skip
    assert len(plan["slots"]) == 210
    assert (plan["regimen"], plan["version"], plan["cycles"]) == ("sorafenib_iti", 1, 1)


def test_a_slot_tells_when_how_much_and_what_it_serves(call: Call) -> None:
    done = call("plan", "sorafenib_iti", "--start", "2026-03-02", "--json")
    first = done.json["slots"][0]
    assert first == {
        "component": "sorafenib", "cycle": 1, "day": 1, "date": "2026-03-02", "time": "07:00",
        "slot": "morning", "dose": {"value": 400, "unit": "mg"}, "linked_to": None,
    }  # fmt: skip
    ibuprofen = next(s for s in done.json["slots"] if s["component"] == "ibuprofen")
    assert ibuprofen["linked_to"] == "interferon"
    assert ibuprofen["dose"] == {"value": None, "unit": "mg"}
    assert '"value": 400,' in done.out, "a dose is the number itself, not 400.0"


def test_several_cycles_follow_each_other_without_a_gap(call: Call) -> None:
    plan = call("plan", "sorafenib_iti", "--start", "2028-02-01", "--cycles", "2", "--json").json
    assert plan["totals"]["sorafenib"] == 112
    starts = [s["date"] for s in plan["slots"] if s["day"] == 1 and s["component"] == "sorafenib"]
    assert sorted(set(starts)) == ["2028-02-01", "2028-02-29"]


def test_as_text_a_plan_is_a_list_for_each_day(call: Call) -> None:
    lines = call("plan", "sorafenib_iti", "--start", "2026-03-02").out.splitlines()
    assert lines[0] == "02-Mar-2026 (cycle 1, day 1)"
    assert lines[1].split("  ")[1:] == ["07:00", *lines[1].split("  ")[2:]]
    assert "ibuprofen" in "\n".join(lines[:10])
    assert any("to be entered by the prescriber" in line for line in lines[:10])
    assert sum(line.startswith("  ") for line in lines) == 210


def test_the_known_regimens_are_listed(call: Call) -> None:
    known = {entry["regimen"] for entry in call("regimens", "--json").json}
    assert {"sorafenib_iti", "iti"} <= known
    assert "sorafenib_iti" in call("regimens").out


@pytest.mark.parametrize(
    ("value", "unit", "at", "verdict"),
    [
        ("50", "10*9/L", "2026-03-03", "closed"),
        ("50.1", "10*9/L", "2026-03-03", "open"),
        ("50.1", "10^9/L", "2026-03-03T10:00", "open"),
        ("50100", "/uL", "2026-03-03", "open"),
        ("<50", "10*9/L", "2026-03-03", "closed"),
        (">40", "10*9/L", "2026-03-03", "undecided"),
        ("120", "10*9/L", "2026-03-09", "open"),
        ("120", "10*9/L", "2026-03-09T00:01", "closed"),
        ("74", "10*9/L", "2026-03-05T00:01", "closed"),
    ],
)
def test_the_danshen_gate_opens_only_above_50_and_only_while_the_count_is_fresh(
    call: Call, value: str, unit: str, at: str, verdict: str
) -> None:
    done = call("gate", "danshen", "--value", value, "--unit", unit,
                "--collected", "2026-03-02", "--at", at, "--json")  # fmt: skip
    assert done.code == 0
    assert done.json["verdict"] == verdict
    told = "Default of this program" if "older than" in done.json["reason"] else "Cheng 2025"
    assert told in done.json["source"]


def test_a_value_is_put_to_the_rule_that_it_can_answer(call: Call) -> None:
    done = call("gate", "ibuprofen", "--value", "29", "--unit", "mL/min/{1.73_m2}",
                "--collected", "2026-03-02", "--at", "2026-03-02", "--json")  # fmt: skip
    assert (done.json["rule"], done.json["verdict"]) == ("nsaid_renal", "closed")


def test_an_open_gate_tells_what_to_take_care_of(call: Call) -> None:
    """eGFR 30 to 59: ibuprofen may be given, with a warning [D]."""
    for value, warned in (("45", True), ("60", False)):
        asked = ("gate", "ibuprofen", "--value", value, "--unit", "mL/min/{1.73_m2}",
                 "--collected", "2026-03-02", "--at", "2026-03-02")  # fmt: skip
        done = call(*asked, "--json")
        assert done.json["verdict"] == "open"
        assert (done.json["warning"] is not None) is warned
        assert len(call(*asked).out.splitlines()) == (4 if warned else 3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"component": "sorafenib"}, "danshen"),
        ({"component": "aspirin"}, "danshen"),
        ({"--value": "many"}, "many"),
        ({"--unit": "g/L"}, "g/L"),
        ({"--collected": "yesterday"}, "yesterday"),
        ({"--collected": "2026-03-03"}, "after"),
        ({"--regimen": "nope"}, "nope"),
    ],
)
def test_a_gate_that_can_not_be_asked_says_why(
    call: Call, change: dict[str, str], words: str
) -> None:
    asked = {"component": "danshen", "--value": "60", "--unit": "10*9/L",
             "--collected": "2026-03-02", "--at": "2026-03-02"} | change  # fmt: skip
    component = asked.pop("component")
    done = call("gate", component, *(word for pair in asked.items() for word in pair))
    assert done.code == 3
    assert words in done.err


@pytest.mark.parametrize(
    ("item", "value", "unit", "uln", "grade"),
    [
        ("platelets", "74.5", "10*9/L", None, 2),
        ("haemoglobin", "10.95", "g/dL", None, 1),
        ("haemoglobin", "109.5", "g/L", None, 1),
        ("transaminases", "200", "U/L", "40", 2),
        ("transaminases", "200.1", "U/L", "40", 3),
        ("transaminases", "200", "U/L", None, None),
        ("platelets", "<10", "10*9/L", None, 4),
        ("platelets", "<80", "10*9/L", None, None),
    ],
)
def test_a_grade_comes_with_its_reason_and_its_source(
    call: Call, item: str, value: str, unit: str, uln: str | None, grade: int | None
) -> None:
    limit = () if uln is None else ("--uln", uln)
    done = call("grade", item, value, unit, *limit, "--json")
    assert done.code == 0
    assert (done.json["item"], done.json["grade"]) == (item, grade)
    assert done.json["reason"] and done.json["source"]


def test_as_text_a_grade_is_three_lines(call: Call) -> None:
    lines = call("grade", "platelets", "74.5", "10*9/L").out.splitlines()
    assert len(lines) == 3
    assert lines[0] == "Platelets: grade 2"


def test_a_batch_keeps_its_order_and_the_digits_of_its_numbers(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "batch.json"
    file.write_text(
        '[{"item": "platelets", "value": 74.50, "unit": "10*9/L"},'
        ' {"item": "transaminases", "value": "200", "unit": "U/L", "uln": 40},'
        ' {"item": "transaminases", "value": 200, "unit": "U/L", "uln": null}]'
    )
    done = call("grade", "--batch", file, "--json")
    assert [row["grade"] for row in done.json] == [2, 2, None]
    assert "74.50" in done.json[0]["reason"]
    assert call("grade", "--batch", file).out.count("\n") == 9


def test_one_bad_row_refuses_a_batch_and_every_bad_row_is_named(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "batch.json"
    rows = [
        {"item": "platelets", "value": "50", "unit": "10*9/L"},
        {"item": "platelets", "value": "50"},
        {"item": "nothing", "value": "50", "unit": "10*9/L"},
        "platelets",
    ]
    file.write_text(json.dumps(rows))
    done = call("grade", "--batch", file, "--json")
    assert done.code == 3
    assert [(row["row"], row["field"]) for row in done.json["error"]["rows"]] == [
        (2, "unit"), (3, "item"), (4, "item"),
    ]  # fmt: skip
    assert "row 2, unit" in done.err


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"3", b"\xff\xfe[]", b"[" * 200_000])
def test_a_batch_that_is_no_list_of_rows_is_refused(
    call: Call, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "batch.json"
    file.write_bytes(content)
    assert call("grade", "--batch", file).code == 3


def test_a_batch_and_a_value_at_once_are_wrong_use(call: Call) -> None:
    assert call("grade", "platelets", "--batch", "x.json").code == 2
