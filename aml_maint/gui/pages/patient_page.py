"""One patient: the fixed banner, and below it the cycle, or what there is instead of one."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.course_dialog import CourseDialog
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.pages.cycle_acts import CycleActs
from aml_maint.gui.pages.cycle_view import CycleView
from aml_maint.gui.widgets.banner import PatientBanner
from aml_maint.gui.widgets.empty_state import EmptyState
from aml_maint.gui.widgets.reported_facts import ReportedFacts
from aml_maint.services.changes import Changes
from aml_maint.services.people import Banner, banner
from aml_maint.services.sheet import CycleSheet, cycle_sheet
from aml_maint.services.workplace import Workplace

# A dose becomes due, and then overdue, by the clock alone.
_EVERY_MS = 60_000


@dataclass(frozen=True)
class _Found:
    """What is read for the page at once, so that banner and sheet agree."""

    banner: Banner
    sheet: CycleSheet | None


class PatientPage(QWidget):
    """Shows a patient, and reads again when the record or the clock has moved on."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self._cycle: int | None = None
        self.logger = DoseLogger(desk, self)
        self.banner = PatientBanner(desk)
        self.cycle = CycleView(desk, self.logger)
        self.acts = CycleActs(desk, self)
        self.reported = ReportedFacts(desk)
        self.no_course = EmptyState(
            desk, "cycle", say("patient.no_course"), say("patient.no_course.advice"),
            say("patient.start_course"),
        )  # fmt: skip
        self.blank = QWidget()
        self.body = QStackedWidget()
        for part in (self.blank, self.cycle, self.reported, self.no_course):
            self.body.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.banner)
        box.addWidget(self.body, 1)
        self.banner.hide()
        self.blank.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.blank)
        self._minute = QTimer(self)
        self._minute.setInterval(_EVERY_MS)
        self._minute.timeout.connect(self.reload)
        self.cycle.cycle_wanted.connect(self.show_cycle)
        self.cycle.act_wanted.connect(self._act)
        self.no_course.wanted.connect(self.open_course)
        self.acts.cycle_started.connect(self.show_cycle)
        self.acts.closed.connect(self.setFocus)
        desk.session.changed.connect(self._heard)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()

    @property
    def patient_id(self) -> str:
        """The patient shown; empty before the first."""
        return self._patient_id

    def show_patient(self, patient_id: str) -> None:
        """Show a patient's latest cycle. Nothing of the patient before stays in sight."""
        if patient_id != self._patient_id:
            self._patient_id, self._cycle = patient_id, None
            self.banner.hide()
            self.cycle.clear()
            self.setFocusProxy(self.blank)
            self.body.setCurrentWidget(self.blank)
        self.reload()

    def show_cycle(self, number: int) -> None:
        """Show another cycle of the patient."""
        self._cycle = number
        self.reload()

    def reload(self) -> None:
        """Read the patient again; cursor and scroll stay."""
        patient_id, cycle = self._patient_id, self._cycle
        if not patient_id:
            return

        def show(found: _Found) -> None:
            # The answer to an earlier question is dropped.
            if (patient_id, cycle) == (self._patient_id, self._cycle):
                self._show(found)

        self._desk.session.read(lambda place: _read(place, patient_id, cycle), show, self)

    def open_course(self) -> CourseDialog:
        """Ask what a course needs, and start it."""
        dialog = CourseDialog(self._desk, self._patient_id, self.window())
        dialog.open()
        return dialog

    def retranslate(self) -> None:
        """Name the page, and the empty part that holds the keyboard while a patient is read."""
        for part in (self, self.blank):
            part.setAccessibleName(self._desk.words.text("banner.name"))

    def showEvent(self, event: QShowEvent) -> None:
        """The clock counts while the page is in sight."""
        super().showEvent(event)
        self._minute.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """A page out of sight reads nothing."""
        super().hideEvent(event)
        self._minute.stop()

    def _show(self, found: _Found) -> None:
        self.banner.show_banner(found.banner)
        self.banner.show()
        if found.sheet is not None:
            self.cycle.show_sheet(found.sheet)
            self._turn_to(self.cycle)
        elif found.banner.reported is not None:
            self.reported.show_patient(found.banner.reported)
            self._turn_to(self.reported)
        else:
            self._turn_to(self.no_course)

    def _turn_to(self, part: QWidget) -> None:
        """Show a part of the page; the keyboard goes there if it was on the page."""
        if self.body.currentWidget() is part:
            return
        # While there was nothing to show, the blank part kept the keyboard. Of this window: the
        # answer to a dialog may arrive while that dialog's window is the one in use.
        here = self.isAncestorOf(self.window().focusWidget())
        self.body.setCurrentWidget(part)
        self.setFocusProxy(self.no_course.button if part is self.no_course else part)
        if here:
            self.setFocus()

    def _heard(self, changes: Changes) -> None:
        if self._patient_id in changes.patients:
            self.reload()

    def _act(self, name: str) -> None:
        sheet = self.cycle.sheet.sheet
        if sheet is not None:
            pair = self.cycle.sheet.pair
            self.acts.open(name, sheet, pair.main.slot.component if pair else None)


def _read(place: Workplace, patient_id: str, cycle: int | None) -> _Found:
    found = banner(place, patient_id)
    if found.course is None:
        return _Found(found, None)
    return _Found(found, cycle_sheet(place, found.course.id, cycle))
