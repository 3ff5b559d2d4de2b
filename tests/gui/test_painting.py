"""What a window has to paint waits for a turn of the event loop of its own."""

from __future__ import annotations

import time

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import say
from aml_maint.gui.after_painting import AfterPainting
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.painting import PaintsByItself
from aml_maint.gui.widgets.table import Table


class Canvas(QWidget):
    """Writes down that it was painted."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self.told = told

    def paintEvent(self, event: QPaintEvent) -> None:
        self.told.append("painted")


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A window on the screen that paints by itself."""
    canvas = Canvas([])
    PaintsByItself(canvas)
    qtbot.addWidget(canvas)
    with qtbot.waitExposed(canvas):
        canvas.show()
    qtbot.waitUntil(lambda: "painted" in canvas.told)
    qtbot.wait(1)
    canvas.told.clear()
    return canvas


def test_a_timer_that_is_due_fires_before_the_change_is_painted(
    canvas: Canvas, qtbot: QtBot
) -> None:
    QTimer.singleShot(0, canvas, lambda: canvas.told.append("tick"))
    canvas.update()
    qtbot.waitUntil(lambda: len(canvas.told) == 2)
    assert canvas.told == ["tick", "painted"]


def test_what_a_change_leads_to_and_its_painting_have_a_turn_between_them(
    canvas: Canvas, qtbot: QtBot
) -> None:
    tick = QTimer(canvas, singleShot=True, interval=1)
    tick.timeout.connect(lambda: canvas.told.append("tick"))

    def measure() -> None:
        canvas.told.append("measured")
        tick.start()
        time.sleep(0.005)  # due by now

    led_to = QTimer(canvas, singleShot=True, interval=0)
    led_to.timeout.connect(measure)
    led_to.start()
    canvas.update()
    qtbot.waitUntil(lambda: len(canvas.told) == 3)
    assert canvas.told == ["measured", "tick", "painted"]


def test_a_table_whose_columns_move_with_its_new_texts_is_painted_once(
    looks: Looks, qtbot: QtBot
) -> None:
    class Paintings(QObject):
        count = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.count += event.type() is QEvent.Type.Paint
            return False

    head = say("page.today")
    rows: RowsModel[str] = RowsModel(looks, [Column(head, str), Column(head, lambda _: "x")])
    table = Table(looks)
    table.setModel(rows)
    PaintsByItself(table)
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    qtbot.wait(20)
    paintings = Paintings(table)
    table.viewport().installEventFilter(paintings)
    rows.set_rows(["x" * 20])
    table.refit()
    qtbot.wait(20)
    assert paintings.count == 1


def test_what_was_posted_while_the_painting_waits_is_done_before_it(
    canvas: Canvas, qtbot: QtBot
) -> None:
    class Key(QObject):
        def customEvent(self, event: QEvent) -> None:
            canvas.told.append("key")

    key = Key(canvas)
    canvas.update()
    QCoreApplication.sendPostedEvents()  # the turn in which the change was made
    QCoreApplication.postEvent(key, QEvent(QEvent.Type.User))
    qtbot.waitUntil(lambda: len(canvas.told) == 2)
    assert canvas.told == ["key", "painted"]


def test_changes_asked_for_several_times_are_painted_once(canvas: Canvas, qtbot: QtBot) -> None:
    for _ in range(3):
        canvas.update()
        QCoreApplication.sendPostedEvents()
    qtbot.waitUntil(lambda: canvas.told != [])
    qtbot.wait(20)
    assert canvas.told == ["painted"]


def test_the_next_change_is_painted_as_well(canvas: Canvas, qtbot: QtBot) -> None:
    for number in (1, 2):
        canvas.update()
        qtbot.waitUntil(lambda number=number: len(canvas.told) == number)  # type: ignore[misc]


def test_what_waits_for_the_painting_comes_after_it_and_after_timers_due_meanwhile(
    canvas: Canvas, qtbot: QtBot
) -> None:
    told = canvas.told

    def paints(event: QPaintEvent) -> None:
        told.append("painted")
        QTimer.singleShot(0, canvas, lambda: told.append("tick"))

    canvas.paintEvent = paints  # type: ignore[method-assign]
    after = AfterPainting(lambda: told.append("after"), canvas)
    canvas.update()
    after.ask()
    qtbot.waitUntil(lambda: "after" in told)
    assert told == ["painted", "tick", "after"]


def test_a_window_that_goes_while_its_painting_waits_paints_no_more(qtbot: QtBot) -> None:
    told: list[str] = []
    canvas = Canvas(told)
    PaintsByItself(canvas)
    with qtbot.waitExposed(canvas):
        canvas.show()
    qtbot.waitUntil(lambda: told != [])
    told.clear()
    canvas.update()
    QCoreApplication.sendPostedEvents()
    canvas.deleteLater()
    qtbot.wait(20)
    assert told == []


def test_two_windows_that_change_at_once_have_a_turn_each(canvas: Canvas, qtbot: QtBot) -> None:
    told = canvas.told
    other = Canvas(told)
    PaintsByItself(other)
    qtbot.addWidget(other)
    with qtbot.waitExposed(other):
        other.show()
    qtbot.wait(20)
    told.clear()

    def paints(event: QPaintEvent) -> None:
        told.append("painted")
        QTimer.singleShot(0, canvas, lambda: told.append("tick"))

    canvas.paintEvent = paints  # type: ignore[method-assign]
    canvas.update()
    other.update()
    qtbot.waitUntil(lambda: told.count("painted") == 2)
    assert told == ["painted", "tick", "painted"]


def test_a_window_that_goes_before_its_turn_keeps_no_other_from_painting(
    canvas: Canvas, qtbot: QtBot
) -> None:
    first = Canvas([])
    PaintsByItself(first)
    with qtbot.waitExposed(first):
        first.show()
    qtbot.wait(20)
    canvas.told.clear()
    first.update()
    canvas.update()
    QCoreApplication.sendPostedEvents()  # both have said that they have something to paint
    shiboken6.delete(first)
    qtbot.waitUntil(lambda: canvas.told == ["painted"])
