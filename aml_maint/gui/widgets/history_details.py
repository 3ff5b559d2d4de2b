"""One entry of the audit trail in full: what it made or changed, as it was and as it then was."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import IconButton
from aml_maint.gui.widgets.fact_lines import FactLines
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.services.history import HistoryEntry

# A visit's confirmation makes dozens of records; the window shows these and counts the rest.
_MOST = 60


class HistoryDetails(Panel):
    """Opened by Enter, closed by Esc."""

    closed = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__(looks)
        theme = looks.theme
        self._looks = looks
        self.heading = Label(looks, role="strong")
        self.facts = FactLines(looks)
        self.records = FactLines(looks)
        self.close_button = IconButton(looks, "close", say("history.close"))
        self.close_button.clicked.connect(self.closed)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.unit(4), 0, theme.unit(4), theme.unit(3))
        column.setSpacing(theme.unit(3))
        column.addWidget(self.facts)
        column.addWidget(self.records)
        column.addStretch(1)
        self.area = Scrolling(inner)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.area)
        head = QHBoxLayout()
        head.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(2), theme.unit(1))
        head.addWidget(self.heading, 1)
        head.addWidget(self.close_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self.area, 1)
        looks.words.changed.connect(self._retranslate)
        self._retranslate()

    def show_entry(self, entry: HistoryEntry) -> None:
        """Show an entry."""
        self.heading.say(say("history.entry_number", sequence=entry.sequence))
        facts: list[tuple[Message, Message]] = [
            (say("history.column.recorded"), say("history.moment", at=entry.recorded.local)),
            (say("history.occurred"), say("history.moment", at=entry.occurred.local)),
            (say("history.column.by"), _who(entry)),
            (say("history.workstation"), say("history.text", text=entry.workstation)),
        ]
        if entry.reason:
            facts.append((say("history.column.reason"), say("history.text", text=entry.reason)))
        if entry.clock_behind:
            minutes = -(-entry.clock_behind // 60)
            facts.append((say("history.clock"), say("history.clock_behind", minutes=minutes)))
        self.facts.tell(facts)
        records: list[tuple[Message, Message]] = []
        for detail in entry.details[:_MOST]:
            after = detail.after
            if detail.before is not None:
                after = say("history.was_is", before=detail.before, after=detail.after)
            records.append((detail.title, after))
        rest = len(entry.details) - _MOST
        if rest > 0:
            records.append((say("history.rest"), say("history.rest_count", count=rest)))
        self.records.tell(records)
        self.area.verticalScrollBar().setValue(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the details."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _retranslate(self) -> None:
        name = self._looks.words.text("history.details")
        self.area.setAccessibleName(name)
        self.setAccessibleName(name)


def _who(entry: HistoryEntry) -> Message:
    return say("history.who", name=entry.by, role=say(f"role.{entry.role}"))
