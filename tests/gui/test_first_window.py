"""Two starts of the program meet at the ward file that both want."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QFileSystemWatcher, QObject
from pytestqt.qtbot import QtBot

from aml_maint import files
from aml_maint.gui.first_window import FirstWindow, call_first_window


@pytest.fixture(autouse=True)
def meeting_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A meeting place without the windows of other tests."""
    monkeypatch.setattr(files, "meeting_folder", lambda: tmp_path / "windows")


def test_each_call_is_heard(tmp_path: Path, qtbot: QtBot) -> None:
    parent = QObject()
    first = FirstWindow(tmp_path / "ward.amldb", parent)
    for _ in range(2):
        with qtbot.waitSignal(first.wanted):
            assert call_first_window(tmp_path / "ward.amldb")
    first.close()


def test_a_window_that_was_closed_is_not_reached_and_leaves_nothing(
    tmp_path: Path, qapp: QObject
) -> None:
    parent = QObject()
    first = FirstWindow(tmp_path / "ward.amldb", parent)
    before = {file.name for file in files.meeting_folder().iterdir()}
    first.close()
    after = {file.name for file in files.meeting_folder().iterdir()}
    assert not call_first_window(tmp_path / "ward.amldb")
    assert len(before - after) == 2 and not any("ward" in name for name in before)


def test_a_window_that_cannot_hear_is_not_taken_for_one_that_does(
    tmp_path: Path, qapp: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = QObject()
    # As where the system's number of watched files is used up.
    monkeypatch.setattr(QFileSystemWatcher, "addPath", lambda *_: False)
    first = FirstWindow(tmp_path / "ward.amldb", parent)
    assert not call_first_window(tmp_path / "ward.amldb")
    first.close()


def test_another_file_has_another_meeting_place(tmp_path: Path, qapp: QObject) -> None:
    parent = QObject()
    first = FirstWindow(tmp_path / "ward.amldb", parent)
    assert not call_first_window(tmp_path / "other.amldb")
    first.close()


def test_what_a_killed_program_left_is_taken_over(tmp_path: Path, qtbot: QtBot) -> None:
    parent = QObject()
    gone = FirstWindow(tmp_path / "ward.amldb", parent)
    (lock,) = files.meeting_folder().glob("*.lock")
    left = {file: file.read_bytes() for file in files.meeting_folder().iterdir()}
    gone.close()
    for file, content in left.items():
        file.write_bytes(content)
    pid, *rest = left[lock].decode().splitlines(keepends=True)
    lock.write_text("".join(["99999999\n", *rest]))  # no process has such a number
    assert pid.strip().isdigit()
    assert not call_first_window(tmp_path / "ward.amldb")
    first = FirstWindow(tmp_path / "ward.amldb", parent)
    with qtbot.waitSignal(first.wanted):
        assert call_first_window(tmp_path / "ward.amldb")
    first.close()


def test_without_a_folder_to_meet_in_a_window_works_alone(
    tmp_path: Path, qapp: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setattr(files, "meeting_folder", lambda: tmp_path / "taken" / "windows")
    parent = QObject()
    first = FirstWindow(tmp_path / "ward.amldb", parent)
    assert not call_first_window(tmp_path / "ward.amldb")
    first.close()
