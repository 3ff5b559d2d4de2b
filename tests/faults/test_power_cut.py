"""The power fails at any moment while doses are recorded: what was called saved is there.

What SQLite did to the disk is recorded at its own door and played back up to the cut, without the
writes that no sync had forced to the disk yet, or with parts of them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import audit, engine, key_slots
from aml_maint.store.database import Store
from tests.faults import tally
from tests.faults.disk_tape import Tape, available, recording
from tests.faults.power import AfterCut, cuts, lay_out
from tests.store.rows import a_command, a_patient, an_administration, started_course

pytestmark = pytest.mark.skipif(not available(), reason="this build hides the engine's VFS")

CUTS = 2_000
WHOLLY = 20  # every so many times everything is read
KEY = key_slots.new_key()  # takes no time to derive


@pytest.fixture
def before(path: Path) -> dict[str, bytes]:
    """The closed file with a started course."""
    with Store.create(path, KEY, "ward") as store:
        started_course(store)
    return {path.name: path.read_bytes()}


def record(path: Path) -> Tape:
    """Twelve doses, each corrected, and a page of notes: each acknowledged when it was saved."""
    with recording() as tape, Store.open(path, KEY, check=False) as store:
        (course,) = store.rows("SELECT id, patient_id FROM courses")
        for number in range(12):
            dose = an_administration(course, number)
            steps = [("insert", dose), ("correct", dose)]
            if number % 4 == 3:
                steps.append(("note", a_patient(note="x" * 20_000)))
            for step, row in steps:
                command = a_command()
                with store.write(command) as transaction:
                    if step == "correct":
                        transaction.update("administrations", row["id"], {"note": "late"})
                    else:
                        table = "administrations" if step == "insert" else "patients"
                        transaction.insert(table, row)
                tape.acknowledge(str(command.id))
    return tape


def lost_in(found: AfterCut, folder: Path, name: str, *, wholly: bool) -> bool:
    """Whether anything that was called saved is missing, or the file can't be used.

    Wholly: every page, and every row against its events; else the chain and its doses.
    """
    lay_out(folder, found.files)
    try:
        if wholly:
            with Store.open(folder / name, KEY, check=True) as store:
                chain = store.rows("SELECT seq, command_id, event, hash FROM audit")
                return not found.acknowledged <= {row["command_id"] for row in chain}
        return not found.acknowledged <= known_to_the_chain(folder / name)
    except (StorageProblem, engine.Error, AssertionError):
        return True


def known_to_the_chain(path: Path) -> set[str]:
    """The commands of a file whose chain holds and whose doses are those of the chain."""
    connection = engine.connect(path, KEY, "write")
    try:
        connection.execute("PRAGMA synchronous = OFF")
        previous, noted = audit.BEFORE_FIRST, {}
        events = connection.execute("SELECT seq, event, hash FROM audit ORDER BY seq").fetchall()
        for sequence, text, digest in events:
            assert audit.event_hash(sequence, text.encode(), previous) == digest
            previous = digest
            for change in json.loads(text)["changes"]:
                if change["table"] == "administrations":
                    for row in change.get("new", [change.get("after")]):
                        noted[row["id"]] = sequence
        doses = connection.execute("SELECT id, seq FROM administrations").fetchall()
        assert dict(doses) == noted
        return {json.loads(text)["command"]["id"] for _, text, _ in events}
    finally:
        connection.close()


def count_lost(states: Iterable[AfterCut], folder: Path, name: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            engine, "_DURABLE", engine._FAST
        )  # what the look leaves behind is thrown away
        return sum(
            lost_in(found, folder, name, wholly=number % WHOLLY == 0)
            for number, found in enumerate(states)
        )


def points(tape: Tape, count: int, chance: random.Random) -> list[int]:
    return [chance.randint(0, len(tape.ops)) for _ in range(count)]


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_no_acknowledged_write_is_lost_in_2000_power_cuts(
    path: Path, before: dict[str, bytes], tmp_path: Path, batch: int
) -> None:
    tape, chance = record(path), tally.chances("power_cut", batch)
    states = cuts(tape.ops, before, points(tape, CUTS, chance), chance)
    tally.tried("power_cut", CUTS, lost=count_lost(states, tmp_path / "after", path.name))


def test_without_waiting_for_the_disk_the_same_cuts_lose_writes(
    path: Path, before: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    off = [(n, *(("OFF", 0) if n == "synchronous" else (v, e))) for n, v, e in engine._DURABLE]
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_DURABLE", tuple(off))
        tape = record(path)
    chance = random.Random(6)
    states = cuts(tape.ops, before, points(tape, 100, chance), chance)
    lost = count_lost(states, tmp_path / "after", path.name)
    tally.control("power_cut", lost, 100)
