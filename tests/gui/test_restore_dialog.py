"""The restore drill by the window: test first, see what would be lost, then restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint import bootstrap
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import Session
from aml_maint.services import trust
from aml_maint.services.people import admit_patient, list_patients
from tests.builders import a_patient

Settled = Callable[[Session], None]
OWN = "velvet otters at noon"


@pytest.fixture
def path(tmp_path: Path, quick_keys: None) -> Path:
    """A ward with one patient in its backup and a second one taken in since."""
    path = tmp_path / "ward.amldb"
    place = bootstrap.create_ward(path, OWN, name="Wu Min")
    admit_patient(place, a_patient())
    trust.backup_ward(place)
    admit_patient(place, a_patient("MRN-2"))
    place.close()
    return path


@pytest.fixture
def window(looks: Looks, qtbot: QtBot, path: Path) -> Iterator[MainWindow]:
    window = MainWindow(looks)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    with qtbot.waitSignal(window.ready):
        window.open_with(lambda: bootstrap.open_ward(path, OWN, name="Wu Min"), path)
    yield window
    window.close()


def test_a_backup_is_tested_and_then_restored_by_keys(
    window: MainWindow, qtbot: QtBot, settled: Settled, path: Path
) -> None:
    workspace, session = window.workspace, window.session
    assert workspace is not None and session is not None
    workspace.go("settings")
    dialog = workspace.settings.general.backup.open_restore()
    settled(session)
    assert not dialog.save.isEnabled()
    qtbot.mouseClick(dialog.check, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.save.isEnabled())
    assert dialog.found.text().startswith("Sound:")
    assert "1 later entries" in dialog.loss.text()
    assert dialog.lost_model.item(0, 2).text() == "patient taken in"
    qtbot.keyClicks(dialog.passphrase, "not the passphrase")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.form.rows["passphrase"].error is not None)
    dialog.passphrase.clear()
    qtbot.keyClicks(dialog.passphrase, OWN)
    with qtbot.waitSignal(window.ready, timeout=20_000):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert window.session is not None
    settled(window.session)
    window.close()
    place = bootstrap.open_ward(path, OWN)
    assert len(list_patients(place)) == 1
    place.close()
    kept = list(path.parent.glob("ward.amldb.before-restore-*Z"))
    assert len(kept) == 1


def test_closing_the_window_leaves_a_backup_of_what_was_recorded(
    window: MainWindow, path: Path
) -> None:
    before = len(list((path.parent / "backups").glob("*.amldb")))
    window.close()
    assert len(list((path.parent / "backups").glob("*.amldb"))) == before + 1


def test_the_second_folder_is_remembered_and_a_wrong_one_told(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    assert window.workspace is not None
    panel = window.workspace.settings.general.backup
    panel.second.set_raw(str(tmp_path / "nowhere"))
    panel.second.edit.editingFinished.emit()
    assert panel.form.rows["folder"].error is not None
    (tmp_path / "usb").mkdir()
    panel.second.set_raw(str(tmp_path / "usb"))
    panel.second.edit.editingFinished.emit()
    assert panel.form.rows["folder"].error is None
    assert window.workspace.backups.second == tmp_path / "usb"
    window.close()
    assert len(list((tmp_path / "usb").glob("*.amldb"))) == 1
