"""Doses given before a result arrived that would have kept them back: said at once, and listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_words import patient_name
from aml_maint.gui.widgets.button import Button, IconButton
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.panel import Panel
from aml_maint.services.changes import Changes, Touched

if TYPE_CHECKING:
    from aml_maint.gui.dialogs.take_back_dialog import TakeBackDialog
    from aml_maint.services.late_evidence import LateEvidence
    from aml_maint.services.workplace import Workplace

_MOST_LISTED = 6


class LateBar(QWidget):
    """It hears of every result, whichever screen recorded it, and stays until it is closed."""

    dose_wanted = Signal(str, object, int)
    """The id of the patient, the SlotId of the first of the doses, and the cycle it lies in."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._late: LateEvidence | None = None
        self.panel = Panel(desk, token="warning_surface", line="warning")
        self.sign = Ornament()
        self.message = Label(desk, role="strong", wrap=True)
        self.doses = Label(desk, wrap=True)
        self.hint = Label(desk, "late.hint", role="small", wrap=True)
        self.show_doses = Button(desk, "late.show")
        self.take_back = Button(desk, "late.take_back", "undo", leads_to="withdraw_count")
        self.dismiss = IconButton(desk, "close", say("notice.dismiss"), token="text")
        self.show_doses.clicked.connect(self._show_doses)
        self.take_back.clicked.connect(self.open_take_back)
        self.dismiss.clicked.connect(self.clear)
        self._lay_out()
        desk.session.changed.connect(self._heard)
        desk.theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def shown(self) -> LateEvidence | None:
        """What the bar tells of."""
        return self._late

    def show_late(self, late: LateEvidence) -> None:
        """Tell which doses were given although their gate was closed by what is known now."""
        self._late = late
        self.message.say(_told(late))
        listed = tuple(_listed(late))
        self.doses.say(say("late.doses", doses=listed))
        standing = late.can_be_taken_back
        self.take_back.setVisible(bool(standing))
        self.setAccessibleName(self.message.text())
        self.show()

    def clear(self) -> None:
        """Close it; the doses stay listed among the patient's findings."""
        self._late = None
        self.hide()

    def open_take_back(self) -> TakeBackDialog | None:
        """Ask why a result is taken back, and take it back."""
        from aml_maint.gui.dialogs.take_back_dialog import TakeBackDialog

        if self._late is None or not self._late.can_be_taken_back:
            return None
        dialog = TakeBackDialog(self._desk, self._late, self.window())
        dialog.open()
        return dialog

    def _show_doses(self) -> None:
        if self._late is not None:
            first = self._late.doses[0]
            self.dose_wanted.emit(self._late.patient.id, first.record.slot, first.cycle)

    def _heard(self, changes: Changes) -> None:
        if Touched.LABS not in changes.touched or changes.replayed:
            return
        before = self._late

        def show(found: LateEvidence | None) -> None:
            if found is not None:
                self.show_late(found)
            elif before is not None and before.patient.id in changes.patients:
                self._look_again(before)

        self._desk.session.read(lambda place: _late(place, changes.sequence), show, self)

    def _look_again(self, told: LateEvidence) -> None:
        """Close the bar if nothing that it tells of stands any more."""

        def show(found: LateEvidence | None) -> None:
            if told is self._late and found is None:
                self.clear()

        self._desk.session.read(lambda place: _late(place, told.sequence), show, self)

    def _restyle(self) -> None:
        theme = self._desk.theme
        size = theme.unit(5)
        self.sign.setPixmap(theme.icon("alert", "warning").pixmap(QSize(size, size)))

    def _lay_out(self) -> None:
        theme = self._desk.theme
        acts = QVBoxLayout()
        acts.setSpacing(theme.unit(1.5))
        acts.addWidget(self.show_doses)
        acts.addWidget(self.take_back)
        texts = QVBoxLayout()
        texts.setSpacing(theme.unit(1))
        for widget in (self.message, self.doses, self.hint):
            texts.addWidget(widget)
        row = QHBoxLayout(self.panel)
        row.setContentsMargins(theme.unit(3), theme.unit(2), theme.unit(2), theme.unit(2))
        row.setSpacing(theme.unit(2.5))
        row.addWidget(self.sign)
        row.addLayout(texts, 1)
        row.addLayout(acts)
        row.addWidget(self.dismiss)
        around = QVBoxLayout(self)
        around.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(4), 0)
        around.addWidget(self.panel)


def _late(place: Workplace, sequence: int) -> LateEvidence | None:
    """Read what an entry changed for doses given; what is needed for it is loaded then."""
    from aml_maint.services.late_evidence import late_evidence

    return late_evidence(place, sequence)


def _told(late: LateEvidence) -> Message:
    one = late.evidence[0]
    key = "late.withdrawn" if one.withdrawn else "late.recorded"
    count = len(late.doses)
    told = {
        "name": patient_name(late.patient), "mrn": late.patient.mrn, "subject": one.subject,
        "found": one.found, "collected": one.collected.local, "count": count,
    }  # fmt: skip
    return Message(f"{key}.one" if count == 1 else key, told)


def _listed(late: LateEvidence) -> Iterator[Message]:
    for dose in late.doses[:_MOST_LISTED]:
        yield say("late.dose", drug=dose.drug, given=dose.given.local)
    left = len(late.doses) - _MOST_LISTED
    if left > 0:
        yield say("late.more", count=left)
