"""The Cohort page: filters, tables and figures of the imported 19 and of the ward's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from aml_maint.domain.cohort_member import LastKnown, Status
from aml_maint.domain.cohort_tables import Grouping
from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.follow_up import DeathCause, DiseaseEvent, EventKind
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Risk
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.cohort_report_dialog import CohortReportDialog
from aml_maint.gui.dialogs.figures_dialog import FiguresDialog
from aml_maint.gui.dialogs.import_dialog import ImportDialog
from aml_maint.gui.pages.cohort_page import TABS, CohortPage
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.values_table import ValuesTable
from aml_maint.gui.workspace import Workspace
from aml_maint.reports.figures.exhibit import Values
from aml_maint.services import importing
from aml_maint.services.cohort import WARD
from aml_maint.services.cohort_figures import EXHIBITS
from aml_maint.services.cohort_report import Listing
from aml_maint.services.follow_up import record_disease_event
from aml_maint.store.database import Store
from tests.gui.keyboard import Keyboard
from tests.gui.ward import ON_COURSE, Ward

DATA = Path(__file__).parents[1] / "data"
CHECK = json.loads((DATA / "paper_check.json").read_text("utf-8"))
STUDY = "Cheng2025"

Shown = Callable[[], CohortPage]


@pytest.fixture
def imported(ward: Ward) -> Ward:
    """The small ward with the 19 of the paper taken in."""
    place = ward.open()
    data = (DATA / "cohort19.csv").read_bytes()
    importing.import_cohort(place, importing.preview_cohort(place, data, STUDY), uuid4())
    place.close()
    return ward


@pytest.fixture
def shown(desk: Desk, qtbot: QtBot) -> Shown:
    """A page of the desk, counted and drawn."""

    def show() -> CohortPage:
        page = CohortPage(desk)
        qtbot.addWidget(page)
        page.resize(1200, 700)
        page.show()
        qtbot.waitUntil(lambda: page.is_settled and page.found is not None, timeout=20_000)
        return page

    return show


@pytest.fixture
def page(imported: Ward, shown: Shown, qtbot: QtBot) -> CohortPage:
    """The 19 of the paper, without the ward's own."""
    page = shown()
    choose(page, qtbot, study=STUDY)
    return page


def settle(page: CohortPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.is_settled, timeout=20_000)


def choose(page: CohortPage, qtbot: QtBot, **chosen: object) -> None:
    for name, value in chosen.items():
        getattr(page.filters, name).set_value(value)
    page.filters.changed.emit()
    settle(page, qtbot)


def turn(page: CohortPage, qtbot: QtBot, tab: str, endpoint: Endpoint | None = None) -> None:
    if endpoint is not None:
        page.endpoint.set_value(endpoint)
    page.show_tab(tab)
    settle(page, qtbot)


def test_the_19_give_table_1_of_the_paper(page: CohortPage, qtbot: QtBot) -> None:
    turn(page, qtbot, "table_1")
    lines = page.view.table.text().splitlines()
    assert lines[1] == "Patients\t19"
    assert "Age, years, median (range)\t59 (21–76)" in lines
    assert "\u2003M2\t7/19 (36.8\u00a0%)" in lines
    assert page.count.text() == "19 of 20\u00a0patients"


def test_overall_survival_of_the_19_stands_beside_the_crude_share(
    page: CohortPage, qtbot: QtBot
) -> None:
    turn(page, qtbot, "survival", Endpoint.OS)
    text = page.view.table.text().replace("\u00a0", " ")
    assert (
        "Without event at 24 months\tKaplan-Meier 94.4 % (66.6–99.2); crude 18/19 = 94.7 %" in text
    )
    assert "Median, months\tnot reached" in text
    assert "median of all times 50 (13–133); reverse Kaplan-Meier 54" in text
    assert "From diagnosis to death of any cause" in page.view.notes.text()
    assert "n\u00a0=\u00a019" in page.view.notes.text()


def test_relapse_free_survival_of_the_19_is_our_figure_by_each_definition(
    page: CohortPage, qtbot: QtBot
) -> None:
    turn(page, qtbot, "survival", Endpoint.RFS_ANY)
    text = page.view.table.text().replace("\u00a0", " ")
    assert "at 12 months\tKaplan-Meier 88.0 %" in text
    assert "at 24 months\tKaplan-Meier 66.0 %" in text
    turn(page, qtbot, "survival", Endpoint.RFS_BASELINE_EVENT)
    text = page.view.table.text().replace("\u00a0", " ")
    assert "at 24 months\tKaplan-Meier 57.9 %" in text and "Median, months\t31 " in text


