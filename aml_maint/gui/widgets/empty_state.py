"""A page with nothing to show yet: says what is missing, and offers the next step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.role_line import RoleLine


class EmptyState(QWidget):
    """An icon, what is missing, what to do, and the button for it."""

    wanted = Signal()

    def __init__(
        self, looks: Looks, icon: str, title: Message, advice: Message, verb: Message,
        *, leads_to: str | Sequence[str] = (),
    ) -> None:  # fmt: skip
        super().__init__()
        self._looks = looks
        self._icon = icon
        self.sign = Ornament()
        self.title = Label(looks, title, role="heading")
        self.advice = Label(looks, advice, token="muted", wrap=True)
        self.button = Button(looks, verb, kind="primary", leads_to=leads_to)
        self.reason = RoleLine(looks, leads_to)
        self.button.clicked.connect(self.wanted)
        self.advice.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.advice.setFixedWidth(looks.theme.unit(100))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.advice)
        row.addStretch(1)
        self._box = box = QVBoxLayout(self)
        box.setSpacing(looks.theme.unit(3))
        box.addStretch(2)
        box.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addLayout(row)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self.reason, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        looks.theme.changed.connect(self._restyle)

    def add_button(self, button: Button) -> None:
        """Offer another way below the first."""
        self._box.insertWidget(self._box.count() - 1, button, 0, Qt.AlignmentFlag.AlignHCenter)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the icon: most are never seen, for there is something to show."""
        super().showEvent(event)
        self._draw()

    def _restyle(self) -> None:
        if self.isVisible():
            self._draw()

    def _draw(self) -> None:
        size = self._looks.theme.unit(12)
        icon = self._looks.theme.icon(self._icon, "muted")
        self.sign.setPixmap(icon.pixmap(QSize(size, size)))
