"""A new ward: its administrator, the recovery key on paper, a second folder, the way back in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from aml_maint.domain.command import Role
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.first_steps_dialog import FirstStepsDialog
from aml_maint.gui.dialogs.recover_dialog import RecoverDialog
from aml_maint.gui.dialogs.ward_dialogs import CreateWardDialog, OpenWardDialog
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import Session
from aml_maint.services.accounts import accounts_of

pypdf = pytest.importorskip("pypdf")
Settled = Callable[[Session], None]
OWN, NEW = "velvet otters at noon", "a lantern under snow"


@pytest.fixture
def window(
    looks: Looks, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_keys: None
) -> Iterator[MainWindow]:
    """The window in which a ward was just made by its dialog."""
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: True)
    window = MainWindow(looks)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    dialog = window.ask_create(tmp_path / "ward" / "ward.amldb")
    assert isinstance(dialog, CreateWardDialog)
    dialog.name.setText("Wu Min")
    for field in (dialog.passphrase, dialog.again):
        field.setText(OWN)
    with qtbot.waitSignal(window.ready):
        dialog.save.click()
    yield window
    shut(window)


def shut(window: MainWindow) -> None:
    """Close the window and whatever stands over it."""
    for dialog in window.findChildren(QDialog)[::-1]:
        dialog.reject()
    window.close()


def session_of(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


def steps(window: MainWindow) -> FirstStepsDialog:
    (dialog,) = window.findChildren(FirstStepsDialog)
    return dialog


def test_who_makes_a_ward_is_its_administrator_and_enter_begins_the_work(
    window: MainWindow, qtbot: QtBot, settled: Settled
) -> None:
    assert Role.ADMINISTRATOR in session_of(window).actor.roles
    dialog = steps(window)
    assert dialog.save.isDefault()
    with qtbot.waitSignal(dialog.accepted):
        dialog.save.click()
    settled(session_of(window))
    found: list[int] = []
    session_of(window).read(lambda place: len(accounts_of(place)), found.append, window)
    settled(session_of(window))
    assert found == [1]


def test_the_key_is_printed_on_one_page_and_kept_nowhere(
    window: MainWindow, tmp_path: Path, settled: Settled
) -> None:
    dialog = steps(window).make_key()
    dialog.save.click()
    settled(session_of(window))
    key = dialog._key
    folder = tmp_path / "stick"
    folder.mkdir()
    dialog.folder.set_raw(str(folder))
    dialog.print.click()
    settled(session_of(window))
    (sheet,) = folder.iterdir()
    (page,) = pypdf.PdfReader(sheet).pages
    assert all(group in page.extract_text() for group in key.split("-"))
    assert dialog.sheet == sheet and "ward" not in sheet.name
    dialog.last.setText(key[-4:])
    dialog.save.click()
    settled(session_of(window))
    assert not steps(window).made.isHidden()
    kept = [file for file in (tmp_path / "ward").rglob("*") if file.is_file()]
    plain = key.replace("-", "").encode()
    assert not [file for file in kept if key.encode() in file.read_bytes()]
    assert not [file for file in kept if plain in file.read_bytes()]


def test_a_folder_that_is_not_there_is_told_and_one_that_is_there_is_remembered(
    window: MainWindow, tmp_path: Path
) -> None:
    dialog = steps(window)
    dialog.folder.set_raw(str(tmp_path / "nowhere"))
    dialog.save.click()
    assert dialog.form.rows["folder"].error is not None
    dialog.folder.set_raw(str(tmp_path))
    dialog.save.click()
    assert window.workspace is not None
    assert window.workspace.backups.second == tmp_path


def test_the_printed_key_opens_the_ward_for_an_administrator_with_a_new_passphrase(
    window: MainWindow, looks: Looks, qtbot: QtBot, settled: Settled
) -> None:
    making = steps(window).make_key()
    making.save.click()
    settled(session_of(window))
    key = making._key
    path = window._path
    assert path is not None
    shut(window)
    again = MainWindow(looks)
    qtbot.addWidget(again)
    again.show()
    asking = again.ask_open(path)
    assert isinstance(asking, OpenWardDialog)
    asking.recover.click()
    (dialog,) = again.findChildren(RecoverDialog)
    dialog.key.setText(key.lower().replace("-", " "))
    for field in (dialog.passphrase, dialog.again):
        field.setText(NEW)
    assert key.lower().replace("-", " ") not in str(dialog.draft())
    with qtbot.waitSignal(again.ready):
        dialog.save.click()
    assert session_of(again).actor.name == "Wu Min"
    assert not again.findChildren(FirstStepsDialog)
    shut(again)


def test_a_key_that_is_not_the_one_is_told_beside_its_field(
    window: MainWindow, looks: Looks, qtbot: QtBot, settled: Settled
) -> None:
    making = steps(window).make_key()
    making.save.click()
    settled(session_of(window))
    path = window._path
    shut(window)
    again = MainWindow(looks)
    qtbot.addWidget(again)
    again.show()
    dialog = again.ask_recover(path)
    assert isinstance(dialog, RecoverDialog)
    dialog.key.setText("7K2M-QX4R")
    for field in (dialog.passphrase, dialog.again):
        field.setText(NEW)
    dialog.save.click()
    qtbot.waitUntil(lambda: dialog.form.rows["key"].error is not None)
    shut(again)
