"""The Reports page: what waits in the ward, and many reports saved one after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint.domain.signed_report import Standing
from aml_maint.gui.desk import Desk
from aml_maint.gui.pages.reports_page import ReportsPage
from aml_maint.gui.session import Session
from aml_maint.services.report_signing import sign_report
from aml_maint.services.treatment import start_course, start_cycle
from tests.builders import UNASSESSED
from tests.gui.ward import COURSE, NEW, ON_COURSE, Ward

Settle = Callable[[Session], None]


@pytest.fixture
def page(desk: Desk, ward: Ward, qtbot: QtBot, settled: Settle) -> ReportsPage:
    """Two cycles of one patient are over, another patient's first one runs."""
    session = desk.session
    for day in (date(2026, 3, 29), date(2026, 4, 26)):
        ward.clock.set(datetime(day.year, day.month, day.day, 9, 0))
        session.write(
            lambda place, day=day: start_cycle(place, COURSE, day, override=UNASSESSED),
            None, None, session,
        )  # fmt: skip
        settled(session)
    session.write(
        lambda place: start_course(place, NEW, "sorafenib_iti", date(2026, 4, 25)),
        None, None, session,
    )  # fmt: skip
    page = ReportsPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    with qtbot.waitActive(page):
        page.show()
    settled(session)
    return page


def cycles(page: ReportsPage) -> list[tuple[str, int]]:
    return [(line.patient.given_name, line.cycle) for line in page.model.rows]


def show(page: ReportsPage, standing: Standing | None) -> None:
    page.shown.set_value(standing)
    page.shown.chosen.emit()


def test_it_opens_on_what_waits_for_a_signature(page: ReportsPage) -> None:
    assert cycles(page) == [("Wei", 2), ("Wei", 1)]
    assert page.pane.line is not None and page.pane.line.cycle == 2
    show(page, None)
    assert cycles(page) == [("Wei", 3), ("Wei", 2), ("Wei", 1), ("Wen", 1)]


def test_a_report_that_is_signed_leaves_the_list_of_those_that_wait(
    page: ReportsPage, desk: Desk, settled: Settle
) -> None:
    desk.session.write(lambda place: sign_report(place, COURSE, 2, ""), None, None, desk.session)
    settled(desk.session)
    assert cycles(page) == [("Wei", 1)]
    show(page, Standing.SIGNED)
    assert cycles(page) == [("Wei", 2)]


def test_enter_leads_to_the_patient(page: ReportsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.opened) as opened:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [ON_COURSE]


def test_all_reports_shown_are_saved_whole_and_named_without_a_patient(
    page: ReportsPage, desk: Desk, qtbot: QtBot, settled: Settle, tmp_path: Path
) -> None:
    desk.session.write(lambda place: sign_report(place, COURSE, 1, ""), None, None, desk.session)
    settled(desk.session)
    show(page, None)
    page.open_batch()
    dialog = page.dialog
    assert dialog is not None
    folder = tmp_path / "out"
    folder.mkdir()
    dialog.folder.set_raw(str(folder))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(dialog.written) == 4)
    files = sorted(folder.iterdir())
    assert sorted(dialog.written) == files
    assert all(file.read_bytes().rstrip().endswith(b"%%EOF") for file in files)
    assert [("draft" in file.name, "-e1-" in file.name) for file in files].count((False, True)) == 1
    assert not any("Chen" in file.name or "T-000" in file.name for file in files)
    assert "4 reports are saved" in dialog.outcome.text()
    dialog.reject()


def test_a_batch_that_is_stopped_leaves_whole_files_only_and_can_go_on(
    page: ReportsPage, desk: Desk, qtbot: QtBot, settled: Settle, tmp_path: Path
) -> None:
    show(page, None)
    page.open_batch()
    dialog = page.dialog
    assert dialog is not None
    folder = tmp_path / "out"
    folder.mkdir()
    dialog.folder.set_raw(str(folder))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(dialog.written) == 1)
    assert not dialog.form.isEnabled()  # the rest is made as the first was
    dialog.close()
    settled(desk.session)
    assert dialog.isVisible() and not dialog.is_working  # first it stops; at rest it closes
    count = len(dialog.written)
    assert count < 4 and sorted(folder.iterdir()) == sorted(dialog.written)
    assert all(file.read_bytes().rstrip().endswith(b"%%EOF") for file in folder.iterdir())
    dialog.save.click()
    qtbot.waitUntil(lambda: len(dialog.written) == 4)
    dialog.reject()


def test_in_another_language_the_report_is_shown_in_that_language(
    page: ReportsPage, desk: Desk, settled: Settle
) -> None:
    desk.use_language("zh")
    settled(desk.session)
    assert page.pane.language.value() == "zh"
    assert "维持治疗" in page.pane.view.pages[0].text.replace(" ", "")


def test_a_kind_of_which_there_is_none_offers_all(page: ReportsPage, qtbot: QtBot) -> None:
    show(page, Standing.SIGNED)
    assert page.body.currentWidget() is page.none_such
    qtbot.mouseClick(page.none_such.button, Qt.MouseButton.LeftButton)
    assert cycles(page) == [("Wei", 3), ("Wei", 2), ("Wei", 1), ("Wen", 1)]
    assert page.nothing.isHidden() and page.none_such.isHidden()


def test_a_ward_without_any_cycle_leads_to_its_patients(page: ReportsPage, qtbot: QtBot) -> None:
    page._show(())
    assert page.body.currentWidget() is page.nothing
    with qtbot.waitSignal(page.patients_wanted):
        qtbot.mouseClick(page.nothing.button, Qt.MouseButton.LeftButton)