def test_a_figure_is_drawn_named_and_told_in_words(page: CohortPage, qtbot: QtBot) -> None:
    turn(page, qtbot, "survival", Endpoint.OS)
    figure = page.view.figure
    assert figure.is_drawn and figure.accessibleName() == "Overall survival"
    told = figure.accessibleDescription()
    assert "At 24\u00a0months: Kaplan-Meier 94.4\u00a0%" in told and "n\u00a0=\u00a019" in told


def test_a_split_has_a_column_a_test_and_a_warning_for_few(page: CohortPage, qtbot: QtBot) -> None:
    turn(page, qtbot, "table_1")
    choose(page, qtbot, grouping=Grouping.BASELINE_MRD)
    head = page.view.table.text().splitlines()[0].split("\t")
    assert head[-1] == "Difference between groups" and len(head) == 5
    assert "Mann-Whitney" in page.view.table.text() and "Fisher" in page.view.table.text()
    assert "smallest group has 4\u00a0patients" in page.view.notes.text()
    turn(page, qtbot, "survival", Endpoint.OS)
    assert "Log-rank test\tp = " in page.view.table.text()


def test_months_are_chosen_and_what_is_no_month_is_said_beside_them(
    page: CohortPage, qtbot: QtBot
) -> None:
    turn(page, qtbot, "survival", Endpoint.OS)
    months = page.filters.months
    months.setFocus()
    months.selectAll()
    qtbot.keyClicks(months, "18")
    qtbot.keyClick(months, Qt.Key.Key_Return)
    settle(page, qtbot)
    assert "at 18\u00a0months" in page.view.table.text()
    assert "at 24\u00a0months" not in page.view.table.text()
    months.setText("soon")
    page.filters.changed.emit()
    assert page.filters.form.rows["months"].error is not None
    assert "at 18\u00a0months" in page.view.table.text(), "what was counted stays"


def test_a_figure_says_whom_it_counts(page: CohortPage, qtbot: QtBot) -> None:
    turn(page, qtbot, "survival", Endpoint.OS)
    assert "Patients: Cheng2025." in page.view.notes.text()
    choose(page, qtbot, risk=Risk.ADVERSE, status=Status.REMISSION)
    told = page.view.notes.text()
    assert "Patients: Cheng2025, Adverse risk, no relapse (status CR)." in told
    page.filters.reset.click()
    settle(page, qtbot)
    assert "are counted together" in page.view.notes.text()
    assert "are counted together" in page.view.figure.accessibleDescription()


def test_patients_of_several_origins_are_counted_together_only_if_somebody_says_so(
    imported: Ward, shown: Shown, qtbot: QtBot
) -> None:
    page = shown()
    assert page.filters.study.value() == WARD
    assert page.count.text() == "1 of 20\u00a0patients"
    choose(page, qtbot, study=None)
    assert page.count.text().startswith("20 of 20\u00a0patients; this ward")


def test_nobody_of_whom_an_asked_for_fact_is_unknown_fits(page: CohortPage, qtbot: QtBot) -> None:
    page.filters.started_from.set_raw("2026-01-01")
    choose(page, qtbot)
    assert page.count.text() == "0 of 20\u00a0patients"
    page.filters.reset.click()
    settle(page, qtbot)
    assert page.count.text().startswith("20 of 20\u00a0patients; this ward")


def test_a_day_to_come_is_refused_beside_the_cut_off(page: CohortPage, qtbot: QtBot) -> None:
    page.filters.cut_off.set_raw("2030-01-01")
    page.filters.changed.emit()
    settle(page, qtbot)
    assert page.filters.form.rows["cut_off"].error is not None


def test_every_figure_of_the_paper_stands_beside_ours(page: CohortPage, qtbot: QtBot) -> None:
    turn(page, qtbot, "paper_check")
    lines = page.view.table.text().replace("\u00a0", " ").splitlines()[1:]
    known = CHECK["checks"]
    assert len(lines) == len(known)
    verdicts = {True: "= agrees", False: "≠ differs", None: "? can’t be told"}
    for line, check in zip(lines, known, strict=True):
        verdict, claim, printed, ours, definition, why = line.split("\t")
        assert (verdict, claim) == (verdicts[check["match"]], check["claim"])
        assert printed == str(check["paper"]) and ours and definition
        assert why or check["match"] is not False, "a difference has its reason"
    told = {line.split("\t")[1]: line for line in lines}
    assert (
        "Kaplan-Meier 94.4 %" in told["OS 24 months"] and "18/19 = 94.7 %" in told["OS 24 months"]
    )
    assert "Kaplan-Meier 88.0 %" in told["RFS 12 months"]
    assert "Kaplan-Meier 66.0 %" in told["RFS 24 months"]


