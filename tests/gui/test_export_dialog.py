"""Exporting data by keyboard: names stay behind unless chosen; a stop leaves no half file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.pseudonym import Privacy
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.export_dialog import ExportDialog
from aml_maint.gui.export_job import ExportJob
from aml_maint.gui.pages.reports_page import ReportsPage
from aml_maint.gui.session import Session
from aml_maint.services.long_work import Stopped
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit

Settle = Callable[[Session], None]


@pytest.fixture
def folder(desk: Desk, tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    desk.settings.remember("export_folder", str(folder))
    return folder


@pytest.fixture
def dialog(desk: Desk, qtbot: QtBot, folder: Path) -> Iterator[ExportDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog(desk, parent)
    with qtbot.waitActive(dialog):
        dialog.open()
    yield dialog
    dialog.reject()


def last_action(desk: Desk, qtbot: QtBot) -> str:
    found: list[str] = []

    def work(place: Workplace) -> str:
        event = audit.event(place.store, place.store.head().sequence)
        assert event is not None
        return event.command.action

    desk.session.read(work, found.append, desk.session)
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def test_return_exports_a_workbook_without_names_and_the_export_is_recorded(
    dialog: ExportDialog, desk: Desk, folder: Path, qtbot: QtBot
) -> None:
    assert dialog.privacy.value() is Privacy.SHIFTED
    with qtbot.waitSignal(dialog.job.done, timeout=60_000):
        qtbot.keyClick(dialog.kind, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.written is not None)
    (path,) = folder.iterdir()
    assert path.suffix == ".xlsx" and "pseudonymised" in path.name
    assert path.name in dialog.outcome.text()
    assert dialog.show_folder.isVisible() and not dialog.is_working
    assert last_action(desk, qtbot) == "export_research_data"


def test_names_are_a_choice_that_says_what_it_means(
    dialog: ExportDialog, desk: Desk, folder: Path, qtbot: QtBot
) -> None:
    told = [label.text() for label in dialog.privacy.told]
    assert "study id" in told[0] and "no date leaves" in told[1]
    assert "will name patients" in told[2] and all(one.isVisible() for one in dialog.privacy.told)
    # It is read before anything else is asked.
    assert dialog.privacy.buttons[0].hasFocus()
    dialog.kind.set_value("csv_excel")
    for button in dialog.privacy.buttons[:2]:
        qtbot.keyClick(button, Qt.Key.Key_Down)
    assert dialog.privacy.value() is Privacy.IDENTIFIED
    with qtbot.waitSignal(dialog.job.done, timeout=60_000):
        qtbot.keyClick(dialog.privacy.buttons[2], Qt.Key.Key_Return)
    (path,) = folder.iterdir()
    people = (path / "patients.csv").read_bytes()
    assert people.startswith(b"\xef\xbb\xbf") and b"T-0001" in people
    assert last_action(desk, qtbot) == "export_identified_data"


def test_a_click_on_what_a_way_means_chooses_it_and_what_does_not_go_together_is_said_there(
    dialog: ExportDialog, folder: Path, qtbot: QtBot
) -> None:
    qtbot.mouseClick(dialog.privacy.told[1], Qt.MouseButton.LeftButton)
    assert dialog.privacy.value() is Privacy.INTERVALS
    dialog.kind.set_value("fhir")
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.is_working, timeout=60_000)
    assert dialog.form.rows["privacy"].error is not None and list(folder.iterdir()) == []


def test_the_folder_is_remembered_for_the_next_time(
    dialog: ExportDialog, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "elsewhere").mkdir()
    dialog.folder.set_raw(str(tmp_path / "elsewhere"))
    with qtbot.waitSignal(dialog.job.done, timeout=60_000):
        dialog.save.click()
    again = ExportDialog(desk)
    qtbot.addWidget(again)
    assert again.folder.raw() == str(tmp_path / "elsewhere")


def test_two_exports_of_one_minute_stand_side_by_side(
    dialog: ExportDialog, folder: Path, qtbot: QtBot
) -> None:
    for _ in range(2):
        with qtbot.waitSignal(dialog.job.done, timeout=60_000):
            dialog.save.click()
        qtbot.waitUntil(dialog.save.isEnabled)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 2 and names[0].startswith(names[1].removesuffix(".xlsx"))


def test_stop_while_it_runs_leaves_nothing_and_the_form_is_there_again(
    dialog: ExportDialog, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(job: ExportJob, done: int, total: int) -> None:
        job.progressed.emit(done, total)
        assert job._stop.wait(30)
        raise Stopped

    monkeypatch.setattr(ExportJob, "_tell", told)
    with qtbot.waitSignal(dialog.job.progressed, timeout=60_000):
        dialog.save.click()
    assert dialog.is_working and not dialog.form.isEnabled()
    with qtbot.waitSignal(dialog.job.stopped, timeout=60_000):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert list(folder.iterdir()) == []
    assert dialog.isVisible() and dialog.form.isEnabled() and dialog.save.isEnabled()
    assert "nothing was written" in dialog.outcome.text()


def test_closing_the_ward_ends_an_export_that_runs(
    dialog: ExportDialog, desk: Desk, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(job: ExportJob, done: int, total: int) -> None:
        job.progressed.emit(done, total)
        assert job._stop.wait(30)
        raise Stopped

    monkeypatch.setattr(ExportJob, "_tell", told)
    with qtbot.waitSignal(dialog.job.progressed, timeout=60_000):
        dialog.save.click()
    desk.session.close()
    assert list(folder.iterdir()) == []
    qtbot.waitUntil(lambda: not dialog.is_working)


def test_a_folder_that_is_not_there_is_said_beside_the_input(
    dialog: ExportDialog, qtbot: QtBot
) -> None:
    dialog.folder.set_raw("/no/such/folder")
    dialog.save.click()
    assert not dialog.is_working and dialog.save.isEnabled()
    assert dialog.form.rows["folder"].note.text()


def test_the_reports_page_offers_it(desk: Desk, qtbot: QtBot, settled: Settle) -> None:
    page = ReportsPage(desk)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
    settled(desk.session)
    assert page.export.isEnabled()
    dialog = page.open_export()
    assert dialog.isVisible()
    dialog.reject()
