"""Where the time of a row of the table of speed goes: `python -m tests.benchmarks.profiles NAME`.

A profile names the stages between the two ends that its row measures, each with the time on the
clock and the time of the processor, and then the functions that cost most. `--small` takes a ward
of a few patients, only to prove that it works.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.measuring import Setting, machine, named

Profile = Callable[[Setting], Iterator[str]]
"""Gives what it found line by line."""

# Name of the row, and the module and function that say where its time goes.
PROFILES = {
    "start": "start_profile.lines",
    "dose": "dose_profile.lines",
}


def profile(name: str) -> Profile:
    """What takes a row apart."""
    found: Profile = named(PROFILES, name)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.profiles", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("name", choices=sorted(PROFILES))
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is told (5)")
    parser.add_argument("--small", action="store_true", help="prove that it works, in seconds")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(f"{machine()['processor']}, load {machine()['load']}")
    with tempfile.TemporaryDirectory(prefix="aml-profile-") as folder:
        setting = Setting(Path(folder), 1 if options.small else options.rounds, options.small)
        for line in profile(options.name)(setting):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
