"""How far long work is: a bar, and in words what is being done."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.label import Label


class WorkProgress(QWidget):
    """Hidden while nothing is done; of an unknown number the bar only moves."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._told: Message = say("work.step.reading")
        self.words = Label(looks, role="small", token="muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(looks.theme.unit(1))
        box.addWidget(self.words)
        box.addWidget(self.bar)
        looks.words.changed.connect(self._name)
        self.hide()

    def begin(self, told: Message) -> None:
        """Show what has begun; nobody knows yet how long it takes."""
        self.show_step(told, 0, 0)
        self.show()

    def show_step(self, told: Message, done: int, total: int) -> None:
        """Say what is being done, and how much of it is."""
        self._told = told
        self.bar.setRange(0, 100 if total else 0)
        if total:
            percent = min(done * 100 // total, 100)
            self.bar.setValue(percent)
            told = say("work.percent", step=told, percent=percent)
        self.words.say(told)
        self._name()

    def _name(self) -> None:
        self.bar.setAccessibleName(self._looks.words.text(self._told))
