"""What patients need besides doses, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from aml_maint.domain.messages import say
from aml_maint.gui import dose_words
from aml_maint.gui.words import Words
from aml_maint.services.findings import CheckDue

CheckRole = Qt.ItemDataRole.UserRole
"""The CheckDue."""
NameRole = Qt.ItemDataRole.UserRole + 1
"""The patient's name."""
ReasonRole = Qt.ItemDataRole.UserRole + 2
"""What is due and why, in words."""

_Index = QModelIndex | QPersistentModelIndex


class ChecksModel(QAbstractListModel):
    """Checks due, in the order found."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._checks: list[CheckDue] = []
        words.changed.connect(self._retranslate)

    def set_checks(self, checks: Sequence[CheckDue]) -> None:
        """Show other checks; nothing happens when they are the same."""
        if list(checks) == self._checks:
            return
        self.beginResetModel()
        self._checks = list(checks)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._checks)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        check = self._checks[index.row()]
        name = dose_words.patient_name(check.patient)
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._words.text(say("today.check", patient=name, reason=check.reason))
            case _ if role == CheckRole:
                return check
            case _ if role == NameRole:
                return self._words.text(name)
            case _ if role == ReasonRole:
                return self._words.text(check.reason)
            case _:
                return None

    def _retranslate(self) -> None:
        if self._checks:
            self.dataChanged.emit(self.index(0), self.index(len(self._checks) - 1))
