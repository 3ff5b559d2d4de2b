"""The flow sheet: what stands where, how the keyboard moves, and what a screen reader hears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.course import HoldReason
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets import flow_sheet
from aml_maint.gui.widgets.flow_sheet import FlowSheet
from aml_maint.gui.widgets.sheet_cursor import Move, SheetCursor
from aml_maint.gui.widgets.sheet_footer import SheetFooter
from aml_maint.gui.widgets.sheet_hints import hidden_work
from aml_maint.gui.widgets.sheet_layout import SheetLayout
from aml_maint.gui.widgets.sheet_measure import NARROWEST_COLUMN
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.library import toxicity_items
from aml_maint.services.marrow import record_marrow
from aml_maint.services.observations import record_counts
from aml_maint.services.sheet import CycleSheet, cycle_sheet
from aml_maint.services.sheet_lines import (
    DoseLine,
    LaneLine,
    MarrowLine,
    ToxicityLine,
    gate_count,
    lane_value,
    lines_of,
    waiting,
)
from aml_maint.services.toxicities import record_event
from aml_maint.services.treatment import hold_component
from aml_maint.services.workplace import Workplace
from tests.builders import a_marrow
from tests.gui.ward import COURSE, FIRST_DAY, ON_COURSE, ZONE, Ward

TERMS = {item.id: item.term for item in toxicity_items()}
WIDE, LAPTOP = (1500, 760), (900, 420)

# Lines of the regimen, from the top.
SORAFENIB_AM, SORAFENIB_PM, INTERFERON, INTERLEUKIN, THALIDOMIDE = range(5)
DANSHEN_AM, DANSHEN_NOON, DANSHEN_PM = 5, 6, 7
TODAY = 4


@pytest.fixture
def place(ward: Ward) -> Iterator[Workplace]:
    """The ward of the tests, open on the test's own thread."""
    place = ward.open()
    yield place
    place.close()


@pytest.fixture
def sheet(place: Workplace) -> CycleSheet:
    """Day 5 of cycle 1 at 09:04; nothing recorded but a count of 96 at 08:00."""
    return cycle_sheet(place, COURSE)


@pytest.fixture
def flow(looks: Looks, qtbot: QtBot, sheet: CycleSheet) -> FlowSheet:
    """The sheet on the screen, wide enough for all 28 days."""
    return shown(looks, qtbot, sheet)


def shown(looks: Looks, qtbot: QtBot, sheet: CycleSheet, size: tuple[int, int] = WIDE) -> FlowSheet:
    flow = FlowSheet(looks)
    qtbot.addWidget(flow)
    flow.resize(*size)
    flow.show()
    flow.show_sheet(sheet, TERMS)
    return flow


def layout_of(flow: FlowSheet) -> SheetLayout:
    layout = flow.sheet_layout
    assert layout is not None
    return layout


