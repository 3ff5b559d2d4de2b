"""Runs the fault catalogue and writes its table into the manual: `python -m tests.faults`.

The rounds are those of the night unless `--ci` is given, and `--rows power_cut,kill` chooses. A run
that was broken off, or that ended after `--minutes`, goes on where it was; `--again` begins anew.
Further arguments go to pytest.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aml_maint import __version__
from tests.faults import tally
from tests.faults.pages import CATALOGUE, KEPT, results, write_pages

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "faults"
NOTHING_LEFT = 5  # pytest's code when every test was left out
STOPPED = 2  # also pytest's code when the time was up
SUMS = ("rounds", "lost", "undetected", "half", "control", "of")


def run(file: str, kind: str, until: float, further: list[str]) -> int:
    """Run what is left of one file of tests."""
    environment = {
        **os.environ,
        tally.COUNTS: kind,
        tally.RESULTS: str(WORK / kind / f"{file}.jsonl"),
        tally.UNTIL: str(until),
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-x", str(HERE / file), *further]
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return 0 if code == NOTHING_LEFT else code


def added_up(lines: Iterable[dict[str, Any]], fault: str) -> dict[str, Any]:
    """What came of one fault in all its tests."""
    row: dict[str, Any] = dict.fromkeys(SUMS, 0)
    for line in lines:
        noted = [note for note in line["notes"] if note["fault"] == fault]
        for note in noted:
            for name in SUMS:
                row[name] += note.get(name, 0)
        if noted:
            row["day"] = max(row.get("day", ""), line["day"])
    return row


def keep(fault: str, kind: str, files: Iterable[str], *, whole: bool) -> None:
    """Put what came of a fault beside what came of the others, and write the pages.

    Not `whole`: the time was up, and some of its tests are still to be run.
    """
    kept = results()
    found = [line for file in files for line in tally.lines(WORK / kind / f"{file}.jsonl")]
    row = added_up(found, fault)
    if row["rounds"] == 0:
        return
    kept.setdefault(kind, {})[fault] = {**row, "version": __version__, "whole": whole}
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
    write_pages()


def main(arguments: list[str]) -> int:
    """Run the rows that were asked for; each is kept as soon as its tests have passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--ci", action="store_true", help="the rounds of every run")
    parser.add_argument("--rows", default="", help="only these, with commas between")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="then stop")
    parser.add_argument("--again", action="store_true", help="begin anew")
    chosen, further = parser.parse_known_args(arguments)
    kind = "ci" if chosen.ci else "nightly"
    catalogue = tomllib.loads(CATALOGUE.read_text("utf-8"))
    rows = [row for row in chosen.rows.split(",") if row] or list(catalogue)
    if unknown := sorted(set(rows) - set(catalogue)):
        parser.error(f"no such rows: {', '.join(unknown)}; there are {', '.join(catalogue)}")
    (WORK / kind).mkdir(parents=True, exist_ok=True)
    files = dict.fromkeys(file for row in rows for file in catalogue[row]["tests"])
    if chosen.again:
        for file in files:
            (WORK / kind / f"{file}.jsonl").unlink(missing_ok=True)
    until, done = time.time() + 60 * chosen.minutes, set()
    for file in files:
        if time.time() > until:
            return STOPPED
        code = run(file, kind, until, further)
        if code not in {0, STOPPED}:
            return code
        if code == 0:
            done.add(file)
        for row in rows:
            tests = catalogue[row]["tests"]
            if file in tests:
                keep(row, kind, tests, whole=done.issuperset(tests))
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
