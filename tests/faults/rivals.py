"""One of several programs that want the same ward file: `python -m tests.faults.rivals FILE COUNT`.

It opens the file, writes some doses, closes it and tries again, and prints the id of each command
that was saved, `wait` for each refusal in words, `raw` for anything else. With `--careless` it is a
program that knows nothing of the store: it reads a number, adds one and writes it back.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import engine
from aml_maint.store.database import Store
from tests.store.rows import a_command, an_administration, without_the_store

AT_ONCE = 20
KEY = f"x'{'07' * 32}'"


def tell(what: object) -> None:
    sys.stdout.write(f"{what}\n")


def write_some(path: Path, left: int, rival: int) -> int:
    """Write while the file is ours; how many."""
    with Store.open(path, KEY, check=False) as store:
        (course,) = store.rows("SELECT id, patient_id FROM courses")
        for number in range(min(left, AT_ONCE)):
            command = a_command("dose.log")
            with store.write(command) as transaction:
                row = an_administration(course, rival * 10_000 + left - number)
                transaction.insert("administrations", row)
            tell(command.id)
    return min(left, AT_ONCE)


def careless(path: Path, count: int) -> None:
    connection = without_the_store(path, KEY)
    connection.execute("PRAGMA busy_timeout = 0")
    for _ in range(count):
        try:
            (value,) = connection.execute("SELECT n FROM tally").fetchone()
            time.sleep(0.001)
            connection.execute("UPDATE tally SET n = ?", (value + 1,))
            tell("saved")
        except engine.Error:
            tell("raw")


def main(path: str, count: str, rival: str, how: str = "") -> None:
    if how == "--careless":
        careless(Path(path), int(count))
        return
    left = int(count)
    while left:
        try:
            left -= write_some(Path(path), left, int(rival))
        except StorageProblem as problem:
            tell("wait" if problem.message.key == "store.in_use" else "raw")
        except engine.Error:
            tell("raw")
        time.sleep(0.002)


if __name__ == "__main__":
    main(*sys.argv[1:])
