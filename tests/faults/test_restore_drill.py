"""Backups are restored: each time the file is what it was at that entry, and the newer one kept."""

from __future__ import annotations

import random
from pathlib import Path

from aml_maint.services import trust
from aml_maint.services.restoring import preview_restore
from aml_maint.store.backup import restore
from aml_maint.store.database import Store
from tests.builders import moment
from tests.faults import flows, tally
from tests.store.rows import a_patient, content, insert

ROUNDS = 5


def test_a_restored_file_is_equal_to_the_file_at_that_entry(path: Path, tmp_path: Path) -> None:
    flows.build(path)
    chance, differ = random.Random(11), 0
    for number in range(ROUNDS):
        with Store.open(path, flows.KEY, check=False) as store:
            made = trust.backup_ward(flows.sit_down(store), tmp_path / "backups").report
            then = content(store)
            lost = chance.randint(1, 6)
            for _ in range(lost):
                insert(store, "patients", a_patient())
            preview = preview_restore(flows.sit_down(store), made.path)
            assert (preview.same_record, preview.lost_count) == (True, lost)
            now = content(store)
        at = moment(f"2026-03-05T08:{number:02d}")
        done = restore(made.path, flows.KEY, path, at=at, replace=True)
        with Store.open(path, flows.KEY) as store:
            differ += content(store) != then
        assert done.kept is not None
        with Store.open(done.kept, flows.KEY) as kept:
            differ += content(kept) != now
    tally.tried("restore_drill", ROUNDS, undetected=differ)
    tally.control("restore_drill", int(then != now))
