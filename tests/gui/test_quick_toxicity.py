"""Toxicities from Today: two keys for a known pattern, a form where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import Status
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.messages import say
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dialogs.quick_toxicity_dialog import QuickToxicityDialog
from aml_maint.gui.dialogs.toxicity_dialog import ToxicityDialog
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.quick_choice import QuickChoice
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.quick_toxicity import (
    QUICK_TERMS,
    FeverEntry,
    log_fever,
    quick_context,
)
from aml_maint.services.toxicities import record_event
from aml_maint.services.workplace import Workplace
from aml_maint.store import toxicities
from tests.gui.ward import COURSE, ON_COURSE, ZONE, Ward

Settle = Callable[[Session], None]
T = TypeVar("T", bound=QWidget)


def done(desk: Desk, settled: Settle, work: Callable[[Workplace], object]) -> None:
    desk.session.read(work, lambda _: None, desk.session)
    settled(desk.session)


def injected(ward: Ward, day: int) -> Callable[[Workplace], object]:
    """Interferon at 19:02 on a day of March."""

    def work(place: Workplace) -> None:
        ward.clock.set(datetime(2026, 3, day, 19, 2))
        slot = SlotId(COURSE, "interferon", date(2026, 3, day), "evening")
        log_dose(place, DoseEntry(slot, Status.GIVEN, reason=None))
        ward.clock.set(datetime(2026, 3, day + 1, 9, 0))

    return work


@pytest.fixture
def page(desk: Desk, ward: Ward, qtbot: QtBot, settled: Settle) -> Iterator[TodayPage]:
    """Today at 09:00 on 6 March; the evening before, interferon was given."""
    done(desk, settled, injected(ward, 5))
    page = TodayPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    with qtbot.waitExposed(page):
        page.show()
    settled(desk.session)
    yield page
    for window in QApplication.topLevelWidgets():
        if isinstance(window, QuickToxicityDialog | ToxicityDialog):
            window.reject()


def dialog_of(page: TodayPage, settled: Settle, kind: type[T]) -> T:
    settled(page._desk.session)
    (found,) = [
        one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()
    ]
    return found


def asked(page: TodayPage, settled: Settle) -> QuickToxicityDialog:
    QTest.keyClick(page.ui.view, Qt.Key.Key_F)
    return dialog_of(page, settled, QuickToxicityDialog)


def recorded(desk: Desk, settled: Settle) -> list[tuple[str, int | None, str]]:
    found: list[tuple[str, int | None, str]] = []
    done(desk, settled, lambda place: found.extend(
        (e.term, e.worst, e.onset.iso) for e in toxicities.of_patient(place.store, ON_COURSE)
    ))  # fmt: skip
    return found


def test_the_first_fever_asks_and_the_next_takes_two_keys(
    desk: Desk, page: TodayPage, ward: Ward, settled: Settle
) -> None:
    dialog = asked(page, settled)
    QTest.keyClick(dialog, Qt.Key.Key_1)
    assert dialog.pages.currentWidget() is dialog.fever
    QTest.keyClicks(dialog.fever.degrees, "38.4")
    QTest.keyClicks(dialog.fever.after, "4")
    QTest.keyClicks(dialog.fever.lasted, "6")
    dialog.save.click()
    settled(desk.session)
    assert recorded(desk, settled) == [("fever_drug", 2, "2026-03-05T23:02")]
    done(desk, settled, injected(ward, 7))
    page.refresh()
    settled(desk.session)
    QTest.keyClick(page.ui.view, Qt.Key.Key_F)
    again = dialog_of(page, settled, QuickToxicityDialog)
    assert "as the last time" in again.choices[0].accessibleName()
    QTest.keyClick(again, Qt.Key.Key_1)
    settled(desk.session)
    assert not again.isVisible()
    assert recorded(desk, settled)[1:] == [("fever_drug", 2, "2026-03-07T23:02")]


def test_details_can_be_entered_although_there_is_a_pattern(
    desk: Desk, page: TodayPage, settled: Settle
) -> None:
    dialog = asked(page, settled)
    dialog.choose("myalgia")
    dialog.grading.grade.set_value(1)
    dialog.grading.onset.set_raw("2026-03-05\t")
    dialog.save.click()
    settled(desk.session)
    again = asked(page, settled)
    assert "Another grade" in again.choices[4].accessibleName()  # it goes on
    QTest.keyClick(again, Qt.Key.Key_5)
    assert again.pages.currentWidget() is again.grading
    again.show_choices()
    QTest.keyClick(again, Qt.Key.Key_D)
    assert again.details.isChecked()


@pytest.mark.parametrize(
    ("degrees", "after", "lasted", "row"),
    [("", "4", "", "degrees"), ("52", "4", "", "degrees"), ("37.0", "4", "", "degrees"),
     ("38.4", "half", "", "after"), ("38.4", "1.5", "", "after"), ("38.4", "4", "40", "lasted")],
)  # fmt: skip
def test_a_fever_that_cannot_be_is_refused_beside_its_field_and_stays_typed(
    desk: Desk, page: TodayPage, settled: Settle, degrees: str, after: str, lasted: str, row: str
) -> None:
    dialog = asked(page, settled)
    dialog.choose("fever_drug")
    dialog.fever.degrees.setText(degrees)
    dialog.fever.after.setText(after)
    dialog.fever.lasted.setText(lasted)
    dialog.save.click()
    settled(desk.session)
    assert dialog.isVisible() and dialog.fever.form.rows[row].error is not None
    assert (dialog.fever.degrees.text(), dialog.fever.after.text()) == (degrees, after)
    assert recorded(desk, settled) == []


def test_a_grade_must_be_chosen(desk: Desk, page: TodayPage, settled: Settle) -> None:
    dialog = asked(page, settled)
    QTest.keyClick(dialog, Qt.Key.Key_3)
    dialog.save.click()
    assert dialog.grading.form.rows["grade"].error is not None
    QTest.keyClick(dialog.grading.grade, Qt.Key.Key_2)
    dialog.save.click()
    settled(desk.session)
    assert recorded(desk, settled) == [("diarrhoea", 2, "2026-03-06")]


def test_any_other_toxicity_opens_the_whole_form(
    desk: Desk, page: TodayPage, settled: Settle
) -> None:
    dialog = asked(page, settled)
    QTest.keyClick(dialog, Qt.Key.Key_6)
    other = dialog_of(page, settled, ToxicityDialog)
    assert other.patient.id == ON_COURSE


def test_the_dialog_speaks_chinese_and_names_its_lines(
    desk: Desk, page: TodayPage, settled: Settle
) -> None:
    desk.words.use("zh")
    dialog = asked(page, settled)
    assert dialog.windowTitle() == "不良反应"
    assert "药物热" in dialog.choices[0].accessibleName()
    dialog.choose("fever_drug")
    names = [row.field.accessibleName() for row in dialog.fever.form.rows.values()]
    assert all(names)


@pytest.mark.parametrize(("key", "term"), list(zip("12345", QUICK_TERMS, strict=True)))
def test_each_of_the_papers_five_takes_two_keys_once_its_pattern_is_known(
    desk: Desk, page: TodayPage, ward: Ward, settled: Settle, key: str, term: str
) -> None:
    def once(place: Workplace) -> None:
        if term == "fever_drug":
            fever = FeverEntry(Decimal("38.4"), 4, 6)
            log_fever(place, quick_context(place, ON_COURSE), fever)
        else:
            day = KnownTime.on(date(2026, 3, 3))
            one = ToxicityEvent.of(ON_COURSE, COURSE, term, ZONE, 2, day, day)
            record_event(place, one)

    done(desk, settled, once)
    done(desk, settled, injected(ward, 7))
    page.refresh()
    settled(desk.session)
    dialog = asked(page, settled)
    QTest.keyClicks(dialog, key)
    settled(desk.session)
    assert not dialog.isVisible()
    found = [one for one in recorded(desk, settled) if one[0] == term]
    assert [grade for _, grade, _ in found] == [2, 2]


def test_a_choice_is_as_high_as_its_words_are_in_the_language_and_size_shown(
    looks: Looks, qtbot: QtBot
) -> None:
    told = say("crash.happened")
    choice = QuickChoice(looks, 1, say("crash.title"), told)
    qtbot.addWidget(choice)

    def heights() -> list[int]:
        fresh = QuickChoice(looks, 1, say("crash.title"), told)
        qtbot.addWidget(fresh)
        return [one.heightForWidth(width) for one in (choice, fresh) for width in (200, 900)]

    seen = []
    for change in (lambda: None, lambda: looks.theme.use(scale=200), lambda: looks.words.use("zh")):
        change()
        kept = heights()
        assert kept[:2] == kept[2:]
        seen.append(tuple(kept))
    assert len(set(seen)) == len(seen)
