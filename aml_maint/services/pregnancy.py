"""Who can become pregnant, and pregnancy tests: recorded by name, never guessed."""

from __future__ import annotations

from uuid import UUID, uuid4

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.pregnancy import (
    Childbearing,
    ChildbearingStatement,
    PregnancyFacts,
    PregnancyTest,
    Specimen,
    TestOutcome,
)
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.observations import check_collected
from aml_maint.services.workplace import Workplace
from aml_maint.store import patients, pregnancy


def pregnancy_facts(place: Workplace, patient_id: str) -> PregnancyFacts:
    """What is on record of a patient."""
    return pregnancy.of_patient(place.store, patient_id)


def state_childbearing(
    place: Workplace,
    patient_id: str,
    answer: Childbearing,
    reason: str,
    *,
    stated_by: str | None = None,
    command_id: UUID | None = None,
) -> Changes:
    """State that a patient can, or can't, become pregnant: by name and with the ground for it.

    `stated_by` is who decided, if another than whoever enters it. An earlier statement stays in
    the history.
    """
    if (done := place.done_before(command_id, "state_childbearing")) is not None:
        return done
    patients.patient(place.store, patient_id)
    statement = ChildbearingStatement(
        str(uuid4()),
        patient_id,
        answer,
        reason.strip(),
        (place.actor.name if stated_by is None else stated_by).strip(),
        place.clock.now(),
    )
    return place.write(
        "state_childbearing",
        lambda transaction: pregnancy.add_statement(transaction, statement),
        touched=Touched.LABS,
        patient_id=patient_id,
        command_id=command_id,
        reason=reason,
    )


def record_pregnancy_test(
    place: Workplace,
    patient_id: str,
    outcome: TestOutcome,
    specimen: Specimen,
    collected: Moment,
    *,
    note: str = "",
    command_id: UUID | None = None,
) -> Changes:
    """Record a pregnancy test. BadInput for a sample from the future or before the patient."""
    if (done := place.done_before(command_id, "record_pregnancy_test")) is not None:
        return done
    check_collected(place, patient_id, collected)
    test = PregnancyTest(str(uuid4()), patient_id, outcome, specimen, collected, note.strip())
    return place.write(
        "record_pregnancy_test",
        lambda transaction: pregnancy.add_test(transaction, test),
        touched=Touched.LABS,
        patient_id=patient_id,
        command_id=command_id,
        occurred=collected,
    )


def withdraw_pregnancy_test(
    place: Workplace, test_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back a test that was entered in error, with a reason; it stays in the audit trail."""
    if (done := place.done_before(command_id, "withdraw_pregnancy_test")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    test = pregnancy.standing_test(place.store, test_id)
    return place.write(
        "withdraw_pregnancy_test",
        lambda transaction: pregnancy.withdraw_test(transaction, test),
        touched=Touched.LABS,
        patient_id=test.patient_id,
        command_id=command_id,
        reason=reason,
    )
