"""The dose selected on Today, in full: its times, its gate with source, its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from aml_maint.domain.administration import CellState
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.gui import dose_words
from aml_maint.gui.desk import Looks
from aml_maint.gui.dose_facts import dose_facts, patient_facts
from aml_maint.gui.dose_targets import next_part
from aml_maint.gui.viewports import viewport
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.cell_sign import draw_sign
from aml_maint.gui.widgets.dose_history import DoseHistory
from aml_maint.gui.widgets.fact_lines import FactLines
from aml_maint.gui.widgets.flow_layout import FlowLayout
from aml_maint.gui.widgets.label import Label
from aml_maint.services.dose_history import EarlierRecord
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.worklist import Worklist, WorkRow


class SignBox(QWidget):
    """A state's sign as a widget."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._state = CellState.PLANNED
        looks.theme.changed.connect(self.update)

    def show_state(self, state: CellState) -> None:
        """Show another state's sign."""
        self._state = state
        self.update()

    def sizeHint(self) -> QSize:
        side = self._looks.theme.unit(6)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        size = self._looks.theme.unit(4.5)
        draw_sign(painter, QRectF(self.rect()), self._state, self._looks.theme, size=size)


class DoseCard(QWidget):
    """One dose: what, how it stands, its facts, and a button to its card."""

    edit_wanted = Signal(object)
    """The SlotId of the dose."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        theme = looks.theme
        self._looks = looks
        self._view: DoseView | None = None
        self.sign = SignBox(looks)
        self.dose = Label(looks, role="strong", wrap=True)
        self.state = Label(looks, wrap=True)
        self.facts = FactLines(looks)
        self.history = DoseHistory(looks)
        self.edit = Button(looks, "today.edit", leads_to=("log_dose", "correct_dose"))
        self.edit.clicked.connect(self._edit)
        words = QVBoxLayout()
        words.setSpacing(theme.unit(0.5))
        words.addWidget(self.dose)
        words.addWidget(self.state)
        head = QHBoxLayout()
        head.setSpacing(theme.unit(2))
        head.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        head.addWidget(self.edit, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.unit(2))
        box.addLayout(head)
        box.addWidget(self.facts)
        box.addWidget(self.history)

    @property
    def slot(self) -> SlotId | None:
        """The dose shown, None when the card shows none."""
        return None if self._view is None or self.isHidden() else self._view.slot

    def show_dose(self, pair: DosePair, view: DoseView, now: Moment) -> None:
        """Show a dose as it stands."""
        if self._view is None or self._view.slot != view.slot:
            self.history.show_entries([])
        self._view = view
        self.sign.show_state(view.state)
        self.dose.say(dose_words.dose_line(view.planned))
        waiting = dose_words.countdown(pair, now) if view is pair.main else None
        self.state.say(waiting or dose_words.state_words(view, now))
        self.state.use_token("state_overdue" if view.state is CellState.OVERDUE else "muted")
        self.facts.tell(dose_facts(pair, view))

    def _edit(self) -> None:
        if self._view is not None:
            self.edit_wanted.emit(self._view.slot)


class DosePanel(QScrollArea):
    """What is selected; with several doses their number, with none what to do."""

    edit_wanted = Signal(object)
    """The SlotId of the dose to open."""
    patient_wanted = Signal(str)
    """The id of the patient to open."""
    take_wanted = Signal()
    """The patient selected belongs on one's own list, or no more."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._row: WorkRow | None = None
        self.name = Label(looks, role="heading", wrap=True)
        self.similar = Label(looks, "today.similar", role="small", token="warning", wrap=True)
        self.who = FactLines(looks)
        self.cards = (DoseCard(looks), DoseCard(looks))
        self.open_patient = Button(looks, "today.open_patient")
        self.open_patient.clicked.connect(self._open_patient)
        self.take_text = "today.take_on"
        self.take = Button(looks, self.take_text, leads_to="change_care_list")
        self.take.clicked.connect(self.take_wanted)
        for card in self.cards:
            card.edit_wanted.connect(self.edit_wanted)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        viewport(self).setAutoFillBackground(False)
        self._lay_out()
        looks.words.changed.connect(self._retranslate)
        self._retranslate()
        self.show_rows([], None)

    def show_rows(self, rows: Sequence[WorkRow], worklist: Worklist | None) -> None:
        """Show the one row selected of a worklist, or how many are."""
        now = None if worklist is None else worklist.now
        alone = rows[0] if len(rows) == 1 and now is not None else None
        mine = worklist is not None and {row.patient.id for row in rows} <= worklist.mine
        self.take_text = "today.take_off" if mine else "today.take_on"
        self.take.say(self.take_text)
        self.take.setVisible(bool(rows))
        self._row = alone
        self.open_patient.setVisible(alone is not None)
        self.similar.setVisible(alone is not None and alone.has_similar_name)
        self.who.setVisible(alone is not None)
        for card in self.cards:
            card.hide()
        if alone is None or now is None:
            self.name.say(_many(rows))
            self.name.use_token("muted" if not rows else "text")
            self.who.setVisible(bool(rows))
            self.who.tell([_listed(row, now) for row in rows] if now is not None else [])
            return
        self.name.say(dose_words.patient_name(alone.patient))
        self.name.use_token("text")
        self.who.tell(patient_facts(alone))
        for card, view in zip(self.cards, alone.pair.parts, strict=False):
            card.show_dose(alone.pair, view, now)
            card.show()

    def slots(self) -> tuple[SlotId, ...]:
        """The doses shown in full."""
        return tuple(slot for card in self.cards if (slot := card.slot) is not None)

    def show_earlier(self, earlier: Mapping[SlotId, Sequence[EarlierRecord]]) -> None:
        """Show the earlier records of the doses shown; those of others are left out."""
        for card in self.cards:
            slot = card.slot
            if slot is not None and slot in earlier:
                card.history.show_entries(earlier[slot])

    def text(self) -> str:
        """Everything shown, as one text."""
        shown = [card for card in self.cards if not card.isHidden()]
        parts = [self.name.text(), self.who.text()]
        for card in shown:
            parts += [card.dose.text(), card.state.text(), card.facts.text()]
            parts += [text for line in card.history.texts() for text in line]
        return "\n".join(parts)

    def _open_patient(self) -> None:
        if self._row is not None:
            self.patient_wanted.emit(self._row.patient.id)

    def _retranslate(self) -> None:
        self.setAccessibleName(self._looks.words.text("today.selected"))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(theme.unit(4), theme.unit(3), theme.unit(4), theme.unit(4))
        box.setSpacing(theme.unit(2))
        box.addWidget(self.name)
        box.addWidget(self.similar)
        box.addWidget(self.who)
        for card in self.cards:
            box.addSpacing(theme.unit(2))
            box.addWidget(card)
        box.addSpacing(theme.unit(1))
        buttons = FlowLayout(across=theme.unit(2), down=theme.unit(1.5))
        buttons.addWidget(self.open_patient)
        buttons.addWidget(self.take)
        box.addLayout(buttons)
        box.addStretch(1)
        self.setWidget(inside)
        # The panel around it paints the surface.
        inside.setAutoFillBackground(False)


def _many(rows: Sequence[WorkRow]) -> Message:
    if not rows:
        return say("today.nothing_selected")
    patients = len({row.patient.id for row in rows})
    if patients == 1:
        return say("today.selected_doses", doses=len(rows))
    return say("today.selected_many", doses=len(rows), patients=patients)


def _listed(row: WorkRow, now: Moment) -> tuple[Message, Message]:
    """One of several doses selected: whose, what, when."""
    view = next_part(row.pair)
    at = dose_words.planned_time(view, now.local.date())
    return dose_words.patient_name(row.patient), say(
        "today.listed", dose=dose_words.dose_short(view.planned), at=at
    )
