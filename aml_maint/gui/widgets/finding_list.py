"""A list of findings to be worked through by keyboard: Enter acts, D sets aside, U brings back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from aml_maint.gui.desk import Looks
from aml_maint.gui.models.findings_model import (
    FindingLine,
    FindingsModel,
    FootRole,
    HeadRole,
    LineRole,
    WhyRole,
)
from aml_maint.gui.widgets.list_palette import list_palette
from aml_maint.gui.widgets.long_list import LongList
from aml_maint.gui.widgets.text_block import TextBlock, TextBlocks

_Index = QModelIndex | QPersistentModelIndex
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Rows(QStyledItemDelegate):
    """A sign, what it is, why, and by whose rule; nothing is cut."""

    def __init__(self, looks: Looks, view: QWidget, *, quiet: bool) -> None:
        super().__init__(view)
        self._looks = looks
        self._view = view
        self._quiet = quiet
        self._blocks = TextBlocks(looks.theme)

    def height(self, index: _Index, width: int) -> int:
        """How tall a line is in a list of some width, in pixels."""
        height = sum(block.height for block, _ in self._texts(index, width))
        return round(height) + self._looks.theme.unit(3.5)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme = self._looks.theme
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        marked = self._view.hasFocus() or not self._quiet
        if state & QStyle.StateFlag.State_Selected and marked:
            painter.fillRect(box, theme.color("selection"))
            lit = "accent" if self._view.hasFocus() else "line"
            painter.fillRect(box.left(), box.top(), theme.pixels(3), box.height(), theme.color(lit))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.color("hover"))
        if index.row():
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(box.left() + theme.unit(4), box.top(), box.right(), box.top())
        self._draw_sign(painter, box, index)
        at = QPointF(box.left() + self._indent, box.top() + theme.unit(1.75))
        for block, token in self._texts(index, box.width()):
            block.draw(painter, at, theme.color(token))
            at += QPointF(0, block.height)
        painter.restore()

    @property
    def _indent(self) -> int:
        return self._looks.theme.unit(10)

    def _draw_sign(self, painter: QPainter, box: QRect, index: _Index) -> None:
        theme = self._looks.theme
        line = index.data(LineRole)
        if isinstance(line, FindingLine):
            size = theme.unit(4.5)
            icon, token = line.sign
            ratio = painter.device().devicePixelRatio()
            picture = theme.pixmap(icon, round(size * ratio), token)
            picture.setDevicePixelRatio(ratio)
            painter.drawPixmap(box.left() + theme.unit(3.5), box.top() + theme.unit(1.75), picture)

    def _texts(self, index: _Index, width: int) -> list[tuple[TextBlock, str]]:
        inner = width - self._indent - self._looks.theme.unit(3)
        head, why = str(index.data(HeadRole)), str(index.data(WhyRole))
        found = [
            (self._blocks.block(((head, "strong"),), inner), "text"),
            (self._blocks.block(((why, "body"),), inner), "text"),
        ]
        foot = str(index.data(FootRole))
        if foot:
            found.append((self._blocks.block(((foot, "small"),), inner), "muted"))
        return found


class FindingList(LongList):
    """Emits what a person wants to do with the finding that the cursor is on."""

    act_wanted = Signal(object)
    dismiss_wanted = Signal(object)
    restore_wanted = Signal(object)
    chosen = Signal(object)
    """The FindingLine that the cursor is on now; None when there is none."""

    def __init__(self, looks: Looks, *, quiet: bool = False) -> None:
        """A `quiet` one marks its line only while it has the keyboard."""
        super().__init__()
        self._looks = looks
        self.lines = FindingsModel(looks.words, self)
        self._rows = _Rows(looks, self, quiet=quiet)
        self._typical = 0
        self.setModel(self.lines)
        self.setItemDelegate(self._rows)
        self.doubleClicked.connect(lambda _: self._want(self.act_wanted))
        self.selectionModel().currentChanged.connect(lambda *_: self.chosen.emit(self.current))
        self.lines.modelReset.connect(lambda: self.chosen.emit(self.current))
        looks.theme.changed.connect(self._restyle)
        looks.words.changed.connect(self.forget)
        self._restyle()

    @property
    def current(self) -> FindingLine | None:
        """The finding that the cursor is on."""
        line = self.currentIndex().data(LineRole)
        return line if isinstance(line, FindingLine) else None

    def show_lines(self, lines: Sequence[FindingLine], key: str = "") -> None:
        """Show findings; the cursor stays on its finding, or goes to the one of a key."""
        kept = self.current
        row = max(self.currentIndex().row(), 0)
        self.lines.set_lines(lines)
        places = {(line.patient.id, line.finding.key): n for n, line in enumerate(lines)}
        if lines:
            row = min(row, len(lines) - 1)
            if key:
                row = next((n for (_, mine), n in places.items() if mine == key), row)
            elif kept is not None:
                row = places.get((kept.patient.id, kept.finding.key), row)
            self.go_to(row)

    def go_to(self, row: int) -> None:
        """Put the cursor on a line."""
        self.setCurrentIndex(self.lines.index(row))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter acts, D or Delete sets aside, U brings back."""
        if event.key() in _ENTER:
            self._want(self.act_wanted)
        elif event.key() in (Qt.Key.Key_D, Qt.Key.Key_Delete):
            self._want(self.dismiss_wanted)
        elif event.key() == Qt.Key.Key_U:
            self._want(self.restore_wanted)
        else:
            super().keyPressEvent(event)

    def guesses(self) -> list[int]:
        """All are as tall as the first that was measured; before that, three lines of text."""
        height = self._typical or self._looks.theme.unit(18)
        return [height] * len(self.lines.lines)

    def measure(self, row: int) -> int:
        """How tall a line is."""
        height = self._rows.height(self.lines.index(row), self.viewport().width())
        self._typical = self._typical or height
        return height

    def _want(self, signal: SignalInstance) -> None:
        if self.current is not None:
            signal.emit(self.current)

    def _restyle(self) -> None:
        self.setPalette(list_palette(self._looks))
        self.forget()

    def forget(self) -> None:
        """Measure everything anew."""
        self._typical = 0
        super().forget()
