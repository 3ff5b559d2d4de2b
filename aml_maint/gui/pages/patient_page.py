"""One patient: the fixed banner, and below it the tabs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from aml_maint.domain.messages import say
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.after_painting import AfterPainting
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.held_looks import held
from aml_maint.gui.pages.cycle_tab import CycleTab
from aml_maint.gui.pages.cycle_view import CycleView
from aml_maint.gui.pages.overview_tab import OverviewTab
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.pages.patient_tabs import TABS, TabPlace
from aml_maint.gui.widgets.banner import PatientBanner
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.scrolling import FillingStack
from aml_maint.gui.widgets.tab_bar import TabBar
from aml_maint.services.changes import Changes
from aml_maint.services.people import Banner, banner

# A dose becomes due, and then overdue, by the clock alone.
_EVERY_MS = 60_000
_REMEMBERED = "patient_tab"


class PatientPage(FirstFocus):
    """Shows a patient, and reads again when the record or the clock has moved on."""

    def __init__(self, desk: Desk, tabs: Sequence[TabPlace] = TABS) -> None:
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self._places = {place.name: place for place in tabs}
        self._made: dict[str, PatientTab] = {}
        self._name = _first(desk, tabs)
        self.logger = DoseLogger(desk, self)
        self.banner = PatientBanner(desk)
        self.bar = TabBar(desk, "tab.bar", [(tab.name, say(f"tab.{tab.name}")) for tab in tabs])
        self.body = FillingStack()
        self._lay_out()
        self.banner.hide()
        self._soon = AfterPainting(self._reload_written, self)
        self._minute = QTimer(self)
        self._minute.setInterval(_EVERY_MS)
        self._minute.timeout.connect(self.reload)
        self.bar.mark(self._name)
        self.bar.chosen.connect(self.show_tab)
        for number, place in enumerate(tabs, 1):
            keys = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            keys.activated.connect(lambda name=place.name: self.show_tab(name))
        desk.session.changed.connect(self._heard)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()

    @property
    def patient_id(self) -> str:
        """The patient shown; empty before the first."""
        return self._patient_id

    @property
    def tab_name(self) -> str:
        """The name of the tab shown."""
        return self._name

    @property
    def cycle_tab(self) -> CycleTab:
        """The tab with the cycle; made if it was not shown yet."""
        tab = self.tab("cycle")
        assert isinstance(tab, CycleTab)
        return tab

    @property
    def cycle(self) -> CycleView:
        """The cycle on its tab."""
        return self.cycle_tab.view

    def tab(self, name: str) -> PatientTab:
        """A tab by its name; made if it was not shown yet."""
        if name not in self._made:
            make = self._places[name].make
            made = held(self._desk, lambda desk: make(desk, self.logger))
            made.setAccessibleName(self._desk.words.text(f"tab.{name}"))
            made.tab_wanted.connect(self.show_tab)
            made.part_wanted.connect(self.show_part)
            made.dose_wanted.connect(self.show_dose)
            self.body.addWidget(made)
            self._made[name] = made
        return self._made[name]

    def show_patient(self, patient_id: str) -> None:
        """Show a patient on the tab used last. Nothing of the patient before stays in sight."""
        if patient_id != self._patient_id:
            self._patient_id = patient_id
            self.banner.hide()
        self._turn_to(self._name)
        self.reload()

    def show_tab(self, name: str) -> None:
        """Show a tab, which is remembered, and put the keyboard there."""
        if name != self._name:
            self._desk.settings.remember(_REMEMBERED, name)
            self._turn_to(name)
            if self._patient_id:
                self.tab(name).show_patient(self._patient_id)
        self.setFocus()

    def show_dose(self, slot: SlotId, cycle: int) -> None:
        """Show a planned dose on the Cycle tab."""
        self.show_tab("cycle")
        self.cycle_tab.show_dose(slot, cycle)

    def show_part(self, name: str, part: str) -> None:
        """Show a part of a tab."""
        self.tab(name).show_part(part)
        self.show_tab(name)

    def show_finding(self, patient_id: str, key: str) -> None:
        """Show a patient's overview with the cursor on one of the findings."""
        self.show_patient(patient_id)
        self.show_tab("overview")
        tab = self.tab("overview")
        if isinstance(tab, OverviewTab):
            tab.select(key)

    def reload(self) -> None:
        """Read banner and tab again."""
        patient_id = self._patient_id
        if not patient_id:
            return

        def show(found: Banner) -> None:
            # The answer to an earlier question is dropped.
            if patient_id == self._patient_id:
                self.banner.show_banner(found)
                self.banner.show()

        self._desk.session.read(lambda place: banner(place, patient_id), show, self)
        self.tab(self._name).show_patient(patient_id)

    def retranslate(self) -> None:
        """Name the page and its tabs."""
        words = self._desk.words
        self.setAccessibleName(words.text("banner.name"))
        for name, tab in self._made.items():
            tab.setAccessibleName(words.text(f"tab.{name}"))

    def showEvent(self, event: QShowEvent) -> None:
        """The clock counts while the page is in sight."""
        super().showEvent(event)
        self._minute.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """A page out of sight reads nothing."""
        super().hideEvent(event)
        self._minute.stop()

    def _turn_to(self, name: str) -> None:
        tab = self.tab(name)
        self._name = name
        self.bar.mark(name)
        self.body.setCurrentWidget(tab)
        self.setFocusProxy(tab)

    def _heard(self, changes: Changes) -> None:
        """What a write tells of its doses is painted first, and all of it read after that."""
        if self._patient_id in changes.patients and self.isVisible():
            self.tab(self._name).put(changes.pairs)
            self._soon.ask()

    def _reload_written(self) -> None:
        if self.isVisible():
            self.reload()

    def _lay_out(self) -> None:
        theme = self._desk.theme
        tabs = QHBoxLayout()
        tabs.setContentsMargins(theme.unit(2), 0, theme.unit(2), 0)
        tabs.addWidget(self.bar)
        tabs.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.banner)
        box.addLayout(tabs)
        box.addWidget(self.body, 1)


def _first(desk: Desk, tabs: Sequence[TabPlace]) -> str:
    """The tab used last, or the first one."""
    names = [place.name for place in tabs]
    remembered = desk.settings.text(_REMEMBERED)
    return remembered if remembered in names else names[0]
