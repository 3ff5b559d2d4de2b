"""The follow-up of a patient: what is known last, contacts and events, and what to do next."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.disease_words import ENTRY_COLUMNS, Entry, entry_told
from aml_maint.gui.models.rows_model import RowsModel
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.course_picture import CoursePicture


class FollowUpView(QWidget):
    """The latest entry first. C records a contact, E an event, Delete takes an entry back."""

    contact_wanted = Signal()
    event_wanted = Signal()
    end_wanted = Signal()
    withdrawal_wanted = Signal(object)
    """The Contact or DiseaseEvent to take back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._looks = desk
        self.state = Label(desk, role="strong", wrap=True)
        self.add_contact = Button(
            desk, say("contact.act"), "plus", kind="primary", leads_to="record_contact"
        )  # fmt: skip
        self.add_event = Button(desk, say("event.act"), "plus", leads_to="record_disease_event")
        self.withdraw = Button(
            desk, say("withdraw_entry.act"),
            leads_to=("withdraw_contact", "withdraw_disease_event"),
        )  # fmt: skip
        self.still_runs = Label(desk, token="warning", wrap=True)
        self.end = Button(desk, say("follow_up.end_course"), leads_to="end_course")
        self.model: RowsModel[Entry] = RowsModel(desk, ENTRY_COLUMNS, self)
        self.table = WordTable(desk, self.model, raised=True)
        self.nothing = Label(desk, "follow_up.none", token="muted", wrap=True)
        self._lay_out()
        self.add_contact.clicked.connect(self.contact_wanted)
        self.add_event.clicked.connect(self.event_wanted)
        self.end.clicked.connect(self.end_wanted)
        self.withdraw.clicked.connect(self._take_back)
        self.table.chosen.connect(lambda one: self.withdraw.setEnabled(one is not None))
        for key, button in (
            (Qt.Key.Key_C, self.add_contact), (Qt.Key.Key_E, self.add_event),
            (Qt.Key.Key_Delete, self.withdraw),
        ):  # fmt: skip
            pressed = QShortcut(QKeySequence(key), self.table, button.click)
            pressed.setContext(Qt.ShortcutContext.WidgetShortcut)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()
        self.clear()

    def clear(self) -> None:
        """Show nothing of the patient before."""
        self.state.setText("")
        self.model.set_rows([])
        self.withdraw.setEnabled(False)
        self._warn(None)

    def show_picture(self, picture: CoursePicture) -> None:
        """Show contacts and events, and what they ask for."""
        known = picture.follow_up
        entries: list[Entry] = [*known.contacts, *known.events]
        entries.sort(key=lambda one: one.on, reverse=True)
        self.model.set_rows(entries)
        self.withdraw.setEnabled(self.table.current is not None)
        self._stack.setCurrentIndex(0 if entries else 1)
        self.state.say(_state(picture))
        due = picture.ask_on is not None and picture.ask_on <= picture.today
        self.state.use_token("warning" if due else "text")
        after = picture.still_runs_after
        self._warn(
            None
            if after is None
            else say("follow_up.still_runs", what=entry_told(after), day=after.on)
        )

    @property
    def first(self) -> QWidget:
        """Where the keyboard goes: the list, or where there is none the first button."""
        return self.table if self.model.rows else self.add_contact

    def retranslate(self) -> None:
        """Name the table."""
        self.table.setAccessibleName(self._looks.words.text("course_tab.follow_up"))

    def _warn(self, told: Message | None) -> None:
        self._bar.setVisible(told is not None)
        if told is not None:
            self.still_runs.say(told)

    def _take_back(self) -> None:
        if self.table.current is not None:
            self.withdrawal_wanted.emit(self.table.current)

    def _lay_out(self) -> None:
        theme = self._looks.theme
        wide, narrow = theme.unit(4), theme.unit(2)
        head = QHBoxLayout()
        head.setContentsMargins(wide, narrow, theme.unit(3), narrow)
        head.setSpacing(narrow)
        head.addWidget(self.state, 1)
        for button in (self.add_contact, self.add_event, self.withdraw):
            head.addWidget(button)
        self._bar = QWidget()
        warning = QHBoxLayout(self._bar)
        warning.setContentsMargins(wide, 0, theme.unit(3), narrow)
        warning.addWidget(self.still_runs, 1)
        warning.addWidget(self.end)
        empty = QWidget()
        inside = QVBoxLayout(empty)
        inside.setContentsMargins(*[wide] * 4)
        inside.addWidget(self.nothing)
        inside.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self._bar)
        self._stack = QStackedLayout()
        box.addLayout(self._stack, 1)
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)


def _state(picture: CoursePicture) -> Message:
    """The last news, and when somebody has to ask again."""
    known = picture.follow_up
    if known.death is not None:
        return say("follow_up.state.died", day=known.death.on)
    last: date | None = known.last_known
    if last is None:
        return say("follow_up.state.nothing")
    if picture.ask_on is None:
        return say("follow_up.state.lost", day=last)
    key = "follow_up.state.due" if picture.ask_on <= picture.today else "follow_up.state.next"
    return Message(key, {"day": last, "ask": picture.ask_on})