def test_table_2_has_a_line_for_each_patient_and_enter_opens_the_patient(
    page: CohortPage, qtbot: QtBot
) -> None:
    turn(page, qtbot, "table_2")
    lines = page.view.table.text().replace("\u00a0", " ").splitlines()
    assert len(lines) == 20
    assert lines[9].split("\t") == [
        "9", "induction", "CHAG*2", "positive 8.85 %", "morphological relapse", "16", "1",
        "20", "1", "dead",
    ]  # fmt: skip
    page.view.table.go_to(8)
    with qtbot.waitSignal(page.patient_wanted) as opened:
        qtbot.keyClick(page.view.table, Qt.Key.Key_Return)
    assert page.found is not None
    assert opened.args == [next(m.id for m in page.found.members if m.label == "9")]


def test_swimmer_and_mrd_strip_are_drawn_with_their_values(page: CohortPage, qtbot: QtBot) -> None:
    turn(page, qtbot, "swimmer")
    assert page.view.figure.is_drawn and page.view.figure.isVisible()
    assert page.view.table.text().splitlines()[1].startswith("3\t126\tno relapse until then 126")
    assert "19\u00a0patients are known in months only" in page.view.notes.text()
    turn(page, qtbot, "mrd_strip")
    assert page.view.figure.is_drawn and "9\t0\tpositive\t8.85" in page.view.table.text()


def test_toxicity_of_the_wards_patients_is_counted_with_its_rule(
    page: CohortPage, qtbot: QtBot
) -> None:
    turn(page, qtbot, "toxicity")
    assert page.view.nothing.isVisible(), "a publication has no events of its own"
    assert "Counted by patient" in page.view.notes.text()


def test_what_is_missing_leads_to_the_patient(page: CohortPage, qtbot: QtBot) -> None:
    turn(page, qtbot, "completeness")
    assert "1\t13\t" in page.view.table.text()
    choose(page, qtbot, study=WARD)
    assert "T-0001\t" in page.view.table.text()
    assert "leukocytes at diagnosis" in page.view.table.text()
    page.view.table.go_to(0)
    with qtbot.waitSignal(page.patient_wanted) as opened:
        qtbot.keyClick(page.view.table, Qt.Key.Key_Return)
    assert opened.args == [ON_COURSE]


def test_everything_is_saved_at_once_and_can_be_stopped(
    page: CohortPage, qtbot: QtBot, tmp_path: Path
) -> None:
    page.all.click()
    dialog = page.findChild(FiguresDialog)
    assert dialog is not None
    dialog.folder.set_raw(str(tmp_path))
    dialog.kind.set_value(("csv",))
    dialog.language.set_value("zh")
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.is_working, timeout=20_000)
    names = {path.stem for path in tmp_path.iterdir()}
    assert set(EXHIBITS) <= names and dialog.outcome.text().endswith("saved.")
    assert "全部患者" in (tmp_path / "table_1.csv").read_text("utf-8-sig")
    dialog.save.click()
    dialog.cancel.click()
    assert dialog.outcome.text().startswith("Stopped") and not dialog.is_working
    dialog.cancel.click()


