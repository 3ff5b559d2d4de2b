"""A fault of the program is told with its place in the code, and never with a patient's data."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator
from types import TracebackType

import pytest
from PySide6.QtCore import QModelIndex, QStringListModel, Qt
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.gui.crash import CrashDialog, CrashHook, details, error_id
from aml_maint.gui.desk import Looks
from aml_maint.gui.session import LastEntry
from aml_maint.gui.widgets.long_list import LongList

SECRET = "CHEN Wei 1961-07-14"


def fault() -> BaseException:
    """An error whose message holds what must not be told."""
    try:
        {}[SECRET]
    except KeyError as error:
        return error
    raise AssertionError


def test_details_name_type_places_and_versions_but_no_value() -> None:
    bug = fault()
    told = details(type(bug), bug.__traceback__)
    assert "builtins.KeyError" in told
    assert "test_crash:" in told
    assert "aml_maint " in told
    assert SECRET not in told
    assert "1961" not in told


def test_the_same_fault_bears_the_same_number() -> None:
    one, other = fault(), fault()
    first = error_id(details(type(one), one.__traceback__))
    assert first == error_id(details(type(other), other.__traceback__))
    assert first != error_id(details(ValueError, None))


@pytest.fixture
def parent(qtbot: QtBot) -> Iterator[QWidget]:
    """A window to show dialogs over."""
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    yield window
    for dialog in window.findChildren(CrashDialog):
        dialog.close()


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        (LastEntry.NONE, "Nothing had been entered since the program was opened."),
        (LastEntry.SAVED, "Your last entry was saved."),
        (LastEntry.NOT_SAVED, "Your last entry was NOT saved. Nothing of it was written."),
        (LastEntry.RUNNING, "Your last entry was being saved: look whether it is there before "
         "you enter it again."),
    ],
)  # fmt: skip
def test_the_dialog_says_whether_the_last_entry_was_saved(
    looks: Looks, parent: QWidget, last: LastEntry, sentence: str
) -> None:
    bug = fault()
    hook = CrashHook(looks, lambda: last, lambda: parent)
    hook(type(bug), bug, bug.__traceback__)
    dialog = parent.findChild(CrashDialog)
    assert dialog is not None
    assert dialog.saved.text() == sentence
    assert SECRET not in dialog.details.toPlainText()


def test_details_can_be_copied(looks: Looks, parent: QWidget, qtbot: QtBot) -> None:
    bug = fault()
    CrashHook(looks, lambda: LastEntry.NONE, lambda: parent)(type(bug), bug, bug.__traceback__)
    dialog = parent.findChild(CrashDialog)
    assert dialog is not None
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied == dialog.told
    assert SECRET not in copied


def test_a_fault_that_comes_again_and_again_opens_one_dialog(
    looks: Looks, parent: QWidget, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = CrashHook(looks, lambda: LastEntry.NONE, lambda: parent)
    bug = fault()
    for _ in range(3):
        hook(type(bug), bug, bug.__traceback__)
    assert len(parent.findChildren(CrashDialog)) == 1
    assert SECRET not in capsys.readouterr().err


def test_ctrl_c_at_a_terminal_is_no_fault(
    looks: Looks, parent: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, bug, trace: passed.append(kind))
    hook = CrashHook(looks, lambda: LastEntry.NONE, lambda: parent)
    hook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert passed == [KeyboardInterrupt]
    assert parent.findChildren(CrashDialog) == []


class Failing(QStyledItemDelegate):
    """Fails while it paints, as long as it is told to."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.fails = True
        self.painted: list[int] = []
        self.painters: list[weakref.ref[QPainter]] = []

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        self.painters.append(weakref.ref(painter))
        if self.fails:
            try:
                {}[SECRET]
            except KeyError:
                raise ValueError(SECRET) from None
        self.painted.append(index.row())


class Rows(LongList):
    """Three lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = QStringListModel(["a", "b", "c"], self)
        self.setModel(self.lines)

    def guesses(self) -> list[int]:
        return [20] * self.lines.rowCount()

    def measure(self, row: int) -> int:
        return 20


def test_a_fault_while_a_list_paints_is_told_and_the_list_goes_on(
    looks: Looks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The painter of the list ends with its painting: Qt ends the process otherwise."""
    rows = Rows()
    qtbot.addWidget(rows)
    delegate = Failing(rows)
    rows.setItemDelegate(delegate)
    hook = CrashHook(looks, lambda: LastEntry.NONE, lambda: rows)
    living: list[bool] = []
    seen: list[bool] = []

    def in_sight() -> bool:
        return any(dialog.isVisible() for dialog in rows.findChildren(CrashDialog))

    def told(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
        hook(kind, bug, trace)
        living.append(any(painter() is not None for painter in delegate.painters))
        seen.append(in_sight())

    monkeypatch.setattr(sys, "excepthook", told)
    rows.show()
    qtbot.waitUntil(in_sight)
    delegate.fails = False
    for dialog in rows.findChildren(CrashDialog):
        dialog.close()
    assert living and not any(living)
    assert not seen[0]  # it opens after the painting, not within
    rows.viewport().update()
    qtbot.waitUntil(lambda: {0, 1, 2} <= set(delegate.painted))


def test_nothing_that_a_fault_worked_with_is_kept(looks: Looks, parent: QWidget) -> None:
    """Neither by the fault itself nor by the one that it was raised from."""

    class Patient:
        """Somebody whose data must not outlive their page."""

    seen: list[weakref.ref[Patient]] = []

    def read() -> None:
        patient = Patient()
        seen.append(weakref.ref(patient))
        {}[patient]

    def show() -> None:
        patient = Patient()
        seen.append(weakref.ref(patient))
        try:
            read()
        except KeyError as error:
            raise ValueError from error

    try:
        show()
    except ValueError as error:
        bug = error
        bug.__cause__.args = ()  # type: ignore[union-attr]  # its message is the patient
    hook = CrashHook(looks, lambda: LastEntry.NONE, lambda: parent)
    hook(type(bug), bug, bug.__traceback__)
    assert [patient() for patient in seen] == [None, None]