def press(qtbot: QtBot, flow: FlowSheet, *keys: Qt.Key, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    for key in keys:
        qtbot.keyClick(flow, key, modifier)


def give(place: Workplace, day: int, component: str, slot: str, at: datetime) -> None:
    planned = FIRST_DAY + timedelta(days=day - 1)
    log_dose(
        place,
        DoseEntry(
            SlotId(COURSE, component, planned, slot), Status.GIVEN, Moment.at(at, ZONE),
            reason=None if at.date() == planned and at.hour < 9 else "forgotten",
        ),
    )  # fmt: skip


# -- lines ---------------------------------------------------------------------------------------


def test_the_lines_are_the_regimens_slots_then_counts_then_toxicities_then_marrow(
    sheet: CycleSheet,
) -> None:
    lines = lines_of(sheet, TERMS)
    doses = [(line.row.component.id, line.row.slot) for line in lines if isinstance(line, DoseLine)]
    assert doses == [
        ("sorafenib", "morning"), ("sorafenib", "evening"), ("interferon", "evening"),
        ("interleukin2", "evening"), ("thalidomide", "bedtime"),
        ("danshen", "morning"), ("danshen", "midday"), ("danshen", "evening"),
    ]  # fmt: skip
    lanes = [line.lane.analyte for line in lines if isinstance(line, LaneLine)]
    assert lanes == ["platelets", "granulocytes", "haemoglobin", "temperature"]
    assert isinstance(lines[-1], MarrowLine)


def test_a_component_with_several_slots_is_named_once_over_all_its_lines(
    sheet: CycleSheet,
) -> None:
    spans = [line.span for line in lines_of(sheet, TERMS) if isinstance(line, DoseLine)]
    assert spans == [2, 0, 1, 1, 1, 3, 0, 0]


def test_the_ibuprofen_stands_in_the_cell_of_the_interferon_it_serves(sheet: CycleSheet) -> None:
    line = lines_of(sheet, TERMS)[INTERFERON]
    assert isinstance(line, DoseLine)
    pair = line.row.cells[TODAY]
    assert pair is not None and pair.premedication is not None
    assert pair.premedication.slot.component == "ibuprofen"
    assert line.row.cells[TODAY + 1] is None


def test_a_toxicity_that_goes_on_ends_at_today_and_not_at_the_end_of_the_cycle(
    place: Workplace,
) -> None:
    record_event(
        place,
        ToxicityEvent.of(ON_COURSE, COURSE, "cutaneous", ZONE, 2, FIRST_DAY + timedelta(days=1)),
    )
    line = lines_of(cycle_sheet(place, COURSE), TERMS)[-2]
    assert isinstance(line, ToxicityLine)
    assert [(bar.first, bar.last, bar.runs_on) for bar in line.bars] == [(1, TODAY, True)]


def test_a_toxicity_from_before_the_cycle_begins_at_its_first_column(place: Workplace) -> None:
    record_event(
        place,
        ToxicityEvent.of(ON_COURSE, COURSE, "cutaneous", ZONE, 1, FIRST_DAY - timedelta(days=3),
                       FIRST_DAY + timedelta(days=2)),
    )  # fmt: skip
    line = lines_of(cycle_sheet(place, COURSE), TERMS)[-2]
    assert isinstance(line, ToxicityLine)
    assert [(bar.first, bar.last, bar.runs_on) for bar in line.bars] == [(0, 2, False)]


def test_of_two_temperatures_of_a_day_the_highest_is_shown_and_of_two_counts_the_latest(
    place: Workplace,
) -> None:
    for hour, degrees, platelets in ((6, "39.1", "90"), (8, "37.2", "88")):
        record_counts(
            place, ON_COURSE,
            {
                "temperature": LabValue.parse(degrees, "Cel"),
                "platelets": LabValue.parse(platelets, "10*9/L"),
            },
            Moment.at(datetime(2026, 3, 4, hour), ZONE),
        )  # fmt: skip
    lanes = {
        line.lane.analyte: line
        for line in lines_of(cycle_sheet(place, COURSE), TERMS)
        if isinstance(line, LaneLine)
    }
    hottest, latest = lanes["temperature"].shown(3), lanes["platelets"].shown(3)
    assert hottest is not None and hottest.result.value.value == Decimal("39.1")
    assert latest is not None and latest.result.value.value == Decimal(88)
    assert lanes["haemoglobin"].shown(3) is None


@pytest.mark.parametrize(
    ("typed", "unit", "analyte", "expected"),
    [
        ("96", "10*9/L", "platelets", "96"),
        ("<50", "10*9/L", "platelets", "<50"),
        ("50.0", "10*9/L", "platelets", "50.0"),
        ("48000", "/uL", "platelets", "48"),
        ("12.3", "g/dL", "haemoglobin", "123"),
        ("100.4", "[degF]", "temperature", "38"),
    ],
)
def test_a_result_is_shown_in_the_unit_of_its_lane_and_as_printed_when_that_is_its_own(
    typed: str, unit: str, analyte: str, expected: str
) -> None:
    assert lane_value(LabValue.parse(typed, unit), analyte) == expected


# -- layout --------------------------------------------------------------------------------------


def test_all_28_days_are_in_sight_on_a_wide_screen(flow: FlowSheet) -> None:
    layout = layout_of(flow)
    assert layout.columns == 28
    assert flow.horizontalScrollBar().maximum() == 0
    assert layout.frozen_width + layout.left(28) == flow.viewport().width()


def test_a_narrow_sheet_scrolls_sideways_and_keeps_its_drugs_in_sight(
    looks: Looks, qtbot: QtBot, sheet: CycleSheet
) -> None:
    flow = shown(looks, qtbot, sheet, (700, 420))
    layout = layout_of(flow)
    assert flow.horizontalScrollBar().maximum() > 0
    assert layout.left(1) >= looks.theme.pixels(NARROWEST_COLUMN)
    frozen = flow.grab().toImage().copy(0, 0, layout.frozen_width, 300)
    flow.horizontalScrollBar().setValue(flow.horizontalScrollBar().maximum())
    assert flow.grab().toImage().copy(0, 0, layout.frozen_width, 300) == frozen


@pytest.mark.parametrize("size", [WIDE, LAPTOP])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scale", [100, 150])
def test_no_text_of_a_dose_is_ever_wider_than_its_column(
    looks: Looks, qtbot: QtBot, sheet: CycleSheet, size: tuple[int, int], language: str,
    scale: int,
) -> None:  # fmt: skip
    looks.words.use("zh" if language == "zh" else "en")
    looks.theme.use(scale=scale)
    layout = layout_of(shown(looks, qtbot, sheet, size))
    for box in layout.boxes[: DANSHEN_PM + 1]:
        for text in box.head:
            width = QFontMetrics(looks.theme.font(text.role)).horizontalAdvance(text.text)
            assert width <= layout.name_width - looks.theme.unit(3), text.text
        for side in box.side:
            width = QFontMetrics(looks.theme.font("small")).horizontalAdvance(side)
            assert width <= layout.side_width - looks.theme.unit(2), side


@pytest.mark.parametrize("size", [WIDE, LAPTOP])
def test_a_number_and_its_unit_stay_on_one_line(
    looks: Looks, qtbot: QtBot, sheet: CycleSheet, size: tuple[int, int]
) -> None:
    layout = layout_of(shown(looks, qtbot, sheet, size))
    texts = [text.text for box in layout.boxes for text in box.head]
    for dose in ("400\N{NO-BREAK SPACE}mg", "60\N{NO-BREAK SPACE}micrograms"):
        assert any(dose in text for text in texts), dose


def test_every_point_of_a_cell_finds_its_cell_again(flow: FlowSheet) -> None:
    layout = layout_of(flow)
    for row in (SORAFENIB_AM, INTERFERON, DANSHEN_PM, len(layout.boxes) - 1):
        for column in (0, 13, 27):
            cell = layout.cell(row, column)
            for corner in (cell.topLeft(), cell.bottomRight()):
                assert layout.row_at(corner.y()) == row
                assert layout.column_at(corner.x()) == column
    assert layout.column_at(layout.body_width) is None
    assert layout.row_at(layout.body_height) is None


def test_between_two_sections_there_is_no_cell(flow: FlowSheet) -> None:
    layout = layout_of(flow)
    above = layout.boxes[DANSHEN_PM]
    assert layout.row_at(above.top + above.height + 1) is None


def test_days_past_the_cycle_follow_as_overrun_columns(
    ward: Ward, place: Workplace, looks: Looks, qtbot: QtBot
) -> None:
    ward.clock.set(datetime(2026, 3, 31, 9, 0))
    late = cycle_sheet(place, COURSE)
    assert [day.number for day in late.days if day.overrun] == [29, 30, 31]
    flow = shown(looks, qtbot, late)
    assert layout_of(flow).columns == 31
    assert flow.cursor_at == SheetCursor.at(0, 30)


# -- the keyboard --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        (Move.LEFT, (3, 4)), (Move.RIGHT, (3, 6)), (Move.UP, (2, 5)), (Move.DOWN, (4, 5)),
        (Move.FIRST, (3, 0)), (Move.LAST, (3, 27)), (Move.TOP, (0, 5)), (Move.BOTTOM, (9, 5)),
    ],
)  # fmt: skip
def test_a_move_goes_one_step_or_to_an_end(move: Move, expected: tuple[int, int]) -> None:
    moved = SheetCursor.at(3, 5).moved(move, 10, 28)
    assert (moved.row, moved.column) == expected
    assert not moved.is_range


