"""What was recorded of a planned dose before: every earlier entry, who ended it, when and why."""

from __future__ import annotations

from dataclasses import dataclass

from aml_maint.domain.administration import Administration
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, doses

UNDONE_AT_ONCE = "undo"
"""The reason of a slip that was taken back within the hour, which needs none."""


@dataclass(frozen=True)
class EarlierRecord:
    """A record that no longer stands: corrected by another, or taken back as entered in error.

    `reason` is empty where none had to be given: a slip taken back within the hour.
    """

    record: Administration
    corrected: bool
    ended: Moment
    ended_by: str
    ended_role: str
    reason: str


def earlier_records(place: Workplace, slot: SlotId) -> tuple[EarlierRecord, ...]:
    """The records of a planned dose that were corrected or taken back, oldest first."""
    found = []
    for past in doses.ended(place.store, slot):
        event = audit.event(place.store, past.sequence)
        if event is None:
            raise LookupError(f"no audit event {past.sequence}")
        command = event.command
        reason = "" if command.reason == UNDONE_AT_ONCE else command.reason
        found.append(
            EarlierRecord(
                past.record, past.corrected, command.recorded, command.actor.name,
                command.actor.role.value, reason,
            )
        )  # fmt: skip
    return tuple(found)
