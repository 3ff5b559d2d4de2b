"""Beside the grid: the words of the grade, the value behind it, the events, what the rules say."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.domain.quantities import lab_text
from aml_maint.gui.desk import Looks
from aml_maint.gui.toxicity_words import episodes_words
from aml_maint.gui.widgets.criteria_list import CriteriaList
from aml_maint.gui.widgets.event_card import AdviceCard, EventCard, emptied
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.services.toxicity_chart import GridCell, GridRow, ToxicityChart, advice_on

# As many events of one cell are shown as cards; the rest is counted.
_MOST_CARDS = 12


class ToxicityDetail(QWidget):
    """What the cell under the cursor means."""

    asked = Signal(str, object)
    hold_asked = Signal(str)

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        theme = looks.theme
        self.term = Label(looks, role="heading", wrap=True)
        self.scale = Label(looks, role="small", token="muted", wrap=True)
        self.verify = Label(looks, say("toxicity.verify"), role="small", token="warning", wrap=True)
        self.criteria = CriteriaList(looks)
        self.evidence = Label(looks, role="body", wrap=True)
        self.item_note = Label(looks, role="small", token="muted", wrap=True)
        self.source = Label(looks, role="small", token="muted", wrap=True)
        self.nothing = Label(looks, role="small", token="muted", wrap=True)
        self.cards: list[EventCard] = []
        self.advice: list[AdviceCard] = []
        self.folds: list[Label] = []
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(theme.unit(4), theme.unit(3), theme.unit(4), theme.unit(4))
        box.setSpacing(theme.unit(2))
        parts = (self.term, self.scale, self.verify, self.criteria, self.evidence, self.item_note)
        for part in parts:
            box.addWidget(part)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(theme.unit(2))
        box.addLayout(self._cards)
        box.addWidget(self.nothing)
        box.addWidget(self.source)
        box.addStretch(1)
        around = Scrolling(inside)
        around.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(around)
        self._parts = (*parts, self.nothing, self.source)
        looks.theme.changed.connect(self._restyle)
        self._restyle()
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        for part in self._parts:
            part.hide()
        emptied(self._cards)
        self.cards, self.advice, self.folds = [], [], []

    def show_cell(self, chart: ToxicityChart, row: GridRow, cell: GridCell | None) -> None:
        """Show a term in a cycle; without a cell, over all of them."""
        self.clear()
        item = row.item
        grade = row.worst if cell is None else cell.grade
        self.term.say(item.term)
        self.scale.say(
            say(
                "toxicity.scale_of",
                scale=say(f"toxicity_scale.{item.scale.value}"),
                system=say(f"body_system.{item.body_system.value}"),
            )
        )
        self.criteria.show_item(item, grade)
        titles = tuple(dict.fromkeys(one.title for one in item.sources))
        self.source.say(say("toxicity.sources", sources=titles))
        for part in (self.term, self.scale, self.criteria, self.source):
            part.show()
        self.verify.setVisible(item.verify)
        self._show_evidence(cell)
        self.item_note.setVisible(item.note is not None)
        if item.note is not None:
            self.item_note.say(item.note)
        self._show_cards(chart, row, cell)

    def _show_evidence(self, cell: GridCell | None) -> None:
        found = cell.evidence if cell is not None else None
        self.evidence.setVisible(found is not None)
        if found is not None:
            self.evidence.say(
                say("toxicity.value_of", value=lab_text(found.value), at=found.collected.local)
            )

    def _show_cards(self, chart: ToxicityChart, row: GridRow, cell: GridCell | None) -> None:
        wanted = None if cell is None else {event.event_id for event in cell.events}
        views = [
            view
            for view in chart.of_term(row.item.id)
            if wanted is None or view.event.event_id in wanted
        ]
        said = set()
        measured = advice_on(chart.course, row) if chart.course is not None else ()
        for one in (*measured, *(s for view in views for s in view.suggestions)):
            if one.note.text not in said:
                said.add(one.note.text)
                advice = AdviceCard(self._looks, one)
                advice.hold_asked.connect(self.hold_asked)
                self.advice.append(advice)
                self._cards.addWidget(advice)
        if said:
            decides = Label(
                self._looks, say("toxicity.advice.decides"), role="small", token="muted", wrap=True
            )
            self._cards.addWidget(decides)
        self.folds = []
        shown = {view.event.id for view in views[:_MOST_CARDS]}
        for group in chart.episodes:
            mine = [view for view in group if view.event.id in shown and view in views]
            if len(mine) > 1:
                fold = Label(self._looks, episodes_words(mine), role="strong", wrap=True)
                self.folds.append(fold)
                self._cards.addWidget(fold)
            for view in mine:
                card = EventCard(self._looks, view)
                card.asked.connect(self.asked)
                self.cards.append(card)
                self._cards.addWidget(card)
        left = len(views) - _MOST_CARDS
        self.nothing.setVisible(not views or left > 0)
        if left > 0:
            self.nothing.say(say("toxicity.more_events", more=left))
        elif not views:
            self.nothing.say(say("toxicity.no_events_here"))

    def _restyle(self) -> None:
        self.setFixedWidth(self._looks.theme.unit(100))
