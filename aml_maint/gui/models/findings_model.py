"""Findings as lines of a list: a sign of how pressing, what, why, and by whose rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from aml_maint.domain.findings import Dismissal, Finding, Severity
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.patient import Patient
from aml_maint.gui import dose_words
from aml_maint.gui.words import Words

if TYPE_CHECKING:
    from aml_maint.services.findings import CheckDue, PatientFindings

LineRole = Qt.ItemDataRole.UserRole
"""The FindingLine."""
HeadRole = Qt.ItemDataRole.UserRole + 1
"""What it is, or whom it is about."""
WhyRole = Qt.ItemDataRole.UserRole + 2
"""Why, in words."""
FootRole = Qt.ItemDataRole.UserRole + 3
"""Whose rule it is, or who set it aside and why; may be empty."""

# Shape first, colour second.
_SIGNS = {
    Severity.URGENT: ("alert", "danger"),
    Severity.ATTENTION: ("attention", "warning"),
    Severity.NOTICE: ("info", "muted"),
}

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class FindingLine:
    """A finding of a patient; with the dismissal, if someone set it aside."""

    patient: Patient
    finding: Finding
    dismissal: Dismissal | None = None
    of_ward: bool = False
    """In a list of many patients, which names the patient and no sources."""

    @property
    def sign(self) -> tuple[str, str]:
        """Icon and colour."""
        return _SIGNS[self.finding.severity] if self.dismissal is None else ("aside", "muted")

    @property
    def head(self) -> Message | Name:
        """Whom or what it is about."""
        kind = say(f"finding.kind.{self.finding.kind.value}")
        if not self.of_ward:
            return kind
        return say("finding.of", patient=dose_words.patient_name(self.patient), kind=kind)

    @property
    def foot(self) -> Message | None:
        """Whose rule, or who set it aside."""
        if self.dismissal is not None:
            told = self.dismissal
            return say("finding.aside", by=told.by, at=told.at.local, reason=told.reason)
        if self.of_ward:
            return None
        return say("finding.source", source=self.finding.source)

    @property
    def spoken(self) -> Message:
        """All of it in a sentence."""
        severity = say(f"finding.severity.{self.finding.severity.value}")
        return say("finding.spoken", head=self.head, severity=severity, why=self.finding.why)


def lines_of(found: PatientFindings) -> list[FindingLine]:
    """What needs attention in a patient."""
    return [FindingLine(found.patient, finding) for finding in found.open]


def lines_aside(found: PatientFindings) -> list[FindingLine]:
    """What was set aside in a patient."""
    return [FindingLine(found.patient, aside.finding, aside.dismissal) for aside in found.set_aside]


def lines_of_ward(checks: Sequence[CheckDue]) -> list[FindingLine]:
    """What patients need besides doses."""
    return [FindingLine(check.patient, check.finding, of_ward=True) for check in checks]


class FindingsModel(QAbstractListModel):
    """Findings in the order given."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.lines: list[FindingLine] = []
        words.changed.connect(self._retranslate)

    def set_lines(self, lines: Sequence[FindingLine]) -> None:
        """Show other findings; nothing happens when they are the same."""
        if list(lines) == self.lines:
            return
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._words.text(line.spoken)
            case _ if role == LineRole:
                return line
            case _ if role == HeadRole:
                return self._words.text(line.head)
            case _ if role == WhyRole:
                return self._words.text(line.finding.why)
            case _ if role == FootRole:
                return self._words.text(line.foot) if line.foot is not None else ""
            case _:
                return None

    def _retranslate(self) -> None:
        if self.lines:
            self.dataChanged.emit(self.index(0), self.index(len(self.lines) - 1))
