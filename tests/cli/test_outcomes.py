"""`survival` and `cohort`: figures as programs read them, and the paper's beside ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

DATA = Path(__file__).parents[1] / "data"
CHECK = json.loads((DATA / "paper_check.json").read_text("utf-8"))


def survival(call: Call, *extra: object) -> Any:
    file = DATA / "survival" / "leukemia.csv"
    done = call("survival", file, "--time", "time", "--event", "event", *extra, "--json")
    assert done.code == 0, done.err
    return done.json


def test_a_table_becomes_a_curve_with_medians_and_shares(call: Call) -> None:
    found = survival(call, "--at", "12", "200")
    group = found["groups"]["all"]
    assert (group["n"], group["events"], group["median"]) == (23, 18, 27)
    assert group["median_ci"] == [13, 34]
    assert found["logrank"] is None
    first = group["curve"][0]
    assert (first["time"], first["at_risk"], first["events"], first["censored"]) == (5, 23, 2, 0)
    assert first["survival"] == pytest.approx(21 / 23, abs=1e-9)
    assert group["at"]["12"]["crude"] == pytest.approx(17 / 23, abs=1e-9)
    assert group["at"]["200"]["survival"] is None, "nobody is followed so long"


def test_groups_are_compared_by_log_rank(call: Call) -> None:
    found = survival(call, "--group", "group")
    assert set(found["groups"]) == {"Maintained", "Nonmaintained"}
    assert found["groups"]["Maintained"]["median_ci"] == [13, None]
    assert found["logrank"]["statistic"] == pytest.approx(3.3963888989776, abs=1e-6)
    assert found["logrank"]["p"] == pytest.approx(0.0653393220405051, abs=1e-6)


def test_as_text_a_curve_says_what_is_not_reached(call: Call) -> None:
    file = DATA / "survival" / "cohort_os.csv"
    out = call("survival", file, "--time", "time", "--event", "event", "--at", "24").out
    assert out.splitlines()[0] == "n 19, events 3, median not reached"
    assert "at 24: 94.4 % (95 % CI 66.6–99.2; crude 94.7 %)" in out
    file = DATA / "survival" / "leukemia.csv"
    out = call(
        "survival", file, "--time", "time", "--event", "event", "--group", "group"
    ).out.splitlines()
    assert out[0] == "group = Maintained" and out[-1] == "log-rank: p = 0.065"


def test_rows_that_cannot_be_meant_are_named_and_nothing_is_computed(
    call: Call, tmp_path: Path
) -> None:
    file = tmp_path / "x.csv"
    file.write_text("t,e\n5,1\n,0\nx,1\n-1,0\n3,perhaps\n", "utf-8")
    done = call("survival", file, "--time", "t", "--event", "e", "--json")
    assert done.code == 3
    assert [(row["row"], row["field"]) for row in done.json["error"]["rows"]] == [
        (3, "t"), (4, "t"), (5, "t"), (6, "e"),
    ]  # fmt: skip
    file.write_text("t,e\n", "utf-8")
    assert call("survival", file, "--time", "t", "--event", "e").code == 3
    assert call("survival", file, "--time", "t", "--event", "x").code == 3
    file.write_text("t,e\n5,yes\n", "utf-8")
    assert call("survival", file, "--time", "t", "--event", "e", "--at", "-1").code == 3


@pytest.fixture
def imported(call: Call, ward: Path) -> Path:
    assert call("import-cohort", DATA / "cohort19.csv").code == 0
    return ward


def test_the_19_give_every_figure_of_the_check(call: Call, imported: Path) -> None:
    found = call("cohort", "--json").json
    assert found["n"] == 19
    checks = found["checks"]
    for check, known in zip(checks, CHECK["checks"], strict=True):
        assert check["claim"] == known["claim"]
        assert check["agrees"] == known["match"]
        assert check["printed"] == str(known["paper"])
        assert check["definition"] and check["computed"]
    by_claim = {check["claim"]: check for check in checks}
    assert by_claim["OS 24 months"]["computed"].startswith("Kaplan-Meier 94.4 %")
    assert "18/19 = 94.7 %" in by_claim["OS 24 months"]["computed"]
    assert by_claim["RFS 12 months"]["figures"] == [88.0, 89.5]
    assert by_claim["RFS 24 months"]["figures"] == [66.0, 73.7]


def test_the_19_give_table_1(call: Call, imported: Path) -> None:
    table = call("cohort", "--json").json["table1"]
    assert (table["sex"]["male"], table["sex"]["female"]) == (9, 10)
    age = table["age"]
    assert (age["median"], age["min"], age["max"]) == (59, 21, 76)
    assert (table["wbc"]["median"], table["wbc"]["max"]) == (32.25, 254)
    assert table["fab"] == {"M1": 3, "M2": 7, "M4": 3, "M5": 5, "M7": 1}
    assert table["risk"] == {"favourable": 3, "intermediate": 9, "adverse": 7}
    assert table["baseline_mrd"] == {"negative": 15, "positive": 4}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("OS", "os"),
        ("RFS_relapse", "rfs_any_relapse"),
        ("RFS_baseline_mrd_positive_as_event_at_0", "rfs_baseline_mrd_as_event"),
    ],
)
def test_the_19_give_every_step_of_the_checked_curves(
    call: Call, imported: Path, name: str, key: str
) -> None:
    outcome = call("cohort", "--json").json["outcomes"][key]
    points = outcome["groups"]["all"]["curve"]
    for point, row in zip(points, CHECK["km"][name], strict=True):
        assert (point["time"], point["at_risk"], point["events"], point["censored"]) == (
            row["month"], row["at_risk"], row["events"], row["censored"],
        )  # fmt: skip
        assert f"{100 * point['survival']:.2f}" == f"{row['survival_percent']:.2f}"
    assert outcome["definition"].startswith("From ")
    at = {"OS": "OS", "RFS_relapse": "RFS"}.get(name, "RFS0")
    for month, figure in CHECK["at"][at].items():
        told = outcome["groups"]["all"]["at"][month]
        assert f"{100 * told['survival']:.2f}" == f"{figure['percent']:.2f}"


def test_follow_up_stands_by_both_ways(call: Call, imported: Path) -> None:
    told = call("cohort", "--json").json["outcomes"]["os"]["follow_up"]["all"]
    assert (told["median"], told["range"], told["reverse_kaplan_meier"]) == (50, [13, 133], 54)


def test_a_split_has_groups_tests_and_log_rank(call: Call, imported: Path) -> None:
    found = call("cohort", "--by", "baseline_mrd", "--study", "Cheng2025", "--json").json
    assert found["table1"]["age"]["groups"]["positive"]["median"] == 52
    assert found["table1"]["age"]["test"]["p"] == pytest.approx(0.367489, abs=1e-6)
    assert found["table1"]["risk"]["test"]["test"] == "fisher"
    assert found["outcomes"]["os"]["logrank"]["p"] is not None
    text = call("cohort", "--by", "baseline_mrd").out
    assert "negative  positive" in text and "log-rank:" in text


def test_as_text_the_paper_stands_beside_ours(call: Call, imported: Path) -> None:
    out = call("cohort").out
    assert "Kaplan-Meier 66.0 % (95 % CI 36.1–84.4); crude 14/19 = 73.7 %" in out
    assert "73.7 % (14/19)" in out
    assert "约" not in out and "例患者" in call("cohort", "--language", "zh").out


def test_a_cohort_that_is_not_there_or_a_day_to_come_is_refused(call: Call, imported: Path) -> None:
    assert call("cohort", "--study", "Nobody").code == 3
    assert call("cohort", "--cut-off", "2030-01-01").code == 3
    assert call("cohort", "--by", "shoe_size").code == 3
    assert call("cohort", "--study", "ward").code == 3, "the ward has nobody on maintenance"


def test_a_ward_without_anybody_answers_with_nought(call: Call, ward: Path) -> None:
    found = call("cohort", "--json").json
    assert (found["n"], found["checks"], found["toxicity"]) == (0, [], [])
    assert found["outcomes"]["os"]["groups"] == {}


def test_the_wards_own_patients_are_a_cohort_too(call: Call, on_course: str) -> None:
    found = call("cohort", "--study", "ward", "--json").json
    assert found["n"] == 1
    os = found["outcomes"]["os"]
    assert [one["patient"] for one in os["left_out"]] == [on_course]
    rfs = found["outcomes"]["rfs_any_relapse"]["groups"]["all"]
    assert (rfs["n"], rfs["events"]) == (1, 0)
    missing = {row["fact"]: row["missing"] for row in found["completeness"]}
    assert missing["wbc"] == [on_course]


def test_figures_are_written_whole_in_a_new_folder_or_one_that_is_there(
    call: Call, imported: Path, tmp_path: Path
) -> None:
    out = tmp_path / "figures"
    done = call("figures", "--out", out, "--study", "Cheng2025", "--json")
    assert done.code == 0, done.err
    names = {path.name for path in out.iterdir()}
    assert names == set(done.json["files"]) and done.json["n"] == 19
    for stem in ("os", "rfs_any_relapse", "swimmer", "mrd_strip", "completeness"):
        assert {f"{stem}.svg", f"{stem}.csv"} <= names
    assert {"table_1.csv", "table_2.csv", "table_2_disease.csv", "paper_check.csv"} <= names
    assert "table_1.svg" not in names and not any(name.endswith(".png") for name in names)
    assert call("figures", "--out", out, "--lang", "zh", "--format", "png").code == 0
    assert (out / "os.png").read_bytes().startswith(b"\x89PNG")
    assert "总生存" in (out / "os.csv").read_text("utf-8-sig")


def test_figures_refuse_a_place_or_a_word_that_cannot_be_meant(
    call: Call, imported: Path, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    assert call("figures", "--out", file).code == 3
    assert call("figures", "--out", tmp_path / "none" / "here").code == 3
    assert call("figures", "--out", tmp_path / "new", "--format", "pdf").code == 3
    assert call("figures").code == 2
    assert not (tmp_path / "new").exists()


def test_figures_name_the_wards_patients_by_study_ids_unless_asked(
    call: Call, on_course: str, tmp_path: Path
) -> None:
    for folder, extra in (("plain", ()), ("named", ("--identified",))):
        assert call("figures", "--out", tmp_path / folder, *extra).code == 0
    plain, named = (
        "".join(path.read_text("utf-8-sig") for path in (tmp_path / folder).glob("*.csv"))
        for folder in ("plain", "named")
    )
    assert on_course not in plain and "P-" in plain
    assert on_course in named


def test_a_cohort_is_narrowed_by_what_its_patients_are(call: Call, imported: Path) -> None:
    def n(*extra: str) -> int:
        count: int = call("cohort", *extra, "--json").json["n"]
        return count

    assert n("--risk", "adverse") == 7
    assert n("--status", "CR") == 13
    assert n("--last-known", "dead") == 3
    assert n("--sorafenib", "consolidation") == 5
    assert n("--from", "2020-01-01") == 0, "printed patients have no day of start"
    assert call("cohort", "--status", "well").code == 3
    assert call("cohort", "--from", "2026-02-01", "--until", "2026-01-01").code == 3
