"""The patient list: what it shows, how it sorts, what keys do; admitting and starting a course."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from aml_maint.domain.cohort import ReportedPatient
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import NBSP
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Flt3Itd, Patient, Risk, Sex
from aml_maint.domain.quantities import LabValue
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dialogs.admit_dialog import AdmitDialog
from aml_maint.gui.dialogs.course_dialog import CourseDialog
from aml_maint.gui.models.patients_model import (
    Column,
    ListedPatient,
    PatientsModel,
)
from aml_maint.gui.pages.patients_page import PatientsPage
from aml_maint.gui.session import Session
from aml_maint.services.library import regimens
from aml_maint.services.people import PatientRow, admit_patient, list_patients
from tests.gui.ward import NEW, ON_COURSE, ZONE

Settled = Callable[[Session], None]
TODAY = date(2026, 3, 5)


def listed(family: str, platelets: str | None = None, mrn: str = "1") -> ListedPatient:
    count = None
    if platelets is not None:
        at = Moment.at(datetime(2026, 3, 4, 8, tzinfo=UTC), ZONE)
        value = LabValue(Decimal(platelets), "10*9/L")
        count = LabResult("r", mrn, "platelets", value, at)
    patient = Patient(mrn, family, "", mrn)
    return ListedPatient(PatientRow(patient, False, None, None, count, False))


REPORTED = ReportedPatient(
    number=7, sex=Sex.FEMALE, age_years=Decimal("41"), wbc=None, blast_percent=None, fab="",
    fab_group="", karyotype="", mutations=(), flt3_itd=Flt3Itd.POSITIVE, fusion="",
    eln2022=Risk.ADVERSE, sorafenib_timing="", pretreatment="", mrd_flow="",
    mrd_flow_percent=None, fusion_ratio_percent=None, status="CR", relapse=False, relapse_type="",
    rfs_months=Decimal("20.0"), os_months=Decimal("31.5"), outcome="alive", death=False, notes="",
)  # fmt: skip


@pytest.fixture
def model(looks: Looks) -> PatientsModel:
    """A model of three patients; one comes from a published cohort and has a namesake."""
    model = PatientsModel(looks)
    reported = ListedPatient(
        PatientRow(Patient("3", "cheng2025", "07", "CHENG2025-07", Sex.FEMALE), True, None, None,
                   None, True),
        REPORTED,
    )  # fmt: skip
    model.set_rows((listed("Zhu", "96"), listed("An", "150", "2"), reported), TODAY)
    return model


def texts(order: PatientsModel, column: Column) -> list[str]:
    return [str(order.index(row, column).data()) for row in range(order.rowCount())]


def test_the_model_keeps_qts_rules(model: PatientsModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model, force_py=False)


def test_every_cell_is_spoken_with_the_name_of_its_column(model: PatientsModel) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(1, Column.PLATELETS).data(role) == (
        f"Last platelets: 96{NBSP}×{NBSP}10⁹/L · 04-Mar-2026"
    )
    assert model.index(1, Column.PLACE).data(role) == "Ward · bed: nothing recorded"


def test_counts_sort_as_numbers_and_patients_without_one_come_last(model: PatientsModel) -> None:
    model.sort(Column.PLATELETS)
    assert texts(model, Column.NAME) == ["ZHU", "AN", "CHENG2025, 07"]


def test_a_chinese_name_stands_where_its_pinyin_initials_would(looks: Looks) -> None:
    model = PatientsModel(looks)
    chinese = listed("吴")
    chinese = replace(
        chinese,
        row=replace(chinese.row, patient=Patient("9", "吴", "建国", "9", name_initials="wjg")),
    )
    model.set_rows((listed("Xu"), chinese, listed("Li")), TODAY)
    model.sort(Column.NAME)
    assert texts(model, Column.NAME) == ["LI", "吴建国", "XU"]


def test_patients_of_a_published_cohort_come_after_the_wards_own(model: PatientsModel) -> None:
    model.sort(Column.NAME)
    assert texts(model, Column.NAME) == ["AN", "ZHU", "CHENG2025, 07"]


def test_a_published_patient_shows_facts_as_reported_and_no_date(model: PatientsModel) -> None:
    assert model.index(2, Column.BORN).data() == "41 years, as reported"
    assert model.index(2, Column.COURSE).data() == (
        "Study no. 7, as reported: RFS 20.0 months, OS 31.5 months"
    )


def test_published_patients_are_not_marked_as_namesakes_of_each_other(
    model: PatientsModel,
) -> None:
    assert "≈" not in model.index(2, Column.NAME).data()
    row = listed("Chen")
    model.set_rows((replace(row, row=replace(row.row, has_similar_name=True)),), TODAY)
    assert "≈" in model.index(0, Column.NAME).data()
    told = model.index(0, Column.NAME).data(Qt.ItemDataRole.ToolTipRole)
    assert told == "Another patient has a similar name"


def test_texts_follow_the_language(model: PatientsModel, looks: Looks) -> None:
    looks.words.use("zh")
    head = model.headerData(Column.MRN, Qt.Orientation.Horizontal)
    assert head == "病案号"
    assert model.index(2, Column.BORN).data() == "41 岁（文献报道）"


def test_texts_that_were_read_before_follow_order_language_day_and_other_patients(
    model: PatientsModel, looks: Looks
) -> None:
    born = listed("Zhu")
    born = replace(
        born, row=replace(born.row, patient=replace(born.row.patient, born_on=date(1980, 3, 10)))
    )
    model.set_rows((born, listed("An")), date(2026, 3, 9))

    def all_texts() -> list[list[str]]:
        return [texts(model, column) for column in (Column.NAME, Column.BORN)]

    before = all_texts()
    assert before == [["AN", "ZHU"], ["Not known", "10-Mar-1980 (45)"]]
    model.sort(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert all_texts() == [["ZHU", "AN"], ["10-Mar-1980 (45)", "Not known"]]
    model.set_rows((born, listed("An")), date(2026, 3, 10))
    assert texts(model, Column.BORN)[0] == "10-Mar-1980 (46)"
    looks.words.use("zh")
    assert texts(model, Column.BORN)[0] == "1980年3月10日（46 岁）"
    model.set_rows((listed("Bai"),), date(2026, 3, 10))
    assert all_texts() == [["BAI"], ["不详"]]


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settled) -> Iterator[PatientsPage]:
    """The page of the ward's two patients, on the screen."""
    page = PatientsPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    settled(desk.session)
    yield page
    settled(desk.session)


