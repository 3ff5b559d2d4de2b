"""Today of many patients: the window looks at the rows in sight, and takes over what was put in
order for it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import Status
from aml_maint.gui import today_reading
from aml_maint.gui.desk import Desk
from aml_maint.gui.models import worklist_model
from aml_maint.gui.models.worklist_filter import ELSEWHERE, WorklistFilter
from aml_maint.gui.models.worklist_order import kept, ordered
from aml_maint.gui.models.worklist_texts import RowTexts, row_texts
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.session import Session
from aml_maint.gui.today_reading import TodayRead
from aml_maint.gui.widgets.worklist_delegate import WorklistDelegate
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.worklist import Section, Worklist, WorkRow
from tests.gui.test_today import DANSHEN, SORAFENIB
from tests.gui.ward import ON_COURSE

Settle = Callable[[Session], None]

PATIENTS = 300


def many(worklist: Worklist) -> Worklist:
    """The same rows of many patients more."""
    rows = [of_another(row, number) for number in range(PATIENTS) for row in worklist.rows]
    return replace(
        worklist, rows=tuple(sorted(rows, key=lambda row: list(Section).index(row.section)))
    )


def of_another(row: WorkRow, number: int) -> WorkRow:
    if not number:
        return row
    patient = replace(row.patient, id=f"{row.patient.id[:-4]}{number + 1000}")
    before = row.pair.premedication
    pair = replace(
        row.pair, main=of_course(row.pair.main, number),
        premedication=None if before is None else of_course(before, number),
    )  # fmt: skip
    return replace(row, patient=patient, pair=pair)


def of_course(view: DoseView, number: int) -> DoseView:
    planned = view.planned
    slot = planned.id._replace(course=f"{planned.id.course[:-4]}{number + 1000}")
    return replace(view, planned=planned._replace(id=slot))


@pytest.fixture
def large(today_page: TodayPage) -> Worklist:
    assert today_page.model.latest is not None
    found = many(today_page.model.latest)
    assert len(found.rows) > 6_000
    return found


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the window does once per row: texts, heights and paintings."""
    found: list[str] = []

    def texts(*given: object, **named: object) -> RowTexts:
        found.append("texts")
        return row_texts(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(worklist_model, "row_texts", texts)
    for name in ("height", "paint"):
        does = getattr(WorklistDelegate, name)

        def noted(*given: object, does: object = does, name: str = name) -> object:
            found.append(name)
            return does(*given)  # type: ignore[operator]

        monkeypatch.setattr(WorklistDelegate, name, noted)
    return found


def paint(today_page: TodayPage) -> None:
    today_page.ui.view.grab()


def expect_only_those_in_sight(today_page: TodayPage, looked_at: list[str]) -> None:
    view = today_page.ui.view
    rows = view.viewport().height() // 32 + 2  # no row is lower than eight units
    for what in ("texts", "height", "paint"):
        assert looked_at.count(what) <= 3 * rows, what
    assert looked_at
    looked_at.clear()


def test_to_show_scroll_fold_and_renew_the_list_costs_the_rows_in_sight(
    today_page: TodayPage, large: Worklist, looked_at: list[str], qtbot: QtBot
) -> None:
    view = today_page.ui.view
    order = ordered(large, WorklistFilter())
    today_page.model.show_order(order)
    view.select_first()
    paint(today_page)
    expect_only_those_in_sight(today_page, looked_at)
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_Space):
        qtbot.keyClick(view, key)
        paint(today_page)
        expect_only_those_in_sight(today_page, looked_at)
    for section in (Section.UPCOMING, Section.TO_RESOLVE):
        view.go_to(section)
        paint(today_page)
        expect_only_those_in_sight(today_page, looked_at)
    today_page.model.follow(kept(order, large, {}))
    today_page.model.show_order(ordered(large, WorklistFilter(), order))
    view.select([DANSHEN], DANSHEN)
    paint(today_page)
    expect_only_those_in_sight(today_page, looked_at)


def test_a_dose_renders_its_own_row_alone(
    today_page: TodayPage, large: Worklist, looked_at: list[str]
) -> None:
    order = ordered(large, WorklistFilter())
    today_page.model.show_order(order)
    today_page.ui.view.select([DANSHEN], DANSHEN)
    paint(today_page)
    looked_at.clear()
    (row,) = (row for row in large.rows if row.pair.main.slot == DANSHEN)
    today_page.model.put([row.pair], large.now, own=True)
    assert (looked_at.count("texts"), looked_at.count("height")) == (1, 1)
    looked_at.clear()
    given = replace(row, section=Section.DONE)
    after = replace(large, rows=tuple(given if one is row else one for one in large.rows))
    newer = kept(order, after, {})
    today_page.model.follow(newer, own=True)
    assert (looked_at.count("texts"), looked_at.count("height")) == (1, 2)  # and the head's height
    assert sum(map(len, newer.changed)) == 1


