"""How often each fault was tried and what came of it, for the table in the manual.

`AML_MAINT_FAULTS=nightly` in the environment makes the rounds those of the night. With
`AML_MAINT_FAULTS_RESULTS=FILE` every test adds its lines to that file; `python -m tests.faults`
does both and writes the table.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

RESULTS = "AML_MAINT_FAULTS_RESULTS"
NIGHTLY = os.environ.get("AML_MAINT_FAULTS") == "nightly"


def rounds(ci: int, night: int | None = None) -> int:
    """How often to try: in every run, and ten times as often in the night unless told."""
    return (night or ci * 10) if NIGHTLY else ci


def tried(fault: str, rounds: int, *, lost: int = 0, undetected: int = 0) -> None:
    """Note what came of a fault, and fail if anything saved was lost or a change went unseen."""
    _note({"fault": fault, "rounds": rounds, "lost": lost, "undetected": undetected})
    assert (lost, undetected) == (0, 0), f"{fault}: {lost} lost, {undetected} undetected"


def control(fault: str, found: int, of: int = 1) -> None:
    """Note that without the protection the same test finds damage, and fail if it finds none."""
    _note({"fault": fault, "control": found, "of": of})
    assert found > 0, f"{fault}: the control found nothing, so the test proves nothing"


def _note(line: dict[str, object]) -> None:
    named = os.environ.get(RESULTS)
    if named:
        with Path(named).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