def test_the_list_says_where_each_patient_stands(page: PatientsPage) -> None:
    assert texts(page.model, Column.COURSE) == [
        "Sorafenib + ITI maintenance · cycle 1, day 5",
        "No course yet",
    ]
    assert texts(page.model, Column.BORN) == ["14-Jul-1961 (64)", "02-Feb-1958 (68)"]
    assert page.count.text() == "2 shown"


def test_enter_opens_the_patient_that_is_marked(page: PatientsPage, qtbot: QtBot) -> None:
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(page.opened) as opened:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [NEW]


def test_the_filter_finds_by_part_of_name_initials_or_record_number(
    page: PatientsPage, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    qtbot.keyClicks(page.filter, "0002")
    settled(desk.session)
    assert texts(page.model, Column.MRN) == ["T-0002"]
    page.filter.setText("nobody")
    settled(desk.session)
    assert page.model.rowCount() == 0
    assert page.table.isVisible()


def test_a_course_can_be_started_only_while_none_is_running(page: PatientsPage) -> None:
    page.table.selectRow(0)
    assert not page.start.isEnabled()
    page.table.selectRow(1)
    assert page.start.isEnabled()


def fill(dialog: AdmitDialog, mrn: str) -> None:
    dialog.family.setText("Wu")
    dialog.given.setText("Min")
    dialog.mrn.setText(mrn)
    dialog.born.set_raw("1970-01-31")


def test_a_patient_is_admitted_and_marked_in_the_list(
    page: PatientsPage, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    dialog = page.open_admission()
    fill(dialog, "T-0003")
    dialog.next.setChecked(False)
    with qtbot.waitSignal(dialog.admitted) as admitted:
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert texts(page.model, Column.NAME)[-1] == "WU, Min"
    chosen = page.selected()
    assert chosen is not None
    assert [chosen.row.patient.id, False] == admitted.args


def test_a_record_number_that_is_taken_is_told_beside_it_and_nothing_typed_is_lost(
    page: PatientsPage, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    dialog = page.open_admission()
    fill(dialog, "T-0001")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert dialog.form.rows["mrn"].note.text() == "Record number T-0001 belongs to another patient"
    assert dialog.family.text() == "Wu"
    assert dialog.born.edit.text() == "31-Jan-1970"
    assert dialog.save.isEnabled()
    dialog.mrn.setText("T-0003")
    with qtbot.waitSignal(dialog.admitted):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    close_all(qtbot)


def test_a_missing_family_name_is_told_before_anything_is_sent(
    page: PatientsPage, qtbot: QtBot
) -> None:
    dialog = page.open_admission()
    fill(dialog, "T-0003")
    dialog.family.clear()
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert dialog.form.rows["family_name"].note.text() == "Family name is needed"
    dialog.reject()


def test_what_was_typed_is_there_again_after_the_dialog_was_closed(
    page: PatientsPage, qtbot: QtBot
) -> None:
    dialog = page.open_admission()
    fill(dialog, "T-0003")
    dialog.reject()
    again = page.open_admission()
    assert again.continued.isVisible()
    assert (again.family.text(), again.mrn.text()) == ("Wu", "T-0003")
    qtbot.mouseClick(again.afresh, Qt.MouseButton.LeftButton)
    assert again.family.text() == ""
    assert not again.continued.isVisible()
    again.reject()


def test_a_course_is_started_with_the_ibuprofen_dose_left_open(
    page: PatientsPage, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    dialog = page.open_course(NEW)
    settled(desk.session)
    assert dialog.person is not None
    assert "CHEN" in dialog.person.name.text()
    assert "T-0002" in dialog.person.facts.text()
    assert dialog.first_day.day() == TODAY
    choose(dialog)
    with qtbot.waitSignal(dialog.started):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    courses = orders_of(desk, qtbot)
    assert courses[NEW] == ()


def test_the_ordered_ibuprofen_dose_goes_into_the_course(
    page: PatientsPage, desk: Desk, qtbot: QtBot
) -> None:
    dialog = page.open_course(NEW)
    choose(dialog)
    dialog.doses["ibuprofen"].setText("400")
    with qtbot.waitSignal(dialog.started):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert orders_of(desk, qtbot)[NEW] == (("ibuprofen", Decimal(400), "mg"),)


@pytest.mark.parametrize("typed", ["0", "-200", "two hundred"])
def test_a_dose_that_is_none_is_told_beside_it(
    page: PatientsPage, qtbot: QtBot, typed: str
) -> None:
    dialog = page.open_course(NEW)
    choose(dialog)
    dialog.doses["ibuprofen"].setText(typed)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert dialog.form.rows["dose/ibuprofen"].error is not None
    assert dialog.doses["ibuprofen"].text() == typed
    dialog.reject()


def test_no_regimen_is_started_by_leaving_the_choice_alone(
    page: PatientsPage, qtbot: QtBot
) -> None:
    dialog = page.open_course(NEW)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert dialog.form.rows["regimen"].note.text() == "Choose the regimen that was ordered"
    dialog.reject()


def test_only_the_doses_that_the_chosen_regimen_leaves_open_are_asked_for(
    page: PatientsPage,
) -> None:
    dialog = page.open_course(NEW)
    row = dialog.form.rows["dose/ibuprofen"]
    assert not row.isVisible()
    choose(dialog)
    assert row.isVisible()
    dialog.reject()


def choose(dialog: CourseDialog) -> None:
    dialog.regimen.set_value(regimens()["sorafenib_iti"])


def test_a_running_course_forbids_a_second_one_in_words(
    page: PatientsPage, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    dialog = page.open_course(ON_COURSE)
    choose(dialog)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert dialog.form.general.text().startswith("A course is already running")
    dialog.reject()


def orders_of(desk: Desk, qtbot: QtBot) -> dict[str, tuple[tuple[str, Decimal, str], ...]]:
    found: list[tuple[PatientRow, ...]] = []
    desk.session.read(lambda place: list_patients(place), found.append, desk.session)
    qtbot.waitUntil(lambda: bool(found))
    return {
        row.patient.id: tuple((o.component, o.dose.value, o.dose.unit) for o in row.course.orders)
        for row in found[0]
        if row.course is not None
    }


def close_all(qtbot: QtBot) -> None:
    """Close the dialogs that opened one after the other."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, CourseDialog | AdmitDialog):
            widget.reject()


def test_sorting_keeps_the_marked_patient_marked(page: PatientsPage, qtbot: QtBot) -> None:
    page.table.selectRow(0)
    chosen = page.selected()
    assert chosen is not None
    page.table.sortByColumn(Column.MRN, Qt.SortOrder.DescendingOrder)
    assert texts(page.model, Column.MRN) == ["T-0002", "T-0001"]
    assert page.selected() == chosen and page.table.currentIndex().row() == 1


def test_out_of_sight_the_list_waits_with_reading_until_it_is_shown(
    page: PatientsPage, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    page.hide()
    desk.session.write(
        lambda place: admit_patient(place, Patient("", "Wu", "Min", "T-0003")), None, None, page
    )
    settled(desk.session)
    assert page.model.rowCount() == 2
    page.show()
    settled(desk.session)
    assert page.model.rowCount() == 3


def test_while_somebody_types_only_what_is_typed_last_is_shown(
    page: PatientsPage, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    shown: list[int] = []
    page.model.modelReset.connect(lambda: shown.append(page.model.rowCount()))
    for text in ("T", "T-", "T-0", "T-0002"):
        page.filter.setText(text)
    settled(desk.session)
    assert shown == [1]
