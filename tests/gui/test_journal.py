"""The log: codes and places only, small, private, and never in the way."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aml_maint.gui import journal

NAME = "CHEN Wei"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    path = journal.begin(tmp_path / "logs" / "aml_maint.log")
    assert path is not None
    yield path
    journal.end()


def test_a_line_holds_its_time_its_event_and_its_codes(log: Path) -> None:
    journal.note("not_opened", reason="store.in_use", code=5)
    (line,) = log.read_text().splitlines()
    at, told = line.split(" ", 1)
    assert told == "not_opened reason=store.in_use code=5"
    assert at.endswith("Z")


@pytest.mark.parametrize("text", [NAME, "王小明", "a b", "", "x" * 61, "line\nbreak", "1961;07"])
def test_what_could_be_somebodys_words_is_left_out(log: Path, text: str) -> None:
    journal.note("problem", reason=text)
    assert log.read_text().splitlines()[0].endswith("problem reason=?")


def test_old_lines_make_room_for_new_ones(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30_000):
        journal.note("problem", number=number, reason="store.not_saved")
    kept = sorted(log.parent.iterdir())
    assert len(kept) == journal.KEPT + 1
    assert sum(file.stat().st_size for file in kept) <= journal.LARGEST * (journal.KEPT + 1)
    assert "number=29999" in log.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such mode there")
def test_where_no_room_can_be_made_the_program_goes_on_and_so_does_the_log_later(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "LARGEST", 60)

    def refused(*_: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", refused)
        for number in range(5):
            journal.note("event", number=number)
    journal.note("event", number=7)
    assert "number=7" in log.read_text()
    assert "number=0" in log.with_name(f"{log.name}.1").read_text()


def test_only_its_owner_can_read_it(log: Path) -> None:
    journal.note("start")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_where_nothing_can_be_written_the_program_goes_on_without(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    assert journal.begin(tmp_path / "taken" / "aml_maint.log") is None
    journal.note("start")
