"""What was checked, shown; the whole record verified beside the window; the trail on paper."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from aml_maint.gui.backups import Backups
from aml_maint.gui.concerns import Concerns
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.proof_dialog import ProofDialog
from aml_maint.gui.pages.history_tab import HistoryTab
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.notice_bar import NoticeBar
from aml_maint.gui.widgets.trust_panel import TrustPanel
from aml_maint.services.opening_checks import CheckName
from aml_maint.services.proof import Proof
from tests.gui.ward import ON_COURSE, Ward

Settle = Callable[[Session], None]
pypdf = pytest.importorskip("pypdf")


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot, settled: Settle) -> TrustPanel:
    panel = TrustPanel(desk, Backups(desk.session, desk.settings))
    qtbot.addWidget(panel)
    settled(desk.session)
    return panel


def test_each_check_has_its_sentence_and_a_sign_with_a_name(panel: TrustPanel, desk: Desk) -> None:
    assert all(panel.texts[name].text() for name in CheckName)
    assert {panel.signs[name].accessibleName() for name in CheckName} == {"in order"}
    desk.words.use("zh")
    assert panel.signs[CheckName.CLOCK].accessibleName() == "正常"


def test_a_clock_set_back_is_told_by_a_bar_until_it_is_right_again(
    panel: TrustPanel, desk: Desk, ward: Ward, qtbot: QtBot, settled: Settle
) -> None:
    bar = NoticeBar(desk)
    qtbot.addWidget(bar)
    concerns = Concerns(desk.session, bar)
    settled(desk.session)
    assert bar.isHidden()
    ward.clock.set(datetime(2026, 3, 5, 7, 0))
    concerns.look()
    panel.look()
    settled(desk.session)
    assert not bar.isHidden() and "1 hours" in bar.message.text().replace("\u00a0", " ")
    assert panel.signs[CheckName.CLOCK].accessibleName() == "needs attention"
    bar.dismiss.click()
    concerns.look()
    settled(desk.session)
    assert bar.isHidden(), "what a person closed stays closed"
    ward.clock.set(datetime(2026, 3, 5, 9, 30))
    concerns.look()
    settled(desk.session)
    ward.clock.set(datetime(2026, 3, 5, 7, 0))
    concerns.look()
    settled(desk.session)
    assert not bar.isHidden(), "it is told again when it comes again"


@pytest.fixture
def dialog(panel: TrustPanel) -> ProofDialog:
    opened = panel.open_proof()
    assert isinstance(opened, ProofDialog)
    return opened


def test_the_whole_record_is_verified_and_what_can_not_be_found_is_said(
    dialog: ProofDialog, desk: Desk, settled: Settle
) -> None:
    dialog.save.click()
    settled(desk.session)
    assert isinstance(dialog.proof, Proof)
    assert dialog.state.text().startswith("The record is whole")
    assert dialog.bar.isHidden() and dialog.stop.isHidden()
    assert "can’t be found without" in dialog.heads.text()
    dialog.reject()


def test_a_head_from_paper_that_does_not_fit_is_told_and_one_half_typed_is_asked_for(
    dialog: ProofDialog, desk: Desk, settled: Settle
) -> None:
    dialog.sequence.setText("2")
    dialog.save.click()
    assert dialog.form.rows["digits"].error is not None
    dialog.digits.setText("0123 4567 89ab cdef")
    dialog.save.click()
    settled(desk.session)
    assert dialog.proof is None
    assert "2" in dialog.state.text() and not dialog.state.isHidden()
    assert dialog.save.isEnabled()
    dialog.reject()


def test_a_check_can_be_stopped(dialog: ProofDialog, desk: Desk, settled: Settle) -> None:
    gate = Event()
    desk.session.read(lambda _: gate.wait(), lambda _: None, dialog)
    dialog.save.click()
    dialog.stop.click()
    gate.set()
    settled(desk.session)
    assert dialog.state.text().startswith("The check was stopped")
    assert dialog.proof is None and dialog.save.isEnabled()
    dialog.reject()


def test_the_trail_is_printed_as_it_is_filtered(
    desk: Desk, qtbot: QtBot, settled: Settle, tmp_path: Path
) -> None:
    tab = HistoryTab(desk)
    qtbot.addWidget(tab)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    dialog = tab.open_print()
    dialog.folder.set_raw(str(tmp_path))
    dialog.save.click()
    settled(desk.session)
    assert dialog.written is not None and "audit-trail-" in dialog.written.name
    pages = pypdf.PdfReader(io.BytesIO(dialog.written.read_bytes())).pages
    text = "".join(page.extract_text() for page in pages)
    assert "Audit trail" in text and "End of the trail" in text
    assert "MRN" in text and "Head of the trail" in text.replace("\n", " ")
    dialog.reject()
