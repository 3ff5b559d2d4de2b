"""Traps of the parts the store stands on, each shown, and the store not in it."""

from __future__ import annotations

import ast
import os
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlcipher3 import dbapi2

from aml_maint.domain.moment import Moment
from aml_maint.store import engine
from aml_maint.store.columns import moment_columns, moment_value
from aml_maint.store.database import Store
from tests.store.rows import (
    a_lab_value,
    a_patient,
    an_administration,
    content,
    insert,
    started_course,
    without_the_store,
)

ROOT = Path(__file__).resolve().parents[2]
STORE = sorted((ROOT / "aml_maint" / "store").rglob("*.py"))


def calls() -> set[str]:
    """The name of everything that a module of the store calls."""
    found = set()
    for path in STORE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found.add(getattr(node.func, "attr", getattr(node.func, "id", "")))
    return found


def test_the_store_calls_nothing_that_ends_or_delays_a_transaction_behind_its_back() -> None:
    traps = {"executescript", "atomic", "commit", "transform", "upsert", "insert_all", "enable_wal"}
    assert calls() & traps == set()


# Half-filled forms are no record: this module may replace and delete, in its own table alone.
DRAFTS = ROOT / "aml_maint" / "store" / "drafts.py"


# A file that was cut short is only read this way, through a connection that cannot write.
VIEWING = ROOT / "aml_maint" / "store" / "viewing.py"


def test_no_statement_of_the_store_replaces_or_ignores_rows_of_the_record() -> None:
    texts = " ".join(path.read_text("utf-8").upper() for path in STORE if path != DRAFTS)
    for words in ("OR IGNORE", "REPLACE INTO", "ON CONFLICT", "DELETE FROM"):
        assert words not in texts
    for path in STORE:
        assert path == VIEWING or "PRAGMA WRITABLE" not in path.read_text("utf-8").upper()


def test_drafts_are_written_beside_the_record_and_touch_no_other_table() -> None:
    text = DRAFTS.read_text("utf-8")
    tables = set(re.findall(r"(?:INTO|FROM|UPDATE|JOIN) (?!SET)(\w+)", text))
    assert tables == {"drafts"}
    callers = [p.name for p in STORE if ".jot(" in p.read_text("utf-8")]
    assert callers == [DRAFTS.name]


def test_executescript_commits_the_open_transaction() -> None:
    connection = dbapi2.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (x)")
    connection.execute("BEGIN")
    connection.execute("INSERT INTO t VALUES (1)")
    connection.executescript("SELECT 1;")
    assert not connection.in_transaction
    connection.close()


