"""A real file of every schema that was ever given out opens in this program, whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aml_maint.services.worklist import worklist
from aml_maint.store import audit, migrations
from aml_maint.store.database import Store
from aml_maint.store.replay import verify_chain
from tests.faults import flows
from tests.store import kept

# No program with these schemas was given out yet: their file is made anew for each test. With the
# release a version leaves this set, and `python -m tests.store.kept` makes the file that stays.
UNRELEASED = frozenset({1})
VERSIONS = [step.version for step in migrations.STEPS]


def test_every_schema_that_was_given_out_has_its_file() -> None:
    there = {int(path.stem) for path in kept.FOLDER.glob("*.kept")}
    assert there == set(VERSIONS) - UNRELEASED


def test_only_the_newest_schema_may_not_be_given_out_yet() -> None:
    assert {migrations.latest()} >= UNRELEASED


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_this_schema_opens_with_every_row_and_entry(version: int, tmp_path: Path) -> None:
    if version in UNRELEASED:
        one = kept.make(tmp_path / "made")
    else:
        one = kept.read(kept.path_of(version))
    path = Path(shutil.copy(one.path, tmp_path / "ward.amldb"))
    with Store.open(path, flows.KEY) as store:
        assert store.rows("PRAGMA user_version") == [{"user_version": migrations.latest()}]
        event = audit.event(store, one.sequence)
        assert event is not None and event.hash == one.hash
        counts = store.counts()
        assert all(counts[table] >= count for table, count in one.counts.items())
        assert verify_chain(store).ok
        assert worklist(flows.sit_down(store)).rows
