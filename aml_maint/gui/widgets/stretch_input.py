"""The doses of a stretch as an input: a list whose keys type exceptions, and the form for one."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from aml_maint.domain.administration import CellState
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Looks
from aml_maint.gui.dose_stretch import Stretch
from aml_maint.gui.models.stretch_model import StateRole, StretchColumn, StretchModel
from aml_maint.gui.theme import FontRole
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.cell_sign import draw_sign
from aml_maint.gui.widgets.exception_form import ExceptionForm, ExceptionKind
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.table import Table, TableRows
from aml_maint.gui.widgets.text_block import TextBlock, TextBlocks
from aml_maint.services.dose_entry import DoseEntry
from aml_maint.services.dose_view import DoseView

_Index = QModelIndex | QPersistentModelIndex

_SIGN = 16  # pixels at 100 %
# These columns wrap what needs more steps of the grid.
_WIDEST = {int(StretchColumn.DOSE): 62, int(StretchColumn.OUTCOME): 54}

TAKEN, LEFT_OPEN = "G", "Space"
"""The keys that take an exception back, and that leave a dose unconfirmed."""
_KEYS = (*(kind.value for kind in ExceptionKind), TAKEN, LEFT_OPEN)


class _Rows(TableRows):
    """Drug and outcome wrap; the outcome begins with the sign that the dose will have."""

    def __init__(self, looks: Looks, parent: Table) -> None:
        super().__init__(looks, parent)
        self._blocks = TextBlocks(looks.theme)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        if index.column() not in _WIDEST:
            super().paint(painter, option, index)
            return
        theme, state = self._looks.theme, index.data(StateRole)
        box: QRect = option.rect
        painter.save()
        self._draw_row(painter, option, index)
        if state is not None:
            sign = QRectF(box.left() + theme.unit(1.5), box.top(), theme.unit(6), box.height())
            draw_sign(painter, sign, CellState(state), theme, size=theme.pixels(_SIGN))
        block = self._block(index, box.width())
        ink = index.data(Qt.ItemDataRole.ForegroundRole)
        top = QPointF(box.left() + self._indent(index), box.center().y() - block.height / 2)
        block.draw(painter, top, ink or theme.color("text"))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        size = super().sizeHint(option, index)
        widest = _WIDEST.get(index.column())
        if widest is None:
            return size
        theme = self._looks.theme
        block = self._block(index, self._table.columnWidth(index.column()))
        width = size.width() + self._indent(index) - theme.unit(3)
        height = max(round(block.height) + theme.unit(2.5), theme.unit(9))
        return QSize(min(width, theme.unit(widest)), height)

    def _indent(self, index: _Index) -> int:
        return int(self._looks.theme.unit(3 if index.data(StateRole) is None else 9))

    def _block(self, index: _Index, column: int) -> TextBlock:
        """The words of a cell, wrapped to the width of its column."""
        font: QFont | None = index.data(Qt.ItemDataRole.FontRole)
        role: FontRole = "strong" if font is not None and font.bold() else "body"
        width = column - self._indent(index) - self._looks.theme.unit(2)
        return self._blocks.block(((str(index.data()), role),), width)


class StretchTable(Table):
    """Letters say what happened, Space leaves open, Enter saves all."""

    asked = Signal(str)
    """One of the keys that act on the rows selected."""
    entered = Signal()

    def __init__(self, looks: Looks, model: StretchModel) -> None:
        super().__init__(looks)
        self.setItemDelegate(_Rows(looks, self))
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Columns first; then the rows, which wrap the last of them."""
        super().fit_columns()
        self.resizeRowsToContents()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps the words differently."""
        super().resizeEvent(event)
        self.resizeRowsToContents()

    def sizeHint(self) -> QSize:
        """Room for ten doses with what becomes of them."""
        return QSize(self._looks.theme.unit(172), self._looks.theme.unit(100))

    def minimumSizeHint(self) -> QSize:
        """At large text on a small screen it is scrolled."""
        return QSize(self._looks.theme.unit(90), self._looks.theme.unit(50))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key acts once per press, however long it is held down."""
        key, letter = Qt.Key(event.key()), event.text().upper()
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
        )  # fmt: skip
        if event.isAutoRepeat() and (letter in _KEYS or key == Qt.Key.Key_Return):
            return
        if not plain:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key == Qt.Key.Key_Space:
            self.asked.emit(LEFT_OPEN)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.asked.emit(TAKEN)
        elif letter in _KEYS:
            self.asked.emit(letter)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, text: str) -> None:
        """Letters act here; they are no search."""


