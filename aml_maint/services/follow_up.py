"""Follow-up: contacts, disease events, and whom somebody has to ask after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from aml_maint.domain.errors import BadInput
from aml_maint.domain.follow_up import Contact, DiseaseEvent, FollowUp, check_event
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.long_work import Parts, whole
from aml_maint.services.site_settings import site_settings
from aml_maint.services.workplace import Workplace
from aml_maint.store import cohorts, follow_ups, patients

# So many patients are read at a time: some hundredths of a second.
_AT_A_TIME = 50


@dataclass(frozen=True)
class OpenFollowUp:
    """Somebody to ask after: the last day of which anything is known, and since when it is due."""

    patient: Patient
    last_known: date
    due_on: date


def follow_up(place: Workplace, patient_id: str) -> FollowUp:
    """All that is known of a patient's fate."""
    return follow_ups.of_patient(place.store, patient_id)


def open_follow_ups(place: Workplace, on: date | None = None) -> tuple[OpenFollowUp, ...]:
    """Whom to ask after by a day, the longest due first.

    Patients of a published cohort have no days and are left out.
    """
    return whole(read_open_follow_ups(place, on))


def read_open_follow_ups(
    place: Workplace, on: date | None = None
) -> Parts[tuple[OpenFollowUp, ...]]:
    """The same, read some patients at a time."""
    today = on or place.clock.now().local.date()
    reported = cohorts.patient_ids(place.store)
    ids = [id for id in patients.ids(place.store) if id not in reported]
    silent_days = site_settings(place).days("follow_up.silent_after")
    found = []
    for start in range(0, len(ids), _AT_A_TIME):
        yield start, len(ids)
        some = ids[start : start + _AT_A_TIME]
        people = patients.by_ids(place.store, some)
        for id, known in follow_ups.of_patients(place.store, some).items():
            due, last = known.due_on(silent_days), known.last_known
            if due is not None and last is not None and due <= today:
                found.append(OpenFollowUp(people[id], last, due))
    return tuple(sorted(found, key=lambda one: (one.due_on, one.patient.mrn)))


def record_contact(place: Workplace, contact: Contact, command_id: UUID | None = None) -> Changes:
    """Record that a patient was known to be alive on a day. BadInput for a day after death."""
    if (done := place.done_before(command_id, "record_contact")) is not None:
        return done
    _check_day(place, contact.patient_id, contact.on)
    death = follow_ups.of_patient(place.store, contact.patient_id).death
    if death is not None and contact.on > death.on:
        raise BadInput(say("error.after_death", day=death.on), field="on")
    kept = replace(contact, id=contact.id or str(uuid4()))
    return place.write(
        "record_contact",
        lambda transaction: follow_ups.add_contact(transaction, kept),
        touched=Touched.PATIENTS,
        patient_id=kept.patient_id,
        command_id=command_id,
    )


def record_disease_event(
    place: Workplace, event: DiseaseEvent, command_id: UUID | None = None
) -> Changes:
    """Record a relapse, transplant, second therapy, loss or death.

    BadInput for what other events rule out: a second death, anything after it.
    """
    if (done := place.done_before(command_id, "record_disease_event")) is not None:
        return done
    _check_day(place, event.patient_id, event.on)
    known = follow_ups.of_patient(place.store, event.patient_id)
    check_event(event, known.events)
    kept = replace(event, id=event.id or str(uuid4()))
    return place.write(
        "record_disease_event",
        lambda transaction: follow_ups.add_event(transaction, kept),
        touched=Touched.PATIENTS,
        patient_id=kept.patient_id,
        command_id=command_id,
    )


def withdraw_contact(
    place: Workplace, contact_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back a contact that was entered in error, with a reason."""
    if (done := place.done_before(command_id, "withdraw_contact")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    contact = follow_ups.contact(place.store, contact_id)
    return place.write(
        "withdraw_contact",
        lambda transaction: follow_ups.withdraw_contact(transaction, contact_id),
        touched=Touched.PATIENTS,
        patient_id=contact.patient_id,
        command_id=command_id,
        reason=reason,
    )


def withdraw_disease_event(
    place: Workplace, event_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back an event that was entered in error, with a reason."""
    if (done := place.done_before(command_id, "withdraw_disease_event")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    event = follow_ups.event(place.store, event_id)
    return place.write(
        "withdraw_disease_event",
        lambda transaction: follow_ups.withdraw_event(transaction, event_id),
        touched=Touched.PATIENTS,
        patient_id=event.patient_id,
        command_id=command_id,
        reason=reason,
    )


def _check_day(place: Workplace, patient_id: str, day: date) -> None:
    patient = patients.patient(place.store, patient_id)
    if day > place.clock.now().local.date():
        raise BadInput(say("error.date_in_future"), field="on")
    if patient.born_on is not None and day < patient.born_on:
        raise BadInput(say("error.before_patient"), field="on")
