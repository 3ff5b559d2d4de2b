"""The live preview of a decision: the grid of before and after, conflicts, notices, effects."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.plan_words import change_lines, count_lines, intensity_lines
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.plan_grid import PlanGrid
from aml_maint.services.replan_view import PlanView

_MOST_LINES = 7

# A grid of more rows fills a small screen: what it comes to is then said above it.
_MOST_ROWS = 4


class PlanPreview(QWidget):
    """Says at once what speaks against a decision, and shows what it would do."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.verdict = Label(looks, role="strong", wrap=True)
        self.notices = Label(looks, role="small", token="muted", wrap=True)
        self.grid = PlanGrid(looks)
        self.changes = Label(looks, role="small", wrap=True)
        self.counts = Label(looks, role="small", wrap=True)
        self.intensities = Label(looks, role="small", wrap=True)
        self._view: PlanView | None = None
        self._lay_out()
        looks.words.changed.connect(self._again)
        self.wait(say("plan.preview.waiting"))

    @property
    def view(self) -> PlanView | None:
        """The preview shown; None while there is none to be shown."""
        return self._view

    def wait(self, why: Message) -> None:
        """Say what is missing before anything can be shown."""
        self._show(None, say("plan.preview.missing", why=why), "muted")

    def refuse(self, why: Message) -> None:
        """Say why it can't be meant that way."""
        self._show(None, say("plan.preview.conflict", why=why), "danger")

    def tell_refused(self, why: Message) -> None:
        """Say why it was not saved, until something else is typed; conflicts say it themselves."""
        if self._view is None or not self._view.preview.conflicts:
            self._show(self._view, say("plan.preview.refused", why=why), "danger")

    def forbid(self, why: Message) -> None:
        """Say why whoever looks at it can't decide it."""
        self._show(self._view, say("plan.preview.conflict", why=why), "danger")

    def show_view(self, view: PlanView) -> None:
        """Show what a decision would do."""
        found = view.preview
        if found.conflicts:
            told = tuple(say("plan.preview.conflict", why=one) for one in found.conflicts)
            self._show(view, say("plan.lines", lines=_lines(told)), "danger")
        else:
            self._show(view, say("plan.preview.fine"), "success")

    def _show(self, view: PlanView | None, verdict: Message, token: str) -> None:
        self._view = view
        self.verdict.use_token(token)
        self.verdict.say(verdict)
        self._again()

    def _again(self) -> None:
        view = self._view
        self.grid.show_view(view)
        self._scroll.setVisible(view is not None)
        self._words.setVisible(view is not None)
        self.notices.setVisible(view is not None and bool(view.preview.notices))
        if view is None:
            return
        found = view.preview
        grid = self._box.indexOf(self._scroll)
        if (self._box.indexOf(self._words) < grid) != (len(view.rows) > _MOST_ROWS):
            self._box.insertWidget(grid, self._words)
        self.notices.say(say("plan.lines", lines=_lines(found.notices)))
        self.changes.say(say("plan.lines", lines=_lines(change_lines(found))))
        self.counts.say(say("plan.lines", lines=_lines(count_lines(found))))
        shares = intensity_lines(found)
        self.intensities.say(say("plan.lines", lines=_lines(shares)))
        self._shares.setVisible(bool(shares))
        self._scroll.setFixedHeight(self.grid.sizeHint().height() + self._bar_height())
        told = ". ".join((self.verdict.text(), self.changes.text(), self.counts.text()))
        self.grid.setAccessibleDescription(told)

    def _bar_height(self) -> int:
        """Room for a scroll bar where the columns do not fit."""
        wide = self.grid.minimumSizeHint().width() > self.width() > 0
        return self._scroll.horizontalScrollBar().sizeHint().height() if wide else 2

    def _lay_out(self) -> None:
        theme = self._looks.theme
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.grid)
        self._words = Panel(self._looks, token="surface")
        row = QHBoxLayout(self._words)
        row.setContentsMargins(*[theme.unit(3)] * 4)
        row.setSpacing(theme.unit(6))
        row.addLayout(self._column("plan.preview.changes", self.changes), 3)
        row.addLayout(self._column("plan.preview.counts", self.counts), 2)
        self._shares = QWidget()
        inside = self._column("plan.preview.intensities", self.intensities)
        inside.setContentsMargins(0, 0, 0, 0)
        self._shares.setLayout(inside)
        row.addWidget(self._shares, 2)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme.unit(2))
        for part in (self.verdict, self.notices, self._scroll, self._words):
            self._box.addWidget(part)

    def _column(self, title: str, label: Label) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(self._looks.theme.unit(0.5))
        box.addWidget(Label(self._looks, title, role="small", token="muted"))
        box.addWidget(label)
        box.addStretch(1)
        return box


def _lines(found: Sequence[Message]) -> Message | str:
    """Some sentences below each other; of a great many the first ones, and how many more."""
    shown = list(found[:_MOST_LINES])
    if len(found) > _MOST_LINES:
        shown.append(say("plan.preview.more", count=len(found) - _MOST_LINES))
    joined: Message | str = ""
    for one in shown:
        joined = one if joined == "" else say("plan.two_lines", first=joined, second=one)
    return joined
