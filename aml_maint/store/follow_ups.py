"""Contacts and disease events: rows and domain objects, and the latest sign of life on record."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from aml_maint.domain.errors import BadInput
from aml_maint.domain.follow_up import (
    Contact,
    DeathCause,
    DiseaseEvent,
    EventKind,
    FollowUp,
    Means,
)
from aml_maint.domain.messages import say
from aml_maint.store.columns import Row, day_text, day_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_T = TypeVar("_T")

# The local day of a moment: its instant with the offset of the clock it was read on.
_LOCAL_DAY = "date({0}_utc, {0}_offset || ' minutes')"

# A dose taken or a sample collected shows that somebody was alive.
_SIGNS_OF_LIFE = f"""
    WITH wanted AS MATERIALIZED (SELECT value AS id FROM json_each(:patients))
    SELECT patient_id, max(day) AS day FROM (
        SELECT patient_id, max({_LOCAL_DAY.format("collected")}) AS day
            FROM wanted CROSS JOIN lab_values ON patient_id = wanted.id
            WHERE withdrawn = 0 GROUP BY patient_id
        UNION ALL
        SELECT patient_id, max({_LOCAL_DAY.format("collected")})
            FROM wanted CROSS JOIN marrows ON patient_id = wanted.id
            WHERE state = 'live' GROUP BY patient_id
        UNION ALL
        SELECT c.patient_id, max({_LOCAL_DAY.format("given")})
            FROM wanted CROSS JOIN courses c ON c.patient_id = wanted.id
            CROSS JOIN administrations a ON a.course_id = c.id
            WHERE a.state = 'live' AND given_utc IS NOT NULL GROUP BY c.patient_id
    ) GROUP BY patient_id
"""


def add_contact(transaction: Transaction, contact: Contact) -> None:
    """Add a contact."""
    transaction.insert(
        "contacts",
        {
            "id": contact.id,
            "patient_id": contact.patient_id,
            "on_day": day_text(contact.on),
            "means": contact.means.value,
            "note": contact.note,
            "next_on": day_text(contact.next_on),
        },
    )


def add_event(transaction: Transaction, event: DiseaseEvent) -> None:
    """Add an event."""
    transaction.insert(
        "disease_events",
        {
            "id": event.id,
            "patient_id": event.patient_id,
            "kind": event.kind.value,
            "on_day": day_text(event.on),
            "cause": event.cause.value if event.cause else None,
            "note": event.note,
            "marrow_id": event.marrow_id,
        },
    )


def withdraw_contact(transaction: Transaction, contact_id: str) -> None:
    """Take back a contact that was entered in error."""
    transaction.update("contacts", contact_id, {"state": "undone"})


def withdraw_event(transaction: Transaction, event_id: str) -> None:
    """Take back an event that was entered in error."""
    transaction.update("disease_events", event_id, {"state": "undone"})


def contact(store: Store, contact_id: str) -> Contact:
    """A contact that stands; BadInput if there is none of that id."""
    return _contact(_standing(store, "contacts", contact_id))


def event(store: Store, event_id: str) -> DiseaseEvent:
    """An event that stands; BadInput if there is none of that id."""
    return _event(_standing(store, "disease_events", event_id))


def of_patient(store: Store, patient_id: str) -> FollowUp:
    """All that is known of a patient's fate, in the order of the days."""
    found = store.row(_SIGNS_OF_LIFE, {"patients": (ids := json.dumps([patient_id]))})
    return FollowUp(
        tuple(_by_patient(store, "contacts", _contact, ids).get(patient_id, ())),
        tuple(_by_patient(store, "disease_events", _event, ids).get(patient_id, ())),
        day_value(found["day"]) if found else None,
    )


def of_patients(store: Store, patient_ids: Sequence[str]) -> dict[str, FollowUp]:
    """What is known of some patients' fates; those of whom nothing is known are left out."""
    ids = json.dumps(list(patient_ids))
    contacts = _by_patient(store, "contacts", _contact, ids)
    events = _by_patient(store, "disease_events", _event, ids)
    rows = store.rows(_SIGNS_OF_LIFE, {"patients": ids})
    seen = {row["patient_id"]: day_value(row["day"]) for row in rows}
    return {
        id: FollowUp(tuple(contacts.get(id, ())), tuple(events.get(id, ())), seen.get(id))
        for id in {*contacts, *events, *seen}
    }


def events_of(store: Store, patient_ids: Sequence[str]) -> dict[str, list[DiseaseEvent]]:
    """The events of some patients, by patient, in the order of the days."""
    found: dict[str, list[DiseaseEvent]] = defaultdict(list)
    for row in store.rows(
        "SELECT * FROM disease_events WHERE state = 'live'"
        " AND patient_id IN (SELECT value FROM json_each(?)) ORDER BY on_day, rowid",
        (json.dumps(list(patient_ids)),),
    ):
        found[row["patient_id"]].append(_event(row))
    return dict(found)


def events_between(store: Store, patient_id: str, first: date, last: date) -> list[DiseaseEvent]:
    """A patient's events of some days."""
    ids = json.dumps([patient_id])
    events = _by_patient(store, "disease_events", _event, ids).get(patient_id, [])
    return [event for event in events if first <= event.on <= last]


def _by_patient(
    store: Store, table: str, made: Callable[[Row], _T], patient_ids: str
) -> dict[str, list[_T]]:
    """The standing rows of a table by patient; `patient_ids` is a list as JSON."""
    found: dict[str, list[_T]] = defaultdict(list)
    for row in store.rows(
        f"SELECT * FROM {table} WHERE state = 'live'"
        " AND patient_id IN (SELECT value FROM json_each(?)) ORDER BY on_day, rowid",
        (patient_ids,),
    ):
        found[row["patient_id"]].append(made(row))
    return found


def _standing(store: Store, table: str, id: str) -> Row:
    row = store.row(f"SELECT * FROM {table} WHERE id = ? AND state = 'live'", (id,))
    if row is None:
        raise BadInput(say("error.no_such_entry"), field="id")
    return row


def _contact(row: Row) -> Contact:
    return Contact(
        row["id"],
        row["patient_id"],
        date.fromisoformat(row["on_day"]),
        Means(row["means"]),
        row["note"],
        day_value(row["next_on"]),
    )


def _event(row: Row) -> DiseaseEvent:
    return DiseaseEvent(
        row["id"],
        row["patient_id"],
        EventKind(row["kind"]),
        date.fromisoformat(row["on_day"]),
        DeathCause(row["cause"]) if row["cause"] else None,
        row["note"],
        row["marrow_id"],
    )
