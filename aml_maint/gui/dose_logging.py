"""The verbs on planned doses for every screen: give, not given, edit, confirm, undo.

Each key press is one write per course; nothing waits for a Save button. What was written can
be taken back for ten seconds. Today and the flow sheet each have one DoseLogger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from aml_maint.domain.administration import Status
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.gui import dose_words
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_questions import Cards, DoseQuestions
from aml_maint.gui.dose_refusal import KeyPress, Meant, Refusal, whose
from aml_maint.gui.dose_targets import (
    DoseTarget,
    can_give,
    given_now,
    is_off_time,
    is_past_day,
    unrecorded,
)
from aml_maint.services import dosing
from aml_maint.services.changes import Changes
from aml_maint.services.dose_entry import DoseEntry, Override, RangeConfirmation
from aml_maint.services.dose_view import DoseView
from aml_maint.services.ids import new_command
from aml_maint.services.workplace import Workplace

if TYPE_CHECKING:  # the dialogs are loaded when the page is on the screen
    from aml_maint.gui.dialogs.dose_dialog import DoseDialog
    from aml_maint.gui.dialogs.form_dialog import FormDialog
    from aml_maint.services.injections import GivingCard

UNDO_SECONDS = 10


class DoseLogger(QObject):
    """Records doses for a page, asks what must be asked, and takes back for ten seconds."""

    COMMANDS = (
        "log_dose", "log_doses", "correct_dose", "undo_dose", "log_unplanned",
        "correct_unplanned", "override_rule",
    )  # fmt: skip

    undo_available = Signal(object, int)
    """Changes of the last action, and for how many seconds it can be taken back."""
    undo_gone = Signal()
    """The last action was taken back, or its seconds are over."""
    refused = Signal(object)
    """A Refusal: show its sentence and, if it can be overridden, offer `override`."""
    told = Signal(object)
    """A Message about a key press that had nothing to do."""

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page
        self._undo: KeyPress | None = None
        self._own: set[UUID] = set()
        self._in_flight: set[SlotId] = set()
        self._questions = DoseQuestions(desk, self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(UNDO_SECONDS * 1000)
        self._timer.timeout.connect(self.forget)

    @property
    def can_undo(self) -> bool:
        """Is there an action that can still be taken back?"""
        return self._undo is not None

    def is_own(self, changes: Changes) -> bool:
        """Was this written by this logger?"""
        return changes.command_id in self._own

    def may(self, *commands: str) -> bool:
        """May whoever sits here give one of these commands? Beside the doses it says why not."""
        why = self._desk.why_not(*commands)
        if why is not None:
            self.told.emit(why)
        return why is None

    # -- the verbs -----------------------------------------------------------------------------

    def give_now(self, targets: Sequence[DoseTarget]) -> None:
        """Record doses as given now; those of past days as taken at their planned time.

        Asks for a reason when now lies outside a dose's window, for the dose when none is
        ordered, and for temperature, site and witness in the dose's card. A dose held back by a
        rule is refused with the evidence; among several doses it is left out, and so is one that
        needs its card.
        """
        now = self._desk.session.now()
        self._questions.look_up(
            targets,
            now,
            lambda cards: self._give_known(targets, cards, now),
            lambda error: self.refused.emit(Refusal((), (), error)),
        )

    def not_given(self, targets: Sequence[DoseTarget], status: Status) -> None:
        """Ask for the coded reason and record doses as held, refused or missed."""
        from aml_maint.gui.dialogs.reason_dialog import ReasonDialog

        doses = [(target, view) for target in targets for view in unrecorded(target)]
        if not doses:
            self._tell_recorded(targets)
            return
        dialog = ReasonDialog(self._desk, self._page, status, doses)

        def submit() -> None:
            entries = [
                DoseEntry(view.slot, status, reason=dialog.reason, note=dialog.note)
                for _, view in doses
                if dialog.applies_to(view)
            ]
            self._write(entries, doses, dialog)

        dialog.submitted.connect(submit)
        dialog.open()

    def edit(
        self, target: DoseTarget, status: Status | None = None, part: SlotId | None = None
    ) -> None:
        """Open a dose's card: record it with its details, or correct its record.

        `status` is what the card begins with; `part` names one dose of a pair.
        """
        view = target.part if part is None else target.part_of(part)
        if view.slot.is_unplanned:
            from aml_maint.gui.unplanned_logging import open_unplanned

            open_unplanned(self._desk, self._page, self, target.patient, view.slot.course, view)
            return
        from aml_maint.services.injections import giving_card

        self._desk.session.read(
            lambda place: giving_card(place, view.slot),
            lambda card: self._open_card(target, view, status, card),
            self,
        )

    def confirm_range(self, wanted: RangeConfirmation, dialog: FormDialog | None = None) -> None:
        """Confirm open doses of a stretch of days as taken at their planned times, but for the
        exceptions; a dialog that asked is closed, or told why nothing was recorded."""
        command = self._new_command()
        action = KeyPress(1, dialog)

        def work(place: Workplace) -> Changes:
            changes = dosing.confirm_range(place, wanted, command)
            action.made.append(changes.made)
            return changes

        self._start(action, work, (), ())

    def override(self, refusal: Refusal) -> None:
        """Ask who decides to give the refused doses nevertheless, and why; then record them."""
        from aml_maint.gui.dialogs.dose_heading import DoseHeading
        from aml_maint.gui.dialogs.override_dialog import OverrideDialog

        late = refusal.unexplained(self._desk.session.now())
        dialog = OverrideDialog(
            self._desk, self._page, DoseHeading(self._desk, refusal.doses), refusal.error,
            off_time=bool(late), **whose(refusal.doses),
        )  # fmt: skip

        def submit(decision: Override) -> None:
            entries = [replace(entry, override=decision) for entry in refusal.entries]
            entries = [
                replace(entry, reason=dialog.late_reason) if entry.slot in late else entry
                for entry in entries
            ]
            self._write(entries, refusal.doses, dialog)

        dialog.submitted.connect(submit)
        dialog.open()

    def carry_out(
        self, work: Callable[[Workplace, UUID], tuple[Changes, str]], dialog: FormDialog
    ) -> None:
        """Write what a dialog asked for; the record of the id that it gives can be taken back."""
        command = self._new_command()
        action = KeyPress(1, dialog)

        def write(place: Workplace) -> Changes:
            changes, made = work(place, command)
            action.made.append((made,))
            return changes

        self._start(action, write, (), ())

    def undo(self) -> None:
        """Take back the last action, if it is not longer than ten seconds ago."""
        action = self._undo
        if action is None:
            self.told.emit(say("today.told.nothing_to_undo"))
            return
        self.forget()
        for ids in reversed(action.made):
            self._take_back(ids)

    def forget(self) -> None:
        """From now on the last action can't be taken back, only corrected."""
        self._timer.stop()
        if self._undo is not None:
            self._undo = None
            self.undo_gone.emit()

    # -- giving --------------------------------------------------------------------------------

    def _give_known(self, targets: Sequence[DoseTarget], cards: Cards, now: Moment) -> None:
        """Give doses of which it is known what to ask."""
        if len(targets) == 1:
            self._give_one(targets[0], cards.get(targets[0].part.slot), now)
            return
        able = [target for target in targets if can_give(target, now)]
        if len(able) < len(targets):
            self.told.emit(say("today.told.left_out", count=len(targets) - len(able)))
        ready = [t for t in able if t.part.slot not in cards or not cards[t.part.slot].asks]
        if len(ready) < len(able):
            self.told.emit(say("injection.told.left_out", count=len(able) - len(ready)))
        if ready:
            self._give(ready, now)

    def _give_one(self, target: DoseTarget, card: GivingCard | None, now: Moment) -> None:
        view = target.part
        if view.record is not None:
            self._tell_recorded([target])
        elif view.planned.dose is None:
            self.edit(target, Status.GIVEN, view.slot)
        elif card is not None and card.asks:
            self._open_card(target, view, Status.GIVEN, card)
        elif can_give(target, now):
            self._give([target], now)
        else:
            # The service names the rule and its evidence; no reason is asked for first.
            self._write([given_now(view, now)], [(target, view)])

    def _give(self, targets: Sequence[DoseTarget], now: Moment) -> None:
        doses = [(target, target.part) for target in targets]
        entries = {view.slot: given_now(view, now) for _, view in doses}
        off_time = [
            (target, view)
            for target, view in doses
            if not is_past_day(view, now) and is_off_time(target.pair, view, now)
        ]
        if not off_time:
            self._write(list(entries.values()), doses)
            return
        from aml_maint.gui.dialogs.reason_dialog import ReasonDialog

        dialog = ReasonDialog(self._desk, self._page, Status.GIVEN, off_time)

        def submit() -> None:
            for _, view in off_time:
                entries[view.slot] = replace(
                    entries[view.slot], reason=dialog.reason, note=dialog.note
                )
            self._write(list(entries.values()), doses, dialog)

        dialog.submitted.connect(submit)
        dialog.open()

    def _open_card(
        self, target: DoseTarget, view: DoseView, status: Status | None,
        card: GivingCard,
    ) -> None:  # fmt: skip
        from aml_maint.gui.dose_card import open_card

        def submit(entry: DoseEntry, dialog: DoseDialog) -> None:
            if view.record is None:
                self._write([entry], [(target, view)], dialog)
            else:
                self._correct(view.record.id, entry, dialog)

        open_card(self._desk, self._page, target, view, status, card, submit)

    def _tell_recorded(self, targets: Sequence[DoseTarget]) -> None:
        view = targets[0].part if len(targets) == 1 else None
        if view is None:
            self.told.emit(say("today.told.all_recorded"))
            return
        now = self._desk.session.now()
        drug, state = dose_words.drug(view), dose_words.state_words(view, now)
        self.told.emit(say("today.told.recorded", drug=drug, state=state))

    # -- writing -------------------------------------------------------------------------------

    def _write(
        self, entries: Sequence[DoseEntry], doses: Sequence[Meant],
        dialog: FormDialog | None = None,
    ) -> None:  # fmt: skip
        """Record entries, one write per course; those already on their way are left out."""
        by_course: dict[str, list[DoseEntry]] = {}
        for entry in entries:
            if entry.slot not in self._in_flight:
                by_course.setdefault(entry.slot.course, []).append(entry)
        action = KeyPress(len(by_course), dialog)
        for mine in by_course.values():
            self._write_course(action, tuple(mine), doses)

    def _write_course(
        self, action: KeyPress, entries: tuple[DoseEntry, ...], doses: Sequence[Meant]
    ) -> None:
        slots = tuple(entry.slot for entry in entries)
        command = self._new_command()

        def work(place: Workplace) -> Changes:
            changes = dosing.log_doses(place, entries, command)
            action.made.append(changes.made)
            return changes

        self._start(action, work, entries, tuple(d for d in doses if d[1].slot in slots))

    def _correct(self, record_id: str, entry: DoseEntry, dialog: DoseDialog) -> None:
        command = self._new_command()
        reason = dialog.correction_reason
        action = KeyPress(1, dialog)

        def work(place: Workplace) -> Changes:
            changes = dosing.correct_dose(place, record_id, entry, reason, command)
            action.made.append(changes.made)
            return changes

        self._start(action, work, (), ())

    def _start(
        self, action: KeyPress, work: Callable[[Workplace], Changes],
        entries: tuple[DoseEntry, ...], doses: tuple[Meant, ...],
    ) -> None:  # fmt: skip
        slots = {entry.slot for entry in entries}
        self._in_flight |= slots

        def ended(changes: Changes | None, error: UserError | None) -> None:
            self._in_flight.difference_update(slots)
            action.pending -= 1
            action.last = changes or action.last
            if error is not None:
                action.refusals.append(Refusal(doses, entries, error))
            if action.pending == 0:
                self._finish(action)

        self._desk.session.write(
            work, lambda changes: ended(changes, None), lambda error: ended(None, error), self
        )

    def _finish(self, action: KeyPress) -> None:
        """Close the dialog, or say in it or beside it what was refused; then offer the undo."""
        dialog = action.dialog if action.dialog is not None and isValid(action.dialog) else None
        if dialog is not None and action.last is None:
            dialog.fail(action.refusals[0].error)
            return
        if dialog is not None:
            dialog.finish()
        if action.refusals:
            self._refuse(action.refusals[0])
        if action.last is not None:
            self._undo = action
            self._timer.start()
            self.undo_available.emit(action.last, UNDO_SECONDS)

    def _refuse(self, refusal: Refusal) -> None:
        """Say what was refused; a dose that lacks its witness only gets its card instead."""
        if refusal.error.field == "witness" and len(refusal.doses) == 1:
            target, view = refusal.doses[0]
            self.edit(target, Status.GIVEN, view.slot)
        else:
            self.refused.emit(refusal)

    def _take_back(self, ids: tuple[str, ...]) -> None:
        command = self._new_command()
        self._desk.session.write(
            lambda place: dosing.undo_doses(place, ids, command),
            None,
            lambda error: self.refused.emit(Refusal((), (), error)),
            self,
        )

    def _new_command(self) -> UUID:
        command = new_command()
        self._own.add(command)
        return command
