"""The line above the page: find a patient, and who sits here."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.widgets.button import IconButton
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.search_box import SearchBox


class TopBar(QWidget):
    """Search at the left, the person at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.search = SearchBox(desk)
        self.sign = Ornament()
        actor = desk.session.actor
        self.person = Label(
            desk,
            say("top.person", name=actor.name, role=Message(f"role.{actor.role.value}")),
            token="muted",
        )
        self.lock = IconButton(desk, "lock", say("lock.now"))
        row = QHBoxLayout(self)
        theme = desk.theme
        row.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(4), theme.unit(2))
        row.setSpacing(theme.unit(2))
        row.addWidget(self.search, 3)
        row.addStretch(4)
        row.addWidget(self.sign)
        row.addWidget(self.person)
        row.addWidget(self.lock)
        # Only now: shown without a parent, it would be a window of its own.
        self.lock.setVisible(desk.session.has_accounts)
        self.search.setMaximumWidth(theme.unit(120))
        theme.changed.connect(self._restyle)
        self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surface and the line below it."""
        theme = self._desk.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface_raised"))
        painter.setPen(theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def _restyle(self) -> None:
        theme = self._desk.theme
        size = theme.unit(4.5)
        self.sign.setPixmap(theme.icon("user", "muted").pixmap(QSize(size, size)))
        self.search.setMinimumWidth(theme.unit(40))
        self.search.setMaximumWidth(theme.unit(120))
        self.update()
