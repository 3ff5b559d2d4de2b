"""How many doses stand where: one number per section, each a way to go there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from aml_maint.domain.administration import CellState
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.cell_sign import draw_sign
from aml_maint.services.worklist import Section

_SIGNS = {
    Section.OVERDUE: CellState.OVERDUE,
    Section.DUE: CellState.DUE,
    Section.UPCOMING: CellState.PLANNED,
    Section.DONE: CellState.GIVEN,
    Section.TO_RESOLVE: CellState.UNCONFIRMED,
}

_SMALLEST_NAME = 9  # pixels


class SectionCount(QAbstractButton):
    """One section's number over its name, with its sign."""

    def __init__(self, looks: Looks, section: Section) -> None:
        super().__init__()
        self._looks = looks
        self._section = section
        self._count, self._known = 0, True
        self._hovered = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.updateGeometry)
        self.retranslate()

    @property
    def count(self) -> int:
        """The number shown."""
        return self._count

    def show_count(self, count: int | None) -> None:
        """Show another number; None while it is not known yet."""
        self._count, self._known = count or 0, count is not None
        self.setEnabled(bool(count))
        self.retranslate()

    @property
    def _number(self) -> str:
        return str(self._count) if self._known else "…"

    def retranslate(self) -> None:
        """Set the texts in the language shown."""
        name = self._looks.words.text(f"section.{self._section}")
        self.setText(name)
        self.setAccessibleName(
            self._looks.words.text(say("today.section", name=name, count=self._number))
        )
        self.update()

    def sizeHint(self) -> QSize:
        theme = self._looks.theme
        return QSize(theme.unit(26), theme.unit(13))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(1, 1, -1, -1)
        urgent = self._section is Section.OVERDUE and self._count > 0
        hovered = self._hovered and self.isEnabled()
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "line"), 1))
        painter.setBrush(theme.color("hover" if hovered else "surface_raised"))
        painter.drawRoundedRect(box, theme.pixels(6), theme.pixels(6))
        if urgent:
            self._paint_edge(painter, box)
        size = theme.unit(4)
        sign = QRect(box.left() + theme.unit(3), 0, size, self.height())
        draw_sign(painter, sign.toRectF(), _SIGNS[self._section], theme, size=size)
        words = box.adjusted(theme.unit(9), theme.unit(1.5), 0, -theme.unit(1.5))
        painter.setFont(theme.font("heading"))
        painter.setPen(theme.color("state_overdue" if urgent else
                                   "text" if self._count else "muted"))  # fmt: skip
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, self._number)
        painter.setFont(self._fitting(words.width() - theme.unit(1)))
        painter.setPen(theme.color("muted"))
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom, self.text())

    def _fitting(self, width: int) -> QFont:
        """The small font, smaller still where a long name has little room."""
        font = self._looks.theme.font("small")
        while font.pixelSize() > _SMALLEST_NAME and (
            QFontMetrics(font).horizontalAdvance(self.text()) > width
        ):
            font.setPixelSize(font.pixelSize() - 1)
        return font

    def _paint_edge(self, painter: QPainter, box: QRect) -> None:
        """A bar along the left edge, inside the rounded corners."""
        theme = self._looks.theme
        shape = QPainterPath()
        shape.addRoundedRect(box.toRectF(), theme.pixels(6), theme.pixels(6))
        painter.save()
        painter.setClipPath(shape)
        bar = QRect(box.left(), box.top(), theme.pixels(4), box.height())
        painter.fillRect(bar, theme.color("state_overdue"))
        painter.restore()


class CountStrip(QWidget):
    """The numbers of all sections side by side."""

    wanted = Signal(object)
    """The Section that was clicked."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(looks.theme.unit(2))
        self.counts = {section: SectionCount(looks, section) for section in Section}
        for section, button in self.counts.items():
            button.clicked.connect(lambda _=False, s=section: self.wanted.emit(s))
            row.addWidget(button)
