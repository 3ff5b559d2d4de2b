"""The Marrow & MRD tab and its dialogs, driven by keys against a real small ward."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from PySide6.QtCore import QByteArray, QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from aml_maint.domain.follow_up import DeathCause, DiseaseEvent, EventKind
from aml_maint.domain.marrow import (
    AspirateQuality,
    Assay,
    FlowResult,
    Flt3Result,
    GeneVariant,
    Marrow,
    Morphology,
    NgsResult,
    PcrResult,
    Purpose,
    Specimen,
    Tube,
)
from aml_maint.domain.mrd import MrdClass
from aml_maint.domain.mrd_scene import Shape
from aml_maint.domain.response import Response
from aml_maint.domain.response_review import Decision
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.figure_dialog import FigureDialog
from aml_maint.gui.dialogs.marrow_dialog import MarrowDialog, Sent
from aml_maint.gui.dialogs.specimen_dialog import AddSpecimenDialog, SpecimenDialog
from aml_maint.gui.dialogs.verdict_dialog import OverruleDialog, WithdrawMarrowDialog
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.forms.assay_fields import (
    FlowFields,
    Flt3Fields,
    MorphologyFields,
    NgsFields,
    PcrFields,
)
from aml_maint.gui.pages.marrow_tab import MarrowTab
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.mrd_board import MrdBoard
from aml_maint.services.follow_up import record_disease_event
from aml_maint.services.marrow import record_marrow
from aml_maint.services.workplace import Workplace
from aml_maint.store import marrows, response_reviews
from tests.builders import a_marrow, moment
from tests.gui.ward import NEW, ON_COURSE

Settle = Callable[[Session], None]
T = TypeVar("T")

LATE = "00000000-0000-4000-8000-0000000000aa"


def done(desk: Desk, settled: Settle, work: Callable[[Workplace], T]) -> T:
    """What some work on the worker's own desk answers."""
    found: list[T] = []
    desk.session.read(work, found.append, desk.session)
    settled(desk.session)
    return found[0]


def stored(desk: Desk, settled: Settle, patient: str = ON_COURSE) -> list[Marrow]:
    return done(desk, settled, lambda place: marrows.of_patient(place.store, patient))


def story(place: Workplace) -> None:
    """Negative before maintenance, positive at its start, and one sample of which flow is out."""
    for day, blasts, flow, id in (
        ("2026-01-05", "1.5", "-", str(uuid4())),
        ("2026-02-20", "1.50", "0.02", str(uuid4())),
        ("2026-02-25", "2.0", None, LATE),
    ):
        record_marrow(place, replace(a_marrow(ON_COURSE, f"{day}T09:00", blasts, flow), id=id,
                                     purpose=Purpose.BASELINE if day < "2026-02" else
                                     Purpose.SCHEDULED))  # fmt: skip


@pytest.fixture
def tab(desk: Desk, qtbot: QtBot, settled: Settle) -> Iterator[MarrowTab]:
    """The tab of the patient on course; a molecular relapse waits for its second sample."""
    done(desk, settled, story)
    made = shown(desk, qtbot, settled, ON_COURSE)
    yield made
    if made.dialog is not None:
        made.dialog.reject()
    made.hide()


def opened(tab: MarrowTab, kind: type[T]) -> T:
    """The dialog that a key asked for, once it is on the screen."""
    dialog = tab.dialog
    assert dialog is not None and isinstance(dialog, kind)
    for _ in range(5_000):
        if dialog.isVisible():
            break
        QTest.qWait(1)
    assert dialog.isVisible()
    return dialog


def shown(desk: Desk, qtbot: QtBot, settled: Settle, patient: str) -> MarrowTab:
    page = QWidget()
    made = MarrowTab(desk, DoseLogger(desk, page))
    qtbot.addWidget(page)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.show_patient(patient)
    settled(desk.session)
    return made


