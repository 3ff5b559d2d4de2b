"""Painted widgets tell their parts to assistive technology, and the parts end with the widget."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.grade_input import GradeInput
from aml_maint.gui.painted_parts import (
    PaintedParts,
    Part,
    hear_painted_parts,
    tell_changed,
    tell_current,
)
from aml_maint.services.library import toxicity_items

Role, Text = QAccessible.Role, QAccessible.Text


class Row(PaintedParts, QWidget):
    """Squares side by side."""

    part_as = Role.RadioButton

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names, self.at = names, 1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("letters")
        self.resize(100, 20)
        hear_painted_parts()

    def part_count(self) -> int:
        return len(self.names)

    def part(self, number: int) -> Part:
        return Part(self.names[number], QRect(20 * number, 0, 20, 20), number == self.at)

    def current_part(self) -> int | None:
        return self.at


def test_a_part_has_a_name_a_role_a_place_and_says_whether_it_is_chosen(qtbot: QtBot) -> None:
    row = Row(["a", "b", "c"])
    qtbot.addWidget(row)
    row.show()
    heard = QAccessible.queryAccessibleInterface(row)
    assert (heard.role(), heard.text(Text.Name)) == (Role.Table, "letters")
    parts = [heard.child(number) for number in range(heard.childCount())]
    assert [part.text(Text.Name) for part in parts] == ["a", "b", "c"]
    assert {part.role() for part in parts} == {Role.RadioButton}
    assert [bool(part.state().checked) for part in parts] == [False, True, False]
    assert parts[2].rect() == QRect(row.mapToGlobal(QPoint(40, 0)), QRect(0, 0, 20, 20).size())
    assert [heard.indexOfChild(part) for part in parts] == [0, 1, 2]
    at = row.mapToGlobal(QPoint(45, 5))
    assert heard.childAt(at.x(), at.y()).text(Text.Name) == "c"


def test_the_part_under_the_keyboard_has_the_focus(qtbot: QtBot) -> None:
    row = Row(["a", "b"])
    qtbot.addWidget(row)
    row.show()
    row.setFocus()
    qtbot.waitUntil(row.hasFocus)
    heard = QAccessible.queryAccessibleInterface(row)
    assert heard.focusChild().text(Text.Name) == "b"
    assert heard.child(1).state().focused
    assert not heard.child(0).state().focused


def test_a_part_that_is_painted_no_more_is_invalid_and_what_is_new_is_heard(qtbot: QtBot) -> None:
    row = Row(["a", "b"])
    qtbot.addWidget(row)
    heard = QAccessible.queryAccessibleInterface(row)
    last = heard.child(1)
    QAccessible.setActive(True)
    try:
        row.names, row.at = ["z"], 0
        tell_changed(row)
        tell_current(row)
    finally:
        QAccessible.setActive(False)
    assert not last.isValid()
    assert [heard.child(n).text(Text.Name) for n in range(heard.childCount())] == ["z"]


def test_names_are_told_once_for_several_changes_and_of_parts_that_are_known(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Row(["a", "b", "c"])
    qtbot.addWidget(row)
    heard = QAccessible.queryAccessibleInterface(row)
    for number in (0, 2):
        heard.child(number)
    told: list[str] = []

    def noted(event: QAccessibleEvent) -> None:
        if event.type() == QAccessible.Event.NameChanged:
            told.append(event.accessibleInterface().text(Text.Name))

    monkeypatch.setattr(QAccessible, "updateAccessibility", staticmethod(noted))
    monkeypatch.setattr(QAccessible, "isActive", staticmethod(lambda: True))
    row.names = ["x", "y", "z"]
    tell_changed(row)
    tell_changed(row)
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["x", "z"]
    row.names = ["v"]
    tell_changed(row)
    qtbot.waitUntil(lambda: len(told) > 2)
    assert told[2:] == ["v"]


def test_the_parts_end_with_their_widget(qtbot: QtBot) -> None:
    row = Row(["a"])
    number = QAccessible.uniqueId(QAccessible.queryAccessibleInterface(row).child(0))
    assert QAccessible.accessibleInterface(number) is not None
    row.deleteLater()
    QApplication.sendPostedEvents(row, QEvent.Type.DeferredDelete)
    assert QAccessible.accessibleInterface(number) is None


def test_widgets_upon_a_painted_one_come_after_its_parts(qtbot: QtBot) -> None:
    row = Row(["a", "b"])
    qtbot.addWidget(row)
    button = QPushButton("press", row)
    row.show()
    heard = QAccessible.queryAccessibleInterface(row)
    names = [heard.child(n).text(Text.Name) for n in range(heard.childCount())]
    assert names == ["a", "b", "press"]
    assert heard.indexOfChild(QAccessible.queryAccessibleInterface(button)) == 2


def test_the_grades_of_a_term_are_read_with_their_number_and_words(
    looks: Looks, qtbot: QtBot
) -> None:
    grades = GradeInput(looks)
    qtbot.addWidget(grades)
    grades.show_item(toxicity_items()[0])
    grades.set_value(2)
    heard = QAccessible.queryAccessibleInterface(grades)
    names = [heard.child(n).text(Text.Name) for n in range(heard.childCount())]
    assert names[0] == "Not graded yet"
    assert names[2].startswith("Grade 2: ")
    assert [n for n in range(5) if heard.child(n).state().checked] == [2]
