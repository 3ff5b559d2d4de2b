"""Every stall of the window in its own tests: `python -m tests.benchmarks.watchdog`.

Runs the tests of the window (options go to pytest) and lists where its thread computed for more
than 50 ms without returning to the event loop: the longest first, by the function that Qt called
and the one that it was most often seen at. The tests pass or fail as always, whatever is listed: a
limit in milliseconds would judge the machine. `tests/gui/test_event_loop.py` holds the daily pages
against plain work.

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
from collections.abc import Iterable
from pathlib import Path

from tests.gui.watchdog import FOLDER, LIMIT, Stall

ROOT = Path(__file__).parents[2]


def stalls_in(folder: Path) -> list[Stall]:
    """What the tests wrote down."""
    lines = [line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    return [Stall(**json.loads(line)) for line in lines]


def table(stalls: Iterable[Stall]) -> list[str]:
    """A line for each pair of functions: the longest stall, how many there were, and a test."""
    found: defaultdict[tuple[str, str], list[Stall]] = defaultdict(list)
    for stall in stalls:
        found[stall.began, stall.deepest].append(stall)
    by_length = sorted(found.values(), key=lambda all_: -max(one.seconds for one in all_))
    return [
        f"{longest.seconds * 1000:6.0f} ms {len(all_):4} ×  {longest.began} … {longest.deepest}"
        f"  ({longest.test.rpartition('::')[2]})"
        for all_ in by_length
        for longest in [max(all_, key=lambda one: one.seconds)]
    ]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="aml-stalls-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "tests/gui", *sys.argv[1:]],
            cwd=ROOT,
            env={**os.environ, FOLDER: folder},
        )
        lines = table(stalls_in(Path(folder)))
    print(f"\n{len(lines)} places where the window computed for more than {LIMIT * 1000:.0f} ms")
    print("\n".join(lines))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
