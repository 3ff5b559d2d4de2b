"""Administrations: rows and domain objects. A record is replaced or withdrawn, never deleted."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

from aml_maint.domain.administration import Administration, Status
from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.unplanned import Unplanned
from aml_maint.store.columns import (
    Row,
    Value,
    decimal_text,
    decimal_value,
    moment_columns,
    utc_text,
    utc_value,
)
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_SLOT = ("course_id", "component", "planned_on", "slot", "sequence")
# What a record is made of, in the order in which `_record` takes it.
_COLUMNS = (
    "id", *_SLOT, "patient_id", "status", "ideal_local", "planned_local",
    "given_utc", "given_offset", "given_zone", "dose_value", "dose_unit",
    "recorded_utc", "recorded_offset", "recorded_zone", "recorded_by", "recorded_role",
    "reason_code", "note", "site", "lot", "temperature", "gate", "replaces", "witness",
    "route", "ordered_by", "indication", "order_id",
)  # fmt: skip
_WHAT = ", ".join(_COLUMNS)
_RECORDS = f"SELECT {_WHAT} FROM administrations"
_LIVE = f"{_RECORDS} WHERE state = 'live'"
_OF_SLOT = " AND ".join(f"{name} = ?" for name in _SLOT)
_UNPLANNED = "slot IN ('unplanned', 'as_needed')"


def add_all(transaction: Transaction, records: Sequence[Administration]) -> None:
    """Add records of doses."""
    transaction.insert_many("administrations", [_row(record) for record in records])


def supersede(transaction: Transaction, old: Administration, new: Administration) -> None:
    """Put a corrected record in the place of an earlier one, which stays readable."""
    transaction.update("administrations", old.id, {"state": "replaced"})
    transaction.insert("administrations", _row(new))


def withdraw(transaction: Transaction, records: Sequence[Administration]) -> None:
    """Mark records as entered in error; one that replaced another brings that one back."""
    for record in records:
        transaction.update("administrations", record.id, {"state": "undone"})
        if record.replaces is not None:
            transaction.update("administrations", record.replaces, {"state": "live"})


def live(store: Store, record_id: str) -> Administration:
    """The record of an id that still stands; Refused if it was replaced or withdrawn."""
    record = _one(store, f"{_LIVE} AND id = ?", record_id)
    if record is None:
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    return record


def of_id(store: Store, record_id: str) -> Administration | None:
    """What stands now of the dose that a record is about, also if the record was replaced since.

    None when there is no such record, or the dose was taken back.
    """
    about = f"SELECT {', '.join(_SLOT)} FROM administrations WHERE id = ?"
    return _one(store, f"{_LIVE} AND ({', '.join(_SLOT)}) = ({about})", record_id)


def live_between(
    store: Store,
    first: date,
    last: date,
    courses: str | Sequence[str] | None = None,
    components: Collection[str] | None = None,
) -> dict[SlotId, Administration]:
    """The standing records of the doses planned on `first`..`last`, of all courses or of some.

    `courses` is the id of one or of several; `components` names those wanted, all if left out.
    """
    records = _between(store, first, last, courses, components, f"AND NOT {_UNPLANNED}")
    return {record.slot: record for record in records}


def live_of(
    store: Store, course_ids: Sequence[str], components: Collection[str], last: date
) -> dict[str, list[Administration]]:
    """By course: the standing records of some components that were planned up to a day."""
    found: dict[str, list[Administration]] = {}
    for record in _records(
        store,
        f"{_LIVE} AND course_id IN (SELECT value FROM json_each(?)) AND planned_on <= ?"
        f" AND component IN (SELECT value FROM json_each(?)) AND NOT {_UNPLANNED}",
        (json.dumps(list(course_ids)), str(last), json.dumps(sorted(components))),
    ):
        found.setdefault(record.slot.course, []).append(record)
    return found


def unplanned_between(
    store: Store,
    first: date,
    last: date,
    course_id: str | None = None,
    components: Collection[str] | None = None,
) -> list[Administration]:
    """The standing records of unplanned doses given on `first`..`last`, by time."""
    which = f"AND {_UNPLANNED} ORDER BY given_utc, id"
    return [*_between(store, first, last, course_id, components, which)]


def _between(
    store: Store,
    first: date,
    last: date,
    courses: str | Sequence[str] | None,
    components: Collection[str] | None,
    which: str,
) -> Iterator[Administration]:
    values = [str(first), str(last)]
    query = f"{_LIVE} AND planned_on BETWEEN ? AND ?"
    if isinstance(courses, str):
        values.append(courses)
        query += " AND course_id = ?"
    elif courses is not None:
        values.append(json.dumps(courses))
        query += " AND course_id IN (SELECT value FROM json_each(?))"
    if components is not None:
        values += sorted(components)
        query += f" AND component IN ({','.join('?' * len(components))})"
    return _records(store, f"{query} {which}", values)


class TakenDose(NamedTuple):
    """A dose that was taken, without what else is known of it."""

    component: str
    slot: str
    given: datetime
    dose: Dose


def taken_since(store: Store, course_id: str, since: datetime) -> list[TakenDose]:
    """The doses of a course taken from an instant (UTC) on, planned or not, by time."""
    rows = store.rows(
        "SELECT component, slot, given_utc, dose_value, dose_unit FROM administrations"
        " WHERE state = 'live' AND course_id = ? AND given_utc >= ? ORDER BY given_utc",
        (course_id, utc_text(since)),
    )
    return [
        TakenDose(
            row["component"],
            row["slot"],
            utc_value(row["given_utc"]),
            Dose(Decimal(row["dose_value"]), row["dose_unit"]),
        )
        for row in rows
    ]


def next_sequence(store: Store, slot: SlotId) -> int:
    """The number of the next unplanned dose of a day; numbers of withdrawn ones are not reused."""
    row = store.row(
        "SELECT coalesce(max(sequence), 0) + 1 AS next FROM administrations"
        " WHERE course_id = ? AND component = ? AND planned_on = ? AND slot = ?",
        (slot.course, slot.component, str(slot.planned_on), slot.slot),
    )
    assert row is not None  # an aggregate has one row
    number: int = row["next"]
    return number


def history(store: Store, slot: SlotId) -> list[Administration]:
    """Every record ever made of a slot, oldest first, also replaced and withdrawn ones."""
    query = f"{_RECORDS} WHERE {_OF_SLOT} ORDER BY recorded_utc, rowid"
    return [*_records(store, query, _key(slot))]


@dataclass(frozen=True)
class EndedRecord:
    """A record that no longer stands; `sequence` is the audit event that ended it."""

    record: Administration
    corrected: bool
    sequence: int


def ended(store: Store, slot: SlotId) -> list[EndedRecord]:
    """The records of a slot that were replaced or withdrawn, oldest first."""
    query = (
        f"SELECT state, seq, {_WHAT} FROM administrations WHERE {_OF_SLOT} AND state <> 'live'"
        " ORDER BY recorded_utc, rowid"
    )
    return [
        EndedRecord(_record(row), state == "replaced", sequence)
        for state, sequence, *row in store.stream(query, _key(slot))
    ]


def of_course(
    store: Store, course_id: str, first: date, last: date
) -> tuple[list[Administration], frozenset[SlotId]]:
    """The standing records of a course and some days, unplanned ones included, and the doses of
    which a record was replaced or withdrawn."""
    mine = "course_id = ? AND planned_on BETWEEN ? AND ?"
    query = f"SELECT {_WHAT}, state FROM administrations WHERE {mine}"
    standing, struck = [], set()
    for *row, state in store.stream(query, (course_id, str(first), str(last))):
        record = _record(row)
        if state == "live":
            standing.append(record)
        else:
            struck.add(record.slot)
    return standing, frozenset(struck)


def first_and_last(
    store: Store, until: date, course_ids: Sequence[str]
) -> dict[str, tuple[date, date]]:
    """By course: the days of the first and of the last dose taken, up to a day."""
    rows = store.rows(
        "SELECT course_id, min(day) AS first, max(day) AS last FROM ("
        " SELECT course_id, date(given_utc, given_offset || ' minutes') AS day"
        " FROM administrations WHERE state = 'live' AND given_utc IS NOT NULL"
        " AND course_id IN (SELECT value FROM json_each(?))"
        ") WHERE day <= ? GROUP BY course_id",
        (json.dumps(list(course_ids)), until.isoformat()),
    )
    return {
        row["course_id"]: (date.fromisoformat(row["first"]), date.fromisoformat(row["last"]))
        for row in rows
    }


def injected(store: Store, patient_id: str, first: date) -> list[Administration]:
    """A patient's standing records with an injection site, planned on `first` or later."""
    return _given_with(store, "site", patient_id, first)


