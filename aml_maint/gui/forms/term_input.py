"""A toxicity term by type-ahead, in English, Chinese, pinyin or by another of its names."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.toxicity import ToxicityItem, find_item
from aml_maint.domain.toxicity_search import matching, spellings
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import TextInput

_NAMES = Qt.ItemDataRole.UserRole


class _ByAnyName(QCompleter):
    """Finds by every name of a term, and puts in the term as it is shown."""

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """The text that a choice leaves in the input."""
        return str(index.data(Qt.ItemDataRole.DisplayRole))


class TermInput(TextInput):
    """A text that must end up as one of the terms."""

    picked = Signal()
    """Another term, or none, is meant now."""

    def __init__(self, looks: Looks, items: Sequence[ToxicityItem], field: str = "term") -> None:
        self._items = items
        self._field = field
        self._names = QStandardItemModel()
        super().__init__(looks, say("toxicity.term.placeholder"))
        finder = _ByAnyName(self._names, self)
        finder.setCompletionRole(_NAMES)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        finder.setMaxVisibleItems(12)
        self.setCompleter(finder)
        self.textChanged.connect(lambda _: self.picked.emit())

    def item(self) -> ToxicityItem:
        """The term meant; BadInput, naming the nearest, when there is none such."""
        if not self.value():
            raise BadInput(say("toxicity.term_needed"), field=self._field)
        try:
            return find_item(self._items, self.value())
        except BadInput as error:
            # A part that only one term has means that term, in pinyin, too.
            near = matching(self._items, self.value())
            if len(near) == 1:
                return near[0]
            raise BadInput(error.message, hint=error.hint, field=self._field) from error

    def meant(self) -> ToxicityItem | None:
        """The term meant, None while the text is not one."""
        try:
            return self.item()
        except BadInput:
            return None

    def raw(self) -> str:
        """What is typed; a term by its id, which no language changes."""
        named = next((i for i in self._items if self.value() in (i.term.en, i.term.zh)), None)
        return super().raw() if named is None else named.id

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        named = next((i for i in self._items if i.id == raw), None)
        super().set_raw(raw if named is None else self._looks.words.text(named.term))

    def retranslate(self) -> None:
        """Offer the terms in the language shown."""
        super().retranslate()
        self._names.clear()
        for item in self._items:
            entry = QStandardItem(self._looks.words.text(item.term))
            entry.setData(" ".join(spellings(item)), _NAMES)
            self._names.appendRow(entry)
            if self.value() in (item.term.en, item.term.zh):
                self.setText(entry.text())
