"""Backups are restored through the dialog: the file as it was at that entry, the newer one kept."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint import bootstrap
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.restore_dialog import RestoreDialog
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme
from aml_maint.gui.words import Words
from aml_maint.services import trust
from aml_maint.services.people import admit_patient
from aml_maint.services.workplace import Workplace
from aml_maint.store import key_slots
from aml_maint.store.database import Store
from aml_maint.store.key_slots import Cost
from tests.builders import a_patient
from tests.faults import tally
from tests.store.rows import content

DRILLS = 5
OWN = "velvet otters at noon"
WHO = "Wu Min"

T = TypeVar("T")
Content = dict[str, list[dict[str, Any]]]


@pytest.fixture
def path(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ward with an account; its passphrase takes no time to derive."""
    monkeypatch.setattr(key_slots, "COST", Cost(1, 8, 1))
    bootstrap.create_ward(path, OWN, name=WHO).close()
    return path


class Drill:
    """A window at which backups are made, and restored by the mouse and the keys."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self._qtbot = window, qtbot
        self.made: dict[str, Content] = {}

    def ask(self, work: Callable[[Workplace], T]) -> T:
        """Run something on the thread that has the file."""
        session, answers = self.window.session, []
        assert session is not None
        session.read(work, answers.append, session)
        self._qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
        return answers[0]

    def back_up(self) -> None:
        """Make a backup; what the file held then is noted."""
        report = self.ask(trust.backup_ward).report
        self.made[report.path.name] = self.ask(lambda place: content(place.store))

    def restore(self, name: str) -> str:
        """Choose a backup, check it, and restore it; what the dialog says is lost."""
        workspace = self.window.workspace
        assert workspace is not None
        workspace.go("settings")
        dialog = workspace.settings.general.backup.open_restore()
        self._qtbot.waitUntil(lambda: bool(dialog.model.rowCount()), timeout=60_000)
        dialog.table.selectRow(row_of(dialog, name))
        self._qtbot.mouseClick(dialog.check, Qt.MouseButton.LeftButton)
        self._qtbot.waitUntil(lambda: dialog.save.isEnabled(), timeout=60_000)
        assert dialog.found.text().startswith("Sound:")
        told = dialog.loss.text()
        self._qtbot.keyClicks(dialog.passphrase, OWN)
        with self._qtbot.waitSignal(self.window.ready, timeout=60_000):
            self._qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
        return told


def row_of(dialog: RestoreDialog, name: str) -> int:
    (row,) = (n for n in range(dialog.model.rowCount()) if dialog.model.item(n, 2).text() == name)
    return row


@pytest.fixture
def drill(qtbot: QtBot, path: Path, tmp_path: Path) -> Iterator[Drill]:
    gc.disable()  # a worker that collected would destroy widgets of this thread
    looks = Looks(words=Words("en"), theme=Theme("light"), settings=Settings(tmp_path / "w.ini"))
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.ready, timeout=60_000):
        window.open_with(lambda: bootstrap.open_ward(path, OWN, name=WHO), path)
    yield Drill(window, qtbot)
    window.close()
    gc.enable()


def what_is_lost(now: Content, then: Content) -> str:
    """What the dialog has to tell: how many entries are younger, or that it is another record's."""
    count = len(then["audit"])
    if now["audit"][:count] != then["audit"]:  # what stood then was itself replaced meanwhile
        return "does not belong to the record"
    return f"{len(now['audit']) - count} later entries"


def at_entry(found: Content, then: Content) -> Content:
    """What a restored file held before the entry of its own restore was written."""
    last = max(row["seq"] for row in then["audit"])
    trail = {
        table: [row for row in found[table] if row["seq"] <= last]
        for table in ("audit", "audit_patients")
    }
    return {**found, **trail}


def kept_files(path: Path) -> set[Path]:
    """The replaced files that lie beside the ward file."""
    found = path.parent.glob(f"{path.name}.before-restore-*")
    return {file for file in found if file.suffix != ".keys"}


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_in_5_drills_the_restored_file_is_equal_to_the_file_at_that_entry(
    drill: Drill, path: Path, batch: int
) -> None:
    chance, numbers = tally.chances("restore_drill", batch), count(1)
    undetected = differed = 0
    key = drill.ask(lambda place: place.store.key)
    for _ in range(DRILLS):
        drill.back_up()
        for _ in range(chance.randint(1, 5)):
            one = a_patient(f"MRN-{next(numbers)}")
            drill.ask(lambda place, one=one: admit_patient(place, one))
        now = drill.ask(lambda place: content(place.store))
        name = chance.choice(list(drill.made))
        then, before = drill.made[name], kept_files(path)
        told = drill.restore(name)
        assert what_is_lost(now, then) in told
        found = drill.ask(lambda place: content(place.store))
        undetected += at_entry(found, then) != then
        (kept,) = kept_files(path) - before
        with Store.open_copy(kept, key) as store:
            undetected += content(store) != now
        differed += now != then
    tally.tried("restore_drill", DRILLS, undetected=undetected)
    tally.control("restore_drill", differed, DRILLS)
