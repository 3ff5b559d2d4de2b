"""Where everything on Today lies: the list at the left, the selected dose and checks at right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.models.worklist_filter import WorklistFilter
from aml_maint.gui.models.worklist_model import WorklistModel
from aml_maint.gui.widgets.button import IconButton
from aml_maint.gui.widgets.checks_pane import ChecksPane
from aml_maint.gui.widgets.count_strip import CountStrip
from aml_maint.gui.widgets.dose_panel import DosePanel
from aml_maint.gui.widgets.empty_state import EmptyState
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.more_below import MoreBelow
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.refresh_bar import RefreshBar
from aml_maint.gui.widgets.refusal_bar import RefusalBar
from aml_maint.gui.widgets.verb_bar import VerbBar
from aml_maint.gui.widgets.worklist_header import WorklistHeader
from aml_maint.gui.widgets.worklist_view import WorklistView

_PANE_UNITS = (76, 106)  # the right side at its narrowest and widest, in steps of the grid

_NARROWEST_WITH_SIDE = 225  # a page below this many steps shows the list alone
_LOWEST_WITH_STRIP = 110


class TodayLayout:
    """The widgets of Today by name, and their places."""

    def __init__(self, desk: Desk, model: WorklistModel, logger: DoseLogger) -> None:
        self._desk = desk
        self.title = Label(desk, "page.today", role="title")
        self.date = Label(desk, role="body", token="muted")
        self.elsewhere = Label(desk, role="small", token="warning")
        self.filter = ChoiceInput[WorklistFilter](desk, [(WorklistFilter(), "today.all_wards")])
        self.filter.setSizeAdjustPolicy(ChoiceInput.SizeAdjustPolicy.AdjustToContents)
        self.renew = IconButton(desk, "refresh", say("today.refresh.tip"))
        self.print = IconButton(desk, "print", say("today.print"))
        self.strip = CountStrip(desk)
        self.refresh_bar = RefreshBar(desk)
        self.refusal = RefusalBar(desk, logger)
        self.view = WorklistView(desk, model)
        self.header = WorklistHeader(desk, self.view)
        self.below = MoreBelow(desk, self.view)
        self.empty = EmptyState(
            desk, "patients", say("today.empty"), say("today.empty.advice"),
            say("today.empty.verb"),
        )  # fmt: skip
        self.none_chosen = EmptyState(
            desk, "today", say("today.none_chosen"), say("today.none_chosen.advice"),
            say("today.none_chosen.verb"),
        )  # fmt: skip
        self.verbs = VerbBar(desk)
        self.panel = DosePanel(desk)
        self.checks = ChecksPane(desk)
        self.elsewhere.hide()
        desk.words.changed.connect(self._retranslate)
        self._retranslate()

    def fill(self, page: QWidget) -> None:
        """Lay everything out on the page."""
        theme = self._desk.theme
        left = QVBoxLayout()
        left.setSpacing(theme.unit(2.5))
        left.addLayout(self._head())
        left.addWidget(self.strip)
        left.addWidget(self.refresh_bar)
        left.addWidget(self.refusal)
        left.addWidget(self._list(), 1)
        row = QHBoxLayout(page)
        row.setContentsMargins(theme.unit(5), theme.unit(3), theme.unit(5), theme.unit(4))
        row.setSpacing(theme.unit(4))
        row.addLayout(left, 3)
        self.side = self._side()
        row.addWidget(self.side, 1)

    def show_list(self, rows: int, hidden: int) -> None:
        """Show the list, or what to do when it has no rows: none at all, or none of the choice."""
        empty = self.none_chosen if hidden else self.empty
        self._stack.setCurrentWidget(self._rows if rows else empty)

    def fit(self, size: QSize) -> None:
        """Leave out what the list needs the room of: large text on a small screen."""
        unit = self._desk.theme.unit
        self.side.setVisible(size.width() >= unit(_NARROWEST_WITH_SIDE))
        self.strip.setVisible(size.height() >= unit(_LOWEST_WITH_STRIP))

    def _head(self) -> QHBoxLayout:
        theme = self._desk.theme
        row = QHBoxLayout()
        row.setSpacing(theme.unit(2.5))
        row.addWidget(self.title)
        row.addWidget(self.date, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        row.addWidget(self.elsewhere)
        row.addWidget(self.filter)
        row.addWidget(self.renew)
        row.addWidget(self.print)
        self.date.setContentsMargins(0, 0, 0, theme.unit(0.5))
        return row

    def _list(self) -> Panel:
        theme = self._desk.theme
        panel = Panel(self._desk)
        self._rows = rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.view, 1)
        column.addWidget(self.below)
        box = QVBoxLayout(panel)
        box.setContentsMargins(1, theme.unit(0.5), 1, 1)
        box.setSpacing(0)
        self._stack = QStackedLayout()
        # In its place first: a page added to a stack without a window is shown as one itself.
        box.addLayout(self._stack, 1)
        for page in (rows, self.empty, self.none_chosen):
            self._stack.addWidget(page)
        box.addWidget(self.verbs)
        return panel

    def _side(self) -> QWidget:
        theme = self._desk.theme
        side = QWidget()
        narrowest, widest = _PANE_UNITS
        side.setMinimumWidth(theme.unit(narrowest))
        side.setMaximumWidth(theme.unit(widest))
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.unit(3))
        for widget, stretch in ((self.panel, 5), (self.checks, 3)):
            panel = Panel(self._desk)
            box = QVBoxLayout(panel)
            box.setContentsMargins(1, 1, 1, 1)
            box.addWidget(widget)
            column.addWidget(panel, stretch)
        return side

    def _retranslate(self) -> None:
        self.filter.setAccessibleName(self._desk.words.text("today.filter"))
