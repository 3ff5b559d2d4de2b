"""What is remembered of the file always says what the file says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlcipher3 import dbapi2

from aml_maint.services.library import regimens, site_catalogue
from aml_maint.services.shelf import SiteShelf
from aml_maint.store import courses, site_settings
from aml_maint.store.database import Store
from aml_maint.store.errors import NotUnique
from aml_maint.store.memory import Memory
from tests.store.rows import a_command, a_course, a_lab_value, a_patient, insert


def shelf_of(store: Store) -> SiteShelf:
    return SiteShelf(site_settings.history(store, site_catalogue()), date(2026, 3, 5))


def begun(store: Store) -> dict[str, Any]:
    """A course of a regimen that there is, in its first cycle."""
    patient, regimen = a_patient(), next(iter(regimens().values()))
    course = a_course(patient["id"], regimen_id=regimen.id, regimen_version=regimen.version)
    with store.write(a_command("test.start")) as transaction:
        transaction.insert("patients", patient)
        transaction.insert("courses", course)
        transaction.insert("cycles", a_cycle(course, 1, "2026-03-02"))
    return course


def a_cycle(course: dict[str, Any], number: int, first_day: str) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "course_id": course["id"],
        "number": number,
        "first_day": first_day,
    }


def tables_read(store: Store, read: Callable[[], object]) -> set[str]:
    """The tables that the engine looks into while something is read."""
    found: set[str] = set()

    def watch(act: int, table: str | None, *_: object) -> int:
        if act == dbapi2.SQLITE_READ and table and table != "json_each":  # a list that was given
            found.add(table)
        return cast("int", dbapi2.SQLITE_OK)

    store._connection.set_authorizer(watch)
    try:
        read()
    finally:
        store._connection.set_authorizer(store._guard)
    return found


def test_a_course_names_every_table_that_it_is_read_from(store: Store) -> None:
    course = begun(store)
    read = tables_read(store, lambda: courses.course(store, course["id"], shelf_of(store)))
    assert {"courses", "cycles", "holds"} < read
    assert read <= set(courses.TABLES)


def test_the_settings_name_every_table_that_they_are_read_from(store: Store) -> None:
    read = tables_read(store, lambda: site_settings.history(store, site_catalogue()))
    assert read == set(site_settings.TABLES)


def test_a_course_is_built_anew_after_a_write_to_its_facts_and_only_then(store: Store) -> None:
    course, shelf = begun(store), shelf_of(store)
    known = courses.course(store, course["id"], shelf)
    insert(store, "lab_values", a_lab_value(course["patient_id"]))
    assert courses.course(store, course["id"], shelf) is known
    second = a_cycle(course, 2, "2026-04-01")
    insert(store, "cycles", second)
    assert [c.number for c in courses.course(store, course["id"], shelf).cycles] == [1, 2]


def test_a_course_is_built_anew_on_another_shelf(store: Store) -> None:
    course = begun(store)
    known = courses.course(store, course["id"], shelf_of(store))
    assert courses.course(store, course["id"], shelf_of(store)) is not known


def test_a_write_reads_what_it_wrote_itself_and_leaves_no_trace_when_undone(store: Store) -> None:
    course, shelf = begun(store), shelf_of(store)
    courses.course(store, course["id"], shelf)
    second = a_cycle(course, 2, "2026-04-01")

    def write_and_fail() -> None:
        with store.write(a_command()) as transaction:
            transaction.insert("cycles", second)
            assert len(courses.course(store, course["id"], shelf).cycles) == 2
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_and_fail()
    assert len(courses.course(store, course["id"], shelf).cycles) == 1


def test_a_value_made_from_something_else_is_not_found() -> None:
    memory = Memory()
    memory.keep("key", 1, ["patients"], "value")
    assert memory.find("key", 1) == "value"
    assert memory.find("key", 2) is None
    assert memory.find("other", 1) is None


def test_a_value_goes_with_any_of_the_tables_that_it_rests_on_and_no_other_does() -> None:
    memory = Memory()

    def keep() -> None:
        memory.keep("bed", None, ("patients", "courses"), 12)
        memory.keep("count", None, ("labs",), 96)

    for written in ("patients", "courses"):
        keep()
        memory.pause()
        memory.resume([written])
        assert (memory.find("bed", None), memory.find("count", None)) == (None, 96)
    keep()
    memory.pause()
    memory.resume([])
    assert (memory.find("bed", None), memory.find("count", None)) == (12, 96)


def test_rows_written_together_are_recorded_in_their_order_as_the_file_holds_them(
    store: Store,
) -> None:
    patients = [a_patient(), a_patient(ward="7"), a_patient(), a_patient()]
    with store.write(a_command()) as transaction:
        transaction.insert_many("patients", patients)
    assert [change.id for change in transaction.changes] == [row["id"] for row in patients]
    for row, change in zip(patients, transaction.changes, strict=True):
        assert row.items() <= change.after.items()
        (held,) = store.rows("SELECT * FROM patients WHERE id = ?", (row["id"],))
        assert held == {**change.after, "seq": transaction.sequence}


def test_when_one_of_several_rows_is_refused_none_of_the_write_stays(store: Store) -> None:
    twice = a_patient()
    with pytest.raises(NotUnique), store.write(a_command()) as transaction:
        transaction.insert_many("patients", [a_patient(), twice, twice])
    assert store.rows("SELECT * FROM patients") == []


def test_rows_that_no_event_holds_can_not_be_saved_by_passing_over_the_refusal(
    store: Store,
) -> None:
    twice = a_patient()

    def write_and_pass_over() -> None:
        with store.write(a_command()) as transaction:
            transaction.insert("patients", a_patient())
            with suppress(NotUnique):
                transaction.insert_many("patients", [a_patient(), twice, twice])

    with pytest.raises(RuntimeError, match="undo"):
        write_and_pass_over()
    assert store.rows("SELECT * FROM patients") == []