def test_patients_leave_by_study_id_unless_record_numbers_are_asked_for(
    page: CohortPage, desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(page, qtbot, study=WARD)
    turn(page, qtbot, "table_2")
    dialog = page.open_saving(page.view.exhibit)
    dialog.kind.set_value(("csv",))
    dialog.folder.set_raw(str(tmp_path))
    told = []
    for identified in (False, True):
        dialog.identified.set_value(identified)
        with qtbot.waitSignal(desk.session.saved, timeout=20_000):  # the audit trail knows of it
            dialog.save.click()
        qtbot.waitUntil(lambda: not dialog.is_working, timeout=20_000)
        told.append((tmp_path / "table_2.csv").read_text("utf-8-sig"))
    assert "T-0001" not in told[0] and "P-" in told[0]
    assert "T-0001" in told[1]
    dialog.cancel.click()


def test_a_folder_that_is_not_there_is_said_in_its_place(page: CohortPage, qtbot: QtBot) -> None:
    page.all.click()
    dialog = page.findChild(FiguresDialog)
    assert dialog is not None
    dialog.folder.set_raw("/no/such/folder")
    dialog.save.click()
    assert dialog.form.rows["folder"].error is not None and not dialog.is_working
    dialog.cancel.click()


def test_language_and_theme_draw_the_figure_anew(
    page: CohortPage, desk: Desk, qtbot: QtBot
) -> None:
    turn(page, qtbot, "survival", Endpoint.OS)
    light = page.view.figure.grab().toImage()
    desk.theme.use("dark")
    settle(page, qtbot)
    dark = page.view.figure.grab().toImage()
    assert light.pixelColor(3, 3).lightness() > 200 > dark.pixelColor(3, 3).lightness()
    desk.words.use("zh")
    settle(page, qtbot)
    assert page.view.figure.accessibleName() == "总生存（OS）"
    assert "24\u00a0个月时" in page.view.figure.accessibleDescription()


def test_the_table_and_its_choice_have_names_before_anything_is_counted(
    desk: Desk, qtbot: QtBot
) -> None:
    page = CohortPage(desk)
    qtbot.addWidget(page)
    names = (page.view.table.accessibleName(), page.view.which.accessibleName())
    assert names == ("Values", "Which values")


def test_keys_go_to_the_tabs_and_to_the_filters(page: CohortPage, qtbot: QtBot) -> None:
    page.activateWindow()
    for number, name in enumerate(TABS):
        key = Qt.Key(Qt.Key.Key_1 + number)
        qtbot.keyClick(page, key, Qt.KeyboardModifier.ControlModifier)
        settle(page, qtbot)
        assert page.tab_name == name
    qtbot.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.filters.study.hasFocus()


def test_hidden_filters_still_hold_and_a_key_shows_them(page: CohortPage, qtbot: QtBot) -> None:
    page.fold.click()
    assert not page.filters.isVisible() and page.count.text() == "19 of 20\u00a0patients"
    qtbot.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.filters.isVisible() and page.fold.isChecked()


def test_values_and_figure_are_copied(page: CohortPage, qtbot: QtBot) -> None:
    turn(page, qtbot, "survival", Endpoint.OS)
    page.view.copy_values.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Overall survival\nMeasure\tValue\n")
    assert "From diagnosis to death" in copied and copied.endswith("as of 05-Mar-2026.")
    page.view.copy_figure.click()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().mimeData().hasImage(), timeout=20_000)
    svg = QGuiApplication.clipboard().mimeData().data("image/svg+xml").data()
    assert b"<title" in svg and "94.4" in svg.decode()


def test_one_figure_is_saved_in_each_form_with_definition_n_and_day(
    page: CohortPage, qtbot: QtBot, tmp_path: Path
) -> None:
    turn(page, qtbot, "survival", Endpoint.RFS_ANY)
    page.view.save.click()
    dialog = page.findChild(FiguresDialog)
    assert dialog is not None
    dialog.folder.set_raw(str(tmp_path))
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.is_working and bool(dialog.written), timeout=20_000)
    names = sorted(path.name for path in dialog.written)
    assert names == [f"rfs_any_relapse{end}" for end in (".csv", ".png", ".svg", "_steps.csv")]
    text = (tmp_path / "rfs_any_relapse_steps.csv").read_text("utf-8-sig")
    assert (
        "# From maintenance start to any relapse" in text
        and "n\u00a0=\u00a019; as of 05-Mar-2026." in text
    )
    assert "All patients,24," not in text and "All patients,16,11,2,0,0.6598," in text
    dialog.cancel.click()


def test_without_anybody_the_page_says_what_to_do(ward: Ward, shown: Shown, qtbot: QtBot) -> None:
    ward.clock.set(datetime(2026, 2, 1, 9, 0))  # before the first course begins
    page = shown()
    assert page.nobody.isVisible() and not page.all.isEnabled()
    with qtbot.waitSignal(page.patients_wanted):
        page.nobody.button.click()


