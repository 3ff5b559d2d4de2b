"""Reports on the command line: drafts, signatures, and the question whether a file is one."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from aml_maint.services import report_batch
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


def test_the_reports_of_a_ward_are_written_into_a_folder_that_tells_no_name(
    call: Call, over: str, tmp_path: Path
) -> None:
    folder = tmp_path / "reports"
    assert call("sign-report", over, "--cycle", "1").code == 0
    done = call("report", "--batch", "--out", folder, "--lang", "both", "--json")
    assert (done.code, done.json["written"], done.json["complete"]) == (0, 2, True)
    files = done.json["files"]
    assert [(one["cycle"], one["edition"]) for one in files] == [(2, None), (1, 1)]
    assert sorted(one["file"] for one in files) == sorted(path.name for path in folder.iterdir())
    assert not any("Li" in one["file"] or over in one["file"] for one in files)
    assert "Saving report 1 of 2" in done.err and folder.stat().st_mode & 0o077 == 0
    signed = call("report", over, "--batch", "--closed", "--signed", "--out", folder, "--json")
    assert [one["cycle"] for one in signed.json["files"]] == [1]
    assert call("report", over, "--batch", "--until", "2026-01-01", "--out", folder).code == 3


def test_ctrl_c_ends_a_batch_after_the_report_being_made_and_says_how_to_go_on(
    call: Call, over: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "reports"
    make = report_batch.draft_report

    def pressing(*of: Any) -> tuple[str, bytes]:
        signal.raise_signal(signal.SIGINT)
        return make(*of)

    monkeypatch.setattr(report_batch, "draft_report", pressing)
    before = signal.getsignal(signal.SIGINT)
    done = call("report", "--batch", "--out", folder, "--json")
    assert (done.code, done.json["error"]["kind"], done.json["complete"]) == (
        130, "interrupted", False,
    )  # fmt: skip
    assert signal.getsignal(signal.SIGINT) == before
    (file,) = folder.iterdir()
    assert file.read_bytes().rstrip().endswith(b"%%EOF")
    assert [one["file"] for one in done.json["files"]] == [file.name]
    assert "same command" in done.err


@pytest.mark.parametrize(
    "wrong",
    [
        ("--out", "x.pdf"),
        ("--batch", "--of", "course", "--out", "x"),
        ("--batch", "--cycle", "1", "--out", "x"),
        ("1001", "--closed", "--out", "x.pdf"),
        ("1001", "--from", "2026-01-01", "--out", "x.pdf"),
        ("1001", "--of", "medicines", "--signed", "--out", "x.pdf"),
        ("1001", "--of", "cohort", "--out", "x.pdf"),
        ("--of", "cohort", "--signed", "--out", "x.pdf"),
        ("1001", "--counts-only", "--out", "x.pdf"),
        ("--batch", "--study", "ward", "--out", "x"),
    ],
)
def test_options_that_say_nothing_together_are_wrong_use(call: Call, wrong: tuple[str]) -> None:
    assert call("report", *wrong).code == 2


def test_the_report_of_a_cohort_is_one_pdf_that_names_nobody(
    call: Call, over: str, tmp_path: Path
) -> None:
    file = tmp_path / "cohort.pdf"
    asked = ("report", "--of", "cohort", "--study", "ward", "--out", file, "--counts-only")
    done = call(*asked, "--lang", "zh", "--json")
    assert (done.code, done.json["n"], done.json["patients"]) == (0, 1, "none")
    text = "".join(page.extract_text() for page in PdfReader(file).pages)
    assert "队列报告" in text and over not in text
    assert call(*asked, "--identified").code == 3
    assert call(*asked, "--risk", "adverse").code == 3  # nobody
    assert call(*asked, "--rfs", "os").code == 3