def test_with_database_of_sqlite_utils_closes_and_with_store_only_closes(
    store: Store, path: Path
) -> None:
    connection = without_the_store(path.with_name("other.db"))
    connection.execute("CREATE TABLE t (x)")
    connection.execute("BEGIN")
    connection.execute("INSERT INTO t VALUES (1)")
    with engine.database(connection):
        pass
    with pytest.raises(dbapi2.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
    again = without_the_store(path.with_name("other.db"))
    assert again.execute("SELECT * FROM t").fetchall() == []  # rolled back, without a word
    again.close()


def test_a_misspelt_table_of_sqlite_utils_is_a_new_table() -> None:
    connection = dbapi2.connect(":memory:", isolation_level=None)
    database = engine.database(connection)
    database["pateints"].insert({"id": "x"})
    assert database.table_names() == ["pateints"]
    connection.close()


@pytest.mark.parametrize(("recursive", "refused"), [("OFF", False), ("ON", True)])
def test_replacing_a_row_slips_past_the_delete_triggers_unless_triggers_are_recursive(
    store: Store, path: Path, recursive: str, refused: bool
) -> None:
    patient = a_patient()
    insert(store, "patients", patient)
    store.close()
    connection = without_the_store(path)
    connection.execute(f"PRAGMA recursive_triggers = {recursive}")
    row = {**patient, "family_name": "Another", "seq": 2}
    marks = ", ".join("?" * len(row))
    statement = f"INSERT OR REPLACE INTO patients ({', '.join(row)}) VALUES ({marks})"
    if refused:
        with pytest.raises(dbapi2.IntegrityError, match="nothing is ever deleted"):
            connection.execute(statement, tuple(row.values()))
    else:
        connection.execute(statement, tuple(row.values()))
    connection.close()


def test_the_store_refuses_to_replace_an_event(store: Store) -> None:
    started_course(store)
    store._connection.set_authorizer(None)
    before = content(store)
    for verb in ("INSERT OR REPLACE", "REPLACE"):
        with pytest.raises(dbapi2.IntegrityError):
            store._connection.execute(
                f"{verb} INTO audit SELECT seq, command_id, '{{}}', hash FROM audit WHERE seq = 2"
            )
    assert content(store) == before


def test_a_deferred_transaction_fails_after_another_writer_and_an_immediate_one_waits_its_turn(
    tmp_path: Path,
) -> None:
    one, two = (without_the_store(tmp_path / "two.db") for _ in range(2))
    one.execute("CREATE TABLE t (x)")
    one.execute("PRAGMA busy_timeout = 0")
    two.execute("PRAGMA busy_timeout = 0")

    def write_in_between() -> None:
        with engine.database(one).atomic():
            one.execute("SELECT count(*) FROM t").fetchall()
            two.execute("BEGIN IMMEDIATE")
            two.execute("INSERT INTO t VALUES (2)")
            one.execute("INSERT INTO t VALUES (1)")

    with pytest.raises(dbapi2.OperationalError, match="locked"):
        write_in_between()
    two.execute("ROLLBACK")
    one.execute("BEGIN IMMEDIATE")
    with pytest.raises(dbapi2.OperationalError, match="locked"):
        two.execute("BEGIN IMMEDIATE")  # refused before it has read anything
    one.execute("INSERT INTO t VALUES (1)")
    one.execute("COMMIT")
    two.execute("BEGIN IMMEDIATE")
    assert two.execute("SELECT count(*) FROM t").fetchone() == (1,)
    two.execute("ROLLBACK")
    one.close()
    two.close()


def test_foreign_keys_are_off_in_a_plain_connection_and_on_in_the_store(
    store: Store, tmp_path: Path
) -> None:
    connection = without_the_store(tmp_path / "plain.db")
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (0,)
    connection.close()
    orphan = a_lab_value("00000000-0000-4000-8000-000000000000")
    with pytest.raises(dbapi2.IntegrityError, match="FOREIGN KEY"):
        insert(store, "lab_values", orphan)
    assert store.counts()["lab_values"] == 0


def test_any_sqlcipher_tool_can_write_because_no_trigger_calls_a_function_of_ours(
    store: Store, path: Path
) -> None:
    course = started_course(store)
    store.close()
    connection = without_the_store(path)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    row = {**an_administration(course), "seq": 3}
    connection.execute("BEGIN")
    connection.execute(
        f"INSERT INTO administrations ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
        tuple(row.values()),
    )
    connection.execute("INSERT INTO audit VALUES (3, 'x', '{}', ?)", ("0" * 64,))
    connection.execute("UPDATE administrations SET note = 'x'")
    connection.execute("COMMIT")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_copy_of_the_main_file_alone_loses_committed_rows_that_the_engines_backup_keeps(
    tmp_path: Path,
) -> None:
    live = without_the_store(tmp_path / "live.db")
    live.execute("PRAGMA journal_mode = WAL")
    live.execute("CREATE TABLE t (x)")
    live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    live.execute("INSERT INTO t VALUES (1)")
    (tmp_path / "copied.db").write_bytes((tmp_path / "live.db").read_bytes())
    backed_up = without_the_store(tmp_path / "backed up.db")
    live.backup(backed_up)
    copied = without_the_store(tmp_path / "copied.db")
    assert copied.execute("SELECT * FROM t").fetchall() == []
    assert backed_up.execute("SELECT * FROM t").fetchall() == [(1,)]
    for connection in (live, copied, backed_up):
        connection.close()


def run(code: str, folder: Path) -> str:
    """What a new process prints that finds fake packages in `folder`."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


def test_sqlite_utils_sees_sqlcipher_and_loads_neither_pandas_nor_numpy_nor_plugins(
    tmp_path: Path,
) -> None:
    for name in ("pandas", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('loaded')", "utf-8")
    code = (
        "import sys\n"
        "from sqlcipher3 import dbapi2\n"
        "from aml_maint.store import engine\n"
        "connection = dbapi2.connect(':memory:', isolation_level=None)\n"
        "database = engine.database(connection)\n"
        "import sqlite_utils.utils, sqlite_utils.plugins\n"
        "assert sqlite_utils.utils.OperationalError is dbapi2.OperationalError\n"
        "assert not sqlite_utils.plugins._plugins_loaded\n"
        "assert not {'pandas', 'numpy'} & set(sys.modules)\n"
        "sys.stdout.write('as meant')\n"
    )
    assert run(code, tmp_path) == "as meant"


def test_sqlite_utils_that_was_loaded_with_another_sqlite_is_noticed(tmp_path: Path) -> None:
    code = (
        "import sys, sqlite_utils\n"
        "from sqlcipher3 import dbapi2\n"
        "from aml_maint.store import engine\n"
        "try: engine.database(dbapi2.connect(':memory:'))\n"
        "except RuntimeError: sys.stdout.write('noticed')\n"
    )
    assert run(code, tmp_path) == "noticed"


def test_two_equal_wall_times_one_change_of_clocks_apart_are_told_apart_in_the_file(
    store: Store,
) -> None:
    new_york = ZoneInfo("America/New_York")
    first = datetime(2026, 11, 1, 1, 30, tzinfo=new_york)
    second = first.replace(fold=1)
    assert first == second  # Python's answer for one zone
    patient = a_patient()
    insert(store, "patients", patient)
    for when, value in ((second, "2"), (first, "1")):
        moment = moment_columns("collected", Moment.at(when, "America/New_York"))
        insert(store, "lab_values", a_lab_value(patient["id"], value=value, **moment))
    rows = store.rows("SELECT * FROM lab_values ORDER BY collected_utc")
    assert [row["value"] for row in rows] == ["1", "2"]
    moments = [moment_value(row, "collected") for row in rows]
    assert [moment.local.strftime("%H:%M") for moment in moments] == ["01:30", "01:30"]
    assert [moment.offset_minutes for moment in moments] == [-240, -300]
    assert (moments[1].utc - moments[0].utc).total_seconds() == 3600


def test_instants_sort_as_text_whatever_their_microseconds() -> None:
    moments = [
        Moment(datetime(2026, 3, 5, 1, 0, second, micro, tzinfo=UTC), 0, "UTC")
        for second, micro in ((0, 0), (0, 1), (0, 999_999), (1, 0), (10, 0))
    ]
    texts = [moment_columns("at", moment)["at_utc"] for moment in moments]
    assert texts == sorted(map(str, texts))
    assert {len(str(text)) for text in texts} == {27}


def test_a_stolen_file_is_noise_to_anyone_without_the_passphrase(store: Store, path: Path) -> None:
    insert(store, "patients", a_patient(family_name="Canary", note="Canary " * 500))
    store.close()
    content_of_the_file = path.read_bytes()
    assert b"Canary" not in content_of_the_file
    assert not content_of_the_file.startswith(b"SQLite format 3")
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        connection.execute("SELECT * FROM sqlite_master").fetchall()
    connection.close()