def test_the_19_are_taken_in_from_the_page_after_a_look_at_each_row(
    ward: Ward, shown: Shown, qtbot: QtBot
) -> None:
    page = shown()
    page.bring.click()
    dialog = page.findChild(ImportDialog)
    assert dialog is not None and dialog.study.value() == STUDY
    dialog.file.set_raw(str(DATA / "cohort19.csv"))
    qtbot.waitUntil(lambda: dialog.preview is not None)
    assert dialog.told.text() == "19 new, 0 the same, 0 changed, 0 rejected"
    assert dialog.model.rowCount() == 19
    dialog.save.click()
    qtbot.waitUntil(lambda: page.filters.study.value() == STUDY)
    settle(page, qtbot)
    assert page.count.text() == "19 of 20\u00a0patients", "the study alone"
    turn(page, qtbot, "paper_check")
    assert len(page.view.table.text().splitlines()) == 28


def test_a_row_that_contradicts_itself_stops_the_import_and_is_shown_first(
    ward: Ward, shown: Shown, qtbot: QtBot, tmp_path: Path
) -> None:
    page = shown()
    lines = (DATA / "cohort19.csv").read_text("utf-8").splitlines(keepends=True)
    lines[3] = lines[3].replace(",126,133,", ",134,133,")
    file = tmp_path / "cohort.csv"
    file.write_text("".join(lines), "utf-8")
    dialog = page.open_import()
    dialog.file.set_raw(str(file))
    qtbot.waitUntil(lambda: dialog.preview is not None)
    first = dialog.model.index(0, 3).data()
    assert first.startswith("rfs_months: ")
    dialog.save.click()
    qtbot.waitUntil(lambda: dialog.form.rows["file"].error is not None)
    assert page.found is not None and len(page.found.everyone) == 1
    dialog.cancel.click()


def test_tab_reaches_every_part_of_the_page_and_comes_back(
    imported: Ward, desk: Desk, qtbot: QtBot
) -> None:
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    workspace.show()
    workspace.activateWindow()
    workspace.go("cohort")
    page = workspace.cohort
    qtbot.waitUntil(lambda: page.is_settled and page.found is not None, timeout=20_000)
    turn(page, qtbot, "survival", Endpoint.OS)
    keys = Keyboard(qtbot)
    view = page.view
    for part in (
        page.fold, page.bring, page.all, page.filters.study, page.filters.months,
        page.filters.reset, page.bar, page.endpoint, view.which, view.copy_figure,
        view.copy_values, view.save, view.figure, view.table, workspace.rail.buttons["today"],
    ):  # fmt: skip
        keys.tab_to(part)


def test_the_whole_cohort_is_saved_as_one_report_and_the_audit_trail_knows(
    page: CohortPage, desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(page, qtbot, study=WARD)
    page.report.click()
    dialog = page.findChild(CohortReportDialog)
    assert dialog is not None
    dialog.folder.set_raw(str(tmp_path))
    dialog.language.set_value("zh")
    with qtbot.waitSignal(desk.session.saved, timeout=20_000):  # the audit trail knows of it
        dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.is_working, timeout=20_000)
    assert list(tmp_path.glob("cohort-report-*")) == [dialog.written]
    text = " ".join(page.extract_text() for page in PdfReader(str(dialog.written)).pages)
    assert "队列报告" in text and "T-0001" not in text
    dialog.cancel.click()
    assert not dialog.isVisible()


