"""A line at the foot of a list: how many doses are due below what is in sight."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.worklist_view import WorklistView


class MoreBelow(QAbstractButton):
    """`3 more due below`; a click scrolls on by a page. Its place is kept when it is empty."""

    def __init__(self, looks: Looks, view: WorklistView) -> None:
        super().__init__()
        self._looks = looks
        self._view = view
        self._count = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._scroll)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.updateGeometry)
        self.retranslate()

    @property
    def count(self) -> int:
        """How many doses are told of."""
        return self._count

    def show_count(self, count: int) -> None:
        """Tell how many overdue and due doses are out of sight below."""
        self._count = count
        self.setEnabled(count > 0)
        self.setCursor(Qt.CursorShape.PointingHandCursor if count else Qt.CursorShape.ArrowCursor)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the text in the language shown."""
        text = self._looks.words.text(say("today.more_below", count=self._count))
        self.setText(text)
        self.setAccessibleName(text)
        self.update()

    def sizeHint(self) -> QSize:
        theme = self._looks.theme
        return QSize(theme.unit(50), theme.unit(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setPen(theme.color("line"))
        painter.drawLine(0, 0, self.width(), 0)
        if self._count:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("state_overdue"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def _scroll(self) -> None:
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + bar.pageStep())
