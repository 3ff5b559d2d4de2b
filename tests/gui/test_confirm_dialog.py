"""A stretch confirmed as taken in the window: only exceptions are typed, one save records all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.confirm_dialog import ConfirmDialog
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.gui.models.stretch_model import StretchModel
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.services.dose_view import DoseView
from aml_maint.services.observations import record_count
from tests.gui.keyboard import Keyboard
from tests.gui.ward import ON_COURSE, ZONE

Settle = Callable[[Session], None]
Key = Qt.Key


SORAFENIB_AM, SORAFENIB_PM, INTERFERON, INTERLEUKIN, THALIDOMIDE = range(5)
DANSHEN_PM = 7
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settle) -> Iterator[PatientPage]:
    """Day 5 at 09:04; platelets of 96 on day 1 keep every gate of the days before open."""
    desk.session.write(
        lambda place: record_count(
            place, ON_COURSE, "platelets", LabValue(Decimal(96), "10*9/L"),
            Moment.at(datetime(2026, 3, 1, 6, 30), ZONE),
        ),
        None, None, desk.session,
    )  # fmt: skip
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1500, 860)
    page.show()
    page.activateWindow()
    page.show_patient(ON_COURSE)
    settled(desk.session)
    page.setFocus()
    yield page
    for dialog in open_dialogs(page):
        dialog.reject()


def views(page: PatientPage, row: int, column: int) -> tuple[DoseView | None, DoseView]:
    """The premedication and the dose of a cell."""
    sheet = page.cycle.sheet.sheet
    assert sheet is not None
    pair = sheet.rows[row].cells[column]
    assert pair is not None
    return pair.premedication, pair.main


def select(page: PatientPage, first: tuple[int, int], last: tuple[int, int]) -> None:
    page.cycle.sheet.move_to(*first)
    page.cycle.sheet.move_to(*last, extend=True)


def opened(page: PatientPage, qtbot: QtBot) -> ConfirmDialog:
    """The dialog that C opens over the selection."""
    qtbot.keyClicks(page.cycle.sheet, "c")
    found = [d for d in page.window().findChildren(QDialog) if d.isVisible()]
    assert len(found) == 1 and isinstance(found[0], ConfirmDialog)
    qtbot.waitUntil(found[0].isActiveWindow)
    return found[0]


def open_dialogs(page: PatientPage) -> list[QDialog]:
    return [d for d in page.window().findChildren(QDialog) if d.isVisible()]


def test_c_and_enter_record_a_selection_as_taken_at_the_planned_times(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    select(page, (SORAFENIB_AM, 0), (SORAFENIB_PM, 3))
    dialog = opened(page, qtbot)
    assert dialog.sums.text() == "8 taken as planned"
    qtbot.keyClick(dialog.doses.table, Key.Key_Return)
    settled(desk.session)
    assert open_dialogs(page) == []
    for row in (SORAFENIB_AM, SORAFENIB_PM):
        for column in range(4):
            _, main = views(page, row, column)
            assert main.state is CellState.GIVEN
            assert main.record is not None and main.record.given is not None
            assert main.record.given.utc == main.planned.due


def test_exceptions_are_typed_by_keys_and_saved_with_the_rest_in_one_act(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    before = desk_head(desk, settled)
    select(page, (SORAFENIB_AM, 0), (SORAFENIB_PM, 3))
    dialog = opened(page, qtbot)
    keys = Keyboard(qtbot)
    # Day 1 morning missed, evening refused, day 2 morning half, evening at 22:10, day 3 open.
    keys.type("m1")
    keys.press(Key.Key_Return)
    keys.type("r2")
    keys.press(Key.Key_Return)
    keys.type("p200")
    keys.press(Key.Key_Tab)
    keys.type("2")
    keys.press(Key.Key_Return)
    keys.type("l2210")
    keys.press(Key.Key_Return)
    assert dialog.doses.asking is not None
    assert dialog.doses.asking.form.rows["reason"].error is not None
    keys.type("2")
    keys.press(Key.Key_Return, Key.Key_Space)
    assert dialog.sums.text() == "3 taken as planned, 4 otherwise, 1 left unconfirmed"
    assert dialog.save.text() == "Record 7  (Enter)"
    keys.press(Key.Key_Return)
    settled(desk.session)
    assert open_dialogs(page) == []
    states = [views(page, SORAFENIB_AM, d)[1].state for d in range(4)]
    assert states == [
        CellState.MISSED, CellState.PARTLY_GIVEN, CellState.UNCONFIRMED, CellState.GIVEN,
    ]  # fmt: skip
    _, refused = views(page, SORAFENIB_PM, 0)
    assert refused.record is not None and refused.record.reason == "feels_well"
    _, late = views(page, SORAFENIB_PM, 1)
    assert late.state is CellState.GIVEN_LATE
    assert late.record is not None and late.record.given is not None
    assert late.record.given.local.strftime("%d %H:%M") == "02 22:10"
    assert late.record.reason == "asleep"
    assert desk_head(desk, settled) == before + 1


def test_one_undo_takes_the_whole_stretch_back(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    select(page, (SORAFENIB_AM, 0), (SORAFENIB_AM, 3))
    dialog = opened(page, qtbot)
    qtbot.keyClicks(dialog.doses.table, "m")
    assert dialog.doses.asking is not None
    qtbot.keyClicks(dialog.doses.asking.reasons, "1")
    qtbot.keyClick(dialog.doses.asking.reasons, Key.Key_Return)
    qtbot.keyClick(dialog.doses.table, Key.Key_Return)
    settled(desk.session)
    qtbot.keyClicks(page.cycle.sheet, "u")
    settled(desk.session)
    assert {views(page, SORAFENIB_AM, d)[1].state for d in range(4)} == {CellState.UNCONFIRMED}


def test_a_missed_injection_takes_its_premedication_out_of_the_confirmed_doses(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    select(page, (INTERFERON, 0), (INTERFERON, 2))
    dialog = opened(page, qtbot)
    model = dialog.doses.model
    names = [view.slot.component for view in model.stretch.views]
    assert names == ["ibuprofen", "interferon", "ibuprofen", "interferon"]
    dialog.doses.table.selectRow(1)
    qtbot.keyClicks(dialog.doses.table, "m")
    assert dialog.doses.asking is not None
    qtbot.keyClicks(dialog.doses.asking.reasons, "1")
    qtbot.keyClick(dialog.doses.asking.reasons, Key.Key_Return)
    assert model.index(0, 3).data() == "not needed: its injection was not given"
    assert dialog.sums.text() == "2 taken as planned, 1 otherwise, 1 not needed"
    qtbot.keyClick(dialog.doses.table, Key.Key_Return)
    settled(desk.session)
    premedication, main = views(page, INTERFERON, 0)
    assert main.state is CellState.MISSED
    assert premedication is not None and premedication.state is CellState.NOT_APPLICABLE
    assert views(page, INTERFERON, 2)[1].state is CellState.GIVEN


def test_a_range_of_rows_gets_one_reason(page: PatientPage, qtbot: QtBot) -> None:
    select(page, (SORAFENIB_AM, 0), (THALIDOMIDE, 1))
    dialog = opened(page, qtbot)
    table = dialog.doses.table
    qtbot.keyClick(table, Key.Key_Down, SHIFT)
    qtbot.keyClick(table, Key.Key_Down, SHIFT)
    qtbot.keyClicks(table, "h")
    assert dialog.doses.asking is not None
    qtbot.keyClicks(dialog.doses.asking.reasons, "1")
    dialog.doses.asking.apply.click()
    entries = dialog.stretch.exceptions.values()
    assert [(e.status, e.reason) for e in entries if e] == [(Status.HELD, "toxicity")] * 3
    # The cursor goes on below what was typed.
    assert [index.row() for index in table.selectionModel().selectedRows()] == [3]


def test_an_exception_can_be_taken_back_and_escape_keeps_the_dialog_open(
    page: PatientPage, qtbot: QtBot
) -> None:
    select(page, (SORAFENIB_AM, 0), (SORAFENIB_AM, 1))
    dialog = opened(page, qtbot)
    table = dialog.doses.table
    qtbot.keyClick(table, Key.Key_Space)
    assert dialog.sums.text() == "1 taken as planned, 1 left unconfirmed"
    table.selectRow(0)
    qtbot.keyClicks(table, "g")
    assert dialog.sums.text() == "2 taken as planned"
    qtbot.keyClicks(table, "m")
    assert dialog.doses.asking is not None and not dialog.save.isEnabled()
    qtbot.keyClick(dialog.doses.asking.reasons, Key.Key_Escape)
    assert dialog.isVisible() and dialog.doses.asking is None and dialog.save.isEnabled()


def test_with_every_dose_left_open_there_is_nothing_to_record(
    page: PatientPage, qtbot: QtBot
) -> None:
    select(page, (SORAFENIB_AM, 0), (SORAFENIB_AM, 1))
    dialog = opened(page, qtbot)
    for _ in range(2):
        qtbot.keyClick(dialog.doses.table, Key.Key_Space)
    assert not dialog.save.isEnabled()


def test_a_time_after_midnight_is_the_night_after_the_plan_and_never_the_future(
    page: PatientPage, qtbot: QtBot
) -> None:
    select(page, (THALIDOMIDE, 0), (THALIDOMIDE, 3))
    dialog = opened(page, qtbot)
    table = dialog.doses.table
    qtbot.keyClicks(table, "l")
    asking = dialog.doses.asking
    assert asking is not None
    asking.given.setText("0110")
    asking.reasons.choose(1)
    asking.apply.click()
    (entry,) = dialog.stretch.exceptions.values()
    assert entry is not None and entry.given is not None
    assert entry.given.local.strftime("%d %H:%M") == "02 01:10"
    table.selectRow(3)
    qtbot.keyClicks(table, "l")
    asking = dialog.doses.asking
    assert asking is not None
    asking.given.setText("0930")  # of the night after day 4 it is 09:04 now
    asking.reasons.choose(1)
    asking.apply.click()
    assert dialog.doses.asking is asking
    assert asking.form.rows["given"].error is not None


def test_what_is_left_alone_is_told_with_its_reasons(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    page.cycle.sheet.move_to(SORAFENIB_AM, 0)
    qtbot.keyClicks(page.cycle.sheet, "g")
    settled(desk.session)
    select(page, (SORAFENIB_AM, 0), (SORAFENIB_AM, 6))
    dialog = opened(page, qtbot)
    assert dialog.alone.text() == "Left as they are: 1 recorded already, 2 not due yet"


def test_half_typed_exceptions_are_there_when_the_dialog_opens_again(
    page: PatientPage, qtbot: QtBot
) -> None:
    select(page, (SORAFENIB_AM, 0), (SORAFENIB_AM, 3))
    dialog = opened(page, qtbot)
    qtbot.keyClick(dialog.doses.table, Key.Key_Space)
    qtbot.keyClicks(dialog.doses.table, "m")
    assert dialog.doses.asking is not None
    dialog.doses.asking.note.setText("found in the box")
    dialog.reject()
    again = opened(page, qtbot)
    assert again.continued.isVisible()
    assert list(again.stretch.exceptions.values()) == [None]
    assert again.doses.asking is not None
    assert again.doses.asking.note.text() == "found in the box"
    # Started afresh, nothing of it is left.
    again.afresh.click()
    assert again.stretch.exceptions == {} and again.doses.asking is None


def test_a_refusal_is_said_in_the_dialog_and_nothing_typed_is_lost(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    select(page, (SORAFENIB_AM, 0), (SORAFENIB_AM, 1))
    dialog = opened(page, qtbot)
    qtbot.keyClick(dialog.doses.table, Key.Key_Space)
    # Meanwhile another screen records the dose that is left.
    page.logger.give_now([target(page, SORAFENIB_AM, 1)])
    settled(desk.session)
    qtbot.keyClick(dialog.doses.table, Key.Key_Return)
    settled(desk.session)
    assert dialog.isVisible() and dialog.form.general.isVisible()
    assert list(dialog.stretch.exceptions.values()) == [None]


def test_every_control_has_a_name_and_rows_are_spoken_whole(
    page: PatientPage, desk: Desk, qtbot: QtBot
) -> None:
    select(page, (SORAFENIB_AM, 0), (SORAFENIB_AM, 1))
    dialog = opened(page, qtbot)
    spoken = dialog.doses.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "D1\N{NO-BREAK SPACE}Su\N{NO-BREAK SPACE}01-Mar, 07:00, sorafenib — 400" + (
        "\N{NO-BREAK SPACE}mg, taken 07:00"
    )
    assert dialog.doses.table.accessibleName() == "Doses to confirm"
    desk.words.use("zh")
    assert all(label.text() != "" for label in dialog.findChildren(QLabel) if label.isVisible())


def test_the_model_keeps_qts_rules(
    page: PatientPage, qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    select(page, (SORAFENIB_AM, 0), (SORAFENIB_AM, 3))
    model = opened(page, qtbot).doses.model
    assert isinstance(model, StretchModel)
    qtmodeltester.check(model)


def desk_head(desk: Desk, settled: Settle) -> int:
    """How many acts the audit holds."""
    found: list[int] = []
    desk.session.read(lambda place: place.store.head().sequence, found.append, desk.session)
    settled(desk.session)
    return found[0]


def target(page: PatientPage, row: int, column: int) -> DoseTarget:
    sheet = page.cycle.sheet.sheet
    assert sheet is not None
    pair = sheet.rows[row].cells[column]
    assert pair is not None
    return DoseTarget(sheet.patient, pair)
