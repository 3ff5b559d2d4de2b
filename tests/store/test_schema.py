"""What the tables themselves refuse, whoever writes into them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlcipher3 import dbapi2

from aml_maint.store import migrations
from aml_maint.store.database import Store
from aml_maint.store.errors import NotUnique
from aml_maint.store.migrations.m0001 import CLINICAL
from tests.store.rows import (
    a_command,
    a_course,
    a_lab_value,
    a_patient,
    an_administration,
    insert,
    started_course,
    without_the_store,
)


def refused(store: Store, table: str, row: dict[str, Any]) -> bool:
    try:
        insert(store, table, row)
    except dbapi2.IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"sex": "female"}, True),
        ({"sex": "F"}, False),
        ({"allergy_state": ""}, False),
        ({"eln_risk": "favorable"}, False),
        ({"flt3_itd": "not_tested"}, True),
        ({"mrn": ""}, False),
        ({"born_on": "1961-07-14"}, True),
        ({"born_on": "1961-02-29"}, False),
        ({"born_on": "14-07-1961"}, False),
        ({"born_on": "1961-07-14T00:00"}, False),
        ({"id": "1"}, False),
        ({"family_name": None}, False),
    ],
)
def test_a_patient_has_only_known_words_and_days_that_exist(
    store: Store, facts: dict[str, Any], allowed: bool
) -> None:
    assert refused(store, "patients", a_patient(**facts)) is not allowed


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"value": "50"}, True),
        ({"value": "50.10"}, True),
        ({"value": "-0.5"}, True),
        ({"value": "5e1"}, False),
        ({"value": "50,1"}, False),
        ({"value": "< 50"}, False),
        ({"value": ""}, False),
        ({"value": "."}, False),
        ({"upper_limit": None}, True),
        ({"comparator": "<"}, True),
        ({"comparator": "≤"}, False),
        ({"withdrawn": 2}, False),
        ({"collected_utc": "2026-03-05T01:00:00Z"}, False),
        ({"collected_utc": "2026-03-05T01:00:00.000000+00:00"}, False),
        ({"collected_offset": 1440}, False),
        ({"collected_zone": None}, False),
    ],
)
def test_a_laboratory_value_is_a_decimal_text_with_a_full_moment(
    store: Store, facts: dict[str, Any], allowed: bool
) -> None:
    patient = a_patient()
    insert(store, "patients", patient)
    assert refused(store, "lab_values", a_lab_value(patient["id"], **facts)) is not allowed


NOT_TAKEN = {"given_utc": None, "given_offset": None, "given_zone": None, "dose_value": None,
             "dose_unit": None}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({}, True),
        ({"status": "late"}, False),
        ({"dose_value": None, "dose_unit": None}, False),
        ({"dose_unit": None}, False),
        ({"given_utc": None, "given_offset": None, "given_zone": None}, False),
        ({"given_zone": None}, False),
        ({**NOT_TAKEN, "status": "partly_given"}, False),
        ({**NOT_TAKEN, "status": "missed"}, False),
        ({**NOT_TAKEN, "status": "missed", "reason_code": "forgotten"}, True),
        ({**NOT_TAKEN, "status": "held"}, False),
        ({**NOT_TAKEN, "status": "refused"}, False),
        ({**NOT_TAKEN, "status": "not_applicable"}, True),
        ({"state": "gone"}, False),
        ({"sequence": -1}, False),
        ({"replaces": str(uuid4())}, False),
        ({"patient_id": str(uuid4())}, False),
        ({"course_id": str(uuid4())}, False),
    ],
)
def test_an_administration_is_complete_for_its_status_and_hangs_on_what_exists(
    store: Store, facts: dict[str, Any], allowed: bool
) -> None:
    course = started_course(store)
    assert refused(store, "administrations", an_administration(course, **facts)) is not allowed


def test_a_course_has_no_reason_for_an_end_without_the_end(store: Store) -> None:
    patient = a_patient()
    insert(store, "patients", patient)
    assert refused(store, "courses", a_course(patient["id"], end_reason="death"))
    ended = a_course(patient["id"], end_reason="death", ended_on="2026-04-01")
    assert not refused(store, "courses", ended)


def test_a_course_has_each_cycle_once_and_one_cycle_a_day(store: Store) -> None:
    course = started_course(store)
    rows = [
        {"id": str(uuid4()), "course_id": course["id"], "number": number, "first_day": day}
        for number, day in ((1, "2026-03-02"), (1, "2026-03-30"), (2, "2026-03-02"))
    ]
    insert(store, "cycles", rows[0])
    for row in rows[1:]:
        with (
            pytest.raises(NotUnique),
            store.write(a_command()) as transaction,
        ):
            transaction.insert("cycles", row)


@pytest.mark.parametrize("table", ["patients", "courses", "administrations"])
def test_nothing_clinical_is_deleted_even_by_a_tool_with_the_key(
    store: Store, path: Path, table: str
) -> None:
    course = started_course(store)
    insert(store, "administrations", an_administration(course))
    store.close()
    connection = without_the_store(path)
    with pytest.raises(dbapi2.IntegrityError, match="nothing is ever deleted"):
        connection.execute(f"DELETE FROM {table}")
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET event = '{}'",
        "DELETE FROM audit",
        "UPDATE audit_patients SET seq = 1",
        "DELETE FROM audit_patients",
        "UPDATE meta SET value = 'demo'",
        "DELETE FROM meta",
        "INSERT INTO audit VALUES (7, 'x', '{}', hex(zeroblob(32)))",
        "INSERT INTO audit VALUES (1, 'x', '{}', hex(zeroblob(32)))",
    ],
)
def test_the_trail_only_grows_and_by_one(store: Store, path: Path, statement: str) -> None:
    started_course(store)
    store.close()
    connection = without_the_store(path)
    with pytest.raises(dbapi2.IntegrityError):
        connection.execute(statement)
    connection.close()


def test_every_clinical_table_is_strict_and_guarded_against_deletion(store: Store) -> None:
    strict = {row["name"] for row in store.rows("SELECT name FROM pragma_table_list WHERE strict")}
    triggers = {row["name"] for row in store.rows("SELECT name FROM sqlite_master")}
    assert set(CLINICAL) <= strict
    assert set(CLINICAL) == set(store.columns) - {"meta"}
    assert {f"{table}_is_never_deleted" for table in CLINICAL} <= triggers


def test_the_newest_schema_is_the_one_its_fingerprint_was_taken_of(store: Store) -> None:
    """Fails after a change of the steps: a released step must not change, a new one takes this."""
    assert migrations.fingerprint(store._connection) == migrations.STEPS[-1].fingerprint


def test_a_ward_and_a_day_are_found_without_reading_the_history(store: Store) -> None:
    questions = {
        "state = 'live' AND planned_on BETWEEN '2026-03-02' AND '2026-03-02'": (
            "one_live_administration_per_slot"
        ),
        "course_id = 'x' AND planned_on = '2026-03-02'": "administrations_of_course",
    }
    for where, index in questions.items():
        plan = store.rows(f"EXPLAIN QUERY PLAN SELECT * FROM administrations WHERE {where}")
        assert f"USING INDEX {index}" in plan[0]["detail"]


def test_results_that_are_out_are_found_without_reading_those_that_came_back(
    store: Store,
) -> None:
    plan = store.rows("EXPLAIN QUERY PLAN SELECT marrow_id FROM specimens WHERE is_back = 0")
    assert "specimens_out" in plan[0]["detail"]
