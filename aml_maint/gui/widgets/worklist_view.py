"""The list of Today: keys are verbs, sections fold, nothing moves by itself."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeView

from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.worklist_filter import ELSEWHERE
from aml_maint.gui.models.worklist_model import RowRole, SectionRole, WorklistModel
from aml_maint.gui.widgets.list_palette import list_palette
from aml_maint.gui.widgets.worklist_delegate import WorklistDelegate
from aml_maint.services.worklist import Section, WorkRow


class Verb(StrEnum):
    """What can be done with the doses selected."""

    GIVE = "give"
    EDIT = "edit"
    HOLD = "hold"
    REFUSE = "refuse"
    MISS = "miss"
    UNDO = "undo"
    TAKE = "take"
    TOXICITY = "toxicity"


VERB_KEYS: dict[Qt.Key, Verb] = {
    Qt.Key.Key_Return: Verb.GIVE,
    Qt.Key.Key_Enter: Verb.GIVE,
    Qt.Key.Key_E: Verb.EDIT,
    Qt.Key.Key_H: Verb.HOLD,
    Qt.Key.Key_R: Verb.REFUSE,
    Qt.Key.Key_M: Verb.MISS,
    Qt.Key.Key_U: Verb.UNDO,
    Qt.Key.Key_T: Verb.TAKE,
    Qt.Key.Key_F: Verb.TOXICITY,
}

_URGENT = (Section.OVERDUE, Section.DUE, ELSEWHERE)


class WorklistView(QTreeView):
    """Sections and rows; emits what a person wants, and does nothing about it itself."""

    asked = Signal(object)
    """A Verb, for the rows selected."""
    selected = Signal()
    """Other rows are selected."""
    menu_asked = Signal(QPoint)
    """A menu is wanted at a point of the screen."""
    scrolled = Signal()
    """Other rows are in sight."""

    def __init__(self, looks: Looks, model: WorklistModel) -> None:
        super().__init__()
        self._looks = looks
        self._model = model
        self._folded: set[str] = {Section.DONE}
        self.setModel(model)
        self.setItemDelegate(WorklistDelegate(looks, self, model))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selected.emit())
        self.verticalScrollBar().valueChanged.connect(lambda _: self.scrolled.emit())
        model.modelReset.connect(self._unfold)
        looks.theme.changed.connect(self.restyle)
        looks.words.changed.connect(self.retranslate)
        self.restyle()
        self.retranslate()

    def restyle(self) -> None:
        """Take colours from the theme, and lay all rows out anew."""
        self.setPalette(list_palette(self._looks))
        self.scheduleDelayedItemsLayout()

    def retranslate(self) -> None:
        """Set the accessible name in the language shown."""
        self.setAccessibleName(self._looks.words.text("today.list"))
        self.scheduleDelayedItemsLayout()

    # -- what is selected ----------------------------------------------------------------------

    def rows(self) -> list[WorkRow]:
        """The rows selected, from top to bottom."""
        chosen = self.selectionModel().selectedRows()
        chosen.sort(key=lambda index: (index.parent().row(), index.row()))
        return [row for index in chosen if isinstance(row := index.data(RowRole), WorkRow)]

    def select(self, slots: Iterable[SlotId], current: SlotId | None = None) -> None:
        """Select rows by their doses; those not shown are left out."""
        picked = QItemSelection()
        for slot in slots:
            index = self._model.index_of(slot)
            if index.isValid():
                picked.select(index, index)
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(picked, flag.ClearAndSelect)
        if current is not None and (index := self._model.index_of(current)).isValid():
            self.selectionModel().setCurrentIndex(index, flag.NoUpdate)

    def select_first(self) -> None:
        """Select the first dose of the list, so that the keyboard has a place to start."""
        for number in range(self._model.rowCount()):
            top = self._model.index(number, 0)
            if self.isExpanded(top):
                self.setCurrentIndex(self._model.index(0, 0, top))
                return

    def go_to(self, section: str) -> None:
        """Unfold a section, bring it to the top and select its first dose."""
        top = self._model.section_index(section)
        if top.isValid():
            self.expand(top)
            self.setCurrentIndex(self._model.index(0, 0, top))
            self.scrollTo(top, QAbstractItemView.ScrollHint.PositionAtTop)
            self.setFocus()

    def urgent_below(self) -> int:
        """How many overdue and due doses lie below what is in sight."""
        bottom = self.viewport().height()
        found = 0
        for section in _URGENT:
            top = self._model.section_index(section)
            if not top.isValid():
                continue
            rows = self._model.rowCount(top)
            if not self.isExpanded(top):
                found += rows
                continue
            # They lie in order, so a few looks find the first one below.
            found += rows - bisect_right(range(rows), bottom, key=partial(self._middle, top))
        return found

    def _middle(self, top: QModelIndex, row: int) -> int:
        return self.visualRect(self._model.index(row, 0, top)).center().y()

    # -- folding -------------------------------------------------------------------------------

    def _unfold(self) -> None:
        for number in range(self._model.rowCount()):
            top = self._model.index(number, 0)
            self.setExpanded(top, top.data(SectionRole) not in self._folded)

    def _toggle(self, top: QModelIndex) -> None:
        section: str = top.data(SectionRole)
        expand = not self.isExpanded(top)
        self.setExpanded(top, expand)
        if expand:
            self._folded.discard(section)
        else:
            self._folded.add(section)
        self.scrolled.emit()

    # -- Qt's side -----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key is a verb, once per press however long it is held down."""
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
        )  # fmt: skip
        key = Qt.Key(event.key())
        current = self.currentIndex()
        on_section = current.isValid() and current.data(SectionRole) is not None
        if plain and on_section and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._toggle(current)
        elif plain and key in VERB_KEYS:
            if not event.isAutoRepeat():
                self.asked.emit(VERB_KEYS[key])
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, text: str) -> None:
        """Letters are verbs here, not a search."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a section folds or unfolds it."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.data(SectionRole) is not None:
            if event.button() is Qt.MouseButton.LeftButton:
                self._toggle(index)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on a dose opens its card."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.data(SectionRole) is None:
            self.asked.emit(Verb.EDIT)
        elif index.isValid():
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.rows():
            self.menu_asked.emit(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps texts differently, so every row is measured again."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def doItemsLayout(self) -> None:
        """Rows that were measured again lie elsewhere."""
        super().doItemsLayout()
        self.scrolled.emit()