def with_temperature(store: Store, patient_id: str, first: date) -> list[Administration]:
    """The same of records with a temperature."""
    return _given_with(store, "temperature", patient_id, first)


def _given_with(store: Store, column: str, patient_id: str, first: date) -> list[Administration]:
    query = (
        f"{_LIVE} AND {column} IS NOT NULL AND given_utc IS NOT NULL AND planned_on >= ?"
        " AND course_id IN (SELECT id FROM courses WHERE patient_id = ?) ORDER BY given_utc"
    )
    return [*_records(store, query, (str(first), patient_id))]


def with_lot(store: Store, component: str, first: date) -> list[str]:
    """The lots of a component used on the ward since a day, the one used last first."""
    rows = store.rows(
        "SELECT lot, max(given_utc) AS used FROM administrations WHERE state = 'live'"
        " AND planned_on >= ? AND component = ? AND lot IS NOT NULL AND given_utc IS NOT NULL"
        " GROUP BY lot ORDER BY used DESC",
        (str(first), component),
    )
    return [row["lot"] for row in rows]


def people(store: Store, first: date) -> list[str]:
    """Who recorded or witnessed doses planned on `first` or later, in order of name."""
    rows = store.rows(
        "SELECT recorded_by AS name FROM administrations WHERE planned_on >= :first UNION"
        " SELECT witness FROM administrations WHERE planned_on >= :first AND witness IS NOT NULL"
        " ORDER BY name",
        {"first": str(first)},
    )
    return [row["name"] for row in rows]