def test_what_a_refresh_would_move_is_found_where_the_list_is_put_in_order(
    today_page: TodayPage, large: Worklist
) -> None:
    order = ordered(large, WorklistFilter())
    first, second, third = large.rows[0], large.rows[1], large.rows[2]
    rows = [replace(first, section=Section.TO_RESOLVE), replace(second, section=Section.DONE)]
    gone: dict[object, DosePair] = {third.pair.main.slot: third.pair}
    newer = kept(order, replace(large, rows=(*rows, *large.rows[3:])), gone)  # type: ignore[arg-type]
    assert {(row.slot, row.by_time) for row in newer.moved} == {
        (first.pair.main.slot, True), (second.pair.main.slot, False),
        (third.pair.main.slot, False),
    }  # fmt: skip
    assert newer.places is order.places
    assert newer.counts[Section.DONE] == order.counts[Section.DONE] + 1
    number, place = order.places[third.pair.main.slot]
    assert newer.parts[number].rows[place].section is Section.DONE
    # It is no row's second time: the same worklist again changes nothing.
    again = kept(newer, newer.worklist, {})
    assert not any(again.changed) and again.moved == newer.moved


def test_checks_that_are_the_same_are_handed_over_as_the_very_same(large: Worklist) -> None:
    order = ordered(large, WorklistFilter())
    assert order.checks
    equal = replace(large, checks=tuple(replace(check) for check in large.checks))
    assert ordered(equal, WorklistFilter(), order).checks is order.checks
    assert kept(order, replace(large, checks=()), {}).checks == ()


def test_a_choice_made_while_the_ward_is_read_for_another_stays(
    today_page: TodayPage, desk: Desk, settled: Settle
) -> None:
    today_page.refresh()
    today_page.ui.filter.set_value(WorklistFilter(mine=True))
    today_page.ui.filter.chosen.emit()
    today_page.renew()
    settled(desk.session)
    settled(desk.session)
    assert today_page.ui.filter.value() == WorklistFilter(mine=True)
    assert set(today_page.model.sections()) == {ELSEWHERE}


def test_rows_shown_before_are_freed_in_a_turn_of_the_window_of_their_own(
    today_page: TodayPage, desk: Desk, large: Worklist, qtbot: QtBot
) -> None:
    for step in ("another order", "the same order renewed"):
        order = ordered(large, WorklistFilter())
        before = weakref.ref(order)
        today_page.model.show_order(order)
        if step == "another order":
            order = ordered(large, WorklistFilter())
            today_page._show(TodayRead(order, WorklistFilter()))
        else:
            order = kept(order, large, {})
            today_page._follow(TodayRead(order, WorklistFilter()), own=False)
        assert before() is not None, step
        qtbot.waitUntil(lambda: desk.turns.are_over)
        assert before() is None, step


def test_an_answer_for_an_order_that_is_no_longer_shown_changes_nothing(
    today_page: TodayPage, large: Worklist
) -> None:
    today_page.model.show_order(ordered(large, WorklistFilter()))
    other = kept(ordered(large, WorklistFilter(mine=True)), large, {})
    lines, order = today_page.model.rowCount(), today_page.model.slots()
    today_page._follow(TodayRead(other, WorklistFilter(mine=True)), own=False)
    assert (today_page.model.rowCount(), today_page.model.slots()) == (lines, order)


def test_a_folded_section_leaves_the_current_row_to_its_head_and_is_told_as_folded(
    today_page: TodayPage, qtbot: QtBot
) -> None:
    view = today_page.ui.view
    view.select([SORAFENIB], SORAFENIB)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    head = today_page.model.section_index(Section.OVERDUE)
    assert view.currentIndex() == head
    told = Qt.ItemDataRole.AccessibleTextRole
    assert head.data(told) == "Overdue  1, unfolded"
    view.select([SORAFENIB], SORAFENIB)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(head).center())
    assert today_page.model.is_folded(Section.OVERDUE)
    assert head.data(told) == "Overdue  1, folded"
    # Enter must not record what is out of sight.
    assert view.currentIndex() == head and view.rows() == []
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert not today_page.model.is_folded(Section.OVERDUE)
    assert today_page.model.index_of(SORAFENIB).isValid()


def test_the_row_with_the_cursor_is_in_sight_after_a_refresh_wherever_it_went(
    today_page: TodayPage, desk: Desk, settled: Settle
) -> None:
    today_page.ui.view.select([DANSHEN], DANSHEN)
    desk.session.write(
        lambda place: log_dose(place, DoseEntry(DANSHEN, Status.GIVEN)), None, None, today_page
    )
    settled(desk.session)
    today_page.refresh()
    settled(desk.session)
    assert today_page.model.section_of(DANSHEN) == Section.DONE  # folded away otherwise
    (row,) = today_page.ui.view.rows()
    assert row.pair.main.slot == DANSHEN
    box = today_page.ui.view.visualRect(today_page.ui.view.currentIndex())
    assert today_page.ui.view.viewport().rect().contains(box)
    today_page.ui.view.select([SORAFENIB], SORAFENIB)
    today_page.refresh()
    settled(desk.session)
    assert today_page.model.is_folded(Section.DONE)


def test_what_was_read_of_a_large_ward_is_left_out_of_collections_of_garbage(
    today_page: TodayPage, desk: Desk, settled: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_out: list[None] = []
    monkeypatch.setattr(today_reading, "keep_loaded", lambda: left_out.append(None))
    today_page.renew()
    settled(desk.session)
    assert left_out == []  # a small one is looked through in no time
    monkeypatch.setattr(today_reading, "_MANY", 0)
    today_page.renew(patients=frozenset({ON_COURSE}))
    settled(desk.session)
    assert left_out == []
    today_page.renew()
    settled(desk.session)
    assert left_out == [None]
