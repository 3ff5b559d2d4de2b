"""The days to come as a small grid: a line per drug, a column per day, and what else there is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
)

from aml_maint.domain.administration import CellState
from aml_maint.domain.messages import Message, say
from aml_maint.domain.upcoming import UpcomingDay, UpcomingDrug
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.cell_sign import draw_sign
from aml_maint.gui.widgets.fact_lines import FactLines
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.list_palette import list_palette
from aml_maint.gui.widgets.table import TableHead

_Index = QModelIndex | QPersistentModelIndex
_STILL = frozenset({CellState.GATE_CLOSED, CellState.HELD, CellState.OMITTED})
CellRole = Qt.ItemDataRole.UserRole
"""The UpcomingDrug of the cell; None where nothing of the drug is planned."""


class WeekModel(QAbstractTableModel):
    """Drugs by days."""

    def __init__(self, looks: Looks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.days: tuple[UpcomingDay, ...] = ()
        self.drugs: tuple[UpcomingDrug, ...] = ()
        looks.words.changed.connect(self._retranslate)

    def set_days(self, days: Sequence[UpcomingDay]) -> None:
        """Show other days; nothing happens when they are the same."""
        if tuple(days) == self.days:
            return
        self.beginResetModel()
        self.days = tuple(days)
        known: dict[str, UpcomingDrug] = {}
        for day in days:
            for drug in day.drugs:
                known.setdefault(drug.component, drug)
        self.drugs = tuple(known.values())
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.drugs)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.days) + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        words = self._looks.words
        if section == 0:
            return words.text("overview.column.drug")
        day = self.days[section - 1].on
        return words.text(say("overview.day_head", weekday=say(f"weekday.{day.weekday()}"),
                              day=day.day))  # fmt: skip

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        words, drug = self._looks.words, self.drugs[index.row()]
        if index.column() == 0:
            shown = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return words.text(drug.name) if shown else None
        day = self.days[index.column() - 1]
        cell = next((one for one in day.drugs if one.component == drug.component), None)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return "" if cell is None or cell.state in _STILL else str(cell.times)
            case Qt.ItemDataRole.AccessibleTextRole:
                return words.text(_spoken(day, drug, cell))
            case _ if role == CellRole:
                return cell
            case _:
                return None

    def _retranslate(self) -> None:
        if self.days:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.days))
        if self.drugs:
            last = self.index(len(self.drugs) - 1, len(self.days))
            self.dataChanged.emit(self.index(0, 0), last)


def _spoken(day: UpcomingDay, drug: UpcomingDrug, cell: UpcomingDrug | None) -> Message:
    if cell is None:
        return say("overview.cell.none", drug=drug.name, day=day.on)
    state = say(f"state.{cell.state.value}")
    return say("overview.cell", drug=drug.name, day=day.on, times=cell.times, state=state)


class _Cells(QStyledItemDelegate):
    """A number of doses, or the sign of what keeps them from being given."""

    def __init__(self, looks: Looks, table: QTableView) -> None:
        super().__init__(table)
        self._looks = looks
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme = self._looks.theme
        box: QRect = option.rect
        painter.save()
        if self._table.hasFocus() and index.row() == self._table.currentIndex().row():
            painter.fillRect(box, theme.color("selection"))
        elif index.column() == 1:
            painter.fillRect(box, theme.color("hover"))  # today
        painter.setPen(theme.color("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setPen(theme.color("text"))
        cell = index.data(CellRole)
        if index.column() == 0:
            painter.setFont(theme.font())
            words = box.adjusted(theme.unit(4), 0, -theme.unit(1), 0)
            text = painter.fontMetrics().elidedText(
                str(index.data()), Qt.TextElideMode.ElideRight, words.width()
            )
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        elif isinstance(cell, UpcomingDrug) and cell.state in _STILL:
            count = "" if cell.count is None else cell.count.printed
            size = theme.pixels(16)
            draw_sign(painter, QRectF(box), cell.state, theme, size=size, text=count)
        else:
            painter.setFont(theme.font("strong"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(index.data()))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        theme = self._looks.theme
        return QSize(theme.unit(48 if index.column() == 0 else 11), theme.unit(6.5))


class _Head(TableHead):
    """The days stand over the middle of their columns."""

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one head."""
        if section == 0:
            super().paintSection(
                painter, rect.adjusted(self._looks.theme.unit(1), 0, 0, 0), section
            )
            return
        theme = self._looks.theme
        painter.save()
        painter.fillRect(rect, theme.color("header"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


class _Grid(QTableView):
    """As high as its lines; Enter and a double click open the cycle."""

    opened = Signal()

    def __init__(self, looks: Looks, model: WeekModel) -> None:
        super().__init__()
        self._looks = looks
        self.setModel(model)
        self.setItemDelegate(_Cells(looks, self))
        self.setHorizontalHeader(_Head(looks))
        self.horizontalHeader().setSectionsClickable(False)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(lambda _: self.opened.emit())
        model.modelReset.connect(self.fit)
        looks.theme.changed.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """Share the width: a wide first column for the drugs, the days alike."""
        theme, head = self._looks.theme, self.horizontalHeader()
        self.setPalette(list_palette(self._looks))
        self.verticalHeader().setDefaultSectionSize(theme.unit(6.5))
        days = self.model().columnCount() - 1
        if days > 0:
            head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            least = theme.unit(48)
            each = max((self.viewport().width() - least) // days, theme.unit(9))
            self.setColumnWidth(0, max(self.viewport().width() - each * days, least))
            for column in range(1, days + 1):
                self.setColumnWidth(column, each)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """All lines with the head."""
        theme = self._looks.theme
        lines = self.model().rowCount() * theme.unit(6.5)
        return QSize(theme.unit(110), lines + theme.unit(8) + 2)

    def minimumSizeHint(self) -> QSize:
        """Three lines; the rest is scrolled."""
        theme = self._looks.theme
        return QSize(theme.unit(90), theme.unit(8 + 3 * 6.5))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class WeekGrid(FirstFocus):
    """The grid, and below it what else falls on the days."""

    opened = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.model = WeekModel(looks, self)
        self.grid = _Grid(looks, self.model)
        self.events = FactLines(looks)
        self.grid.opened.connect(self.opened)
        self.setFocusProxy(self.grid)
        theme = looks.theme
        below = QVBoxLayout()
        below.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(4), 0)
        below.addWidget(self.events)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.grid, 100)
        box.addLayout(below)
        box.addStretch(1)
        looks.theme.changed.connect(self._limit)

    def show_days(self, days: Sequence[UpcomingDay]) -> None:
        """Show these days."""
        self.model.set_days(days)
        self.events.tell(
            [
                (
                    say("overview.event_day", weekday=say(f"weekday.{day.on.weekday()}"),
                        day=day.on.day),
                    say("overview.parts", parts=day.events),
                )
                for day in days
                if day.events
            ]
        )  # fmt: skip
        self.grid.fit()
        self._limit()

    def _limit(self) -> None:
        """No higher than its lines, so that what else falls on the days stands just below."""
        self.grid.setMaximumHeight(self.grid.sizeHint().height())
