"""A process that logs doses until it is killed; run by tests/faults/nursery.py.

It prints the id of each command only after the store has said that it is saved. `--unfinished`
makes it begin a write that reaches the file, say so, and wait to be killed in the middle of it;
`--careless` does the same in a file without a journal on the disk.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from aml_maint.store import engine
from aml_maint.store.database import Store
from tests.store.rows import FEW_ROUNDS, PASSPHRASE, a_command, an_administration


def log_doses(store: Store, course: dict[str, Any]) -> None:
    number = store.counts()["administrations"]
    while True:
        command = a_command("dose.log")
        with store.write(command) as transaction:
            transaction.insert("administrations", an_administration(course, number))
        sys.stdout.write(f"{command.id}\n")
        sys.stdout.flush()
        number += 1


def begin_a_write(store: Store) -> None:
    store._connection.execute(
        "PRAGMA cache_size = 2"
    )  # so that changed pages go to the file before the commit
    with store.write(a_command("patient.edit")) as transaction:
        for row in transaction.rows("SELECT id FROM patients"):
            transaction.update("patients", row["id"], {"note": "y" * 3000})
        sys.stdout.write("half done\n")
        sys.stdout.flush()
        time.sleep(600)


def main(path: str, how: str = "") -> None:
    engine.KDF_ITERATIONS = FEW_ROUNDS
    if how == "--careless":
        engine._DURABLE = engine._FAST
    with Store.open(Path(path), PASSPHRASE, check=False) as store:
        if how:
            begin_a_write(store)
        (course,) = store.rows("SELECT id, patient_id FROM courses")
        log_doses(store, course)
