"""The list of an assessment: one key per line, 0 to 4, or a dash for "not evaluated"."""

from __future__ import annotations

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
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.checklist_model import (
    ANSWERS,
    Answer,
    AnswerRole,
    ChecklistModel,
    QuestionRole,
    Unasked,
)
from aml_maint.services.assessments import Question

_Index = QModelIndex | QPersistentModelIndex
_KEYS: dict[Qt.Key, Answer] = {
    **{Qt.Key(Qt.Key.Key_0 + n): n for n in range(5)},
    Qt.Key.Key_Minus: Unasked.NOT_EVALUATED,
    Qt.Key.Key_N: Unasked.NOT_EVALUATED,
}


class ChecklistInput(QTableView):
    """An answer moves to the next line, so that a patient is gone through without the mouse."""

    line_changed = Signal(object, object)
    """The Question under the cursor and its Answer."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.answers = ChecklistModel(looks)
        self.setModel(self.answers)
        self.setItemDelegate(_Lines(looks, self))
        self.setHorizontalHeader(_Heads(looks))
        self.verticalHeader().hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.answers.answered.connect(self._tell)
        looks.theme.changed.connect(self._restyle)
        self._restyle()

    def show_questions(self, questions: tuple[Question, ...]) -> None:
        """Ask these, from the first."""
        self.answers.show_questions(questions)
        self._restyle()
        if questions:
            self.go_to(0)

    def go_to(self, row: int) -> None:
        """Put the cursor on a line."""
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        rows = QItemSelectionModel.SelectionFlag.Rows
        index = self.answers.index(row, 0)
        self.selectionModel().setCurrentIndex(index, flags | rows)
        self.scrollTo(index)

    def answer(self, answer: Answer) -> None:
        """Answer the line under the cursor and go on to the next one."""
        row = self.currentIndex().row()
        if row < 0:
            return
        self.answers.set_answer(row, answer)
        if row + 1 < self.answers.rowCount():
            self.go_to(row + 1)

    def raw(self) -> str:
        """The answers, for a draft."""
        return self.answers.raw()

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        self.answers.set_raw(raw)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Tell which line has the cursor."""
        super().currentChanged(current, previous)
        self._tell()
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and the dash answer; backspace takes an answer back."""
        key = Qt.Key(event.key())
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and key in _KEYS:
            self.answer(_KEYS[key])
        elif plain and key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            if self.currentIndex().isValid():
                self.answers.set_answer(self.currentIndex().row(), Unasked.BLANK)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on an answer gives it."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() > 0:
            self.answers.set_answer(index.row(), ANSWERS[index.column() - 1])

    def sizeHint(self) -> QSize:
        """Ten lines."""
        theme = self._looks.theme
        return QSize(theme.unit(110), theme.unit(9) * 11)

    def minimumSizeHint(self) -> QSize:
        """Four lines."""
        theme = self._looks.theme
        return QSize(theme.unit(100), theme.unit(9) * 5)

    def _tell(self) -> None:
        row = self.currentIndex().row()
        if 0 <= row < self.answers.rowCount():
            self.line_changed.emit(self.answers.questions[row], self.answers.answer(row))

    def _restyle(self) -> None:
        theme = self._looks.theme
        self.setPalette(theme.table_palette())
        self.verticalHeader().setDefaultSectionSize(theme.unit(8.5))
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(ANSWERS) + 1):
            head.resizeSection(column, theme.unit(10))
        self.viewport().update()


class _Lines(QStyledItemDelegate):
    """A term with what goes on of it, and its answers as numbers to press."""

    def __init__(self, looks: Looks, view: ChecklistInput) -> None:
        super().__init__(view)
        self._looks = looks
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        theme = self._looks.theme
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, theme.color("selection"))
        painter.setPen(theme.color("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if index.column() == 0:
            self._term(painter, box, index, chosen)
        else:
            answer: Answer = index.data(AnswerRole)
            self._answer(painter, box, ANSWERS[index.column() - 1], answer)
        painter.restore()

    def _term(self, painter: QPainter, box: QRect, index: _Index, chosen: bool) -> None:
        theme, words = self._looks.theme, self._looks.words
        question: Question = index.data(QuestionRole)
        if chosen:
            lit = "accent" if self._view.hasFocus() else "line"
            painter.fillRect(box.left(), box.top(), theme.pixels(3), box.height(), theme.color(lit))
        inner = box.adjusted(theme.unit(3), 0, -theme.unit(2), 0)
        painter.setFont(theme.font("strong" if question.ongoing else "body"))
        painter.setPen(theme.color("text"))
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, flags, words.text(question.item.term))
        taken = painter.fontMetrics().horizontalAdvance(words.text(question.item.term))
        if question.ongoing is not None:
            current = question.ongoing.current
            grade = "?" if current is None else str(current)
            onset = words.short_day(question.ongoing.onset.day)
            text = words.text(say("assessment.ongoing", grade=grade, onset=onset))
        elif question.before is not None:
            text = words.text(say("assessment.before_was", grade=question.before))
        else:
            return
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        left = inner.adjusted(taken + theme.unit(3), 0, 0, 0)
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, flags | Qt.AlignmentFlag.AlignRight, text)

    def _answer(self, painter: QPainter, box: QRect, mine: Answer, given: Answer) -> None:
        theme = self._looks.theme
        chip = QRectF(0, 0, theme.unit(6.5), theme.unit(5.5))
        chip.moveCenter(QPointF(box.center()))
        shape = QPainterPath()
        shape.addRoundedRect(chip, theme.unit(1), theme.unit(1))
        text = "–" if isinstance(mine, Unasked) else str(mine)
        if mine == given:
            if isinstance(mine, Unasked):
                painter.fillPath(shape, theme.color("muted"))
                painter.setPen(theme.color("surface_raised"))
            else:
                painter.fillPath(shape, theme.color(f"grade{mine}"))
                painter.strokePath(shape, QPen(theme.color("text"), 1.5))
                painter.setPen(theme.color(f"on_grade{mine}"))
            painter.setFont(theme.font("strong"))
        else:
            painter.strokePath(shape, QPen(theme.color("line"), 1))
            painter.setPen(theme.color("muted"))
            painter.setFont(theme.font("body"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)


class _Heads(QHeaderView):
    """The answers by name."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._looks = looks
        self.setFixedHeight(looks.theme.unit(7))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one head."""
        theme = self._looks.theme
        painter.save()
        painter.fillRect(rect, theme.color("header"))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        flags = Qt.AlignmentFlag.AlignCenter
        if section == 0:
            rect = rect.adjusted(theme.unit(3), 0, 0, 0)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, flags, text)
        painter.restore()
