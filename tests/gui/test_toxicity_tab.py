"""The Toxicity tab and its dialogs, driven by keys against a real small ward."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.toxicity_event import (
    Causality,
    Cause,
    Challenge,
    DrugAction,
    GradePoint,
    Outcome,
    ToxicityEvent,
)
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.assessment_dialog import AssessmentDialog
from aml_maint.gui.dialogs.hold_dialog import HoldDialog
from aml_maint.gui.dialogs.review_dialog import ReviewDialog
from aml_maint.gui.dialogs.toxicity_course_dialogs import GradeDialog, OverDialog, WithdrawDialog
from aml_maint.gui.dialogs.toxicity_dialog import ToxicityDialog
from aml_maint.gui.dialogs.toxicity_history_dialog import ToxicityHistoryDialog
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.forms.grade_input import GradeInput
from aml_maint.gui.forms.known_time_input import KnownTimeInput
from aml_maint.gui.models.checklist_model import Unasked
from aml_maint.gui.pages.toxicity_tab import ToxicityTab
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.label import Label
from aml_maint.services.assessments import record_assessment
from aml_maint.services.library import toxicity_items
from aml_maint.services.observations import record_count
from aml_maint.services.sheet import CycleSheet, cycle_sheet
from aml_maint.services.sheet_lines import ToxicityLine, lines_of
from aml_maint.services.toxicities import record_event
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments, toxicities
from tests.gui.ward import COURSE, FIRST_DAY, NEW, ON_COURSE, ZONE, Ward

Settle = Callable[[Session], None]
T = TypeVar("T")


def an_event(term: str, grade: int | None, day: int = 2, **facts: Any) -> ToxicityEvent:
    onset = FIRST_DAY + timedelta(days=day - 1)
    return replace(ToxicityEvent.of(ON_COURSE, COURSE, term, ZONE, grade, onset), **facts)


def done(desk: Desk, settled: Settle, work: Callable[[Workplace], T]) -> T:
    """What some work on the worker's own desk answers."""
    found: list[T] = []
    desk.session.read(work, found.append, desk.session)
    settled(desk.session)
    return found[0]


@pytest.fixture
def tab(desk: Desk, qtbot: QtBot, settled: Settle) -> Iterator[ToxicityTab]:
    """The tab of the patient on course, with a hand-foot reaction, a rash and an assessment."""

    def story(place: Workplace) -> None:
        record_event(place, an_event("hand_foot_skin_reaction", 1, grades=(
            GradePoint(KnownTime.on(FIRST_DAY), 1),
            GradePoint(KnownTime.on(FIRST_DAY + timedelta(days=2)), 3),
        )))  # fmt: skip
        found = (Finding("myalgia", 0), Finding("fatigue", None), Finding("rash", 1))
        record_assessment(place, Assessment(
            "", ON_COURSE, COURSE, 1, AssessmentKind.VISIT, FIRST_DAY + timedelta(days=3), found
        ))  # fmt: skip

    done(desk, settled, story)
    page = QWidget()
    tab = ToxicityTab(desk, DoseLogger(desk, page))
    qtbot.addWidget(page)
    qtbot.addWidget(tab)
    tab.resize(1300, 640)
    with qtbot.waitExposed(tab):
        tab.show()
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    tab.setFocus()
    yield tab
    if tab.dialog is not None:
        tab.dialog.reject()


def opened(tab: ToxicityTab, settled: Settle, kind: type[T]) -> T:
    settled(tab._desk.session)
    assert isinstance(tab.dialog, kind)
    return tab.dialog


def terms(tab: ToxicityTab) -> list[str]:
    return [row.item.id for row in tab.grid.grid.rows]


def shown(tab: ToxicityTab, term: str) -> list[str]:
    model = tab.grid.grid
    row = terms(tab).index(term)
    return [str(model.index(row, column).data() or "") for column in range(model.columnCount())]


# -- grid ----------------------------------------------------------------------------------------


