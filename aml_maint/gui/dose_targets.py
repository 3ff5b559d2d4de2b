"""Which dose a key acts on, and whether now is its time. No window here."""

from __future__ import annotations

from dataclasses import dataclass

from aml_maint.domain.administration import OPEN_STATES, TAKEN, CellState, Status, too_soon
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.regimen import Role
from aml_maint.domain.schedule import SlotId
from aml_maint.services.dose_entry import DoseEntry
from aml_maint.services.dose_view import DosePair, DoseView


@dataclass(frozen=True)
class DoseTarget:
    """A dose of a patient (with its premedication, if it has one) that someone acts on."""

    patient: Patient
    pair: DosePair

    @property
    def part(self) -> DoseView:
        """The dose that a key acts on: the premedication while it can be given, else the dose."""
        return next_part(self.pair)

    @property
    def parts(self) -> tuple[DoseView, ...]:
        """The doses of the pair in the order they are given."""
        return self.pair.parts

    def part_of(self, slot: SlotId) -> DoseView:
        """The dose of an identity; KeyError when the pair has none such."""
        for view in self.parts:
            if view.slot == slot:
                return view
        raise KeyError(slot)


def next_part(pair: DosePair) -> DoseView:
    """The premedication while it is unrecorded and nothing holds it back, else the dose."""
    before = pair.premedication
    if before is not None and before.state in OPEN_STATES:
        return before
    return pair.main


_HELD_BACK = frozenset({CellState.GATE_CLOSED, CellState.HELD, CellState.OMITTED})


def can_give(target: DoseTarget, now: Moment) -> bool:
    """Can a dose be recorded as given without asking for its amount or a decision?"""
    view = target.part
    today = Moment.at(now.utc, view.planned.zone).local.date()
    return (
        view.record is None
        and view.planned.dose is not None
        and view.state not in _HELD_BACK
        and view.planned.on <= today
    )


def unrecorded(target: DoseTarget) -> list[DoseView]:
    """The doses of a pair that can be recorded as not given.

    A premedication that no rule asks for now needs no record.
    """
    main, before = target.pair.main, target.pair.premedication
    found = [before] if before is not None and before.state in OPEN_STATES else []
    return [*found, main] if main.record is None else found


def may_ask(view: DoseView, now: Moment) -> bool:
    """Can there be something to ask before the dose is given: temperature, site, witness?

    Of a day that is over nobody measures any more.
    """
    component = view.planned.component
    asked = component.rotate_site or component.role is Role.PREMEDICATION
    return asked and not is_past_day(view, now)


def is_past_day(view: DoseView, now: Moment) -> bool:
    """Is the day of the planned dose over, so that it can only be confirmed as taken?"""
    return view.planned.on < Moment.at(now.utc, view.planned.zone).local.date()


def since_premedication(pair: DosePair, now: Moment) -> int | None:
    """Minutes since the premedication, while the dose it serves is still to be recorded."""
    before = pair.premedication
    if before is None or before.record is None or before.record.status not in TAKEN:
        return None
    if pair.main.record is not None or before.record.given is None:
        return None
    return int((now.utc - before.record.given.utc).total_seconds() // 60)


def minutes_to_dose(pair: DosePair, now: Moment) -> int | None:
    """Minutes left from the premedication given to the dose it serves; below 0 when past."""
    passed = since_premedication(pair, now)
    if passed is None or pair.premedication is None:
        return None
    link = pair.premedication.planned.component.link
    return None if link is None else -link.offset_minutes - passed


def is_off_time(pair: DosePair, view: DoseView, given: Moment) -> bool:
    """Would a dose given then lie outside its window, or too soon after its premedication?"""
    if not view.window.opens <= given.utc <= view.window.closes:
        return True
    before = pair.premedication
    if view is not pair.main or before is None or before.record is None:
        return False
    first = before.record.given
    return first is not None and too_soon(before.planned, first.utc, given.utc)


def given_now(view: DoseView, now: Moment) -> DoseEntry:
    """A dose given now, or on a past day at its planned time."""
    if is_past_day(view, now):
        given = Moment.at(view.planned.due, view.planned.zone)
        return DoseEntry(view.slot, Status.GIVEN, given)
    return DoseEntry(view.slot, Status.GIVEN)