class StretchInput(QWidget):
    """The doses at the left; at the right the keys, or the form of the exception being typed."""

    entered = Signal()
    """Everything is typed: save."""
    busy = Signal(bool)
    """An exception is being typed, or no more."""

    def __init__(self, looks: Looks, stretch: Stretch, now: Moment) -> None:
        super().__init__()
        self._looks = looks
        self._now = now
        self.model = StretchModel(looks, stretch, self)
        self.table = StretchTable(looks, self.model)
        self.asking: ExceptionForm | None = None
        self._meant: list[DoseView] = []
        self.buttons = {key: Button(looks, f"stretch.act.{key}") for key in _KEYS}
        for key, button in self.buttons.items():
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, key=key: self.act(key))
        self.table.asked.connect(self.act)
        self.table.entered.connect(self.entered)
        self._lay_out()
        self.setFocusProxy(self.table)
        looks.words.changed.connect(self._name)
        self._name()
        self.table.selectRow(0)

    def raw(self) -> str:
        """The exceptions typed, and the one being typed, as a draft keeps them."""
        kept: dict[str, Any] = {"typed": self.model.stretch.raw()}
        if self.asking is not None:
            kept["asking"] = self.asking.kind.value, self._rows(), self.asking.form.draft()
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        kept: dict[str, Any] = json.loads(raw)
        self._end_asking()
        self.model.stretch.set_raw(kept["typed"])
        self.model.renew()
        self.table.fit_columns()
        if "asking" in kept:
            kind, rows, draft = kept["asking"]
            self._select([row for row in rows if row < self.model.rowCount()])
            self.act(kind)
            if self.asking is not None:
                self.asking.form.set_draft(draft)

    def act(self, key: str) -> None:
        """Carry out a key on the rows selected."""
        views = [self.model.view(row) for row in self._rows()]
        if not views:
            return
        if key == TAKEN:
            self.model.take_as_planned(view.slot for view in views)
            self._step(views)
        elif key == LEFT_OPEN:
            self._set(views, {view.slot: None for view in views})
        else:
            self._ask(ExceptionKind(key), views)

    def _ask(self, kind: ExceptionKind, views: list[DoseView]) -> None:
        """Open the form; an amount can only be of one drug, that of the row with the cursor."""
        self._end_asking()
        current = self.model.view(self.table.currentIndex().row())
        if kind is ExceptionKind.PARTLY:
            views = [v for v in views if v.slot.component == current.slot.component] or [current]
        known = self.model.stretch.exceptions.get(views[0].slot)
        asking = ExceptionForm(self._looks, kind, views, self._now, known)
        asking.applied.connect(lambda entries: self._set(views, entries))
        asking.cancelled.connect(self._back)
        self.asking = asking
        self.busy.emit(True)
        self._side.addWidget(asking)
        self._side.setCurrentWidget(asking)
        asking.setFocus()

    def _set(self, views: list[DoseView], entries: dict[SlotId, DoseEntry | None]) -> None:
        self.model.set_exceptions(entries)
        self._back()
        self._step(views)

    def _step(self, views: list[DoseView]) -> None:
        """Go on to the dose below those that were meant."""
        self.table.fit_columns()
        rows = [row for row, view in enumerate(self.model.stretch.views) if view in views]
        self._select([min(max(rows) + 1, self.model.rowCount() - 1)])

    def _select(self, rows: list[int]) -> None:
        flag = QItemSelectionModel.SelectionFlag
        chosen = self.table.selectionModel()
        chosen.clearSelection()
        for row in rows:
            chosen.setCurrentIndex(self.model.index(row, 0), flag.Select | flag.Rows)

    def _back(self) -> None:
        self.table.setFocus()
        self._end_asking()

    def _end_asking(self) -> None:
        if self.asking is not None:
            self._side.setCurrentIndex(0)
            self._side.removeWidget(self.asking)
            self.asking.deleteLater()
            self.asking = None
            self.busy.emit(False)

    def _rows(self) -> list[int]:
        return sorted(index.row() for index in self.table.selectionModel().selectedRows())

    def _name(self) -> None:
        self.table.setAccessibleName(self._looks.words.text("stretch.list"))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        keys = QWidget()
        grid = QGridLayout(keys)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.unit(1.5))
        hint = Label(self._looks, "stretch.hint", token="muted", wrap=True)
        grid.addWidget(hint, 0, 0)
        for place, button in enumerate(self.buttons.values(), 1):
            grid.addWidget(button, place, 0)
        grid.setRowStretch(len(_KEYS) + 1, 1)
        self._side = QStackedWidget()
        self._side.addWidget(keys)
        self._side.setFixedWidth(theme.unit(70))
        frame = Panel(self._looks)
        around = QVBoxLayout(frame)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(self.table)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.unit(4))
        row.addWidget(frame, 1)
        row.addWidget(self._side)
