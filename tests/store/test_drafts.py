"""Half-filled forms: encrypted beside the record, each person's own, never part of the audit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import drafts
from aml_maint.store.copies import backup
from aml_maint.store.database import Store
from aml_maint.store.drafts import Draft
from aml_maint.store.replay import verify_chain
from tests.builders import moment
from tests.store.rows import PASSPHRASE

NOW = datetime(2026, 3, 5, 1, 4, tzinfo=UTC)
PATIENT = "00000000-0000-4000-8000-000000000001"
COUNT = Draft("count/1", "Record count", PATIENT, {"platelets": "48", "note": "岳"}, NOW)


def test_a_draft_comes_back_as_it_was_typed_after_the_file_was_closed(path: Path) -> None:
    with Store.create(path, PASSPHRASE, "ward") as store:
        drafts.keep(store, "Li Na", COUNT)
    with Store.open(path, PASSPHRASE) as store:
        assert drafts.of(store, "Li Na") == [COUNT]


def test_a_later_draft_of_the_same_form_takes_the_place_of_the_earlier(store: Store) -> None:
    later = Draft("count/1", "Record count", PATIENT, {"platelets": "50"}, NOW + timedelta(0, 9))
    drafts.keep(store, "Li Na", COUNT)
    drafts.keep(store, "Li Na", later)
    assert drafts.of(store, "Li Na") == [later]


def test_drafts_are_each_persons_own_and_the_latest_comes_first(store: Store) -> None:
    other = Draft("admit", "Admit a patient", "", {"family": "Chen"}, NOW + timedelta(minutes=1))
    drafts.keep(store, "Li Na", COUNT)
    drafts.keep(store, "Li Na", other)
    drafts.keep(store, "Wu Min", COUNT)
    assert drafts.of(store, "Li Na") == [other, COUNT]
    drafts.drop(store, "Li Na", COUNT.name)
    assert drafts.of(store, "Li Na") == [other]
    assert drafts.of(store, "Wu Min") == [COUNT]


def test_a_draft_leaves_no_trace_in_the_audit_and_the_file_stays_sound(store: Store) -> None:
    head = store.head()
    drafts.keep(store, "Li Na", COUNT)
    assert store.head() == head
    assert verify_chain(store).ok
    assert "drafts" not in store.columns


def test_nothing_of_a_draft_can_be_read_in_the_file_or_beside_it(path: Path) -> None:
    with Store.create(path, PASSPHRASE, "ward") as store:
        drafts.keep(store, "Li Na", Draft("n", "t", PATIENT, {"note": "canary-9f3a"}, NOW))
        beside = [found.read_bytes() for found in path.parent.iterdir()]
    assert not any(b"canary-9f3a" in content for content in [path.read_bytes(), *beside])


def test_a_draft_is_kept_in_a_copy_of_the_file_too(store: Store, tmp_path: Path) -> None:
    drafts.keep(store, "Li Na", COUNT)
    folder = tmp_path / "copies"
    folder.mkdir()
    made = backup(store, folder, moment("2026-03-05T09:10"))
    with Store.open_copy(made.path, PASSPHRASE) as copy:
        assert drafts.of(copy, "Li Na") == [COUNT]


def test_after_an_error_of_the_disk_no_draft_is_written_and_the_earlier_one_stands(
    store: Store, path: Path
) -> None:
    drafts.keep(store, "Li Na", COUNT)
    path.rename(path.with_name("moved.amldb"))
    with pytest.raises(StorageProblem):
        drafts.keep(store, "Li Na", Draft("other", "t", "", {}, NOW))
    assert drafts.of(store, "Li Na") == [COUNT]
