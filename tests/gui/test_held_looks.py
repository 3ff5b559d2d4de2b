"""Pages out of sight follow another language or look one by one, or when they are shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.gui.desk import Desk
from aml_maint.gui.held_looks import held
from aml_maint.gui.turns import Turns
from aml_maint.gui.widgets.label import Label


class Page(QWidget):
    """Says one word."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.word = Label(desk, "action.save")
        QVBoxLayout(self).addWidget(self.word)


@pytest.fixture
def pages(desk: Desk, qtbot: QtBot) -> Iterator[tuple[QStackedWidget, list[Page]]]:
    """Three pages, of which the first is in sight."""
    stack = QStackedWidget()
    qtbot.addWidget(stack)
    made = [held(desk, Page) for _ in range(3)]
    for page in made:
        stack.addWidget(page)
    stack.show()
    yield stack, made
    stack.close()


Pages = tuple[QStackedWidget, list[Page]]


def said(pages: Pages) -> list[str]:
    return [page.word.text() for page in pages[1]]


def test_a_page_in_sight_changes_at_once_and_the_others_one_at_each_turn(
    desk: Desk, pages: Pages, qtbot: QtBot
) -> None:
    desk.words.use("zh")
    assert said(pages) == ["保存", "Save", "Save"]
    turns: list[list[str]] = []
    for page in pages[1][1:]:
        page.desk.words.changed.connect(lambda: turns.append(said(pages)))
    qtbot.waitUntil(lambda: desk.turns.are_over)
    assert turns == [["保存", "保存", "Save"], ["保存", "保存", "保存"]]


def test_a_page_that_comes_into_sight_has_changed_by_then_and_is_told_once(
    desk: Desk, pages: Pages, qtbot: QtBot
) -> None:
    stack, (_, page, _) = pages
    told: list[str] = []
    page.desk.words.changed.connect(lambda: told.append("words"))
    page.desk.theme.changed.connect(lambda: told.append("look"))
    desk.words.use("zh")
    desk.theme.use("dark")
    desk.theme.use(scale=150)
    stack.setCurrentWidget(page)
    assert page.word.text() == "保存"
    assert page.word.font().pixelSize() == desk.theme.font().pixelSize()
    assert sorted(told) == ["look", "words"]
    qtbot.waitUntil(lambda: desk.turns.are_over)
    assert sorted(told) == ["look", "words"]


def test_what_a_page_out_of_sight_asks_for_is_of_the_language_and_look_shown(
    desk: Desk, pages: Pages
) -> None:
    page = pages[1][1]
    desk.words.use("zh")
    desk.theme.use("dark", 150)
    words, theme = page.desk.words, page.desk.theme
    assert (words.language, words.text("action.save")) == ("zh", "保存")
    assert words.locale == desk.words.locale
    assert (theme.name, theme.choice, theme.scale) == ("dark", "dark", 150)
    assert theme.color("text") == desk.theme.color("text")
    assert theme.palette() == desk.theme.palette()
    assert theme.font("title") == desk.theme.font("title")
    assert theme.unit(3) == desk.theme.unit(3)
    assert theme.families == desk.theme.families
    assert theme.icon("search").cacheKey() == desk.theme.icon("search").cacheKey()
    page.word.say("action.cancel")
    assert page.word.text() == "取消"


def test_a_page_switches_the_language_and_the_look_of_the_whole_window(
    desk: Desk, pages: Pages
) -> None:
    pages[1][1].desk.use_language("zh")
    pages[1][1].desk.use_theme("dark")
    pages[1][1].desk.use_scale(120)
    assert said(pages)[0] == "保存"
    assert (desk.words.language, desk.theme.name, desk.theme.scale) == ("zh", "dark", 120)
    assert pages[1][1].desk.drafts is desk.drafts


def test_a_page_that_is_gone_is_told_nothing(desk: Desk, pages: Pages, qtbot: QtBot) -> None:
    stack, made = pages
    desk.words.use("zh")
    gone = made.pop(1)
    stack.removeWidget(gone)
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete)
    qtbot.waitUntil(lambda: desk.turns.are_over)
    assert said(pages) == ["保存", "保存"]


def test_pieces_are_done_in_their_order_each_at_a_turn_of_its_own(qtbot: QtBot) -> None:
    done: list[int] = []
    turns = Turns()
    for number in range(3):
        turns.take(lambda number=number: done.append(number))  # type: ignore[misc]
    assert done == [] and not turns.are_over
    qtbot.waitUntil(lambda: turns.are_over)
    assert done == [0, 1, 2]
    turns.take(lambda: done.append(3))
    qtbot.waitUntil(lambda: turns.are_over)
    assert done[-1] == 3


def test_a_piece_waits_until_what_was_asked_to_be_painted_before_it_is_painted(
    qtbot: QtBot,
) -> None:
    seen: list[str] = []

    class Seen(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            seen.append("painted")

    view, turns = Seen(), Turns()
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    qtbot.waitUntil(lambda: bool(seen))
    seen.clear()
    for number in (1, 2):
        turns.take(lambda number=number: (seen.append(f"piece {number}"), view.update()))  # type: ignore[misc]
    view.update()
    qtbot.waitUntil(lambda: len(seen) == 5)
    assert seen == ["painted", "piece 1", "painted", "piece 2", "painted"]
