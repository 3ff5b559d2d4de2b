"""Who did what lately: for screens that say why they are no longer up to date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.services.changes import Changes
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, patients


@dataclass(frozen=True)
class Act:
    """What one person did, once or several times in a row, and to whose record."""

    who: str
    what: Message
    patients: tuple[Patient, ...]


def acts_of(place: Workplace, writes: Iterable[Changes]) -> tuple[Act, ...]:
    """Who made some writes and what they were, as the audit trail has it, in their order.

    The same done again and again by one person is one act.
    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    for write in writes:
        event = audit.event(place.store, write.sequence)
        if event is not None:
            command = event.command
            people = found.setdefault((command.actor.name, command.action), {})
            people |= dict.fromkeys(sorted(write.patients))
    known = patients.by_ids(place.store, sorted({id for people in found.values() for id in people}))
    return tuple(
        Act(who, say(f"command.{action}"), tuple(known[id] for id in people if id in known))
        for (who, action), people in found.items()
    )
