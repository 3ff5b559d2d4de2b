"""Diagnosis, risk, earlier therapy and follow-up on the Course tab, and whom to ask after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.disease import Diagnosis, NoTransplant, SorafenibTiming, TherapyKind
from aml_maint.domain.findings import Action, Finding, FindingKind, Severity
from aml_maint.domain.follow_up import Contact, DeathCause, DiseaseEvent, EventKind, Means
from aml_maint.domain.marrow import GeneVariant
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Flt3Itd, Risk
from aml_maint.domain.risk import Cebpa
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.diagnosis_dialog import DiagnosisDialog, RiskDialog
from aml_maint.gui.dialogs.follow_up_dialogs import (
    ContactDialog,
    EventDialog,
    TherapyDialog,
    WithdrawEntryDialog,
)
from aml_maint.gui.dialogs.stop_dialog import StopDialog
from aml_maint.gui.forms.lesions_input import Known, LesionsInput
from aml_maint.gui.pages.course_tab import CourseTab
from aml_maint.gui.pages.overview_tab import OverviewTab
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.pages.patients_page import PatientsPage
from aml_maint.gui.session import Session
from aml_maint.services.disease import Disease, disease, record_diagnosis
from aml_maint.services.follow_up import follow_up, record_contact, record_disease_event
from aml_maint.services.workplace import Workplace
from tests.gui.keyboard import Keyboard
from tests.gui.ward import NEW, ON_COURSE, Ward

Settle = Callable[[Session], None]
D = TypeVar("D", bound=QDialog)


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    """The patient on day 5 of cycle 1, on the Course tab, with nothing known of the disease."""
    desk.settings.remember("patient_tab", "course")
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1286, 700)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.show_patient(ON_COURSE)
    settled(desk.session)
    return page


def tab(page: PatientPage) -> CourseTab:
    found = page.tab("course")
    assert isinstance(found, CourseTab)
    return found


def opened(page: PatientPage, kind: type[D]) -> D:
    dialog = tab(page).dialog
    assert isinstance(dialog, kind) and dialog.isVisible()
    return dialog


def known(desk: Desk, settled: Settle) -> Disease:
    found: list[Disease] = []
    desk.session.read(lambda place: disease(place, ON_COURSE), found.append, desk.session)
    settled(desk.session)
    return found[0]


def write(desk: Desk, settled: Settle, work: Callable[[Workplace], object]) -> None:
    desk.session.write(work, None, None, desk.session)  # type: ignore[arg-type]
    settled(desk.session)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def facts(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {label: plain(value) for label, value in pairs}


# -- diagnosis and risk --------------------------------------------------------------------------


def test_a_diagnosis_is_recorded_by_keys_and_its_risk_told_with_the_reason(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    tab(page).show_part("diagnosis")
    tab(page).setFocus()
    view = tab(page).diagnosis
    assert view.edit.hasFocus() and view.nothing.isVisible()
    keys = Keyboard(qtbot)
    keys.press(Qt.Key.Key_Space)
    dialog = opened(page, DiagnosisDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    assert "reason" not in dialog.form.rows
    keys.type("AML with NPM1 mutation")
    keys.press(Qt.Key.Key_Tab)
    keys.type("M4")
    keys.press(Qt.Key.Key_Tab)
    keys.type("54.2")
    keys.press(Qt.Key.Key_Tab)
    keys.type("78")
    dialog.lesions.known.set_value(Known.NORMAL)
    dialog.lesions.known.chosen.emit()
    keys.tab_to(dialog.mutations)
    keys.type("NPM1 type A 30.4 %; DNMT3A R882H 44 %")
    assert plain(dialog.verdict.text()).startswith("ELN 2022: intermediate")
    dialog.sorafenib.set_value(SorafenibTiming.CONSOLIDATION)
    dialog.no_transplant.set_value(NoTransplant.NO_DONOR)
    dialog.save.click()
    settled(desk.session)
    page.reload()
    settled(desk.session)
    found = known(desk, settled).diagnosis
    assert found is not None
    assert (found.who_class, found.fab, found.wbc) == (
        "AML with NPM1 mutation", "M4", Decimal("54.2"),
    )  # fmt: skip
    assert found.cytogenetics == ()
    assert found.mutations == (
        GeneVariant("NPM1", "type A", Decimal("30.4")),
        GeneVariant("DNMT3A", "R882H", Decimal("44")),
    )
    told = facts(view.facts.texts)
    assert told["White cells"] == "54.2 × 10⁹/L"
    assert told["Mutations"] == "NPM1 type A 30.4 %, DNMT3A R882H 44 %"
    assert told["Sorafenib"] == "from consolidation on"
    assert told["No transplant"] == "no donor"
    risk = facts(view.risk.texts)
    assert risk["In force"] == "intermediate"
    assert "NPM1 with FLT3-ITD" in risk["Computed"] and "rule E8" in risk["Computed"]


def recorded(desk: Desk, settled: Settle, **facts: object) -> None:
    values: dict[str, object] = {
        "patient_id": ON_COURSE, "diagnosed_on": date(2025, 9, 1), "cytogenetics": (),
        "flt3_itd": Flt3Itd.POSITIVE, **facts,
    }  # fmt: skip
    write(desk, settled, lambda place: record_diagnosis(place, Diagnosis(**values)))  # type: ignore[arg-type]


def test_a_correction_asks_for_its_reason_and_keeps_what_was_typed(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    recorded(desk, settled, mutations=(GeneVariant("CEBPA"),))
    page.reload()
    settled(desk.session)
    tab(page).diagnosis.edit.click()
    dialog = opened(page, DiagnosisDialog)
    assert dialog.mutations.value() == "CEBPA"
    dialog.cebpa.set_value(Cebpa.BZIP_INFRAME)
    dialog.cebpa.chosen.emit()
    assert plain(dialog.verdict.text()).startswith("ELN 2022: favourable")
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["reason"].error is not None
    assert dialog.cebpa.value() is Cebpa.BZIP_INFRAME
    dialog.reason.setText("panel reported in full")
    dialog.save.click()
    settled(desk.session)
    assert known(desk, settled).patient.eln_risk is Risk.FAVOURABLE


def test_flags_of_the_rule_are_shown_for_somebody_to_check(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    recorded(desk, settled, mutations=(GeneVariant("TP53"),))
    page.reload()
    settled(desk.session)
    risk = facts(tab(page).diagnosis.risk.texts)
    assert risk["In force"] == "adverse"
    assert "TP53" in risk["To be checked"]


def test_a_physicians_risk_needs_name_and_reason_and_can_be_taken_back(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    recorded(desk, settled)
    page.reload()
    settled(desk.session)
    tab(page).diagnosis.overrule.click()
    dialog = opened(page, RiskDialog)
    dialog.risk.set_value(Risk.ADVERSE)
    dialog.save.click()
    assert dialog.form.rows["risk_reason"].error is not None
    dialog.reason.setText("therapy-related")
    dialog.save.click()
    assert dialog.form.rows["decided_by"].error is not None
    dialog.decided_by.setText("Wu Min")
    dialog.save.click()
    settled(desk.session)
    page.reload()
    settled(desk.session)
    risk = facts(tab(page).diagnosis.risk.texts)
    assert risk["In force"] == "adverse"
    assert risk["Physician"] == "decided by Wu Min: therapy-related"
    assert risk["Computed"].startswith("intermediate")
    tab(page).diagnosis.overrule.click()
    again = opened(page, RiskDialog)
    assert again.risk.value() is Risk.ADVERSE
    again.risk.set_value(None)
    again.save.click()
    settled(desk.session)
    assert again.form.rows["risk_reason"].error is not None
    again.reason.setText("not therapy-related after all")
    again.save.click()
    settled(desk.session)
    assert known(desk, settled).patient.eln_risk is Risk.INTERMEDIATE


def test_whoever_names_a_finding_says_that_the_karyotype_is_abnormal(
    desk: Desk, qtbot: QtBot
) -> None:
    field = LesionsInput(desk)
    qtbot.addWidget(field)
    assert field.findings() is None
    field.boxes.boxes["T_8_21"].click()
    qtbot.keyClicks(field.others, "+8; del(9q)")
    assert field.known.value() is Known.ABNORMAL
    assert field.findings() == ("t(8;21)", "+8", "del(9q)")
    kept = LesionsInput(desk)
    qtbot.addWidget(kept)
    kept.set_raw(field.raw())
    assert kept.findings() == field.findings()
    field.known.set_value(Known.NORMAL)
    field.known.chosen.emit()
    assert field.findings() == ()
    field.set_findings(("complex", "+8"))
    assert field.findings() == ("complex", "+8")


# -- earlier therapy -----------------------------------------------------------------------------


def test_an_earlier_therapy_is_recorded_and_taken_back_by_keys(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    tab(page).show_part("diagnosis")
    view = tab(page).diagnosis
    view.add.click()
    dialog = opened(page, TherapyDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.kind.set_value(TherapyKind.CONSOLIDATION)
    keys = Keyboard(qtbot)
    keys.press(Qt.Key.Key_Tab)
    keys.type("ID-Ara-C")
    keys.press(Qt.Key.Key_Tab)
    keys.type("x")
    dialog.save.click()
    assert dialog.form.rows["cycles"].error is not None
    dialog.cycles.setText("3")
    dialog.save.click()
    settled(desk.session)
    page.reload()
    settled(desk.session)
    (therapy,) = view.model.rows
    assert (therapy.kind, therapy.regimen, therapy.cycles) == (
        TherapyKind.CONSOLIDATION, "ID-Ara-C", 3,
    )  # fmt: skip
    assert not view.withdraw.isEnabled()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    view.table.setFocus()
    keys.press(Qt.Key.Key_Delete)
    taking = opened(page, WithdrawEntryDialog)
    taking.save.click()
    settled(desk.session)
    assert taking.form.rows["reason"].error is not None
    taking.reason.setText("another patient's letter")
    taking.save.click()
    settled(desk.session)
    assert known(desk, settled).therapies == ()


# -- follow-up -----------------------------------------------------------------------------------


def test_a_telephone_call_is_recorded_by_keys_with_when_to_ask_again(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    tab(page).show_part("follow_up")
    tab(page).setFocus()
    view = tab(page).follow_up
    keys = Keyboard(qtbot)
    keys.press(Qt.Key.Key_Space)  # nothing is listed: the keyboard is on the button
    dialog = opened(page, ContactDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.on.day() == date(2026, 3, 5)
    dialog.means.set_value(Means.TELEPHONE)
    keys.tab_to(dialog.note)
    keys.type("feels well")
    dialog.next_on.set_day(date(2026, 3, 5))
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["next_on"].error is not None
    dialog.next_on.set_day(date(2026, 4, 5))
    dialog.save.click()
    settled(desk.session)
    page.reload()
    settled(desk.session)
    row = [str(view.model.index(0, column).data()) for column in range(4)]
    assert row == ["05-Mar-2026", "alive (telephone)", "feels well", "05-Apr-2026"]
    assert plain(view.state.text()) == "Last known alive on 05-Mar-2026; ask again on 05-Apr-2026"


@pytest.mark.parametrize("kind", list(EventKind))
def test_every_event_is_recorded_and_only_a_death_is_asked_for_its_cause(
    desk: Desk, page: PatientPage, settled: Settle, kind: EventKind
) -> None:
    tab(page).show_part("follow_up")
    tab(page).follow_up.add_event.click()
    dialog = opened(page, EventDialog)
    dialog.save.click()
    assert dialog.form.rows["kind"].error is not None
    dialog.kind.set_value(kind)
    dialog.kind.chosen.emit()
    assert dialog.form.rows["cause"].isVisible() == (kind is EventKind.DEATH)
    dialog.cause.set_value(DeathCause.INFECTION)
    dialog.on.set_day(date(2026, 3, 4))
    dialog.save.click()
    settled(desk.session)
    found: list[tuple[DiseaseEvent, ...]] = []
    desk.session.read(lambda place: follow_up(place, ON_COURSE).events, found.append, page)
    settled(desk.session)
    ((event,),) = found
    assert (event.kind, event.on) == (kind, date(2026, 3, 4))
    assert event.cause is (DeathCause.INFECTION if kind is EventKind.DEATH else None)


def test_in_the_list_c_and_e_record_and_delete_takes_back_what_was_wrong(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    event = DiseaseEvent("", ON_COURSE, EventKind.LOST, date(2026, 3, 4))
    write(desk, settled, lambda place: record_disease_event(place, event))
    tab(page).show_part("follow_up")
    page.reload()
    settled(desk.session)
    tab(page).setFocus()
    keys = Keyboard(qtbot)
    for key, kind in ((Qt.Key.Key_C, ContactDialog), (Qt.Key.Key_E, EventDialog)):
        keys.press(key)
        opened(page, kind).reject()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        tab(page).setFocus()
    keys.press(Qt.Key.Key_Delete)
    dialog = opened(page, WithdrawEntryDialog)
    dialog.reason.setText("she came")
    dialog.save.click()
    settled(desk.session)
    page.reload()
    settled(desk.session)
    assert tab(page).follow_up.model.rows == []
    assert tab(page).follow_up.nothing.isVisible()


@pytest.mark.parametrize(
    ("kind", "on", "warns"),
    [
        (EventKind.TRANSPLANT, 4, True),
        (EventKind.MORPHOLOGICAL_RELAPSE, 1, True),
        (EventKind.MOLECULAR_RELAPSE, 4, False),
        (EventKind.SECOND_THERAPY, 4, False),
    ],
)
def test_a_course_that_runs_on_after_its_end_is_told_and_can_be_ended_there(
    desk: Desk, page: PatientPage, settled: Settle, kind: EventKind, on: int, warns: bool
) -> None:
    event = DiseaseEvent("", ON_COURSE, kind, date(2026, 3, on))
    write(desk, settled, lambda place: record_disease_event(place, event))
    tab(page).show_part("follow_up")
    page.reload()
    settled(desk.session)
    view = tab(page).follow_up
    assert view.end.isVisible() == warns
    if warns:
        view.end.click()
        opened(page, StopDialog).reject()


def test_nothing_of_the_patient_before_stays(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    recorded(desk, settled)
    page.reload()
    settled(desk.session)
    assert tab(page).diagnosis.facts.texts
    page.show_patient(NEW)
    assert tab(page).diagnosis.facts.texts == [] == tab(page).diagnosis.risk.texts
    settled(desk.session)


def test_the_parts_follow_language_and_have_names_for_the_keyboard(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    recorded(desk, settled, mutations=(GeneVariant("NPM1"),))
    page.reload()
    settled(desk.session)
    desk.words.use("zh")
    assert facts(tab(page).diagnosis.risk.texts)["现行"] == "预后中等"
    for part in ("diagnosis", "follow_up"):
        tab(page).show_part(part)
        unnamed = [
            type(widget).__name__
            for widget in page.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisible()
            and not widget.accessibleName()
        ]
        assert unnamed == []


@pytest.mark.parametrize(
    ("action", "part"),
    [(Action.RECORD_EVENT, "follow_up"), (Action.REVIEW_DISEASE, "diagnosis")],
)
def test_a_finding_about_the_disease_leads_to_the_part_where_something_is_done_about_it(
    desk: Desk, page: PatientPage, settled: Settle, action: Action, part: str
) -> None:
    page.show_tab("overview")
    settled(desk.session)
    overview = page.tab("overview")
    assert isinstance(overview, OverviewTab) and overview.acts.can(action)
    finding = Finding(
        FindingKind.RELAPSE, Severity.ATTENTION, "", say("finding.no_course"), say("tab.course"),
        action, (),
    )  # fmt: skip
    overview.acts.open(known(desk, settled).patient, None, finding)
    settled(desk.session)
    assert page.tab_name == "course"
    assert {"follow_up": tab(page).follow_up, "diagnosis": tab(page).diagnosis}[part].isVisible()


# -- whom to ask after ---------------------------------------------------------------------------


@pytest.fixture
def people(ward: Ward, desk: Desk, qtbot: QtBot, settled: Settle) -> PatientsPage:
    """One patient was reached on 5 March and is to be asked after on the 10th; it is the 12th."""
    contact = Contact("", ON_COURSE, date(2026, 3, 5), Means.VISIT, next_on=date(2026, 3, 10))
    write(desk, settled, lambda place: record_contact(place, contact))
    ward.clock.set(datetime(2026, 3, 12, 9, 0))
    page = PatientsPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    settled(desk.session)
    return page


def test_whoever_is_to_be_asked_after_is_listed_and_counted(people: PatientsPage) -> None:
    assert people.bar.tabText(1) == "To ask after (1)"
    row = [plain(str(people.due.model.index(0, column).data())) for column in range(4)]
    assert row == ["CHEN, Wei", "T-0001", "05-Mar-2026", "since 10-Mar-2026, 2 days"]


def test_the_list_opens_the_follow_up_and_c_records_a_contact_that_takes_the_name_off(
    desk: Desk, people: PatientsPage, qtbot: QtBot, settled: Settle
) -> None:
    keys = Keyboard(qtbot)
    people.bar.setFocus()
    keys.press(Qt.Key.Key_Right)
    assert people.due.isVisible() and not people.filter.isVisible()
    people.setFocus()
    assert people.due.table.hasFocus()
    with qtbot.waitSignal(people.follow_up_wanted) as wanted:
        keys.press(Qt.Key.Key_Return)
    assert wanted.args == [ON_COURSE]
    keys.press(Qt.Key.Key_C)
    dialog = people.due.dialog
    assert isinstance(dialog, ContactDialog)
    dialog.means.set_value(Means.TELEPHONE)
    dialog.save.click()
    settled(desk.session)
    assert people.due.model.rows == []
    assert people.due.nothing.isVisible()
    assert people.bar.tabText(1) == "To ask after"


def test_the_follow_up_of_a_patient_opens_on_its_part(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    page.show_tab("history")
    settled(desk.session)
    page.show_part("course", "follow_up")
    settled(desk.session)
    assert page.tab_name == "course"
    assert tab(page).follow_up.isVisible()
