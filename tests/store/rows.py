"""Commands and rows for tests of the store, and a connection that knows nothing of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any, cast
from uuid import UUID, uuid4

from sqlcipher3 import dbapi2

from aml_maint.domain.command import Actor, Command, Role
from aml_maint.domain.moment import Moment
from aml_maint.store import engine
from aml_maint.store.columns import moment_columns
from aml_maint.store.database import Store

PASSPHRASE = "it's a long 口令"
NURSE = Actor("Li Na", Role.NURSE, "ward-pc-1")
AT = Moment(datetime(2026, 3, 5, 1, 0, tzinfo=UTC), 480, "Asia/Shanghai")
FEW_ROUNDS = 1_000  # of key derivation, so that a test opens a file in a moment


def a_command(action: str = "test.act", *, id: UUID | None = None, reason: str = "") -> Command:
    return Command(id or uuid4(), action, NURSE, recorded=AT, occurred=AT, reason=reason)


def a_patient(**facts: Any) -> dict[str, Any]:
    row = {
        "id": str(uuid4()),
        "family_name": "Chen",
        "given_name": "Wei",
        "mrn": str(uuid4()),
        "sex": "male",
        "allergy_state": "none_known",
        "flt3_itd": "positive",
        "eln_risk": "intermediate",
    }
    return row | facts


def a_course(patient_id: str, **facts: Any) -> dict[str, Any]:
    row = {
        "id": str(uuid4()),
        "patient_id": patient_id,
        "regimen_id": "sorafenib-iti",
        "regimen_version": 1,
        "zone": "Asia/Shanghai",
        "first_day": "2026-03-02",
    }
    return row | facts


def an_administration(course: dict[str, Any], number: int = 0, **facts: Any) -> dict[str, Any]:
    day = (datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=number)).date().isoformat()
    row = {
        "id": str(uuid4()),
        "course_id": course["id"],
        "patient_id": course["patient_id"],
        "component": "sorafenib",
        "planned_on": day,
        "slot": "morning",
        "sequence": 0,
        "ideal_local": f"{day}T07:00",
        "planned_local": f"{day}T07:00",
        "status": "given",
        **moment_columns("given", AT),
        "dose_value": "400",
        "dose_unit": "mg",
        **moment_columns("recorded", AT),
        "recorded_by": NURSE.name,
        "recorded_role": NURSE.role.value,
    }
    return row | facts


def a_lab_value(patient_id: str, **facts: Any) -> dict[str, Any]:
    row = {
        "id": str(uuid4()),
        "patient_id": patient_id,
        "analyte": "platelets",
        "comparator": "=",
        "value": "50.10",
        "unit": "10*9/L",
        **moment_columns("collected", AT),
    }
    return row | facts


def insert(store: Store, table: str, row: dict[str, Any], action: str = "test.act") -> int:
    """Write one row as a command of its own; the sequence of its event."""
    with store.write(a_command(action)) as transaction:
        transaction.insert(table, row)
    return transaction.sequence


def started_course(store: Store) -> dict[str, Any]:
    """A patient with a course."""
    patient = a_patient()
    course = a_course(patient["id"])
    with store.write(a_command("test.start")) as transaction:
        transaction.insert("patients", patient)
        transaction.insert("courses", course)
    return course


def without_the_store(path: Path, passphrase: str = PASSPHRASE) -> Connection:
    """The file as any SQLCipher tool opens it: no lock, no settings, none of our functions."""
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA cipher_log_level = none")
    quoted = passphrase.replace("'", "''")
    connection.execute(f"PRAGMA key = '{quoted}'")
    connection.execute(f"PRAGMA kdf_iter = {engine.KDF_ITERATIONS}")
    return cast("Connection", connection)


def content(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    tables = (*store.columns, "audit", "audit_patients")
    return {table: store.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}
