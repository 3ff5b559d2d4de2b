"""Whom somebody has to ask after: the follow-ups that are due, the longest due first."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.follow_up_dialogs import ContactDialog
from aml_maint.gui.dose_words import patient_name
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.reading import Reading, read_in_parts
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.follow_up import OpenFollowUp, read_open_follow_ups

_AT_A_TIME = 100  # rows laid out at once


class AskAfter(QWidget):
    """Enter opens a patient's follow-up, C records a contact at once."""

    opened = Signal(str)
    """The id of the patient whose follow-up shall be shown."""
    counted = Signal(int)
    """So many are due."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._today = date.min
        self._found: tuple[OpenFollowUp, ...] = ()
        self._reading: Reading[tuple[OpenFollowUp, ...]] | None = None
        self.dialog: ContactDialog | None = None
        self.advice = Label(desk, "ask_after.advice", token="muted", wrap=True)
        self.contact = Button(
            desk, say("contact.act"), "plus", kind="primary", leads_to="record_contact"
        )  # fmt: skip
        self.model: RowsModel[OpenFollowUp] = RowsModel(desk, self._columns(), self)
        self.table = WordTable(desk, self.model, raised=True)
        self.nothing = Label(desk, "ask_after.none", token="muted", wrap=True)
        self._lay_out()
        self.model.more_wanted.connect(self._show_more)
        self.contact.clicked.connect(self.open_contact)
        self.table.opened.connect(lambda one: self.opened.emit(one.patient.id))
        self.table.chosen.connect(lambda one: self.contact.setEnabled(one is not None))
        pressed = QShortcut(QKeySequence(Qt.Key.Key_C), self.table, self.contact.click)
        pressed.setContext(Qt.ShortcutContext.WidgetShortcut)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()
        self.contact.setEnabled(False)

    def reload(self) -> None:
        """Read who is due."""

        if self._reading is not None:
            self._reading.stop()
        session = self._desk.session
        self._reading = read_in_parts(
            session, read_open_follow_ups, self._show, self, session.problem.emit
        )

    def open_contact(self) -> None:
        """Record that the patient under the cursor was reached."""
        chosen = self.table.current
        if chosen is not None:
            self.dialog = ContactDialog(self._desk, chosen.patient, self.window())
            self.dialog.open()

    def retranslate(self) -> None:
        """Name the table."""
        self.table.setAccessibleName(self._desk.words.text("patients.part.due"))

    def _show(self, found: tuple[OpenFollowUp, ...]) -> None:
        kept = self.table.current
        self._today = self._desk.session.now().local.date()
        ids = [one.patient.id for one in found]
        place = ids.index(kept.patient.id) if kept is not None and kept.patient.id in ids else 0
        self._found = found
        shown = max(place + 1, _AT_A_TIME)
        self.model.set_rows(found[:shown], more=len(found) > shown)
        self._stack.setCurrentIndex(0 if found else 1)
        if kept is not None:
            self.table.go_to(place)
        self.contact.setEnabled(self.table.current is not None)
        self.counted.emit(len(found))

    def _show_more(self) -> None:
        """Lay out some more of many, as somebody comes near them."""
        first = self.model.rowCount()
        rows = self._found[first : first + _AT_A_TIME]
        self.model.add_rows(rows, more=first + len(rows) < len(self._found))

    def _columns(self) -> tuple[Column[OpenFollowUp], ...]:
        return (
            Column(say("ask_after.patient"), lambda one: patient_name(one.patient), share=3),
            Column(say("ask_after.mrn"), lambda one: one.patient.mrn, share=2),
            Column(
                say("ask_after.last"), lambda one: say("banner.day", day=one.last_known), share=2
            ),
            Column(
                say("ask_after.due"), self._due, share=3,
                token=lambda one: "warning" if one.due_on < self._today else "text",
            ),
        )  # fmt: skip

    def _due(self, one: OpenFollowUp) -> Message:
        days = (self._today - one.due_on).days
        if days == 0:
            return say("ask_after.today")
        key = "ask_after.since.one" if days == 1 else "ask_after.since"
        return Message(key, {"day": one.due_on, "days": days})

    def _lay_out(self) -> None:
        theme = self._desk.theme
        head = QHBoxLayout()
        head.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(3), theme.unit(2))
        head.addWidget(self.advice, 1)
        head.addWidget(self.contact)
        empty = QWidget()
        inside = QVBoxLayout(empty)
        inside.setContentsMargins(*[theme.unit(4)] * 4)
        inside.addWidget(self.nothing)
        inside.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        self._stack = QStackedLayout()
        box.addLayout(self._stack, 1)
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
