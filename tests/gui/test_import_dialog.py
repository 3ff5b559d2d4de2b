"""Taking in patients from a file: seen before it is written, and all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from aml_maint.domain.pseudonym import Privacy
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.import_dialog import ImportDialog
from aml_maint.gui.import_job import ImportJob
from aml_maint.gui.pages.patients_page import PatientsPage
from aml_maint.gui.session import Session
from aml_maint.services.exporting import DataFormat, Wanted, export_data
from aml_maint.services.long_work import Step, Stopped
from aml_maint.services.people import list_patients
from aml_maint.services.workplace import Workplace

Settle = Callable[[Session], None]
COHORT = Path(__file__).resolve().parents[1] / "data" / "cohort19.csv"


@pytest.fixture
def dialog(desk: Desk, qtbot: QtBot) -> Iterator[ImportDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ImportDialog(desk, parent)
    with qtbot.waitActive(dialog):
        dialog.open()
    yield dialog
    if isValid(dialog):  # it goes once all is taken in
        dialog.reject()


def names_of(desk: Desk, qtbot: QtBot) -> list[str]:
    found: list[list[str]] = []

    def work(place: Workplace) -> list[str]:
        return [row.patient.mrn for row in list_patients(place)]

    desk.session.read(work, found.append, desk.session)
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def take(dialog: ImportDialog, path: Path, qtbot: QtBot) -> None:
    """Type a file's name and wait until it has been looked through."""
    dialog.file.edit.setFocus()
    dialog.file.edit.selectAll()
    qtbot.keyClicks(dialog.file.edit, str(path))
    qtbot.keyClick(dialog.file.edit, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: not dialog.is_working and dialog.isVisible(), timeout=60_000)


def test_a_cohort_is_seen_first_and_then_taken_in(
    dialog: ImportDialog, desk: Desk, qtbot: QtBot
) -> None:
    before = names_of(desk, qtbot)
    take(dialog, COHORT, qtbot)
    assert len(dialog.model.rows) == 19 and "19" in dialog.told.text()
    assert not dialog.form.rows["columns"].isVisible()
    assert names_of(desk, qtbot) == before
    with qtbot.waitSignal(desk.session.saved, timeout=60_000):
        dialog.save.click()
    assert len(names_of(desk, qtbot)) == len(before) + 19


