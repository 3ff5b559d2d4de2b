"""The manual in its window: F1 from anywhere, contents, search, back and forward, language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QTextBlock
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.ward_dialogs import OpenWardDialog
from aml_maint.gui.help_window import TARGET, HelpWindow
from aml_maint.gui.helping import Help, page_for
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.pages.start_page import StartPage
from aml_maint.gui.widgets import manual_view
from aml_maint.services.manual import START, Page, manual
from aml_maint.services.manual_markup import Part, html_of, parts_of


@pytest.fixture
def window(looks: Looks, qtbot: QtBot) -> Iterator[HelpWindow]:
    """The manual at its first page."""
    window = HelpWindow(looks)
    qtbot.addWidget(window)
    window.show_page(START)
    with qtbot.waitActive(window):
        window.show()
    yield window
    window.close()


def press(qtbot: QtBot, widget: QWidget, key: Qt.Key, control: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(widget, key, modifier)


def test_f1_opens_the_page_that_fits_and_again_the_first_page(looks: Looks, qtbot: QtBot) -> None:
    main = MainWindow(looks)
    qtbot.addWidget(main)
    door = Help(looks, main)
    with qtbot.waitActive(main):
        main.show()
    press(qtbot, main, Qt.Key.Key_F1)
    assert door.window is not None
    assert door.window.shown == "first-steps"
    qtbot.waitUntil(door.window.isActiveWindow)
    press(qtbot, door.window, Qt.Key.Key_F1)
    assert door.window.shown == START
    press(qtbot, door.window, Qt.Key.Key_Escape)
    assert not door.window.isVisible()
    main.close()


def test_f1_works_in_a_dialog_that_blocks_the_window(
    looks: Looks, qtbot: QtBot, tmp_path: Path
) -> None:
    main = MainWindow(looks)
    qtbot.addWidget(main)
    door = Help(looks, main)
    with qtbot.waitActive(main):
        main.show()
    dialog = main.ask_open(tmp_path / "some.amldb")
    assert isinstance(dialog, OpenWardDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    press(qtbot, dialog, Qt.Key.Key_F1)
    assert door.window is not None and door.window.isVisible()
    door.close()
    dialog.reject()
    main.close()


def test_a_place_without_a_page_of_its_own_takes_that_of_what_is_around_it(
    looks: Looks, qtbot: QtBot
) -> None:
    page = StartPage(looks)
    qtbot.addWidget(page)
    assert page_for(page.demo_card.button) == "first-steps"
    assert page_for(None) == START


def test_links_lead_on_and_back_and_forward_follow_the_way(
    window: HelpWindow, qtbot: QtBot
) -> None:
    window.view.wanted.emit("ward-round.md#record")
    assert window.shown == "ward-round#record"
    qtbot.waitUntil(lambda: window.view.is_whole)
    assert window.view.verticalScrollBar().value() > 0
    window.back.click()
    assert window.shown == START
    assert not window.back.isEnabled()
    window.forward.click()
    assert window.shown == "ward-round#record"
    assert not window.forward.isEnabled()


def test_the_contents_mark_the_page_shown_and_the_arrows_turn_pages(
    window: HelpWindow, qtbot: QtBot
) -> None:
    assert window.contents.currentItem().data(0, TARGET) == START
    window.contents.setFocus()
    press(qtbot, window.contents, Qt.Key.Key_Down)
    assert window.shown == "first-steps"
    press(qtbot, window.contents, Qt.Key.Key_Return)
    assert window.view.hasFocus()


def test_the_search_lists_places_and_shows_the_first(window: HelpWindow, qtbot: QtBot) -> None:
    press(qtbot, window.view, Qt.Key.Key_F, control=True)
    assert window.search.hasFocus()
    qtbot.keyClicks(window.search, "similar name")
    qtbot.waitUntil(lambda: window.side.currentWidget() is window.found)
    assert window.found.count() > 0
    assert window.shown == window.found.item(0).data(TARGET)
    press(qtbot, window.search, Qt.Key.Key_Return)
    assert window.view.hasFocus()
    window.search.setText("")
    window.look_for("")
    assert window.side.currentWidget() is window.contents
    window.look_for("zyzzyva")
    assert window.count.text().startswith("Nothing found")


def test_a_search_before_the_pages_are_read_waits_until_they_are(
    window: HelpWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: dict[str, tuple[Part, ...]] = {}

    def parts_of_page(page: Page) -> tuple[Part, ...]:
        if page.name not in read:
            read[page.name] = parts_of(page.text)
        return read[page.name]

    monkeypatch.setattr(Page, "parts", property(parts_of_page))
    window.retranslate()
    window.search.setText("similar name")
    window._look()
    assert read == {} and window.found.count() == 0
    with qtbot.waitSignal(window.found.currentItemChanged):
        pass
    assert set(read) == set(manual("en").pages) and window.found.count() > 0


def test_page_contents_and_search_follow_the_language(
    window: HelpWindow, looks: Looks, qtbot: QtBot
) -> None:
    window.show_page("ward-round")
    looks.words.use("zh")
    assert window.shown == "ward-round"
    qtbot.waitUntil(lambda: window.view.is_whole)
    assert manual("zh").page("ward-round").title in window.view.toPlainText()
    assert manual("zh").page("ward-round").title in window.windowTitle()
    assert window.contents.topLevelItem(0).text(0) == "开始使用"


def test_the_page_follows_the_theme_and_the_size_of_text(
    window: HelpWindow, looks: Looks, qtbot: QtBot
) -> None:
    light = window.view.palette().base().color()
    before = window.view.font().pixelSize()
    looks.theme.use("dark")
    qtbot.waitUntil(lambda: window.view.is_whole)
    assert window.view.palette().base().color() != light
    press(qtbot, window, Qt.Key.Key_Plus, control=True)
    assert looks.theme.scale == 110
    qtbot.waitUntil(lambda: window.view.is_whole)
    assert window.view.font().pixelSize() > before


NewView = Callable[[], manual_view.ManualView]


@pytest.fixture
def new_view(looks: Looks, qtbot: QtBot) -> NewView:
    """Makes a view of the manual's pages that shows none yet."""

    def make() -> manual_view.ManualView:
        view = manual_view.ManualView(looks)
        qtbot.addWidget(view)
        view.resize(900, 700)
        return view

    return make


