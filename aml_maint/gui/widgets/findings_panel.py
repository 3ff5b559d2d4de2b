"""Needs attention: a patient's findings, what can be done about each, and what was set aside."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from aml_maint.domain.findings import Action
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.findings_model import FindingLine, lines_aside, lines_of
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.finding_list import FindingList
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.services.findings import PatientFindings


class FindingsPanel(Panel):
    """The buttons do for the marked finding what the keys do."""

    act_wanted = Signal(object)
    dismiss_wanted = Signal(object)
    restore_wanted = Signal(object)

    def __init__(
        self,
        looks: Looks,
        can_act: Callable[[Action], bool],
        commands: Callable[[Action], tuple[str, ...]] = lambda _: (),
    ) -> None:
        """`can_act` says whether the window has a place for an action, `commands` where it ends."""
        super().__init__(looks)
        self._looks = looks
        self._can_act = can_act
        self._commands = commands
        self._found: PatientFindings | None = None
        self.heading = Label(looks, role="heading")
        self.list = FindingList(looks)
        self.nothing = Label(looks, "findings.nothing", token="muted", wrap=True)
        self.act = Button(looks, say("finding.action.record_doses"), kind="primary")
        self.dismiss = Button(looks, say("findings.dismiss"), leads_to="dismiss_finding")
        self.restore = Button(looks, say("findings.restore"), leads_to="restore_finding")
        self.aside = Button(looks, say("findings.show_aside", count=0))
        self.aside.setCheckable(True)
        self.setFocusProxy(self.list)
        self._lay_out()
        self.list.chosen.connect(self._tell_buttons)
        self.aside.toggled.connect(lambda _: self._show())
        for source in (self.list.act_wanted, self.act.clicked):
            source.connect(lambda *_: self._act())
        for source in (self.list.dismiss_wanted, self.dismiss.clicked):
            source.connect(lambda *_: self._emit(self.dismiss_wanted, aside=False))
        for source in (self.list.restore_wanted, self.restore.clicked):
            source.connect(lambda *_: self._emit(self.restore_wanted, aside=True))
        looks.words.changed.connect(self.retranslate)
        self.retranslate()

    def clear(self) -> None:
        """Show nothing of the patient before."""
        self._found = None
        self.aside.setChecked(False)
        self.list.show_lines([])
        self.heading.say(say("findings.heading"))
        self.nothing.hide()
        self._tell_buttons(None)

    def show_findings(self, found: PatientFindings) -> None:
        """Show a patient's findings; the cursor stays on its finding."""
        self._found = found
        if not found.set_aside:
            self.aside.setChecked(False)
        self._show()

    def select(self, key: str) -> None:
        """Put the cursor on the finding of a key, if it is there."""
        if self._found is not None:
            self.aside.setChecked(False)
            self.list.show_lines(lines_of(self._found), key)

    def retranslate(self) -> None:
        """Name the list."""
        self.list.setAccessibleName(self._looks.words.text("findings.heading"))

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        aside = self.aside.isChecked()
        lines = lines_aside(found) if aside else lines_of(found)
        self.list.show_lines(lines)
        self.heading.say(
            say("findings.set_aside", count=len(lines))
            if aside
            else say("findings.heading_count", count=len(lines))
        )
        self.aside.say(
            say("findings.show_open", count=len(found.open))
            if aside
            else say("findings.show_aside", count=len(found.set_aside))
        )
        self.aside.setVisible(bool(found.set_aside))
        self.nothing.setVisible(not lines)
        self._stack.setCurrentIndex(0 if lines else 1)
        self._tell_buttons(self.list.current)

    def _tell_buttons(self, line: FindingLine | None) -> None:
        is_open = line is not None and line.dismissal is None
        action = line.finding.action if line is not None else None
        self.act.setVisible(is_open and action is not None and self._can_act(action))
        if action is not None:
            self.act.say(say(f"finding.action.{action.value}"))
            self.act.lead_to(self._commands(action))
        self.dismiss.setVisible(is_open)
        self.restore.setVisible(line is not None and not is_open)

    def _act(self) -> None:
        line = self.list.current
        if line is not None and line.dismissal is None and self._can_act(line.finding.action):
            self.act_wanted.emit(line)

    def _emit(self, signal: SignalInstance, *, aside: bool) -> None:
        line = self.list.current
        if line is not None and (line.dismissal is not None) is aside:
            signal.emit(line)

    def _lay_out(self) -> None:
        theme = self._looks.theme
        head = QHBoxLayout()
        head.setContentsMargins(theme.unit(4), theme.unit(2.5), theme.unit(3), theme.unit(1.5))
        head.addWidget(self.heading, 1)
        head.addWidget(self.aside)
        empty = QWidget()
        inside = QVBoxLayout(empty)
        inside.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(4), theme.unit(2))
        inside.addWidget(self.nothing)
        inside.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(4), theme.unit(2.5))
        foot.setSpacing(theme.unit(2))
        for button in (self.act, self.dismiss, self.restore):
            foot.addWidget(button)
        foot.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        box.addLayout(head)
        self._stack = QStackedLayout()
        box.addLayout(self._stack, 1)
        self._stack.addWidget(self.list)
        self._stack.addWidget(empty)
        box.addLayout(foot)
        box.setAlignment(Qt.AlignmentFlag.AlignTop)