@pytest.mark.parametrize("move", [Move.LEFT, Move.UP])
def test_at_the_edge_a_move_stays(move: Move) -> None:
    assert SheetCursor.at(0, 0).moved(move, 10, 28) == SheetCursor.at(0, 0)


def test_a_selection_stretches_from_where_it_began_in_both_directions() -> None:
    cursor = SheetCursor.at(3, 5)
    for move in (Move.RIGHT, Move.DOWN, Move.LEFT, Move.LEFT):
        cursor = cursor.moved(move, 10, 28, extend=True)
    assert (cursor.rows, cursor.columns) == (range(3, 5), range(4, 6))
    assert cursor.covers(4, 4) and not cursor.covers(5, 4)


def test_a_sheet_that_became_smaller_keeps_the_cursor_inside() -> None:
    assert SheetCursor(9, 30, 8, 29).within(5, 28) == SheetCursor(4, 27, 4, 27)


def test_the_sheet_opens_at_today_and_the_arrows_walk_over_it(
    flow: FlowSheet, qtbot: QtBot
) -> None:
    assert flow.cursor_at == SheetCursor.at(0, TODAY)
    press(qtbot, flow, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Left)
    assert flow.cursor_at == SheetCursor.at(1, 2)
    press(qtbot, flow, Qt.Key.Key_End, Qt.Key.Key_PageDown)
    assert flow.cursor_at == SheetCursor.at(len(flow.lines) - 1, 27)
    press(qtbot, flow, Qt.Key.Key_Home, Qt.Key.Key_PageUp)
    assert flow.cursor_at == SheetCursor.at(0, 0)


