"""A line of text that offers what was typed there before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter

from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import TextInput


class OfferedInput(TextInput):
    """Typing narrows the offers, Down shows them all; nothing is filled in unasked."""

    def __init__(self, looks: Looks, offers: Sequence[str], *, longest: int = 200) -> None:
        super().__init__(looks, longest=longest)
        completer = QCompleter(QStringListModel(list(offers), self), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)
        self._offers = completer
        self._list = completer.popup()

    def setAccessibleName(self, name: str) -> None:
        """Name the list of offers, too."""
        super().setAccessibleName(name)
        if self._list is not None:
            self._list.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down opens the list of offers."""
        if event.key() == Qt.Key.Key_Down and not self._is_open():
            self._offers.setCompletionPrefix(self.text())
            self._offers.complete()
            return
        super().keyPressEvent(event)

    def _is_open(self) -> bool:
        return self._list is not None and self._list.isVisible()
