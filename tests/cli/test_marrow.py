"""`assess-marrow` and `risk`: verdicts from a file, as other programs read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

DATA = Path(__file__).parents[1] / "data"
CASES = json.loads((DATA / "response_rules.json").read_text("utf-8"))
RISKS = json.loads((DATA / "eln_cases.json").read_text("utf-8"))


def written(folder: Path, content: object) -> Path:
    path = folder / "input.json"
    path.write_text(json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize("case", CASES["course_tests"], ids=lambda case: case["name"])
def test_a_course_tells_its_events_as_expected(
    call: Call, tmp_path: Path, case: dict[str, Any]
) -> None:
    done = call("assess-marrow", written(tmp_path, case), "--json")
    assert done.code == 0
    assert done.json["events"] == case["expected_events"]
    turned = {**case, "samples": case["samples"][::-1]}
    assert call("assess-marrow", written(tmp_path, turned), "--json").out == done.out


def test_one_sample_tells_its_class_on_both_tracks(call: Call, tmp_path: Path) -> None:
    sample = {
        "blasts_percent": "5.0", "morphology_adequate": True, "anc": 2, "platelets": 150,
        "circulating_blasts": False,
        "fcm": {"percent": 0.0099, "events": 600000, "tube": "EDTA", "age_hours": 24},
    }  # fmt: skip
    found = call("assess-marrow", written(tmp_path, sample), "--json").json
    assert found["morphology"] == "blasts_exactly_5"
    assert found["response_eln"] == "not_in_remission"
    assert found["fcm_protocol"] == "negative_detectable"
    assert found["fcm_eln"] == "detected_below_0.1"
    assert found["events"] == []
    assert [flag["code"] for flag in found["flags"]] == ["wrong_tube", "blasts_exactly_5"]


def test_a_sample_without_results_is_null_and_not_negative(call: Call, tmp_path: Path) -> None:
    found = call("assess-marrow", written(tmp_path, {}), "--json").json
    words = ("morphology", "fcm_protocol", "fcm_eln", "response_eln")
    assert [found[word] for word in words] == [None] * 4


def test_as_text_each_verdict_stands_with_its_reason(call: Call, tmp_path: Path) -> None:
    case = CASES["course_tests"][-1]
    lines = call("assess-marrow", written(tmp_path, case)).out.splitlines()
    assert lines[0] == "day 28"
    assert lines[1].strip() == ("study rule: remission by marrow (CR) – 1 % blasts, below 5 %")
    assert lines[-1] == "Now: molecular relapse"
    one = call("assess-marrow", written(tmp_path, {"blasts_percent": "5"})).out
    assert "! protocol: neither CR nor relapse" in one


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"blasts_percent": "many"}, "blasts_percent"),
        ({"blasts_percent": True}, "blasts_percent"),
        ({"blasts_percent": 101}, "blasts_percent"),
        ({"fcm": 3}, "fcm"),
        ({"fcm": {"events": 1.5}}, "fcm.events"),
        ({"fcm": {"events": 10**12}}, "fcm.events"),
        ({"fcm": {"tube": 4}}, "fcm.tube"),
        ({"morphology_adequate": "yes"}, "morphology_adequate"),
        ({"samples": []}, "samples"),
        ({"samples": {}}, "samples"),
        ({"samples": [1]}, "samples[1]"),
        ({"samples": [{"blasts_percent": 1}]}, "samples[1].day"),
        ([], "file"),
    ],
)
def test_a_file_that_cannot_be_meant_so_names_the_field(
    call: Call, tmp_path: Path, content: object, field: str
) -> None:
    done = call("assess-marrow", written(tmp_path, content), "--json")
    assert done.code == 3
    assert done.json["error"]["field"] == field


def test_a_file_that_is_no_json_is_refused(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"blasts_percent": NaN}', "utf-8")
    assert call("assess-marrow", path).code == 3
    assert call("risk", tmp_path / "none.json").code == 3


@pytest.mark.parametrize("case", RISKS["cohort"], ids=lambda case: str(case["patient"]))
def test_risk_of_the_papers_patients(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    found = call("risk", written(tmp_path, case["input"]), "--json").json
    assert (found["risk"], found["rule"], found["reason"], found["flags"]) == (
        case["computed"], case["rule"], case["reason"], case["flags"],
    )  # fmt: skip


@pytest.mark.parametrize("case", RISKS["edge_cases"], ids=lambda case: case["name"])
def test_risk_of_edge_cases(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    found = call("risk", written(tmp_path, case["input"]), "--json").json
    assert (found["risk"], found["rule"], found["flags"]) == (
        case["expected"], case["rule"], case["flags"],
    )  # fmt: skip


def test_risk_as_text_names_line_reason_and_source(call: Call, tmp_path: Path) -> None:
    path = written(tmp_path, {"mutations": ["CEBPA"], "flt3_itd": True, "cebpa": "bzip_inframe"})
    lines = call("risk", path).out.splitlines()
    assert lines[0] == "ELN 2022: favourable (E5)"
    assert lines[2].startswith("! FLT3-ITD with bZIP")
    assert lines[-1].startswith("Source: Döhner 2022")
    assert call("risk", written(tmp_path, {"mutations": "NPM1"}), "--json").code == 3
    assert call("risk", written(tmp_path, {"cebpa": "odd"}), "--json").code == 3
