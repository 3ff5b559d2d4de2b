"""What another thread tells comes in order, and each answer has a turn of the loop for itself."""

from __future__ import annotations

from threading import Thread

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from aml_maint.gui.answers import Answers


class Canvas(QWidget):
    """Writes down that it was painted."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    def paintEvent(self, event: QPaintEvent) -> None:
        self._told.append("painted")


def hand_over(answers: Answers, *acts: object) -> None:
    """Hand answers over on another thread, all before the first is told."""

    def work() -> None:
        for act in acts:
            answers.arrived.emit(act)

    worker = Thread(target=work)
    worker.start()
    worker.join()


def test_an_answer_waits_until_the_one_before_is_painted_and_what_waited_meanwhile_is_taken(
    qtbot: QtBot,
) -> None:
    told: list[str] = []
    canvas = Canvas(told)
    answers = Answers(canvas)
    qtbot.addWidget(canvas)
    with qtbot.waitExposed(canvas):
        canvas.show()
    qtbot.waitUntil(lambda: "painted" in told)
    told.clear()

    def first() -> None:
        told.append("first")
        QTimer.singleShot(0, lambda: told.append("taken"))
        canvas.update()

    hand_over(answers, first, lambda: told.append("second"), lambda: told.append("third"))
    assert told == []  # only the loop tells
    qtbot.waitUntil(lambda: "third" in told)
    assert [one for one in told if one != "taken"] == ["first", "painted", "second", "third"]
    assert told.index("taken") < told.index("second")


def test_an_answer_that_fails_holds_up_none_behind_it(qtbot: QtBot) -> None:
    told: list[str] = []
    owner = QObject()
    answers = Answers(owner)

    def fails() -> None:
        raise ValueError

    with qtbot.captureExceptions() as caught:
        hand_over(answers, fails, lambda: told.append("second"))
        qtbot.waitUntil(lambda: told == ["second"])
    assert [kind for kind, *_ in caught] == [ValueError]


def test_an_answer_that_comes_alone_is_told_at_once(qtbot: QtBot) -> None:
    told: list[str] = []
    owner = QObject()
    answers = Answers(owner)
    for number in ("first", "second"):
        hand_over(answers, lambda number=number: told.append(number))
        qtbot.waitUntil(lambda number=number: number in told)  # type: ignore[misc]
    assert told == ["first", "second"]


def test_what_waits_is_told_to_nobody_who_is_gone(qtbot: QtBot) -> None:
    told: list[str] = []
    owner = QObject()
    answers = Answers(owner)

    def last() -> None:
        told.append("last")
        delete(owner)

    hand_over(answers, last, lambda: told.append("too late"))
    qtbot.waitUntil(lambda: told == ["last"])
    qtbot.waitUntil(lambda: not answers._waiting)
    assert told == ["last"]
