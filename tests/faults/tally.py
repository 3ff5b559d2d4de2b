"""How often each fault was tried and what came of it, for the table in the manual.

`AML_MAINT_FAULTS=nightly` in the environment makes ten batches of what every run does once, each
with chances of its own. With `AML_MAINT_FAULTS_RESULTS=FILE` every test that passes adds its line
to that file, and the tests that have their line there already are left out; with
`AML_MAINT_FAULTS_UNTIL=TIME` no test begins after that time. `python -m tests.faults` sets all of
them and writes the table.
"""

from __future__ import annotations

import json
import os
import random
from datetime import date
from pathlib import Path
from typing import Any

RESULTS, UNTIL, COUNTS = (
    "AML_MAINT_FAULTS_RESULTS", "AML_MAINT_FAULTS_UNTIL", "AML_MAINT_FAULTS",
)  # fmt: skip
NIGHTLY = os.environ.get(COUNTS) == "nightly"
BATCHES = range(10 if NIGHTLY else 1)

_notes: list[dict[str, Any]] = []


def chances(name: object, batch: int = 0) -> random.Random:
    """The same chances in every run, others in each batch of the night."""
    return random.Random(f"{name}/{batch}")


def tried(fault: str, rounds: int, *, lost: int = 0, undetected: int = 0, half: int = 0) -> None:
    """Note what came of a fault; fail if a thing saved was lost, unseen changed, or half done."""
    bad = {"lost": lost, "undetected": undetected, "half": half}
    _notes.append({"fault": fault, "rounds": rounds, **bad})
    assert not any(bad.values()), f"{fault}: {bad}"


def control(fault: str, found: int, of: int = 1) -> None:
    """Note that without the protection the same test finds damage, and fail if it finds none."""
    _notes.append({"fault": fault, "control": found, "of": of})
    assert found > 0, f"{fault}: the control found nothing, so the test proves nothing"


def begin() -> None:
    """A test begins: what a failed one had noted is forgotten."""
    _notes.clear()


def keep(test: str) -> None:
    """A test passed: keep what it noted."""
    named = os.environ.get(RESULTS)
    if named:
        line = {"test": test, "day": date.today().isoformat(), "notes": _notes}
        with Path(named).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def lines(results: Path) -> list[dict[str, Any]]:
    """What the tests that passed have noted."""
    text = results.read_text("utf-8") if results.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def passed() -> frozenset[str]:
    """The tests that need not run again."""
    named = os.environ.get(RESULTS)
    return frozenset(line["test"] for line in lines(Path(named))) if named else frozenset()
