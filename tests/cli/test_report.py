"""Reports on the command line: drafts, signatures, and the question whether a file is one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli.conftest import Call


@pytest.fixture
def over(call: Call, ward: Path) -> str:
    """The record number of a patient whose first cycle is over."""
    mrn = "1001"
    for command in (
        ("admit", mrn, "Li", "Mei", "--born", "1970-02-03"),
        ("start-course", mrn, "sorafenib_iti", "--start", "2026-02-02"),
        ("start-cycle", mrn, "--start", "2026-03-02", "--unassessed", "Wu Min",
         "assessed on paper"),
    ):  # fmt: skip
        assert call(*command).code == 0
    return mrn


def test_a_signed_report_is_saved_and_known_again(call: Call, over: str, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    assert call("report", over, "--cycle", "1", "--signed", "--out", file).code == 3
    assert call("sign-report", over, "--cycle", "1").code == 0
    done = call("report", over, "--cycle", "1", "--signed", "--out", file, "--json")
    assert (done.code, done.json["signed"]) == (0, True)
    assert "DRAFT" not in "".join(page.extract_text() for page in PdfReader(file).pages)
    told = call("check-report", file, "--json")
    assert (told.code, told.json["stands"], told.json["edition"]) == (0, True, 1)
    assert "Nothing that it tells has changed since." in call("check-report", file).out


def test_what_changed_since_is_told_fact_by_fact(call: Call, over: str, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    assert call("sign-report", over, "--cycle", "1").code == 0
    assert call("report", over, "--cycle", "1", "--signed", "--out", file).code == 0
    late = ("log", over, "sorafenib", "--date", "2026-02-03", "--slot", "morning",
            "--status", "missed", "--reason", "forgotten")  # fmt: skip
    assert call(*late).code == 0
    told = call("check-report", file, "--json")
    assert (told.code, told.json["stands"]) == (0, False)
    (change,) = told.json["changes"]
    assert change["signed"].startswith("unconfirmed") and change["now"].startswith("missed")
    assert "day 2, morning" in call("check-report", file).out.replace("\N{NO-BREAK SPACE}", " ")
    assert call("sign-report", over, "--cycle", "1").code == 3  # why again?
    assert call("sign-report", over, "--cycle", "1", "--reason", "one dose").code == 0
    assert "replaced by edition 2" in call("check-report", file).out


def test_a_file_that_is_no_signed_report_has_exit_code_3(
    call: Call, over: str, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.pdf"
    assert call("report", over, "--cycle", "1", "--out", draft).code == 0
    for file in (draft, tmp_path / "none.pdf"):
        assert call("check-report", file).code == 3


def test_the_report_of_a_running_cycle_can_not_be_signed(call: Call, over: str) -> None:
    done = call("sign-report", over, "--cycle", "2", "--json")
    assert (done.code, done.json["error"]["kind"]) == (4, "refused")


@pytest.mark.parametrize(("of", "wanted"), [("medicines", "twice a day"), ("course", "Cycle 1")])
def test_the_other_documents_of_a_patient_are_written_too(
    call: Call, over: str, tmp_path: Path, of: str, wanted: str
) -> None:
    file = tmp_path / "document.pdf"
    assert call("report", over, "--of", of, "--out", file).code == 0
    text = " ".join(page.extract_text() for page in PdfReader(file).pages)
    assert wanted in " ".join(text.split())
