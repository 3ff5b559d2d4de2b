"""Confirm a stretch of doses as taken: only the exceptions are typed, and one save records all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.dose_stretch import Outcome, Stretch
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.stretch_input import StretchInput

_TOLD = (Outcome.TAKEN, Outcome.EXCEPTION, Outcome.NOT_NEEDED, Outcome.LEFT_OPEN)


_SHARE_OF_WINDOW = 0.94


class ConfirmDialog(PatientDialog):
    """The list of doses; M, H, R, P and L type exceptions, Enter records everything."""

    COMMANDS = ("log_doses",)

    submitted = Signal(object)
    """The RangeConfirmation."""

    def __init__(
        self, desk: Desk, patient: Patient, stretch: Stretch, left_alone: Sequence[Message],
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("stretch.title"), say("stretch.verb.none"),
            draft=f"confirm/{stretch.views[0].slot.course}", columns=1, parent=parent,
        )  # fmt: skip
        self.stretch = stretch
        self.doses = StretchInput(desk, stretch, desk.session.now())
        self.sums = Label(desk, role="strong", wrap=True)
        self.alone = Label(desk, role="small", token="muted", wrap=True)
        self.form.add_row("doses", say("stretch.doses"), self.doses)
        self.ready()
        self.body.addWidget(self.sums)
        self.body.addWidget(self.alone)
        self.alone.say(say("stretch.left_alone", parts=tuple(left_alone)))
        self.alone.setVisible(bool(left_alone))
        self.doses.model.dataChanged.connect(self._tell)
        self.doses.entered.connect(self.save.click)
        # What is half typed is applied or given up before anything is recorded.
        self.doses.busy.connect(lambda _: self._tell())
        self.setMinimumWidth(min(desk.theme.unit(262), round(parent.width() * _SHARE_OF_WINDOW)))
        self._tell()
        self.doses.setFocus()

    def submit(self) -> None:
        """Ask for the whole stretch at once."""
        self.submitted.emit(self.stretch.confirmation())

    def _tell(self) -> None:
        """Say in numbers what saving will do."""
        counts = [(outcome, self.stretch.count(outcome)) for outcome in _TOLD]
        parts = tuple(say(f"stretch.sum.{o.value}", count=count) for o, count in counts if count)
        self.sums.say(say("stretch.sums", parts=parts))
        recorded = self.stretch.count(Outcome.TAKEN) + self.stretch.count(Outcome.EXCEPTION)
        self.save.say(say("stretch.verb", count=recorded) if recorded else "stretch.verb.none")
        self.save.setEnabled(recorded > 0 and self.doses.asking is None)
