"""The History tab by keyboard: read, filter, search, one entry in full, further pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.gui.desk import Desk
from aml_maint.gui.pages import history_tab
from aml_maint.gui.pages.history_tab import HistoryTab
from aml_maint.gui.session import Session
from aml_maint.services.history import PAGE, Group
from aml_maint.services.observations import record_counts
from tests.gui.ward import NEW, ON_COURSE, ZONE

Settle = Callable[[Session], None]


@pytest.fixture
def tab(desk: Desk, qtbot: QtBot, settled: Settle, monkeypatch: pytest.MonkeyPatch) -> HistoryTab:
    """The patient on course: admitted, course started, one count."""
    monkeypatch.setattr(history_tab, "_TYPED_MS", 0)
    tab = HistoryTab(desk)
    qtbot.addWidget(tab)
    tab.resize(1200, 500)
    tab.show()
    tab.activateWindow()
    qtbot.waitUntil(tab.isActiveWindow)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    tab.setFocus()
    return tab


def shown(tab: HistoryTab) -> list[str]:
    return [str(tab.model.index(row, 2).data()) for row in range(tab.model.rowCount())]


def give_counts(desk: Desk, settled: Settle, number: int) -> None:
    at = datetime(2026, 3, 1, 6, 0)
    value = {"platelets": LabValue.parse("120", "10*9/L")}
    for minute in range(number):
        moment = Moment.at(at + timedelta(minutes=minute), ZONE)
        desk.session.write(
            lambda place, moment=moment: record_counts(place, ON_COURSE, value, moment),  # type: ignore[misc]
            None, None, desk.session,
        )  # fmt: skip
    settled(desk.session)


def test_the_latest_entry_comes_first_in_words(tab: HistoryTab) -> None:
    assert [line.split(":")[0] for line in shown(tab)] == [
        "Results recorded", "Course started", "Admitted",
    ]  # fmt: skip
    assert tab.count.text() == "3\N{NO-BREAK SPACE}entries"
    assert tab.model.index(0, 1).data() == "Li Na, nurse"


def test_enter_shows_the_entry_in_full_and_esc_returns(tab: HistoryTab, qtbot: QtBot) -> None:
    assert tab.table.hasFocus()
    qtbot.keyClick(tab.table, Qt.Key.Key_Down)
    qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    assert tab.details.isVisible()
    assert tab.details.area.hasFocus()
    assert "Sorafenib + ITI maintenance" in tab.details.records.text()
    assert "Workstation: test" in tab.details.facts.text()
    qtbot.keyClick(tab.details.area, Qt.Key.Key_Escape)
    assert not tab.details.isVisible()
    assert tab.table.hasFocus()


def test_the_open_details_follow_the_cursor(tab: HistoryTab, qtbot: QtBot) -> None:
    qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    first = tab.details.heading.text()
    tab.table.setFocus()
    qtbot.keyClick(tab.table, Qt.Key.Key_Down)
    assert tab.details.heading.text() != first


def test_entries_are_filtered_by_kind_and_person(
    desk: Desk, tab: HistoryTab, settled: Settle
) -> None:
    tab.group.set_value(Group.RESULTS)
    tab.group.chosen.emit()
    settled(desk.session)
    assert len(shown(tab)) == 1
    tab.group.set_value(Group.MARROW)
    tab.group.chosen.emit()
    settled(desk.session)
    assert shown(tab) == []
    assert tab.nothing.isVisible()
    assert tab.person.count() == 2


def test_ctrl_f_searches_in_words(
    desk: Desk, tab: HistoryTab, qtbot: QtBot, settled: Settle
) -> None:
    qtbot.keyClick(tab.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert tab.search.hasFocus()
    qtbot.keyClicks(tab.search, "platelets")
    qtbot.waitUntil(lambda: len(shown(tab)) == 1)
    tab.search.clear()
    qtbot.waitUntil(lambda: len(shown(tab)) == 3)


def test_a_write_appears_at_the_top_and_the_cursor_stays_on_its_entry(
    desk: Desk, tab: HistoryTab, settled: Settle
) -> None:
    tab.table.go_to(1)
    give_counts(desk, settled, 1)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert len(shown(tab)) == 4
    assert tab.table.current.action == "start_course"


def test_earlier_pages_come_when_they_are_scrolled_to(
    desk: Desk, tab: HistoryTab, qtbot: QtBot, settled: Settle
) -> None:
    give_counts(desk, settled, PAGE)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert tab.model.rowCount() == PAGE
    assert "scroll down" in tab.count.text()
    qtbot.keyClick(tab.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: tab.model.rowCount() == PAGE + 3)
    assert tab.count.text() == f"{PAGE + 3}\N{NO-BREAK SPACE}entries"
    assert shown(tab)[-1].startswith("Admitted")


def test_nothing_of_the_patient_before_stays_in_sight(
    desk: Desk, tab: HistoryTab, qtbot: QtBot, settled: Settle
) -> None:
    tab.search.setText("platelets")
    qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    tab.show_patient(NEW)
    assert shown(tab) == []
    assert not tab.details.isVisible()
    settled(desk.session)
    assert tab.search.text() == ""
    assert [line.split(":")[0] for line in shown(tab)] == ["Admitted"]


def test_the_trail_follows_the_language(desk: Desk, tab: HistoryTab, settled: Settle) -> None:
    tab.group.set_value(Group.RESULTS)
    desk.words.use("zh")
    assert tab.group.value() is Group.RESULTS
    assert shown(tab)[0].startswith("录入检验结果：血小板")


def test_the_model_keeps_qts_rules(
    desk: Desk, tab: HistoryTab, settled: Settle, qtmodeltester: ModelTester
) -> None:
    qtmodeltester.check(tab.model)
    spoken = tab.model.index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("What: Results recorded")


def test_every_control_that_takes_the_keyboard_has_an_accessible_name(tab: HistoryTab) -> None:
    unnamed = [
        type(widget).__name__
        for widget in tab.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
    ]
    assert unnamed == []
