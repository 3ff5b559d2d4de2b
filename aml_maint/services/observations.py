"""What is found in a patient's blood: laboratory results, and their correction."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from aml_maint.domain.errors import BadInput
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.toxicity import check_plausible
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.ids import timed_id
from aml_maint.services.library import item_of, lab_catalogue
from aml_maint.services.people import OLDEST_YEARS
from aml_maint.services.workplace import Workplace
from aml_maint.store import labs, patients


def record_count(
    place: Workplace,
    patient_id: str,
    analyte: str,
    value: LabValue,
    collected: Moment,
    *,
    upper_limit: Decimal | None = None,
    command_id: UUID | None = None,
) -> Changes:
    """Record one laboratory result. BadInput for an unknown analyte, a unit that does not fit,

    or a collection time in the future.
    """
    return record_counts(
        place,
        patient_id,
        {analyte: value},
        collected,
        upper_limits={analyte: upper_limit} if upper_limit is not None else {},
        command_id=command_id,
    )


def record_counts(
    place: Workplace,
    patient_id: str,
    values: dict[str, LabValue],
    collected: Moment,
    *,
    upper_limits: dict[str, Decimal] | None = None,
    command_id: UUID | None = None,
) -> Changes:
    """Record the results of one sample at once."""
    if (done := place.done_before(command_id, "record_counts")) is not None:
        return done
    check_collected(place, patient_id, collected)
    now, results = place.clock.now().utc, []
    for analyte, value in values.items():
        check_possible(analyte, value)
        results.append(
            LabResult(
                str(timed_id(now)),
                patient_id,
                analyte,
                value,
                collected,
                (upper_limits or {}).get(analyte),
            )
        )
    if not results:
        raise BadInput(say("error.nothing_entered"))
    return place.write(
        "record_counts",
        lambda transaction: labs.add_all(transaction, results),
        touched=Touched.LABS,
        patient_id=patient_id,
        command_id=command_id,
        occurred=collected,
    )


def withdraw_count(
    place: Workplace, result_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back a laboratory result that was entered in error, with a reason.

    It stays in the audit trail and in what was recorded of doses given on its evidence.
    """
    if (done := place.done_before(command_id, "withdraw_count")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    result = labs.standing(place.store, result_id)
    return place.write(
        "withdraw_count",
        lambda transaction: labs.withdraw(transaction, result),
        touched=Touched.LABS,
        patient_id=result.patient_id,
        command_id=command_id,
        reason=reason,
    )


def check_possible(analyte_id: str, value: LabValue) -> None:
    """BadInput for an unknown analyte, a unit it is not measured in, or a value that can't be."""
    analyte = lab_catalogue().analyte(analyte_id)
    item = item_of(analyte_id)
    if item is not None and value.unit in item.units:
        check_plausible(item, value)
        return
    analyte.check_unit(value.unit)
    if item is not None:
        check_plausible(item, value.to(analyte.unit, analyte_id))


def check_collected(place: Workplace, patient_id: str, collected: Moment) -> None:
    """BadInput for a sample from the future, or from before its patient was born."""
    patient = patients.patient(place.store, patient_id)
    if collected.utc > place.clock.now().utc:
        raise BadInput(say("error.date_in_future"), field="collected")
    if patient.born_on is not None and collected.local.date() < patient.born_on:
        raise BadInput(say("error.before_patient"), field="collected")
    oldest = place.clock.now().local.year - collected.local.year
    if oldest > OLDEST_YEARS:
        day = collected.local.date()
        raise BadInput(say("error.day_too_early", day=day, years=OLDEST_YEARS), field="collected")
