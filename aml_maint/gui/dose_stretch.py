"""A stretch of doses that is confirmed as taken, with its exceptions while they are typed.

No window here. An exception is an entry of its own, or None for a dose that stays unconfirmed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.administration import TAKEN, CellState, Status
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose, dose_text
from aml_maint.domain.schedule import SlotId
from aml_maint.services.dose_entry import DoseEntry, RangeConfirmation
from aml_maint.services.dose_view import DosePair, DoseView


class Outcome(StrEnum):
    """What saving will make of a dose of the stretch."""

    TAKEN = "taken"
    NOT_NEEDED = "not_needed"
    LEFT_OPEN = "left_open"
    EXCEPTION = "exception"


@dataclass
class Stretch:
    """The open doses of a selection in order of time, and what was typed about some of them."""

    views: tuple[DoseView, ...]
    exceptions: dict[SlotId, DoseEntry | None] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[DosePair], wanted: frozenset[SlotId]) -> Stretch:
        """The doses of some pairs that are `wanted`."""
        views = [
            view
            for pair in pairs
            for view in (pair.premedication, pair.main)
            if view is not None and view.slot in wanted
        ]
        return cls(tuple(sorted(views, key=lambda v: (v.planned.at, v.slot.component))))

    def outcome(self, view: DoseView) -> Outcome:
        """What saving will make of a dose."""
        if view.slot in self.exceptions:
            entry = self.exceptions[view.slot]
            return Outcome.LEFT_OPEN if entry is None else Outcome.EXCEPTION
        served = view.planned.linked_to
        entry = None if served is None else self.exceptions.get(served)
        if entry is not None and entry.status not in TAKEN:
            return Outcome.NOT_NEEDED
        return Outcome.TAKEN

    def count(self, outcome: Outcome) -> int:
        """How many doses have an outcome."""
        return sum(self.outcome(view) is outcome for view in self.views)

    def state(self, view: DoseView) -> CellState:
        """The sign that a dose will have."""
        match self.outcome(view):
            case Outcome.TAKEN:
                return CellState.GIVEN
            case Outcome.NOT_NEEDED:
                return CellState.NOT_APPLICABLE
            case Outcome.LEFT_OPEN:
                return CellState.UNCONFIRMED
        entry = self.exceptions[view.slot]
        assert entry is not None  # its outcome is an exception
        if entry.status is not Status.GIVEN or entry.given is None:
            return CellState(entry.status.value)
        if entry.given.utc > view.window.closes:
            return CellState.GIVEN_LATE
        return CellState.GIVEN_EARLY if entry.given.utc < view.window.opens else CellState.GIVEN

    def told(self, view: DoseView) -> Message:
        """What saving will make of a dose, in words."""
        outcome = self.outcome(view)
        if outcome is not Outcome.EXCEPTION:
            return say(f"stretch.{outcome.value}", at=view.planned.at.time())
        entry = self.exceptions[view.slot]
        assert entry is not None  # its outcome is an exception
        told: list[Message] = [say(f"state.{self.state(view).value}")]
        if entry.given is not None and entry.given.utc != view.planned.due:
            given = entry.given.local
            same = given.date() == view.planned.at.date()
            told.append(say("stretch.at", at=given.time() if same else given))
        if entry.dose is not None and entry.dose != view.planned.dose:
            told.append(dose_text(entry.dose))
        if entry.reason is not None:
            told.append(say(f"reason.{entry.reason}"))
        if entry.note:
            told.append(say("stretch.note", text=entry.note))
        return say("stretch.told", parts=tuple(told))

    def confirmation(self) -> RangeConfirmation:
        """What to ask of the service; BadInput when every dose stays unconfirmed."""
        slots = [view.slot for view in self.views if self.outcome(view) is not Outcome.LEFT_OPEN]
        if not slots:
            raise BadInput(say("error.nothing_to_confirm"))
        days = [slot.planned_on for slot in slots]
        typed = {slot: entry for slot in slots if (entry := self.exceptions.get(slot)) is not None}
        return RangeConfirmation(
            slots[0].course, min(days), max(days), exceptions=typed, slots=frozenset(slots)
        )

    def raw(self) -> str:
        """What was typed, as a draft keeps it."""
        typed = {
            str(slot): None if entry is None else _kept(entry)
            for slot, entry in self.exceptions.items()
        }
        return json.dumps(typed, ensure_ascii=False, sort_keys=True)

    def set_raw(self, raw: str) -> None:
        """Put a draft back; what it says of doses that are not in the stretch is left out."""
        known = {view.slot: view for view in self.views}
        typed: dict[str, dict[str, str] | None] = json.loads(raw or "{}")
        self.exceptions = {
            slot: None if kept is None else _entry(known[slot], kept)
            for text, kept in typed.items()
            if (slot := SlotId.parse(text)) in known
        }


def left_alone(pairs: Sequence[DosePair], wanted: frozenset[SlotId]) -> list[Message]:
    """Which doses of a selection are not offered for confirming, and why."""
    counts: dict[str, int] = {}
    for pair in pairs:
        for view in (pair.premedication, pair.main):
            if view is None or view.slot in wanted:
                continue
            counts[_why(view)] = counts.get(_why(view), 0) + 1
    return [say(f"stretch.left.{why}", count=count) for why, count in counts.items()]


_NOT_GIVEN = frozenset(
    {CellState.HELD, CellState.OMITTED, CellState.GATE_CLOSED, CellState.NOT_APPLICABLE}
)


def _why(view: DoseView) -> str:
    if view.record is not None:
        return "recorded"
    if view.state in _NOT_GIVEN:
        return view.state.value
    return "no_dose" if view.planned.dose is None else "to_come"


def _kept(entry: DoseEntry) -> dict[str, str]:
    kept = {"status": entry.status.value, "reason": entry.reason or "", "note": entry.note}
    if entry.given is not None:
        kept["given"] = entry.given.utc.isoformat()
    if entry.dose is not None:
        kept["dose"], kept["unit"] = f"{entry.dose.value:f}", entry.dose.unit
    return kept


def _entry(view: DoseView, kept: dict[str, str]) -> DoseEntry:
    given = None
    if "given" in kept:
        given = Moment.at(datetime.fromisoformat(kept["given"]), view.planned.zone)
    dose = Dose(Decimal(kept["dose"]), kept["unit"]) if "dose" in kept else None
    return DoseEntry(
        view.slot, Status(kept["status"]), given, dose, kept["reason"] or None, kept["note"]
    )
