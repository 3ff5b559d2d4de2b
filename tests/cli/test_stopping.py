"""Ctrl-C ends an import or an export with a sentence and leaves nothing; a terminal shows how far
it is.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from aml_maint.domain.pseudonym import Privacy
from aml_maint.services import delimited, exporting
from aml_maint.services.exporting import DataExtract
from aml_maint.store.transaction import Transaction
from tests.cli.conftest import Call

COHORT = Path(__file__).parents[1] / "data" / "cohort19.csv"


@pytest.fixture
def _pressed_while_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = delimited._check_size

    def check(data: bytes) -> None:
        signal.raise_signal(signal.SIGINT)
        whole(data)

    monkeypatch.setattr(delimited, "_check_size", check)


@pytest.mark.usefixtures("ward", "_pressed_while_reading")
def test_ctrl_c_ends_an_import_with_a_sentence_and_leaves_nothing(call: Call) -> None:
    before = signal.getsignal(signal.SIGINT)  # ignored, where a shell started this beside itself
    for command in (["import-cohort", COHORT], ["import", "cohort", COHORT, "--json"]):
        done = call(*command)
        assert done.code == 130 and "Stopped: nothing was written" in done.err
    assert done.json["error"]["kind"] == "stopped"
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.usefixtures("ward")
def test_ctrl_c_after_the_last_row_is_too_late_and_nobody_is_told_otherwise(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Transaction.finish

    def finish(transaction: Transaction) -> None:
        signal.raise_signal(signal.SIGINT)
        whole(transaction)

    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "finish", finish)
        done = call("import-cohort", COHORT, "--json")
    assert done.code == 0 and done.json["written"] is True
    assert call("import-cohort", COHORT, "--json").json["same"] == 19


@pytest.mark.parametrize("data_format", ["csv", "xlsx", "sav"])
@pytest.mark.usefixtures("on_course")
def test_ctrl_c_ends_an_export_and_leaves_no_half_file(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data_format: str
) -> None:
    whole = exporting.ward_extract

    def extract(place: object, privacy: Privacy, *more: object) -> DataExtract:
        signal.raise_signal(signal.SIGINT)
        return whole(place, privacy, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting, "ward_extract", extract)
    folder = tmp_path / "out"
    folder.mkdir()
    done = call("export", data_format, "--out", folder / "data")
    assert done.code == 130 and "Stopped: nothing was written" in done.err
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("ward")
def test_a_terminal_shows_each_step_on_a_line_that_is_cleared_at_the_end(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Reading" not in call("import-cohort", COHORT, "--dry-run").err
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True, raising=False)
    done = call("import-cohort", COHORT)
    lines = done.err.replace("\033[K", "").split("\r")
    steps = [line.strip() for line in lines if line.strip()]
    assert [step.partition("…")[0] for step in dict.fromkeys(steps)][:2] == [
        "Reading the file",
        "Checking",
    ]
    assert "Writing… 100\u00a0%" in steps and steps[-1] == "Saving…"
    assert done.err.endswith("\r\033[K") and "\n" not in done.err