@pytest.mark.parametrize("name", ["keys", "trust", "start"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_written_in_pieces_is_the_page_written_at_once(
    new_view: NewView, qtbot: QtBot, name: str, language: Language
) -> None:
    page = manual(language).page(name)
    views = []
    for letters in (100, len(page.text)):
        view = new_view()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(manual_view, "_LETTERS", letters)
            view.show_page(page)
            qtbot.waitUntil(lambda: view.is_whole)  # noqa: B023 (waited for in this turn)
        views.append(view)
    parts, whole = (list(_paragraphs(view)) for view in views)
    assert len(whole) > 3 and parts == whole
    assert views[0].document().size() == views[1].document().size()


def _paragraphs(view: manual_view.ManualView) -> Iterator[tuple[object, ...]]:
    block = view.document().begin()
    while block.isValid():
        form = block.blockFormat()
        margins = form.topMargin(), form.bottomMargin(), form.leftMargin(), form.lineHeight()
        yield form.headingLevel(), margins, *_letters(block)
        block = block.next()


def _letters(block: QTextBlock) -> Iterator[tuple[object, ...]]:
    parts = block.begin()
    while not parts.atEnd():
        form = parts.fragment().charFormat()
        colors = form.foreground().color().name(), form.background().color().name()
        font = form.font().family(), form.font().pixelSize(), form.fontWeight()
        yield parts.fragment().text(), colors, font, form.anchorNames(), form.anchorHref()
        parts += 1


def test_a_long_page_leaves_the_window_time_between_its_pieces_and_begins_at_once(
    new_view: NewView, qtbot: QtBot
) -> None:
    page = manual("en").page("data")
    view = new_view()
    longest = 0
    put = view._put

    def noted(written: str, *, afresh: bool) -> None:
        nonlocal longest
        longest = max(longest, len(written))
        put(written, afresh=afresh)

    view._put = noted  # type: ignore[method-assign]
    view.show_page(page)
    qtbot.waitUntil(lambda: bool(view.toPlainText()))
    assert not view.is_whole and page.title in view.toPlainText()
    assert view.viewport().updatesEnabled()
    qtbot.waitUntil(lambda: view.is_whole)
    assert longest < len(html_of(page.text, link=str, picture=lambda *_: "")) / 3


def test_a_place_further_down_is_shown_once_it_is_there_and_nothing_else_before(
    new_view: NewView, qtbot: QtBot
) -> None:
    page = manual("en").page("data")
    view = new_view()
    view.show()
    view.show_page(page, page.parts[-1].anchor)
    qtbot.waitUntil(lambda: bool(view.toPlainText()))
    assert not view.viewport().updatesEnabled()
    qtbot.waitUntil(lambda: view.is_whole)
    at = view.verticalScrollBar().value()
    assert view.viewport().updatesEnabled() and at > 0
    view.draw()
    view.draw()  # before anything of it is written
    qtbot.waitUntil(lambda: view.is_whole)
    assert view.verticalScrollBar().value() == at


def test_a_picture_is_as_wide_as_the_lines_and_its_words_stand_in_where_there_is_none(
    new_view: NewView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "a.png"
    image = QImage(2400, 300, QImage.Format.Format_RGB32)
    image.fill(0)
    image.save(str(made))
    view = new_view()
    view.resize(700, 500)
    assert view._picture("pictures/a.png", "The <list>") == (
        '<span class="muted">The &lt;list&gt;</span>'
    )
    monkeypatch.setattr(manual_view, "picture", lambda name, language: made)
    assert f'width="{view._room}"' in view._picture("pictures/a.png", "The list")
    assert view._room < 700
