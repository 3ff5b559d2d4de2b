"""Every kind of attack on the audit trail, again and again: found exactly as Help says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection

import pytest

from aml_maint.store import audit, key_slots
from aml_maint.store.audit import Head
from aml_maint.store.database import Store
from aml_maint.store.replay import verify_chain
from tests.faults import tally
from tests.faults.disk_tape import quick_disk
from tests.store.rows import a_command, an_administration, insert, started_course, without_the_store

ROUNDS = 100
DOSES = 12
KEY = key_slots.new_key()

Attack = Callable[[Connection, int], None]


def edit(file: Connection, at: int) -> None:
    file.execute("UPDATE audit SET event = replace(event, '400', '200') WHERE seq = ?", (at,))


def delete(file: Connection, at: int) -> None:
    file.execute("DELETE FROM audit WHERE seq = ?", (at,))


def put_in(file: Connection, at: int) -> None:
    last = DOSES + 2
    for sequence in range(last, at, -1):
        file.execute("UPDATE audit SET seq = ? WHERE seq = ?", (sequence + 1, sequence))
    file.execute(
        "INSERT INTO audit SELECT ?, ?, event, hash FROM audit WHERE seq = ?",
        (at + 1, str(a_command().id), at),
    )


def reorder(file: Connection, at: int) -> None:
    for before, after in ((at, 999), (at - 1, at), (999, at - 1)):
        file.execute("UPDATE audit SET seq = ? WHERE seq = ?", (after, before))


def hash_anew(file: Connection, at: int) -> None:
    file.execute("UPDATE audit SET event = replace(event, 'Li Na', 'Wu Min') WHERE seq = ?", (at,))
    file.execute("UPDATE administrations SET recorded_by = 'Wu Min' WHERE seq = ?", (at,))
    previous = audit.BEFORE_FIRST
    for sequence, text in file.execute("SELECT seq, event FROM audit ORDER BY seq").fetchall():
        previous = audit.event_hash(sequence, text.encode(), previous)
        file.execute("UPDATE audit SET hash = ? WHERE seq = ?", (previous, sequence))


def cut(file: Connection, at: int) -> None:
    for table in ("administrations", "audit_patients", "audit"):
        file.execute(f"DELETE FROM {table} WHERE seq >= ?", (at,))


ALONE: dict[str, Attack] = {"edit": edit, "delete": delete, "insert": put_in, "reorder": reorder}
ONLY_ANCHORED: dict[str, Attack] = {"rehash": hash_anew, "cut": cut}


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[bytes], Head]:
    """The file after each of some doses, and the head that was noted after the last one."""
    path = tmp_path_factory.mktemp("ward") / "ward.amldb"
    states = []
    with quick_disk(), Store.create(path, KEY, "ward", durable=False) as store:
        course = started_course(store)
        for number in range(DOSES):
            insert(store, "administrations", an_administration(course, number))
            states.append(path.read_bytes())
        return states, store.head()


def is_found(path: Path, *anchors: Head) -> bool:
    with Store.open(path, KEY, check=False) as store:
        return not verify_chain(store, anchors=anchors).ok


def attacked(path: Path, attack: Attack, at: int) -> None:
    file = without_the_store(path, KEY)
    file.execute("PRAGMA synchronous = OFF")
    file.execute("BEGIN")
    guards = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        file.execute(f"DROP TRIGGER {name}")
    attack(file, at)
    for _, sql in guards:
        file.execute(sql)
    file.execute("COMMIT")
    file.close()


@pytest.mark.parametrize("batch", tally.BATCHES)
@pytest.mark.parametrize("name", [*ALONE, *ONLY_ANCHORED, "older_file"])
def test_an_attack_is_found_as_help_says(
    path: Path, ward: tuple[list[bytes], Head], name: str, batch: int
) -> None:
    states, noted = ward
    chance = tally.chances(name, batch)
    undetected = found_alone = 0
    with quick_disk():
        for _ in range(ROUNDS):
            older = name == "older_file"
            path.write_bytes(states[chance.randrange(DOSES - 1) if older else -1])
            if not older:
                attacked(path, (ALONE | ONLY_ANCHORED)[name], chance.randint(4, DOSES + 2))
            found_alone += is_found(path)
            undetected += not is_found(path, noted)
    if name in ALONE:
        assert found_alone == ROUNDS
    else:
        assert found_alone == 0, "Help says that only a noted head shows this"
        tally.control("chain_attacks", ROUNDS - found_alone, ROUNDS)
    tally.tried("chain_attacks", ROUNDS, undetected=undetected)
