"""From one schema to the next: wholly or not at all, and never without a verified backup."""

from __future__ import annotations

from pathlib import Path
from sqlite3 import Connection

import pytest
from sqlcipher3 import dbapi2

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import audit, engine, migrations, schema
from aml_maint.store.backup import verify_backup
from aml_maint.store.database import Store
from aml_maint.store.migrations import Step
from aml_maint.store.replay import verify_chain
from tests.store.rows import PASSPHRASE, a_command, a_patient, insert, started_course

NEXT = (
    "ALTER TABLE patients ADD COLUMN nickname TEXT NOT NULL DEFAULT 'none'",
    "ALTER TABLE patients ADD COLUMN height_cm INTEGER",
    "CREATE TABLE visits (id TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL,"
    " patient_id TEXT NOT NULL REFERENCES patients(id)) STRICT",
    "CREATE TRIGGER visits_is_never_deleted BEFORE DELETE ON visits"
    " BEGIN SELECT RAISE(ABORT, 'nothing is ever deleted'); END",
)


def fingerprint_after(statements: tuple[str, ...]) -> str:
    """The fingerprint of a file that took all released steps and these."""
    connection = dbapi2.connect(":memory:", isolation_level=None)
    for step in migrations.STEPS:
        for statement in step.statements:
            connection.execute(statement)
    for statement in statements:
        connection.execute(statement)
    found = migrations.fingerprint(connection)
    connection.close()
    return found


@pytest.fixture
def two_steps_on(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """A file with a row of the present schema, and a program that is two versions newer."""
    with Store.create(path, PASSPHRASE, "ward") as store:
        insert(store, "patients", a_patient(family_name="Earlier"))
    now = migrations.latest()
    steps = (
        Step(now + 1, NEXT[:2], fingerprint_after(NEXT[:2])),
        Step(now + 2, NEXT[2:], fingerprint_after(NEXT)),
    )
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, *steps))


@pytest.mark.usefixtures("two_steps_on")
def test_an_older_file_takes_every_step_keeps_its_rows_and_says_so_in_the_trail(
    path: Path,
) -> None:
    before = migrations.STEPS[-3].version
    with Store.open(path, PASSPHRASE) as store:
        assert store.rows("PRAGMA user_version") == [{"user_version": migrations.latest()}]
        assert store.rows("SELECT family_name, nickname, height_cm FROM patients") == [
            {"family_name": "Earlier", "nickname": "none", "height_cm": None}
        ]
        event = audit.event(store, store.head().sequence)
        assert event is not None
        assert event.command.action == "store.migrate"
        assert event.note == {"from": before, "to": before + 2}
        assert verify_chain(store).ok
        names = [row["name"] for row in store.rows("SELECT name FROM _sqlite_migrations")]
        assert names == [f"{step.version:04}" for step in migrations.STEPS]


def test_no_step_changes_what_earlier_entries_of_the_trail_leave_unsaid() -> None:
    """An entry does not say what the schema gives a row where nothing else is said."""
    connection = dbapi2.connect(":memory:", isolation_level=None)
    before: dict[str, dict[str, object]] = {}
    for step in (*migrations.STEPS, Step(0, NEXT, "")):
        for statement in step.statements:
            connection.execute(statement)
        after = {
            table: dict(columns) for table, columns in schema.audited_columns(connection).items()
        }
        for table, columns in before.items():
            assert columns.items() <= after[table].items(), (step.version, table)
        before = after
    connection.close()


@pytest.mark.usefixtures("two_steps_on")
def test_rows_of_both_schemas_replay_after_a_migration(path: Path) -> None:
    with Store.open(path, PASSPHRASE) as store:
        (earlier,) = store.rows("SELECT id FROM patients")
        with store.write(a_command()) as transaction:
            transaction.update("patients", earlier["id"], {"nickname": "Xiao"})
        course = started_course(store)
        insert(store, "visits", {"id": course["id"], "patient_id": course["patient_id"]})
    with Store.open(path, PASSPHRASE) as store:
        assert len(audit.history(store, "patients", earlier["id"])) == 2


@pytest.mark.usefixtures("two_steps_on")
def test_before_a_migration_the_file_is_backed_up_in_its_old_schema(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(path, PASSPHRASE).close()
    (backup,) = (path.parent / "before-migration").glob("*.amldb")
    monkeypatch.setattr(migrations, "STEPS", migrations.STEPS[:-2])
    report = verify_backup(backup, PASSPHRASE)
    assert (report.counts["patients"], report.head.sequence) == (1, 2)
    Store.open_copy(backup, PASSPHRASE).close()


@pytest.mark.usefixtures("two_steps_on")
@pytest.mark.parametrize("fails_at", range(5))
def test_a_migration_that_fails_anywhere_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    steps = migrations.STEPS
    broken = [*NEXT[:fails_at], "SELECT no_such_function()", *NEXT[fails_at:]]
    first = Step(steps[-2].version, tuple(broken[:3]), steps[-2].fingerprint)
    second = Step(steps[-1].version, tuple(broken[3:]), steps[-1].fingerprint)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", (*steps[:-2], first, second))
        with pytest.raises(dbapi2.OperationalError, match="no_such_function"):
            Store.open(path, PASSPHRASE)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", steps[:-2])
        with Store.open(path, PASSPHRASE) as old:
            assert old.head().sequence == 2
    with Store.open(path, PASSPHRASE) as store:
        assert store.rows("SELECT nickname FROM patients") == [{"nickname": "none"}]


@pytest.mark.usefixtures("two_steps_on")
def test_a_step_that_does_not_give_the_schema_it_promises_is_undone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful = Step(migrations.latest(), NEXT[2:3], migrations.STEPS[-1].fingerprint)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", (*migrations.STEPS[:-1], forgetful))
        with pytest.raises(StorageProblem) as caught:
            Store.open(path, PASSPHRASE)
    assert caught.value.message.key == "store.schema_altered"
    Store.open(path, PASSPHRASE).close()


@pytest.mark.usefixtures("two_steps_on")
def test_a_damaged_older_file_is_not_migrated_over(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[engine.PAGE_SIZE * 5 + 100] ^= 1
    path.write_bytes(content)
    with pytest.raises(StorageProblem):
        Store.open(path, PASSPHRASE, check=False)
    assert path.read_bytes() == content


def test_transform_of_sqlite_utils_drops_the_triggers_and_the_fingerprint_shows_it(
    store: Store,
) -> None:
    connection: Connection = store._connection
    connection.set_authorizer(None)
    engine.database(connection)["holds"].transform(rename={"note": "remark"})
    triggers = store.rows("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
    assert {"tbl_name": "holds"} not in triggers
    with pytest.raises(StorageProblem) as caught:
        migrations.check_schema(connection)
    assert caught.value.message.key == "store.schema_altered"
