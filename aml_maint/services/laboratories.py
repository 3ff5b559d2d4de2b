"""Laboratories and their reference limits: add, list, decide from a day on, take back."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.reference_limits import Laboratory, ReferenceLimit
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.library import lab_catalogue
from aml_maint.services.workplace import Workplace
from aml_maint.store import laboratories as rows
from aml_maint.store.errors import NotUnique


def laboratories(place: Workplace) -> tuple[Laboratory, ...]:
    """Every laboratory in the order they were added."""
    return tuple(rows.all_of(place.store))


def reference_limits(place: Workplace) -> tuple[ReferenceLimit, ...]:
    """All limits that stand, by laboratory, analyte and day."""
    return tuple(rows.limits(place.store))


def laboratory_named(place: Workplace, name: str) -> Laboratory:
    """The laboratory of a name, whatever its case; BadInput, with those known, if there is none."""
    known = laboratories(place)
    for laboratory in known:
        if laboratory.name.casefold() == name.strip().casefold():
            return laboratory
    hint = say("labs.error.no_laboratory.hint", known=tuple(one.name for one in known) or "–")
    raise BadInput(
        say("labs.error.no_laboratory", name=name.strip() or "–"), hint=hint, field="laboratory"
    )


def add_laboratory(
    place: Workplace, laboratory: Laboratory, command_id: UUID | None = None
) -> Changes:
    """Add a laboratory. BadInput for a name that another one has."""
    if (done := place.done_before(command_id, "add_laboratory")) is not None:
        return done
    kept = Laboratory(laboratory.id or str(uuid4()), laboratory.name.strip())
    taken = say("labs.error.laboratory_twice", name=kept.name)
    if any(one.name.casefold() == kept.name.casefold() for one in laboratories(place)):
        raise BadInput(taken, field="name")
    try:
        return place.write(
            "add_laboratory",
            lambda transaction: rows.add(transaction, kept),
            touched=Touched.LABS,
            command_id=command_id,
        )
    except NotUnique as error:
        raise BadInput(taken, field="name") from error


def set_reference_limit(
    place: Workplace, limit: ReferenceLimit, command_id: UUID | None = None
) -> Changes:
    """Enter a reference limit from a day on; an earlier one holds until the day before.

    Results are judged by the limits of the day their sample was collected, so this can change
    the grades of results that are there already; nothing recorded is rewritten.
    """
    if (done := place.done_before(command_id, "set_reference_limit")) is not None:
        return done
    analyte = lab_catalogue().analyte(limit.analyte)
    analyte.check_unit(limit.unit)
    for name, value in (("low", limit.low), ("high", limit.high)):
        doubt = None if value is None else analyte.doubt(LabValue(value, limit.unit))
        # The lower limit of many analytes is 0, below what a patient's value plausibly is.
        if doubt is not None and value:
            raise BadInput(doubt, field=name)
    if all(one.id != limit.laboratory for one in laboratories(place)):
        raise BadInput(say("labs.error.no_laboratory", name="–"), field="laboratory")
    kept = replace(limit, id=limit.id or str(uuid4()), decided_by=place.actor.name)
    return place.write(
        "set_reference_limit",
        lambda transaction: rows.add_limit(transaction, kept),
        touched=Touched.LABS,
        command_id=command_id,
    )


def withdraw_reference_limit(
    place: Workplace, limit_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back a limit that was entered in error, with a reason."""
    if (done := place.done_before(command_id, "withdraw_reference_limit")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    limit = rows.limit(place.store, limit_id)
    return place.write(
        "withdraw_reference_limit",
        lambda transaction: rows.withdraw_limit(transaction, limit),
        touched=Touched.LABS,
        command_id=command_id,
        reason=reason,
    )
