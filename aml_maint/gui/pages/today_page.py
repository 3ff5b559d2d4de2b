"""Today: the ward's doses of the day, recorded by one key each. It shows and passes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QMenu

from aml_maint.domain.administration import Status
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.after_painting import AfterPainting
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.gui.dose_words import give_words
from aml_maint.gui.models.findings_model import FindingLine
from aml_maint.gui.models.worklist_filter import WorklistFilter
from aml_maint.gui.models.worklist_model import WorklistModel
from aml_maint.gui.models.worklist_order import WorklistOrder
from aml_maint.gui.pages.today_layout import TodayLayout
from aml_maint.gui.reading import read_in_parts
from aml_maint.gui.today_reading import TodayRead, TodayReading
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.refresh_bar import causes_of
from aml_maint.gui.widgets.verb_bar import COMMANDS as VERB_COMMANDS
from aml_maint.gui.widgets.worklist_view import Verb
from aml_maint.services.acts import Act
from aml_maint.services.care_lists import change_my_list
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.dose_history import earlier_records
from aml_maint.services.ids import new_command
from aml_maint.services.worklist import Section, Worklist

if TYPE_CHECKING:  # the dialogs are loaded when Today is on the screen
    from aml_maint.gui.dialogs.dismiss_dialog import DismissDialog
    from aml_maint.gui.dialogs.ward_list_dialog import WardListDialog

# How often the derived states (due, overdue, minutes) are worked out anew.
RENEW_MS = 60_000

_STATUSES = {
    Verb.HOLD: Status.HELD,
    Verb.REFUSE: Status.REFUSED,
    Verb.MISS: Status.MISSED,
}
_FILTER_SETTING = "today.filter"


class TodayPage(FirstFocus):
    """The worklist with its panes; the order of rows changes on a refresh only."""

    COMMANDS = ("change_care_list",)

    opened = Signal(str)
    """The id of the patient to show."""
    patients_wanted = Signal()
    """There is nobody to treat yet: show the page of patients."""
    finding_wanted = Signal(str, str)
    """The id of the patient to show, and the key of a finding."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._filter = WorklistFilter.of(desk.settings.text(_FILTER_SETTING))
        self._others: list[Changes] = []
        self._written: list[tuple[bool, frozenset[str] | None]] = []
        self._acts: tuple[Act, ...] = ()
        self._reading = TodayReading(lambda: self._filter)
        self.logger = DoseLogger(desk, self)
        self.model = WorklistModel(desk.words, self)
        self.ui = TodayLayout(desk, self.model, self.logger)
        self.ui.fill(self)
        self.setFocusProxy(self.ui.view)
        self._connect()
        self._coming = AfterPainting(self.refresh, self)
        self._soon = AfterPainting(self._renew_written, self)
        self._timer = QTimer(self)
        self._timer.setInterval(RENEW_MS)
        self._timer.timeout.connect(self.renew)
        self._timer.start()

    def refresh(self) -> None:
        """Read the ward and show it in its own order."""
        self._read(self._show)

    def renew(self, *, own: bool = False, patients: frozenset[str] | None = None) -> None:
        """Read the ward, or some patients of it, and renew how each row stands where it stands."""
        self._read(lambda read: self._follow(read, own=own), patients, in_place=True)

    def do(self, verb: Verb) -> None:
        """Carry out a verb for the rows selected."""
        self.ui.refusal.hide()
        if not self.logger.may(*VERB_COMMANDS[verb]):
            return
        if verb is Verb.UNDO:
            self.logger.undo()
            return
        targets = self.targets()
        if not targets:
            return
        match verb:
            case Verb.GIVE:
                self.logger.give_now(targets)
            case Verb.EDIT:
                self.logger.edit(targets[0])
            case Verb.TOXICITY:
                self._ask_toxicity(targets[0])
            case Verb.TAKE:
                self._take({target.patient.id for target in targets})
            case _:
                self.logger.not_given(targets, _STATUSES[verb])

    def print_list(self) -> WardListDialog:
        """Ask where to save the list of the patients chosen, as pages to print."""
        from aml_maint.gui.dialogs.ward_list_dialog import WardListDialog

        latest, chosen = self.model.latest, None
        if latest is not None and not self._filter.is_all:
            chosen = {row.patient.id for row in self._filter.chosen(latest, latest.rows)}
        dialog = WardListDialog(self._desk, chosen, self.window())
        dialog.open()
        return dialog

    def targets(self) -> list[DoseTarget]:
        """The doses selected, from top to bottom."""
        return [DoseTarget(row.patient, row.pair) for row in self.ui.view.rows()]

    def showEvent(self, event: QShowEvent) -> None:
        """Coming to the page is a refresh; a window that comes back into sight is none.

        The rows as they were are painted first: while the ward is read that takes twice as long.
        """
        super().showEvent(event)
        if not event.spontaneous() and self.model.latest is None:
            self._read_first()
        elif not event.spontaneous():
            self._coming.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.ui.fit(self.size())

    def minimumSizeHint(self) -> QSize:
        """Small, so that large text never makes the window larger than the screen."""
        theme = self._desk.theme
        return QSize(theme.unit(120), theme.unit(90))

    # -- reading -------------------------------------------------------------------------------

    def _read(
        self, done: Callable[[TodayRead], None], patients: frozenset[str] | None = None, *,
        in_place: bool = False,
    ) -> None:  # fmt: skip
        """Read the ward, or some patients of it, in parts: a dose given meanwhile comes between."""
        others = tuple(self._others)
        read_in_parts(
            self._desk.session,
            lambda place: self._reading.all(place, others, patients, in_place=in_place),
            done,
            self,
        )

    def _read_first(self) -> None:
        """Show what can be done now, while the rest of Today is still being read."""

        def show(read: TodayRead) -> None:
            if read.order.worklist.rows and self.model.latest is None:
                self._show(read)
            self._coming.ask()  # read at once, the rest would hold up the painting of the first

        read_in_parts(self._desk.session, self._reading.first, show, self)

    def _show(self, read: TodayRead) -> None:
        order = read.order
        if read.asked != self._filter:
            return  # others were chosen since, and are being read
        self._others.clear()
        self._acts = ()
        chosen = [row.pair.main.slot for row in self.ui.view.rows()]
        current = self._current()
        self._offer_filters(order)
        # All is told once, at the end, and not with every step on the way.
        with QSignalBlocker(self.ui.view):
            before = self.model.show_order(order)
            if current is None or self.model.section_of(current) is None:
                self.ui.view.select_first()
            else:
                self.ui.view.select(chosen, current)
        self._tell(order)
        self._drop(before)

    def _follow(self, read: TodayRead, *, own: bool) -> None:
        order = read.order
        if order.is_new:
            self._show(read)
        elif self.model.shows(order):  # else another order is on its way
            self._acts = read.acts
            before = self.model.follow(order, own=own)
            self._tell(order)
            self._drop(before)

    def _drop(self, before: WorklistOrder | None) -> None:
        """Free the rows shown before in a turn of their own: many take as long as to be shown."""
        self._desk.turns.take([before].clear)

    def _heard(self, changes: Changes) -> None:
        """Own writes renew the row; others do so too, and raise the bar if rows would move.

        What a write tells of its doses is painted first, and the ward read after that.
        """
        if self.isVisible():
            own = self.logger.is_own(changes)
            if not own and not changes.replayed:
                self._others.append(changes)
            # A dose concerns its patient alone; whatever else was written may concern everybody.
            doses_only = changes.touched == {Touched.DOSES} and not changes.replayed
            patients = changes.patients if doses_only else None
            self.model.put(changes.pairs, changes.at, own=own)
            self._written.append((own, patients))
            self._soon.ask()

    def _renew_written(self) -> None:
        """Read what was written since the rows were painted."""
        while self._written:
            own, patients = self._written.pop(0)
            self.renew(own=own, patients=patients)

    def _current(self) -> SlotId | None:
        row = self.model.row_at(self.ui.view.currentIndex())
        return None if row is None else row.pair.main.slot

    # -- showing -------------------------------------------------------------------------------

    def _tell(self, order: WorklistOrder) -> None:
        latest = order.worklist
        self.ui.date.say(say("today.date", day=latest.day))
        for section, count in self.ui.strip.counts.items():
            known = latest.is_whole or section is not Section.TO_RESOLVE
            count.show_count(self.model.count(section) if known else None)
        moved = self.model.moved()
        self.ui.refresh_bar.show_changes(len(moved), causes_of(moved, self._acts))
        self.ui.checks.show_checks(order.checks, whole=latest.is_whole)
        self.ui.show_list(self.model.rowCount(), len(latest.rows))
        self._tell_elsewhere(latest)
        self._tell_selected()
        self._tell_below()

    def _tell_selected(self) -> None:
        latest = self.model.latest
        self.ui.panel.show_rows(self.ui.view.rows(), latest)
        self._read_earlier()
        self._tell_verbs()

    def _tell_verbs(self) -> None:
        """Say which verbs there are for the doses selected, and whether one can be taken back."""
        latest, rows = self.model.latest, self.ui.view.rows()
        give: Message = say("today.verb.give")
        if len(rows) == 1 and latest is not None:
            give = give_words(rows[0].pair, latest.now)
        self.ui.verbs.tell(give, chosen=len(rows), can_undo=self.logger.can_undo)

    def _read_earlier(self) -> None:
        """Look up what was corrected or taken back of the dose shown in full."""
        slots = self.ui.panel.slots()
        if slots:
            self._desk.session.read(
                lambda place: {slot: earlier_records(place, slot) for slot in slots},
                self.ui.panel.show_earlier,
                self,
            )

    def _tell_below(self) -> None:
        self.ui.below.show_count(self.ui.view.urgent_below())

    def _tell_elsewhere(self, latest: Worklist) -> None:
        """Say what is overdue and due of patients who were not chosen, and where it stands."""
        overdue, due = self.model.hidden(Section.OVERDUE), self.model.hidden(Section.DUE)
        nobody = self._filter.mine and not latest.mine
        told = say("today.elsewhere", overdue=overdue, due=due)
        self.ui.elsewhere.say(say("today.list_empty") if nobody else told)
        self.ui.elsewhere.setVisible(nobody or bool(overdue or due))

    def _offer_filters(self, order: WorklistOrder) -> None:
        """Offer everybody, one's own list, and each ward; a ward that is gone shows everybody."""
        self._filter = order.chosen
        choices: list[tuple[WorklistFilter, Message | Name | str]] = [
            (WorklistFilter(), "today.all_wards"),
            (WorklistFilter(mine=True), say("today.my_list", count=len(order.worklist.mine))),
            *((WorklistFilter(ward), say("today.text", text=ward)) for ward in order.wards),
        ]
        self.ui.filter.offer(choices)
        self.ui.filter.set_value(self._filter)

    def _choose_filter(self) -> None:
        self._choose(self.ui.filter.value())

    def _choose(self, chosen: WorklistFilter) -> None:
        self._filter = chosen
        self._desk.settings.remember(_FILTER_SETTING, self._filter.raw())
        self.refresh()

    def _show_everybody(self) -> None:
        self._choose(WorklistFilter())
        self.ui.view.setFocus()

    # -- asking --------------------------------------------------------------------------------

    def ask_reason(self, line: FindingLine) -> DismissDialog | None:
        """Ask why a check is set aside."""
        from aml_maint.gui.dialogs.dismiss_dialog import DismissDialog

        if not self.logger.may("dismiss_finding"):
            return None
        dialog = DismissDialog(self._desk, line, self.window())
        dialog.finished.connect(self.ui.checks.list.setFocus)
        dialog.open()
        return dialog

    def _take(self, patients: set[str]) -> None:
        """Put patients on one's own list; those who are on it all, off it again."""
        latest = self.model.latest
        if latest is None:
            return
        on, off = (set[str](), patients) if patients <= latest.mine else (patients, set[str]())
        command = new_command()
        self._desk.session.write(
            lambda place: change_my_list(place, on, off, command), None, None, self
        )

    def _ask_toxicity(self, target: DoseTarget) -> None:
        from aml_maint.gui.toxicity_asking import ask_toxicity

        ask_toxicity(self._desk, target, self, self.ui.view.setFocus)

    def _edit_part(self, slot: SlotId) -> None:
        for target in self.targets():
            self.logger.edit(target, part=slot)

    def _open_menu(self, at: QPoint) -> None:
        """The verbs and the patient at the pointer."""
        words = self._desk.words
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for verb, button in self.ui.verbs.buttons.items():
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.setProperty("commands", button.commands)
            action.setToolTip(words.text(button.why_not) if button.why_not is not None else "")
            action.triggered.connect(lambda _=False, v=verb: self.do(v))
        menu.addSeparator()
        row = self.ui.view.rows()[0]
        taking = menu.addAction(words.text(self.ui.panel.take_text))
        taking.setEnabled(self.ui.panel.take.isEnabled())
        taking.setProperty("commands", self.ui.panel.take.commands)
        taking.setToolTip(self.ui.panel.take.toolTip())
        taking.triggered.connect(lambda: self.do(Verb.TAKE))
        opening = menu.addAction(words.text("today.open_patient"))
        opening.triggered.connect(lambda: self.opened.emit(row.patient.id))
        menu.popup(at)

    def _fit(self) -> None:
        """Give the parts their room in the new size of text."""
        self.ui.fit(self.size())

    def _connect(self) -> None:
        ui = self.ui
        ui.view.asked.connect(self.do)
        ui.verbs.asked.connect(self.do)
        ui.view.selected.connect(self._tell_selected)
        ui.view.scrolled.connect(self._tell_below)
        ui.view.menu_asked.connect(self._open_menu)
        ui.strip.wanted.connect(ui.view.go_to)
        ui.refresh_bar.wanted.connect(self.refresh)
        ui.renew.clicked.connect(self.refresh)
        ui.filter.chosen.connect(self._choose_filter)
        ui.empty.wanted.connect(self.patients_wanted)
        ui.none_chosen.wanted.connect(self._show_everybody)
        ui.panel.edit_wanted.connect(self._edit_part)
        ui.panel.take_wanted.connect(lambda: self.do(Verb.TAKE))
        ui.panel.patient_wanted.connect(self.opened)
        ui.checks.finding_wanted.connect(self.finding_wanted)
        ui.checks.dismiss_wanted.connect(self.ask_reason)
        self.logger.undo_gone.connect(self._tell_verbs)
        self._desk.session.changed.connect(self._heard)
        self._desk.theme.changed.connect(self._fit)
        ui.print.clicked.connect(self.print_list)
        print_key = QShortcut(QKeySequence("Ctrl+P"), self)
        print_key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        print_key.activated.connect(self.print_list)
        refresh_key = QShortcut(QKeySequence(Qt.Key.Key_F5), self)
        refresh_key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        refresh_key.activated.connect(self.refresh)
