"""One cycle of a patient: chooser, flow sheet with its card, legend and totals."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from aml_maint.domain.administration import Status
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.confirm_dialog import ConfirmDialog
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.dose_stretch import Stretch, left_alone
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.gui.unplanned_logging import open_unplanned
from aml_maint.gui.widgets.cell_card import CellCard
from aml_maint.gui.widgets.cycle_bar import CycleBar
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.flow_sheet import FlowSheet
from aml_maint.gui.widgets.legend import Legend
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.plan_bar import PlanBar
from aml_maint.gui.widgets.refusal_bar import RefusalBar
from aml_maint.gui.widgets.sheet_footer import SheetFooter
from aml_maint.services.dose_history import EarlierRecord, earlier_records
from aml_maint.services.dose_view import DosePair
from aml_maint.services.injections import injection_sites
from aml_maint.services.library import toxicity_items
from aml_maint.services.sheet import CycleSheet
from aml_maint.services.sheet_lines import waiting

_STATUS_OF = {"H": Status.HELD, "R": Status.REFUSED, "M": Status.MISSED}
_OPENS = {"S": "supply", "O": "as_needed", "D": "shift", "X": "omit"}
# What a key of the sheet ends in; the lists that the others open may be read by all.
_DOSE = ("log_dose", "correct_dose")
_COMMANDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("G", "H", "R", "M", "L", "P", "E", "enter"), _DOSE),
    "C": ("log_doses",),
    "U": ("undo_dose",),
    "A": ("log_unplanned",),
    "D": ("shift_doses", "delay_cycle"),
    "X": ("omit_doses",),
}
_CARD_OPENS_AS = {"L": Status.GIVEN, "P": Status.PARTLY_GIVEN, "E": None, "enter": None}

# Earlier entries are read when the cursor has rested this long, not on every step.
_REST_MS = 120


class CycleView(FirstFocus):
    """Keys on the sheet and buttons of the card do the same; the logger writes."""

    cycle_wanted = Signal(int)
    act_wanted = Signal(str)
    """An act of the bar that opens a dialog."""

    def __init__(self, desk: Desk, logger: DoseLogger, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._logger = logger
        self.bar = CycleBar(desk)
        self.refusal = RefusalBar(desk, logger)
        self.plan_bar = PlanBar(desk)
        self.sheet = FlowSheet(desk)
        self.card = CellCard(desk)
        self.legend = Legend(desk)
        self.footer = SheetFooter(desk)
        self._terms = {item.id: item.term for item in toxicity_items()}
        self._split_by_hand = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._read_earlier)
        self.setFocusProxy(self.sheet)
        self._lay_out()
        self.sheet.moved.connect(self._moved)
        self.sheet.pressed.connect(self.act)
        self.card.acted.connect(self.act)
        self.card.act_wanted.connect(self.act_wanted)
        self.bar.cycle_wanted.connect(self.cycle_wanted)
        self.bar.wanted.connect(self._bar_act)
        for keys, jump in (
            ("Ctrl+Left", lambda: self.bar.step(-1)),
            ("Ctrl+Right", lambda: self.bar.step(1)),
            ("Ctrl+Home", lambda: self.bar.go_to_end(last=False)),
            ("Ctrl+End", lambda: self.bar.go_to_end(last=True)),
            ("Ctrl+P", lambda: self.act_wanted.emit("print")),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(jump)

    def show_sheet(self, sheet: CycleSheet) -> None:
        """Show a cycle; the one shown already keeps cursor and scroll."""
        self.bar.show_sheet(sheet)
        self.sheet.show_sheet(sheet, self._terms)
        self.footer.show_sheet(sheet)
        self.legend.show_sheet(sheet)

    def open_dose(self, slot: SlotId) -> None:
        """Put the cursor on a planned dose of the cycle shown and open its card."""
        target = self.go_to(slot)
        if target is not None:
            self._logger.edit(target, part=slot)

    def go_to(self, slot: SlotId) -> DoseTarget | None:
        """Put the cursor on a planned dose of the cycle shown; None if it is not in it."""
        sheet = self.sheet.sheet
        for row, line in enumerate(sheet.rows if sheet is not None else ()):
            for column, pair in enumerate(line.cells):
                if sheet is None or pair is None:
                    continue
                target = DoseTarget(sheet.patient, pair)
                if slot in {view.slot for view in target.parts}:
                    self.sheet.move_to(row, column)
                    return target
        return None

    def clear(self) -> None:
        """Show nothing of the patient before."""
        self.sheet.clear()
        self.card.clear()
        self.refusal.hide()
        self.plan_bar.hide()

    def act(self, key: str) -> None:
        """Carry out a key of the sheet on the selected doses."""
        sheet, pair = self.sheet.sheet, self.sheet.pair
        if sheet is None:
            return
        if not self._logger.may(*_COMMANDS.get(key, ())):
            return
        if key == "U":
            self._logger.undo()
            return
        if key == "C":
            self.confirm()
            return
        if key == "A":
            self.add_unplanned()
            return
        if key in _OPENS:
            self.act_wanted.emit(_OPENS[key])
            return
        targets = self._targets(sheet)
        if not targets:
            return
        if key == "G":
            self._logger.give_now(targets)
        elif key in _STATUS_OF:
            self._logger.not_given(targets, _STATUS_OF[key])
        elif key in _CARD_OPENS_AS and pair is not None:
            self._logger.edit(DoseTarget(sheet.patient, pair), _CARD_OPENS_AS[key])

    def confirm(self) -> None:
        """Confirm the selected doses that are due and open as taken at their planned times.

        Of more than one dose the list is shown first, so that exceptions can be typed into it.
        """
        sheet, slots = self.sheet.sheet, self._waiting()
        if sheet is None or not slots:
            return
        stretch = Stretch.of(self.sheet.selected, slots)
        if not self.sheet.cursor_at.is_range:
            self._logger.confirm_range(stretch.confirmation())
            return
        alone = left_alone(self.sheet.selected, slots)
        dialog = ConfirmDialog(self._desk, sheet.patient, stretch, alone, self.window())
        dialog.submitted.connect(lambda wanted: self._logger.confirm_range(wanted, dialog))
        dialog.open()

    def add_unplanned(self) -> None:
        """Ask for a dose that no plan asked for, on the day under the cursor if that has come."""
        sheet = self.sheet.sheet
        if sheet is not None:
            on = sheet.days[self.sheet.cursor_at.column].on
            today = sheet.now.day_in(sheet.course.zone)
            open_unplanned(
                self._desk, self, self._logger, sheet.patient, sheet.course.id, on=min(on, today)
            )

    def _waiting(self) -> frozenset[SlotId]:
        sheet = self.sheet.sheet
        return frozenset() if sheet is None else waiting(self.sheet.selected, sheet.now)

    def _targets(self, sheet: CycleSheet) -> list[DoseTarget]:
        """The selected doses; of a selection of several, those whose day has come."""
        pairs: Sequence[DosePair] = self.sheet.selected
        if len(pairs) > 1:
            today = sheet.now.local.date()
            pairs = [pair for pair in pairs if pair.main.planned.on <= today]
        return [DoseTarget(sheet.patient, pair) for pair in pairs]

    def _moved(self) -> None:
        sheet, line = self.sheet.sheet, self.sheet.line
        if sheet is None or line is None:
            return
        selected = len(self.sheet.selected)
        self.card.show_cell(sheet, line, self.sheet.cursor_at.column, selected=selected)
        self.bar.show_waiting(len(self._waiting()))
        self._rest.start()

    def _bar_act(self, name: str) -> None:
        if name == "confirm":
            self.sheet.setFocus()
            self.confirm()
        elif name == "unplanned":
            self.sheet.setFocus()
            self.add_unplanned()
        else:
            self.act_wanted.emit(name)

    def _read_earlier(self) -> None:
        """Read the corrected and withdrawn entries of the doses in the card, and its sites."""
        for slot in self.card.slots:
            self._desk.session.read(
                lambda place, slot=slot: earlier_records(place, slot),  # type: ignore[misc]
                lambda found, slot=slot: self._show_earlier(slot, found),  # type: ignore[misc]
                self,
            )

        view = self.card.injection
        if view is not None:
            slot, on = view.slot, view.planned.on
            if view.record is not None and view.record.given is not None:
                on = view.record.given.day_in(view.planned.zone)
            self._desk.session.read(
                lambda place: injection_sites(place, slot.course, slot.component, on),
                lambda sites: self.card.show_sites(slot, sites),
                self,
            )

    def _show_earlier(self, slot: SlotId, entries: tuple[EarlierRecord, ...]) -> None:
        self.card.show_earlier(slot, entries)

    def _lay_out(self) -> None:
        theme = self._desk.theme
        side = Panel(self._desk, radius=0)
        inside = QVBoxLayout(side)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.card)
        frame = Panel(self._desk, radius=0)
        around = QHBoxLayout(frame)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(self.sheet)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setHandleWidth(theme.unit(2))
        self.split.addWidget(frame)
        self.split.addWidget(side)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.split.setCollapsible(0, False)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.unit(4), theme.unit(2.5), theme.unit(4), theme.unit(2.5))
        box.setSpacing(theme.unit(2))
        box.addWidget(self.bar)
        box.addWidget(self.refusal)
        box.addWidget(self.plan_bar)
        box.addWidget(self.split, 1)
        box.addWidget(self.legend)
        box.addWidget(self.footer)
        self.split.splitterMoved.connect(lambda *_: setattr(self, "_split_by_hand", True))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The card takes its usual share, until someone moved the line between."""
        super().resizeEvent(event)
        if not self._split_by_hand:
            theme = self._desk.theme
            card = theme.unit(62 if self.width() < theme.pixels(1400) else 76)
            self.split.setSizes([max(self.width() - card, card), card])
