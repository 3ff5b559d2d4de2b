"""`calendar`: by the file's ending a page or a calendar file; drug names only when asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from tests.cli.conftest import Call


def test_the_page_to_print_is_in_the_language_asked_for(
    call: Call, on_course: str, tmp_path: Path
) -> None:
    file = tmp_path / "page.pdf"
    done = call("calendar", on_course, "--cycle", "1", "--out", file, "--language", "zh", "--json")
    assert (done.code, done.json["size"]) == (0, file.stat().st_size)
    assert "索拉非尼" in "".join(page.extract_text() for page in PdfReader(file).pages)
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0


def test_the_calendar_file_names_drugs_only_when_asked_to(
    call: Call, on_course: str, tmp_path: Path
) -> None:
    file = tmp_path / "doses.ICS"
    assert call("calendar", on_course, "--out", file).code == 0
    neutral = file.read_bytes()
    assert call("calendar", on_course, "--out", file, "--with-names").code == 0
    named = file.read_bytes()
    assert b"sorafenib" not in neutral and b"sorafenib" in named
    uids = [
        [str(event["uid"]) for event in Calendar.from_ical(raw).walk("VEVENT")]
        for raw in (neutral, named)
    ]
    assert uids[0] == uids[1]
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--out", "calendar.txt"),
        ("--out", "calendar"),
        ("--out", "calendar.pdf", "--with-names"),
        ("--out", "calendar.ics", "--cycle", "2"),
        ("--out", "no/such/folder/calendar.ics"),
    ],
)
def test_a_calendar_that_can_not_be_made_leaves_no_file(
    call: Call, on_course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))
    done = call("calendar", on_course, *options)
    assert done.code == 3
    assert done.err.strip()
    assert set(tmp_path.rglob("*")) == before