def test_columns_that_the_file_calls_otherwise_are_asked_for(
    dialog: ImportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    text = COHORT.read_text("utf-8-sig")
    file = tmp_path / "cohort.csv"
    file.write_text(text.replace("patient,sex", "patient,性别", 1), "utf-8")
    take(dialog, file, qtbot)
    assert list(dialog.columns.choices) == ["sex"] and dialog.preview is None
    assert dialog.form.rows["columns"].isVisible()
    dialog.columns.choices["sex"].set_value("性别")
    qtbot.waitUntil(lambda: dialog.preview is not None, timeout=60_000)
    assert len(dialog.model.rows) == 19


def test_what_is_wrong_comes_first_and_nothing_is_taken_in(
    dialog: ImportDialog, desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    before = names_of(desk, qtbot)
    lines = COHORT.read_text("utf-8-sig").splitlines()
    lines[5] = lines[5].replace(",M,", ",X,").replace(",F,", ",X,")
    file = tmp_path / "cohort.csv"
    file.write_text("\n".join(lines), "utf-8")
    take(dialog, file, qtbot)
    assert [line.state for line in dialog.model.rows][:2] == ["rejected", "new"]
    assert dialog.model.rows[0].row == 6
    dialog.save.click()
    qtbot.waitUntil(dialog.save.isEnabled)
    assert names_of(desk, qtbot) == before and dialog.isVisible()


def a_bundle(desk: Desk, qtbot: QtBot, path: Path) -> Path:
    done: list[object] = []

    def work(place: Workplace) -> object:
        return export_data(place, Wanted(DataFormat.FHIR, Privacy.IDENTIFIED), path)

    desk.session.read(work, done.append, desk.session)
    qtbot.waitUntil(lambda: bool(done), timeout=60_000)
    return path


def test_a_bundle_of_this_very_ward_has_nothing_new(
    dialog: ImportDialog, desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    take(dialog, a_bundle(desk, qtbot, tmp_path / "b.fhir.json"), qtbot)
    assert dialog.preview is not None and {line.state for line in dialog.model.rows} == {"same"}
    assert not dialog.form.rows["study"].isVisible()
    dialog.save.click()
    qtbot.waitUntil(dialog.save.isEnabled, timeout=60_000)
    assert dialog.isVisible()


def held(monkeypatch: pytest.MonkeyPatch, at: Step) -> None:
    """Have the work wait at a step until somebody stops it."""

    def watch(job: ImportJob, step: Step, done: int, total: int) -> None:
        job.progressed.emit(step, done, total)
        if step is at:
            assert job._stop.wait(30)
        if job._stop.is_set():
            raise Stopped

    monkeypatch.setattr(ImportJob, "_watch", watch)


@pytest.mark.parametrize("at", [Step.READING, Step.REHEARSING, Step.COMPARING])
def test_stop_ends_looking_through_a_bundle_at_every_step(
    dialog: ImportDialog, desk: Desk, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, at: Step,
) -> None:  # fmt: skip
    file = a_bundle(desk, qtbot, tmp_path / "b.fhir.json")
    held(monkeypatch, at)
    dialog.file.edit.setFocus()
    qtbot.keyClicks(dialog.file.edit, str(file))
    words = desk.words.text(f"work.step.{at.value}")
    qtbot.keyClick(dialog.file.edit, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: dialog.progress.words.text().startswith(words), timeout=60_000)
    assert dialog.is_working and not dialog.form.isEnabled() and not dialog.save.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.is_working, timeout=60_000)
    assert dialog.preview is None and dialog.isVisible() and dialog.form.isEnabled()
    assert "nothing was written" in dialog.told.text()


def test_stop_while_it_is_written_leaves_nothing_and_it_can_be_taken_in_after_all(
    dialog: ImportDialog, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = names_of(desk, qtbot)
    take(dialog, COHORT, qtbot)
    with monkeypatch.context() as patch:
        held(patch, Step.WRITING)
        dialog.save.click()
        words = desk.words.text("work.step.writing")
        qtbot.waitUntil(lambda: dialog.progress.words.text().startswith(words), timeout=60_000)
        dialog.cancel.click()
        qtbot.waitUntil(lambda: not dialog.is_working, timeout=60_000)
    assert "nothing was written" in dialog.told.text() and len(dialog.model.rows) == 19
    assert names_of(desk, qtbot) == before
    with qtbot.waitSignal(desk.session.saved, timeout=60_000):
        dialog.save.click()
    assert len(names_of(desk, qtbot)) == len(before) + 19


def test_what_is_on_its_way_to_the_disk_can_not_be_stopped_any_more(
    dialog: ImportDialog, qtbot: QtBot
) -> None:
    dialog._begin()
    dialog.job.progressed.emit(Step.WRITING, 1, 2)
    assert dialog.cancel.isEnabled() and dialog.progress.bar.value() == 50
    dialog.job.progressed.emit(Step.SAVING, 0, 0)
    assert not dialog.cancel.isEnabled()
    dialog._end_work()


def test_closing_the_ward_ends_what_is_looked_through(
    dialog: ImportDialog, desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = a_bundle(desk, qtbot, tmp_path / "b.fhir.json")
    held(monkeypatch, Step.READING)
    dialog.file.set_raw(str(file))
    qtbot.waitUntil(lambda: dialog.job._job is not None, timeout=60_000)
    desk.session.close()
    assert dialog.job._job is not None and dialog.job._job.done()


def test_of_a_long_table_only_the_rows_in_sight_are_drawn(
    dialog: ImportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    lines = COHORT.read_text("utf-8-sig").splitlines()
    number = lines[0].split(",").index("patient")
    rows = []
    for n in range(450):
        cells = lines[1].split(",")
        cells[number] = str(n + 1)
        rows.append(",".join(cells))
    file = tmp_path / "long.csv"
    file.write_text("\n".join([lines[0], *rows]), "utf-8")
    take(dialog, file, qtbot)
    assert dialog.preview is not None and "450" in dialog.told.text()
    assert len(dialog.model.rows) == 200
    dialog.table.scrollToBottom()
    assert len(dialog.model.rows) in {400, 450}


def test_the_patients_page_offers_it(desk: Desk, qtbot: QtBot, settled: Settle) -> None:
    page = PatientsPage(desk)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
    settled(desk.session)
    dialog = page.open_import()
    assert dialog.isVisible()
    dialog.reject()
