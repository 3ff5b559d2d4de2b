"""Paints the rows of Today: who, what, when, how it stands. Nothing is ever cut off."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from aml_maint.domain.administration import OPEN_STATES, CellState
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.worklist_filter import ELSEWHERE
from aml_maint.gui.models.worklist_model import SectionRole, WorklistModel
from aml_maint.gui.models.worklist_texts import LineTexts, RowTexts
from aml_maint.gui.widgets.sign_pictures import SignPictures
from aml_maint.gui.widgets.text_block import TextBlock, TextBlocks
from aml_maint.gui.widgets.worklist_columns import WorklistColumns
from aml_maint.services.worklist import Section

_Index = QModelIndex | QPersistentModelIndex

_SIGN_SIZE = 16  # pixels at 100 %


@dataclass(frozen=True)
class _Line:
    """One dose of a row, laid out."""

    texts: LineTexts
    dose: TextBlock
    evidence: TextBlock | None
    day: TextBlock | None
    words: TextBlock
    day_top: float
    """How far below the top of the line the day stands, under the time."""

    @property
    def height(self) -> float:
        """How tall the line is."""
        left = self.dose.height + (self.evidence.height if self.evidence else 0.0)
        middle = self.day_top + self.day.height if self.day else 0.0
        return max(left, middle, self.words.height)


class WorklistDelegate(QStyledItemDelegate):
    """Draws sections as headings and doses as rows over shared columns."""

    def __init__(self, looks: Looks, view: QWidget, model: WorklistModel) -> None:
        super().__init__(view)
        self._looks = looks
        self._model = model
        self._blocks = TextBlocks(looks.theme)
        self._signs = SignPictures(looks.theme)
        looks.theme.changed.connect(self._forget)

    def _forget(self) -> None:
        self._signs.forget()

    def height(self, index: _Index, width: int) -> int:
        """How tall a line is in a list of some width, in pixels."""
        texts = self._model.texts_at(index)
        if texts is None:
            return self.head_height(first=index.row() == 0)
        return self._height(texts, width, lead=self._model.is_lead(index))

    def head_height(self, *, first: bool) -> int:
        """How tall the head of a section is; the first one of a list needs less room above."""
        return self._looks.theme.unit(9 if first else 10)

    def _height(self, texts: RowTexts, width: int, *, lead: bool) -> int:
        theme = self._looks.theme
        columns = WorklistColumns.at(theme, width)
        height = sum(line.height for line in self._lines(texts, columns))
        height += theme.unit(1) * (len(texts.lines) - 1)
        if lead:
            name = self._name(texts, columns, lead=True)
            height = max(height, name.height + self._facts(texts, columns).height)
        return max(round(height) + theme.unit(3.5), theme.unit(8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        section = index.data(SectionRole)
        if section is not None:
            self._paint_section(painter, option, index, section)
        else:
            self._paint_row(painter, option, index)
        painter.restore()

    # -- sections ------------------------------------------------------------------------------

    def _paint_section(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, section: str
    ) -> None:
        theme = self._looks.theme
        box: QRect = option.rect
        painter.fillRect(box, theme.color("surface"))
        expanded = not self._model.is_folded(section)
        middle = box.bottom() - theme.unit(4.5)
        self._paint_chevron(painter, QPointF(box.left() + theme.unit(6), middle), expanded)
        urgent = section in {Section.OVERDUE, ELSEWHERE}
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.color("state_overdue" if urgent else "text"))
        top = middle - theme.unit(4)
        words = QRect(box.left() + theme.unit(9), top, box.width(), theme.unit(8))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(box.left(), box.bottom(), box.right(), box.bottom())
        if self._has_focus(option):
            self._paint_focus(painter, box.adjusted(1, 1, -1, -1))

    def _paint_chevron(self, painter: QPainter, middle: QPointF, expanded: bool) -> None:
        theme = self._looks.theme
        reach = theme.unit(1)
        corners = [QPointF(-reach, -reach / 2), QPointF(0, reach / 2), QPointF(reach, -reach / 2)]
        if not expanded:
            corners = [QPointF(corner.y(), corner.x()) for corner in corners]
        pen = QPen(theme.color("muted"), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([middle + corner for corner in corners]))

    # -- rows ----------------------------------------------------------------------------------

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme = self._looks.theme
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        texts = self._model.texts_at(index)
        if texts is None:
            return
        lead = self._model.is_lead(index)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        token = "selection" if selected else "hover" if hovered else "surface_raised"
        painter.fillRect(box, theme.color(token))
        if lead and self._model.follows_row(index):
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(box.left() + theme.unit(4), box.top(), box.right(), box.top())
        if self._has_focus(option):
            painter.fillRect(QRect(box.left(), box.top(), theme.unit(), box.height()),
                             theme.color("accent"))  # fmt: skip
        columns = WorklistColumns.at(theme, box.width())
        top = box.top() + theme.unit(1.75)
        self._paint_patient(painter, texts, columns, top, lead=lead, strong=selected)
        y = float(top)
        for line in self._lines(texts, columns):
            self._paint_line(painter, line, columns, y)
            y += line.height + theme.unit(1)
        if not columns.cycle.width:
            return
        painter.setFont(theme.font())
        painter.setPen(theme.color("muted"))
        cycle = QRectF(columns.cycle.left, top, columns.cycle.width, theme.unit(5))
        painter.drawText(cycle, Qt.AlignmentFlag.AlignTop, texts.cycle_day)

    def _paint_patient(
        self, painter: QPainter, texts: RowTexts, columns: WorklistColumns, top: int, *,
        lead: bool, strong: bool,
    ) -> None:  # fmt: skip
        """In full on the first row of a patient; later rows repeat the name, quietly."""
        theme = self._looks.theme
        if lead:
            place = self._blocks.block(((texts.place, "strong"),), columns.place.width)
            place.draw(painter, QPointF(columns.place.left, top), theme.color("muted"))
            if texts.mine:
                self._paint_mine(painter, QPointF(columns.place.left - theme.unit(2.5), top))
        name = self._name(texts, columns, lead=lead)
        color = theme.color("text" if lead or strong else "muted")
        name.draw(painter, QPointF(columns.patient.left, top), color)
        if texts.similar:
            at = columns.patient.left + name.width + theme.unit(1.5)
            chip = QRectF(at, top + theme.unit(0.25), theme.unit(4.5), theme.unit(3.75))
            self._paint_similar(painter, chip)
        if lead:
            below = QPointF(columns.patient.left, top + name.height)
            self._facts(texts, columns).draw(painter, below, theme.color("muted"))

    def _paint_mine(self, painter: QPainter, at: QPointF) -> None:
        """The mark of a patient on one's own list: a small ribbon."""
        theme = self._looks.theme
        width, height = theme.unit(1.5), theme.unit(3)
        ribbon = [
            QPointF(0, 0), QPointF(width, 0), QPointF(width, height),
            QPointF(width / 2, height - width / 2), QPointF(0, height),
        ]  # fmt: skip
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        down = QPointF(0, theme.unit(0.5))
        painter.drawPolygon(QPolygonF([at + corner + down for corner in ribbon]))

    def _paint_similar(self, painter: QPainter, chip: QRectF) -> None:
        """The mark of a name that can be taken for another's."""
        theme = self._looks.theme
        painter.setPen(QPen(theme.color("warning"), 1))
        painter.setBrush(theme.color("warning_surface"))
        painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.color("warning"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, "≈")

    def _paint_line(
        self, painter: QPainter, line: _Line, columns: WorklistColumns, y: float
    ) -> None:
        theme = self._looks.theme
        waits = line.texts.state in OPEN_STATES
        text, muted = theme.color("text"), theme.color("muted")
        line.dose.draw(painter, QPointF(columns.dose.left, y), text if waits else muted)
        if line.evidence is not None:
            line.evidence.draw(painter, QPointF(columns.dose.left, y + line.dose.height), muted)
        painter.setFont(theme.font("strong" if waits else "body"))
        painter.setPen(text if waits else muted)
        time = QRectF(columns.time.left, y, columns.time.width, theme.unit(5))
        painter.drawText(time, Qt.AlignmentFlag.AlignTop, line.texts.time)
        if line.day is not None:
            line.day.draw(painter, QPointF(columns.time.left, y + line.day_top), muted)
        size = theme.pixels(_SIGN_SIZE)
        height = painter.fontMetrics().height()
        sign = QRectF(columns.sign.left, y + (height - size) / 2, columns.sign.width, size)
        self._signs.ratio = painter.device().devicePixelRatioF()
        self._signs.draw(painter, sign, line.texts.state, size, line.texts.count)
        token = "state_overdue" if line.texts.state is CellState.OVERDUE else "text"
        line.words.draw(painter, QPointF(columns.state.left, y), theme.color(token))

    # -- texts ---------------------------------------------------------------------------------

    def _name(self, texts: RowTexts, columns: WorklistColumns, *, lead: bool) -> TextBlock:
        width = columns.patient.width - self._looks.theme.unit(5)
        return self._blocks.block(((texts.name, "strong" if lead else "body"),), width)

    def _facts(self, texts: RowTexts, columns: WorklistColumns) -> TextBlock:
        told = f"{texts.born}  {texts.number}"
        return self._blocks.block(((told, "small"),), columns.patient.width)

    def _lines(self, texts: RowTexts, columns: WorklistColumns) -> list[_Line]:
        block = self._blocks.block
        beside, below = self._looks.theme.unit(2), self._looks.theme.unit(4.5)
        found = []
        for line in texts.lines:
            rest = line.dose.removeprefix(line.drug)
            dose = block(((line.drug, "strong"), (rest, "body")), columns.dose.width)
            evidence = day = None
            if line.evidence:
                evidence = block(((line.evidence, "small"),), columns.dose.width)
            if line.day:
                day = block(((line.day, "small"),), columns.time.width + beside)
            urgent = line.state in {CellState.OVERDUE, CellState.DUE}
            words = block(((line.words, "strong" if urgent else "body"),), columns.state.width)
            found.append(_Line(line, dose, evidence, day, words, below))
        return found

    # -- focus ---------------------------------------------------------------------------------

    def _has_focus(self, option: QStyleOptionViewItem) -> bool:
        state: QStyle.StateFlag = option.state
        return bool(state & QStyle.StateFlag.State_HasFocus)

    def _paint_focus(self, painter: QPainter, box: QRect) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._looks.theme.color("accent"), 1.5))
        painter.drawRect(box)
