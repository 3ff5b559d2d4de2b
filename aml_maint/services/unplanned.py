"""Unplanned doses: an extra dose of the regimen, or a drug given as needed; and correct one."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.medicines import drugs_of
from aml_maint.services.unplanned_rules import UnplannedEntry, UnplannedRules
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses

__all__ = ["UnplannedEntry", "correct_unplanned", "log_unplanned"]


def log_unplanned(
    place: Workplace, entry: UnplannedEntry, command_id: UUID | None = None
) -> Changes:
    """Record a dose that no plan asked for.

    Refused when a gate, a hold, a gap between doses or a limit of the drug forbids it, unless
    the entry names who sets that aside, and why. It is taken back like any other record.
    """
    if (done := place.done_before(command_id, "log_unplanned")) is not None:
        return done
    course = courses.course(place.store, entry.course, place.shelf)
    record = UnplannedRules(place, course, drugs_of(place), entry).record()
    return place.write(
        "log_unplanned",
        lambda transaction: doses.add_all(transaction, [record]),
        touched=Touched.DOSES,
        patient_id=course.patient_id,
        command_id=command_id,
        occurred=record.given,
    )


def correct_unplanned(
    place: Workplace,
    record_id: str,
    entry: UnplannedEntry,
    reason: str,
    command_id: UUID | None = None,
) -> Changes:
    """Replace the record of an unplanned dose, with a reason; drug and day stay."""
    if (done := place.done_before(command_id, "correct_unplanned")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.correction_reason"), field="reason")
    old = doses.live(place.store, record_id)
    if old.unplanned is None or old.slot.course != entry.course:
        raise ValueError("a correction keeps its dose")
    course = courses.course(place.store, entry.course, place.shelf)
    drugs = dict(drugs_of(place))
    if (drug := drugs.get(old.slot.component)) is not None:
        # What was given while the ward had it can be corrected when it has it no more.
        drugs[drug.id] = replace(drug, in_use=True)
    new = UnplannedRules(place, course, drugs, entry).record(old)
    return place.write(
        "correct_unplanned",
        lambda transaction: doses.supersede(transaction, old, new),
        touched=Touched.DOSES,
        patient_id=course.patient_id,
        command_id=command_id,
        occurred=new.given,
        reason=reason,
    )
