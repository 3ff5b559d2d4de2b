"""Every version of a toxicity event: who wrote it when, what changed, why, and who signed it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.domain.toxicity_revision import changed_fields
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.screen_dialog import ScreenDialog
from aml_maint.gui.toxicity_words import (
    cause_words,
    course_words,
    evidence_words,
    review_words,
    serious_words,
    term_name,
)
from aml_maint.gui.widgets.banner import PatientLine
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.event_card import emptied
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.services.toxicities import versions_of
from aml_maint.services.toxicity_chart import EventView


class ToxicityHistoryDialog(ScreenDialog):
    """Read only; the latest version stands first."""

    def __init__(self, desk: Desk, patient: Patient, view: EventView, parent: QWidget | None):
        super().__init__(parent)
        self._desk = desk
        theme = desk.theme
        self._title = Message("toxicity.title.history", {"term": term_name(view.event, view.item)})
        self.setMinimumSize(theme.unit(150), theme.unit(110))
        inside = QWidget()
        self._cards = QVBoxLayout(inside)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(theme.unit(2))
        self.close_button = Button(desk, "action.close")
        self.close_button.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(5)] * 4)
        box.setSpacing(theme.unit(3))
        box.addWidget(Label(desk, self._title, role="heading", wrap=True))
        box.addWidget(PatientLine(desk, patient))
        box.addWidget(Scrolling(inside), 1)
        box.addLayout(foot)
        self.cards: list[list[Label]] = []
        desk.words.changed.connect(self._retitle)
        self._retitle()
        event_id = view.event.event_id
        desk.session.read(lambda place: versions_of(place, event_id), self._show, self)

    def _show(self, versions: list[ToxicityEvent]) -> None:
        emptied(self._cards)
        before: ToxicityEvent | None = None
        cards = []
        for number, version in enumerate(versions, 1):
            cards.append(self._card(number, before, version))
            before = version
        for card in reversed(cards):
            self._cards.addWidget(card)
        self._cards.addStretch(1)

    def _card(self, number: int, before: ToxicityEvent | None, now: ToxicityEvent) -> Panel:
        theme = self._desk.theme
        card = Panel(self._desk)
        box = QVBoxLayout(card)
        box.setContentsMargins(*[theme.unit(3)] * 4)
        box.setSpacing(theme.unit(1))
        at = now.recorded.local if now.recorded is not None else None
        head = say("toxicity.version", number=number, by=now.recorded_by, at=at)
        labels = [Label(self._desk, head, role="strong", wrap=True)]
        for text in _told(before, now):
            labels.append(Label(self._desk, text, role="small", wrap=True))
        for label in labels:
            box.addWidget(label)
        self.cards.append(labels)
        return card

    def _retitle(self) -> None:
        self.setWindowTitle(self._desk.words.text("toxicity.act.history"))


def _told(before: ToxicityEvent | None, now: ToxicityEvent) -> list[Message]:
    found: list[Message] = []
    if before is not None:
        names = tuple(say(f"toxicity.field.{name}") for name in changed_fields(before, now))
        found.append(say("toxicity.changed", fields=names) if names else say("toxicity.same"))
    if now.reason:
        found.append(say("toxicity.why", reason=now.reason))
    found.append(course_words(now))
    found += [evidence_words(point) for point in now.grades]
    if now.resolved is not None:
        found.append(say("toxicity.resolved_at", resolved=now.resolved.text()))
    for part in (serious_words(now), cause_words(now)):
        if part is not None:
            found.append(part)
    found.append(review_words(now))
    return found
