"""How a command answers that it saved something."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from aml_maint.cli import values
from aml_maint.cli.command import Answer
from aml_maint.domain.messages import Message, say
from aml_maint.services.changes import Changes
from aml_maint.services.late_counts import LateDose
from aml_maint.services.workplace import Workplace


def once(
    options: Namespace, place: Workplace, action: str, write: Callable[[UUID | None], Changes]
) -> Changes:
    """Carry out a write, or tell what it did when it was sent before under the same id.

    Refused when the id was used for another `action`.
    """
    command_id = values.command_id(options.command_id)
    return place.done_before(command_id, action) or write(command_id)


def saved(changes: Changes, done: Message, **data: object) -> Answer:
    """What was saved, as which audit event; a command sent twice says so and counts once."""
    told = {
        "saved": True,
        "replayed": changes.replayed,
        "sequence": changes.sequence,
        "command_id": str(changes.command_id),
        "at": changes.at.local,
        **data,
    }
    sentence = say("cli.saved_before", sequence=changes.sequence) if changes.replayed else done
    return Answer(told, lambda words: [words.text(sentence)])


def late_answer(
    changes: Changes, told: Message, analyte: str, late: tuple[LateDose, ...]
) -> Answer:
    """What was saved, and the doses that would have been held back had it been known."""
    data = [
        {
            "component": dose.record.slot.component,
            "date": dose.record.slot.planned_on,
            "slot": dose.record.slot.slot,
            "given": dose.given.local,
        }
        for dose in late
    ]
    listed = tuple(say("cli.late_dose", drug=d.drug, given=d.given.local) for d in late)
    notes = (say("cli.late_count", doses=listed),) if listed else ()
    return replace(saved(changes, told, analyte=analyte, deviations=data), notes=notes)
