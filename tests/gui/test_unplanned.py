"""Unplanned doses on the cycle's sheet: added by one key, overridden, corrected, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.quantities import Dose
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.override_dialog import OverrideDialog
from aml_maint.gui.dialogs.unplanned_dialog import UnplannedDialog
from aml_maint.gui.models.worklist_texts import row_texts
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.services.as_needed import order_as_needed
from aml_maint.services.sheet_lines import UnplannedLine
from aml_maint.services.unplanned import UnplannedEntry, log_unplanned
from aml_maint.services.worklist import Worklist, worklist
from tests.gui.ward import COURSE, FIRST_DAY, ON_COURSE, Ward

Settle = Callable[[Session], None]

TODAY = 4  # the column of day 5
ORDER = AsNeededOrder(
    "", "paracetamol", Dose(Decimal(500), "mg"), "oral", "fever", "Wu Min", FIRST_DAY, None, 3
)


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    """The patient on day 5 of cycle 1 at 09:04, with paracetamol ordered for fever."""
    desk.session.write(
        lambda place: order_as_needed(place, COURSE, ORDER), None, None, desk.session
    )
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1500, 860)
    page.show()
    page.show_patient(ON_COURSE)
    settled(desk.session)
    page.show_tab("cycle")
    settled(desk.session)
    page.cycle.sheet.setFocus()
    return page


def asked(page: PatientPage, kind: type[QDialog] = UnplannedDialog) -> QDialog:
    (found,) = [d for d in page.window().findChildren(kind) if d.isVisible()]
    return found


def add(page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot) -> UnplannedDialog:
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_A)
    settled(desk.session)
    dialog = asked(page)
    assert isinstance(dialog, UnplannedDialog)
    return dialog


def unplanned(page: PatientPage) -> list[tuple[str, int, str]]:
    """Each unplanned dose on the sheet: drug, column, time."""
    return [
        (line.row.component.id, column, f"{pair.main.planned.at:%H:%M}")
        for line in page.cycle.sheet.lines
        if isinstance(line, UnplannedLine)
        for column, pair in enumerate(line.row.cells)
        if pair is not None
    ]


def choose(dialog: UnplannedDialog, drug: str, *, ordered: bool = False) -> None:
    for index in range(dialog.what.count()):
        dialog.what.setCurrentIndex(index)
        what = dialog.what.value()
        if what is None or ordered != (what.order is not None):
            continue
        if what.now.medicine.drug.id == drug:
            return
    raise AssertionError(f"{drug} is not offered")


def test_one_key_adds_a_dose_against_its_order_and_another_takes_it_back(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    dialog = add(page, desk, settled, qtbot)
    assert (
        dialog.what.itemText(1)
        == "paracetamol — 500\N{NO-BREAK SPACE}mg — fever (ordered by Wu Min)"
    )
    choose(dialog, "paracetamol", ordered=True)
    told = dialog.form.rows["drug"].note.text().replace("\N{NO-BREAK SPACE}", " ")
    assert (
        told == "none given in the last week, at most 4 g in 24 hours, at most 3 doses in 24 hours"
    )
    assert (dialog.dose.text(), dialog.ordered_by.text()) == ("500", "Wu Min")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settled(desk.session)
    assert unplanned(page) == [("paracetamol", TODAY, "09:04")]
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_U)
    settled(desk.session)
    assert unplanned(page) == []


def test_the_button_and_the_day_under_the_cursor_begin_the_entry(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    page.cycle.sheet.move_to(0, 1)
    page.cycle.bar.acts["unplanned"].click()
    settled(desk.session)
    dialog = asked(page)
    assert isinstance(dialog, UnplannedDialog)
    assert (dialog.given_on.day(), dialog.given.text()) == (date(2026, 3, 2), "")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.form.rows["drug"].error is not None
    choose(dialog, "loperamide")
    dialog.dose.setText("4")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.form.rows["given"].error is not None
    dialog.given.setText("10:00")
    dialog.indication.set_value("diarrhoea")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settled(desk.session)
    assert dialog.form.rows["ordered_by"].error is not None
    dialog.ordered_by.setText("Wu Min")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settled(desk.session)
    assert unplanned(page) == [("loperamide", 1, "10:00")]
    # A day to come has no dose yet: the entry begins with today.
    page.cycle.sheet.move_to(0, 20)
    assert add(page, desk, settled, qtbot).given_on.day() == date(2026, 3, 5)
    asked(page).reject()


def test_an_extra_injection_asks_for_reason_lot_and_site_and_a_tablet_does_not(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    dialog = add(page, desk, settled, qtbot)
    rows = dialog.form.rows
    choose(dialog, "interferon_alfa_1b")
    shown = {name for name in ("reason", "indication", "site", "lot") if rows[name].isVisible()}
    assert shown == {"reason", "site", "lot"}
    assert rows["dose"].label.text() == "Dose in micrograms"
    assert dialog.ordered_by.text() == ""  # passed over an order on the way
    dialog.dose.setText("60")
    choose(dialog, "sorafenib")
    assert dialog.dose.text() == ""  # 60 micrograms are not 60 milligrams of another drug
    shown = {name for name in ("reason", "indication", "site", "lot") if rows[name].isVisible()}
    assert shown == {"reason"}
    dialog.reject()


def test_a_limit_is_told_with_its_source_and_set_aside_by_name_and_reason(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    for _ in range(2):
        dialog = add(page, desk, settled, qtbot)
        choose(dialog, "paracetamol")
        dialog.dose.setText("500")
        dialog.indication.set_value("pain")
        dialog.ordered_by.setText("Wu Min")
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        settled(desk.session)
    told = dialog.form.general.text()
    assert "less than 4\N{NO-BREAK SPACE}h between doses" in told or "less than 4 h" in told
    assert "UK summary of product characteristics" in told
    dialog.override.click()
    deciding = asked(page, OverrideDialog)
    assert isinstance(deciding, OverrideDialog)
    deciding.by.setText("Dr Wu")
    deciding.reason.setText("pain not controlled")
    qtbot.keyClick(deciding, Qt.Key.Key_Return)
    settled(desk.session)
    assert unplanned(page) == [("paracetamol", TODAY, "09:04")] * 2
    facts = [text for _, text in _card_of_the_last(page).facts.texts]
    assert "Set aside: gap to another dose" in facts


def _card_of_the_last(page: PatientPage):  # type: ignore[no-untyped-def]
    rows = [n for n, line in enumerate(page.cycle.sheet.lines) if isinstance(line, UnplannedLine)]
    page.cycle.sheet.move_to(rows[-1], TODAY)
    return page.cycle.card.doses[0]


def given_at_eight(desk: Desk, ward: Ward, settled: Settle) -> None:
    entry = UnplannedEntry(
        COURSE, "metoclopramide", Dose(Decimal(10), "mg"), None, "intravenous", "nausea",
        ordered_by="Wu Min",
    )  # fmt: skip
    desk.session.write(lambda place: log_unplanned(place, entry), None, None, desk.session)
    settled(desk.session)


def test_enter_on_an_unplanned_dose_corrects_it_or_takes_it_back_with_a_reason(
    page: PatientPage, desk: Desk, ward: Ward, settled: Settle, qtbot: QtBot
) -> None:
    given_at_eight(desk, ward, settled)
    card = _card_of_the_last(page)
    assert card.drug.text().replace("\N{NO-BREAK SPACE}", " ") == "metoclopramide — 10 mg"
    assert dict(card.facts.texts)["Route"] == "into the vein"
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_Return)
    settled(desk.session)
    dialog = asked(page)
    assert isinstance(dialog, UnplannedDialog)
    assert (dialog.what.isEnabled(), dialog.dose.text()) == (False, "10")
    assert (dialog.route.value(), dialog.indication.value()) == ("intravenous", "nausea")
    dialog.given.setText("08:30")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.form.rows["correction"].error is not None
    dialog.correction.setText("read from the chart")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settled(desk.session)
    assert unplanned(page) == [("metoclopramide", TODAY, "08:30")]
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_Return)
    settled(desk.session)
    dialog = asked(page)
    assert isinstance(dialog, UnplannedDialog)
    dialog.take_back.click()
    assert dialog.form.rows["correction"].error is not None
    dialog.correction.setText("another patient's")
    dialog.take_back.click()
    settled(desk.session)
    # The correction is taken back, so the entry before it stands again.
    assert unplanned(page) == [("metoclopramide", TODAY, "09:04")]


def test_a_draft_keeps_its_drug_when_the_list_has_changed(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    dialog = add(page, desk, settled, qtbot)
    choose(dialog, "loperamide")
    dialog.dose.setText("2")
    dialog.indication.set_value("diarrhoea")
    dialog.reject()
    other = AsNeededOrder(
        "", "loperamide", Dose(Decimal(2), "mg"), "oral", "diarrhoea", "Wu Min", FIRST_DAY
    )
    desk.session.write(lambda place: order_as_needed(place, COURSE, other), None, None, page)
    settled(desk.session)
    again = add(page, desk, settled, qtbot)
    what = again.what.value()
    assert what is not None and what.order is None
    assert (what.now.medicine.drug.id, again.indication.value()) == ("loperamide", "diarrhoea")
    assert again.dose.text() == "2"
    again.afresh.click()
    again.reject()


def test_today_tells_an_unplanned_dose_with_its_kind_and_time(
    page: PatientPage, desk: Desk, ward: Ward, settled: Settle
) -> None:
    given_at_eight(desk, ward, settled)
    found: list[Worklist] = []
    desk.session.read(worklist, found.append, page)
    settled(desk.session)
    (row,) = [row for row in found[0].rows if row.pair.main.slot.is_unplanned]
    (line,) = row_texts(row, found[0].now, desk.words).lines
    assert (line.drug, line.words) == ("metoclopramide", "as needed 09:04")


def test_the_dialog_speaks_chinese(
    page: PatientPage, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    desk.use_language("zh")
    dialog = add(page, desk, settled, qtbot)
    assert dialog.windowTitle() == "计划外用药"
    choose(dialog, "paracetamol", ordered=True)
    assert (
        dialog.what.currentText() == "对乙酰氨基酚 — 500\N{NO-BREAK SPACE}mg — 发热（Wu Min 医嘱）"
    )
    dialog.reject()
