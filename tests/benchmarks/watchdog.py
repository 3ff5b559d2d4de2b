"""Every stall of the window in its own tests: `python -m tests.benchmarks.watchdog`.

Runs the tests of the window (options go to pytest) and lists where its thread computed for more
than 50 ms without returning to the event loop: the longest first, by the function that was called
and what it was most often seen at; beside it how long that took by the clock, which other work of
the machine makes longer. `--from 30` as the first option lists what takes 30 ms and more as well.
Tests with a stall are run twice more: of the longest of a test, of the second and so on the least
of the three runs counts, whatever was seen in it. The rest was the machine's, which computes more
slowly while it does other things. The last line says how many there are over 50 ms. The tests pass
or fail as always, whatever is listed: a limit in milliseconds would judge the machine.
`tests/gui/test_event_loop.py` holds the daily pages against plain work.

Left out is what no person waits for: what a test computes itself, the garbage that it leaves, the
look that it makes under the windows of others, and the loading of modules, which the program does
piece by piece before somebody gets there (`gui/idle_work.py`). Not counted is what the thread only
waits for, a disk or another thread: beside how long it computed stands how long that took by the
clock, and `tests.benchmarks event_loop` judges the daily acts by the clock alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tests.gui.watchdog import FOLDER, LEAST, LIMIT, Stall

ROOT = Path(__file__).parents[2]
_TIMES_AGAIN = 2


def stalls_in(folder: Path) -> list[Stall]:
    """What the tests wrote down."""
    lines = [line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    return [Stall(**json.loads(line)) for line in lines]


def table(stalls: Iterable[Stall]) -> list[str]:
    """A line for each function called: its longest stall, how many there were, and a test."""
    found: defaultdict[str, list[Stall]] = defaultdict(list)
    for stall in stalls:
        found[stall.began].append(stall)
    by_length = sorted(found.values(), key=lambda all_: -max(one.seconds for one in all_))
    return [
        f"{longest.seconds * 1000:6.0f} ms {longest.wall * 1000:6.0f} by the clock {len(all_):4} ×"
        f"  {longest.began} … {longest.deepest}  ({longest.test.rpartition('::')[2]})"
        for all_ in by_length
        for longest in [max(all_, key=lambda one: one.seconds)]
    ]


def last_line(stalls: Sequence[Stall]) -> str:
    """How many of them lasted too long."""
    count = sum(stall.seconds > LIMIT for stall in stalls)
    return f"{count} stalls over {LIMIT * 1000:.0f} ms"


def found_again(stalls: Sequence[Stall], again: Iterable[Stall]) -> list[Stall]:
    """The stalls that came again in a second run of their test, each as long as the shorter.

    By their rank within the test: where a stall was seen at hangs on when it was looked at.
    """
    left: defaultdict[str, list[float]] = defaultdict(list)
    for stall in sorted(again, key=lambda one: one.seconds):
        left[stall.test].append(stall.seconds)
    kept = [stall for stall in stalls if stall.seconds <= LIMIT]
    for stall in sorted(stalls, key=lambda one: -one.seconds):
        if stall.seconds > LIMIT and left[stall.test]:
            kept.append(replace(stall, seconds=min(stall.seconds, left[stall.test].pop())))
    return kept


def run(options: Sequence[str], least: float) -> tuple[int, list[Stall]]:
    """Run tests with options of pytest: how they ended, and the stalls of at least so long."""
    with tempfile.TemporaryDirectory(prefix="aml-stalls-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *options],
            cwd=ROOT,
            env={**os.environ, FOLDER: folder, LEAST: str(least)},
        )
        return done.returncode, stalls_in(Path(folder))


def main() -> int:
    options, least = sys.argv[1:], LIMIT
    if options[:1] == ["--from"]:
        least, options = float(options[1]) / 1000, options[2:]
    if not any(option.startswith("tests/") for option in options):
        options.insert(0, "tests/gui")
    ended, stalls = run(options, least)
    for _ in range(_TIMES_AGAIN):
        with_stalls = sorted({stall.test for stall in stalls if stall.seconds > LIMIT})
        if with_stalls:
            stalls = found_again(stalls, run(with_stalls, LIMIT)[1])
    print("\n" + "\n".join([*table(stalls), last_line(stalls)]))
    return ended


if __name__ == "__main__":
    sys.exit(main())
