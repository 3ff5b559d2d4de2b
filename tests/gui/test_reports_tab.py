"""The Reports tab: the file itself is shown, signed by keys, and told what changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint import bootstrap
from aml_maint.domain.administration import Status
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.signed_report import Standing
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dialogs.dossier_dialog import DossierDialog
from aml_maint.gui.dialogs.report_dialog import ReportDialog
from aml_maint.gui.dialogs.sign_dialog import SignDialog
from aml_maint.gui.pages.reports_tab import ReportsTab
from aml_maint.gui.session import Session
from aml_maint.services.clock import SetClock
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.report_signing import check_report
from aml_maint.services.treatment import start_cycle
from tests.builders import DAY_1, UNASSESSED, moment, on_course
from tests.gui.ward import COURSE, NEW, ON_COURSE, Ward

Settle = Callable[[Session], None]
OWN = "velvet otters at noon"


@pytest.fixture
def tab(desk: Desk, ward: Ward, qtbot: QtBot, settled: Settle) -> ReportsTab:
    """Cycle 1 is over, cycle 2 runs; the tab shows the patient."""
    ward.clock.set(datetime(2026, 3, 29, 9, 0))
    desk.session.write(
        lambda place: start_cycle(place, COURSE, date(2026, 3, 29), override=UNASSESSED),
        None, None, desk.session,
    )  # fmt: skip
    tab = ReportsTab(desk)
    qtbot.addWidget(tab)
    tab.resize(1200, 700)
    with qtbot.waitActive(tab):
        tab.show()
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    return tab


def first_cycle(tab: ReportsTab, qtbot: QtBot, settled: Settle, desk: Desk) -> None:
    """Go down to cycle 1, which stands below cycle 2."""
    tab.table.setFocus()
    qtbot.keyClick(tab.table, Qt.Key.Key_Down)
    settled(desk.session)
    assert tab.line is not None and tab.line.cycle == 1


def sign(tab: ReportsTab, qtbot: QtBot, settled: Settle, reason: str = "") -> None:
    """Sign by keys; the dialog closes when it is done."""
    tab.pane.sign.setFocus()
    qtbot.keyClick(tab.pane.sign, Qt.Key.Key_Space)
    dialog = tab.pane.dialog
    assert isinstance(dialog, SignDialog)
    if reason:
        qtbot.keyClicks(dialog.reason, reason)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    tab.show_patient(ON_COURSE)  # as the page does after each write
    settled(tab._desk.session)


def a_late_entry(desk: Desk, settled: Settle) -> None:
    slot = SlotId(COURSE, "sorafenib", date(2026, 3, 2), "morning")
    entry = DoseEntry(slot, Status.MISSED, reason="forgotten")
    desk.session.write(lambda place: log_dose(place, entry), None, None, desk.session)
    settled(desk.session)


def test_a_running_cycle_is_shown_as_a_draft_and_can_not_be_signed(tab: ReportsTab) -> None:
    assert tab.line is not None and tab.line.standing is Standing.RUNNING
    assert "DRAFT" in tab.pane.view.pages[0].text
    assert not tab.pane.sign.isEnabled() and "not over" in tab.pane.sign.toolTip()


def test_pages_are_pictures_of_the_file_with_its_text_for_screen_readers(tab: ReportsTab) -> None:
    page = tab.pane.view.pages[0]
    assert page.image.width() == tab.pane.view.page_width
    assert page.image.height() > page.image.width()  # A4 upright
    assert "Chen" in page.text or "CHEN" in page.text
    colours = {page.image.pixelColor(x, 60).lightness() for x in range(0, page.image.width(), 3)}
    assert len(colours) > 3  # something is drawn


def test_a_cycle_that_is_over_is_signed_by_keys_and_shown_signed(
    tab: ReportsTab, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    first_cycle(tab, qtbot, settled, desk)
    sign(tab, qtbot, settled)
    assert tab.line is not None and tab.line.standing is Standing.SIGNED
    text = " ".join(page.text for page in tab.pane.view.pages)
    assert "DRAFT" not in text and "signed electronically" in text and "Li Na" in text
    assert not tab.pane.sign.isEnabled()
    assert tab.pane.edition.value() == 1


def test_what_changed_since_is_listed_and_signed_again_with_a_reason(
    tab: ReportsTab, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    first_cycle(tab, qtbot, settled, desk)
    sign(tab, qtbot, settled)
    a_late_entry(desk, settled)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert tab.pane.changes.isVisible()
    assert "sorafenib, day 2, morning: signed: unconfirmed; now: missed" in (
        tab.pane.changed.text().replace("\N{NO-BREAK SPACE}", " ")
    )
    sign(tab, qtbot, settled, "a dose came to light")
    assert tab.pane.edition.value() == 2 and not tab.pane.changes.isVisible()
    offered = [tab.pane.edition.itemText(at) for at in range(tab.pane.edition.count())]
    assert offered == ["Signed, edition 2", "Signed, edition 1", "As recorded now (draft)"]


def test_without_a_reason_it_is_not_signed_again_and_says_so_beside_the_field(
    tab: ReportsTab, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    first_cycle(tab, qtbot, settled, desk)
    sign(tab, qtbot, settled)
    a_late_entry(desk, settled)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    tab.pane.open_signing()
    dialog = tab.pane.dialog
    assert isinstance(dialog, SignDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settled(desk.session)
    assert dialog.isVisible() and dialog.form.rows["reason"].error is not None
    dialog.reject()


def test_the_copy_that_is_saved_is_the_file_that_was_shown(
    tab: ReportsTab, desk: Desk, qtbot: QtBot, settled: Settle, tmp_path: Path
) -> None:
    first_cycle(tab, qtbot, settled, desk)
    sign(tab, qtbot, settled)
    tab.pane.open_saving()
    dialog = tab.pane.dialog
    assert isinstance(dialog, ReportDialog)
    dialog.folder.set_raw(str(tmp_path))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.written is not None)
    assert dialog.written is not None and tab.pane.shown is not None
    document = dialog.written.read_bytes()
    assert document == tab.pane.shown.document
    found: list[object] = []
    desk.session.read(lambda place: check_report(place, document), found.append, tab)
    settled(desk.session)
    assert found[0] is not None
    dialog.reject()


def test_nothing_of_one_patient_stays_in_sight_of_another(
    tab: ReportsTab, desk: Desk, settled: Settle
) -> None:
    assert tab.pane.view.pages
    tab.show_patient(NEW)
    assert tab.pane.view.pages == () and tab.model.rowCount() == 0
    settled(desk.session)
    assert tab.body.currentIndex() == 1 and not tab.pane.save.isEnabled()


def test_zoom_shows_the_same_page_larger(
    tab: ReportsTab, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    before = tab.pane.view.pages[0].image.width()
    qtbot.keyClick(tab.pane.view, Qt.Key.Key_Plus)
    settled(desk.session)
    assert tab.pane.view.pages[0].image.width() > before
    qtbot.keyClick(tab.pane.view, Qt.Key.Key_Minus)
    settled(desk.session)
    assert tab.pane.view.pages[0].image.width() == before


@pytest.fixture
def signer(looks: Looks, qtbot: QtBot, tmp_path: Path, quick_keys: None) -> Iterator[Desk]:
    """A ward with accounts; its maker sits there and has one cycle to sign."""
    path, clock = tmp_path / "own.amldb", SetClock(moment("2026-03-02T07:05"))
    place = bootstrap.create_ward(path, OWN, clock, name="Wu Min")
    _, course = on_course(place, first_day=DAY_1)
    clock.set(datetime(2026, 3, 30, 9, 0))
    start_cycle(place, course, date(2026, 3, 30), override=UNASSESSED)
    place.close()
    session = Session(lambda: bootstrap.open_ward(path, OWN, clock, name="Wu Min"), path.name)
    with qtbot.waitSignal(session.opened):
        pass
    yield Desk(session=session, words=looks.words, theme=looks.theme, settings=looks.settings)
    session.close()


def test_where_people_have_accounts_the_passphrase_is_asked_and_a_wrong_one_refused(
    signer: Desk, qtbot: QtBot, settled: Settle
) -> None:
    patients: list[str] = []
    signer.session.read(
        lambda place: [row["id"] for row in place.store.rows("SELECT id FROM patients")],
        patients.extend, signer.session,
    )  # fmt: skip
    settled(signer.session)
    tab = ReportsTab(signer)
    qtbot.addWidget(tab)
    with qtbot.waitActive(tab):
        tab.show()
    tab.show_patient(patients[0])
    settled(signer.session)
    first_cycle(tab, qtbot, settled, signer)
    tab.pane.open_signing()
    dialog = tab.pane.dialog
    assert isinstance(dialog, SignDialog)
    for typed in ("", "not the passphrase"):
        dialog.passphrase.setText(typed)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        settled(signer.session)
        assert dialog.form.rows["passphrase"].error is not None
    dialog.passphrase.setText(OWN)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    tab.show_patient(patients[0])
    settled(signer.session)
    assert tab.line is not None and tab.line.standing is Standing.SIGNED


@pytest.mark.parametrize(("kind", "begins"), [("medicines", "medicines-"), ("summary", "course-")])
def test_the_other_documents_of_the_patient_are_saved_from_the_menu(
    tab: ReportsTab, qtbot: QtBot, tmp_path: Path, kind: str, begins: str
) -> None:
    tab.pane.more.entries[kind].trigger()
    dialog = tab.pane.dialog
    assert isinstance(dialog, DossierDialog)
    dialog.folder.set_raw(str(tmp_path))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.written is not None)
    assert dialog.written is not None and dialog.written.name.startswith(begins)
    assert dialog.written.read_bytes().startswith(b"%PDF")
    dialog.reject()
