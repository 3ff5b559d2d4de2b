"""One toxicity event as a card: its course, its causes, what the regimen says, and the acts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.advice import Suggestion
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.regimen import Advice
from aml_maint.gui import toxicity_words as told
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.flow_layout import FlowLayout
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.services.toxicity_chart import EventView

# The command that an act ends in; the others only read.
_COMMANDS = {
    "grade": "revise_toxicity",
    "over": "revise_toxicity",
    "edit": "revise_toxicity",
    "withdraw": "withdraw_toxicity",
    "sign": "sign_toxicities",
}


class EventCard(Panel):
    """Says an event; its buttons ask for what can be done with it."""

    asked = Signal(str, object)
    """An act and the event it is for: edit, grade, over, sign, history, report."""

    def __init__(self, looks: Looks, view: EventView, *, acts: bool = True) -> None:
        super().__init__(looks, line="warning" if not view.is_signed else "line")
        self.view = view
        theme = looks.theme
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.unit(3), theme.unit(2.5), theme.unit(3), theme.unit(2.5))
        box.setSpacing(theme.unit(1))
        self.head = Label(looks, told.course_words(view.event), role="strong", wrap=True)
        box.addWidget(self.head)
        for text, token in _lines(view):
            box.addWidget(Label(looks, text, role="small", token=token, wrap=True))
        row = FlowLayout(across=theme.unit(1.5), down=theme.unit(1.5))
        self.buttons: dict[str, Button] = {}
        for act in _acts(view) if acts else ():
            button = Button(looks, say(f"toxicity.act.{act}"), leads_to=_COMMANDS.get(act, ()))
            button.clicked.connect(lambda _=False, a=act: self.asked.emit(a, self.view))
            self.buttons[act] = button
            row.addWidget(button)
        box.addSpacing(theme.unit(0.5))
        box.addLayout(row)


class AdviceCard(Panel):
    """What the regimen says at this grade, quoted with its source; a physician decides."""

    hold_asked = Signal(str)
    """The component that the rule speaks of."""

    def __init__(self, looks: Looks, one: Suggestion) -> None:
        super().__init__(looks, token="warning_surface", line="warning")
        theme = looks.theme
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.unit(3), theme.unit(2.5), theme.unit(3), theme.unit(2.5))
        box.setSpacing(theme.unit(1))
        drug: Message | Name = one.component.drug.name if one.component else say("toxicity.regimen")
        head = say("toxicity.advice.head", drug=drug, advice=say(f"advice.{one.advice.value}"))
        box.addWidget(Label(looks, head, role="strong", wrap=True))
        box.addWidget(Label(looks, told.advice_words(one), role="small", wrap=True))
        source = Label(looks, told.advice_source(one), role="small", token="muted", wrap=True)
        box.addWidget(source)
        if one.component is not None and one.advice in {Advice.HOLD, Advice.STOP}:
            component = one.component.id
            told_hold = say("toxicity.act.hold", drug=one.component.drug.name)
            self.button = Button(looks, told_hold, leads_to="hold_component")
            self.button.clicked.connect(lambda: self.hold_asked.emit(component))
            row = QHBoxLayout()
            row.addWidget(self.button)
            row.addStretch(1)
            box.addLayout(row)


def _lines(view: EventView) -> list[tuple[Message | Name, str]]:
    event = view.event
    found: list[tuple[Message | Name | None, str]] = [
        (told.term_name(event, view.item) if event.detail else None, "text"),
        (told.time_words(view), "text"),
        (told.place_words(view), "muted"),
        (told.injection_words(view), "muted"),
        (told.value_words(event), "muted"),
        (told.longer_words(view), "warning"),
        (told.serious_words(event), "danger"),
        (told.cause_words(event), "muted"),
    ]
    if event.outcome is not None:
        outcome = say("toxicity.outcome_is", outcome=say(f"outcome.{event.outcome.value}"))
        found.append((outcome, "muted"))
    if event.treatment:
        found.append((say("toxicity.treated", text=event.treatment), "muted"))
    if event.note:
        found.append((say("toxicity.noted", text=event.note), "muted"))
    by = (
        say("toxicity.recorded_by", by=event.recorded_by, at=event.recorded.local)
        if (event.recorded)
        else None
    )
    found.append((by, "muted"))
    found.append((told.review_words(event), "muted" if view.is_signed else "warning"))
    return [(text, token) for text, token in found if text is not None]


def _acts(view: EventView) -> list[str]:
    acts = ["grade", "over"] if view.event.is_ongoing else []
    acts.append("edit")
    if not view.is_signed:
        acts.append("sign")
    return [*acts, "history", "report", "withdraw"]


def emptied(box: QVBoxLayout) -> None:
    """Take every widget out of a box, for others to come."""
    while box.count():
        item = box.takeAt(0)
        widget: QWidget | None = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
