"""The settings page: choices and backups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint.gui.backups import Backups
from aml_maint.gui.desk import Desk
from aml_maint.gui.pages.settings_page import SettingsPage
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.backup_panel import BackupPanel
from tests.gui.ward import Ward

Settled = Callable[[Session], None]


@pytest.fixture
def backups(desk: Desk) -> Backups:
    """The backups of the ward file; none was made yet."""
    return Backups(desk.session, desk.settings)


@pytest.fixture
def panel(desk: Desk, backups: Backups, qtbot: QtBot) -> BackupPanel:
    """The panel for backups, on the screen."""
    panel = BackupPanel(desk, backups)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_a_ward_that_was_never_backed_up_says_so_as_a_warning(
    panel: BackupPanel, desk: Desk, backups: Backups, settled: Settled
) -> None:
    backups.look()
    settled(desk.session)
    assert panel.state.text() == "No backup yet"
    assert backups.token == "warning"


def test_a_backup_is_made_tested_and_named_by_its_time(
    panel: BackupPanel, ward: Ward, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    qtbot.mouseClick(panel.make, Qt.MouseButton.LeftButton)
    assert not panel.make.isEnabled()
    settled(desk.session)
    assert panel.make.isEnabled()
    assert panel.state.text() == "Tested backup of 05-Mar-2026 09:04"
    made = sorted(path.name for path in (ward.path.parent / "backups").iterdir())
    assert made == ["ward-20260305T010400Z.amldb", "ward-20260305T010400Z.amldb.json"]


@pytest.mark.parametrize(
    ("later", "token"),
    [
        (datetime(2026, 3, 6, 9, 4), "muted"),
        (datetime(2026, 3, 6, 9, 5), "warning"),
        (datetime(2026, 3, 8, 9, 4), "warning"),
        (datetime(2026, 3, 8, 9, 5), "danger"),
    ],
)
def test_a_backup_is_old_after_24_hours_and_too_old_after_72(
    backups: Backups, ward: Ward, desk: Desk, settled: Settled, later: datetime, token: str
) -> None:
    backups.make()
    settled(desk.session)
    ward.clock.set(later)
    assert backups.token == token


def test_a_backup_made_by_hand_lies_in_the_second_folder_as_well(
    backups: Backups, ward: Ward, desk: Desk, settled: Settled
) -> None:
    backups.second = ward.path.parent / "second"
    backups.second.mkdir()
    backups.make()
    settled(desk.session)
    first = sorted(path.name for path in (ward.path.parent / "backups").iterdir())
    assert sorted(path.name for path in backups.second.iterdir()) == first
    assert len(first) == 2  # the backup and its sidecar


def test_a_backup_that_cannot_be_made_is_told_and_can_be_tried_again(
    panel: BackupPanel, ward: Ward, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    in_the_way: Path = ward.path.parent / "backups"
    in_the_way.write_text("a file where the folder should be", "utf-8")
    qtbot.mouseClick(panel.make, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert panel.problem.isVisible()
    assert panel.problem.text()
    assert panel.make.isEnabled()


def test_panels_stand_side_by_side_only_where_there_is_room(
    desk: Desk, backups: Backups, qtbot: QtBot
) -> None:
    page = SettingsPage(desk, backups)
    qtbot.addWidget(page)
    page.resize(700, 600)
    page.show()
    about = page.general.about
    assert about.mapTo(page, about.rect().topLeft()).x() < 100
    page.resize(1400, 600)
    qtbot.waitUntil(lambda: about.mapTo(page, about.rect().topLeft()).x() > 600)


def test_the_keys_go_from_tab_to_tab(
    desk: Desk, backups: Backups, qtbot: QtBot, settled: Settled
) -> None:
    page = SettingsPage(desk, backups)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    assert page.body.count() == 1  # the others are made when somebody goes there
    qtbot.keyClick(page, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert page.body.currentWidget() is page.site
    settled(desk.session)
    qtbot.keyClick(page, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert page.body.currentWidget() is page.general


def test_general_settings_that_fit_the_page_have_no_scroll_bar_and_others_have_one(
    desk: Desk, backups: Backups, qtbot: QtBot, settled: Settled
) -> None:
    page = SettingsPage(desk, backups)
    qtbot.addWidget(page)
    page.resize(1246, 684)  # what is left of 1366 × 768 in a ward that is no demo
    with qtbot.waitExposed(page):
        page.show()
    settled(desk.session)
    bar = page.general.verticalScrollBar()
    lines = page.general.widget()
    wanted = lines.heightForWidth(page.general.viewport().width())
    assert wanted < page.general.viewport().height()
    assert bar.maximum() == 0
    page.resize(1246, page.height() - page.general.viewport().height() + wanted - 100)
    qtbot.waitUntil(lambda: bar.maximum() >= 100)
