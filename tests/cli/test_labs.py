"""`labs`, `labs import` and `laboratories`, as programs call them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Call

FILE = "MRN,collected,test,result,unit,range\n1001,2026-03-18 06:30,ALT,102,U/L,9-40\n"
ID = "7d8a1c1e-7a39-4b6e-9d55-aa9d5a0c0001"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "labs.csv"
    path.write_text(FILE, "utf-8")
    return path


def test_a_file_is_previewed_imported_once_and_printed_with_grade_and_reason(
    call: Call, on_course: str, file: Path
) -> None:
    dry = call("labs", "import", file, "--dry-run", "--json")
    assert (dry.code, dry.json["new"], dry.json["written"]) == (0, 1, False)
    done = call("labs", "import", file, "--command-id", ID, "--json")
    assert (done.code, done.json["written"]) == (0, True)
    again = call("labs", "import", file, "--command-id", ID, "--json")
    assert (again.code, again.json["sequence"]) == (0, done.json["sequence"])
    assert call("labs", "import", file).code == 4
    (result,) = call("labs", on_course, "--analyte", "ALT", "--json").json["results"]
    assert (result["grade"], result["item"], result["beside"]) == (2, "transaminases", "high")
    assert "grade 2" in result["reason"]
    assert "102 U/L" in call("labs", on_course).out.replace("\N{NO-BREAK SPACE}", " ")


def test_a_result_without_a_limit_is_not_graded_and_says_why(
    call: Call, on_course: str, file: Path
) -> None:
    file.write_text(FILE.replace("9-40", ""), "utf-8")
    call("labs", "import", file)
    (result,) = call("labs", on_course, "--analyte", "alt", "--json").json["results"]
    assert result["grade"] is None
    assert "no upper limit known" in result["reason"]


def test_a_laboratorys_limit_grades_what_it_measured(
    call: Call, on_course: str, file: Path
) -> None:
    assert call("laboratories", "add", "Central").code == 0
    assert call("laboratories", "add", "Central").code == 3
    limit = ("laboratories", "limit", "Central", "ALT", "U/L", "--high", "40", "--from")
    assert call(*limit, "2026-01-01").code == 0
    file.write_text(FILE.replace("9-40", ""), "utf-8")
    assert call("labs", "import", file, "--laboratory", "Central").code == 0
    (result,) = call("labs", on_course, "--analyte", "alt", "--json").json["results"]
    assert (result["grade"], result["laboratory"]) == (2, "Central")
    (listed,) = call("laboratories", "--json").json["laboratories"]
    assert listed["limits"][0]["high"] == 40
    assert "Central: 1" in call("laboratories").out


def test_columns_are_told_where_their_heads_do_not(call: Call, on_course: str, file: Path) -> None:
    file.write_text("Datum,Thrombos\n2026-03-18,96\n", "utf-8")
    plain = call("labs", "import", file, "--patient", on_course)
    assert plain.code == 3 and "the day of collection" in plain.err
    told = ("labs", "import", file, "--patient", on_course, "--column", "Datum=date",
            "--analyte", "Thrombos=platelets:10^9/L", "--time", "06:30", "--json")  # fmt: skip
    assert call(*told).json["new"] == 1


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--column", "Nobody=date"), 3),
        (("--column", "test=colour"), 3),
        (("--analyte", "result=nonsense:U/L"), 3),
        (("--analyte", "result=alt:mmol/L"), 3),
        (("--time", "25:00"), 3),
        (("--patient", "999"), 3),
        (("--laboratory", "Nowhere"), 3),
    ],
)
def test_what_can_not_be_meant_is_refused(
    call: Call, on_course: str, file: Path, options: tuple[str, ...], code: int
) -> None:
    assert call("labs", "import", file, *options).code == code


def test_a_rejected_row_is_named_and_can_be_left_out(
    call: Call, on_course: str, file: Path
) -> None:
    file.write_text(FILE + "1001,2026-03-18 06:30,AST,high,U/L,\n", "utf-8")
    done = call("labs", "import", file, "--json")
    assert (done.code, done.json["rejected"]) == (3, 1)
    skipped = call("labs", "import", file, "--skip-rejected", "--json")
    assert (skipped.code, skipped.json["written"]) == (0, True)


def test_a_late_count_lists_the_doses_given_before_it(
    call: Call, on_course: str, file: Path
) -> None:
    dose = ("log", on_course, "danshen", "--date", "2026-03-19", "--slot", "morning",
            "--status", "given", "--given", "2026-03-19T08:00")  # fmt: skip
    assert call(*dose).code == 0
    file.write_text(
        "MRN,collected,test,result,unit\n1001,2026-03-19 06:30,PLT,40,10^9/L\n", "utf-8"
    )
    done = call("labs", "import", file, "--json")
    assert [one["component"] for one in done.json["deviations"]] == ["danshen"]


def test_without_results_or_laboratories_that_is_said(call: Call, ward: Path) -> None:
    assert "no laboratory" in call("laboratories").out
    call("admit", "1009", "Li", "Mei")
    assert call("labs", "1009").out.strip() == "No laboratory results."
