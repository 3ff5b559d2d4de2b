"""The open ward: rail, search, pages, status bar. It places them and passes events on."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aml_maint.gui.backups import Backups
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.pages.patients_page import PatientsPage
from aml_maint.gui.pages.settings_page import SettingsPage
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.widgets.demo_stripe import DemoStripe
from aml_maint.gui.widgets.drafts_bar import DraftsBar
from aml_maint.gui.widgets.notice_bar import NoticeBar
from aml_maint.gui.widgets.rail import Place, Rail
from aml_maint.gui.widgets.scrolling import PageFrame
from aml_maint.gui.widgets.status_bar import StatusBar
from aml_maint.gui.widgets.top_bar import TopBar
from aml_maint.services.drafts import UnfinishedForm

PLACES = (
    Place("today", "today", "page.today"),
    Place("patients", "patients", "page.patients"),
    Place("settings", "settings", "page.settings"),
)


class Workspace(QWidget):
    """Everything that is shown while a ward file is open."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._undoing: DoseLogger | None = None
        self.rail = Rail(desk, PLACES)
        self.top = TopBar(desk)
        self.notice = NoticeBar(desk)
        self.drafts = DraftsBar(desk)
        self.status = StatusBar(desk)
        self.today = TodayPage(desk)
        self.patients = PatientsPage(desk)
        self.patient = PatientPage(desk)
        self.backups = Backups(desk.session, desk.settings)
        self.settings = SettingsPage(desk, self.backups)
        self.pages = QStackedWidget()
        self._frames: dict[QWidget, PageFrame] = {
            page: PageFrame(desk, page, units)
            for page, units in (
                (self.today, (134, 68)),
                (self.patients, (200, 80)),
                (self.patient, (225, 140)),
                (self.settings, (120, 60)),
            )
        }
        for frame in self._frames.values():
            self.pages.addWidget(frame)
        self._lay_out()
        self.rail.wanted.connect(self.go)
        self.top.search.picked.connect(self.show_patient)
        self.patients.opened.connect(self.show_patient)
        self.today.opened.connect(self.show_patient)
        self.today.finding_wanted.connect(self.show_finding)
        self.drafts.wanted.connect(self.go_on_with)
        desk.session.problem.connect(self.notice.show_problem)
        self.status.undo_wanted.connect(self._undo)
        for logger in (self.today.logger, self.patient.logger):
            self._follow(logger)
        if not desk.session.is_demo:
            self.backups.changed.connect(self._tell_backup)
            self.backups.look()
        self.go("today")

    def go(self, name: str) -> None:
        """Show a page of the rail."""
        page: QWidget = {
            "today": self.today,
            "patients": self.patients,
            "settings": self.settings,
        }[name]
        self.rail.show_place(name)
        self._show(page)

    def show_patient(self, patient_id: str) -> None:
        """Show one patient; the rail marks the list they belong to."""
        self.rail.show_place("patients")
        self.patient.show_patient(patient_id)
        self._show(self.patient)

    def show_finding(self, patient_id: str, key: str) -> None:
        """Show a patient's overview with the cursor on one of the findings."""
        self.rail.show_place("patients")
        self.patient.show_finding(patient_id, key)
        self._show(self.patient)

    def go_on_with(self, form: UnfinishedForm) -> None:
        """Open a form that was not finished where it belongs; what was typed is in it."""
        if form.patient is not None:
            self.show_patient(form.patient.id)
            self.patient.show_tab("cycle")
            self.patient.cycle_tab.go_on_with(form.draft.name)
        else:
            self.go("patients")
            self.patients.open_admission()

    @property
    def shown(self) -> QWidget:
        """The page in front."""
        return next(page for page, frame in self._frames.items() if frame.isVisibleTo(self.pages))

    def _show(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(self._frames[page])
        page.setFocus()

    def _tell_backup(self) -> None:
        if not self.backups.making:
            self.status.show_backup(self.backups.told, self.backups.token)

    def _follow(self, logger: DoseLogger) -> None:
        """Offer in the status bar to take back what this logger recorded last."""

        def offer(_: object, seconds: int) -> None:
            self._undoing = logger
            self.status.offer_undo(seconds)

        def gone() -> None:
            if self._undoing is logger:
                self.status.withdraw_undo()

        logger.undo_available.connect(offer)
        logger.undo_gone.connect(gone)

    def _undo(self) -> None:
        if self._undoing is not None:
            self._undoing.undo()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.top)
        right.addWidget(self.notice)
        right.addWidget(self.drafts)
        right.addWidget(self.pages, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(right, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        if self._desk.session.is_demo:
            box.addWidget(DemoStripe(self._desk))
        box.addLayout(middle, 1)
        box.addWidget(self.status)
