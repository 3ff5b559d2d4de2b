"""The queue of toxicities that no physician has signed yet."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QHBoxLayout, QStyleOptionViewItem, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.inputs import ChoiceInput, PassphraseInput, TextInput
from aml_maint.gui.models.review_model import ReviewModel, Waiting
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.event_card import EventCard, emptied
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.gui.widgets.table import Table, TableRows
from aml_maint.services.toxicities import sign_events
from aml_maint.services.toxicity_chart import unsigned_events

_Index = QModelIndex | QPersistentModelIndex


class ReviewDialog(FormDialog):
    """Events are read one by one and signed together; who signs is on record with the version."""

    COMMANDS = ("sign_toxicities",)

    def __init__(
        self, desk: Desk, parent: QWidget | None, *, patient_id: str = "", event_id: str = ""
    ) -> None:
        super().__init__(desk, say("review.title"), say("review.verb"), parent=parent)
        self._desk = desk
        self._first = event_id
        theme = desk.theme
        self.setMinimumSize(theme.unit(276), theme.unit(130))
        self.model = ReviewModel(desk)
        self.table = ReviewTable(desk, self.model)
        self.comment = TextInput(desk, longest=500)
        self._waiting: list[Waiting] = []
        ward: tuple[str, Message] = ("", say("review.ward"))
        mine = [(patient_id, say("review.this_patient"))] if patient_id else []
        self.scope: ChoiceInput[str] = ChoiceInput(desk, [*mine, ward])
        self.scope.setAccessibleName(desk.words.text("review.scope"))
        self.scope.setVisible(bool(patient_id))
        self.scope.chosen.connect(lambda: self._show(self._waiting))
        self.form.add_row("comment", say("review.comment"), self.comment)
        self.passphrase = PassphraseInput(desk)
        if desk.session.has_accounts:
            self.form.add_row("passphrase", say("signing.passphrase"), self.passphrase)
        self.ready()
        self.all = Button(desk, say("review.all"))
        self.none = Button(desk, say("review.none"))
        self.empty = Label(desk, say("review.empty"), token="muted", wrap=True)
        self._lay_out_list()
        self.all.clicked.connect(lambda: self.model.choose_all(True))
        self.none.clicked.connect(lambda: self.model.choose_all(False))
        self.model.chosen_changed.connect(self._tell)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_card())
        self.table.setFocus()
        self._tell()
        desk.session.read(unsigned_events, self._show, self)

    def submit(self) -> None:
        """Sign the chosen events."""
        chosen, comment = self.model.chosen(), self.comment.value()
        typed = self.passphrase.value()
        self._desk.session.write(
            lambda place: sign_events(place, chosen, comment, self.command_id, passphrase=typed),
            lambda _: self.finish(), self.fail, self,
        )  # fmt: skip

    def _show(self, waiting: list[Waiting]) -> None:
        self._waiting = waiting
        wanted = self.scope.value()
        mine = [w for w in waiting if not wanted or w[0].id == wanted]
        first = frozenset(w[1].event.id for w in mine if w[1].event.event_id == self._first)
        self.model.show_rows(mine, first)
        self.table.fit_columns()
        self.empty.setVisible(not mine)
        self.table.setVisible(bool(mine))
        at = next((n for n, w in enumerate(mine) if w[1].event.event_id == self._first), 0)
        if mine:
            self.table.selectRow(at)
        self._show_card()

    def _show_card(self) -> None:
        emptied(self._card)
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.model.rows):
            card = EventCard(self._desk, self.model.rows[row][1], acts=False)
            self._card.addWidget(card)
            self._card.addStretch(1)

    def _tell(self) -> None:
        count = len(self.model.chosen())
        self.save.setEnabled(bool(count))
        self.save.say(say("review.verb_n", count=count) if count else say("review.verb"))

    def _lay_out_list(self) -> None:
        theme = self._desk.theme
        verbs = QHBoxLayout()
        verbs.setSpacing(theme.unit(2))
        verbs.addWidget(self.scope)
        verbs.addWidget(Label(self._desk, say("review.keys"), role="small", token="muted"), 1)
        verbs.addWidget(self.all)
        verbs.addWidget(self.none)
        left = QVBoxLayout()
        left.setSpacing(theme.unit(2))
        left.addLayout(verbs)
        left.addWidget(self.empty)
        left.addWidget(self.table, 1)
        inside = QWidget()
        self._card = QVBoxLayout(inside)
        self._card.setContentsMargins(0, 0, 0, 0)
        around = Scrolling(inside)
        around.setFixedWidth(theme.unit(68))
        row = QHBoxLayout()
        row.setSpacing(theme.unit(4))
        row.addLayout(left, 1)
        row.addWidget(around)
        self.body.insertLayout(self.body.indexOf(self.form), row, 1)
        self.body.setStretchFactor(self.form, 0)


class ReviewTable(Table):
    """Space chooses an event; a click on its first column does, too."""

    def __init__(self, looks: Looks, model: ReviewModel) -> None:
        super().__init__(looks)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_Rows(looks, self, model))
        looks.words.changed.connect(self._retranslate)
        self._retranslate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space chooses, and goes on to the next."""
        row = self.currentIndex().row()
        if event.key() == Qt.Key.Key_Space and row >= 0:
            self._model.toggle(row)
            self.selectRow(min(row + 1, self._model.rowCount() - 1))
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the tick chooses."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == 0:
            self._model.toggle(index.row())

    def _retranslate(self) -> None:
        self.setAccessibleName(self._looks.words.text("review.title"))


class _Rows(TableRows):
    """The first column is a box with a tick, drawn as a path."""

    def __init__(self, looks: Looks, table: ReviewTable, model: ReviewModel) -> None:
        super().__init__(looks, table)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        super().paint(painter, option, index)
        if index.column() != 0:
            return
        theme = self._looks.theme
        box: QRect = option.rect
        side = theme.unit(4)
        square = QRectF(0, 0, side, side)
        square.moveCenter(QPointF(box.center()))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self._model.is_chosen(index.row())
        painter.setPen(QPen(theme.color("accent" if chosen else "muted"), 1.2))
        painter.setBrush(theme.color("accent" if chosen else "field"))
        painter.drawRoundedRect(square, theme.pixels(3), theme.pixels(3))
        if chosen:
            tick = QPainterPath(square.topLeft() + QPointF(side * 0.22, side * 0.52))
            tick.lineTo(square.topLeft() + QPointF(side * 0.43, side * 0.73))
            tick.lineTo(square.topLeft() + QPointF(side * 0.79, side * 0.29))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent_text"), 1.8))
            painter.drawPath(tick)
        painter.restore()
