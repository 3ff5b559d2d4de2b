"""Facts with their labels: the label quieter than the fact, and never a fact without its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, Name
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.label import Label

Text = Message | Name


def literal(text: str) -> Name:
    """A text that is not translated, such as a name that someone typed."""
    return Name(text, text)


@dataclass(frozen=True)
class Fact:
    """A labelled fact; `token` is the meaning of its colour."""

    label: Message
    value: Text
    token: str = "text"


class FactView(QWidget):
    """One fact: the label small above it."""

    def __init__(self, looks: Looks, fact: Fact, *, strong: bool = False) -> None:
        super().__init__()
        self._looks = looks
        self.label = Label(looks, fact.label, role="small", token="muted")
        self.value = Label(looks, fact.value, role="strong" if strong else "body")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.label)
        box.addWidget(self.value)
        self.tell(fact)

    def tell(self, fact: Fact) -> None:
        """Show another fact."""
        self.label.say(fact.label)
        self.value.say(fact.value)
        self.value.use_token(fact.token)

    @property
    def spoken(self) -> str:
        """Label and fact in one piece."""
        return f"{self.label.text()} {self.value.text()}"


class FactGrid(QWidget):
    """Facts below each other: labels at the left, facts at the right, wrapped but never cut."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._rows: list[tuple[Label, Label]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(looks.theme.unit(3))
        self._grid.setVerticalSpacing(looks.theme.unit(1))
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these facts; lines that are left over are hidden, not rebuilt."""
        while len(self._rows) < len(facts):
            self._add_line()
        for place, (label, value) in enumerate(self._rows):
            used = place < len(facts)
            label.setVisible(used)
            value.setVisible(used)
            if used:
                label.say(facts[place].label)
                value.say(facts[place].value)
                value.use_token(facts[place].token)

    @property
    def texts(self) -> list[tuple[str, str]]:
        """The labels and facts shown."""
        return [(label.text(), value.text()) for label, value in self._rows if not label.isHidden()]

    def _add_line(self) -> None:
        label = Label(self._looks, role="small", token="muted")
        value = Label(self._looks, wrap=True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = len(self._rows)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, row, 1)
        self._rows.append((label, value))
