"""Commands: all or nothing, exactly once, and never "maybe"."""

from __future__ import annotations

import shutil
import sys
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlcipher3 import dbapi2

from aml_maint.domain.errors import BadInput, StorageProblem
from aml_maint.domain.messages import Message
from aml_maint.store import audit
from aml_maint.store.database import Store
from aml_maint.store.errors import AlreadyDone, NotUnique
from tests.store.rows import (
    PASSPHRASE,
    a_command,
    a_patient,
    an_administration,
    content,
    insert,
    started_course,
)

posix_only = pytest.mark.skipif(
    sys.platform == "win32", reason="an open file can't be moved or replaced there"
)


def reason(problem: pytest.ExceptionInfo[StorageProblem]) -> str:
    """Why something was not saved; fails unless the message says that it was not."""
    assert problem.value.message.key == "store.not_saved"
    return cast("Message", problem.value.message.params["reason"]).key


def test_a_command_writes_its_rows_and_one_event_that_names_them(store: Store) -> None:
    patient = a_patient()
    command = a_command("patient.admit", reason="transferred")
    with store.write(command) as transaction:
        transaction.insert("patients", patient)
    event = audit.event(store, transaction.sequence)
    assert event is not None
    assert event.command == command
    (change,) = event.changes
    assert (change.table, change.id, change.before) == ("patients", patient["id"], None)
    assert patient.items() <= change.after.items()
    assert store.head() == audit.Head(2, event.hash)
    assert store.rows("SELECT seq FROM patients") == [{"seq": 2}]


def test_the_event_holds_what_the_file_holds_also_of_columns_left_out(store: Store) -> None:
    insert(store, "patients", a_patient())
    event = audit.event(store, 2)
    assert event is not None
    assert event.changes[0].after["ward"] == ""
    assert event.changes[0].after["born_on"] is None


def test_an_update_keeps_what_the_changed_columns_held_before(store: Store) -> None:
    patient = a_patient(ward="7", bed="1")
    insert(store, "patients", patient)
    with store.write(a_command()) as transaction:
        transaction.update("patients", patient["id"], {"ward": "7", "bed": "2"})
    event = audit.event(store, transaction.sequence)
    assert event is not None
    (change,) = event.changes
    assert change.before == {"bed": "1"}
    assert change.after["bed"] == "2"
    assert change.prior == 2


def test_an_exception_undoes_every_row_and_the_event(store: Store) -> None:
    before = content(store)

    def fail() -> None:
        with store.write(a_command()) as transaction:
            transaction.insert("patients", a_patient())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert content(store) == before
    insert(store, "patients", a_patient())
    assert store.head().sequence == 2


def test_a_command_is_carried_out_once_and_then_only_answered(store: Store) -> None:
    command = a_command()
    with store.write(command) as transaction:
        transaction.insert("patients", a_patient())
    with pytest.raises(AlreadyDone) as caught, store.write(command) as transaction:
        transaction.insert("patients", a_patient())
    assert caught.value.sequence == store.sequence_of(command.id) == 2
    assert store.counts()["patients"] == 1


def test_a_command_that_was_not_carried_out_has_no_sequence(store: Store) -> None:
    assert store.sequence_of(uuid4()) is None


def test_a_write_that_changes_nothing_is_a_bug(store: Store) -> None:
    with pytest.raises(ValueError, match="changed nothing"), store.write(a_command()):
        pass
    assert store.head().sequence == 1


def test_a_note_makes_an_event_of_an_act_that_changes_no_row(store: Store) -> None:
    with store.write(a_command("store.backup")) as transaction:
        transaction.note({"file": "ward-1.amldb", "checked": True})
    event = audit.event(store, transaction.sequence)
    assert event is not None
    assert (event.changes, event.note) == ((), {"file": "ward-1.amldb", "checked": True})


@pytest.mark.parametrize("value", [0.1, Decimal("0.1"), object()])
def test_a_note_takes_no_value_that_json_would_bend(store: Store, value: object) -> None:
    with pytest.raises(TypeError), store.write(a_command()) as transaction:
        transaction.note({"value": value})


def test_a_misspelt_table_is_a_bug_and_never_a_new_table(store: Store) -> None:
    with pytest.raises(ValueError, match="no table"), store.write(a_command()) as transaction:
        transaction.insert("pateints", a_patient())
    assert "pateints" not in store.columns