def test_a_report_that_is_stopped_leaves_no_file_and_can_be_made_again(
    page: CohortPage, desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = page.open_report()
    dialog.folder.set_raw(str(tmp_path))
    dialog.listing.set_value(Listing.NONE)
    dialog.save.click()
    qtbot.waitUntil(lambda: dialog.progress.bar.maximum() > 0, timeout=20_000)
    dialog.cancel.click()
    assert not dialog.is_working and dialog.isVisible() and "Stopped" in dialog.outcome.text()
    qtbot.waitUntil(lambda: not page.computing.is_busy, timeout=20_000)
    assert not list(tmp_path.glob("cohort-report-*"))
    dialog.save.click()
    qtbot.waitUntil(lambda: dialog.written is not None, timeout=20_000)
    assert list(tmp_path.glob("cohort-report-*")) == [dialog.written]
    dialog.cancel.click()


def test_a_report_has_the_definition_that_is_shown(page: CohortPage, qtbot: QtBot) -> None:
    turn(page, qtbot, "survival", Endpoint.RFS_MORPHOLOGICAL)
    dialog = page.open_report()
    told = [label.text() for label in dialog.findChildren(Label)]
    assert any("morphological only" in text for text in told)
    dialog.folder.set_raw("/no/such/folder")
    dialog.save.click()
    assert dialog.form.rows["folder"].error is not None and not dialog.is_working
    dialog.cancel.click()


def test_a_filter_reads_nothing_and_a_write_is_seen(
    page: CohortPage, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept between two questions stands for as long as nobody writes."""
    read: list[str] = []
    rows = Store.rows
    monkeypatch.setattr(
        Store, "rows", lambda self, *asked: read.append(str(asked[0])) or rows(self, *asked)
    )
    choose(page, qtbot, study=None)
    choose(page, qtbot, study=STUDY, risk=Risk.ADVERSE)
    assert page.found is not None and len(page.found.members) == 7
    assert read == []
    choose(page, qtbot, study=WARD, risk=None)
    assert page.found is not None
    (mine,) = page.found.members
    assert mine.last_known is LastKnown.ALIVE
    day = page.found.today
    death = DiseaseEvent("", mine.id, EventKind.DEATH, day, DeathCause.INFECTION)
    desk.session.write(lambda place: record_disease_event(place, death), None, None, page)
    qtbot.waitUntil(
        lambda: (
            page.is_settled
            and page.found is not None
            and page.found.members[0].last_known is LastKnown.DEAD
        ),
        timeout=20_000,
    )
    assert any("disease_events" in sql for sql in read)


def test_a_write_while_the_patients_are_read_is_in_what_is_shown(
    imported: Ward, desk: Desk, qtbot: QtBot
) -> None:
    """Reading in parts may be overtaken: then it begins anew."""
    page = CohortPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    day = desk.session.now().local.date()
    death = DiseaseEvent("", ON_COURSE, EventKind.DEATH, day, DeathCause.INFECTION)
    desk.session.write(lambda place: record_disease_event(place, death), None, None, page)
    qtbot.waitUntil(lambda: page.is_settled and page.found is not None, timeout=20_000)
    assert page.found is not None
    mine = next(member for member in page.found.everyone if member.id == ON_COURSE)
    assert mine.last_known is LastKnown.DEAD


def test_reading_can_be_stopped_and_begun_again(imported: Ward, desk: Desk, qtbot: QtBot) -> None:
    page = CohortPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.cancel()
    assert not page.reading.is_busy and page.working.isHidden()
    assert page.view.again.isVisible() and "Stopped" in page.view.waiting.text()
    page.view.again.click()
    assert page.view.again.isHidden() and "Reading" in page.view.waiting.text()
    qtbot.waitUntil(lambda: page.is_settled and page.found is not None, timeout=20_000)
    assert page.found is not None and page.found.counted is not None
    assert page.all.isEnabled() and page.report.isEnabled()


def test_what_is_not_counted_yet_is_neither_empty_nor_to_be_saved(
    imported: Ward, desk: Desk, qtbot: QtBot
) -> None:
    page = CohortPage(desk)
    qtbot.addWidget(page)
    page.show()
    view = page.view
    view.main_part.setFocus()
    assert view.waiting.isVisible() and page.focusWidget() is view.waiting
    for other in (view.nothing, view.save, view.copy_values, view.figure):
        assert not other.isVisible()
    qtbot.waitUntil(lambda: page.is_settled and page.found is not None, timeout=20_000)
    assert not view.waiting.isVisible() and view.save.isVisible()
    assert page.focusWidget() is view.table


def test_of_thousands_of_rows_those_in_sight_are_laid_out(desk: Desk, qtbot: QtBot) -> None:
    table = ValuesTable(desk)
    qtbot.addWidget(table)
    table.resize(400, 300)
    table.show()
    many = tuple((f"S-{n:06}", n) for n in range(1_000))
    head = (say("table_2.head.patient"), say("completeness.fact"))
    table.show_values(Values("", say("table_2.title"), head, many, tuple(f"p{n}" for n, _ in many)))
    model = table.words_model
    first = model.rowCount()
    assert 0 < first < 300
    bar = table.verticalScrollBar()

    def is_longer() -> bool:
        bar.setValue(bar.minimum())
        bar.setValue(bar.maximum())
        return model.rowCount() > 2 * first

    qtbot.waitUntil(is_longer)
    assert model.rowCount() > first and model.rows[-1].cells[0] == f"S-{model.rowCount() - 1:06}"
    assert len(table.text().splitlines()) == 1_001
