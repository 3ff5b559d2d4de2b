"""`deviations`: the log printed, as data, and as tables."""

from __future__ import annotations

import csv
import io
import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.conftest import Call

KEYS = {
    "kind", "group", "date", "cycle", "day", "drugs", "planned", "done", "reason", "by",
    "recorded_by", "recorded", "slot",
}  # fmt: skip


def test_each_deviation_has_its_day_what_was_planned_done_why_and_by_whom(
    call: Call, on_course: str
) -> None:
    found = call("deviations", on_course, "--json")
    assert found.code == 0
    assert found.json["mrn"] == on_course and found.json["cycle"] is None
    assert found.json["files"] == {}
    assert all(set(one) == KEYS for one in found.json["deviations"])
    kinds = {one["kind"] for one in found.json["deviations"]}
    assert {"unconfirmed", "no_assessment"} <= kinds


def test_only_the_cycle_and_the_kinds_asked_for_are_listed(call: Call, on_course: str) -> None:
    one = call("deviations", on_course, "--cycle", "1", "--kind", "no_assessment", "--json").json
    assert [d["kind"] for d in one["deviations"]] == ["no_assessment"]
    assert "no assessment" in call("deviations", on_course, "--kind", "no_assessment").out
    none = call("deviations", on_course, "--kind", "gap_override")
    assert (none.code, none.out) == (0, "No deviation from the plan\n")


def test_the_tables_hold_what_is_printed_in_the_language_asked_for(
    call: Call, on_course: str, tmp_path: Path
) -> None:
    plain, book = tmp_path / "log.csv", tmp_path / "log.xlsx"
    done = call(
        "deviations", on_course, "--csv", plain, "--xlsx", book, "--identified",
        "--language", "zh", "--json",
    )  # fmt: skip
    assert done.code == 0
    assert done.json["files"]["csv"] == {"file": str(plain), "size": plain.stat().st_size}
    listed = done.json["deviations"]
    rows = list(csv.reader(io.StringIO(plain.read_bytes().decode("utf-8-sig"), newline="")))
    assert rows[0][0] == "病案号"
    assert [row[4] for row in rows[1:]] == [one["kind"] for one in listed]
    (sheet,) = load_workbook(book).worksheets
    assert sheet.max_row == len(listed) + 1
    assert os.name == "nt" or plain.stat().st_mode & 0o077 == 0


def test_without_being_asked_for_the_tables_do_not_name_the_patient(
    call: Call, on_course: str, tmp_path: Path
) -> None:
    file = tmp_path / "log.csv"
    done = call("deviations", on_course, "--csv", file, "--json")
    text = file.read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["Code"] for row in rows] == [one["kind"] for one in done.json["deviations"]]
    assert {row["Study id"][:2] for row in rows} == {"P-"}
    assert on_course not in text
    # Whatever was moved may lie on a day that another one truly had: the distance is what counts.
    moved = {
        date.fromisoformat(one["date"]) - date.fromisoformat(row["Date"])
        for one, row in zip(done.json["deviations"], rows, strict=True)
    }
    assert len(moved) == 1 and timedelta(days=1) <= moved.pop() <= timedelta(days=364)


@pytest.mark.parametrize(
    "options",
    [
        ("--kind", "nonsense", "--csv", "log.csv"),
        ("--cycle", "2", "--csv", "log.csv"),
        ("--cycle", "x", "--csv", "log.csv"),
        ("--xlsx", "no/such/folder/log.xlsx"),
    ],
)
def test_what_can_not_be_listed_leaves_no_file(
    call: Call, on_course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))
    done = call("deviations", on_course, *options)
    assert done.code == 3
    assert done.err.strip()
    assert set(tmp_path.rglob("*")) == before
