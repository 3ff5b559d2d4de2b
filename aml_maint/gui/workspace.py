"""The open ward: rail, search, pages, status bar. It places them and passes events on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aml_maint.domain.schedule import SlotId
from aml_maint.gui.backups import Backups
from aml_maint.gui.check_told import CheckTold
from aml_maint.gui.collecting import give_back
from aml_maint.gui.concerns import Concerns
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.held_looks import held
from aml_maint.gui.idle_work import (
    FOR_A_PATIENT,
    FOR_DOSES,
    FOR_PATIENTS,
    IdleWork,
    every_page,
    loading,
)
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.reading import read_in_parts
from aml_maint.gui.turns import Turns
from aml_maint.gui.widgets.demo_stripe import DemoStripe, ViewStripe
from aml_maint.gui.widgets.drafts_bar import DraftsBar
from aml_maint.gui.widgets.late_bar import LateBar
from aml_maint.gui.widgets.notice_bar import NoticeBar
from aml_maint.gui.widgets.rail import Place, Rail
from aml_maint.gui.widgets.scrolling import PageFrame
from aml_maint.gui.widgets.status_bar import StatusBar
from aml_maint.gui.widgets.top_bar import TopBar
from aml_maint.services import library
from aml_maint.services.drafts import UnfinishedForm

if TYPE_CHECKING:
    from aml_maint.gui.pages.cohort_page import CohortPage
    from aml_maint.gui.pages.patient_page import PatientPage
    from aml_maint.gui.pages.patients_page import PatientsPage
    from aml_maint.gui.pages.reports_page import ReportsPage
    from aml_maint.gui.pages.settings_page import SettingsPage
    from aml_maint.gui.widgets.cohort_filters import CohortFilters
    from aml_maint.services.long_work import Parts
    from aml_maint.services.workplace import Workplace

PLACES = (
    Place("today", "today", "page.today"),
    Place("patients", "patients", "page.patients"),
    Place("cohort", "cohort", "page.cohort"),
    Place("reports", "reports", "page.reports"),
    Place("settings", "settings", "page.settings"),
)


class Workspace(QWidget):
    """Everything that is shown while a ward file is open.

    Today is there at once; each other page is made when it is first asked for, or while nobody
    waits for the window.
    """

    restore_wanted = Signal(object)
    """The backup that is to take the place of the file."""

    def __init__(self, desk: Desk, today: TodayPage | None = None) -> None:
        """Today may have been made before, in a turn of the event loop of its own."""
        super().__init__()
        self._desk = desk
        self._undoing: DoseLogger | None = None
        self._coming: Callable[[], None] | None = None
        self._made = QTimer(self, singleShot=True)
        self._made.timeout.connect(self._arrive)
        self._frames: dict[QWidget, PageFrame] = {}
        self.rail = Rail(desk, PLACES)
        self.top = TopBar(desk)
        self.notice = NoticeBar(desk)
        self.concern = NoticeBar(desk)
        self.waiting = NoticeBar(desk)
        self.concerns = Concerns(desk.session, self.concern)
        self.late = LateBar(desk)
        self.drafts = DraftsBar(desk)
        self.status = StatusBar(desk)
        self.check_told = CheckTold(desk.session, self.status, self.waiting)
        self.pages = QStackedWidget()
        self.backups = Backups(desk.session, desk.settings)
        self.today = held(desk, TodayPage) if today is None else today
        self._put(self.today, (134, 68))
        self._lay_out()
        self.rail.wanted.connect(self.go)
        self.top.search.picked.connect(self.show_patient)
        self.today.opened.connect(self.show_patient)
        self.today.patients_wanted.connect(lambda: self.go("patients"))
        self.today.finding_wanted.connect(self.show_finding)
        self.drafts.wanted.connect(self.go_on_with)
        self.late.dose_wanted.connect(self.show_dose)
        desk.session.problem.connect(self.notice.show_problem)
        desk.session.told.connect(self.notice.show_note)
        self.status.undo_wanted.connect(self._undo)
        self._follow(self.today.logger)
        if not desk.session.is_demo:
            self.backups.changed.connect(self._tell_backup)
            self.backups.look()
        self.go("today")
        # A piece beside the store's thread would cost both: someone waits for what that does.
        self._idle = IdleWork(self._ahead(), self, waits=lambda: desk.session.is_busy)
        desk.session.closing.connect(self._idle.stop)
        desk.session.checked.connect(self._give_back)

    @property
    def turns(self) -> Turns:
        """What pages out of sight still have to do."""
        return self._desk.turns

    # -- the pages -----------------------------------------------------------------------------

    @cached_property
    def patients(self) -> PatientsPage:
        """The list of patients."""
        from aml_maint.gui.pages.patients_page import PatientsPage

        page = held(self._desk, PatientsPage)
        page.opened.connect(self.show_patient)
        page.follow_up_wanted.connect(self.show_follow_up)
        self._put(page, (200, 80))
        return page

    @cached_property
    def patient(self) -> PatientPage:
        """One patient."""
        from aml_maint.gui.pages.patient_page import PatientPage

        page = held(self._desk, PatientPage)
        self._follow(page.logger)
        self._put(page, (225, 140))
        return page

    @cached_property
    def cohort(self) -> CohortPage:
        """The cohort's tables and figures."""
        from aml_maint.gui.pages.cohort_page import CohortPage

        page = held(self._desk, lambda desk: CohortPage(desk, self._cohort_filters))
        page.patient_wanted.connect(self.show_patient)
        page.patients_wanted.connect(lambda: self.go("patients"))
        self._put(page, (230, 130))
        return page

    @cached_property
    def _cohort_filters(self) -> CohortFilters:
        """Half of what the cohort's page is made of."""
        from aml_maint.gui.widgets.cohort_filters import CohortFilters

        return held(self._desk, CohortFilters)

    @cached_property
    def reports(self) -> ReportsPage:
        """The reports of the whole ward."""
        from aml_maint.gui.pages.reports_page import ReportsPage

        page = held(self._desk, ReportsPage)
        page.opened.connect(self.show_reports)
        page.patients_wanted.connect(lambda: self.go("patients"))
        self._put(page, (225, 120))
        return page

    @cached_property
    def settings(self) -> SettingsPage:
        """The settings of this window and of the ward."""
        from aml_maint.gui.pages.settings_page import SettingsPage

        page = held(self._desk, lambda desk: SettingsPage(desk, self.backups))
        page.general.backup.restore_wanted.connect(self.restore_wanted)
        self._put(page, (120, 60))
        return page

    def _put(self, page: QWidget, units: tuple[int, int]) -> None:
        """Give a page its place; `units` is its least size."""
        self._frames[page] = PageFrame(self._desk, page, units)
        self.pages.addWidget(self._frames[page])

    def _give_back(self) -> None:
        """What opening and checking the file took is not needed any more."""
        self._desk.session.read(lambda _: give_back(), _nothing, self)

    def _ahead(self) -> Iterator[Callable[[], object]]:
        """What the pages need, and then the pages: whoever goes there finds them made."""
        yield from loading(FOR_DOSES)
        yield self._give_back
        yield lambda: self._desk.session.read(lambda _: library.regimens(), _nothing, self)
        # The first search would wait for its index.
        yield lambda: read_in_parts(self._desk.session, _first_search, _nothing, self)
        yield from loading(FOR_PATIENTS)
        yield lambda: self.patients
        yield from loading(FOR_A_PATIENT)
        yield lambda: self.patient
        yield lambda: self.patient.tab(self.patient.tab_name)
        yield from loading(every_page())
        yield lambda: self._cohort_filters
        yield lambda: self.cohort
        yield lambda: self.reports
        yield lambda: self.settings
        yield give_back

    def go(self, name: str) -> None:
        """Show a page of the rail."""
        self._turn_to(name, name, lambda: self._show(getattr(self, name)))

    def show_patient(self, patient_id: str) -> None:
        """Show one patient; the rail marks the list they belong to."""
        self._at_patient(patient_id)

    def show_reports(self, patient_id: str) -> None:
        """Show the reports of one patient."""
        self._at_patient(patient_id, lambda page: page.show_tab("reports"))

    def show_follow_up(self, patient_id: str) -> None:
        """Show the follow-up of a patient."""
        self._at_patient(patient_id, lambda page: page.show_part("course", "follow_up"))

    def show_finding(self, patient_id: str, key: str) -> None:
        """Show a patient's overview with the cursor on one of the findings."""

        def show() -> None:
            self.patient.show_finding(patient_id, key)
            self._show(self.patient)

        self._turn_to("patient", "patients", show)

    def show_dose(self, patient_id: str, slot: SlotId, cycle: int) -> None:
        """Show a planned dose in the cycle of its patient."""
        self._at_patient(patient_id, lambda page: page.show_dose(slot, cycle))

    def go_on_with(self, form: UnfinishedForm) -> None:
        """Open a form that was not finished where it belongs; what was typed is in it."""

        def go_on(page: PatientPage) -> None:
            page.show_tab("cycle")
            page.cycle_tab.go_on_with(form.draft.name)

        def go_on_admitting() -> None:
            self._show(self.patients)
            self.patients.open_admission()

        if form.patient is not None:
            self._at_patient(form.patient.id, go_on)
        else:
            self._turn_to("patients", "patients", go_on_admitting)

    def _at_patient(
        self, patient_id: str, then: Callable[[PatientPage], object] | None = None
    ) -> None:
        def show() -> None:
            self.patient.show_patient(patient_id)
            self._show(self.patient)
            if then is not None:
                then(self.patient)

        self._turn_to("patient", "patients", show)

    def _turn_to(self, page: str, place: str, show: Callable[[], None]) -> None:
        """Show a page now; one that nobody needed yet is made now and shown in the next turn.

        Whoever wants to go elsewhere meanwhile gets there.
        """
        self.rail.show_place(place)
        self._coming = show
        if page in vars(self):
            self._arrive()
        else:
            getattr(self, page)
            self._made.start()

    def _arrive(self) -> None:
        show, self._coming = self._coming, None
        if show is not None:
            show()

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
        right.addWidget(self.waiting)
        right.addWidget(self.concern)
        right.addWidget(self.late)
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
        if self._desk.session.is_view:
            box.addWidget(ViewStripe(self._desk))
        box.addLayout(middle, 1)
        box.addWidget(self.status)


def _first_search(place: Workplace) -> Parts[None]:
    from aml_maint.services.finding_patients import prepare_search

    yield from prepare_search(place)


def _nothing(_: object) -> None:
    """What was read is kept where it was read."""
