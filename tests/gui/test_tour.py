"""The tour at the first opening, again from the manual, and what is new after an update."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint import __version__
from aml_maint.gui.desk import Looks
from aml_maint.gui.helping import TOUR_SEEN, VERSION_SEEN, Help
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.tour import Tour
from tests.gui.ward import Ward

Settled = Callable[[Session], None]


@pytest.fixture
def window(looks: Looks, ward: Ward, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window with its help, before the ward is open."""
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitActive(window):
        window.show()
    yield window
    window.close()


def open_ward(window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled) -> Help:
    door = Help(window.looks, window)
    window.ready.connect(door.greet)
    with qtbot.waitSignal(window.ready):
        window.open_with(ward.open, ward.path)
    assert window.session is not None
    settled(window.session)
    return door


def tour_of(door: Help) -> Tour:
    assert door.tour is not None
    return door.tour


def test_the_first_opening_shows_the_tour_and_the_next_one_does_not(
    window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled
) -> None:
    door = open_ward(window, ward, qtbot, settled)
    tour = tour_of(door)
    seen = []
    while door.tour is not None:
        seen.append(tour.stop.name)
        assert window.focusWidget() is tour.on
        assert window.rect().contains(tour.geometry())
        qtbot.keyClick(tour.on, Qt.Key.Key_Return)
    assert seen[0] == "welcome" and seen[-1] == "help"
    assert {"list", "search", "rail", "status"} < set(seen)
    assert window.workspace is not None
    assert window.workspace.isAncestorOf(window.focusWidget())
    door.greet()
    assert door.tour is None


def test_escape_skips_it_for_good_and_the_arrow_goes_back(
    window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled
) -> None:
    door = open_ward(window, ward, qtbot, settled)
    tour = tour_of(door)
    qtbot.keyClick(tour.on, Qt.Key.Key_Right)
    assert tour.stop.name != "welcome"
    qtbot.keyClick(tour.on, Qt.Key.Key_Left)
    assert tour.stop.name == "welcome"
    qtbot.keyClick(tour.on, Qt.Key.Key_Escape)
    assert door.tour is None
    assert window.looks.settings.text(TOUR_SEEN)


def test_the_manual_shows_it_again(
    window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled
) -> None:
    window.looks.settings.remember(TOUR_SEEN, __version__)
    door = open_ward(window, ward, qtbot, settled)
    assert door.tour is None
    manual = door.show("start")
    manual.tour.click()
    assert tour_of(door).isVisible()
    window.looks.words.use("zh")
    assert tour_of(door).title.text() == "欢迎使用"
    tour_of(door).end()
    door.close()


def test_another_version_than_the_last_one_is_told_once(
    window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled
) -> None:
    settings = window.looks.settings
    settings.remember(TOUR_SEEN, "0.0.1")
    settings.remember(VERSION_SEEN, "0.0.1")
    door = open_ward(window, ward, qtbot, settled)
    assert window.workspace is not None
    notice = window.workspace.notice
    assert notice.isVisible()
    assert __version__ in notice.message.text()
    notice.hide()
    door.greet()
    assert not notice.isVisible()


def test_the_first_start_of_all_tells_of_no_news(
    window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled
) -> None:
    window.looks.settings.remember(TOUR_SEEN, __version__)
    open_ward(window, ward, qtbot, settled)
    assert window.workspace is not None
    assert not window.workspace.notice.isVisible()
    assert window.looks.settings.text(VERSION_SEEN) == __version__
