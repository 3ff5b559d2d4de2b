"""The Overview tab by keyboard: findings acted on and set aside, the week, trends, last events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from aml_maint.domain.course import EndReason
from aml_maint.domain.findings import Action
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.assessment_dialog import AssessmentDialog
from aml_maint.gui.dialogs.course_dialog import CourseDialog
from aml_maint.gui.dialogs.dismiss_dialog import DismissDialog
from aml_maint.gui.dialogs.lab_grid_dialog import LabGridDialog
from aml_maint.gui.dialogs.start_cycle_dialog import StartCycleDialog
from aml_maint.gui.pages.overview_tab import OverviewTab
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.services.changes import Changes
from aml_maint.services.importing import import_cohort, preview_cohort
from aml_maint.services.people import list_patients
from aml_maint.services.treatment import end_course
from aml_maint.services.workplace import Workplace
from tests.builders import UNASSESSED
from tests.gui.ward import COURSE, NEW, ON_COURSE, Ward

Settle = Callable[[Session], None]
ALL = [
    "dose_overdue", "assessment_due/before/1", "marrow_due", "dose_unconfirmed",
    "transplant_review", "adverse_genetics/diagnosis",
]  # fmt: skip
COHORT = Path(__file__).resolve().parents[1] / "data" / "cohort19.csv"


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    """The patient on day 5 of cycle 1 at 09:04, nothing recorded but a count."""
    desk.settings.remember("patient_tab", "overview")
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.show_patient(ON_COURSE)
    settled(desk.session)
    page.setFocus()
    return page


def tab(page: PatientPage) -> OverviewTab:
    found = page.tab("overview")
    assert isinstance(found, OverviewTab)
    return found


def keys(page: PatientPage) -> list[str]:
    return [line.finding.key for line in tab(page).findings.list.lines.lines]


def press(page: PatientPage, qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(tab(page).findings.list, key)


def go_to(page: PatientPage, key: str) -> None:
    tab(page).findings.list.go_to(keys(page).index(key))


def dialog_of(page: PatientPage) -> QDialog:
    (found,) = [one for one in page.window().findChildren(QDialog) if one.isVisible()]
    return found


# -- findings ------------------------------------------------------------------------------------


def test_what_needs_attention_is_listed_with_why_and_whose_rule_it_is(page: PatientPage) -> None:
    assert keys(page) == ALL
    assert tab(page).findings.heading.text() == "Needs attention  6"
    model = tab(page).findings.list.lines
    spoken = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Overdue: One dose is overdue: sorafenib 07:00 (Now)"


def test_the_keyboard_is_on_the_most_pressing_finding_when_a_patient_is_opened(
    page: PatientPage,
) -> None:
    assert tab(page).findings.list.hasFocus()
    current = tab(page).findings.list.current
    assert current is not None and current.finding.key == "dose_overdue"


def test_enter_on_an_overdue_dose_shows_it_on_its_cycle(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    press(page, qtbot, Qt.Key.Key_Return)
    settled(desk.session)
    assert page.tab_name == "cycle"
    pair = page.cycle.sheet.pair
    assert pair is not None and pair.main.slot.component == "sorafenib"
    assert pair.main.slot.planned_on == date(2026, 3, 5)
    assert page.cycle.sheet.hasFocus()


def test_a_dose_of_an_earlier_cycle_is_shown_in_that_cycle(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    line = tab(page).findings.list.lines.lines[0]
    page.show_dose(line.finding.slots[0], 1)
    settled(desk.session)
    sheet = page.cycle.sheet.sheet
    assert sheet is not None and sheet.cycle == 1


def test_the_button_names_the_action_and_does_what_enter_does(
    ward: Ward, desk: Desk, page: PatientPage, settled: Settle
) -> None:
    ward.clock.set(datetime(2026, 3, 30, 9, 0))
    page.reload()
    settled(desk.session)
    go_to(page, "cycle_due/2")
    assert tab(page).findings.act.text() == "Start next cycle…"
    tab(page).findings.act.click()
    dialog = dialog_of(page)
    assert isinstance(dialog, StartCycleDialog)
    dialog.reject()
    go_to(page, "assessment_due/after/1")
    tab(page).findings.act.click()
    assessing = dialog_of(page)
    assert isinstance(assessing, AssessmentDialog)
    settled(desk.session)
    assessing.reject()
    go_to(page, "count_stale/platelets")
    tab(page).findings.act.click()
    counting = dialog_of(page)
    assert isinstance(counting, LabGridDialog)
    counting.reject()


def test_every_action_that_a_finding_proposes_leads_somewhere(page: PatientPage) -> None:
    assert [action for action in Action if not tab(page).acts.can(action)] == []


def test_an_action_that_the_window_has_no_place_for_is_not_offered(
    desk: Desk, qtbot: QtBot
) -> None:
    alone = OverviewTab(desk)
    qtbot.addWidget(alone)
    assert not alone.acts.can(Action.RECORD_MARROW)
    assert alone.acts.can(Action.RECORD_COUNT)


def test_d_asks_for_a_reason_and_sets_the_finding_aside(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    go_to(page, "marrow_due")
    press(page, qtbot, Qt.Key.Key_D)
    dialog = dialog_of(page)
    assert isinstance(dialog, DismissDialog)
    assert dialog.why.text().startswith("The marrow was due 4")
    dialog.save.click()
    assert dialog.form.rows["reason"].error is not None
    qtbot.keyClicks(dialog.reason, "done elsewhere")
    dialog.save.click()
    settled(desk.session)
    assert keys(page) == [key for key in ALL if key != "marrow_due"]
    assert tab(page).findings.aside.text() == "Set aside: 1"


def test_what_was_set_aside_is_legible_and_u_brings_it_back(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    go_to(page, "marrow_due")
    press(page, qtbot, Qt.Key.Key_D)
    dialog = dialog_of(page)
    assert isinstance(dialog, DismissDialog)
    qtbot.keyClicks(dialog.reason, "done elsewhere")
    dialog.save.click()
    settled(desk.session)
    panel = tab(page).findings
    assert not panel.restore.isVisible()
    panel.aside.click()
    assert keys(page) == ["marrow_due"]
    foot = panel.list.lines.lines[0].foot
    assert foot is not None
    assert desk.words.text(foot).replace("\N{NO-BREAK SPACE}", " ") == (
        "Set aside by Li Na, 05-Mar-2026 09:04: done elsewhere"
    )
    assert not panel.act.isVisible() and panel.restore.isVisible()
    press(page, qtbot, Qt.Key.Key_U)
    settled(desk.session)
    assert keys(page) == ALL
    assert not panel.aside.isVisible()


def test_d_does_nothing_to_what_is_set_aside_and_u_nothing_to_what_stands(
    page: PatientPage, qtbot: QtBot
) -> None:
    press(page, qtbot, Qt.Key.Key_U)
    assert not [one for one in page.window().findChildren(QDialog) if one.isVisible()]
    assert keys(page) == ALL


def test_a_patient_without_a_course_is_offered_one(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    page.show_patient(NEW)
    assert keys(page) == []
    settled(desk.session)
    assert keys(page) == ["no_course"]
    assert tab(page).no_days.isVisible()
    tab(page).findings.act.click()
    dialog = dialog_of(page)
    assert isinstance(dialog, CourseDialog)
    settled(desk.session)
    dialog.reject()


def test_a_finding_wanted_from_elsewhere_gets_the_cursor(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    page.show_tab("history")
    page.show_finding(ON_COURSE, "dose_unconfirmed")
    settled(desk.session)
    assert page.tab_name == "overview"
    current = tab(page).findings.list.current
    assert current is not None and current.finding.key == "dose_unconfirmed"


def test_the_cursor_stays_on_its_finding_when_the_page_is_read_again(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    go_to(page, "marrow_due")
    page.reload()
    settled(desk.session)
    current = tab(page).findings.list.current
    assert current is not None and current.finding.key == "marrow_due"


# -- the other parts -----------------------------------------------------------------------------


def test_the_week_shows_each_drug_by_day_with_what_keeps_it_from_being_given(
    desk: Desk, page: PatientPage
) -> None:
    model = tab(page).week.model
    lines = {desk.words.text(drug.name): row for row, drug in enumerate(model.drugs)}
    texts = [model.index(lines["sorafenib"], day).data() for day in range(1, 8)]
    assert texts == ["2"] * 7
    spoken = model.index(lines["interferon alfa-1b"], 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "interferon alfa-1b on 06-Mar-2026: nothing planned"


def test_what_falls_on_the_days_to_come_is_told_below_the_week(
    ward: Ward, desk: Desk, page: PatientPage, settled: Settle
) -> None:
    ward.clock.set(datetime(2026, 3, 25, 9, 0))
    page.reload()
    settled(desk.session)
    told = tab(page).week.events.text()
    assert "Sat 28: last day of cycle 1" in told
    assert "Sun 29: cycle 2 is due to start" in told


def test_enter_on_the_week_opens_the_cycle_and_on_the_events_the_history(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    qtbot.keyClick(tab(page).week.grid, Qt.Key.Key_Return)
    assert page.tab_name == "cycle"
    page.show_tab("overview")
    settled(desk.session)
    tab(page).latest.setFocus()
    qtbot.keyClick(tab(page).latest, Qt.Key.Key_Return)
    assert page.tab_name == "history"
    settled(desk.session)


def test_the_last_events_are_told_in_words(page: PatientPage) -> None:
    text = tab(page).events.index(0, 1).data()
    assert text.startswith("Results recorded: platelets 96")
    assert text.endswith("— Li Na")


def test_trends_say_value_day_grade_and_way(desk: Desk, page: PatientPage) -> None:
    rows = tab(page).trends.rows
    assert rows[0].accessibleName().replace("\N{NO-BREAK SPACE}", " ") == (
        "platelets · gate 50: 96 × 10⁹/L, grade 1 on 05-Mar-2026"
    )
    assert rows[1].accessibleName() == "neutrophils: no result"


def test_a_published_patient_shows_the_facts_as_printed(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    found: list[str] = []

    def bring_in(place: Workplace) -> Changes:
        changes = import_cohort(place, preview_cohort(place, COHORT.read_bytes(), "Cheng2025"))
        assert changes is not None
        found.extend(r.patient.id for r in list_patients(place) if r.patient.mrn.endswith("-02"))
        return changes

    desk.session.write(bring_in, None, None, page)
    settled(desk.session)
    page.show_patient(found[0])
    settled(desk.session)
    assert tab(page).reported.isVisible()
    page.show_patient(ON_COURSE)
    settled(desk.session)
    assert not tab(page).reported.isVisible()


def test_an_ended_course_plans_nothing_more(desk: Desk, page: PatientPage, settled: Settle) -> None:
    desk.session.write(
        lambda place: end_course(
            place, COURSE, date(2026, 3, 4), EndReason.RELAPSE, override=UNASSESSED
        ),
        None, None, page,
    )  # fmt: skip
    settled(desk.session)
    assert tab(page).no_days.isVisible()
    assert not tab(page).week.isVisible()


def test_the_tab_follows_language_and_theme(desk: Desk, page: PatientPage) -> None:
    desk.words.use("zh")
    panel = tab(page).findings
    assert panel.heading.text() == "需要关注  6"
    assert panel.act.text() == "记录用药"
    spoken = panel.list.lines.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("已逾时：1 次用药已逾时：索拉非尼")
    desk.theme.use("dark")
    assert not tab(page).grab().isNull()


def test_the_models_keep_qts_rules(page: PatientPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(tab(page).findings.list.lines)
    qtmodeltester.check(tab(page).week.model)


def test_every_control_that_takes_the_keyboard_has_an_accessible_name(page: PatientPage) -> None:
    unnamed = [
        type(widget).__name__
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
    ]
    assert unnamed == []
