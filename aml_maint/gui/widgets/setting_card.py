"""One site setting in full: what it is for, its value, whose it is, and every decision on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.domain.site import Setting
from aml_maint.domain.site_history import SettingChange, SiteHistory
from aml_maint.gui.desk import Desk
from aml_maint.gui.models.settings_model import standing
from aml_maint.gui.viewports import viewport
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.facts import Fact, FactGrid
from aml_maint.gui.widgets.flow_layout import FlowLayout
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.role_line import RoleLine


class SettingCard(QWidget):
    """Beside the table; its buttons do what the table's keys do."""

    change_wanted = Signal()
    accept_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.name = Label(desk, role="heading", wrap=True)
        self.why = Label(desk, token="muted", wrap=True)
        self.facts = FactGrid(desk)
        self.heading = Label(desk, "setting.history", role="small", token="muted")
        self.decisions: list[Label] = []
        self.nobody = Label(desk, "setting.history.none", token="muted", wrap=True)
        self.change = Button(desk, "setting.change", kind="primary", leads_to="change_settings")
        self.accept = Button(desk, "setting.accept", "check", leads_to="accept_settings")
        self.not_allowed = RoleLine(desk, ("change_settings", "accept_settings"))
        self.change.clicked.connect(self.change_wanted)
        self.accept.clicked.connect(self.accept_wanted)
        self._lay_out()
        desk.words.changed.connect(self._rename)
        self._rename()

    def show_setting(self, setting: Setting, found: SiteHistory, today: date) -> None:
        """Show a setting as of a day."""
        self.name.say(setting.name)
        self.why.say(setting.why)
        self.facts.show_facts(list(_facts(setting, found, today)))
        decisions = tuple(reversed(found.of(setting.key)))
        self._show_decisions(setting, decisions)
        accepted = found.on(today).is_accepted(setting.key)
        self.accept.setVisible(not accepted and not found.to_come(setting.key, today))
        self.show()

    def _show_decisions(self, setting: Setting, decisions: Sequence[SettingChange]) -> None:
        while len(self.decisions) < len(decisions):
            label = Label(self._desk, wrap=True)
            self.decisions.append(label)
            self._list.addWidget(label)
        for place, label in enumerate(self.decisions):
            label.setVisible(place < len(decisions))
            if place < len(decisions):
                label.say(decision_words(setting, decisions[place]))
        self.nobody.setVisible(not decisions)

    def _rename(self) -> None:
        self._area.setAccessibleName(self._desk.words.text("setting.card"))

    def _lay_out(self) -> None:
        theme = self._desk.theme
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(*[theme.unit(4)] * 4)
        inside.setSpacing(theme.unit(3))
        for widget in (self.name, self.why, self.facts, self.heading, self.nobody):
            inside.addWidget(widget)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.unit(2))
        inside.addLayout(self._list)
        inside.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Reached by Tab, so that the keyboard can scroll to old decisions.
        self._area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._area.setWidget(inner)
        viewport(self._area).setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        tools = QWidget()
        buttons = FlowLayout(tools, across=theme.unit(2), down=theme.unit(2))
        buttons.addWidget(self.change)
        buttons.addWidget(self.accept)
        foot = QVBoxLayout()
        foot.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(4), theme.unit(4))
        foot.setSpacing(theme.unit(2))
        foot.addWidget(self.not_allowed)
        foot.addWidget(tools)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._area, 1)
        whole.addLayout(foot)


def decision_words(setting: Setting, change: SettingChange) -> Message:
    """A decision in a sentence."""
    return say(
        "site.decision",
        value=setting.shown(change.value),
        day=change.from_day,
        by=change.decided_by,
        at=change.decided.local,
        reason=change.reason,
    )


def _facts(setting: Setting, found: SiteHistory, today: date) -> Iterator[Fact]:
    settings = found.on(today)
    yield Fact(say("setting.value"), settings.shown(setting.key))
    changed = settings.is_changed(setting.key)
    yield Fact(say("setting.standing"), standing(setting, settings), "text" if changed else "muted")
    for change in found.to_come(setting.key, today):
        coming = say("setting.coming", value=setting.shown(change.value), day=change.from_day)
        yield Fact(say("setting.to_come"), coming, "warning")
    yield Fact(say("setting.usual"), setting.shown(setting.default))
    if setting.allowed is not None:
        yield Fact(say("setting.allowed"), setting.allowed)
    yield Fact(say("setting.source"), setting.source.title, "muted")
    yield Fact(say("setting.applies"), say(f"setting.applies.{setting.applies.value}"), "muted")
