"""The tabs of the patient page: made when first shown, remembered, each told when to read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.pages.patient_tabs import TABS, TabPlace
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.tab_bar import TabBar
from aml_maint.services.observations import record_counts
from tests.gui.ward import NEW, ON_COURSE, ZONE

Settle = Callable[[Session], None]


class Probe(PatientTab):
    """A tab that notes what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.label = QLabel("probe")
        self.label.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        QVBoxLayout(self).addWidget(self.label)
        self.setFocusProxy(self.label)

    def show_patient(self, patient_id: str) -> None:
        self.told.append(patient_id)


def probe(_: Desk, __: DoseLogger) -> PatientTab:
    return Probe()


PROBES = (
    TabPlace("overview", probe), TabPlace("labs", probe), TabPlace("history", probe),
)  # fmt: skip


def told(page: PatientPage, name: str) -> list[str]:
    tab = page.tab(name)
    assert isinstance(tab, Probe)
    return tab.told


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    """Three tabs that note what they are told; the first one is shown."""
    desk.settings.remember("patient_tab", "")
    page = PatientPage(desk, PROBES)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.show_patient(ON_COURSE)
    settled(desk.session)
    return page


def give_count(desk: Desk, settled: Settle, patient_id: str) -> None:
    at = Moment.at(datetime(2026, 3, 5, 8, 30), ZONE)
    value = {"platelets": LabValue.parse("120", "10*9/L")}
    desk.session.write(
        lambda place: record_counts(place, patient_id, value, at), None, None, desk.session
    )
    settled(desk.session)


def test_a_tab_is_made_when_it_is_first_shown(page: PatientPage) -> None:
    assert [tab.accessibleName() for tab in page.findChildren(Probe)] == ["Overview"]
    page.show_tab("labs")
    assert [tab.accessibleName() for tab in page.findChildren(Probe)] == ["Overview", "Labs"]


def test_no_tab_is_made_before_a_patient_is_opened(desk: Desk, qtbot: QtBot) -> None:
    page = PatientPage(desk, PROBES)
    qtbot.addWidget(page)
    assert not page.findChildren(Probe)


def test_ctrl_and_a_figure_go_to_the_tabs_and_put_the_keyboard_there(
    page: PatientPage, qtbot: QtBot
) -> None:
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    for key, name in ((Qt.Key.Key_3, "history"), (Qt.Key.Key_1, "overview")):
        qtbot.keyClick(page, key, Qt.KeyboardModifier.ControlModifier)
        assert page.body.currentWidget() is page.tab(name)
        assert page.isAncestorOf(page.window().focusWidget())
        assert page.tab(name).focusProxy().hasFocus()


def test_left_and_right_on_the_bar_choose_a_tab(page: PatientPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.bar, Qt.Key.Key_Right)
    assert page.tab_name == "labs"


def test_a_click_on_the_bar_chooses_a_tab(page: PatientPage, qtbot: QtBot) -> None:
    at = page.bar.tabRect(2).center()
    qtbot.mouseClick(page.bar, Qt.MouseButton.LeftButton, pos=at)
    assert page.tab_name == "history"


def test_the_tab_used_last_is_shown_again_also_by_another_window(
    desk: Desk, page: PatientPage, qtbot: QtBot
) -> None:
    page.show_tab("history")
    page.show_patient(NEW)
    assert page.tab_name == "history"
    again = PatientPage(desk, PROBES)
    qtbot.addWidget(again)
    assert again.tab_name == "history"


def test_a_remembered_tab_that_is_no_more_gives_way_to_the_first(desk: Desk, qtbot: QtBot) -> None:
    desk.settings.remember("patient_tab", "gone")
    page = PatientPage(desk, PROBES)
    qtbot.addWidget(page)
    assert page.tab_name == "overview"


def test_only_the_tab_in_sight_is_told_of_a_write_and_the_others_when_they_are_shown(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    page.show_tab("labs")
    before = len(told(page, "overview"))
    told(page, "labs").clear()
    give_count(desk, settled, ON_COURSE)
    assert told(page, "labs") == [ON_COURSE]
    assert len(told(page, "overview")) == before
    page.show_tab("overview")
    assert len(told(page, "overview")) == before + 1


def test_a_write_about_another_patient_tells_nobody(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    told(page, "overview").clear()
    give_count(desk, settled, NEW)
    assert told(page, "overview") == []


def test_a_page_out_of_sight_reads_nothing(desk: Desk, page: PatientPage, settled: Settle) -> None:
    page.hide()
    told(page, "overview").clear()
    give_count(desk, settled, ON_COURSE)
    assert told(page, "overview") == []


def test_a_tab_can_ask_for_another(page: PatientPage) -> None:
    page.tab("overview").tab_wanted.emit("history")
    assert page.tab_name == "history"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_tab_says_its_name_and_its_keys(desk: Desk, page: PatientPage, language: str) -> None:
    desk.words.use("zh" if language == "zh" else "en")
    bar = page.bar
    assert [bar.tabText(i) for i in range(3)] == {
        "en": ["Overview", "Labs", "History"], "zh": ["概览", "检验", "历史记录"],
    }[language]  # fmt: skip
    assert bar.tabToolTip(2) == "Ctrl+3"
    assert bar.accessibleName()


def test_every_tab_of_the_list_has_a_name_of_its_own_and_is_at_most_the_eighth() -> None:
    names = [place.name for place in TABS]
    assert len(set(names)) == len(names) <= 8


def test_a_tab_is_chosen_once_by_whatever_makes_it_current(looks: Looks, qtbot: QtBot) -> None:
    """Assistive technology sets the current tab; it neither clicks nor presses keys."""
    bar = TabBar(looks, "page.patients", [("a", say("page.today")), ("b", say("page.cohort"))])
    qtbot.addWidget(bar)
    bar.show()
    chosen: list[str] = []
    bar.chosen.connect(chosen.append)
    bar.setCurrentIndex(1)
    bar.mark("a")
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    assert chosen == ["b", "b", "a"]
