"""The History tab: the audit trail of a patient, readable, filterable, a page at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Name, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.trail_dialogs import TrailDialog
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.history_details import HistoryDetails
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.history import (
    PAGE,
    Group,
    HistoryEntry,
    HistoryPage,
    Wanted,
    patient_history,
    people_of,
)
from aml_maint.services.workplace import Workplace

# Typing in the search rests so long before the trail is read.
_TYPED_MS = 250

_COLUMNS: tuple[Column[HistoryEntry], ...] = (
    Column(say("history.column.recorded"), lambda e: say("history.moment", at=e.recorded.local)),
    Column(
        say("history.column.by"),
        lambda e: say("history.who", name=e.by, role=say(f"role.{e.role}")),
    ),
    Column(say("history.column.what"), lambda e: e.what, share=3),
    Column(say("history.column.reason"), lambda e: e.reason, share=1, token=lambda _: "muted"),
)


class HistoryTab(PatientTab):
    """Every write about the patient, the latest first; Enter shows one in full."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self._asked = 0
        self.group: ChoiceInput[Group | None] = ChoiceInput(desk, [])
        self.person: ChoiceInput[str | None] = ChoiceInput(desk, [])
        self.search = TextInput(desk, say("history.search"))
        self.search.setClearButtonEnabled(True)
        self.count = Label(desk, role="small", token="muted")
        self.model: RowsModel[HistoryEntry] = RowsModel(desk, _COLUMNS, self)
        self.table = WordTable(desk, self.model)
        self.nothing = Label(desk, "history.none", token="muted", wrap=True)
        self.print = Button(desk, "trail.print", "reports")
        self.print.clicked.connect(self.open_print)
        self.details = HistoryDetails(desk)
        self.details.hide()
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._lay_out()
        self.setFocusProxy(self.table)
        self._typed.timeout.connect(self._read)
        self.search.textChanged.connect(lambda _: self._typed.start())
        self.group.chosen.connect(self._read)
        self.person.chosen.connect(self._read)
        self.model.more_wanted.connect(self._read_more)
        self.table.opened.connect(self._open)
        self.table.chosen.connect(self._follow)
        self.details.closed.connect(self._close)
        find = QShortcut(QKeySequence("Ctrl+F"), self, self._begin_search)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()

    def show_patient(self, patient_id: str) -> None:
        """Show a patient's trail; of the same patient filter and cursor stay."""
        if patient_id != self._patient_id:
            self._patient_id = patient_id
            self.model.set_rows([])
            self.person.offer([(None, say("history.everyone"))])
            self.group.set_value(None)
            self.search.clear()
            self._typed.stop()
            self._close()
            self.nothing.hide()
            self.count.setText("")
        self._read()

    def retranslate(self) -> None:
        """Set choices and accessible names in the language shown."""
        words, kept = self._desk.words, self._group
        everything = [(None, say("history.everything"))]
        self.group.offer(
            [*everything, *((group, say(f"history.group.{group.value}")) for group in Group)]
        )
        self.group.set_value(kept)
        for part, name in (
            (self.group, "history.filter.group"), (self.person, "history.filter.person"),
            (self.search, "history.search"), (self.table, "tab.history"),
        ):  # fmt: skip
            part.setAccessibleName(words.text(name))

    @property
    def _group(self) -> Group | None:
        return self.group.value() if self.group.count() else None

    def _wanted(self) -> Wanted:
        person = self.person.value() if self.person.count() else None
        return Wanted(self._group, person, self.search.value())

    def _read(self) -> None:
        """Read as many entries as are shown, from the latest on."""
        self._typed.stop()
        patient_id, wanted = self._patient_id, self._wanted()
        limit = max(PAGE, self.model.rowCount())
        language = self._desk.words.language
        self._asked += 1
        asked = self._asked

        def work(place: Workplace) -> tuple[HistoryPage, tuple[str, ...]]:
            page = patient_history(place, patient_id, wanted, limit=limit, language=language)
            return page, people_of(place, patient_id)

        def show(found: tuple[HistoryPage, tuple[str, ...]]) -> None:
            if asked == self._asked:
                self._show(*found)

        if patient_id:
            self._desk.session.read(work, show, self)

    def _read_more(self) -> None:
        """Read the entries before the earliest one shown."""
        patient_id, wanted, asked = self._patient_id, self._wanted(), self._asked
        before = self.model.rows[-1].sequence
        language = self._desk.words.language

        def work(place: Workplace) -> HistoryPage:
            return patient_history(place, patient_id, wanted, before=before, language=language)

        def show(page: HistoryPage) -> None:
            if asked == self._asked:
                self.model.add_rows(page.entries, more=page.more)
                self._tell_count(page.more)

        self._desk.session.read(work, show, self)

    def _show(self, page: HistoryPage, people: tuple[str, ...]) -> None:
        kept = self.table.current
        person = self.person.value()
        self.person.offer(
            [(None, say("history.everyone")), *((name, Name(name, name)) for name in people)]
        )
        self.person.set_value(person if person in people else None)
        self.model.set_rows(page.entries, more=page.more)
        places = {entry.sequence: place for place, entry in enumerate(page.entries)}
        self.table.go_to(places.get(kept.sequence, 0) if kept is not None else 0)
        self.nothing.setVisible(not page.entries)
        self._stack.setCurrentIndex(0 if page.entries else 1)
        self._tell_count(page.more)

    def _tell_count(self, more: bool) -> None:
        key = "history.count_more" if more else "history.count"
        self.count.say(say(key, count=self.model.rowCount()))

    def _open(self, entry: HistoryEntry) -> None:
        self.details.show_entry(entry)
        self.details.show()
        self.details.setFocus()

    def _follow(self, entry: HistoryEntry | None) -> None:
        if self.details.isVisible() and entry is not None:
            self.details.show_entry(entry)

    def _close(self) -> None:
        here = self.details.isAncestorOf(self.window().focusWidget())
        self.details.hide()
        if here:
            self.table.setFocus()

    def open_print(self) -> TrailDialog:
        """Put the entries on paper as they are filtered now."""
        dialog = TrailDialog(self._desk, self._patient_id, self._wanted(), self.window())
        dialog.open()
        return dialog

    def _begin_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _lay_out(self) -> None:
        theme = self._desk.theme
        head = QHBoxLayout()
        head.setSpacing(theme.unit(2))
        head.addWidget(self.group)
        head.addWidget(self.person)
        self.search.setFixedWidth(theme.unit(70))
        head.addWidget(self.search)
        head.addStretch(1)
        head.addWidget(self.count)
        head.addWidget(self.print)
        body = Panel(self._desk, radius=0)
        empty = QWidget()
        inside = QVBoxLayout(empty)
        inside.setContentsMargins(*[theme.unit(4)] * 4)
        inside.addWidget(self.nothing)
        inside.addStretch(1)
        self._stack = QStackedLayout(body)
        self._stack.setContentsMargins(1, 1, 1, 1)
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(theme.unit(2))
        split.addWidget(body)
        split.addWidget(self.details)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 3)
        split.setChildrenCollapsible(False)
        self.details.setMinimumWidth(theme.unit(80))
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.unit(4), theme.unit(2.5), theme.unit(4), theme.unit(4))
        box.setSpacing(theme.unit(2))
        box.addLayout(head)
        box.addWidget(split, 1)