def _row(record: Administration) -> dict[str, Value]:
    return {
        "id": record.id,
        "course_id": record.slot.course,
        "patient_id": record.patient_id,
        "component": record.slot.component,
        "planned_on": record.slot.planned_on.isoformat(),
        "slot": record.slot.slot,
        "sequence": record.slot.sequence,
        "ideal_local": record.ideal.isoformat(timespec="minutes"),
        "planned_local": record.planned.isoformat(timespec="minutes"),
        "status": record.status.value,
        **moment_columns("given", record.given),
        "dose_value": decimal_text(record.dose.value) if record.dose else None,
        "dose_unit": record.dose.unit if record.dose else None,
        "reason_code": record.reason,
        "note": record.note,
        "site": record.site,
        "lot": record.lot,
        "temperature": decimal_text(record.temperature),
        "gate": record.gate,
        "witness": record.witness,
        **moment_columns("recorded", record.recorded),
        "recorded_by": record.recorded_by,
        "recorded_role": record.recorded_role,
        "state": "live",
        "replaces": record.replaces,
        **_unplanned_columns(record.unplanned),
    }


def _unplanned_columns(unplanned: Unplanned | None) -> dict[str, Value]:
    if unplanned is None:
        return {}
    return {
        "route": unplanned.route,
        "ordered_by": unplanned.ordered_by,
        "indication": unplanned.indication,
        "order_id": unplanned.order,
    }


def slot_of(row: Row) -> SlotId:
    """The planned dose that a row is about."""
    return SlotId(
        intern(row["course_id"]),
        intern(row["component"]),
        date.fromisoformat(row["planned_on"]),
        intern(row["slot"]),
        row["sequence"],
    )


def _key(slot: SlotId) -> tuple[str, str, str, str, int]:
    return slot.course, slot.component, str(slot.planned_on), slot.slot, slot.sequence


def _one(store: Store, query: str, record_id: str) -> Administration | None:
    """The only record of a query, or None."""
    return next(iter([*_records(store, query, (record_id,))]), None)


def _records(store: Store, query: str, values: Sequence[Any]) -> Iterator[Administration]:
    """The records of a query for their columns."""
    return map(_record, store.stream(query, values))


# Most doses of a ward are of a few amounts.
@lru_cache(maxsize=256)
def _dose(value: str, unit: str) -> Dose:
    return Dose(Decimal(value), unit)


def _record(row: Sequence[Any]) -> Administration:
    """The record of a row, column by column; words that stand in thousands are held once."""
    (
        id, course, component, planned_on, slot, sequence, patient, status, ideal, planned,
        given, given_offset, given_zone, value, unit,
        recorded, recorded_offset, recorded_zone, recorded_by, recorded_role,
        reason, note, site, lot, temperature, gate, replaces, witness,
        route, ordered_by, indication, order,
    ) = row  # fmt: skip
    return Administration(
        id,
        SlotId(
            intern(course),
            intern(component),
            date.fromisoformat(planned_on),
            intern(slot),
            sequence,
        ),
        intern(patient),
        Status(status),
        datetime.fromisoformat(ideal),
        datetime.fromisoformat(planned),
        None if given is None else Moment(utc_value(given), given_offset, intern(given_zone)),
        None if value is None else _dose(value, unit),
        Moment(utc_value(recorded), recorded_offset, intern(recorded_zone)),
        intern(recorded_by),
        intern(recorded_role),
        reason,
        note,
        site,
        lot,
        decimal_value(temperature),
        gate,
        replaces,
        witness,
        None if ordered_by is None else Unplanned(route, ordered_by, indication, order),
    )
