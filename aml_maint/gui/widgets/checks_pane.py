"""The second pane of Today: counts, cycle starts and other checks that patients need."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.checks_model import CheckRole, ChecksModel, NameRole, ReasonRole
from aml_maint.gui.models.worklist_filter import WorklistFilter
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.list_palette import list_palette
from aml_maint.gui.widgets.text_block import TextBlock
from aml_maint.services.findings import CheckDue
from aml_maint.services.worklist import Worklist

_Index = QModelIndex | QPersistentModelIndex


class _CheckDelegate(QStyledItemDelegate):
    """A patient's name over what is due, wrapped."""

    def __init__(self, looks: Looks, view: QListView) -> None:
        super().__init__(view)
        self._looks = looks
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        width = self._view.viewport().width()
        name, reason = self._blocks(index, width)
        return QSize(width, round(name.height + reason.height) + self._looks.theme.unit(3))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme = self._looks.theme
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.color("hover"))
        if index.row():
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(box.left() + theme.unit(4), box.top(), box.right(), box.top())
        name, reason = self._blocks(index, box.width())
        top = QPointF(box.left() + theme.unit(4), box.top() + theme.unit(1.5))
        name.draw(painter, top, theme.color("text"))
        reason.draw(painter, top + QPointF(0, name.height), theme.color("muted"))
        painter.restore()

    def _blocks(self, index: _Index, width: int) -> tuple[TextBlock, TextBlock]:
        theme = self._looks.theme
        inner = width - theme.unit(8)
        return (
            TextBlock([(index.data(NameRole), theme.font("strong"))], inner),
            TextBlock([(index.data(ReasonRole), theme.font("small"))], inner),
        )


class _CheckList(QListView):
    """Enter or a double click opens the patient."""

    opened = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps texts differently."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class ChecksPane(QWidget):
    """Checks due with their count; opening one opens its patient."""

    patient_wanted = Signal(str)
    """The id of the patient to open."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.model = ChecksModel(looks.words, self)
        self.heading = Label(looks, role="strong")
        self.nothing = Label(looks, "today.no_checks", token="muted", wrap=True)
        self.list = _CheckList()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_CheckDelegate(looks, self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.opened.connect(self._open)
        self.list.doubleClicked.connect(self._open)
        self._lay_out()
        looks.words.changed.connect(self._retranslate)
        looks.theme.changed.connect(self._restyle)
        self._retranslate()
        self._restyle()

    def show_checks(self, worklist: Worklist, chosen: WorklistFilter) -> None:
        """Show the checks of the patients chosen."""
        mine = [c for c in worklist.checks if chosen.keeps(worklist, c.patient.ward, c.patient.id)]
        self.model.set_checks(mine)
        self.heading.say(say("today.checks", count=len(mine)))
        self.nothing.setVisible(not mine)
        self.list.setVisible(bool(mine))

    def _open(self, index: QModelIndex) -> None:
        check = index.data(CheckRole)
        if isinstance(check, CheckDue):
            self.patient_wanted.emit(check.patient.id)

    def _retranslate(self) -> None:
        self.list.setAccessibleName(self._looks.words.text("today.checks.list"))

    def _restyle(self) -> None:
        self.list.setPalette(list_palette(self._looks))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        head = QVBoxLayout()
        head.setContentsMargins(theme.unit(4), theme.unit(3), theme.unit(4), theme.unit(1.5))
        head.addWidget(self.heading)
        head.addWidget(self.nothing)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self.list, 1)
