"""Home supply and as-needed orders in the window: lists, entries, what roles may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.supply import SupplyEntry, SupplyKind
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.as_needed_dialog import (
    AsNeededDialog,
    AsNeededOrderDialog,
    StopOrderDialog,
)
from aml_maint.gui.dialogs.supply_dialog import SupplyDialog
from aml_maint.gui.dialogs.supply_entry_dialog import SupplyEntryDialog, SupplyUndoDialog
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.services.as_needed import as_needed_orders, order_as_needed
from aml_maint.services.home_supply import record_supply, supply_status
from aml_maint.services.workplace import Workplace
from tests.gui.ward import COURSE, FIRST_DAY, ON_COURSE, ZONE, Ward

Settle = Callable[[Session], None]


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    """The patient on day 5 of cycle 1 at 09:04, nothing recorded but a count."""
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1500, 860)
    page.show()
    page.show_patient(ON_COURSE)
    settled(desk.session)
    page.show_tab("cycle")
    settled(desk.session)
    page.cycle.sheet.setFocus()
    return page


def tablets(kind: SupplyKind, number: int, at: str = "2026-03-01T07:30", **facts: Any) -> Any:
    """A command that records tablets of sorafenib."""
    entry = SupplyEntry(
        "", "sorafenib", Dose(Decimal(200), "mg"), kind, number,
        Moment.at(datetime.fromisoformat(at), ZONE), "",
    )  # fmt: skip
    return lambda place: record_supply(place, COURSE, replace(entry, **facts))


def opened(page: PatientPage, key: Qt.Key, desk: Desk, settled: Settle, qtbot: QtBot) -> Any:
    qtbot.keyClick(page.cycle.sheet, key)
    settled(desk.session)
    dialog = page.cycle_tab.acts.dialog
    assert dialog is not None and dialog.isVisible()
    return dialog


def told(model: Any) -> list[list[str]]:
    """A table as it reads, with usual blanks."""
    return [
        [
            str(model.index(row, column).data()).replace("\N{NO-BREAK SPACE}", " ")
            for column in range(model.columnCount())
        ]
        for row in range(model.rowCount())
    ]


def stored(desk: Desk, settled: Settle, read: Callable[[Workplace], Any]) -> Any:
    found: list[Any] = []
    desk.session.read(read, found.append, desk.session)
    settled(desk.session)
    return found[0]


def test_tablets_are_dispensed_and_the_list_says_how_long_they_last(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    dialog = opened(page, Qt.Key.Key_S, desk, settled, qtbot)
    assert isinstance(dialog, SupplyDialog)
    assert dialog.empty.isVisible() and not dialog.status_table.isVisible()
    assert not dialog.count.isEnabled()
    dialog.dispense.click()
    asking = dialog.asking
    assert isinstance(asking, SupplyEntryDialog)
    assert asking.drug.currentText() == "sorafenib"
    assert asking.strength.currentText() == "200\N{NO-BREAK SPACE}mg"  # the only one it has
    asking.tablets.setText("20.5")
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    assert asking.form.rows["tablets"].error is not None
    asking.tablets.setText("22")
    asking.lot.setText("S1")
    asking.expires_on.set_day(date(2027, 1, 31))
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    settled(desk.session)
    assert told(dialog.statuses) == [
        ["sorafenib", "22 tablets", "not counted yet", "only 6 days: first dose short on "
         "11-Mar-2026"],
    ]  # fmt: skip
    assert told(dialog.entries) == [
        ["05-Mar-2026 09:04", "dispensed", "22 × 200 mg", "S1", "31-Jan-2027", "Li Na", ""],
    ]
    notes = dialog.notes.text().replace("\N{NO-BREAK SPACE}", " ").split("\n")
    assert notes == [
        "22 tablets dispensed = 22 tablets",
        "It lasts for fewer than 7 days: the site’s threshold",
    ]
    dialog.reject()


def test_a_strength_is_never_taken_for_granted_where_there_are_several(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    dialog = opened(page, Qt.Key.Key_S, desk, settled, qtbot)
    dialog.dispense.click()
    asking = dialog.asking
    asking.drug.set_value("thalidomide")
    asking.tablets.setText("28")
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    assert asking.form.rows["strength"].error is not None
    asking.strength.setCurrentIndex(2)
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    settled(desk.session)
    assert told(dialog.entries)[0][2] == "28 × 50 mg"
    dialog.reject()


def test_a_count_tells_what_is_missing_and_an_entry_is_taken_back_with_a_reason(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    desk.session.write(tablets(SupplyKind.DISPENSED, 56), None, None, page)
    dialog = opened(page, Qt.Key.Key_S, desk, settled, qtbot)
    assert "8 doses since then are not confirmed (16" in dialog.notes.text()
    dialog.count.click()
    asking = dialog.asking
    assert not asking.form.rows["lot"].isVisible()
    asking.tablets.setText("54")
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    settled(desk.session)
    assert told(dialog.statuses)[0][1:3] == [
        "54 tablets",
        "05-Mar-2026: 54 tablets, 2 tablets missing",
    ]
    assert not dialog.undo.isEnabled()
    dialog.entry_table.go_to(0)
    dialog.undo.click()
    undoing = dialog.asking
    assert isinstance(undoing, SupplyUndoDialog)
    qtbot.keyClick(undoing, Qt.Key.Key_Return)
    settled(desk.session)
    assert undoing.form.rows["reason"].error is not None
    undoing.reason.setText("counted twice")
    qtbot.keyClick(undoing, Qt.Key.Key_Return)
    settled(desk.session)
    assert told(dialog.statuses)[0][2] == "not counted yet"
    (status,) = stored(desk, settled, lambda place: supply_status(place, COURSE))
    assert [entry.kind for entry in status.entries] == [SupplyKind.DISPENSED]
    dialog.reject()


def test_tablets_come_back_or_are_lost_by_the_same_dialog(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    desk.session.write(tablets(SupplyKind.DISPENSED, 56), None, None, page)
    dialog = opened(page, Qt.Key.Key_S, desk, settled, qtbot)
    dialog.give_back.click()
    dialog.asking.what.set_value(SupplyKind.LOST)
    dialog.asking.tablets.setText("4")
    qtbot.keyClick(dialog.asking, Qt.Key.Key_Return)
    settled(desk.session)
    assert told(dialog.statuses)[0][1] == "52 tablets"
    assert [row[1] for row in told(dialog.entries)] == ["lost", "dispensed"]
    dialog.reject()


def test_a_drug_is_ordered_as_needed_and_the_order_ends(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    dialog = opened(page, Qt.Key.Key_O, desk, settled, qtbot)
    assert isinstance(dialog, AsNeededDialog)
    assert dialog.empty.isVisible() and not dialog.stop.isEnabled()
    dialog.order.click()
    asking = dialog.asking
    assert isinstance(asking, AsNeededOrderDialog)
    asking.drug.set_value("metoclopramide")
    assert "at most 30" in asking.form.rows["drug"].note.text()
    asking.dose.setText("10")
    asking.most_doses.setText("2")
    asking.hours.setText("8")
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    assert asking.form.rows["indication"].error is not None
    asking.indication.set_value("nausea")
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    settled(desk.session)
    assert told(dialog.orders) == [
        ["metoclopramide", "10 mg", "by mouth", "nausea",
         "at most 2 doses in 24 hours, at least 8 h apart", "since 05-Mar-2026", "Li Na"],
    ]  # fmt: skip
    dialog.table.go_to(0)
    dialog.stop.click()
    stopping = dialog.asking
    assert isinstance(stopping, StopOrderDialog)
    stopping.reason.setText("no nausea")
    qtbot.keyClick(stopping, Qt.Key.Key_Return)
    settled(desk.session)
    (order,) = stored(desk, settled, lambda place: as_needed_orders(place, COURSE))
    assert order.last_day == date(2026, 3, 5)
    dialog.reject()


def test_the_menu_of_the_bar_opens_both_lists(
    page: PatientPage, desk: Desk, settled: Settle
) -> None:
    bar = page.cycle.bar
    for name, kind in (("supply", SupplyDialog), ("as_needed", AsNeededDialog)):
        bar.entries[name].trigger()
        settled(desk.session)
        dialog = page.cycle_tab.acts.dialog
        assert isinstance(dialog, kind)
        dialog.reject()
    assert [action.text().replace("&", "") for action in bar.more.entries.values()] == [
        "As-needed orders… (O)", "Home supply… (S)", "Calendar…",
        "Print sheet… (Ctrl+P)", "Cycle report…",
    ]  # fmt: skip


def test_who_may_not_order_sees_the_orders_and_why_not(
    ward: Ward, looks: Any, qtbot: QtBot, settled: Settle
) -> None:
    nurse = Actor("Li Na", Role.NURSE, "test")
    session = Session(lambda: ward.open().acting_as(nurse), ward.path.name)
    with qtbot.waitSignal(session.opened):
        pass
    desk = Desk(session=session, words=looks.words, theme=looks.theme, settings=looks.settings)
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.show_patient(ON_COURSE)
    page.show_tab("cycle")
    settled(session)
    dialog = opened(page, Qt.Key.Key_O, desk, settled, qtbot)
    assert not dialog.order.isEnabled()
    assert dialog.order.accessibleDescription() != ""
    dialog.reject()
    dialog = opened(page, Qt.Key.Key_S, desk, settled, qtbot)
    assert dialog.dispense.isEnabled()
    dialog.reject()
    session.close()


def test_both_lists_speak_chinese(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    order = AsNeededOrder(
        "", "paracetamol", Dose(Decimal(500), "mg"), "oral", "fever", "Wu Min", FIRST_DAY
    )
    desk.session.write(tablets(SupplyKind.DISPENSED, 56), None, None, page)
    desk.session.write(lambda place: order_as_needed(place, COURSE, order), None, None, page)
    desk.use_language("zh")
    dialog = opened(page, Qt.Key.Key_S, desk, settled, qtbot)
    assert dialog.windowTitle() == "居家备药"
    assert told(dialog.statuses)[0][:2] == ["索拉非尼", "56 片"]
    dialog.reject()
    dialog = opened(page, Qt.Key.Key_O, desk, settled, qtbot)
    assert dialog.windowTitle() == "必要时医嘱"
    assert told(dialog.orders)[0][3] == "发热"
    dialog.reject()
