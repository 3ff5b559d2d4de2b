"""Administrations: rows and domain objects. A record is replaced or withdrawn, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aml_maint.domain.administration import Administration, Status
from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.store.columns import (
    Row,
    Value,
    decimal_text,
    decimal_value,
    moment_columns,
    moment_value,
    optional_moment,
)
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_LIVE = "SELECT * FROM administrations WHERE state = 'live'"


def add_all(transaction: Transaction, records: Sequence[Administration]) -> None:
    """Add records of doses."""
    for record in records:
        transaction.insert("administrations", _row(record))


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
    row = store.row(f"{_LIVE} AND id = ?", (record_id,))
    if row is None:
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    return _record(row)


def live_between(
    store: Store, first: date, last: date, course_id: str | None = None
) -> dict[SlotId, Administration]:
    """The standing records of the doses planned on `first`..`last`, of all courses or of one."""
    if course_id is None:
        rows = store.rows(f"{_LIVE} AND planned_on BETWEEN ? AND ?", (str(first), str(last)))
    else:
        rows = store.rows(
            f"{_LIVE} AND course_id = ? AND planned_on BETWEEN ? AND ?",
            (course_id, str(first), str(last)),
        )
    records = (_record(row) for row in rows)
    return {record.slot: record for record in records}


def history(store: Store, slot: SlotId) -> list[Administration]:
    """Every record ever made of a slot, oldest first, also replaced and withdrawn ones."""
    rows = store.rows(
        "SELECT * FROM administrations WHERE course_id = ? AND component = ? AND planned_on = ?"
        " AND slot = ? AND sequence = ? ORDER BY recorded_utc, rowid",
        (slot.course, slot.component, str(slot.planned_on), slot.slot, slot.sequence),
    )
    return [_record(row) for row in rows]


@dataclass(frozen=True)
class EndedRecord:
    """A record that no longer stands; `sequence` is the audit event that ended it."""

    record: Administration
    corrected: bool
    sequence: int


def ended(store: Store, slot: SlotId) -> list[EndedRecord]:
    """The records of a slot that were replaced or withdrawn, oldest first."""
    rows = store.rows(
        "SELECT * FROM administrations WHERE course_id = ? AND component = ? AND planned_on = ?"
        " AND slot = ? AND sequence = ? AND state <> 'live' ORDER BY recorded_utc, rowid",
        (slot.course, slot.component, str(slot.planned_on), slot.slot, slot.sequence),
    )
    return [EndedRecord(_record(row), row["state"] == "replaced", row["seq"]) for row in rows]


def with_ended(store: Store, course_id: str, first: date, last: date) -> frozenset[SlotId]:
    """The planned doses of a course and some days of which a record was replaced or withdrawn."""
    rows = store.rows(
        "SELECT DISTINCT course_id, component, planned_on, slot, sequence FROM administrations"
        " WHERE course_id = ? AND planned_on BETWEEN ? AND ? AND state <> 'live'",
        (course_id, str(first), str(last)),
    )
    return frozenset(slot_of(row) for row in rows)


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
        **moment_columns("recorded", record.recorded),
        "recorded_by": record.recorded_by,
        "recorded_role": record.recorded_role,
        "state": "live",
        "replaces": record.replaces,
    }


def slot_of(row: Row) -> SlotId:
    """The planned dose that a row is about."""
    return SlotId(
        row["course_id"],
        row["component"],
        date.fromisoformat(row["planned_on"]),
        row["slot"],
        row["sequence"],
    )


def _record(row: Row) -> Administration:
    value = decimal_value(row["dose_value"])
    return Administration(
        id=row["id"],
        slot=slot_of(row),
        patient_id=row["patient_id"],
        status=Status(row["status"]),
        ideal=datetime.fromisoformat(row["ideal_local"]),
        planned=datetime.fromisoformat(row["planned_local"]),
        given=optional_moment(row, "given"),
        dose=None if value is None else Dose(value, row["dose_unit"]),
        recorded=moment_value(row, "recorded"),
        recorded_by=row["recorded_by"],
        recorded_role=row["recorded_role"],
        reason=row["reason_code"],
        note=row["note"],
        site=row["site"],
        lot=row["lot"],
        temperature=decimal_value(row["temperature"]),
        gate=row["gate"],
        replaces=row["replaces"],
    )
