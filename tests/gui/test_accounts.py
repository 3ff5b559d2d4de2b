"""Signing in, locking, changing places, and the people of the ward in the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from aml_maint import bootstrap
from aml_maint.domain.command import Actor, Role
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.account_dialogs import (
    AddAccountDialog,
    OwnPassphraseDialog,
    RetireDialog,
    RolesDialog,
)
from aml_maint.gui.dialogs.recovery_key_dialog import RecoveryKeyDialog
from aml_maint.gui.dialogs.ward_dialogs import OpenWardDialog
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.accounts_panel import AccountsPanel
from aml_maint.gui.widgets.cycle_bar import CycleBar
from aml_maint.services import accounts
from aml_maint.services.clock import SetClock
from tests.builders import moment
from tests.gui.ward import ON_COURSE, Ward

Settled = Callable[[Session], None]

OWN, HERS, NEW = "velvet otters at noon", "nine quiet harbours", "a lantern under snow"


@pytest.fixture
def path(tmp_path: Path, quick_keys: None) -> Path:
    """A ward of Wu Min, who may everything, and Li Na, a nurse."""
    path = tmp_path / "ward.amldb"
    place = bootstrap.create_ward(path, OWN, SetClock(moment("2026-03-05T09:04")), name="Wu Min")
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    place.close()
    return path


@pytest.fixture
def window(looks: Looks, qtbot: QtBot, path: Path) -> Iterator[MainWindow]:
    """The window with the ward open for Wu Min."""
    window = MainWindow(looks)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    with qtbot.waitSignal(window.ready):
        window.open_with(lambda: bootstrap.open_ward(path, OWN, name="Wu Min"), path)
    yield window
    window.close()


def session_of(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


def panel_of(window: MainWindow) -> AccountsPanel:
    assert window.workspace is not None
    window.workspace.go("settings")
    return window.workspace.settings.general.accounts


def sign_in(window: MainWindow, name: str, passphrase: str, qtbot: QtBot) -> None:
    """Sign in at the lock page by keys."""
    page = window._locked
    assert page is not None
    page.person.set_value(name)
    page.passphrase.setFocus()
    qtbot.keyClicks(page.passphrase, passphrase)
    qtbot.keyClick(page.passphrase, Qt.Key.Key_Return)


def fill(dialog: QDialog, **fields: str) -> None:
    """Type into a dialog's rows."""
    for name, text in fields.items():
        field = dialog.form.rows[name].field  # type: ignore[attr-defined]
        assert isinstance(field, TextInput)
        field.setText(text)


def locked(window: MainWindow, qtbot: QtBot, settled: Settled) -> None:
    """Lock the ward by its keys."""
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.is_locked)
    settled(session_of(window))


def test_a_locked_ward_shows_no_page_and_keeps_what_was_begun(
    window: MainWindow, qtbot: QtBot, settled: Settled
) -> None:
    before = window.workspace
    assert before is not None
    before.go("patients")
    locked(window, qtbot, settled)
    assert not before.isVisible()
    sign_in(window, "Wu Min", "not the passphrase", qtbot)
    page = window._locked
    assert page is not None
    qtbot.waitUntil(lambda: page.form.rows["passphrase"].error is not None)
    assert window.is_locked
    page.passphrase.clear()
    sign_in(window, "Wu Min", OWN, qtbot)
    qtbot.waitUntil(lambda: not window.is_locked)
    assert window.workspace is before
    assert before.shown is before.patients


def test_another_person_sits_down_and_everything_bears_their_name(
    window: MainWindow, qtbot: QtBot, settled: Settled
) -> None:
    before = window.workspace
    locked(window, qtbot, settled)
    sign_in(window, "Li Na", HERS, qtbot)
    qtbot.waitUntil(lambda: not window.is_locked)
    assert session_of(window).actor.name == "Li Na"
    assert window.workspace is not before
    assert window.workspace is not None
    assert window.workspace.top.person.text() == "Li Na · nurse"
    assert session_of(window).why_not("hold_component") is not None


def test_nobody_at_the_desk_for_a_while_locks_the_ward(window: MainWindow, qtbot: QtBot) -> None:
    window._idle.idle.emit()
    assert window.is_locked


def test_the_demo_ward_can_not_be_locked(looks: Looks, qtbot: QtBot, demo_ward_file: Path) -> None:
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.show()
    clock = SetClock(moment("2026-03-10T15:00"))
    with qtbot.waitSignal(window.ready, timeout=20_000):
        window.open_with(lambda: bootstrap.open_demo(demo_ward_file, clock))
    window.lock()
    assert not window.is_locked
    assert window.workspace is not None
    assert window.workspace.top.lock.isHidden()
    window.close()


def test_where_several_have_accounts_the_dialog_asks_who_signs_in(
    looks: Looks, qtbot: QtBot, path: Path
) -> None:
    dialog = OpenWardDialog(looks, path)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.form.rows["name"].isVisible()
    assert [dialog.person.itemText(n) for n in range(dialog.person.count())] == ["Li Na", "Wu Min"]
    dialog.file.set_path(path.with_name("another.amldb"))
    assert not dialog.form.rows["name"].isVisible()


def test_the_person_of_last_time_is_offered_first(looks: Looks, qtbot: QtBot, path: Path) -> None:
    looks.settings.remember("last_person", "Wu Min")
    dialog = OpenWardDialog(looks, path)
    qtbot.addWidget(dialog)
    assert dialog.person.value() == "Wu Min"