def test_shift_and_arrows_select_the_doses_of_a_rectangle_day_by_day(
    flow: FlowSheet, qtbot: QtBot
) -> None:
    press(qtbot, flow, Qt.Key.Key_Left)
    press(qtbot, flow, Qt.Key.Key_Left, Qt.Key.Key_Down, shift=True)
    chosen = [(pair.main.planned.day, pair.main.slot.slot) for pair in flow.selected]
    assert chosen == [(3, "morning"), (3, "evening"), (4, "morning"), (4, "evening")]
    press(qtbot, flow, Qt.Key.Key_Escape)
    assert len(flow.selected) == 1


def test_a_key_held_down_over_the_edge_of_a_narrow_sheet_scrolls_the_cell_into_sight(
    looks: Looks, qtbot: QtBot, sheet: CycleSheet
) -> None:
    flow = shown(looks, qtbot, sheet, (700, 420))
    press(qtbot, flow, Qt.Key.Key_End, Qt.Key.Key_PageDown)
    layout = layout_of(flow)
    cell = layout.cell(flow.cursor_at.row, flow.cursor_at.column)
    right = layout.frozen_width + cell.right() - flow.horizontalScrollBar().value()
    bottom = layout.head_height + cell.bottom() - flow.verticalScrollBar().value()
    assert right <= flow.viewport().width()
    assert bottom <= flow.viewport().height()


@pytest.mark.parametrize("key", "GLPHRMUECASO")
def test_a_letter_that_acts_is_told_in_upper_case(flow: FlowSheet, qtbot: QtBot, key: str) -> None:
    with qtbot.waitSignal(flow.pressed) as told:
        qtbot.keyClicks(flow, key.lower())
    assert told.args == [key]


