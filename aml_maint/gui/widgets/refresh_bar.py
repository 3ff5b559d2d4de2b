"""Says that the list has grown older than the ward, and refreshes it when someone wants it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.dose_words import patient_name
from aml_maint.gui.models.worklist_order import Moved
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.panel import Panel
from aml_maint.services.acts import Act

_CAUSES = 3  # more than these are counted


class RefreshBar(QWidget):
    """`1 change`, who made it, and `Refresh`; hidden while there is none."""

    wanted = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._count = 0
        self.sign = Ornament()
        self.message = Label(looks, role="strong", wrap=True)
        self.causes = Label(looks, role="small", wrap=True)
        self.button = Button(looks, "today.refresh", "refresh")
        self.button.clicked.connect(self.wanted)
        self._lay_out()
        looks.theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def count(self) -> int:
        """How many changes wait."""
        return self._count

    def show_changes(self, count: int, causes: Sequence[Message] = ()) -> None:
        """Say how many rows a refresh would move, and why; nothing is shown for none."""
        self._count = count
        told = list(causes[:_CAUSES])
        if len(causes) > len(told):
            told.append(say("today.since.more", count=len(causes) - len(told)))
        if told:
            self.causes.say(reduce(lambda a, b: say("today.since.and", first=a, then=b), told))
        self.causes.setVisible(bool(told))
        self.message.say(say("today.changes.one") if count == 1 else
                         say("today.changes", count=count))  # fmt: skip
        self.setVisible(count > 0)

    def _restyle(self) -> None:
        size = self._looks.theme.unit(5)
        icon = self._looks.theme.icon("info", "warning")
        self.sign.setPixmap(icon.pixmap(QSize(size, size)))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        panel = Panel(self._looks, token="warning_surface", line="warning")
        row = QHBoxLayout(panel)
        row.setContentsMargins(theme.unit(3), theme.unit(1), theme.unit(1.5), theme.unit(1))
        row.setSpacing(theme.unit(2.5))
        row.addWidget(self.sign)
        words = QVBoxLayout()
        words.setSpacing(theme.unit(0.5))
        words.addWidget(self.message)
        words.addWidget(self.causes)
        row.addLayout(words, 1)
        row.addWidget(self.button)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(panel)


def causes_of(moved: Sequence[Moved], acts: Sequence[Act]) -> list[Message]:
    """Why rows would move: who did what to those patients' records, and what time alone did."""
    of = Counter(row.patient_id for row in moved)
    causes = []
    touched = set[str]()
    for act in acts:
        people = [patient for patient in act.patients if patient.id in of]
        touched |= {patient.id for patient in people}
        if people:
            # A name has a comma of its own.
            names = reduce(
                lambda a, b: say("today.since.names", first=a, then=b), map(patient_name, people)
            )
            causes.append(say("today.since.act", by=act.who, what=act.what, patients=names))
    by_time = sum(row.by_time and row.patient_id not in touched for row in moved)
    if by_time:
        key = "today.since.time.one" if by_time == 1 else "today.since.time"
        causes.append(say(key, count=by_time))
    return causes
