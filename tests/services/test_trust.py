"""Checking, backing up and restoring a ward file through the services."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.moment import Moment
from aml_maint.services import trust
from aml_maint.services.clock import SetClock
from aml_maint.services.people import admit_patient, list_patients
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.builders import PASSPHRASE, a_patient, a_ward, set_clock


def test_a_sound_ward_file_tells_its_head_and_its_counts(place: Workplace) -> None:
    admit_patient(place, a_patient())
    found = trust.verify_ward(place)
    assert found.head == place.store.head()
    assert found.counts["patients"] == 1 and found.counts["audit"] == found.head.sequence == 2


def test_a_row_that_was_changed_behind_the_programs_back_is_found(place: Workplace) -> None:
    admit_patient(place, a_patient())
    connection = place.store._connection
    connection.set_authorizer(None)
    connection.execute("UPDATE patients SET bed = '13'")
    with pytest.raises(StorageProblem) as found:
        trust.verify_ward(place)
    assert found.value.message.key == "store.rows_differ"


def test_a_backup_goes_beside_the_ward_file_or_where_it_is_told(
    place: Workplace, tmp_path: Path
) -> None:
    made = trust.backup_ward(place)
    assert made.report.path.parent == trust.backup_folder(place) == tmp_path / "backups"
    assert made.report.head == place.store.head()
    elsewhere = trust.backup_ward(place, tmp_path / "usb")
    assert elsewhere.report.path.parent == tmp_path / "usb"


def test_old_backups_are_thinned_out_in_the_usual_folder_and_nowhere_else(
    place: Workplace, tmp_path: Path
) -> None:
    start = place.clock.now().local.replace(tzinfo=None)
    for hours in range(0, 24 * 5, 6):
        set_clock(place, (start + timedelta(hours=hours)).isoformat())
        trust.backup_ward(place)
        trust.backup_ward(place, tmp_path / "usb")
    kept = list((tmp_path / "backups").glob("*.amldb"))
    assert len(kept) < 20
    assert len(list((tmp_path / "usb").glob("*.amldb"))) == 20


def test_a_restored_file_is_what_it_was_and_the_newer_one_is_kept(
    place: Workplace, tmp_path: Path
) -> None:
    admit_patient(place, a_patient())
    made = trust.backup_ward(place)
    admit_patient(place, a_patient("MRN-2"))
    clock = SetClock(Moment.at(place.clock.now().utc, place.zone))
    with pytest.raises(StorageProblem):
        trust.restore_ward(made.report.path, PASSPHRASE, place.store.path, clock, replace=True)
    place.close()
    done = trust.restore_ward(made.report.path, PASSPHRASE, place.store.path, clock, replace=True)
    assert done.head == made.report.head
    for path, patients in ((done.path, 1), (done.kept, 2)):
        assert path is not None
        with Store.open(path, PASSPHRASE) as store:
            assert len(list_patients(a_ward(store))) == patients


def test_a_backup_that_was_changed_is_not_restored(place: Workplace, tmp_path: Path) -> None:
    path = trust.backup_ward(place).report.path
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(StorageProblem):
        trust.restore_ward(path, PASSPHRASE, tmp_path / "new.amldb", place.clock)
    assert not (tmp_path / "new.amldb").exists()