def test_a_person_is_added_by_an_administrator(
    window: MainWindow, qtbot: QtBot, settled: Settled, path: Path
) -> None:
    panel = panel_of(window)
    settled(session_of(window))
    dialog = AddAccountDialog(panel._desk, panel)
    dialog.open()
    fill(dialog, name="Qian Yi", passphrase=NEW, again="something else")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert dialog.form.rows["again"].error is not None
    fill(dialog, again=NEW)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(session_of(window))
    assert [panel.model.item(row, 0).text() for row in range(panel.model.rowCount())] == [
        "Li Na", "Qian Yi", "Wu Min",
    ]  # fmt: skip
    window.close()
    place = bootstrap.open_ward(path, NEW, name="Qian Yi")
    assert place.actor.roles == (Role.NURSE,)
    place.close()


def test_roles_are_changed_and_access_is_ended_with_a_reason(
    window: MainWindow, qtbot: QtBot, settled: Settled
) -> None:
    panel = panel_of(window)
    settled(session_of(window))
    assert panel.selected() is not None
    account = panel.selected()
    assert account is not None
    assert account.name == "Li Na"
    roles = RolesDialog(panel._desk, account, panel)
    roles.open()
    roles.roles.boxes[Role.COORDINATOR].setChecked(True)
    qtbot.mouseClick(roles.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: roles.form.rows["reason"].error is not None)
    fill(roles, reason="also keeps the registry")
    with qtbot.waitSignal(roles.accepted):
        qtbot.mouseClick(roles.save, Qt.MouseButton.LeftButton)
    settled(session_of(window))
    assert panel.model.item(0, 1).text() == "nurse, study coordinator"
    retire = RetireDialog(panel._desk, account, panel)
    retire.open()
    fill(retire, reason="left the hospital")
    with qtbot.waitSignal(retire.accepted):
        qtbot.mouseClick(retire.save, Qt.MouseButton.LeftButton)
    settled(session_of(window))
    assert panel.model.item(0, 2).text() == "ended"
    assert not panel.retire.isEnabled()


def test_a_nurse_sees_who_is_there_and_why_she_can_change_nothing_but_her_passphrase(
    window: MainWindow, qtbot: QtBot, settled: Settled
) -> None:
    locked(window, qtbot, settled)
    sign_in(window, "Li Na", HERS, qtbot)
    qtbot.waitUntil(lambda: not window.is_locked)
    panel = panel_of(window)
    settled(session_of(window))
    assert panel.model.rowCount() == 2
    buttons = (panel.add, panel.roles, panel.reset, panel.retire, panel.recovery)
    assert not any(button.isEnabled() for button in buttons)
    assert panel.own.isEnabled()
    assert panel.why.text() == "This may be done by: administrator"
    dialog = OwnPassphraseDialog(panel._desk, panel)
    dialog.open()
    fill(dialog, old=HERS, passphrase=NEW, again=NEW)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)


def test_the_recovery_key_is_shown_once_and_its_end_must_be_typed(
    window: MainWindow, qtbot: QtBot, settled: Settled, path: Path
) -> None:
    panel = panel_of(window)
    settled(session_of(window))
    dialog = RecoveryKeyDialog(panel._desk, panel)
    dialog.open()
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.key.isVisible())
    key = dialog.key.text().replace("\n", "-")
    fill(dialog, last="WRNG")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert dialog.form.rows["last"].error is not None
    fill(dialog, last=key[-4:].lower())
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    window.close()
    bootstrap.recover_ward(path, key, "Wu Min", NEW)
    bootstrap.open_ward(path, NEW, name="Wu Min").close()


def test_a_ward_without_accounts_says_so(
    looks: Looks, qtbot: QtBot, desk: object, settled: Settled
) -> None:
    from aml_maint.gui.desk import Desk

    assert isinstance(desk, Desk)
    panel = AccountsPanel(desk)
    qtbot.addWidget(panel)
    settled(desk.session)
    assert not panel.own.isEnabled()
    assert panel.why.text().startswith("This file has no accounts")


def test_a_nurse_sees_the_decisions_switched_off_with_the_reason(
    ward: Ward, looks: Looks, qtbot: QtBot, settled: Settled
) -> None:
    nurse = Actor("Li Na", Role.NURSE, "test")
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.ready):
        window.open_with(lambda: ward.open().acting_as(nurse))
    workspace = window.workspace
    assert workspace is not None
    workspace.show_patient(ON_COURSE)
    settled(session_of(window))
    assert not workspace.patients.start.isEnabled()
    bar = workspace.findChildren(CycleBar)[0]
    acts, hold = bar.acts, bar.entries["hold"]
    assert not hold.isEnabled() and not bar.entries["dose"].isEnabled()
    assert hold.toolTip() == "This may be done by: physician"
    assert acts["count"].isEnabled() and acts["toxicity"].isEnabled()
    assert acts["count"].toolTip() == ""
    looks.words.use("zh")
    assert hold.toolTip() == "此操作限：医生"
    window.close()


def test_each_touch_of_the_window_or_of_a_dialog_begins_the_wait_anew(
    window: MainWindow, qtbot: QtBot
) -> None:
    watch = window._idle
    dialog = QDialog(window)
    qtbot.addWidget(dialog)
    dialog.show()
    handle, over = window.windowHandle(), dialog.windowHandle()
    assert handle is not None and over is not None
    watch._watch(over)  # as when it comes to the front
    for touched in (handle, over):
        watch._timer.stop()
        QTest.keyClick(touched, Qt.Key.Key_Shift)
        assert watch._timer.isActive()
        watch._timer.stop()
        QTest.mouseMove(touched, QPoint(5, 5))
        qtbot.waitUntil(watch._timer.isActive)
    watch.end()
    QTest.keyClick(handle, Qt.Key.Key_Shift)
    assert not watch._timer.isActive()
