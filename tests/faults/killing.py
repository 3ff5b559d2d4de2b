"""Processes that are killed, and what must be true of the ward file that they leave behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aml_maint.store import audit, location
from aml_maint.store.database import Store
from tests.faults.nursery import Child

ROOT = Path(__file__).resolve().parents[2]

_JOURNAL_BEGINS = bytes.fromhex("d9d505f920a163d7")  # SQLite's file format, "The rollback journal"


@contextmanager
def process(module: str, path: Path, *how: str) -> Iterator[subprocess.Popen[str]]:
    """A module of tests at work on a file, killed at the end of the block if not before."""
    started = subprocess.Popen(
        [sys.executable, "-m", module, str(path), *how],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with started:
        try:
            yield started
        finally:
            started.kill()


def wait_for_write(child: Child, path: Path) -> None:
    """Wait until a round is in the middle of a write: its journal has a beginning only then."""
    with location.journal(path).open("rb") as journal:
        while child.is_running() and os.pread(journal.fileno(), 8, 0) != _JOURNAL_BEGINS:
            pass


def expect_doses_as_audited(store: Store) -> set[int]:
    """Every dose has its event and every event its dose; the sequences of those events."""
    doses = store.rows("SELECT id, seq FROM administrations ORDER BY seq, id")
    events = [
        (event.sequence, change.id)
        for row in store.rows("SELECT event, hash FROM audit ORDER BY seq")
        for event in [audit.parse(row["event"], row["hash"], store.columns)]
        for change in event.changes
        if change.table == "administrations"
    ]
    assert [(dose["seq"], dose["id"]) for dose in doses] == sorted(events)
    return {sequence for sequence, _ in events}
