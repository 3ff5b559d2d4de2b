"""The window is killed while doses are logged by keys: what it called saved is there."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import drafts
from aml_maint.store.database import Store
from aml_maint.store.replay import verify_chain
from tests.builders import NURSE, a_ward, on_course, platelets
from tests.faults import tally
from tests.faults.killing import expect_doses_as_audited, kill, line, process, wait_for_write
from tests.faults.window import TYPED
from tests.store.rows import PASSPHRASE

KILLS = 6
SEEDS = range(17 if tally.NIGHTLY else 1)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")


@pytest.fixture
def ward(path: Path) -> Path:
    """One patient with a cycle of 210 doses, a platelet count for every week, nothing given."""
    with Store.create(path, PASSPHRASE, "ward", durable=False) as store:
        place = a_ward(store, "2026-03-29T22:00")
        patient, _ = on_course(place)
        for day in ("02", "09", "16", "23"):
            platelets(place, patient, "120", f"2026-03-{day}T06:00")
    return path


def window(ward: Path, *how: str) -> AbstractContextManager[subprocess.Popen[str]]:
    """The window in a process of its own."""
    return process("tests.faults.window", ward, *how)


def expect_kept(ward: Path, acknowledged: Iterable[int]) -> None:
    """What the window called saved is in the file, each dose with its event, and nothing half."""
    with Store.open(ward, PASSPHRASE) as store:
        assert store.integrity(full=True)
        assert verify_chain(store).ok
        assert set(acknowledged) <= expect_doses_as_audited(store)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_dose_that_the_window_called_saved_is_lost_when_it_is_killed(
    ward: Path, seed: int
) -> None:
    """Every second kill comes at any moment, the others in the middle of a write."""
    chance = random.Random(20260329 + seed)
    acknowledged: list[int] = []
    for number in range(KILLS):
        with window(ward) as running:
            told = [line(running) for _ in range(chance.randint(1, 8))]
            if number % 2:
                wait_for_write(running, ward)
            else:
                time.sleep(chance.random() * 0.06)
            acknowledged += [int(text) for text in (*told, *kill(running))]
        expect_kept(ward, acknowledged)
    assert len(acknowledged) == len(set(acknowledged)) >= KILLS
    tally.tried("kill_window", KILLS)


def test_a_cycle_confirmed_in_one_write_is_wholly_undone_when_the_window_is_killed_in_it(
    ward: Path,
) -> None:
    untouched = ward.read_bytes()
    with window(ward, "--unfinished") as running:
        assert line(running) == "half done"
    assert ward.read_bytes() != untouched
    expect_kept(ward, [])
    with Store.open(ward, PASSPHRASE) as store:
        assert store.counts()["administrations"] == 0


def test_what_was_typed_into_a_form_outlives_a_kill_and_is_nowhere_readable(ward: Path) -> None:
    with window(ward, "--typing") as running:
        name = line(running)
    assert name.startswith("labs/")
    with Store.open(ward, PASSPHRASE) as store:
        (found,) = drafts.of(store, NURSE.name)
        assert (found.name, TYPED in found.typed["values"]) == (name, True)
        assert store.counts()["lab_values"] == 4
    assert not any(TYPED.encode() in path.read_bytes() for path in ward.parent.iterdir())


def test_a_window_that_promises_before_it_has_written_is_found_out(ward: Path) -> None:
    """A control: the first test would notice a promise that was not kept."""
    with window(ward, "--early") as running:
        promised = int(line(running))
    expect_kept(ward, [])
    with pytest.raises(AssertionError):
        expect_kept(ward, [promised])
    tally.control("kill_window", 1)


def test_without_the_journal_the_killed_window_ruins_the_file_and_it_is_noticed(
    ward: Path,
) -> None:
    """A control: the tests above would notice if the settings of the store did not help."""
    with window(ward, "--careless") as running:
        assert line(running) == "half done"
    with pytest.raises(StorageProblem):
        expect_kept(ward, [])
