"""The verbs on doses, for any page: one write per course, undo, refusals, ranges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.course import HoldReason
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_dialog import DoseDialog
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.dialogs.override_dialog import OverrideDialog
from aml_maint.gui.dialogs.reason_dialog import ReasonDialog
from aml_maint.gui.dose_logging import UNDO_SECONDS, DoseLogger
from aml_maint.gui.dose_refusal import Refusal
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.gui.session import Session
from aml_maint.services.changes import Changes
from aml_maint.services.dose_reading import pairs_of
from aml_maint.services.dose_view import DoseView
from aml_maint.services.dosing import DoseEntry, RangeConfirmation, log_dose
from aml_maint.services.treatment import hold_component, start_course
from tests.gui.ward import COURSE, FIRST_DAY, NEW, PATIENTS, Ward

OTHER_COURSE = "00000000-0000-4000-8000-000000000007"
MARCH_2 = date(2026, 3, 2)

Settle = Callable[[Session], None]


def slot(component: str, name: str, day: date, course: str = COURSE) -> SlotId:
    return SlotId(course, component, day, name)


MORNING = slot("sorafenib", "morning", MARCH_2)
EVENING = slot("sorafenib", "evening", MARCH_2)
DANSHEN = slot("danshen", "morning", date(2026, 3, 5))


class Heard:
    """What a logger said."""

    def __init__(self, logger: DoseLogger) -> None:
        self.refusals: list[Refusal] = []
        self.told: list[str] = []
        self.undo: list[tuple[Changes, int]] = []
        self.gone = 0
        logger.refused.connect(self.refusals.append)
        logger.told.connect(lambda message: self.told.append(message.key))
        logger.undo_available.connect(lambda changes, s: self.undo.append((changes, s)))
        logger.undo_gone.connect(self._count)

    def _count(self) -> None:
        self.gone += 1


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.fixture
def logger(desk: Desk, page: QWidget) -> DoseLogger:
    return DoseLogger(desk, page)


@pytest.fixture
def heard(logger: DoseLogger) -> Heard:
    return Heard(logger)


@pytest.fixture
def look(desk: Desk, settled: Settle) -> Callable[..., DoseTarget]:
    """Reads a dose as it stands now."""

    def target(wanted: SlotId, patient: Patient = PATIENTS[0]) -> DoseTarget:
        found: list[dict[SlotId, object]] = []
        desk.session.read(lambda place: pairs_of(place, [wanted]), found.append, desk.session)
        settled(desk.session)
        return DoseTarget(patient, found[0][wanted])  # type: ignore[arg-type]

    return target


def dialog_of(page: QWidget) -> FormDialog:
    open_ones = [d for d in page.findChildren(FormDialog) if d.isVisible()]
    assert len(open_ones) == 1
    return open_ones[0]


def test_an_entry_can_be_taken_back_for_ten_seconds(
    logger: DoseLogger, heard: Heard, look: Callable[..., DoseTarget], desk: Desk, settled: Settle
) -> None:
    logger.give_now([look(DANSHEN)])
    settled(desk.session)
    assert [seconds for _, seconds in heard.undo] == [UNDO_SECONDS] == [10]
    assert logger.is_own(heard.undo[0][0])
    logger.undo()
    settled(desk.session)
    assert look(DANSHEN).pair.main.record is None
    assert heard.gone == 1


def test_when_the_seconds_are_over_the_offer_is_withdrawn_once(
    logger: DoseLogger, heard: Heard, look: Callable[..., DoseTarget], desk: Desk, settled: Settle
) -> None:
    logger.give_now([look(DANSHEN)])
    settled(desk.session)
    logger.forget()
    logger.forget()
    assert heard.gone == 1
    assert not logger.can_undo


def test_a_write_of_another_screen_is_not_its_own(
    logger: DoseLogger, desk: Desk, settled: Settle, page: QWidget
) -> None:
    written: list[Changes] = []
    desk.session.write(
        lambda place: log_dose(place, DoseEntry(DANSHEN, Status.GIVEN)), written.append, None, page
    )
    settled(desk.session)
    assert not logger.is_own(written[0])


def test_a_stretch_is_confirmed_as_taken_and_taken_back_as_one(
    logger: DoseLogger, heard: Heard, look: Callable[..., DoseTarget], desk: Desk, settled: Settle
) -> None:
    logger.give_now([look(MORNING)])
    settled(desk.session)
    logger.confirm_range(RangeConfirmation(COURSE, MARCH_2, date(2026, 3, 3), ("sorafenib",)))
    settled(desk.session)
    evening = look(EVENING).pair.main
    assert evening.state is CellState.GIVEN
    assert evening.record is not None and evening.record.given is not None
    assert evening.record.given.local.strftime("%d %H:%M") == "02 19:30"
    logger.undo()
    settled(desk.session)
    assert look(EVENING).pair.main.record is None
    # What was recorded before the stretch was confirmed stands.
    assert look(MORNING).pair.main.record is not None


def test_a_stretch_without_open_doses_is_refused_without_an_override(
    logger: DoseLogger, heard: Heard, desk: Desk, settled: Settle
) -> None:
    logger.confirm_range(RangeConfirmation(COURSE, MARCH_2, MARCH_2, ("danshen",)))
    settled(desk.session)
    assert [r.error.message.key for r in heard.refusals] == ["error.nothing_to_confirm"]
    assert not heard.refusals[0].can_override
    assert heard.undo == []


def test_a_dose_of_a_day_to_come_is_refused_before_any_reason_is_asked(
    logger: DoseLogger, heard: Heard, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget,
) -> None:  # fmt: skip
    logger.give_now([look(slot("sorafenib", "morning", date(2026, 3, 6)))])
    settled(desk.session)
    assert [r.error.message.key for r in heard.refusals] == ["error.not_yet_due"]
    assert not heard.refusals[0].can_override
    assert page.findChildren(FormDialog) == []


def test_among_several_doses_those_held_back_are_left_out_and_told_of(
    logger: DoseLogger, heard: Heard, look: Callable[..., DoseTarget], desk: Desk, settled: Settle
) -> None:
    # No count was known on 02-Mar, so the gate of Danshen was closed.
    closed = slot("danshen", "morning", MARCH_2)
    logger.give_now([look(MORNING), look(closed), look(EVENING)])
    settled(desk.session)
    assert heard.told == ["today.told.left_out"]
    assert look(MORNING).pair.main.state is CellState.GIVEN
    assert look(closed).pair.main.record is None
    logger.undo()
    settled(desk.session)
    assert look(MORNING).pair.main.record is None
    assert look(EVENING).pair.main.record is None


def test_nothing_is_written_when_all_doses_are_recorded_already(
    logger: DoseLogger, heard: Heard, look: Callable[..., DoseTarget], desk: Desk, settled: Settle
) -> None:
    logger.give_now([look(MORNING)])
    settled(desk.session)
    logger.give_now([look(MORNING)])
    logger.not_given([look(MORNING)], Status.MISSED)
    settled(desk.session)
    assert heard.told == ["today.told.recorded", "today.told.recorded"]
    assert len(heard.undo) == 1


@pytest.fixture
def other_course(ward: Ward) -> None:
    """The second patient runs a course of the same days."""
    place = ward.open()
    start_course(place, NEW, "sorafenib_iti", FIRST_DAY, course_id=OTHER_COURSE)
    place.store.close()


@pytest.mark.usefixtures("other_course")
def test_one_course_that_is_refused_keeps_no_other_from_being_recorded(
    logger: DoseLogger, heard: Heard, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget,
) -> None:  # fmt: skip
    theirs = slot("sorafenib", "morning", MARCH_2, OTHER_COURSE)
    targets = [look(MORNING), look(theirs, PATIENTS[1])]
    desk.session.write(
        lambda place: log_dose(place, DoseEntry(theirs, Status.MISSED, reason="asleep")),
        None, None, page,
    )  # fmt: skip
    settled(desk.session)
    logger.give_now(targets)
    settled(desk.session)
    assert [r.error.message.key for r in heard.refusals] == ["error.already_recorded"]
    assert [v.slot for _, v in heard.refusals[0].doses] == [theirs]
    assert look(MORNING).pair.main.state is CellState.GIVEN
    assert len(heard.undo) == 1


@pytest.mark.usefixtures("other_course")
def test_the_reason_asked_once_serves_every_dose_outside_its_window(
    logger: DoseLogger, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget, qtbot: QtBot,
) -> None:  # fmt: skip
    today = date(2026, 3, 5)
    mine = slot("sorafenib", "morning", today)
    theirs = slot("sorafenib", "morning", today, OTHER_COURSE)
    logger.give_now([look(mine), look(theirs, PATIENTS[1]), look(DANSHEN)])
    dialog = dialog_of(page)
    assert isinstance(dialog, ReasonDialog)
    assert dialog.head.who.text() == "2 doses of 2 patients selected"
    assert dialog.head.facts.text() == "CHEN, Wei; CHEN, Wen"
    assert dialog.body.indexOf(dialog.head) < dialog.body.indexOf(dialog.form)
    qtbot.keyClick(dialog, Qt.Key.Key_3)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settled(desk.session)
    reasons = [
        record.reason if (record := look(s).pair.main.record) else "not recorded"
        for s in (mine, theirs, DANSHEN)
    ]
    assert reasons == ["procedure", "procedure", None]


def test_a_reason_refused_by_the_service_stays_in_the_dialog_with_the_note(
    logger: DoseLogger, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget, qtbot: QtBot,
) -> None:  # fmt: skip
    logger.not_given([look(DANSHEN)], Status.MISSED)
    dialog = dialog_of(page)
    assert isinstance(dialog, ReasonDialog)
    desk.session.write(
        lambda place: log_dose(place, DoseEntry(DANSHEN, Status.GIVEN)), None, None, page
    )
    qtbot.keyClick(dialog, Qt.Key.Key_1)
    dialog.note_input.setText("found on the floor")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settled(desk.session)
    assert dialog.isVisible()
    assert "already recorded" in dialog.form.general.text()
    assert dialog.note_input.text() == "found on the floor"
    dialog.reject()


def test_a_dose_partly_given_is_asked_for_amount_and_reason(
    logger: DoseLogger, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget, qtbot: QtBot,
) -> None:  # fmt: skip
    logger.edit(look(DANSHEN), Status.PARTLY_GIVEN)
    settled(desk.session)
    dialog = dialog_of(page)
    assert isinstance(dialog, DoseDialog)
    dialog.dose.setText("2")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.form.rows["reason"].error is not None
    dialog.reason.set_value("vomited")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settled(desk.session)
    record = look(DANSHEN).pair.main.record
    assert record is not None and record.dose is not None
    assert (record.status, record.dose.value) == (Status.PARTLY_GIVEN, Decimal(2))


def test_a_status_not_taken_hides_time_amount_and_site(
    logger: DoseLogger, look: Callable[..., DoseTarget], desk: Desk, settled: Settle, page: QWidget
) -> None:
    logger.edit(look(slot("interleukin2", "evening", date(2026, 3, 3))), Status.HELD)
    settled(desk.session)
    dialog = dialog_of(page)
    assert isinstance(dialog, DoseDialog)
    shown = {name for name, row in dialog.form.rows.items() if row.isVisible()}
    assert shown == {"status", "reason", "note"}
    dialog.status.set_value(Status.GIVEN)
    shown = {name for name, row in dialog.form.rows.items() if row.isVisible()}
    assert shown == {"status", "reason", "given_on", "given", "dose", "temperature", "site",
                     "lot", "note"}  # fmt: skip
    dialog.reject()


def test_one_dose_of_a_pair_can_be_opened_by_its_identity(
    logger: DoseLogger, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget,
) -> None:  # fmt: skip
    pair = look(slot("interferon", "evening", date(2026, 3, 5)))
    parts: tuple[DoseView, ...] = pair.parts
    assert [part.slot.component for part in parts] == ["ibuprofen", "interferon"]
    logger.edit(pair, part=parts[1].slot)
    settled(desk.session)
    dialog = dialog_of(page)
    assert isinstance(dialog, DoseDialog)
    assert "interferon alfa-1b" in dialog.head.doses[0].text()
    dialog.reject()


def test_the_card_shows_when_each_site_was_used_last(
    logger: DoseLogger, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget,
) -> None:  # fmt: skip
    first = slot("interleukin2", "evening", FIRST_DAY)
    given = look(first).pair.main.planned
    entry = DoseEntry(first, Status.GIVEN, Moment.at(given.due, given.zone), site="abdomen_left")
    desk.session.write(lambda place: log_dose(place, entry), None, None, page)
    settled(desk.session)
    logger.edit(look(slot("interleukin2", "evening", date(2026, 3, 3))))
    settled(desk.session)
    dialog = dialog_of(page)
    assert isinstance(dialog, DoseDialog)
    assert dialog.site.told.text().startswith("Suggested: abdomen, right, not used in 28")
    dialog.site.set_value("abdomen_left")
    assert "01-Mar-2026" in dialog.site.told.text()
    assert "interleukin-2 on 01-Mar-2026" in dialog.site.picture.accessibleDescription()
    dialog.reject()


def test_a_gate_refused_in_the_card_is_overridden_from_the_card(
    logger: DoseLogger, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget, qtbot: QtBot,
) -> None:  # fmt: skip
    closed = slot("danshen", "morning", MARCH_2)
    logger.edit(look(closed))
    settled(desk.session)
    dialog = dialog_of(page)
    assert isinstance(dialog, DoseDialog)
    dialog.note.setText("brought from home")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settled(desk.session)
    assert dialog.override.isVisible()
    dialog.override.click()
    asking = next(d for d in page.findChildren(FormDialog) if d is not dialog)
    asking.by.setText("Dr Wu")  # type: ignore[attr-defined]
    asking.reason.setText("count by telephone")  # type: ignore[attr-defined]
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    settled(desk.session)
    record = look(closed).pair.main.record
    assert record is not None and record.note == "brought from home"
    assert record.gate is not None and "Dr Wu" in record.gate


def test_an_override_of_a_late_dose_asks_for_its_coded_reason_too(
    logger: DoseLogger, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget, qtbot: QtBot, heard: Heard,
) -> None:  # fmt: skip
    hold = HoldReason.TOXICITY
    desk.session.write(
        lambda place: hold_component(
            place, COURSE, "sorafenib", date(2026, 3, 5), hold, decided_by="Wu Min"
        ), None, None, page,
    )  # fmt: skip
    settled(desk.session)
    held = slot("sorafenib", "morning", date(2026, 3, 5))
    logger.give_now([look(held)])  # 09:04: two hours and four minutes after 07:00
    settled(desk.session)
    (refusal,) = heard.refusals
    logger.override(refusal)
    asking = dialog_of(page)
    assert isinstance(asking, OverrideDialog)
    asking.by.setText("Dr Wu")
    asking.reason.setText("hold ends today")
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    assert asking.form.rows["late"].error is not None
    asking.late.set_value("procedure")
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    settled(desk.session)
    record = look(held).pair.main.record
    assert record is not None and record.reason == "procedure"
    assert record.gate is not None and "hold ends today" in record.gate


def test_a_temperature_that_cannot_be_one_is_refused_beside_it(
    logger: DoseLogger, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget, qtbot: QtBot,
) -> None:  # fmt: skip
    logger.edit(look(slot("interleukin2", "evening", date(2026, 3, 3))))
    settled(desk.session)
    dialog = dialog_of(page)
    assert isinstance(dialog, DoseDialog)
    for typed in ("385", "29.9", "45.1"):
        dialog.temperature.setText(typed)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert dialog.form.rows["temperature"].error is not None
    dialog.temperature.setText("30")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settled(desk.session)
    assert look(slot("interleukin2", "evening", date(2026, 3, 3))).pair.main.record is not None


def test_the_dialogs_speak_chinese(
    logger: DoseLogger, look: Callable[..., DoseTarget], desk: Desk, settled: Settle,
    page: QWidget,
) -> None:  # fmt: skip
    desk.use_language("zh")
    logger.not_given([look(DANSHEN)], Status.HELD)
    dialog = dialog_of(page)
    assert isinstance(dialog, ReasonDialog)
    assert dialog.windowTitle() == "暂停给药"
    assert dialog.reasons.choices[0].text() == "不良反应"
    dialog.reject()
