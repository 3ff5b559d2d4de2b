"""Drugs of the ward's own in the settings, by keys: entered, changed, ended, and shown in use."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import Dose
from aml_maint.domain.site_drug import SiteDrug
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.site_drug_dialog import EndDrugDialog, SiteDrugDialog, StrengthsDialog
from aml_maint.gui.pages.course_tab import CourseTab
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.site_drugs_view import SiteDrugsView
from aml_maint.services.as_needed import order_as_needed
from aml_maint.services.site_drugs import add_site_drug, site_drug
from aml_maint.services.workplace import Workplace
from tests.gui.keyboard import Keyboard
from tests.gui.ward import COURSE, FIRST_DAY, ON_COURSE

Settle = Callable[[Session], None]
D = TypeVar("D", bound=QDialog)
CODE = "site_ondansetron"
DRUG = SiteDrug("", Name("ondansetron", "昂丹司琼"), ("oral",), "mg", ("nausea",), 240)


@pytest.fixture
def view(desk: Desk, qtbot: QtBot, settled: Settle) -> SiteDrugsView:
    """The drugs that the program brings."""
    view = SiteDrugsView(desk)
    qtbot.addWidget(view)
    view.resize(1200, 620)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    settled(desk.session)
    view.setFocus()
    return view


def opened(view: SiteDrugsView, kind: type[D]) -> D:
    assert isinstance(view.dialog, kind) and view.dialog.isVisible()
    return view.dialog


def write(desk: Desk, settled: Settle, work: Callable[[Workplace], object]) -> None:
    desk.session.write(work, None, None, desk.session)  # type: ignore[arg-type]
    settled(desk.session)


def stored(desk: Desk, settled: Settle) -> SiteDrug:
    found: list[SiteDrug] = []
    desk.session.read(lambda place: site_drug(place, CODE), found.append, desk.session)
    settled(desk.session)
    return found[0]


def go_to(view: SiteDrugsView, code: str) -> None:
    view.table.go_to([one.drug.id for one in view.model.rows].index(code))


def cells(view: SiteDrugsView, code: str) -> list[str]:
    row = [one.drug.id for one in view.model.rows].index(code)
    return [
        str(view.model.index(row, column).data()).replace("\N{NO-BREAK SPACE}", " ")
        for column in range(view.model.columnCount())
    ]


def test_the_programs_drugs_are_listed_with_limits_and_tablets(view: SiteDrugsView) -> None:
    paracetamol = cells(view, "paracetamol")
    assert paracetamol[1] == "the program’s"
    assert "fever" in paracetamol[2]
    assert "in 24 hours" in paracetamol[3]
    assert cells(view, "sorafenib")[2] == "by plan only"
    assert cells(view, "sorafenib")[4] == "200 mg"


def test_a_drug_is_entered_by_keys_with_its_limits_and_the_reason(
    desk: Desk, view: SiteDrugsView, qtbot: QtBot, settled: Settle
) -> None:
    view.add.click()
    dialog = opened(view, SiteDrugDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    keys = Keyboard(qtbot)
    keys.type("ondansetron")
    dialog.name_zh.setText("昂丹司琼")
    keys.tab_to(dialog.routes.boxes["oral"])
    keys.press(Qt.Key.Key_Space)
    keys.tab_to(dialog.indications.boxes["nausea"])
    keys.press(Qt.Key.Key_Space)
    keys.tab_to(dialog.hours)
    keys.type("4")
    keys.press(Qt.Key.Key_Tab)
    keys.type("16")
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["reason"].error is not None
    assert dialog.name_en.value() == "ondansetron"
    keys.tab_to(dialog.reason)
    keys.type("our antiemetic")
    dialog.save.click()
    settled(desk.session)
    told = cells(view, CODE)
    assert told[:3] == ["ondansetron", "this ward’s", "nausea"]
    assert "4 h" in told[3] and "16 mg" in told[3]
    go_to(view, CODE)
    (line,) = view.past.rows
    assert (line.by, line.reason) == ("Li Na", "our antiemetic")


def test_enter_changes_a_drug_of_the_ward_and_keeps_the_version_before(
    desk: Desk, view: SiteDrugsView, qtbot: QtBot, settled: Settle
) -> None:
    write(desk, settled, lambda place: add_site_drug(place, DRUG, "our antiemetic"))
    go_to(view, CODE)
    view.table.setFocus()
    Keyboard(qtbot).press(Qt.Key.Key_Return)
    dialog = opened(view, SiteDrugDialog)
    assert not dialog.unit.isEnabled()
    assert dialog.hours.value() == "4"
    dialog.most.setText("24")
    dialog.reason.setText("new guideline")
    dialog.save.click()
    settled(desk.session)
    assert stored(desk, settled).most == Decimal(24)
    assert [line.reason for line in view.past.rows] == ["new guideline", "our antiemetic"]


def test_a_drug_is_given_no_more_and_taken_up_again(
    desk: Desk, view: SiteDrugsView, settled: Settle
) -> None:
    write(desk, settled, lambda place: add_site_drug(place, DRUG, "our antiemetic"))
    go_to(view, CODE)
    for in_use, whose in ((False, "this ward’s, given no more"), (True, "this ward’s")):
        view.end.click()
        dialog = opened(view, EndDrugDialog)
        dialog.save.click()
        settled(desk.session)
        assert dialog.form.rows["reason"].error is not None
        dialog.reason.setText("decided today")
        dialog.save.click()
        settled(desk.session)
        assert stored(desk, settled).in_use is in_use
        assert cells(view, CODE)[1] == whose


def test_only_a_drug_of_the_ward_can_be_changed_or_ended(view: SiteDrugsView) -> None:
    go_to(view, "paracetamol")
    assert not view.change.isEnabled() and not view.end.isEnabled()
    assert view.strengths.isEnabled()


def test_enter_on_a_drug_of_the_program_asks_for_the_tablets_of_the_ward(
    desk: Desk, view: SiteDrugsView, qtbot: QtBot, settled: Settle
) -> None:
    go_to(view, "sorafenib")
    view.table.setFocus()
    Keyboard(qtbot).press(Qt.Key.Key_Return)
    dialog = opened(view, StrengthsDialog)
    dialog.strengths.setText("50; x")
    dialog.save.click()
    assert dialog.form.rows["strengths"].error is not None
    dialog.strengths.setText("50；200")
    dialog.reason.setText("our pharmacy")
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["strengths"].error is not None
    dialog.strengths.setText("50")
    dialog.save.click()
    settled(desk.session)
    assert cells(view, "sorafenib")[4] == "200 mg, 50 mg (ward)"


def test_an_order_that_stands_is_told_on_the_course_tab(
    desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    order = AsNeededOrder("", CODE, Dose.of("8", "mg"), "oral", "nausea", "Wu Min", FIRST_DAY)
    write(desk, settled, lambda place: add_site_drug(place, DRUG, "our antiemetic"))
    write(desk, settled, lambda place: order_as_needed(place, COURSE, order))
    tab = CourseTab(desk)
    qtbot.addWidget(tab)
    tab.show_patient(ON_COURSE)
    settled(desk.session)
    told = dict(tab.facts.texts)["As needed"].replace("\N{NO-BREAK SPACE}", " ")
    assert told == "ondansetron 8 mg, nausea, since 01-Mar-2026 (Wu Min)"


def test_the_view_follows_language_and_names_what_takes_the_keyboard(
    desk: Desk, view: SiteDrugsView, qtmodeltester: ModelTester
) -> None:
    desk.words.use("zh")
    assert cells(view, "sorafenib")[:2] == ["索拉非尼", "程序自带"]
    unnamed = [
        type(widget).__name__
        for widget in view.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
    ]
    assert unnamed == []
    qtmodeltester.check(view.model)