@pytest.mark.parametrize("table", ["audit", "audit_patients", "sqlite_master"])
def test_the_audit_tables_are_not_written_like_others(store: Store, table: str) -> None:
    with pytest.raises(ValueError, match="no table"), store.write(a_command()) as transaction:
        transaction.insert(table, {"id": "x"})


@pytest.mark.parametrize("column", ["familyname", "seq", "id = '' --"])
def test_a_column_that_is_not_there_to_write_is_a_bug(store: Store, column: str) -> None:
    with pytest.raises(ValueError, match="no column"), store.write(a_command()) as transaction:
        transaction.insert("patients", a_patient(**{column: "x"}))


def test_updating_a_row_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(LookupError), store.write(a_command()) as transaction:
        transaction.update("patients", str(uuid4()), {"bed": "1"})
    assert store.head().sequence == 1


def test_a_row_keeps_its_id(store: Store) -> None:
    patient = a_patient()
    insert(store, "patients", patient)
    with pytest.raises(ValueError, match="keeps its id"), store.write(a_command()) as transaction:
        transaction.update("patients", patient["id"], {"id": str(uuid4())})


@pytest.mark.parametrize("value", [1.5, Decimal("1.5"), b"bytes", ("a",)])
def test_only_texts_and_integers_are_written(store: Store, value: Any) -> None:
    with pytest.raises(TypeError), store.write(a_command()) as transaction:
        transaction.insert("patients", a_patient(note=value))


def test_the_member_of_an_enumeration_is_written_as_its_text(store: Store) -> None:
    class Sex(StrEnum):
        FEMALE = "female"

    insert(store, "patients", a_patient(sex=Sex.FEMALE))
    assert store.rows("SELECT sex FROM patients") == [{"sex": "female"}]


def test_half_a_character_is_refused_as_input(store: Store) -> None:
    with pytest.raises(BadInput) as caught, store.write(a_command()) as transaction:
        transaction.insert("patients", a_patient(note="torn \ud83e"))
    assert caught.value.field == "note"


def test_a_second_row_where_only_one_may_be_says_by_which_columns(store: Store) -> None:
    insert(store, "patients", a_patient(mrn="42"))
    with pytest.raises(NotUnique) as caught, store.write(a_command()) as transaction:
        transaction.insert("patients", a_patient(mrn="42"))
    assert caught.value.columns == ("patients.mrn",)


def test_a_refused_row_can_be_answered_inside_the_write_that_goes_on(store: Store) -> None:
    insert(store, "patients", a_patient(mrn="42"))
    with store.write(a_command()) as transaction:
        with pytest.raises(NotUnique):
            transaction.insert("patients", a_patient(mrn="42"))
        transaction.insert("patients", a_patient(mrn="43"))
    assert [row["mrn"] for row in store.rows("SELECT mrn FROM patients ORDER BY 1")] == ["42", "43"]


def test_a_query_sees_the_rows_of_its_own_write(store: Store) -> None:
    with store.write(a_command()) as transaction:
        patient = a_patient()
        transaction.insert("patients", patient)
        row = transaction.row("SELECT mrn FROM patients WHERE id = ?", (patient["id"],))
        assert row == {"mrn": patient["mrn"]}


def test_a_query_can_not_write_past_the_audit(store: Store) -> None:
    patient = a_patient()
    insert(store, "patients", patient)
    update = "UPDATE patients SET bed = '9' RETURNING bed"
    hidden = f"WITH one AS (SELECT 1) {update}"
    for sql in (update, f"INSERT INTO patients {update}", "DELETE FROM drafts RETURNING name"):
        with pytest.raises(ValueError, match="only queries"):
            store.rows(sql)
        with pytest.raises(ValueError, match="only queries"):
            list(store.stream(sql))
    for sql in (hidden, "PRAGMA user_version = 7", "PRAGMA journal_mode = OFF"):
        with pytest.raises(dbapi2.DatabaseError, match="not authorized"):
            store.rows(sql)
        with pytest.raises(dbapi2.DatabaseError, match="not authorized"):
            list(store.stream(sql))
    with (
        pytest.raises(ValueError, match="insert and update"),
        store.write(a_command()) as transaction,
    ):
        transaction.rows(hidden)
    assert store.rows("SELECT bed FROM patients") == [{"bed": ""}]


