"""Marrow examinations: recorded as a draft, completed as each laboratory reports."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from aml_maint.domain.errors import BadInput
from aml_maint.domain.marrow import Assay, Marrow, Specimen, says_something
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.observations import check_collected
from aml_maint.services.workplace import Workplace
from aml_maint.store import marrows


def record_marrow(place: Workplace, marrow: Marrow, command_id: UUID | None = None) -> Changes:
    """Record a marrow with the specimens taken, and with results if some are back already.

    Empty ids are made. BadInput for a time in the future or an examination without specimen.
    """
    if (done := place.done_before(command_id, "record_marrow")) is not None:
        return done
    check_collected(place, marrow.patient_id, marrow.collected)
    if not marrow.specimens:
        raise BadInput(say("error.no_specimen"), field="assay")
    kept = replace(
        marrow,
        id=marrow.id or str(uuid4()),
        specimens=tuple(replace(s, id=s.id or str(uuid4())) for s in marrow.specimens),
    )
    for specimen in kept.specimens:
        _check(place, specimen)
    return place.write(
        "record_marrow",
        lambda transaction: marrows.add(transaction, kept),
        touched=Touched.MARROWS,
        patient_id=kept.patient_id,
        command_id=command_id,
        occurred=kept.collected,
    )


def record_specimen(
    place: Workplace,
    marrow_id: str,
    specimen: Specimen,
    reason: str = "",
    command_id: UUID | None = None,
) -> Changes:
    """Record what is known of a specimen now: added, received, resulted or corrected.

    A result that stood already is changed only with a reason.
    """
    if (done := place.done_before(command_id, "record_specimen")) is not None:
        return done
    marrow = marrows.marrow(place.store, marrow_id)
    known = next((s for s in marrow.specimens if s.id == specimen.id), None)
    kept = replace(specimen, id=specimen.id or str(uuid4()))
    _check(place, kept)
    others = tuple(s for s in marrow.specimens if s.id != kept.id)
    after = replace(marrow, specimens=(*others, kept))  # checks the whole
    if known is not None and known.assay is not kept.assay:
        raise BadInput(say("error.assay_changed"), field="assay")
    if known is not None and known.result not in {None, kept.result} and not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    if known == kept:
        raise BadInput(say("error.nothing_changed"))
    write = marrows.add_specimen if known is None else marrows.change_specimen
    return place.write(
        "record_specimen",
        lambda transaction: write(transaction, after, kept),
        touched=Touched.MARROWS,
        patient_id=marrow.patient_id,
        command_id=command_id,
        occurred=kept.resulted or kept.received or marrow.collected,
        reason=reason,
    )


def correct_marrow(
    place: Workplace, marrow: Marrow, reason: str, command_id: UUID | None = None
) -> Changes:
    """Correct when or why a marrow was taken, or its note, with a reason."""
    if (done := place.done_before(command_id, "correct_marrow")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    known = marrows.marrow(place.store, marrow.id)
    check_collected(place, known.patient_id, marrow.collected)
    kept = replace(marrow, patient_id=known.patient_id, specimens=known.specimens)
    if kept == known:
        raise BadInput(say("error.nothing_changed"))
    return place.write(
        "correct_marrow",
        lambda transaction: marrows.change(transaction, kept),
        touched=Touched.MARROWS,
        patient_id=known.patient_id,
        command_id=command_id,
        reason=reason,
    )


def withdraw_marrow(
    place: Workplace, marrow_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back a marrow that was entered in error, with a reason; it stays in the audit trail."""
    if (done := place.done_before(command_id, "withdraw_marrow")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    marrow = marrows.marrow(place.store, marrow_id)
    return place.write(
        "withdraw_marrow",
        lambda transaction: marrows.withdraw(transaction, marrow_id),
        touched=Touched.MARROWS,
        patient_id=marrow.patient_id,
        command_id=command_id,
        reason=reason,
    )


def receive_specimen(
    place: Workplace, marrow_id: str, assay: Assay, received: Moment, command_id: UUID | None = None
) -> Changes:
    """Note that the laboratory has the specimen of an assay, from which its clock runs."""
    if (done := place.done_before(command_id, "record_specimen")) is not None:
        return done
    specimen = marrows.marrow(place.store, marrow_id).specimen(assay)
    if specimen is None:
        raise BadInput(say("error.no_specimen"), field="assay")
    return record_specimen(place, marrow_id, replace(specimen, received=received), "", command_id)


def _check(place: Workplace, specimen: Specimen) -> None:
    if specimen.result is not None and not says_something(specimen.result):
        raise BadInput(say("error.says_nothing"), field="result")
    now = place.clock.now().utc
    for name in ("received", "resulted"):
        at: Moment | None = getattr(specimen, name)
        if at is not None and at.utc > now:
            raise BadInput(say("error.date_in_future"), field=name)
