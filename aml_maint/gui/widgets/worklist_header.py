"""The line above the list of Today: what each column holds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.worklist_columns import Span, WorklistColumns
from aml_maint.gui.widgets.worklist_view import WorklistView

_HEADS = ("place", "patient", "dose", "cycle", "time", "sign")


class WorklistHeader(QWidget):
    """Headings over the columns, as wide as the list below."""

    def __init__(self, looks: Looks, view: WorklistView) -> None:
        super().__init__()
        self._looks = looks
        self._view = view
        view.viewport().installEventFilter(self)
        looks.words.changed.connect(self.update)
        looks.theme.changed.connect(self.restyle)
        self.restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A scroll bar that comes or goes makes the list narrower or wider, and not this line."""
        if event.type() == QEvent.Type.Resize:
            self.update()
        return False

    def restyle(self) -> None:
        """Take the height from the theme."""
        self.setFixedHeight(self._looks.theme.unit(7))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._looks.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface_raised"))
        painter.setPen(theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        columns = WorklistColumns.at(theme, self._view.viewport().width())
        for head in _HEADS:
            span: Span = getattr(columns, head)
            if not span.width:
                continue
            left = span.left + (theme.unit(0.5) if head == "sign" else 0)
            box = QRect(left, 0, theme.unit(60), self.height())
            painter.drawText(
                box, Qt.AlignmentFlag.AlignVCenter, self._looks.words.text(f"today.head.{head}")
            )
