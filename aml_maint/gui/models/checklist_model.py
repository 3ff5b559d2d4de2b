"""The lines of an assessment with their answers: a grade, "not evaluated", or none yet."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from aml_maint.domain.assessment import Finding
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.services.assessments import Question

Index = QModelIndex | QPersistentModelIndex

QuestionRole = Qt.ItemDataRole.UserRole
AnswerRole = Qt.ItemDataRole.UserRole + 1


class Unasked(Enum):
    """What is no grade: nobody answered yet, or it was not evaluated."""

    BLANK = "blank"
    NOT_EVALUATED = "not_evaluated"


Answer = int | Unasked

# The columns behind the term, from left to right.
ANSWERS: tuple[Answer, ...] = (0, 1, 2, 3, 4, Unasked.NOT_EVALUATED)


class ChecklistModel(QAbstractTableModel):
    """A row per term; the columns are the answers that can be given."""

    answered = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._questions: tuple[Question, ...] = ()
        self._answers: dict[str, Answer] = {}
        looks.words.changed.connect(self._all_changed)
        looks.theme.changed.connect(self._all_changed)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The lines."""
        return self._questions

    def show_questions(self, questions: Sequence[Question]) -> None:
        """Ask these; answers that were given to a term before stay."""
        self.beginResetModel()
        self._questions = tuple(questions)
        self.endResetModel()
        self.answered.emit()

    def answer(self, row: int) -> Answer:
        """The answer of a line."""
        return self._answers.get(self._questions[row].item.id, Unasked.BLANK)

    def set_answer(self, row: int, answer: Answer) -> None:
        """Answer a line."""
        self._answers[self._questions[row].item.id] = answer
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(ANSWERS)))
        self.answered.emit()

    def answer_rest(self, answer: Answer) -> None:
        """Give every line without an answer the same one."""
        for row in range(len(self._questions)):
            if self.answer(row) is Unasked.BLANK:
                self.set_answer(row, answer)

    @property
    def open_lines(self) -> int:
        """How many lines have no answer yet."""
        rows = range(len(self._questions))
        return sum(self.answer(row) is Unasked.BLANK for row in rows)

    def findings(self) -> tuple[Finding, ...]:
        """Every line; one without an answer is "not evaluated"."""
        found = []
        for row, question in enumerate(self._questions):
            answer = self.answer(row)
            grade = None if isinstance(answer, Unasked) else answer
            found.append(Finding(question.item.id, grade))
        return tuple(found)

    def raw(self) -> str:
        """The answers as text, for a draft."""
        return " ".join(
            f"{term}={answer.value if isinstance(answer, Unasked) else answer}"
            for term, answer in self._answers.items()
        )

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        self.beginResetModel()
        self._answers = {}
        for part in raw.split():
            term, _, text = part.partition("=")
            self._answers[term] = int(text) if text.isdigit() else Unasked(text)
        self.endResetModel()
        self.answered.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._questions)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The term and the answers."""
        return 0 if parent.isValid() else 1 + len(ANSWERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The answers' names above."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        if not 0 <= section <= len(ANSWERS):
            return None
        words = self._looks.words
        return words.text("assessment.term") if section == 0 else words.text(_name(section))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The term, or the answer that a column stands for."""
        if not index.isValid() or index.row() >= len(self._questions):
            return None
        question, words = self._questions[index.row()], self._looks.words
        if role == QuestionRole:
            return question
        if role == AnswerRole:
            return self.answer(index.row())
        term = words.text(question.item.term)
        if role == Qt.ItemDataRole.DisplayRole:
            return term if index.column() == 0 else words.text(_name(index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words.text("assessment.say", term=term, answer=self._spoken(index.row()))
        return None

    def _spoken(self, row: int) -> str:
        answer = self.answer(row)
        if isinstance(answer, Unasked):
            return self._looks.words.text(f"assessment.{answer.value}")
        return self._looks.words.text("toxicity.grade_n", grade=answer)

    def _all_changed(self) -> None:
        if self._questions:
            corner = self.index(len(self._questions) - 1, len(ANSWERS))
            self.dataChanged.emit(self.index(0, 0), corner)


def _name(column: int) -> Message:
    answer = ANSWERS[column - 1]
    if isinstance(answer, Unasked):
        return say("assessment.not_evaluated.short")
    return say("assessment.grade", grade=answer)
