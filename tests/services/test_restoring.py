"""A backup is tested, compared with the present record, and restored by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aml_maint import bootstrap
from aml_maint.domain.errors import StorageProblem
from aml_maint.services import trust
from aml_maint.services.clock import SetClock
from aml_maint.services.people import admit_patient, list_patients
from aml_maint.services.restoring import backups_in, preview_restore
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, engine, key_slots
from aml_maint.store.key_slots import Cost
from tests.builders import a_patient, moment

OWN = "velvet otters at noon"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(moment("2026-03-02T07:05"))


@pytest.fixture
def place(tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    monkeypatch.setattr(key_slots, "COST", Cost(1, 8, 1))
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    place = bootstrap.create_ward(tmp_path / "ward.amldb", OWN, clock, name="Wu Min")
    yield place
    place.close()


def test_backups_are_listed_newest_first_with_how_far_their_record_goes(
    place: Workplace, clock: SetClock
) -> None:
    assert backups_in(place) == ()
    first = trust.backup_ward(place).report
    admit_patient(place, a_patient())
    clock.set(moment("2026-03-02T09:00").local)
    second = trust.backup_ward(place).report
    assert [(e.path, e.head) for e in backups_in(place)] == [
        (second.path, second.head), (first.path, first.head),
    ]  # fmt: skip


def test_a_backup_whose_note_is_spoilt_is_listed_all_the_same(place: Workplace) -> None:
    made = trust.backup_ward(place).report.path
    made.with_name(f"{made.name}.json").write_text("{", "utf-8")
    (entry,) = backups_in(place)
    assert (entry.path, entry.head) == (made, None)


def test_the_drill_says_what_restoring_would_lose(place: Workplace) -> None:
    made = trust.backup_ward(place).report.path
    admit_patient(place, a_patient())
    admit_patient(place, a_patient("MRN-2"))
    found = preview_restore(place, made)
    assert found.same_record
    assert (found.head.sequence, found.lost_count) == (1, 2)
    assert [(event.sequence, event.action) for event in found.lost] == [
        (3, "admit_patient"), (2, "admit_patient"),
    ]  # fmt: skip
    assert found.lost_by_action == {"admit_patient": 2}
    assert (found.counts["patients"], found.present["patients"]) == (0, 2)


def test_the_drill_of_a_fresh_backup_finds_nothing_to_lose(place: Workplace) -> None:
    admit_patient(place, a_patient())
    found = preview_restore(place, trust.backup_ward(place).report.path)
    assert (found.lost_count, found.lost) == (0, ())


def test_a_backup_of_the_same_ward_but_another_record_is_told_apart(
    place: Workplace, tmp_path: Path, clock: SetClock
) -> None:
    """As after a restore: the file went on from an earlier point."""
    early = trust.backup_ward(place).report.path
    admit_patient(place, a_patient())
    late = trust.backup_ward(place).report.path
    path = place.store.path
    place.close()
    again = bootstrap.restore_and_open(early, path, "Wu Min", OWN, clock)
    admit_patient(again, a_patient("MRN-9"))
    found = preview_restore(again, late)
    again.close()
    assert not found.same_record
    assert found.lost == ()


def test_a_damaged_backup_fails_the_drill(place: Workplace) -> None:
    made = trust.backup_ward(place).report.path
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 1
    made.write_bytes(content)
    with pytest.raises(StorageProblem):
        preview_restore(place, made)


def test_a_restored_file_says_in_its_next_entry_who_restored_it_and_what_it_replaced(
    place: Workplace, clock: SetClock
) -> None:
    made = trust.backup_ward(place).report
    admit_patient(place, a_patient())
    replaced, path = place.store.head(), place.store.path
    place.close()
    again = bootstrap.restore_and_open(made.path, path, "Wu Min", OWN, clock)
    event = audit.event(again.store, again.store.head().sequence)
    assert event is not None
    assert (event.command.action, event.command.actor.name) == ("restore_ward", "Wu Min")
    assert event.note["backup"] == {"sequence": made.head.sequence, "hash": made.head.hash}
    assert event.note["replaced"] == {"sequence": replaced.sequence, "hash": replaced.hash}
    assert list_patients(again) == ()
    again.close()


def test_a_backup_is_made_by_itself_only_when_something_was_recorded(place: Workplace) -> None:
    first = trust.backup_if_changed(place)
    assert first is not None
    assert trust.backup_if_changed(place) is None
    admit_patient(place, a_patient())
    assert trust.backup_if_changed(place) is not None
    assert len(backups_in(place)) == 2


def test_each_backup_is_copied_to_the_second_folder_and_can_be_restored_from_there(
    place: Workplace, tmp_path: Path, clock: SetClock
) -> None:
    second = tmp_path / "other disk"
    admit_patient(place, a_patient())
    trust.backup_if_changed(place, second)
    trust.backup_if_changed(place, second)
    (entry,) = backups_in(place, second)
    assert preview_restore(place, entry.path).lost_count == 0
    place.close()
    target = tmp_path / "new" / "ward.amldb"
    target.parent.mkdir()
    trust.restore_ward(entry.path, OWN, target, clock, name="Wu Min")
    again = bootstrap.open_ward(target, OWN, clock)
    assert len(list_patients(again)) == 1
    again.close()


def test_a_second_folder_that_can_not_be_written_is_told_and_the_first_backup_stays(
    place: Workplace, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(StorageProblem):
        trust.backup_if_changed(place, blocked)
    assert len(backups_in(place)) == 1


def test_an_import_is_preceded_by_a_backup_of_the_record_as_it_is(place: Workplace) -> None:
    admit_patient(place, a_patient("MRN-7"))
    trust.backup_before_import(place)
    trust.backup_before_import(place)
    (made,) = backups_in(place)
    assert made.head == place.store.head()
