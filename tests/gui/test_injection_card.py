"""Injections at the patient's page and in the dose's card: sites, reactions, witness."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import Status
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_dialog import DoseDialog
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.dialogs.reaction_dialog import ReactionDialog, ReactionEndsDialog
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.services import injections
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.injections import reactions
from aml_maint.services.observations import record_count
from aml_maint.services.site_settings import change_setting
from aml_maint.services.workplace import Workplace
from tests.gui.ward import COURSE, ON_COURSE, ZONE, Ward

INTERFERON, INTERLEUKIN, TODAY = 2, 3, 4  # rows and the column of the sheet
PHYSICIAN = Actor("Wu Min", Role.PHYSICIAN, "test")
Settle = Callable[[Session], None]


@pytest.fixture
def page(desk: Desk, ward: Ward, qtbot: QtBot, settled: Settle) -> PatientPage:
    """Day 5, 19:05; on day 1 interferon went into the left thigh, 40 minutes after ibuprofen."""
    ward.clock.set(datetime(2026, 3, 5, 19, 5))

    def before(place: Workplace) -> object:
        count = LabValue(Decimal(120), "10*9/L")
        record_count(place, ON_COURSE, "platelets", count, at(1, 6, 0))
        give(place, "ibuprofen", 1, at(1, 18, 20), reason="other")
        return give(place, "interferon", 1, at(1, 19, 0), site="thigh_left", witness="Zhao Yan",
                    reason="other")  # fmt: skip

    desk.session.read(before, lambda _: None, desk.session)
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1360, 760)
    page.show()
    page.show_patient(ON_COURSE)
    settled(desk.session)
    page.show_tab("cycle")
    settled(desk.session)
    return page


def at(day: int, hour: int, minute: int) -> Moment:
    return Moment.at(datetime(2026, 3, day, hour, minute), ZONE)


def give(place: Workplace, component: str, day: int, given: Moment, **more: str) -> object:
    slot = SlotId(COURSE, component, date(2026, 3, day), "evening")
    return log_dose(place, DoseEntry(slot, Status.GIVEN, given, **more))  # type: ignore[arg-type]


def go_to(
    page: PatientPage, row: int, column: int, qtbot: QtBot, *, injection: bool = True
) -> None:
    page.cycle.sheet.move_to(row, column)
    if injection:
        qtbot.waitUntil(lambda: not page.cycle.card.sites.isHidden())


def facts(page: PatientPage, card: int) -> dict[str, str]:
    return dict(page.cycle.card.doses[card].facts.texts)


def test_the_card_of_an_injection_shows_site_witness_and_the_gap_that_was_too_short(
    page: PatientPage, qtbot: QtBot
) -> None:
    go_to(page, INTERFERON, 0, qtbot)
    told = facts(page, 1)
    assert (told["Site"], told["Witness"]) == ("thigh, left", "Zhao Yan")
    gap = page.cycle.card.gap.text().replace("\N{NO-BREAK SPACE}", " ")
    assert gap == "From ibuprofen to interferon alfa-1b: 40 minutes, shorter than 45"


def test_below_an_injection_stand_its_sites_and_below_a_tablet_none(
    page: PatientPage, qtbot: QtBot
) -> None:
    panel = page.cycle.card.sites
    go_to(page, INTERLEUKIN, TODAY, qtbot)
    assert panel.map.picture.map is not None
    uses = panel.map.picture.map.state("thigh_left").uses
    assert [use.component for use in uses] == ["interferon"]
    assert panel.end.isHidden()
    go_to(page, 0, TODAY, qtbot, injection=False)
    assert panel.isHidden()


def dialog_of(page: PatientPage) -> FormDialog:
    found = [d for d in page.window().findChildren(QDialog) if d.isVisible()]
    assert len(found) == 1 and isinstance(found[0], FormDialog)
    return found[0]


def test_a_reaction_is_recorded_at_its_site_and_taken_off_again(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    go_to(page, INTERLEUKIN, TODAY, qtbot)
    panel = page.cycle.card.sites
    panel.record.click()
    settled(desk.session)
    dialog = dialog_of(page)
    assert isinstance(dialog, ReactionDialog)
    dialog.save.click()
    assert dialog.form.rows["site"].error is not None
    qtbot.keyClick(dialog.site.picture, Qt.Key.Key_4)
    assert dialog.site.signs.accessibleName().count("suggested") == 0
    dialog.save.click()
    settled(desk.session)
    qtbot.waitUntil(lambda: not panel.end.isHidden())
    assert panel.map.picture.map is not None
    assert panel.map.picture.map.state("abdomen_left").reactions
    panel.end.click()
    settled(desk.session)
    ending = dialog_of(page)
    assert isinstance(ending, ReactionEndsDialog)
    assert ending.reaction.currentText() == "redness, abdomen, left, since 05-Mar-2026"
    assert ending.form.rows["reason"].isHidden()
    ending.what.set_value(True)
    ending.save.click()
    settled(desk.session)
    assert ending.form.rows["reason"].error is not None
    ending.reason.setText("the other patient")
    ending.save.click()
    settled(desk.session)
    found: list[object] = []
    desk.session.read(lambda place: reactions(place, ON_COURSE), found.extend, desk.session)
    settled(desk.session)
    assert found == []


def test_a_reaction_gets_its_last_day(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    go_to(page, INTERLEUKIN, TODAY, qtbot)
    page.cycle.card.sites.record.click()
    settled(desk.session)
    dialog = dialog_of(page)
    assert isinstance(dialog, ReactionDialog)
    dialog.site.set_value("arm_left")
    dialog.first_day.set_day(date(2026, 3, 2))
    dialog.save.click()
    settled(desk.session)
    qtbot.waitUntil(lambda: not page.cycle.card.sites.end.isHidden())
    page.cycle.card.sites.end.click()
    settled(desk.session)
    ending = dialog_of(page)
    assert isinstance(ending, ReactionEndsDialog)
    ending.last_day.set_day(date(2026, 3, 1))
    ending.save.click()
    settled(desk.session)
    assert ending.form.rows["last_day"].error is not None
    ending.last_day.set_day(date(2026, 3, 4))
    ending.save.click()
    settled(desk.session)
    found = []
    desk.session.read(lambda place: reactions(place, ON_COURSE), found.extend, desk.session)
    settled(desk.session)
    assert [one.last_day for one in found] == [date(2026, 3, 4)]
    qtbot.waitUntil(page.cycle.card.sites.end.isHidden)


def test_on_a_ward_with_witnesses_the_card_asks_for_one_and_refuses_oneself(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    desk.session.read(
        lambda place: change_setting(
            place.acting_as(PHYSICIAN), "witness.interleukin2", True, "ward rule"
        ),
        lambda _: None,
        desk.session,
    )
    go_to(page, INTERLEUKIN, TODAY, qtbot)
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_G)
    settled(desk.session)
    card = dialog_of(page)
    assert isinstance(card, DoseDialog)
    card.temperature.setText("36.6")
    for name, wrong in (("", True), ("li na", True), ("Zhao Yan", False)):
        card.witness.setText(name)
        card.save.click()
        settled(desk.session)
        if wrong:
            assert card.form.rows["witness"].error is not None
    assert page.cycle.sheet.pair is not None
    record = page.cycle.sheet.pair.main.record
    assert record is not None and record.witness == "Zhao Yan"


def test_where_people_have_accounts_the_witness_types_a_passphrase_that_no_draft_keeps(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(injections, "asks_passphrases", lambda _: True)
    desk.session.read(
        lambda place: change_setting(
            place.acting_as(PHYSICIAN), "witness.interleukin2", True, "ward rule"
        ),
        lambda _: None,
        desk.session,
    )
    go_to(page, INTERLEUKIN, TODAY, qtbot)
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_G)
    settled(desk.session)
    card = dialog_of(page)
    assert isinstance(card, DoseDialog)
    assert not card.form.rows["witness_passphrase"].isHidden()
    card.witness_passphrase.setText("nine quiet harbours")
    assert "nine quiet harbours" not in str(card.draft())
    card.fail(BadInput(say("injection.error.witness_passphrase", name="Zhao Yan"),
                       field="witness_passphrase"))  # fmt: skip
    assert card.form.rows["witness_passphrase"].error is not None
    card.reject()


def test_a_tablet_that_needs_a_witness_gets_its_card_instead_of_a_refusal(
    page: PatientPage, desk: Desk, ward: Ward, qtbot: QtBot, settled: Settle
) -> None:
    desk.session.read(
        lambda place: change_setting(
            place.acting_as(PHYSICIAN), "witness.thalidomide", True, "ward rule"
        ),
        lambda _: None,
        desk.session,
    )
    ward.clock.set(datetime(2026, 3, 5, 22, 0))
    page.reload()
    settled(desk.session)
    go_to(page, 4, TODAY, qtbot, injection=False)
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_G)
    settled(desk.session)
    card = dialog_of(page)
    assert isinstance(card, DoseDialog)
    assert card.witness.isVisible() and card.witness.hasFocus()
    card.reject()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_an_earlier_lot_is_offered_but_never_filled_in(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    desk.session.read(
        lambda place: give(place, "interleukin2", 3, at(3, 19, 0), site="arm_left", lot="IL-77"),
        lambda _: None,
        desk.session,
    )
    go_to(page, INTERLEUKIN, TODAY, qtbot)
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_G)
    settled(desk.session)
    card = dialog_of(page)
    assert isinstance(card, DoseDialog)
    assert card.lot.text() == ""
    assert "IL-77" in card.form.rows["lot"].note.text()
    card.lot.setFocus()
    qtbot.keyClick(card.lot, Qt.Key.Key_Down)
    offered = card.lot.completer().popup()
    assert offered is not None and offered.isVisible()
    assert offered.model().index(0, 0).data() == "IL-77"
    offered.hide()
    card.reject()


def test_a_temperature_tells_its_who_grade_while_it_is_typed(
    page: PatientPage, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    go_to(page, INTERLEUKIN, TODAY, qtbot)
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_G)
    settled(desk.session)
    card = dialog_of(page)
    assert isinstance(card, DoseDialog)
    note: QLabel = card.form.rows["temperature"].note
    qtbot.keyClicks(card.temperature, "38.4")
    assert "grade 2" in note.text()
    card.temperature.setText("abc")
    assert note.text() == ""
    card.save.click()
    assert card.form.rows["temperature"].error is not None
    card.reject()
