"""A migration is cut off after each operation on the disk: the old file or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import migrations
from aml_maint.store.database import Store
from aml_maint.store.migrations import Step
from tests.faults import tally
from tests.faults.disk_tape import available, quick_disk, recording
from tests.faults.flows import KEY
from tests.faults.power import AfterCut, killed, lay_out
from tests.store.rows import a_patient, insert
from tests.store.test_migrations import NEXT, fingerprint_after

pytestmark = pytest.mark.skipif(not available(), reason="this build hides the engine's VFS")


def version_of(folder: Path, name: str) -> int | None:
    """The schema of a file that passes every check; None for a file that does not open."""
    try:
        with quick_disk(), Store.open_copy(folder / name, KEY) as store:
            (row,) = store.rows("PRAGMA user_version")
            (patient,) = store.rows("SELECT family_name FROM patients")
            assert patient["family_name"] == "Earlier"
            return int(row["user_version"])
    except StorageProblem:
        return None


def settle(folder: Path, name: str) -> None:
    """What the next opening does first: a change that was cut off is undone."""
    with quick_disk():
        connection = migrations.engine.connect(folder / name, KEY, "write")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        connection.close()


def test_whenever_it_is_cut_off_the_file_has_one_schema_and_all_its_rows(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.create(path, KEY, "ward", durable=False) as store:
        insert(store, "patients", a_patient(family_name="Earlier"))
    before, old = {path.name: path.read_bytes()}, migrations.latest()
    step = Step(old + 1, NEXT, fingerprint_after(NEXT))
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, step))
    with recording() as tape:
        Store.open(path, KEY).close()
    ours = [op for op in tape.ops if op.name in {path.name, f"{path.name}-journal"}]
    states: list[AfterCut] = list(killed(ours, before))[:: 1 if tally.NIGHTLY else 5]
    found: list[int | None] = []
    for state in states:
        lay_out(tmp_path / "after", state.files)
        settle(tmp_path / "after", path.name)
        found.append(version_of(tmp_path / "after", path.name))
    assert {old, old + 1} <= set(found), "some were cut off before the commit, some after it"
    tally.tried("migration", len(found), lost=found.count(None))
    # The control: without the journal beside it, a file that was cut off in the middle is ruined.
    ruined = 0
    for state in states:
        alone = {path.name: state.files[path.name]}
        lay_out(tmp_path / "after", alone)
        ruined += version_of(tmp_path / "after", path.name) is None
    tally.control("migration", ruined, len(states))
