"""The decisions about a course's plan in one readable table: what, why, by whom, entered when."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.replanning import PlanChange


def _entered(change: PlanChange) -> Message:
    return say("plan_changes.entered_by", at=change.entered.local, by=change.entered_by)


def _why(change: PlanChange) -> Message | str:
    return change.why or ""


def _standing(change: PlanChange) -> Message:
    if change.undone is None:
        return say("plan_changes.stands")
    at, by = change.undone
    return say("plan_changes.undone", at=at.local, by=by)


def _token(change: PlanChange) -> str:
    return "text" if change.undone is None else "muted"


class PlanChanges(QWidget):
    """The latest decision first; those taken back stay legible."""

    COLUMNS: tuple[Column[PlanChange], ...] = (
        Column(say("plan_changes.what"), lambda change: change.what, share=3, token=_token),
        Column(say("plan_changes.why"), _why, share=2, token=_token),
        Column(say("plan_changes.decided_by"), lambda change: change.decided_by, token=_token),
        Column(say("plan_changes.entered"), _entered, share=2, token=lambda _: "muted"),
        Column(say("plan_changes.state"), _standing, share=2, token=_token),
    )

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.model: RowsModel[PlanChange] = RowsModel(looks, self.COLUMNS, self)
        self.table = WordTable(looks, self.model, raised=True)
        self.nothing = Label(looks, "plan_changes.none", token="muted", wrap=True)
        empty = QWidget()
        inside = QVBoxLayout(empty)
        inside.setContentsMargins(*[looks.theme.unit(4)] * 4)
        inside.addWidget(self.nothing)
        inside.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
        looks.words.changed.connect(self._retranslate)
        self._retranslate()

    def show_changes(self, changes: Sequence[PlanChange]) -> None:
        """Show the decisions of a course."""
        self.model.set_rows(changes)
        self._stack.setCurrentIndex(0 if changes else 1)

    def _retranslate(self) -> None:
        self.table.setAccessibleName(self._looks.words.text("course_tab.decisions"))
