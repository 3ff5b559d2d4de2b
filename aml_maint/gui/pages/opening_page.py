"""Shown while a ward file is being opened, checked or built."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.label import Label


class OpeningPage(QWidget):
    """Says what is going on, and how far it is where that is known."""

    stepped = Signal(int, int)
    """So many of so many steps are done; told by whichever thread takes them."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.text = Label(looks, say("opening.file"), role="heading")
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1)
        box = QVBoxLayout(self)
        box.setSpacing(looks.theme.unit(4))
        box.addStretch(2)
        box.addWidget(self.text)
        box.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        self.stepped.connect(self.show_progress)
        looks.words.changed.connect(self._name)
        looks.theme.changed.connect(self._restyle)
        self._name()
        self._restyle()

    def begin(self, text: Message) -> None:
        """Say what is going on; nothing is known yet of how far it is."""
        self.text.say(text)
        self.bar.setRange(0, 1)
        self.bar.setValue(0)
        self._name()

    def show_progress(self, done: int, of: int) -> None:
        """Show that so many of so many steps are done."""
        self.bar.setRange(0, of)
        self.bar.setValue(done)

    def _name(self) -> None:
        self.bar.setAccessibleName(self.text.text())

    def _restyle(self) -> None:
        self.bar.setFixedSize(self._looks.theme.unit(70), self._looks.theme.unit(2))
