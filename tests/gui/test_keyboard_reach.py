"""By Tab alone every control of every page and of every tab of a patient is reached."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.gui.backups import Backups
from aml_maint.gui.desk import Desk
from aml_maint.gui.pages.cohort_page import CohortPage
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.pages.patient_tabs import TABS
from aml_maint.gui.pages.patients_page import PatientsPage
from aml_maint.gui.pages.reports_page import ReportsPage
from aml_maint.gui.pages.settings_page import SettingsPage
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.session import Session
from tests.gui.keyboard import Keyboard
from tests.gui.ward import ON_COURSE

Settle = Callable[[Session], None]


def out_of_reach(page: QWidget, qtbot: QtBot) -> list[str]:
    """The controls that Tab does not come by, from where the keyboard is until it comes round."""
    keys, reached = Keyboard(qtbot), set()
    while (here := QApplication.focusWidget()) not in reached:
        reached.add(here)
        keys.press(Qt.Key.Key_Tab)
    wanted = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
    ]
    return [f"{type(one).__name__} {one.accessibleName()}" for one in wanted if one not in reached]


def shown(page: QWidget, qtbot: QtBot) -> None:
    qtbot.addWidget(page)
    page.resize(1286, 700)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)


@pytest.mark.parametrize("name", [place.name for place in TABS])
def test_of_a_tab_of_a_patient(desk: Desk, qtbot: QtBot, settled: Settle, name: str) -> None:
    page = PatientPage(desk)
    shown(page, qtbot)
    page.show_patient(ON_COURSE)
    page.show_tab(name)
    settled(desk.session)
    page.setFocus()
    assert out_of_reach(page, qtbot) == []


MAKERS: dict[str, Callable[[Desk], QWidget]] = {
    "today": lambda desk: TodayPage(desk),
    "patients": lambda desk: PatientsPage(desk),
    "cohort": lambda desk: CohortPage(desk),
    "reports": lambda desk: ReportsPage(desk),
    "settings": lambda desk: SettingsPage(desk, Backups(desk.session, desk.settings)),
}


@pytest.mark.parametrize("name", list(MAKERS))
def test_of_a_page(desk: Desk, qtbot: QtBot, settled: Settle, name: str) -> None:
    page = MAKERS[name](desk)
    shown(page, qtbot)
    settled(desk.session)
    page.setFocus()
    assert out_of_reach(page, qtbot) == []
