"""A damaged ward file is told with its backups beside it, one of which can take its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint import bootstrap
from aml_maint.domain.errors import Refused, UserError
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.demo_stripe import ViewStripe
from aml_maint.services import trust
from aml_maint.services.people import admit_patient, list_patients
from tests.builders import a_patient

Settled = Callable[[Session], None]
OWN = "velvet otters at noon"


@pytest.fixture
def path(tmp_path: Path, quick_keys: None) -> Path:
    """A ward with a backup of one patient, and a page of it overwritten since."""
    path = tmp_path / "ward.amldb"
    place = bootstrap.create_ward(path, OWN, name="Wu Min")
    admit_patient(place, a_patient())
    trust.backup_ward(place)
    place.close()
    content = bytearray(path.read_bytes())
    content[3 * 4096 : 4 * 4096] = bytes(4096)
    path.write_bytes(content)
    return path


@pytest.fixture
def window(looks: Looks, qtbot: QtBot, path: Path) -> Iterator[MainWindow]:
    """The window after it could not open the file."""
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.not_opened):
        window.open_with(lambda: bootstrap.open_ward(path, OWN), path)
    yield window
    window.close()


def test_a_damaged_file_leads_to_its_backups_and_never_to_an_empty_new_file(
    window: MainWindow, path: Path
) -> None:
    page = window.recovery
    assert page is not None
    assert window.stack.currentWidget() is page
    assert page.what.text().startswith("The ward file is damaged")
    assert page.model.rowCount() == 1
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "backups", "ward.amldb", "ward.amldb.keys", "window.ini",
    ]  # fmt: skip


def test_the_backup_takes_its_place_by_the_persons_own_passphrase(
    window: MainWindow, qtbot: QtBot, path: Path
) -> None:
    page, damaged = window.recovery, path.read_bytes()
    assert page is not None
    qtbot.keyClicks(page.passphrase, "not the passphrase")
    with qtbot.waitSignal(window.not_opened):
        qtbot.keyClick(page.passphrase, Qt.Key.Key_Return)
    assert window.recovery is page
    assert page.form.rows["passphrase"].error is not None
    page.passphrase.clear()
    qtbot.keyClicks(page.passphrase, OWN)
    with qtbot.waitSignal(window.ready, timeout=20_000):
        qtbot.mouseClick(page.restore, Qt.MouseButton.LeftButton)
    window.close()
    place = bootstrap.open_ward(path, OWN)
    assert len(list_patients(place)) == 1
    place.close()
    (kept,) = path.parent.glob("ward.amldb.before-restore-*Z")
    assert kept.read_bytes() == damaged


def test_without_a_backup_the_page_says_where_one_must_lie(
    looks: Looks, qtbot: QtBot, path: Path
) -> None:
    for backup in (path.parent / "backups").iterdir():
        backup.unlink()
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.not_opened):
        window.open_with(lambda: bootstrap.open_ward(path, OWN), path)
    page = window.recovery
    assert page is not None
    assert page.none.isVisible() and not page.restore.isVisible()
    qtbot.mouseClick(page.other, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.start
    window.close()


def test_what_can_be_read_of_a_damaged_file_is_shown_and_nothing_can_be_recorded(
    window: MainWindow, path: Path, qtbot: QtBot, settled: Settled
) -> None:
    page = window.recovery
    assert page is not None
    damaged = path.read_bytes()
    page.view.click()
    assert page.form.rows["passphrase"].error is not None
    page.passphrase.setText(OWN)
    with qtbot.waitSignal(window.ready, timeout=60_000):
        page.view.click()
    assert window.recovery is None and window.workspace is not None
    session = window.session
    assert session is not None and session.is_view
    assert window.workspace.findChildren(ViewStripe)
    found: list[int] = []
    refused: list[UserError] = []
    session.read(lambda place: len(list_patients(place)), found.append, window, refused.append)
    session.write(
        lambda place: admit_patient(place, a_patient("MRN-2")), None, refused.append, window
    )
    settled(session)
    assert found == [1], refused[0].message
    assert isinstance(refused[0], Refused) and refused[0].hint is not None
    window.close()
    assert path.read_bytes() == damaged
    assert [backup.name for backup in (path.parent / "backups").glob("*.amldb")] != []
    assert len(list((path.parent / "backups").glob("*.amldb"))) == 1


def test_a_wrong_passphrase_shows_nothing_of_a_damaged_file(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = window.recovery
    assert page is not None
    page.passphrase.setText("not the passphrase")
    with qtbot.waitSignal(window.not_opened):
        page.view.click()
    assert window.stack.currentWidget() is page
    assert page.form.rows["passphrase"].error is not None


def test_what_can_be_read_is_exported_from_the_recovery_page_in_one_step(
    window: MainWindow, path: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    page, damaged = window.recovery, path.read_bytes()
    assert page is not None
    assert page.open_export() is None  # without a passphrase nothing is shown
    assert page.form.rows["passphrase"].error is not None
    page.passphrase.setText(OWN)
    dialog = page.open_export()
    assert dialog is not None
    dialog.folder.set_raw(str(tmp_path))
    with qtbot.waitSignal(dialog.job.done, timeout=60_000):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.made is not None)
    made = dialog.made
    assert made is not None and not dialog.is_working
    assert "patients.csv" in {file.name for file in made.folder.iterdir()}
    assert dialog.outcome.isVisible() and dialog.show_folder.isVisible()
    dialog.reject()
    assert path.read_bytes() == damaged


def test_an_export_of_a_damaged_file_is_stopped_with_nothing_left(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page = window.recovery
    assert page is not None
    page.passphrase.setText(OWN)
    dialog = page.open_export()
    assert dialog is not None
    before = sorted(tmp_path.iterdir())
    dialog.folder.set_raw(str(tmp_path))
    with qtbot.waitSignal(dialog.job.failed, timeout=60_000):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
        qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.is_working)
    assert sorted(tmp_path.iterdir()) == before
    dialog.reject()
