"""Across the tab: a molecular relapse that waits for its second sample, with the day it is due."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout

from aml_maint.domain.messages import say
from aml_maint.domain.response_board import ResponseBoard
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.panel import Panel


class PendingBar(Panel):
    """Shown only while something waits; it tells, it proposes no therapy."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(looks, token="danger_surface", line="danger")
        self._looks = looks
        theme = looks.theme
        self.sign = Ornament()
        self.told = Label(looks, role="strong", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.unit(3), theme.unit(2), theme.unit(3), theme.unit(2))
        row.setSpacing(theme.unit(2))
        row.addWidget(self.sign)
        row.addWidget(self.told, 1)
        looks.words.changed.connect(self._name)  # after the label's own texts
        looks.theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_board(self, board: ResponseBoard) -> None:
        """Show what waits, or nothing."""
        first, due = board.study.pending_since, board.repeat_by
        self.setVisible(first is not None)
        if first is None or due is None:
            return
        days = (due - board.today).days
        told: dict[str, object] = {"first": first.label, "due": due, "days": abs(days)}
        if days < 0:
            self.told.say(say("marrow.pending.overdue", **told))
        elif days == 0:
            self.told.say(say("marrow.pending.today", **told))
        else:
            self.told.say(say("marrow.pending", **told))
        self._name()

    def _name(self) -> None:
        self.setAccessibleName(self.told.text())

    def _restyle(self) -> None:
        size = self._looks.theme.unit(5)
        self.sign.setPixmap(self._looks.theme.icon("alert", "danger").pixmap(QSize(size, size)))
