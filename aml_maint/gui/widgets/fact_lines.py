"""Labelled facts, one under the other; the label is quieter than the fact."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from aml_maint.domain.messages import Message
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.label import Label


class FactLines(QWidget):
    """A grid of labels and facts that can be told anew."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._lines: list[tuple[Label, Label]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(looks.theme.unit(3))
        self._grid.setVerticalSpacing(looks.theme.unit(0.75))
        self._grid.setColumnStretch(1, 1)
        looks.theme.changed.connect(self._restyle)
        self._restyle()

    def tell(self, facts: Sequence[tuple[Message, Message]]) -> None:
        """Show these facts and no others."""
        while len(self._lines) < len(facts):
            self._add_line()
        for place, (label, fact) in enumerate(self._lines):
            shown = place < len(facts)
            label.setVisible(shown)
            fact.setVisible(shown)
            if shown:
                label.say(facts[place][0])
                fact.say(facts[place][1])

    def text(self) -> str:
        """All facts shown, as one text."""
        return "\n".join(
            f"{label.text()}: {fact.text()}" for label, fact in self._lines if not fact.isHidden()
        )

    def _restyle(self) -> None:
        """Facts of several grids, one above the other, begin at the same place."""
        self._grid.setColumnMinimumWidth(0, self._looks.theme.unit(18))

    def _add_line(self) -> None:
        label = Label(self._looks, role="small", token="muted")
        fact = Label(self._looks, wrap=True)
        fact.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = len(self._lines)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(label, row, 0, top)
        self._grid.addWidget(fact, row, 1, top)
        self._lines.append((label, fact))