def test_the_grid_keeps_blank_none_and_not_evaluated_apart(tab: ToxicityTab) -> None:
    assert shown(tab, "hand_foot_skin_reaction") == ["", "3", "3", ""]
    assert shown(tab, "rash") == ["", "1", "1", ""]
    assert shown(tab, "myalgia") == ["", "0", "0", ""]
    assert shown(tab, "fatigue") == ["", "–", "", ""]
    assert shown(tab, "platelets") == ["", "1", "1", ""]
    assert terms(tab)[:2] == ["hand_foot_skin_reaction", "rash"]  # what goes on stands first


def test_a_cell_says_what_it_shows(tab: ToxicityTab) -> None:
    model = tab.grid.grid

    def told(term: str, column: int) -> str:
        index = model.index(terms(tab).index(term), column)
        return str(index.data(Qt.ItemDataRole.AccessibleTextRole)).replace(
            "\N{NO-BREAK SPACE}", " "
        )

    assert told("hand_foot_skin_reaction", 1) == (
        "Hand-foot skin reaction, Cycle 1: grade 3, ongoing"
    )
    assert told("platelets", 1).endswith("grade 1, 96 × 10⁹/L")
    assert told("fatigue", 1).endswith("not evaluated")
    assert told("myalgia", 1).endswith("asked, none")
    assert told("myalgia", 0).endswith("not assessed")


def test_the_model_keeps_qts_contract(tab: ToxicityTab, qtbot: QtBot) -> None:
    ModelTester(None).check(tab.grid.grid, force_py=True)


def test_beside_a_cell_stand_its_words_its_value_and_its_events(
    tab: ToxicityTab, desk: Desk
) -> None:
    tab.grid.go_to_term("platelets")
    assert tab.detail.evidence.text().startswith("96")
    assert tab.detail.cards == []
    tab.grid.go_to_term("hand_foot_skin_reaction")
    assert not tab.detail.evidence.isVisible()
    assert tab.detail.verify.isVisible()  # these words were not checked against print yet
    (card,) = tab.detail.cards
    assert card.head.text() == "Grade 1 → 3"
    assert list(card.buttons) == ["grade", "over", "edit", "sign", "history", "report", "withdraw"]


def test_the_rule_of_the_regimen_is_quoted_and_left_to_the_physician(
    tab: ToxicityTab, settled: Settle
) -> None:
    tab.grid.go_to_term("hand_foot_skin_reaction")
    (advice,) = tab.detail.advice
    told = " ".join(
        label.text() for label in advice.findChildren(QWidget) if hasattr(label, "text")
    )
    assert "sorafenib: interrupt" in told
    assert "interrupt until grade 0 or 1" in told
    assert "Sorafenib prescribing information" in told
    advice.button.click()
    dialog = opened(tab, settled, HoldDialog)
    assert dialog.components.value() == ("sorafenib",)


def test_the_language_switches_under_the_cursor(tab: ToxicityTab, desk: Desk) -> None:
    desk.words.use("zh")
    assert tab.grid.grid.headerData(0, Qt.Orientation.Vertical) == "手足皮肤反应"
    assert tab.add.text() == "新增事件…"


