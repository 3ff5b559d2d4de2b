"""The line at the foot: saved at what time, and undo for as long as it is offered."""

from __future__ import annotations

from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Desk
from aml_maint.gui.widgets.status_bar import StatusBar
from aml_maint.services.changes import Changes, Touched


@pytest.fixture
def status(desk: Desk, qtbot: QtBot) -> StatusBar:
    """The status bar of the ward, on the screen."""
    status = StatusBar(desk)
    qtbot.addWidget(status)
    status.show()
    return status


def changes(desk: Desk, *, replayed: bool = False) -> Changes:
    return Changes(
        uuid4(), 1, desk.session.now(), frozenset(), frozenset({Touched.DOSES}), replayed
    )


def test_nothing_is_claimed_before_the_first_entry(status: StatusBar) -> None:
    assert status.saved.text() == "Nothing entered yet"
    assert not status.saved_sign.isVisible()


def test_a_saved_entry_shows_its_sign_and_time(status: StatusBar, desk: Desk) -> None:
    desk.session.saved.emit(changes(desk))
    assert status.saved.text() == "Saved 09:04"
    assert status.saved_sign.isVisible()


def test_an_entry_that_was_there_already_is_not_said_to_be_saved_again(
    status: StatusBar, desk: Desk
) -> None:
    desk.session.saved.emit(changes(desk, replayed=True))
    assert status.saved.text() == "Was already saved 09:04"


def test_undo_counts_its_seconds_down_and_then_goes(status: StatusBar) -> None:
    status.offer_undo(2)
    assert (status.undo.isVisible(), status.undo.text()) == (True, "Undo (2 s)")
    status._count_down()
    assert status.undo.text() == "Undo (1 s)"
    status._count_down()
    assert not status.undo.isVisible()


def test_undo_is_asked_for_once(status: StatusBar, qtbot: QtBot) -> None:
    status.offer_undo(10)
    with qtbot.waitSignal(status.undo_wanted):
        qtbot.mouseClick(status.undo, Qt.MouseButton.LeftButton)
    assert not status.undo.isVisible()


def test_clock_and_file_are_shown_in_the_language_chosen(status: StatusBar, desk: Desk) -> None:
    assert status.clock.text() == "Thursday 05-Mar-2026  09:04"
    assert status.file.text() == "ward.amldb"
    desk.words.use("zh")
    assert status.clock.text() == "2026年3月5日 星期四  09:04"


def test_an_old_backup_is_told_in_the_colour_of_its_meaning(status: StatusBar, desk: Desk) -> None:
    status.show_backup(say("settings.plain", text="08:40"), "warning")
    assert status.backup.text() == "08:40"
    ink = status.backup.palette().windowText().color()
    assert ink == desk.theme.color("warning")
