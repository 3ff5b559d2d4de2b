"""Says that the list has grown older than the ward, and refreshes it when someone wants it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel


class RefreshBar(QWidget):
    """`1 change · Refresh`; hidden while there is none."""

    wanted = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._count = 0
        self.sign = QLabel()
        self.message = Label(looks, role="strong", wrap=True)
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

    def show_changes(self, count: int) -> None:
        """Say how many rows a refresh would move; nothing is shown for none."""
        self._count = count
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
        row.addWidget(self.message, 1)
        row.addWidget(self.button)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(panel)
