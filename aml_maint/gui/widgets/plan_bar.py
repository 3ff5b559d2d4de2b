"""After a decision about the plan: what was saved, and its undo as a named action."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.notice_bar import NoticeBar
from aml_maint.services.replanning import PlanChange


class PlanBar(NoticeBar):
    """Stays until it is closed or another patient is shown."""

    undo_wanted = Signal(str)
    """The id of the decision."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(looks, parent)
        self._id = ""
        self.undo = Button(looks, "plan_bar.undo", "undo", leads_to="undo_change")
        self.undo.clicked.connect(lambda: self.undo_wanted.emit(self._id))
        around = self.layout()
        if around is not None:
            around.setContentsMargins(0, 0, 0, 0)
        row = self.panel.layout()
        assert isinstance(row, QHBoxLayout)  # made by NoticeBar
        row.setContentsMargins(looks.theme.unit(3), 1, looks.theme.unit(2), 1)  # the sheet's room
        row.insertWidget(row.count() - 1, self.undo)

    def show_change(self, change: PlanChange) -> None:
        """Say what was decided just now, and offer to take it back."""
        self._id = change.id
        self.show_news(say("plan_bar.saved", what=change.what))
        self.undo.setToolTip(self._looks.words.text(change.undo_name))
        self.undo.setAccessibleDescription(self._looks.words.text(change.undo_name))
