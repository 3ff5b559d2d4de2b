"""All patients of the ward file, and those to ask after; admit one, start a course, open one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui import collecting
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.admit_dialog import AdmitDialog
from aml_maint.gui.dialogs.course_dialog import CourseDialog
from aml_maint.gui.dialogs.import_dialog import ImportDialog
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.models.patients_model import (
    ROW_ROLE,
    Column,
    ListedPatient,
    Order,
    PatientsModel,
)
from aml_maint.gui.reading import Reading, read_in_parts
from aml_maint.gui.widgets.ask_after import AskAfter
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.empty_state import EmptyState
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.tab_bar import TabBar
from aml_maint.gui.widgets.table import Table
from aml_maint.services.changes import Changes, Touched

if TYPE_CHECKING:
    from datetime import date

    from aml_maint.services.long_work import Parts
    from aml_maint.services.workplace import Workplace

_PARTS = ("all", "due")
_MEASURED = 40
_MANY = 2_000
_CONCERNING = frozenset({Touched.PATIENTS, Touched.COURSES, Touched.LABS, Touched.WARD})


# What a file of patients can be taken in as.
_IMPORTS = ("import_cohort", "import_bundle")


class PatientsPage(FirstFocus):
    """The list from which a patient is opened."""

    opened = Signal(str)
    """The id of the patient to show."""
    follow_up_wanted = Signal(str)
    """The id of the patient whose follow-up shall be shown."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.bar = TabBar(
            desk, "patients.parts", [(part, say(f"patients.part.{part}")) for part in _PARTS],
            keys=False,
        )  # fmt: skip
        self.due = AskAfter(desk)
        self._select_next: str | None = None
        self._reading: Reading[tuple[list[ListedPatient], date]] | None = None
        self._outdated = False
        self.model = PatientsModel(desk)
        self.filter = TextInput(desk, say("patients.filter"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(lambda _: self._search())
        self.count = Label(desk, role="small", token="muted")
        self.admit = Button(
            desk, "patients.admit", "plus", kind="primary", leads_to="admit_patient"
        )  # fmt: skip
        self.admit.clicked.connect(self.open_admission)
        self.start = Button(desk, "patients.start_course", "start", leads_to="start_course")
        self.take_in = Button(desk, "patients.import", "import", leads_to=_IMPORTS)
        self.take_in.clicked.connect(self.open_import)
        self.start.clicked.connect(self._start_course)
        self.table = Table(desk)
        self.empty = _EmptyWard(desk)
        self.empty.admit.clicked.connect(self.open_admission)
        self.empty.take_in.clicked.connect(self.open_import)
        self.due.opened.connect(self.follow_up_wanted)
        self.due.counted.connect(self._count_due)
        self._set_up_table()
        self._lay_out()
        self.bar.chosen.connect(self.show_part)
        QShortcut(QKeySequence("Ctrl+F"), self, self._begin_filter)
        desk.words.changed.connect(self.retranslate)
        desk.theme.changed.connect(self.restyle)
        desk.session.changed.connect(self._heard)
        self.retranslate()
        self.restyle()
        self.setFocusProxy(self.table)
        self.reload()

    def reload(self) -> None:
        """Read the patients that match the filter, and whom to ask after."""
        self._outdated = False
        self._search()
        self.due.reload()

    def showEvent(self, event: QShowEvent) -> None:
        """What was recorded meanwhile is read now."""
        super().showEvent(event)
        if self._outdated:
            self.reload()

    def _search(self) -> None:
        """Read the patients that match the filter; whoever types on asks for others."""
        if self._reading is not None:
            self._reading.stop()
        session, wanted, order = self._desk.session, self.filter.value(), self.model.order

        def work(place: Workplace) -> Parts[tuple[list[ListedPatient], date]]:
            from aml_maint.services.people import banner, list_in_parts

            rows = yield from list_in_parts(place, wanted)
            listed = order.of(
                ListedPatient(row, banner(place, row.patient.id).reported if row.reported else None)
                for row in rows
            )
            return listed, place.clock.now().local.date()

        self._reading = read_in_parts(
            session, work, lambda found: self._show(*found, order), self, session.problem.emit
        )

    def show_part(self, name: str) -> None:
        """Show all patients, or those to ask after."""
        self.bar.mark(name)
        self._parts.setCurrentIndex(_PARTS.index(name))
        self.setFocusProxy(self.table if name == "all" else self.due.table)
        for widget in (self.filter, self.start, self.admit, self.take_in, self.count):
            widget.setVisible(name == "all")

    def open_admission(self) -> AdmitDialog:
        """Open the dialog that admits a patient, and then the one that starts the course."""
        dialog = AdmitDialog(self._desk, self)
        dialog.admitted.connect(self._admitted)
        dialog.open()
        return dialog

    def open_import(self) -> ImportDialog:
        """Take in the patients of a file."""
        dialog = ImportDialog(self._desk, self)
        dialog.open()
        return dialog

    def open_course(self, patient_id: str) -> CourseDialog:
        """Open the dialog that starts a patient's course."""
        dialog = CourseDialog(self._desk, patient_id, self)
        dialog.open()
        return dialog

    def selected(self) -> ListedPatient | None:
        """The patient that is marked in the table."""
        index = self.table.currentIndex()
        found = index.data(ROW_ROLE) if index.isValid() else None
        return found if isinstance(found, ListedPatient) else None

    def retranslate(self) -> None:
        """Set the accessible names in the language shown."""
        words = self._desk.words
        self.filter.setAccessibleName(words.text("patients.filter"))
        self.table.setAccessibleName(words.text("page.patients"))
        self.setAccessibleName(words.text("page.patients"))
        self.table.refit()

    def restyle(self) -> None:
        """Take the width of the filter from the theme."""
        self.filter.setFixedWidth(self._desk.theme.unit(70))

    def _count_due(self, number: int) -> None:
        text = say("patients.part.due_count", count=number) if number else say("patients.part.due")
        self.bar.say(_PARTS[1], text)

    def _admitted(self, patient_id: str, start_now: bool) -> None:
        self._select_next = patient_id
        if start_now:
            self.open_course(patient_id)

    def _start_course(self) -> None:
        patient = self.selected()
        if patient is not None:
            self.open_course(patient.row.patient.id)

    def _heard(self, changes: Changes) -> None:
        if changes.touched & _CONCERNING:
            self._outdated = True
            if self.isVisible():
                self.reload()

    def _show(self, rows: list[ListedPatient], today: date, order: Order) -> None:
        kept = self.selected()
        keep = self._select_next or (kept.row.patient.id if kept else None)
        self._select_next = None
        self.model.set_rows(rows, today, order)
        self.count.say(say("patients.count_found", count=len(rows)))
        filtered = bool(self.filter.value())
        self._stack.setCurrentWidget(self.table if rows or filtered else self.empty)
        self.table.refit()
        self._select(keep)
        if len(rows) > _MANY:
            # Their courses are kept from now on: no collection of garbage walks through them.
            collecting.keep_loaded()

    def _select(self, patient_id: str | None) -> None:
        line = self.model.line_of(patient_id) if patient_id is not None else None
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(line or 0, Column.NAME))
        if line is None:
            self._selection_changed()

    def _selection_changed(self) -> None:
        patient = self.selected()
        course = patient.row.course if patient else None
        free = course is None or course.ended_on is not None
        self.start.setEnabled(patient is not None and not patient.row.reported and free)

    def _open(self, index: QModelIndex) -> None:
        patient = index.data(ROW_ROLE)
        if isinstance(patient, ListedPatient):
            self.opened.emit(patient.row.patient.id)

    def _open_selected(self) -> None:
        self._open(self.table.currentIndex())

    def _begin_filter(self) -> None:
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _set_up_table(self) -> None:
        table = self.table
        # Of ten thousand rows those in sight say how wide a column has to be, and some below them.
        table.horizontalHeader().setResizeContentsPrecision(_MEASURED)
        table.setModel(self.model)
        table.setSortingEnabled(True)
        table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        table.doubleClicked.connect(self._open)
        table.selectionModel().currentRowChanged.connect(lambda *_: self._selection_changed())
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            enter = QShortcut(QKeySequence(key), table, self._open_selected)
            enter.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _lay_out(self) -> None:
        theme = self._desk.theme
        head = QHBoxLayout()
        head.setSpacing(theme.unit(3))
        head.addWidget(Label(self._desk, "page.patients", role="title"))
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.filter)
        head.addWidget(self.take_in)
        head.addWidget(self.start)
        head.addWidget(self.admit)
        everyone = QWidget()
        self._stack = QStackedLayout(everyone)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        body = Panel(self._desk)
        inside = QVBoxLayout(body)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(theme.unit(2), 0, theme.unit(2), 0)
        tabs.addWidget(self.bar)
        tabs.addStretch(1)
        inside.addLayout(tabs)
        self._parts = QStackedWidget()
        for part in (everyone, self.due):
            self._parts.addWidget(part)
        inside.addWidget(self._parts, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(4)] * 4)
        box.setSpacing(theme.unit(3))
        box.addLayout(head)
        box.addWidget(body, 1)


class _EmptyWard(EmptyState):
    """What to do while there is no patient yet."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk, "patients", say("patients.empty.title"), say("patients.empty.story"),
            say("patients.admit"), leads_to="admit_patient",
        )  # fmt: skip
        self.admit = self.button
        self.take_in = Button(desk, "patients.import", "import", leads_to=_IMPORTS)
        self.add_button(self.take_in)