def test_a_patient_without_a_course_is_told_what_to_do(
    tab: ToxicityTab, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    tab.show_patient(NEW)
    assert tab.body.currentWidget() is tab.blank
    settled(desk.session)
    assert tab.body.currentWidget() is tab.nothing
    with qtbot.waitSignal(tab.tab_wanted) as wanted:
        tab.nothing.button.click()
    assert wanted.args == ["cycle"]


# -- recording -----------------------------------------------------------------------------------


def test_a_new_event_by_keys_stands_in_the_grid_with_the_cursor_kept(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    tab.grid.go_to_term("rash")
    QTest.keyClick(tab.grid, Qt.Key.Key_A)
    dialog = opened(tab, settled, ToxicityDialog)
    dialog.term.setText("lt")  # 流涕 by its initials, and nothing else
    dialog.grade.setFocus()
    QTest.keyClick(dialog.grade, Qt.Key.Key_2)
    assert dialog.grade.value() == 2
    dialog.save.click()
    settled(desk.session)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert shown(tab, "rhinorrhoea")[1] == "2"
    row = tab.grid.current_row()
    assert row is not None and row.item.id == "rash"


def event_of(desk: Desk, settled: Settle, term: str) -> ToxicityEvent:
    events = done(desk, settled, lambda place: toxicities.of_patient(place.store, ON_COURSE))
    return next(event for event in events if event.term == term)


def test_everything_typed_reaches_the_record(tab: ToxicityTab, desk: Desk, settled: Settle) -> None:
    tab.open_event()
    dialog = opened(tab, settled, ToxicityDialog)
    dialog.term.setText("diarrhoea")
    dialog.grade.set_value(3)
    dialog.onset.set_raw("2026-03-02\t14")
    dialog.resolved.set_raw("2026-03-04\t")
    dialog.causes.inputs["sorafenib"]["causality"].set_value(Causality.PROBABLE)
    dialog.causes.inputs["sorafenib"]["action"].set_value(DrugAction.INTERRUPTED)
    dialog.seriousness.serious.setChecked(True)
    next(iter(dialog.seriousness.criteria.values())).setChecked(False)
    list(dialog.seriousness.criteria.values())[2].setChecked(True)
    dialog.treatment.setText("loperamide")
    dialog.reporter.set_value("patient")
    dialog.save.click()
    settled(desk.session)
    kept = event_of(desk, settled, "diarrhoea")
    assert (kept.onset.iso, kept.worst, kept.outcome) == ("2026-03-02T14", 3, Outcome.RECOVERED)
    assert kept.causes == (Cause("sorafenib", Causality.PROBABLE, "Li Na", DrugAction.INTERRUPTED),)
    assert (kept.serious, [c.value for c in kept.criteria]) == (True, ["hospitalisation"])
    assert (kept.treatment, kept.reporter) == ("loperamide", "patient")


# what is typed wrongly: input, what to do, the row the error stands at
WRONG: list[tuple[str, Callable[[ToxicityDialog], object], str]] = [
    ("no such term", lambda d: d.term.setText("hiccup"), "term"),
    ("serious without criterion", lambda d: d.seriousness.serious.setChecked(True), "criteria"),
    ("over before it began", lambda d: d.resolved.set_raw("2026-03-01\t"), "resolved"),
    ("a day to come", lambda d: d.onset.set_raw("2026-03-06\t"), "onset"),
    ("no day", lambda d: d.onset.set_raw("\t"), "onset"),
    ("an hour without a day", lambda d: d.resolved.set_raw("\t14"), "resolved"),
    ("no time of day", lambda d: d.onset.set_raw("2026-03-04\t25"), "onset"),
    ("recovered without a day", lambda d: d.outcome.set_value("recovered"), "resolved"),
    ("again with it, but never stopped",
     lambda d: d.causes.inputs["sorafenib"]["rechallenge"].set_raw("1"), "causes"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "row"), [pytest.param(s, r, id=n) for n, s, r in WRONG])
def test_what_cannot_be_is_refused_beside_the_field_and_nothing_typed_is_lost(
    tab: ToxicityTab, settled: Settle, spoil: Callable[[ToxicityDialog], object], row: str
) -> None:
    tab.open_event()
    dialog = opened(tab, settled, ToxicityDialog)
    dialog.term.setText("diarrhoea")
    dialog.grade.set_value(2)
    dialog.onset.set_raw("2026-03-04\t")
    dialog.note.setText("since breakfast")
    spoil(dialog)
    typed = dialog.form.draft()
    dialog.save.click()
    settled(dialog._desk.session)
    assert dialog.form.rows[row].error is not None
    assert dialog.isVisible() and dialog.form.draft() == typed


def test_a_fever_takes_its_grade_from_the_temperature_and_no_milder_one(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    tab.open_event()
    dialog = opened(tab, settled, ToxicityDialog)
    assert not dialog.form.rows["value"].isVisible()
    dialog.term.setText("fever")
    assert dialog.form.rows["value"].isVisible()
    dialog.degrees.setText("38.6")
    dialog.grade.set_value(1)
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["grade"].error is not None
    dialog.grade.set_value(None)
    dialog.save.click()
    settled(desk.session)
    kept = event_of(desk, settled, "fever_drug")
    assert (kept.worst, str(kept.grades[0].value and kept.grades[0].value.value)) == (2, "38.6")


def test_a_closed_dialog_keeps_what_was_typed(tab: ToxicityTab, settled: Settle) -> None:
    tab.open_event()
    dialog = opened(tab, settled, ToxicityDialog)
    dialog.term.setText("diarrhoea")
    dialog.grade.set_value(3)
    dialog.seriousness.serious.setChecked(True)
    dialog.causes.inputs["thalidomide"]["causality"].set_value(Causality.POSSIBLE)
    dialog.onset.set_raw("2026-03\t")
    typed = dialog.form.draft()
    dialog.reject()
    tab.open_event()
    again = opened(tab, settled, ToxicityDialog)
    assert again.form.draft() == typed


# -- its course ----------------------------------------------------------------------------------


def card_act(tab: ToxicityTab, settled: Settle, act: str, kind: type[T], term: str = "rash") -> T:
    tab.grid.go_to_term(term)
    tab.detail.cards[0].buttons[act].click()
    return opened(tab, settled, kind)


def test_another_grade_goes_on_with_the_course(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    dialog = card_act(tab, settled, "grade", GradeDialog)
    dialog.save.click()
    assert dialog.form.rows["grade"].error is not None  # nothing chosen is no grade
    QTest.keyClick(dialog.grade, Qt.Key.Key_3)
    dialog.at.set_raw("2026-03-03\t")  # before the grade that stands
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["at"].error is not None
    dialog.at.set_raw("2026-03-05\t08:30")
    dialog.save.click()
    settled(desk.session)
    kept = event_of(desk, settled, "rash")
    assert [(p.at.iso, p.grade) for p in kept.grades] == [
        ("2026-03-04", 1), ("2026-03-05T08:30", 3),
    ]  # fmt: skip


def test_an_event_ends_with_its_outcome(tab: ToxicityTab, desk: Desk, settled: Settle) -> None:
    dialog = card_act(tab, settled, "over", OverDialog)
    dialog.outcome.set_value(Outcome.SEQUELAE)
    dialog.save.click()
    settled(desk.session)
    kept = event_of(desk, settled, "rash")
    assert (kept.outcome, kept.resolved) == (Outcome.SEQUELAE, KnownTime.on(date(2026, 3, 5)))


def test_a_correction_asks_for_its_reason_and_history_keeps_both(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    dialog = card_act(tab, settled, "edit", ToxicityDialog, "hand_foot_skin_reaction")
    (later,) = dialog.later
    assert (dialog.grade.value(), later[1].value()) == (1, 3)
    later[1].set_value(2)
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["reason"].error is not None
    dialog.reason.setText("misread")
    dialog.save.click()
    settled(desk.session)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    history = card_act(tab, settled, "history", ToxicityHistoryDialog, "hand_foot_skin_reaction")
    settled(desk.session)
    told = [" ".join(label.text() for label in card) for card in history.cards]
    assert len(told) == 2
    assert "Grade 1 → 3" in told[0]
    assert "Changed: grades" in told[1] and "misread" in told[1] and "Grade 1 → 2" in told[1]


def test_an_event_entered_in_error_is_taken_back(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    dialog = card_act(tab, settled, "withdraw", WithdrawDialog)
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["reason"].error is not None
    dialog.reason.setText("another patient's")
    dialog.save.click()
    settled(desk.session)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert shown(tab, "rash")[1] == "1"  # the assessment still says so
    assert tab.chart is not None and tab.chart.of_term("rash") == ()


# -- assessment ----------------------------------------------------------------------------------


def test_an_assessment_is_gone_through_by_one_key_per_line(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    QTest.keyClick(tab.grid, Qt.Key.Key_S)
    dialog = opened(tab, settled, AssessmentDialog)
    settled(desk.session)
    lines = [question.item.id for question in dialog.checklist.answers.questions]
    assert lines[:2] == ["fever_drug", "rhinorrhoea"]
    for key in (Qt.Key.Key_0, Qt.Key.Key_2, Qt.Key.Key_Minus):
        QTest.keyClick(dialog.checklist, key)
    assert dialog.checklist.currentIndex().row() == 3
    QTest.keyClick(dialog.checklist, Qt.Key.Key_5)  # there is no grade 5
    assert dialog.checklist.answers.answer(3) is Unasked.BLANK
    dialog.rest.click()
    rash = lines.index("rash")
    dialog.checklist.go_to(rash)
    assert dialog.ends.isVisible()  # a rash goes on: 0 would end it
    QTest.keyClick(dialog.checklist, Qt.Key.Key_2)
    assert dialog.checklist.answers.open_lines == 0
    assert not dialog.rest.isEnabled()
    dialog.save.click()
    settled(desk.session)
    made = done(desk, settled, lambda place: assessments.of_patient(place.store, ON_COURSE))[-1]
    grades = [made.grade(term) for term in lines[:4]]
    assert grades == [0, 2, None, 0]
    assert [p.grade for p in event_of(desk, settled, "rash").grades] == [1, 2]
    assert event_of(desk, settled, "rhinorrhoea").worst == 2


def test_lines_without_an_answer_are_saved_as_not_evaluated_and_an_empty_list_is_refused(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    tab.open_assessment()
    dialog = opened(tab, settled, AssessmentDialog)
    settled(desk.session)
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.general.isVisible()
    dialog.checklist.go_to(0)
    QTest.keyClick(dialog.checklist, Qt.Key.Key_1)
    QTest.keyClick(dialog.checklist, Qt.Key.Key_Up)
    QTest.keyClick(dialog.checklist, Qt.Key.Key_Backspace)
    QTest.keyClick(dialog.checklist, Qt.Key.Key_0)
    dialog.save.click()
    settled(desk.session)
    made = done(desk, settled, lambda place: assessments.of_patient(place.store, ON_COURSE))[-1]
    assert made.grade("fever_drug") == 0
    assert made.asked("diarrhoea") and made.grade("diarrhoea") is None


# -- review --------------------------------------------------------------------------------------


def test_what_waits_is_signed_with_the_space_bar(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    assert tab.sign.text() == "Sign off 2…"
    QTest.keyClick(tab.grid, Qt.Key.Key_G)
    dialog = opened(tab, settled, ReviewDialog)
    settled(desk.session)
    assert not dialog.save.isEnabled()
    QTest.keyClick(dialog.table, Qt.Key.Key_Space)
    assert dialog.save.text() == "Sign 1"
    QTest.keyClick(dialog.table, Qt.Key.Key_Space)
    dialog.comment.setText("seen at the visit")
    dialog.save.click()
    settled(desk.session)
    review = event_of(desk, settled, "rash").review
    assert review is not None and review.comment == "seen at the visit"
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert tab.sign.text() == "Sign off…"
    assert "sign" not in tab.detail.cards[0].buttons
    # Nothing of this patient waits any more: the queue is the ward's, each patient with MRN.
    other = ToxicityEvent.of(NEW, None, "rash", ZONE, 2, FIRST_DAY)
    done(desk, settled, lambda place: record_event(place, other))
    tab.sign.click()
    queue = opened(tab, settled, ReviewDialog)
    settled(desk.session)
    assert not queue.scope.isVisible()
    assert [queue.model.index(0, column).data() for column in (1, 2, 3)] == [
        "CHEN, Wen", "T-0002", "Rash",
    ]  # fmt: skip


def test_the_review_models_keep_qts_contract(tab: ToxicityTab, desk: Desk, settled: Settle) -> None:
    tab.open_review()
    dialog = opened(tab, settled, ReviewDialog)
    settled(desk.session)
    ModelTester(None).check(dialog.model, force_py=True)
    dialog.all.click()
    assert len(dialog.model.chosen()) == 2
    dialog.none.click()
    assert dialog.model.chosen() == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("act", ["add", "assess", "sign", "edit", "grade", "over", "withdraw"])
def test_every_dialog_names_every_input(
    tab: ToxicityTab, desk: Desk, settled: Settle, act: str, language: str
) -> None:
    desk.words.use("zh" if language == "zh" else "en")
    if act in {"add", "assess", "sign"}:
        tab._act(act)
    else:
        tab.grid.go_to_term("hand_foot_skin_reaction")
        tab.detail.cards[0].buttons[act].click()
    dialog = opened(tab, settled, QDialog)
    settled(desk.session)
    unnamed = [
        type(widget).__name__
        for widget in dialog.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.accessibleName()
        and widget.objectName() != "qt_scrollarea_viewport"
    ]
    assert unnamed == []


# -- inputs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "clock", "iso"),
    [
        ("2026-03-04", "19:30", "2026-03-04T19:30"),
        ("04-Mar-2026", "0905", "2026-03-04T09:05"),
        ("2026年3月4日", "19", "2026-03-04T19"),
        ("2026-03-04", "7时", "2026-03-04T07"),
        ("2026-03-04", "", "2026-03-04"),
        ("2026-03", "", "2026-03"),
        ("2026年3月", "", "2026-03"),
        ("Mar 2026", "", "2026-03"),
        ("", "", None),
    ],
)
def test_a_time_is_read_as_exactly_as_it_is_typed(
    desk: Desk, qtbot: QtBot, day: str, clock: str, iso: str | None
) -> None:
    typed = KnownTimeInput(desk, "onset")
    qtbot.addWidget(typed)
    typed.set_raw(f"{day}\t{clock}")
    known = typed.known()
    assert (known.iso if known is not None else None) == iso
    typed.set_known(known)
    assert typed.known() == known


def test_a_grade_is_chosen_by_digit_arrow_or_mouse(desk: Desk, qtbot: QtBot) -> None:
    grade = GradeInput(desk)
    qtbot.addWidget(grade)
    grade.resize(400, grade.heightForWidth(400))
    grade.setAccessibleName("Grade")
    for key, value in ((Qt.Key.Key_3, 3), (Qt.Key.Key_Up, 2), (Qt.Key.Key_Down, 3),
                       (Qt.Key.Key_0, 3), (Qt.Key.Key_Minus, None)):  # fmt: skip
        QTest.keyClick(grade, key)
        assert grade.value() == value
    QTest.mouseClick(grade, Qt.MouseButton.LeftButton, pos=grade.rect().bottomLeft() * 0.98)
    assert grade.value() == 4
    assert grade.accessibleName() == "Grade: Grade 4"


@pytest.mark.parametrize("digit", ["5", "9", "0"])
def test_a_digit_that_is_no_grade_of_an_event_is_refused_beside_the_grade(
    tab: ToxicityTab, settled: Settle, digit: str
) -> None:
    tab.open_event(term="diarrhoea")
    dialog = opened(tab, settled, ToxicityDialog)
    QTest.keyClicks(dialog.grade, "3")
    QTest.keyClicks(dialog.grade, digit)
    row = dialog.form.rows["grade"]
    assert row.error is not None and dialog.grade.value() == 3
    if digit != "0":
        assert "death is the outcome" in row.note.text()
    QTest.keyClicks(dialog.grade, "2")
    assert row.error is None and dialog.grade.value() == 2


# -- what an event rests on, how long it lasts, what stopping showed ------------------------------


def test_an_event_takes_grade_and_day_from_the_result_that_is_chosen_and_keeps_the_link(
    tab: ToxicityTab, desk: Desk, ward: Ward, settled: Settle
) -> None:
    def measured(place: Workplace) -> None:
        value = LabValue.parse("74.5", "10*9/L")
        at = Moment.at(datetime(2026, 3, 4, 6, 30), ZONE)
        record_count(place, ON_COURSE, "platelets", value, at)

    done(desk, settled, measured)
    tab.open_event(term="platelets")
    dialog = opened(tab, settled, ToxicityDialog)
    settled(desk.session)
    offered = [dialog.linked.itemText(row).replace("\N{NO-BREAK SPACE}", " ")
               for row in range(dialog.linked.count())]  # fmt: skip
    assert offered[0] == "No result linked"
    assert "74.5 × 10⁹/L" in offered[2] and offered[2].endswith("grade 2")
    dialog.linked.setCurrentIndex(2)
    dialog.linked.chosen.emit()
    assert dialog.grade.value() == 2
    dialog.save.click()
    settled(desk.session)
    kept = event_of(desk, settled, "platelets")
    (point,) = kept.grades
    assert (kept.onset.iso, point.grade, str(point.value and point.value.value)) == (
        "2026-03-04T06:30", 2, "74.5",
    )  # fmt: skip
    assert point.result_id is not None
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    tab.grid.go_to_term("platelets")
    told = " ".join(label.text() for label in tab.detail.cards[0].findChildren(Label))
    assert "Value: 74.5" in told.replace("\N{NO-BREAK SPACE}", " ")


def test_a_worse_grade_than_the_results_may_stand_and_without_results_none_is_offered(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    tab.open_event(term="platelets")
    dialog = opened(tab, settled, ToxicityDialog)
    settled(desk.session)
    dialog.linked.setCurrentIndex(1)  # 96, grade 1
    dialog.grade.set_value(2)
    dialog.save.click()
    settled(desk.session)
    assert event_of(desk, settled, "platelets").worst == 2  # worse is the physician's judgement
    tab.open_event(term="haemoglobin")
    other = opened(tab, settled, ToxicityDialog)
    settled(desk.session)
    assert not other.form.rows["result"].isVisible()
    other.reject()


def test_what_lasts_longer_than_published_is_marked_in_grid_card_and_flow_sheet(
    tab: ToxicityTab, desk: Desk, ward: Ward, settled: Settle
) -> None:
    done(desk, settled, lambda place: record_event(place, an_event("fever_drug", 1)))
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    model = tab.grid.grid
    index = model.index(terms(tab).index("fever_drug"), 1)
    told = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    assert "lasts longer than published" in told
    tab.grid.go_to_term("fever_drug")
    said = " ".join(label.text() for label in tab.detail.cards[0].findChildren(Label))
    assert "Cheng 2025" in said
    sheets: list[CycleSheet] = []
    desk.session.read(lambda place: cycle_sheet(place, COURSE), sheets.append, tab)
    settled(desk.session)
    names = {item.id: item.term for item in toxicity_items()}
    bars = [bar for line in lines_of(sheets[0], names) if isinstance(line, ToxicityLine)
            for bar in line.bars if bar.event.term == "fever_drug"]  # fmt: skip
    assert [bar.longer for bar in bars] == [bars[0].first + 3]


def test_episodes_within_a_week_stand_folded_under_one_head(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    def twice(place: Workplace) -> None:
        for day in (0, 3):
            onset = KnownTime.on(FIRST_DAY + timedelta(days=day))
            one = an_event("diarrhoea", 1 + (day > 0), grades=(GradePoint(onset, 1 + (day > 0)),),
                           resolved=onset, outcome=Outcome.RECOVERED)  # fmt: skip
            record_event(place, one)

    done(desk, settled, twice)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    tab.grid.go_to_term("diarrhoea")
    (fold,) = tab.detail.folds
    assert fold.text() == "2 episodes from 01-Mar-2026 to 04-Mar-2026, worst grade 2"
    assert len(tab.detail.cards) == 2


def test_a_card_tells_what_stopping_and_giving_again_showed(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    cause = Cause(
        "sorafenib", Causality.CERTAIN, "Li Na", DrugAction.INTERRUPTED,
        Challenge.POSITIVE, Challenge.POSITIVE,
    )  # fmt: skip
    event = an_event("diarrhoea", 1, causes=(cause,))
    done(desk, settled, lambda place: record_event(place, event))
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    tab.grid.go_to_term("diarrhoea")
    said = " ".join(label.text() for label in tab.detail.cards[0].findChildren(Label))
    assert "better without it" in said and "given again, it came back" in said


def test_a_later_grade_takes_its_result_too_and_a_draft_keeps_what_was_linked(
    tab: ToxicityTab, desk: Desk, settled: Settle
) -> None:
    done(desk, settled, lambda place: record_event(place, an_event("platelets", 2, day=1)))
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    (view,) = tab.chart.of_term("platelets") if tab.chart is not None else ()
    tab.detail.asked.emit("grade", view)
    dialog = opened(tab, settled, GradeDialog)
    settled(desk.session)
    dialog.linked.setCurrentIndex(1)
    dialog.linked.chosen.emit()
    dialog.reject()
    tab.detail.asked.emit("grade", view)
    again = opened(tab, settled, GradeDialog)
    settled(desk.session)
    assert again.linked.linked is not None and again.grade.value() == 1
    again.save.click()
    settled(desk.session)
    kept = event_of(desk, settled, "platelets")
    assert [point.grade for point in kept.grades] == [2, 1]
    assert kept.grades[1].at.iso == "2026-03-05T08:00"
    assert kept.grades[1].result_id is not None
