"""The window is killed while doses are logged by keys: what it called saved is there."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import drafts
from aml_maint.store.database import Store
from aml_maint.store.replay import verify_chain
from tests.builders import NURSE, a_ward, on_course, platelets
from tests.faults import tally
from tests.faults.disk_tape import quick_disk
from tests.faults.killing import expect_doses_as_audited, wait_for_write
from tests.faults.nursery import Nursery, nursery
from tests.store.rows import PASSPHRASE

KILLS = 25  # of one ward: its cycle has doses enough for so many rounds
WARDS = range(4 * len(tally.BATCHES))
ENOUGH = 60  # of 210 doses: more are given in some rounds than in all others together
TYPES = 12  # every so many rounds a form is half filled, and the next round finds it again

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where windows come from, each a process of its own."""
    with nursery("tests.faults.window", tmp_path_factory.mktemp("windows")) as found:
        yield found


@pytest.fixture
def ward(path: Path) -> Path:
    """One patient with a cycle of 210 doses, a platelet count for every week, nothing given."""
    with Store.create(path, PASSPHRASE, "ward", durable=False) as store:
        place = a_ward(store, "2026-03-29T22:00")
        patient, _ = on_course(place)
        for day in ("02", "09", "16", "23"):
            platelets(place, patient, "120", f"2026-03-{day}T06:00")
    return path


def expect_kept(ward: Path, acknowledged: Iterable[int]) -> None:
    """What the window called saved is in the file, each dose with its event, and nothing half."""
    with quick_disk(), Store.open(ward, PASSPHRASE) as store:
        assert store.integrity(full=True)
        assert verify_chain(store).ok
        assert set(acknowledged) <= expect_doses_as_audited(store)


class Rounds:
    """Windows that are started and killed at one ward, and what they had called saved."""

    def __init__(self, windows: Nursery, ward: Path, number: int) -> None:
        self.acknowledged: list[int] = []
        self.saved = 0
        """Of the wards before this one."""
        self._windows, self._ward, self._new = windows, ward, ward.read_bytes()
        self._chance = tally.chances("kill_window", number)

    def renew(self) -> None:
        """Go on with a new ward where few doses may be left: a quick window gives them all."""
        if len(self.acknowledged) > ENOUGH:
            assert len(self.acknowledged) == len(set(self.acknowledged))
            self.saved += len(self.acknowledged)
            self.acknowledged.clear()
            self._ward.write_bytes(self._new)

    def log(self, number: int) -> None:
        """Doses are given: killed while it starts, between two writes, or inside one."""
        with self._windows.child(str(self._ward)) as window:
            told = []
            if number % 3 == 0:
                time.sleep(self._chance.random() * 1.2)
            else:
                told = [window.line() for _ in range(self._chance.randint(1, 6))]
                if number % 3 == 1:
                    wait_for_write(window, self._ward)
                else:
                    time.sleep(self._chance.random() * 0.06)
            self.acknowledged += [int(text) for text in (*told, *window.kill())]

    def type(self, number: int) -> None:
        """A form is half filled: the window of the next round brings back what was typed."""
        text = f"{40 + number}.{self._chance.randint(1, 9)}"
        with self._windows.child(str(self._ward), "--typing", text) as window:
            assert window.line().startswith("labs/")
        expect_kept(self._ward, self.acknowledged)
        with self._windows.child(str(self._ward), "--back") as window:
            assert window.line() == text


@pytest.mark.parametrize("number", WARDS)
def test_no_dose_that_the_window_called_saved_is_lost_in_100_kills_and_typed_text_comes_back(
    windows: Nursery, ward: Path, number: int
) -> None:
    rounds, kills = Rounds(windows, ward, number), 0
    while kills < KILLS:
        rounds.renew()
        if kills % TYPES == TYPES - 1:
            rounds.type(kills)
            kills += 1
        else:
            rounds.log(kills)
        kills += 1
        expect_kept(ward, rounds.acknowledged)
    assert len(rounds.acknowledged) == len(set(rounds.acknowledged))
    assert rounds.saved + len(rounds.acknowledged) >= KILLS
    tally.tried("kill_window", kills)


def test_a_cycle_confirmed_in_one_write_is_wholly_undone_when_the_window_is_killed_in_it(
    windows: Nursery, ward: Path
) -> None:
    untouched = ward.read_bytes()
    stop_inside(windows, ward, "--unfinished")
    assert ward.read_bytes() != untouched
    expect_kept(ward, [])
    with Store.open(ward, PASSPHRASE) as store:
        left = store.counts()["administrations"]
    tally.tried("kill_window", 1, half=left)


def stop_inside(windows: Nursery, ward: Path, how: str) -> None:
    """Kill the window inside the write that confirms a whole cycle."""
    with windows.child(str(ward), how) as running:
        assert running.line() == "half done"


def test_what_was_typed_into_a_form_outlives_a_kill_and_is_nowhere_readable(
    windows: Nursery, ward: Path
) -> None:
    with windows.child(str(ward), "--typing", "47.5") as running:
        name = running.line()
    with Store.open(ward, PASSPHRASE) as store:
        (found,) = drafts.of(store, NURSE.name)
        assert (found.name, "47.5" in found.typed["values"]) == (name, True)
        assert store.counts()["lab_values"] == 4
    assert not any(b"47.5" in path.read_bytes() for path in ward.parent.iterdir())


def test_a_window_that_promises_before_it_has_written_is_found_out(
    windows: Nursery, ward: Path
) -> None:
    """A control: the first test would notice a promise that was not kept."""
    found = 0
    for _ in range(5):
        with windows.child(str(ward), "--early") as running:
            promised = int(running.line())
        expect_kept(ward, [])
        found += is_broken(ward, promised)
    tally.control("kill_window", found, 5)


def is_broken(ward: Path, promised: int) -> bool:
    try:
        expect_kept(ward, [promised])
    except AssertionError:
        return True
    return False


def test_without_the_journal_the_killed_window_ruins_the_file_and_it_is_noticed(
    windows: Nursery, ward: Path
) -> None:
    """A control: the tests above would notice if the settings of the store did not help."""
    stop_inside(windows, ward, "--careless")
    with pytest.raises(StorageProblem):
        expect_kept(ward, [])
    tally.control("kill_window", 1)