def test_half_a_character_that_is_asked_for_is_told_however_rows_are_read(store: Store) -> None:
    query = "SELECT bed FROM patients WHERE mrn = ?"
    for read in (store.rows, store.each, store.stream):
        with pytest.raises(BadInput):
            list(read(query, ("torn \ud83e",)))


def test_one_row_is_expected_where_one_row_is_asked_for(store: Store) -> None:
    assert store.row("SELECT * FROM patients") is None
    insert(store, "patients", a_patient())
    insert(store, "patients", a_patient())
    with pytest.raises(ValueError, match="one row"):
        store.row("SELECT * FROM patients")


def test_a_statement_that_gives_no_rows_is_no_query(store: Store) -> None:
    with pytest.raises(ValueError, match="only queries"):
        store.rows("PRAGMA cache_size = 100")


@pytest.mark.parametrize("row_id", [None, 7])
def test_a_row_brings_its_own_id(store: Store, row_id: Any) -> None:
    with pytest.raises(ValueError, match="needs an id"), store.write(a_command()) as transaction:
        transaction.insert("patients", a_patient(id=row_id))


def test_a_copy_that_was_opened_for_reading_takes_no_writes(store: Store, path: Path) -> None:
    store.close()
    with Store.open_copy(path, PASSPHRASE) as copy:
        with pytest.raises(RuntimeError, match="reading only"):
            insert(copy, "patients", a_patient())
        assert copy.counts()["patients"] == 0


def test_a_write_inside_a_write_is_a_bug(store: Store) -> None:
    with pytest.raises(RuntimeError, match="open already"), store.write(a_command()):
        insert(store, "patients", a_patient())
    assert store.counts()["patients"] == 0


def test_a_copy_can_not_be_made_of_half_a_write(store: Store, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="half"), store.write(a_command()):
        store.copy_to(tmp_path / "copy")


def test_a_write_takes_its_lock_before_it_reads_what_it_is_based_on(store: Store) -> None:
    statements: list[str] = []
    store._connection.set_trace_callback(statements.append)
    insert(store, "patients", a_patient())
    store._connection.set_trace_callback(None)
    begun = [statement for statement in statements if "BEGIN" in statement.upper().split()]
    assert begun == ["BEGIN IMMEDIATE"]


def test_a_full_disk_saves_nothing_says_so_and_writing_goes_on_when_there_is_room(
    store: Store,
) -> None:
    pages = store.rows("PRAGMA page_count")[0]["page_count"]
    store.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageProblem) as caught:
        insert(store, "patients", a_patient(note="x" * 100_000))
    assert reason(caught) == "store.disk_full"
    assert store.counts()["patients"] == 0
    store.rows("PRAGMA max_page_count = 1000000")
    insert(store, "patients", a_patient(note="x" * 100_000))
    assert store.counts()["patients"] == 1


def test_nothing_is_written_on_after_the_engine_gave_up_a_write(store: Store) -> None:
    def write_on() -> None:
        with store.write(a_command()) as transaction:
            transaction.insert("patients", a_patient())
            store._connection.execute("ROLLBACK")  # as the engine does itself after some errors
            transaction.insert("patients", a_patient())

    with pytest.raises(StorageProblem) as caught:
        write_on()
    assert reason(caught) == "store.disk_error"
    assert store.counts()["patients"] == 0