def test_enter_asks_for_the_details_and_other_letters_do_nothing(
    flow: FlowSheet, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(flow.pressed) as told:
        press(qtbot, flow, Qt.Key.Key_Return)
    assert told.args == ["enter"]
    with qtbot.assertNotEmitted(flow.pressed):
        qtbot.keyClicks(flow, "wyz")
        qtbot.keyClick(flow, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)


def test_a_click_focuses_a_cell_and_a_shift_click_selects_up_to_it(
    flow: FlowSheet, qtbot: QtBot
) -> None:
    layout = layout_of(flow)
    corner = QPoint(layout.frozen_width, layout.head_height)

    def click(row: int, column: int, modifier: Qt.KeyboardModifier) -> None:
        point = corner + layout.cell(row, column).center()
        qtbot.mouseClick(flow.viewport(), Qt.MouseButton.LeftButton, modifier, point)

    click(1, 2, Qt.KeyboardModifier.NoModifier)
    assert flow.cursor_at == SheetCursor.at(1, 2)
    click(2, 4, Qt.KeyboardModifier.ShiftModifier)
    assert (flow.cursor_at.rows, flow.cursor_at.columns) == (range(1, 3), range(2, 5))
    qtbot.mouseClick(flow.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert flow.cursor_at.row == 2


def test_the_same_cycle_read_again_keeps_cursor_selection_and_scroll(
    looks: Looks, qtbot: QtBot, place: Workplace, sheet: CycleSheet
) -> None:
    flow = shown(looks, qtbot, sheet, (700, 420))
    flow.move_to(3, 20)
    flow.move_to(4, 22, extend=True)
    before = flow.cursor_at, flow.horizontalScrollBar().value()
    give(place, 5, "sorafenib", "morning", datetime(2026, 3, 5, 8, 30))
    flow.show_sheet(cycle_sheet(place, COURSE), TERMS)
    assert (flow.cursor_at, flow.horizontalScrollBar().value()) == before


# -- words ---------------------------------------------------------------------------------------


def test_a_screen_reader_hears_the_whole_dose_when_the_cursor_moves(
    flow: FlowSheet, qtbot: QtBot, place: Workplace
) -> None:
    give(place, 5, "sorafenib", "morning", datetime(2026, 3, 5, 9, 3))
    flow.show_sheet(cycle_sheet(place, COURSE), TERMS)
    assert flow.accessibleName() == "Cycle flow sheet"
    assert flow.accessibleDescription() == (
        "sorafenib 400\N{NO-BREAK SPACE}mg, day 5, 05-Mar-2026\N{NO-BREAK SPACE}07:00, "
        "given late 09:03 by Li Na, recorded 09:04"
    )
    press(qtbot, flow, Qt.Key.Key_Down)
    assert flow.accessibleDescription().endswith("19:30, planned")


def test_a_dose_behind_a_closed_gate_says_which_count_is_missing(flow: FlowSheet) -> None:
    flow.move_to(DANSHEN_AM, 0)
    assert "gate closed: No platelets result yet" in flow.accessibleDescription()


def test_a_pair_is_spoken_as_both_of_its_doses(flow: FlowSheet) -> None:
    flow.move_to(INTERFERON, TODAY)
    told = flow.accessibleDescription()
    assert told.index("interferon alfa-1b 60") < told.index("ibuprofen 200")


def test_a_day_on_which_nothing_is_planned_is_said_so(flow: FlowSheet) -> None:
    flow.move_to(INTERFERON, TODAY + 1)
    assert flow.accessibleDescription().endswith("day 6, 06-Mar-2026: not planned on this day")


def test_counts_toxicities_and_marrow_are_spoken_with_grade_and_date(
    place: Workplace, looks: Looks, qtbot: QtBot
) -> None:
    record_event(place, ToxicityEvent.of(ON_COURSE, COURSE, "cutaneous", ZONE, 2, FIRST_DAY))
    record_marrow(place, a_marrow(ON_COURSE, "2026-03-02T10:00", "1.5", "-"))
    flow = shown(looks, qtbot, cycle_sheet(place, COURSE))
    platelets = DANSHEN_PM + 1
    flow.move_to(platelets, TODAY)
    assert "96" in flow.accessibleDescription() and "WHO grade 1" in flow.accessibleDescription()
    flow.move_to(platelets, 0)
    assert flow.accessibleDescription().endswith("nothing recorded")
    flow.move_to(len(flow.lines) - 2, 1)
    assert "grade 2, since 01-Mar-2026, not resolved" in flow.accessibleDescription()
    flow.move_to(len(flow.lines) - 1, 1)
    assert "flow MRD not detected" in flow.accessibleDescription()


def test_the_language_changes_what_is_spoken(flow: FlowSheet, looks: Looks) -> None:
    looks.words.use("zh")
    assert flow.accessibleName() == "周期用药表"
    flow.move_to(0, 0)
    assert "索拉非尼" in flow.accessibleDescription()


# -- states and totals ---------------------------------------------------------------------------


def test_a_gate_sign_shows_the_count_but_not_one_too_old_to_speak(
    ward: Ward, place: Workplace
) -> None:
    record_counts(
        place, ON_COURSE, {"platelets": LabValue.parse("48", "10*9/L")},
        Moment.at(datetime(2026, 3, 5, 8, 30), ZONE),
    )  # fmt: skip

    def noon(day: int) -> str:
        line = lines_of(cycle_sheet(place, COURSE), TERMS)[DANSHEN_NOON]
        assert isinstance(line, DoseLine)
        pair = line.row.cells[day - 1]
        assert pair is not None and pair.main.state is CellState.GATE_CLOSED
        return gate_count(pair.main)

    assert noon(5) == "48"
    assert noon(1) == ""
    ward.clock.set(datetime(2026, 3, 20, 14))
    assert noon(20) == ""


def test_what_waits_to_be_confirmed_is_due_open_and_ordered(
    place: Workplace, sheet: CycleSheet
) -> None:
    hold_component(
        place, COURSE, "thalidomide", date(2026, 3, 2), HoldReason.TOXICITY, decided_by="Wu Min"
    )
    held = cycle_sheet(place, COURSE)
    pairs = [
        pair
        for line in lines_of(held, TERMS)
        if isinstance(line, DoseLine)
        for pair in line.row.cells[:6]
        if pair is not None
    ]
    found = waiting(pairs, held.now)
    by_component: dict[str, set[int]] = {}
    for slot in found:
        by_component.setdefault(slot.component, set()).add(slot.planned_on.day)
    assert by_component == {
        "sorafenib": {1, 2, 3, 4, 5},
        "interferon": {1, 3},
        "interleukin2": {1, 3},
        "thalidomide": {1},
        "danshen": {5},
    }


def test_the_totals_count_what_was_left_out_with_its_reasons(
    place: Workplace, looks: Looks, qtbot: QtBot
) -> None:
    hold_component(
        place, COURSE, "thalidomide", date(2026, 3, 2), HoldReason.TOXICITY, decided_by="Wu Min"
    )
    log_dose(
        place,
        DoseEntry(
            SlotId(COURSE, "sorafenib", FIRST_DAY, "morning"), Status.MISSED, reason="forgotten"
        ),
    )
    footer = SheetFooter(looks)
    qtbot.addWidget(footer)
    footer.show_sheet(cycle_sheet(place, COURSE))
    told = {view.drug.text(): view for view in footer.views}
    assert "missed\N{NO-BREAK SPACE}1 (forgotten\N{NO-BREAK SPACE}1)" in (
        told["sorafenib"].rest.text()
    )
    assert "held\N{NO-BREAK SPACE}3 (toxicity\N{NO-BREAK SPACE}3)" in (
        told["thalidomide"].rest.text()
    )
    assert told["sorafenib"].rdi.text() == "RDI\N{NO-BREAK SPACE}0\N{NO-BREAK SPACE}%"
    assert told["sorafenib"].accessibleName().startswith("sorafenib, given 0 of 9 due, RDI")


# -- painting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_dose_that_is_given_changes_its_cell_and_no_other_line(
    looks: Looks, qtbot: QtBot, place: Workplace, sheet: CycleSheet, theme: str
) -> None:
    looks.theme.use("dark" if theme == "dark" else "light")
    flow = shown(looks, qtbot, sheet)
    flow.move_to(len(flow.lines) - 1, 27)
    layout = layout_of(flow)
    corner = QPoint(layout.frozen_width, layout.head_height)
    given = layout.cell(SORAFENIB_AM, TODAY).translated(corner)
    other = layout.cell(THALIDOMIDE, TODAY).translated(corner)
    before = flow.viewport().grab().toImage()
    give(place, 5, "sorafenib", "morning", datetime(2026, 3, 5, 8, 30))
    flow.show_sheet(cycle_sheet(place, COURSE), TERMS)
    after = flow.viewport().grab().toImage()
    assert before.copy(given) != after.copy(given)
    assert before.copy(other) == after.copy(other)


def test_past_days_are_shaded_and_days_to_come_are_not(flow: FlowSheet, looks: Looks) -> None:
    layout = layout_of(flow)
    picture = flow.viewport().grab().toImage()
    corner = QPoint(layout.frozen_width, layout.head_height)

    def ground(column: int) -> str:
        cell = layout.cell(INTERLEUKIN, column).translated(corner)
        return picture.pixelColor(cell.left() + 3, cell.top() + 3).name()

    assert ground(1) == looks.theme.color("past").name()
    assert ground(9) == looks.theme.color("surface_raised").name()


def test_the_line_of_now_stands_in_todays_column_by_the_time_of_day(
    flow: FlowSheet, looks: Looks
) -> None:
    layout = layout_of(flow)
    picture = flow.viewport().grab().toImage()
    cell = layout.cell(INTERLEUKIN, TODAY).translated(layout.frozen_width, layout.head_height)
    colors = [
        picture.pixelColor(x, cell.top() + 2).name()
        for x in range(cell.left() + 1, cell.right() - 1)
    ]
    now = looks.theme.color("now").name()
    assert now in colors
    share = (colors.index(now) + 1) / cell.width()
    assert share == pytest.approx((9 * 60 + 4) / (24 * 60), abs=0.08)


def test_a_cycle_without_today_has_no_line_of_now_and_begins_at_its_first_day(
    looks: Looks, qtbot: QtBot, sheet: CycleSheet
) -> None:
    earlier = replace(sheet, now=Moment.at(datetime(2027, 1, 1, 9), ZONE), days=sheet.days)
    flow = shown(looks, qtbot, earlier)
    assert flow.cursor_at == SheetCursor.at(0, 0)


def test_a_cleared_sheet_shows_and_says_nothing_of_the_patient_before(flow: FlowSheet) -> None:
    flow.clear()
    assert flow.sheet is None
    assert flow.spoken() == ""
    assert flow.selected == ()


def test_scrolling_never_hides_a_due_dose_without_saying_so(
    looks: Looks, qtbot: QtBot, sheet: CycleSheet
) -> None:
    flow = shown(looks, qtbot, sheet, (700, 190))
    scene = flow.scene()
    assert scene is not None
    # Danshen is due and sorafenib overdue at 09:04; only the upper lines are in sight.
    assert hidden_work(scene) == (0, 1)
    flow.verticalScrollBar().setValue(flow.verticalScrollBar().maximum())
    scrolled = flow.scene()
    assert scrolled is not None
    assert hidden_work(scrolled)[0] == 2


def test_a_sheet_is_measured_once_for_another_language_look_and_width_together(
    looks: Looks, flow: FlowSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[int] = []
    measure = flow_sheet.measure

    def noted(*given: Any) -> SheetLayout:
        measured.append(given[-1].width())
        return measure(*given)

    monkeypatch.setattr(flow_sheet, "measure", noted)
    before = flow.sheet_layout
    looks.words.use("zh")
    looks.theme.use(scale=120)
    flow.resize(flow.width() - 60, flow.height())
    assert measured == []
    after = flow.sheet_layout
    assert after is not None and before is not None
    assert measured == [flow.viewport().width()]
    assert after.boxes[0].side != before.boxes[0].side
    assert flow.sheet_layout is after
