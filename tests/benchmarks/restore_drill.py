"""How long trust takes in a ward of 200 patients: `python -m tests.benchmarks.restore_drill`.

Opening with every check, a tested backup, the drill before a restore, the restore itself, and the
whole record verified.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from aml_maint.services import trust
from aml_maint.services.dosing import RangeConfirmation, confirm_range
from aml_maint.services.proof import prove
from aml_maint.services.restoring import preview_restore
from aml_maint.store.backup import restore
from aml_maint.store.database import Store
from tests.builders import DAY_1, a_patient, a_ward, moment, on_course, platelets, set_clock
from tests.faults.flows import KEY

PATIENTS = 200
DAYS = 27
T = TypeVar("T")


def timed(what: str, work: Callable[[], T]) -> T:
    began = time.perf_counter()
    found = work()
    print(f"{what:<42} {time.perf_counter() - began:7.2f} s")
    return found


def build(path: Path, count: int) -> None:
    """A cycle of four weeks for each patient, all of it confirmed day by day."""
    with Store.create(path, KEY, "ward", durable=False) as store:
        place = a_ward(store)
        courses = []
        for number in range(count):
            patient, course = on_course(place, a_patient(f"MRN-{number}"))
            platelets(place, patient, "120", "2026-03-01T06:00")
            courses.append(course)
        set_clock(place, "2026-03-29T09:00")
        for course in courses:
            for day in (DAY_1 + timedelta(days=n) for n in range(DAYS)):
                confirm_range(place, RangeConfirmation(course, day, day))


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ward.amldb"
        timed(f"built, {count} patients", lambda: build(path, count))
        store = timed("opened with every check", lambda: Store.open(path, KEY))
        with store:
            place = a_ward(store, "2026-03-29T09:05")
            counts = store.counts()
            print(
                f"{counts['patients']:,} patients, {counts['administrations']:,} doses,"
                f" {counts['audit']:,} entries, {path.stat().st_size / 2**20:,.0f} MiB"
            )
            made = timed("a backup, tested", lambda: trust.backup_ward(place)).report
            patient = timed("one more dose day", lambda: on_course(place, a_patient("MRN-last")))
            timed("restore drill: checked and compared", lambda: preview_restore(place, made.path))
            timed("the whole record verified", lambda: prove(place))
        at = moment("2026-03-29T09:30")
        timed("restored", lambda: restore(made.path, KEY, path, at=at, replace=True))
        with timed("opened again with every check", lambda: Store.open(path, KEY)) as store:
            assert store.head() == made.head and patient
            print("the restored file is equal to the record at the backup")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS)
