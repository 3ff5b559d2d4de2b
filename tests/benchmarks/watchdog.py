"""Every stall of the window in its own tests: `python -m tests.benchmarks.watchdog`.

Runs the tests of the window (options go to pytest) and lists where its thread computed for more
than 50 ms without returning to the event loop: the longest first, by the function that was called
and what it was most often seen at; beside it how long that took by the clock, which other work of
the machine makes longer. `--from 30` as the first option lists what takes 30 ms and more as well.
Tests with a stall are run twice more, and the least of the three counts: the rest was the
machine's, which computes more slowly while it does other things. The last line says how many there
are over 50 ms. The tests pass or fail as always, whatever is listed: a limit in milliseconds would
judge the machine. `tests/gui/test_event_loop.py` holds the daily pages against plain work.

Left out is what no person waits for: what a test computes itself, and the loading of modules, which
the program does piece by piece before somebody gets there (`gui/idle_work.py`).
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


def found_again(stalls: Iterable[Stall], again: Iterable[Stall]) -> list[Stall]:
    """The stalls that came again in a second run of their test, each as long as the shorter."""
    longest: defaultdict[tuple[str, str], float] = defaultdict(float)
    for stall in again:
        place = stall.test, stall.began
        longest[place] = max(longest[place], stall.seconds)
    return [
        replace(stall, seconds=min(stall.seconds, longest[stall.test, stall.began]))
        if stall.seconds > LIMIT
        else stall
        for stall in stalls
        if stall.seconds <= LIMIT or longest[stall.test, stall.began] > LIMIT
    ]


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
