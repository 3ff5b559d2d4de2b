"""A migration is cut off after each operation on the disk: the old file or the new one.

It begins with a real file of each schema that was given out, and of the present one, and goes to
a schema that is one step newer than this program.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from sqlite3 import Connection

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import migrations
from aml_maint.store.database import Store
from aml_maint.store.migrations import Step
from tests.faults import tally
from tests.faults.disk_tape import available, quick_disk, recording
from tests.faults.flows import KEY
from tests.faults.power import AfterCut, killed, lay_out
from tests.store import kept
from tests.store.test_kept_files import UNRELEASED, VERSIONS
from tests.store.test_migrations import NEXT, fingerprint_after

pytestmark = pytest.mark.skipif(not available(), reason="this build hides the engine's VFS")


@pytest.fixture(params=VERSIONS)
def before(request: pytest.FixtureRequest, path: Path, tmp_path: Path) -> kept.Kept:
    """A file of a schema version, in place."""
    version: int = request.param
    made = version in UNRELEASED
    found = kept.make(tmp_path / "made") if made else kept.read(kept.path_of(version))
    path.write_bytes(found.path.read_bytes())
    return found


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> int:
    """A program that knows one schema more; that schema's version."""
    step = Step(migrations.latest() + 1, NEXT, fingerprint_after(NEXT))
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, step))
    return step.version


def cut_off(path: Path) -> list[AfterCut]:
    """The disk after each operation of a migration."""
    files = {path.name: path.read_bytes()}
    with recording() as tape:
        Store.open(path, KEY).close()
    ours = [op for op in tape.ops if op.name in {path.name, f"{path.name}-journal"}]
    return list(killed(ours, files))


def versions(states: Sequence[AfterCut], folder: Path, before: kept.Kept) -> list[int | None]:
    """Which schema each file has at the next opening; None for one that is neither, or not whole.

    The old one has every row that it had, the new one these and the entry of its migration.
    """
    found: list[int | None] = []
    for state in states:
        lay_out(folder, state.files)
        (name,) = {name for name in state.files if not name.endswith("-journal")}
        found.append(version_of(folder / name, before))
    return found


def version_of(path: Path, before: kept.Kept) -> int | None:
    settle(path)
    try:
        with quick_disk(), Store.open_copy(path, KEY) as store:
            (row,) = store.rows("PRAGMA user_version")
            counts = store.counts()
    except StorageProblem:
        return None
    version = int(row["user_version"])
    same = {name: counts[name] for name in before.counts if name != "audit"}
    assert same == {name: n for name, n in before.counts.items() if name != "audit"}
    return version if counts["audit"] == before.counts["audit"] + bool(version != 1) else None


def settle(path: Path) -> None:
    """What the next opening does first: a change that was cut off is undone."""
    with quick_disk():
        connection = migrations.engine.connect(path, KEY, "write")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        connection.close()


def test_whenever_it_is_cut_off_the_file_has_one_schema_and_all_its_rows(
    path: Path, tmp_path: Path, before: kept.Kept, newer: int
) -> None:
    states = cut_off(path)
    found = versions(states, tmp_path / "after", before)
    assert set(found) >= {newer}, "some were cut off after the commit"
    assert set(found) - {newer, None}, "and some before it"
    tally.tried("migration", len(found), half=found.count(None))


def committing_each(connection: Connection) -> None:
    """A migration as a careless program does it: each statement becomes durable by itself."""
    for statement in migrations.STEPS[-1].statements:
        connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA user_version = {migrations.latest()}")


def test_a_migration_that_commits_each_statement_is_found_between_two_schemas(
    path: Path, tmp_path: Path, before: kept.Kept, newer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    assert newer
    monkeypatch.setattr(migrations, "apply", committing_each)
    states = cut_off(path)
    found = versions(states, tmp_path / "after", before)
    tally.control("migration", found.count(None), len(found))