class FailingConnection:
    """A connection on which some statements report an error of the disk, done or not done."""

    def __init__(self, store: Store, *words: str, done: bool, code: str = "SQLITE_IOERR") -> None:
        self.real = store._connection
        self.words = words
        self.done = done
        self.code = code

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        if not sql.startswith(self.words):
            return self.real.execute(sql, parameters)
        if self.done:
            self.real.execute(sql, parameters)
        error = dbapi2.OperationalError("disk I/O error")
        error.sqlite_errorname = self.code
        raise error

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@pytest.mark.parametrize("words", [("INSERT INTO patients",), ("INSERT", "ROLLBACK")])
def test_an_error_of_the_disk_before_the_commit_saves_nothing_and_stops_writing(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(store, "_connection", FailingConnection(store, *words, done=False))
        with pytest.raises(StorageProblem) as caught:
            insert(store, "patients", a_patient())
    assert reason(caught) == "store.disk_error"
    with pytest.raises(StorageProblem) as caught:
        insert(store, "patients", a_patient())
    assert reason(caught) == "store.stopped"
    store.close()
    with Store.open(path, PASSPHRASE) as again:
        assert again.counts()["patients"] == 0


def test_an_error_of_the_disk_that_a_caller_turns_into_another_still_stops_writing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> None:
        with store.write(a_command()) as transaction:
            try:
                transaction.insert("patients", a_patient())
            except StorageProblem as problem:
                raise BadInput(problem.message) from problem

    with monkeypatch.context() as patch:
        patch.setattr(store, "_connection", FailingConnection(store, "INSERT", done=False))
        with pytest.raises(BadInput):
            write()
    with pytest.raises(StorageProblem) as caught:
        insert(store, "patients", a_patient())
    assert reason(caught) == "store.stopped"


@pytest.mark.parametrize("code", ["SQLITE_IOERR", "SQLITE_BUSY", "SQLITE_FULL"])
def test_an_error_after_the_commit_point_counts_as_saved_because_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    command = a_command()
    monkeypatch.setattr(
        store, "_connection", FailingConnection(store, "COMMIT", done=True, code=code)
    )
    with store.write(command) as transaction:
        transaction.insert("patients", a_patient())
    assert store.sequence_of(command.id) == transaction.sequence == 2
    assert store.counts()["patients"] == 1


@pytest.mark.parametrize(
    ("code", "why", "goes_on"),
    [
        ("SQLITE_IOERR", "store.disk_error", False),
        ("SQLITE_CORRUPT", "store.damaged", False),
        ("SQLITE_FULL", "store.disk_full", True),
        ("SQLITE_BUSY", "store.in_use", True),
    ],
)
def test_an_error_before_the_commit_point_counts_as_not_saved(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: str, why: str, goes_on: bool
) -> None:
    command = a_command()
    monkeypatch.setattr(
        store, "_connection", FailingConnection(store, "COMMIT", done=False, code=code)
    )
    with pytest.raises(StorageProblem) as caught, store.write(command) as transaction:
        transaction.insert("patients", a_patient())
    assert reason(caught) == why
    assert store.sequence_of(command.id) is None
    if goes_on:
        insert(store, "patients", a_patient())
    else:
        with pytest.raises(StorageProblem):
            insert(store, "patients", a_patient())


@posix_only
def test_a_file_that_can_not_be_asked_after_a_failed_commit_is_neither_read_nor_written(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = a_command()
    monkeypatch.setattr(store, "_connection", FailingConnection(store, "COMMIT", done=True))
    away = path.with_name("away")

    def write_and_lose_the_file() -> None:
        with store.write(command) as transaction:
            transaction.insert("patients", a_patient())
            path.rename(away)

    with pytest.raises(StorageProblem) as caught:
        write_and_lose_the_file()
    assert caught.value.message.key == "store.unconfirmed"
    for act in (lambda: insert(store, "patients", a_patient()), store.head):
        with pytest.raises(StorageProblem):
            act()
    away.rename(path)
    with Store.open(path, PASSPHRASE) as again:
        assert again.sequence_of(command.id) == 2


@posix_only
@pytest.mark.parametrize("replaced", [True, False])
def test_a_file_that_was_moved_away_or_replaced_takes_no_writes(
    store: Store, path: Path, replaced: bool
) -> None:
    path.rename(path.with_name("moved"))
    if replaced:
        shutil.copy(path.with_name("moved"), path)
    with pytest.raises(StorageProblem) as caught:
        insert(store, "patients", a_patient())
    assert reason(caught) == "store.moved"


def test_a_slot_has_one_live_administration_and_any_number_of_replaced_ones(store: Store) -> None:
    course = started_course(store)
    first = an_administration(course)
    insert(store, "administrations", first)
    with pytest.raises(NotUnique):
        insert(store, "administrations", an_administration(course))
    with store.write(a_command(reason="typing error")) as transaction:
        transaction.update("administrations", first["id"], {"state": "replaced"})
        transaction.insert("administrations", an_administration(course, replaces=first["id"]))
    assert store.counts()["administrations"] == 2
