"""The same fifty texts on the screens of a window: seen as typed, and nothing of them is markup.

Qt takes a text with tags for markup in a label that is not told otherwise, and in every tooltip.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as RichText
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.pages.patient_tabs import TABS
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.words import Words
from aml_maint.services.clock import SetClock
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.builders import NURSE, ZONE, a_ward, moment
from tests.faults import flows, hostile, tally
from tests.faults.hostile import TEXTS, Treated

PAGES = ("today", "patients", "cohort", "reports")
TABS_EACH = 2  # of a patient, others by night
LONGEST = 80  # rows and columns of a table that are looked at
NOWHERE = QModelIndex()
SHOWN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


@pytest.fixture
def looks(tmp_path: Path) -> Looks:
    return Looks(words=Words("en"), theme=Theme("light"), settings=Settings(tmp_path / "w.ini"))


@pytest.fixture
def treated(path: Path) -> list[Treated]:
    """A patient for each text, in a closed file."""
    with Store.create(path, flows.KEY, "ward", durable=False) as store:
        place = a_ward(store)
        return [hostile.treat(place, text) for text in TEXTS]


@pytest.fixture
def window(qtbot: QtBot, looks: Looks, path: Path, treated: list[Treated]) -> Iterator[MainWindow]:
    def opener() -> Workplace:
        store = Store.open(path, flows.KEY, check=False)
        return Workplace(store, SetClock(moment("2026-03-02T07:30")), NURSE, ZONE)

    gc.disable()  # a worker that collected would destroy widgets of this thread
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.ready, timeout=60_000):
        window.open_with(opener, path)
    yield window
    window.close()
    gc.enable()


class Eye:
    """Looks at everything on the screens of a window."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self._window, self._qtbot = window, qtbot
        self.markup: set[str] = set()
        self.screens = 0

    def look(self) -> str:
        """Everything that is in sight, one after the other; what Qt takes for markup is noted."""
        self._wait()
        self.screens += 1
        seen: list[str] = []
        for widget in self._window.findChildren(QWidget):
            self._expect_plain(widget.toolTip(), "tip", widget)
            if isinstance(widget, QLabel):
                if widget.textFormat() is not Qt.TextFormat.PlainText:
                    self._expect_plain(widget.text(), "label", widget)
                seen.append(widget.text() if widget.isVisible() else "")
            elif isinstance(widget, QAbstractItemView) and widget.isVisible():
                seen += self._cells(widget)
        for action in self._window.findChildren(QAction):
            self._expect_plain(action.toolTip(), "action", action)
        return "\n".join(seen)

    def _wait(self) -> None:
        """Until the worker has answered everything, also what answers asked for."""
        session = self._window.session
        assert session is not None
        settled = 0
        while settled < 4:
            answers: list[None] = []
            session.read(lambda _: None, answers.append, session)
            self._qtbot.waitUntil(lambda: bool(answers), timeout=60_000)  # noqa: B023
            # What is read in parts has asked for its next part by now.
            settled = 0 if session.is_busy else settled + 1

    def _cells(self, view: QAbstractItemView) -> Iterator[str]:
        model = view.model()
        for row in range(min(model.rowCount(NOWHERE) if model else 0, LONGEST)):
            for column in range(columns(model)):
                index = model.index(row, column)
                self._expect_plain(index.data(Qt.ItemDataRole.ToolTipRole), "tip", view)
                yield from (str(index.data(role) or "") for role in SHOWN)

    def _expect_plain(self, text: object, kind: str, where: object) -> None:
        if isinstance(text, str) and text and RichText.mightBeRichText(text):
            self.markup.add(f"{kind} of {type(where).__name__}: {text[:80]}")


def columns(model: QAbstractItemModel) -> int:
    try:
        return min(model.columnCount(NOWHERE), LONGEST)
    except TypeError:  # a list has one, and keeps it to itself
        return 1


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_every_text_is_seen_as_typed_on_the_screens_and_none_is_taken_for_markup(
    window: MainWindow, qtbot: QtBot, treated: list[Treated], batch: int
) -> None:
    eye, space = Eye(window, qtbot), window.workspace
    assert space is not None
    unseen = []
    for page in PAGES:
        space.go(page)
        sight = eye.look()
        if page != "reports":  # nothing is reported yet
            unseen += [one.text for one in treated if one.text.strip() not in sight]
    for number, one in enumerate(treated):
        space.show_patient(one.patient.id)
        for turn in range(TABS_EACH):
            tab = TABS[(number + batch + 3 * turn) % len(TABS)].name
            space.patient.show_tab(tab)
            if one.text.strip() not in eye.look():
                unseen.append(f"{tab}: {one.text}")
    assert not eye.markup
    assert eye.screens == len(PAGES) + TABS_EACH * len(TEXTS)
    tally.tried("hostile_text", 0, undetected=len(unseen))


def test_a_plain_label_of_qt_would_run_the_markup(looks: Looks, qtbot: QtBot) -> None:
    """The control: the eye sees it there, and the program's own label shows it as typed."""
    run = 0
    for text in TEXTS:
        careless, ours = QLabel(text), Label(looks, say("lock.name", name=text))
        for label in (careless, ours):
            qtbot.addWidget(label)
        run += RichText.mightBeRichText(careless.text())
        assert ours.textFormat() is Qt.TextFormat.PlainText
        assert text.lstrip("\ufeff") in ours.text()  # Qt takes it for a mark of the byte order
    tally.control("hostile_text", run, len(TEXTS))
