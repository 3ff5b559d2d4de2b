"""The cohort: filters at the left, and beside them its tables and figures on tabs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import say
from aml_maint.gui.cohort_reading import CohortReading
from aml_maint.gui.computing import Computing, Task
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.cohort_report_dialog import CohortReportDialog
from aml_maint.gui.dialogs.figures_dialog import FiguresDialog
from aml_maint.gui.dialogs.import_dialog import ImportDialog
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.cohort_filters import CohortFilters, Wanted
from aml_maint.gui.widgets.empty_state import EmptyState
from aml_maint.gui.widgets.exhibit_view import ExhibitView
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.scrolling import FillingStack, Scrolling
from aml_maint.gui.widgets.tab_bar import TabBar
from aml_maint.reports.figures.exhibit import Exhibit
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.cohort import WARD, Cohort
from aml_maint.services.cohort_figures import EXHIBITS
from aml_maint.services.toxicity_figures import TABLES as TOXICITY

TABS = (
    "table_1", "table_2", "survival", "swimmer", "mrd_strip", "toxicity", "completeness",
    "paper_check",
)  # fmt: skip

_CONCERNING = frozenset(Touched) - {
    Touched.SUPPLY,
    Touched.CARE,
    Touched.ACCOUNTS,
    Touched.FINDINGS,
}
_REMEMBERED, _ENDPOINT, _FILTERS = "cohort_tab", "cohort_endpoint", "cohort_filters"
# What is there sooner is told by itself.
_TELL_AFTER_MS = 400


class CohortPage(FirstFocus):
    """Reads the cohort when it is shown and when the record has moved on."""

    patient_wanted = Signal(str)
    patients_wanted = Signal()

    def __init__(self, desk: Desk, filters: CohortFilters | None = None) -> None:
        """The filters may have been made before, in a turn of the event loop of their own."""
        super().__init__()
        self._desk = desk
        self._task: Task | None = None
        self._outdated = True
        self._origin: str | None = WARD
        self.found: Cohort | None = None
        self.computing = Computing(desk.session, self)
        self.reading = CohortReading(desk.session, self.computing, self)
        self.filters = CohortFilters(desk) if filters is None else filters
        self.view = ExhibitView(desk, self.computing)
        self.endpoint: ChoiceInput[Endpoint] = ChoiceInput(
            desk, [(one, say(f"endpoint.{one.value}")) for one in Endpoint]
        )
        self.toxicity: ChoiceInput[str] = ChoiceInput(
            desk, [(name, say(f"cohort_page.shown.{name}")) for name in ("toxicity", *TOXICITY)]
        )
        self.count = Label(desk, role="small", token="muted")
        self.working = Label(desk, say("cohort_page.working"), role="small", token="accent")
        self.stop = Button(desk, "action.cancel")
        self.fold = Button(desk, say("cohort_page.show_filters"), "filter")
        self.fold.setCheckable(True)
        self.report = Button(desk, say("cohort_page.report"), "reports")
        self.all = Button(desk, say("exhibit.save_all"), "save")
        for leaving in (self.report, self.all):
            leaving.setEnabled(False)  # until all of it is read
        self.bring = Button(desk, say("cohort_page.import"), "plus", leads_to="import_cohort")
        self.bar = TabBar(
            desk, "cohort_page.tabs", [(t, say(f"cohort_page.tab.{t}")) for t in TABS]
        )
        self.nobody = _nobody_yet(desk)
        self._late = QTimer(self, singleShot=True, interval=_TELL_AFTER_MS)
        self._name = _kept(desk)
        self._lay_out()
        self._listen()
        self._tell_work(False)
        self.retranslate()
        self._turn_to(self._name)
        # No focus proxy: Tab would jump over everything between this and the proxy.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    @property
    def tab_name(self) -> str:
        """The name of the tab shown."""
        return self._name

    @property
    def is_settled(self) -> bool:
        """Is everything read, counted and drawn that was asked for?"""
        drawn = self.view.figure.is_drawn or not self.view.figure.isVisible()
        waiting = self.filters.is_waiting or self.reading.is_busy or self._task is not None
        return not waiting and drawn and not self.computing.is_busy

    def show_tab(self, name: str) -> None:
        """Show a tab, which is remembered."""
        self._desk.settings.remember(_REMEMBERED, name)
        self._turn_to(name)
        self._count()
        self.setFocus()

    def reload(self) -> None:
        """Choose the cohort again, and read what was written since."""
        try:
            wanted = self.filters.wanted()
        except UserError:
            return  # said beside the input
        if self._outdated:
            self.reading.forget()
        self._outdated = False
        self.view.show_waiting()
        self._late.start()
        self.reading.ask(wanted.filter, wanted.choice.counting.cut_off)

    def cancel(self) -> None:
        """Nobody wants to wait for the figures any more."""
        self.reading.stop()
        if self._task is not None:
            self._task.cancel()
        self._task = None
        self._tell_work(False)
        self.view.show_waiting(stopped=True)

    def open_saving(self, exhibit: Exhibit | None = None) -> FiguresDialog:
        """Open the dialog that writes one figure or table, or all of them, as files."""
        assert self.found is not None  # nothing to save is not offered
        wanted = self.filters.wanted()
        dialog = FiguresDialog(self._desk, self.computing, self.found, wanted.choice, exhibit, self)
        dialog.open()
        return dialog

    def open_report(self) -> CohortReportDialog:
        """Open the dialog that writes all of it as one PDF, with the definition that is shown."""
        assert self.found is not None  # nothing to report is not offered
        wanted, endpoint = self.filters.wanted(), self.endpoint.value()
        dialog = CohortReportDialog(
            self._desk, self.computing, self.found, wanted.choice,
            endpoint if endpoint.is_relapse_free else Endpoint.RFS_ANY, self,
        )  # fmt: skip
        dialog.open()
        return dialog

    def open_import(self) -> ImportDialog:
        """Open the dialog that takes in the patients of a published cohort."""
        dialog = ImportDialog(self._desk, self)
        dialog.imported.connect(self._show_study)
        dialog.open()
        return dialog

    def retranslate(self) -> None:
        """Name the page and its parts in the language shown."""
        words = self._desk.words
        self.setAccessibleName(words.text("page.cohort"))
        self.endpoint.setAccessibleName(words.text("cohort_page.endpoint"))
        self.toxicity.setAccessibleName(words.text("cohort_page.toxicity"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard goes to the values of what is shown."""
        super().focusInEvent(event)
        self.view.main_part.setFocus(event.reason())

    def showEvent(self, event: QShowEvent) -> None:
        """What was recorded meanwhile is counted now."""
        super().showEvent(event)
        if self._outdated:
            self.reload()

    def hideEvent(self, event: QHideEvent) -> None:
        """A page out of sight counts nothing."""
        super().hideEvent(event)
        self._late.stop()

    def _show(self, found: Cohort) -> None:
        self.found = found
        self.filters.offer(found)
        if self._choose_origin(found):
            self.reload()
            return
        key = "cohort_page.count_mixed" if found.is_mixed else "cohort_page.count"
        self.count.use_token("warning" if found.is_mixed else "muted")
        self.count.say(say(key, n=len(found.members), of=len(found.everyone)))
        self._body.setCurrentWidget(self._shown if found.everyone else self.nobody)
        self._offer_all(found)
        self._count()

    def _complete(self, found: Cohort) -> None:
        """The toxicities are there, too: whatever else is shown is shown already."""
        self.found = found
        self._offer_all(found)
        if self._name == "toxicity":
            self._count()
        elif self._task is None:
            self._tell_work(False)

    def _offer_all(self, found: Cohort) -> None:
        """All of it can be saved once all of it is read."""
        self.all.setEnabled(bool(found.everyone) and found.counted is not None)
        self.report.setEnabled(bool(found.members) and found.counted is not None)

    def _read_so_far(self, done: int, total: int) -> None:
        self.working.say(say("cohort_page.reading", done=done, total=total))

    def _refuse(self, error: UserError) -> None:
        self._tell_work(False)
        self.view.show_waiting(stopped=True)
        self.filters.fail(error)

    def _show_study(self, study: str) -> None:
        """Show a study alone when it has been read."""
        self.filters.study.set_value(None)
        self._origin = study
        self.reload()

    def _choose_origin(self, found: Cohort) -> bool:
        """Begin with patients of one origin, and with a study that was just taken in.

        To count several together somebody has to say so.
        """
        wanted, self._origin = self._origin, None
        if wanted is None or len(found.studies) < 2 or self.filters.study.value() is not None:
            return False
        self.filters.study.set_value(wanted if wanted in found.studies else found.studies[0])
        return True

    def _count(self) -> None:
        """Count what the tab shows, off the window's thread."""
        found = self.found
        if found is None or not found.everyone:
            self._tell_work(False)
            return
        if self._name == "toxicity" and found.counted is None:
            return  # it is told how far that is read
        try:
            wanted = self.filters.wanted()
        except UserError:
            return
        if self._task is not None:
            self._task.cancel()
        self._late.start()
        self._task = self.computing.run(self._work(found, wanted), self._counted, self, self._fail)

    def _work(self, found: Cohort, wanted: Wanted) -> Callable[[], Exhibit]:
        picked = {"survival": self.endpoint.value().value, "toxicity": self.toxicity.value()}
        make = EXHIBITS[picked.get(self._name, self._name)]
        return lambda: make(found, wanted.choice)

    def _counted(self, exhibit: Exhibit) -> None:
        self._task = None
        self._tell_work(self.reading.is_busy and self._name == "toxicity")
        self.view.show_exhibit(exhibit)

    def _fail(self, error: UserError) -> None:
        self._task = None
        self._tell_work(False)
        self.view.show_waiting(stopped=True)
        self._desk.session.problem.emit(error)

    def _turn_to(self, name: str) -> None:
        self._name = name
        self.bar.mark(name)
        # Of survival the definition stands in the place of the title.
        self.endpoint.setVisible(name == "survival")
        self.toxicity.setVisible(name == "toxicity")
        self.view.title.setVisible(name != "survival")

    def _endpoint_chosen(self) -> None:
        self._desk.settings.remember(_ENDPOINT, self.endpoint.value().value)
        self._count()

    def _heard(self, changes: Changes) -> None:
        if changes.touched & _CONCERNING:
            self._outdated = True
            if self.isVisible():
                self.reload()

    def _tell_work(self, shown: bool) -> None:
        self._late.stop()
        if not shown:
            self.working.say(say("cohort_page.working"))
        self.working.setVisible(shown)
        self.stop.setVisible(shown)

    def _listen(self) -> None:
        desk = self._desk
        self._late.timeout.connect(lambda: self._tell_work(True))
        self.stop.clicked.connect(self.cancel)
        self.reading.found.connect(self._show)
        self.reading.complete.connect(self._complete)
        self.reading.progressed.connect(self._read_so_far)
        self.reading.failed.connect(self._refuse)
        self.filters.changed.connect(self.reload)
        self.bar.chosen.connect(self.show_tab)
        self.endpoint.chosen.connect(self._endpoint_chosen)
        self.toxicity.chosen.connect(self._count)
        self.view.wanted.connect(self.reload)
        self.view.save_wanted.connect(self.open_saving)
        self.view.patient_wanted.connect(self.patient_wanted)
        self.all.clicked.connect(lambda: self.open_saving())
        self.report.clicked.connect(lambda: self.open_report())
        self.bring.clicked.connect(self.open_import)
        self.nobody.wanted.connect(self.patients_wanted)
        for number, name in enumerate(TABS, 1):
            keys = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            keys.activated.connect(lambda name=name: self.show_tab(name))
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.activated.connect(self._go_to_filters)
        self.fold.toggled.connect(self._show_filters)
        self.fold.setChecked(desk.settings.text(_FILTERS, "shown") == "shown")
        self._side.setVisible(self.fold.isChecked())
        desk.session.changed.connect(self._heard)
        desk.words.changed.connect(self.retranslate)
        desk.theme.changed.connect(self._restyle)
        self._restyle()

    def _show_filters(self, shown: bool) -> None:
        """Show or hide the filters, and remember that; hidden ones still hold."""
        self._side.setVisible(shown)
        self._desk.settings.remember(_FILTERS, "shown" if shown else "hidden")

    def _go_to_filters(self) -> None:
        self.fold.setChecked(True)
        self.filters.study.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _restyle(self) -> None:
        """The filters grow with the text."""
        self._side.setFixedWidth(self._desk.theme.unit(58))

    def _lay_out(self) -> None:
        theme = self._desk.theme
        head = QHBoxLayout()
        head.setSpacing(theme.unit(3))
        head.addWidget(Label(self._desk, "page.cohort", role="title"))
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.working)
        head.addWidget(self.stop)
        head.addWidget(self.fold)
        head.addWidget(self.bring)
        head.addWidget(self.all)
        head.addWidget(self.report)
        side = Panel(self._desk)
        inside = QVBoxLayout(side)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(Scrolling(self.filters))
        self._side = side
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.unit(2))
        column.addWidget(self.bar)
        column.addWidget(self.view, 1)
        self.view.head.insertWidget(1, self.endpoint)
        self.view.head.insertWidget(2, self.toxicity)
        for before, after in ((self.bar, self.endpoint), (self.endpoint, self.toxicity)):
            QWidget.setTabOrder(before, after)
        self._shown = QWidget()
        row = QHBoxLayout(self._shown)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.unit(4))
        row.addWidget(side)
        row.addWidget(right, 1)
        self._body = FillingStack()
        self._body.addWidget(self._shown)
        self._body.addWidget(self.nobody)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(4)] * 4)
        box.setSpacing(theme.unit(3))
        box.addLayout(head)
        box.addWidget(self._body, 1)


def _nobody_yet(desk: Desk) -> EmptyState:
    return EmptyState(
        desk, "cohort", say("cohort_page.empty"), say("cohort_page.empty.advice"),
        say("cohort_page.empty.verb"),
    )  # fmt: skip


def _kept(desk: Desk) -> str:
    """The tab used last, or the first one."""
    kept = desk.settings.text(_REMEMBERED)
    return kept if kept in TABS else TABS[0]
