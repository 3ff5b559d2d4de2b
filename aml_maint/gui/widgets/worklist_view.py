"""The list of Today: keys are verbs, sections fold, nothing moves by itself."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from enum import StrEnum

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView

from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.worklist_filter import ELSEWHERE
from aml_maint.gui.models.worklist_model import RowRole, SectionRole, WorklistModel
from aml_maint.gui.models.worklist_order import Kind
from aml_maint.gui.widgets.list_palette import list_palette
from aml_maint.gui.widgets.long_list import LongList
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

_TOGGLES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_URGENT = (Section.OVERDUE, Section.DUE, ELSEWHERE)


class WorklistView(LongList):
    """Sections and rows; emits what a person wants, and does nothing about it itself."""

    asked = Signal(object)
    """A Verb, for the rows selected."""
    selected = Signal()
    """Other rows are selected."""
    menu_asked = Signal(QPoint)
    """A menu is wanted at a point of the screen."""

    def __init__(self, looks: Looks, model: WorklistModel) -> None:
        super().__init__()
        self._looks = looks
        self._model = model
        self._rows = WorklistDelegate(looks, self, model)
        self._typical: dict[Kind, int] = {}
        self._known: dict[SlotId, int] = {}
        self.setModel(model)
        self.setItemDelegate(self._rows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selected.emit())
        looks.theme.changed.connect(self.restyle)
        looks.words.changed.connect(self.retranslate)
        self.restyle()
        self.retranslate()

    def restyle(self) -> None:
        """Take colours from the theme, and lay all rows out anew."""
        self.setPalette(list_palette(self._looks))
        self.forget()

    def retranslate(self) -> None:
        """Set the accessible name in the language shown."""
        self.setAccessibleName(self._looks.words.text("today.list"))
        self.forget()

    # -- what is selected ----------------------------------------------------------------------

    def rows(self) -> list[WorkRow]:
        """The rows selected, from top to bottom."""
        chosen = self.selectionModel().selectedRows()
        chosen.sort(key=QModelIndex.row)
        return [row for index in chosen if isinstance(row := index.data(RowRole), WorkRow)]

    def select(self, slots: Iterable[SlotId], current: SlotId | None = None) -> None:
        """Select rows by their doses; those not shown are left out.

        The section of the current one is unfolded until the next refresh.
        """
        if current is not None and (section := self._model.section_of(current)) is not None:
            self._model.peek(section)
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
        for section in self._model.sections():
            if not self._model.is_folded(section):
                self._select_first_of(section)
                return

    def go_to(self, section: str) -> None:
        """Unfold a section, bring it to the top and select its first dose."""
        if self._model.section_index(section).isValid():
            self._model.peek(section)
            self._select_first_of(section)
            top = self._model.section_index(section)
            self.scrollTo(top, QAbstractItemView.ScrollHint.PositionAtTop)
            self.setFocus()

    def urgent_below(self) -> int:
        """How many overdue and due doses lie below what is in sight."""
        bottom = self.viewport().height()
        found = 0
        for section in _URGENT:
            rows = self._model.rows_in(section)
            if self._model.is_folded(section):
                found += rows
            elif rows:
                # They lie in order, so a few looks find the first one below.
                first = self._model.section_index(section).row() + 1
                lines = range(first, first + rows)
                found += rows - bisect_right(lines, bottom, key=self._middle)
        return found

    def _select_first_of(self, section: str) -> None:
        self.setCurrentIndex(self._model.index(self._model.section_index(section).row() + 1))

    def _middle(self, line: int) -> int:
        return self.visualRect(self._model.index(line)).center().y()

    # -- heights -------------------------------------------------------------------------------

    def guesses(self) -> list[int]:
        """A row is as tall as it was when last in sight, else as one of its kind."""
        usual, head = self._rows.head_height(first=True), self._rows.head_height(first=False)
        typical = self._typical
        found = [head if kind is None else typical.get(kind, usual) for kind in self._model.kinds()]
        for slot, height in self._known.items():
            line = self._model.line_of(slot)
            if line is not None:
                found[line] = height
        return found

    def measure(self, row: int) -> int:
        """How tall a row is; remembered, since others of its kind will be as tall."""
        index = self._model.index(row)
        height = self._rows.height(index, self.viewport().width())
        shown = self._model.row_at(index)
        if shown is not None:
            lead = self._model.is_lead(index)
            self._typical.setdefault(Kind(lead, len(shown.pair.parts)), height)
            self._known[shown.pair.main.slot] = height
        return height

    def forget(self) -> None:
        """Measure everything anew."""
        self._typical.clear()
        self._known.clear()
        super().forget()

    # -- Qt's side -----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key is a verb, once per press however long it is held down."""
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
        )  # fmt: skip
        key = Qt.Key(event.key())
        if plain and self._fold_by(key):
            return
        if plain and key in VERB_KEYS:
            if not event.isAutoRepeat():
                self.asked.emit(VERB_KEYS[key])
        else:
            super().keyPressEvent(event)

    def _fold_by(self, key: Qt.Key) -> bool:
        """On the head of a section some keys fold or unfold it; Left leads there from a row."""
        current = self.currentIndex()
        section = current.data(SectionRole) if current.isValid() else None
        if section is None:
            if key is Qt.Key.Key_Left and current.isValid():
                self.setCurrentIndex(self._model.head_above(current))
            return key is Qt.Key.Key_Left
        folded = self._model.is_folded(section)
        if key in _TOGGLES or key is (Qt.Key.Key_Right if folded else Qt.Key.Key_Left):
            self._toggle(current)
            return True
        return False

    def _toggle(self, head: QModelIndex) -> None:
        section: str = head.data(SectionRole)
        current = self._model.row_at(self.currentIndex())
        if current is not None and self._model.section_of(current.pair.main.slot) == section:
            # What is folded away must not be acted on.
            self.setCurrentIndex(head)
        self._model.fold(section, folded=not self._model.is_folded(section))

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