def press(widget: MrdBoard, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


def test_the_board_begins_with_the_latest_marrow_and_arrows_go_through_time(
    tab: MarrowTab,
) -> None:
    board = tab.board
    assert board.current == 2
    assert board.accessibleDescription().startswith("25-Feb-2026\u00a009:00 (scheduled check)")
    press(board, Qt.Key.Key_Left)
    assert "flow MRD 0.02\u00a0%" in board.accessibleDescription()
    assert "MRD positive" in board.accessibleDescription()
    press(board, Qt.Key.Key_Home)
    assert board.current == 0
    press(board, Qt.Key.Key_Left)
    assert board.current == 0
    press(board, Qt.Key.Key_End)
    assert board.current == 2


def test_board_list_and_detail_show_the_same_marrow(tab: MarrowTab) -> None:
    assert tab.table.current is tab.current
    press(tab.board, Qt.Key.Key_Home)
    assert tab.table.current is tab.current
    assert tab.detail.row is tab.current
    tab.table.go_to(0)
    assert tab.board.current == 2
    ModelTester(None).check(tab.model)


def test_the_marks_stand_by_value_and_at_the_bottom_without_one(tab: MarrowTab) -> None:
    scene = tab.board.scene
    assert scene is not None
    (panel,) = scene.panels
    marks = panel.series[0].marks
    assert [mark.shape for mark in marks] == [Shape.NOT_DETECTED, Shape.POSITIVE, Shape.PENDING]
    assert [line.value for line in panel.thresholds] == [Decimal("0.01"), Decimal("0.1")]
    heights = [panel.share(mark.value) for mark in marks]
    assert heights[0] == heights[2] == 0 and 0 < heights[1] < 1
    assert panel.share(Decimal("0.01")) < heights[1] < panel.share(Decimal("0.1"))


def test_no_line_runs_through_what_was_not_detected(
    desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    def act(place: Workplace) -> None:
        for day, flow in (("05", "0.02"), ("10", "0.03"), ("15", "-"), ("20", "0.5"),
                          ("25", "0.6")):  # fmt: skip
            record_marrow(place, a_marrow(ON_COURSE, f"2026-01-{day}T09:00", "1", flow))

    done(desk, settled, act)
    tab = shown(desk, qtbot, settled, ON_COURSE)
    scene = tab.board.scene
    assert scene is not None
    runs = scene.panels[0].series[0].runs
    assert [[mark.value for mark in run] for run in runs] == [
        [Decimal("0.02"), Decimal("0.03")], [Decimal("0.5"), Decimal("0.6")],
    ]  # fmt: skip
    tab.hide()


def test_what_was_not_detected_stands_at_its_own_limit_of_detection(
    desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    def act(place: Workplace) -> None:
        flow = FlowResult(None, True, 600_000, 20, Decimal("0.005"))
        poor = FlowResult(None, True, 90_000, 20, Decimal("0.02"))
        for day, found in (("05", flow), ("12", poor)):
            one = Specimen("", Assay.FLOW, Tube.EDTA, result=found)
            at = moment(f"2026-02-{day}T09:00")
            record_marrow(place, Marrow("", ON_COURSE, at, specimens=(one,)))

    done(desk, settled, act)
    tab = shown(desk, qtbot, settled, ON_COURSE)
    scene = tab.board.scene
    assert scene is not None
    marks = scene.panels[0].series[0].marks
    assert [(mark.shape, mark.value, mark.flagged) for mark in marks] == [
        (Shape.NOT_DETECTED, Decimal("0.005"), True),
        (Shape.INDETERMINATE, Decimal("0.02"), True),
    ]
    tab.board.grab()
    tab.hide()


def test_each_pcr_target_has_a_panel_of_its_own_and_events_stand_on_the_calendar(
    desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    def act(place: Workplace) -> None:
        for day, ratio in (("2025-09-01", "90"), ("2026-02-05", "0.05")):
            pcr = PcrResult("RUNX1::RUNX1T1", Decimal(ratio))
            one = Specimen("", Assay.PCR, Tube.EDTA, result=pcr)
            smear = Specimen("", Assay.MORPHOLOGY, result=Morphology(Decimal("5.0")))
            record_marrow(
                place, Marrow("", ON_COURSE, moment(f"{day}T09:00"), specimens=(one, smear))
            )
        for kind, day in (
            (EventKind.MORPHOLOGICAL_RELAPSE, 1), (EventKind.TRANSPLANT, 2), (EventKind.DEATH, 4),
        ):  # fmt: skip
            cause = DeathCause.UNKNOWN if kind is EventKind.DEATH else None
            event = DiseaseEvent("", ON_COURSE, kind, date(2026, 3, day), cause)
            record_disease_event(place, event)

    done(desk, settled, act)
    tab = shown(desk, qtbot, settled, ON_COURSE)
    scene = tab.board.scene
    assert scene is not None
    assert [panel.is_main for panel in scene.panels] == [False]
    assert [sign.kind for sign in scene.signs] == [
        EventKind.MORPHOLOGICAL_RELAPSE, EventKind.TRANSPLANT, EventKind.DEATH,
    ]  # fmt: skip
    assert [mark.response for mark in scene.blasts] == [Response.EXACTLY_FIVE] * 2
    assert [band.number for band in scene.cycles] == [1]
    tab.board.grab()
    tab.hide()


def test_a_tip_and_a_click_reach_the_nearest_marrow(
    tab: MarrowTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    tips: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, text, widget: tips.append(text))
    board = tab.board
    assert board.scene is not None

    layout = board._layout_in(QRectF(board.rect()))
    at = QPoint(round(layout.x(board.scene.days[0])), round(layout.panels[0].center().y()))
    event = QHelpEvent(QEvent.Type.ToolTip, at, board.mapToGlobal(at))
    QApplication.sendEvent(board, event)
    assert "MRD negative" in tips[-1]
    QTest.mouseClick(board, Qt.MouseButton.LeftButton, pos=at)
    assert board.current == 0
    far = QPoint(board.width() - 3, 5)
    QTest.mouseClick(board, Qt.MouseButton.LeftButton, pos=far)
    assert board.current == 0
    QTest.mouseDClick(board, Qt.MouseButton.LeftButton, pos=at)
    assert isinstance(tab.dialog, SpecimenDialog)


def test_a_pending_relapse_is_told_across_the_tab_with_the_day_it_is_due(tab: MarrowTab) -> None:
    assert tab.pending.isVisible()
    assert tab.pending.told.text() == (
        "Molecular relapse pending since 20-Feb-2026: a second sample is due by 20-Mar-2026,"
        " in 15\u00a0days"
    )
    assert "molecular relapse pending" in tab.state.text()


@pytest.mark.parametrize(("now", "told"), [("2026-03-20", "due today"), ("2026-03-22", "2\u00a0")])
def test_a_repeat_that_is_due_or_overdue_says_so(
    tab: MarrowTab, desk: Desk, settled: Settle, ward: object, now: str, told: str
) -> None:
    from datetime import datetime

    from tests.gui.ward import Ward

    assert isinstance(ward, Ward)
    ward.clock.set(datetime.fromisoformat(f"{now}T10:00"))
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert told in tab.pending.told.text()


def test_the_detail_tells_both_verdicts_with_reason_and_source(tab: MarrowTab) -> None:
    press(tab.board, Qt.Key.Key_Left)
    study, eln = tab.detail.cards.values()
    assert study.response.text() == "remission by marrow (CR)"
    assert study.mrd.text() == "MRD positive"
    assert study.mrd_why.text() == "0.02\u00a0% is at or above 0.01\u00a0%"
    assert eln.mrd.text() == "detected below ELN’s threshold"
    assert "Cheng 2025" in study.source.text() and "Heuser 2021" in eln.source.text()
    assert eln.response.text() == "remission, blood counts missing"


def test_a_physician_confirms_with_one_button(
    tab: MarrowTab, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    press(tab.board, Qt.Key.Key_Left)
    assert tab.detail.review.text() == "Not yet reviewed by a physician"
    with qtbot.waitSignal(desk.session.changed):
        tab.detail.buttons["confirm"].click()
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    found = done(desk, settled, lambda p: response_reviews.of_patient(p.store, ON_COURSE))
    assert [review.decision for review in found.values()] == [Decision.CONFIRMED]
    assert tab.detail.review.text().startswith("Confirmed by Li Na")
    assert not tab.detail.buttons["confirm"].isVisible()


def test_an_overruling_needs_its_reason(tab: MarrowTab, desk: Desk, settled: Settle) -> None:
    press(tab.board, Qt.Key.Key_Left)
    tab.detail.buttons["overrule"].click()
    dialog = opened(tab, OverruleDialog)
    dialog.mrd.set_value(MrdClass.NEGATIVE)
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["reason"].note.text() == "A reason is needed"
    dialog.reason.setText("regenerating marrow")
    dialog.save.click()
    settled(desk.session)
    assert tab.dialog is None
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert not tab.pending.isVisible()
    assert "regenerating marrow" in tab.detail.review.text()


def test_enter_pressed_twice_at_once_opens_one_form(tab: MarrowTab) -> None:
    press(tab.board, Qt.Key.Key_Return)
    first = tab.dialog
    press(tab.board, Qt.Key.Key_Return)
    assert opened(tab, SpecimenDialog) is first
    QTest.qWait(20)  # what was made for the second key goes
    assert len(tab.window().findChildren(SpecimenDialog)) == 1


def test_a_result_that_is_out_is_entered_by_keys(
    tab: MarrowTab, desk: Desk, settled: Settle
) -> None:
    press(tab.board, Qt.Key.Key_Return)
    dialog = opened(tab, SpecimenDialog)
    assert isinstance(dialog.fields, FlowFields)
    assert not dialog.form.rows["reason"].isVisible()
    dialog.save.click()
    settled(desk.session)
    assert tab.dialog is dialog, "nothing was entered, so nothing is saved"
    QTest.keyClicks(dialog.fields.events, "612,000")
    dialog.save.click()
    assert dialog.form.rows["flow.percent"].error is not None, "events alone are no answer"
    QTest.keyClicks(dialog.fields.percent, "0.030")
    QTest.keyClick(dialog.fields.events, Qt.Key.Key_Return)
    settled(desk.session)
    found = next(m for m in stored(desk, settled) if m.id == LATE).flow
    assert found is not None
    assert (str(found.percent), found.events) == ("0.030", 612_000)
    assert tab.dialog is None


def test_a_result_that_arrives_late_and_out_of_order_takes_a_confirmed_relapse_back(
    tab: MarrowTab, desk: Desk, settled: Settle
) -> None:
    later = replace(a_marrow(ON_COURSE, "2026-03-03T09:00", "1.5", "0.05"), id=str(uuid4()))
    done(desk, settled, lambda place: record_marrow(place, later))
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert tab.state.text().startswith("molecular relapse by the study’s rule")
    assert not tab.pending.isVisible()
    # The flow of 25 February comes in last: not detected, in a good sample.
    press(tab.board, Qt.Key.Key_End)
    press(tab.board, Qt.Key.Key_Left)
    press(tab.board, Qt.Key.Key_Return)
    dialog = opened(tab, SpecimenDialog)
    assert isinstance(dialog.fields, FlowFields)
    dialog.fields.found.set_value(True)  # not detected
    QTest.keyClicks(dialog.fields.events, "700000")
    QTest.keyClick(dialog.fields.events, Qt.Key.Key_Return)
    settled(desk.session)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert tab.pending.told.text().startswith(
        "Molecular relapse pending since 03-Mar-2026: a second sample is due by 31-Mar-2026"
    )
    assert "molecular relapse pending confirmation" in tab.state.text()
    notes = [label.text() for label in tab.detail.inside.findChildren(Label)]
    assert any("molecular relapse not confirmed" in text for text in notes)
    scene = tab.board.scene
    assert scene is not None
    assert [mark.shape for mark in scene.panels[0].series[0].marks] == [
        Shape.NOT_DETECTED, Shape.POSITIVE, Shape.NOT_DETECTED, Shape.POSITIVE,
    ]  # fmt: skip
    assert scene.panels[0].series[0].runs == ()


def test_correcting_a_result_asks_why_beside_the_input(
    tab: MarrowTab, desk: Desk, settled: Settle
) -> None:
    press(tab.board, Qt.Key.Key_Home)
    smear = next(c for c in tab.detail.specimens if c.tracked.specimen.assay is Assay.MORPHOLOGY)
    smear.button.click()
    dialog = opened(tab, SpecimenDialog)
    assert isinstance(dialog.fields, MorphologyFields)
    assert dialog.fields.blasts.value() == "1.5"
    dialog.fields.blasts.setText("x")
    dialog.save.click()
    assert dialog.form.rows["morphology.blasts"].error is not None
    dialog.fields.blasts.setText("150")
    dialog.save.click()
    assert dialog.form.rows["morphology.blasts"].error is not None
    dialog.fields.blasts.setText("1.9")
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["reason"].error is not None
    dialog.reason.setText("second reader")
    dialog.save.click()
    settled(desk.session)
    assert stored(desk, settled)[0].blasts_percent == Decimal("1.9")


def test_a_marrow_is_recorded_with_what_is_back_and_what_is_out(
    desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    tab = shown(desk, qtbot, settled, NEW)
    assert tab.nothing.isVisible()
    tab.nothing.button.click()
    dialog = opened(tab, MarrowDialog)
    assert dialog.purpose.value() is Purpose.BASELINE
    assert not dialog.form.rows["flow.percent"].isVisible()
    dialog.collected.date.set_raw("2026-03-04")
    dialog.collected.clock.setText("9:30")
    for assay in Assay:
        dialog.sent[assay].set_value(Sent.BACK)
    dialog.sent[Assay.FLOW].set_value(Sent.OUT)
    assert not dialog.form.rows["flow.percent"].isVisible()
    assert dialog.form.rows["flow.tube"].isVisible()
    smear, flow = dialog.assays[Assay.MORPHOLOGY], dialog.assays[Assay.FLOW]
    assert isinstance(smear, MorphologyFields) and isinstance(flow, FlowFields)
    smear.blasts.setText("2.50")
    smear.quality.set_value(AspirateQuality.HAEMODILUTE)
    assert flow.tube is not None
    flow.tube.set_value(Tube.EDTA)
    assert dialog.form.rows["flow.tube"].note.text() == "This assay wants heparin"
    pcr, ngs, flt3 = (dialog.assays[a] for a in (Assay.PCR, Assay.NGS, Assay.FLT3_ITD))
    assert isinstance(pcr, PcrFields) and isinstance(ngs, NgsFields)
    assert isinstance(flt3, Flt3Fields)
    pcr.ratio.setText("0.05")
    dialog.save.click()
    assert dialog.form.rows["pcr.target"].error is not None, "the target is missing"
    pcr.target.setText("RUNX1::RUNX1T1")
    ngs.variants.setText("FLT3 p.D835Y 1.2 %; NPM1 type A 41.0")
    flt3.found.set_value(True)
    dialog.received.date.set_raw("2026-03-04")
    dialog.save.click()
    assert dialog.form.rows["received"].error is not None, "a time of day is missing"
    dialog.received.clock.setText("1400")
    dialog.save.click()
    settled(desk.session)
    (marrow,) = stored(desk, settled, NEW)
    assert marrow.morphology == Morphology(Decimal("2.50"), AspirateQuality.HAEMODILUTE)
    assert [one.assay for one in marrow.pending] == [Assay.FLOW]
    assert marrow.pending[0].in_wrong_tube
    assert marrow.pcrs == (PcrResult("RUNX1::RUNX1T1", Decimal("0.05")),)
    assert marrow.variants == (
        GeneVariant("FLT3", "p.D835Y", Decimal("1.2")), GeneVariant("NPM1", "type A", Decimal(41)),
    )  # fmt: skip
    itd = marrow.specimen(Assay.FLT3_ITD)
    assert itd is not None and itd.result == Flt3Result(None, True)
    tab.hide()


def test_a_marrow_sent_for_nothing_or_back_without_result_is_not_recorded(
    tab: MarrowTab, desk: Desk
) -> None:
    tab.add.click()
    dialog = opened(tab, MarrowDialog)
    assert dialog.purpose.value() is Purpose.REPEAT, "a second sample is awaited"
    dialog.sent[Assay.MORPHOLOGY].set_value(Sent.NO)
    dialog.sent[Assay.FLOW].set_value(Sent.BACK)
    dialog.save.click()
    assert dialog.form.rows["sent.flow"].error is not None
    dialog.sent[Assay.FLOW].set_value(Sent.NO)
    dialog.save.click()
    assert dialog.form.rows["sent.morphology"].error is not None
    ngs = dialog.assays[Assay.NGS]
    assert isinstance(ngs, NgsFields)
    dialog.sent[Assay.NGS].set_value(Sent.BACK)
    ngs.variants.setText("41 %")
    dialog.save.click()
    assert dialog.form.rows["ngs.variants"].error is not None
    ngs.variants.setText("NPM1")
    ngs.found.set_value(True)
    dialog.save.click()
    assert dialog.form.rows["ngs.variants"].error is not None
    dialog.collected.date.set_raw("")
    dialog.save.click()
    assert dialog.form.rows["collected"].error is not None


def test_a_specimen_is_added_and_a_marrow_taken_back(
    tab: MarrowTab, desk: Desk, settled: Settle
) -> None:
    tab.detail.buttons["add"].click()
    adding = tab.dialog
    assert isinstance(adding, AddSpecimenDialog)
    assert [choice for choice, _ in adding.assay._choices] == [
        Assay.PCR, Assay.NGS, Assay.FLT3_ITD,
    ]  # fmt: skip
    adding.save.click()
    settled(desk.session)
    late = next(m for m in stored(desk, settled) if m.id == LATE)
    assert [one.assay for one in late.pending] == [Assay.FLOW, Assay.PCR]
    tab.detail.buttons["withdraw"].click()
    taking = tab.dialog
    assert isinstance(taking, WithdrawMarrowDialog)
    taking.save.click()
    settled(desk.session)
    assert taking.form.rows["reason"].error is not None
    taking.reason.setText("another patient's")
    taking.save.click()
    settled(desk.session)
    assert len(stored(desk, settled)) == 2


def test_every_kind_of_result_is_shown_again_for_correction(desk: Desk, qtbot: QtBot) -> None:
    from aml_maint.gui.forms.assay_fields import FIELDS
    from aml_maint.gui.forms.form import Form

    results = {
        Assay.MORPHOLOGY: Morphology(Decimal("1.50"), AspirateQuality.ADEQUATE, Decimal(40)),
        Assay.FLOW: FlowResult(Decimal("0.010"), False, 612_345, 26, Decimal("0.005"), "10c"),
        Assay.PCR: PcrResult("NPM1", Decimal("0.0560"), False, "ABL1", 32_000),
        Assay.NGS: NgsResult((GeneVariant("FLT3", "p.D835Y", Decimal("1.20")),), "54 genes"),
        Assay.FLT3_ITD: Flt3Result(Decimal("0.35")),
    }
    for assay, result in results.items():
        form = Form(desk, 3)
        qtbot.addWidget(form)
        fields = FIELDS[assay](desk, form)
        assert fields.result() is None and fields.is_empty
        fields.set_result(result)  # type: ignore[arg-type]
        assert fields.result() == result


def test_a_poor_aspirate_is_a_result_without_blasts(desk: Desk, qtbot: QtBot) -> None:
    from aml_maint.gui.forms.form import Form

    form = Form(desk, 3)
    qtbot.addWidget(form)
    fields = MorphologyFields(desk, form)
    fields.quality.set_value(AspirateQuality.DRY_TAP)
    assert fields.result() == Morphology(None, AspirateQuality.DRY_TAP)


def test_the_board_is_saved_as_a_vector_a_picture_and_a_table_and_names_nobody(
    tab: MarrowTab, desk: Desk, tmp_path: Path, settled: Settle
) -> None:
    tab.save.click()
    dialog = opened(tab, FigureDialog)
    dialog.folder.set_raw(str(tmp_path))
    dialog.save.click()
    settled(desk.session)
    svg = tmp_path / "mrd-2026-03-05.svg"
    content = svg.read_bytes()
    assert QSvgRenderer(QByteArray(content)).isValid()
    for secret in (b"CHEN", b"Chen W", b"T-0001", b"1961"):
        assert secret not in content
    dialog.format.set_value("png")
    dialog.save.click()
    settled(desk.session)
    assert (tmp_path / "mrd-2026-03-05.png").read_bytes().startswith(b"\x89PNG")
    dialog.format.set_value("csv")
    dialog.save.click()
    settled(desk.session)
    table = (tmp_path / "mrd-2026-03-05.csv").read_text("utf-8-sig")
    assert "Cheng 2025" in table and "3\N{NO-BREAK SPACE}marrows, as of 05-Mar-2026" in table
    assert "2026-02-20,scheduled check,flow cytometry,,detected,0.02,%" in table
    assert not any(secret.decode() in table for secret in (b"CHEN", b"Chen W", b"T-0001"))
    dialog.copy.click()
    settled(desk.session)
    assert QGuiApplication.clipboard().image().width() > 1000
    QGuiApplication.clipboard().clear()
    dialog.folder.set_raw(str(tmp_path / "nowhere"))
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["folder"].error is not None


def test_of_another_patient_nothing_stays_in_sight(
    tab: MarrowTab, desk: Desk, settled: Settle
) -> None:
    tab.show_patient(NEW)
    assert (tab.current, tab.model.rowCount(), tab.pending.isVisible()) == (None, 0, False)
    assert tab.board.accessibleDescription() == ""
    settled(desk.session)
    assert tab.nothing.isVisible() and not tab.save.isEnabled()


def test_a_marrow_recorded_elsewhere_comes_under_the_cursor(
    tab: MarrowTab, desk: Desk, settled: Settle
) -> None:
    done(
        desk, settled,
        lambda p: record_marrow(p, a_marrow(ON_COURSE, "2026-03-04T09:00", "3", "0.5")),
    )  # fmt: skip
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    assert tab.board.current == 3
    assert "molecular relapse" in tab.state.text()


def test_in_chinese_and_large_text_everything_is_said_again(
    tab: MarrowTab, desk: Desk, qtbot: QtBot
) -> None:
    desk.use_language("zh")
    assert tab.pending.told.text().startswith("自 2026年2月20日 起分子学复发待确认")
    assert tab.board.accessibleName() == "MRD 时间图"
    desk.use_scale(150)
    assert not tab.board.grab().isNull()
    desk.use_scale(100)
    desk.use_language("en")


def test_everything_that_takes_the_keyboard_has_a_name(tab: MarrowTab) -> None:
    for widget in (tab.board, tab.table, tab.add, tab.save, tab.detail.buttons["confirm"]):
        assert widget.accessibleName()
