"""Above the flow sheet: which cycle is shown, and what can be recorded or decided in it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.button import Button, IconButton
from aml_maint.gui.widgets.flow_layout import FlowLayout
from aml_maint.gui.widgets.menu_button import MenuButton
from aml_maint.services.sheet import CycleSheet


class _ActButton(Button):
    """A button of the bar, which shows its icon where there is room."""

    def __init__(self, looks: Looks, name: str, icon: str, command: str) -> None:
        self._name = icon
        super().__init__(looks, say(f"cycle_bar.{name}"), icon, leads_to=command)

    def show_icon(self, shown: bool) -> None:
        """Show or leave out the icon; the words say it all."""
        self._icon = self._name if shown else ""
        self.restyle()

    def sizeHint(self) -> QSize:
        """Closer than a dialog's button: many of them stand in a line."""
        theme = self._looks.theme
        return super().sizeHint() - QSize(theme.unit(2 if self._icon else 3), 0)


class CycleBar(QWidget):
    """The cycle chooser, a button for each act of every day, and two menus for the others."""

    cycle_wanted = Signal(int)
    wanted = Signal(str)
    """The name of an act: one of `ACTS`, `PLAN` or `MORE`."""

    ACTS = (
        ("confirm", "confirm"),
        ("unplanned", "plus"),
        ("count", "count"),
        ("toxicity", "toxicity"),
        ("start_cycle", "cycle"),
    )
    PLAN = ("shift", "omit", "hold", "resume", "dose", "", "regimen", "stop", "", "changes")
    """Decisions about the plan, in the menu of the button Plan."""
    MORE = ("as_needed", "supply", "", "calendar", "print", "report")

    # What an act writes, as the table of roles calls it; the others only read.
    COMMANDS: ClassVar[dict[str, str]] = {
        "confirm": "log_doses",
        "unplanned": "log_unplanned",
        "count": "record_labs",
        "toxicity": "record_toxicity",
        "shift": "shift_doses",
        "omit": "omit_doses",
        "hold": "hold_component",
        "resume": "resume_component",
        "dose": "set_dose",
        "regimen": "change_regimen",
        "stop": "end_course",
        "start_cycle": "start_cycle",
    }

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self._numbers: list[int] = []
        self._wanted = 0  # the cycle asked for last; it may still be on its way
        self._waiting = 0
        self.back = IconButton(looks, "back", say("cycle_bar.back"))
        self.forward = IconButton(looks, "forward", say("cycle_bar.forward"))
        self.chooser: ChoiceInput[int] = ChoiceInput(looks, [])
        self.chooser.setSizeAdjustPolicy(ChoiceInput.SizeAdjustPolicy.AdjustToContents)
        self.chooser.chosen.connect(lambda: self._go(self.chooser.value()))
        self.back.clicked.connect(lambda: self.step(-1))
        self.forward.clicked.connect(lambda: self.step(1))
        self.acts = {
            name: _ActButton(looks, name, icon, self.COMMANDS[name]) for name, icon in self.ACTS
        }
        for name, button in self.acts.items():
            button.clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
        decisions = {name: self.COMMANDS[name] for name in self.PLAN if name in self.COMMANDS}
        self.plan = MenuButton(
            looks, "cycle_bar.plan", self.PLAN, "cycle_bar", leads_to=decisions
        )  # fmt: skip
        self.more = MenuButton(looks, "cycle_bar.more", self.MORE, "cycle_bar")
        self.entries = {**self.plan.entries, **self.more.entries}
        for menu in (self.plan, self.more):
            menu.wanted.connect(self.wanted)
        self._lay_out()
        looks.words.changed.connect(self._retell)
        self._retell()

    def show_sheet(self, sheet: CycleSheet) -> None:
        """Show which cycle it is, and offer what can be done in it."""
        course = sheet.course
        self._numbers = [cycle.number for cycle in course.cycles]
        self.chooser.offer(
            [
                (c.number, say("cycle_bar.cycle", cycle=c.number, first=c.first_day,
                               last=course.cycle_end(c.number)))
                for c in course.cycles
            ]
        )  # fmt: skip
        self.chooser.set_value(sheet.cycle)
        self._wanted = sheet.cycle
        self.back.setEnabled(sheet.cycle > 1)
        self.forward.setEnabled(not sheet.is_last)
        running = course.ended_on is None
        held = any(hold.last_day is None for hold in course.holds)
        limit = course.latest_regimen.max_cycles
        more = limit is None or len(course.cycles) < limit
        self.acts["start_cycle"].setVisible(running and sheet.is_last and more)
        for name, action in self.plan.entries.items():
            action.setVisible(running or name == "changes")
        self.plan.entries["resume"].setVisible(running and held)
        self._fit()

    def step(self, step: int) -> None:
        """Ask for the cycle so many before or after the one asked for last."""
        if self._wanted in self._numbers:
            place = self._numbers.index(self._wanted) + step
            if 0 <= place < len(self._numbers):
                self._go(self._numbers[place])

    def go_to_end(self, *, last: bool) -> None:
        """Ask for the latest cycle, or for the first."""
        if self._numbers and self._wanted != self._numbers[-1 if last else 0]:
            self._go(self._numbers[-1 if last else 0])

    def show_waiting(self, count: int) -> None:
        """Say how many doses of the selection wait to be confirmed as taken."""
        self._waiting = count
        self._retell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Icons go when they would cost a second line."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = [button for button in self.acts.values() if not button.isHidden()]
        for button in shown:
            button.show_icon(True)
        if self._flow.sizeHint().width() > self.width():
            for button in shown:
                button.show_icon(False)

    def _retell(self) -> None:
        button = self.acts["confirm"]
        button.say(say("cycle_bar.confirm_count", count=self._waiting) if self._waiting else
                   say("cycle_bar.confirm"))  # fmt: skip
        button.setEnabled(self._waiting > 0)
        self._fit()
        self.chooser.setAccessibleName(self._looks.words.text("cycle_bar.chooser"))

    def _go(self, cycle: int) -> None:
        self._wanted = cycle
        self.cycle_wanted.emit(cycle)

    def _lay_out(self) -> None:
        theme = self._looks.theme
        cycles = QWidget()
        row = QHBoxLayout(cycles)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.unit())
        row.addWidget(self.back)
        row.addWidget(self.chooser)
        row.addWidget(self.forward)
        self._flow = FlowLayout(self, across=theme.unit(1.5), down=theme.unit(1.5))
        self._flow.addWidget(cycles)
        for button in self.acts.values():
            self._flow.addWidget(button)
        self._flow.addWidget(self.plan)
        self._flow.addWidget(self.more)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
