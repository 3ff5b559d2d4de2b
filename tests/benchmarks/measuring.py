"""What every row of the table of speed shares: two sides in turn, medians, a goal, the machine."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Literal

Side = Callable[[], float | None]
"""Does one round; gives the seconds it took if it knows them better than whoever called it."""


@dataclass(frozen=True)
class Setting:
    """Where a row may write, how often it measures, and whether only to prove that it works."""

    folder: Path
    rounds: int
    small: bool
    scale: Path | None = None
    """A ward of full size that is there already."""
    patients: int | None = None
    """How many patients are exported, if not as many as take minutes."""

    @property
    def seconds(self) -> float:
        """For how long a row goes on beyond its rounds: a machine is slow for seconds at a time."""
        return 0.0 if self.small else 15.0


@dataclass(frozen=True)
class Goal:
    """A ratio that is to be at most, or at least, so much; and a limit in seconds besides."""

    ratio: float
    sense: Literal["at most", "at least"] = "at most"
    seconds: float | None = None

    def __str__(self) -> str:
        sign = "≤" if self.sense == "at most" else "≥"
        limit = "" if self.seconds is None else f", < {self.seconds * 1000:.0f} ms"
        return f"{sign} {self.ratio:g}{limit}"


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured against what, and how it went."""

    name: str
    against: str
    goal: Goal
    ours: float
    bare: float
    unit: str = "s"
    note: str = ""
    skipped: str = ""
    details: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """How many times the other side; for "at least" how many times quicker than it."""
        if self.goal.sense == "at most":
            return self.ours / self.bare if self.bare else float("inf")
        return self.bare / self.ours if self.ours else float("inf")

    @property
    def verdict(self) -> str:
        """Whether the goal is met; nothing is said of what was not measured."""
        if self.skipped:
            return "not measured"
        limit = self.goal.seconds
        fast = limit is None or self.ours < limit
        kept = self.ratio <= self.goal.ratio
        return (
            "met"
            if fast and (kept if self.goal.sense == "at most" else self.ratio >= self.goal.ratio)
            else "MISSED"
        )

    def line(self) -> str:
        """`name ratio goal verdict`, and what lies behind it."""
        if self.skipped:
            return f"{self.name:44} {'–':>7}  {self.goal!s:16} {self.verdict:12} {self.skipped}"
        sides = f"{shown(self.ours, self.unit)} : {shown(self.bare, self.unit)}"
        more = f"; {self.note}" if self.note else ""
        return f"{self.name:44} {self.ratio:7.2f}  {self.goal!s:16} {self.verdict:12} {sides}{more}"

    def data(self) -> dict[str, Any]:
        """The same for a file."""
        return {
            **asdict(self), "goal": str(self.goal), "verdict": self.verdict,
            "ratio": None if self.skipped else round(self.ratio, 4),
        }  # fmt: skip


Row = Callable[[Setting], Iterator[Figure]]


def not_measured(name: str, against: str, goal: Goal, why: str) -> Figure:
    """A line for what this machine could not measure."""
    return Figure(name, against, goal, 0.0, 0.0, skipped=why)


@dataclass(frozen=True)
class Pair:
    """Both sides of a ratio: median wall time, and median time of the processor."""

    ours: float
    bare: float
    ours_cpu: float
    bare_cpu: float

    @property
    def details(self) -> dict[str, float]:
        """For the file: the processor's view, which a busy machine leaves as it is."""
        return {
            "ours_cpu": self.ours_cpu, "bare_cpu": self.bare_cpu,
            "cpu_ratio": self.ours_cpu / self.bare_cpu if self.bare_cpu else 0.0,
        }  # fmt: skip


def interleaved(rounds: int, ours: Side, bare: Side, seconds: float = 0.0) -> Pair:
    """Both sides in turn, so that whatever else the machine does weighs on both alike.

    At least so many rounds, and more of them until so many seconds are over.
    """
    took: dict[int, list[tuple[float, float]]] = {0: [], 1: []}
    until = time.perf_counter() + seconds
    for number in count():
        if number >= rounds and time.perf_counter() >= until:
            break
        sides = [(0, ours), (1, bare)]
        for place, side in sides if number % 2 else reversed(sides):
            took[place].append(_timed(side))
    (our_wall, our_cpu), (bare_wall, bare_cpu) = (
        (median(one[0] for one in took[place]), median(one[1] for one in took[place]))
        for place in (0, 1)
    )
    return Pair(our_wall, bare_wall, our_cpu, bare_cpu)


def _timed(side: Side) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    known = side()
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    return (wall if known is None else known), cpu


def compared(name: str, against: str, goal: Goal, pair: Pair, note: str = "") -> Figure:
    """A line of two sides that were timed in turn."""
    cpu = pair.details["cpu_ratio"]
    told = f"processor {1 / cpu if goal.sense == 'at least' and cpu else cpu:.2f}"
    return Figure(
        name, against, goal, pair.ours, pair.bare,
        note=f"{told}; {note}" if note else told, details=pair.details,
    )  # fmt: skip


def shown(value: float, unit: str) -> str:
    """A time or a size as people read it."""
    if unit != "s":
        return f"{value:.0f} {unit}"
    for factor, name in ((1, "s"), (1e3, "ms")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {name}"
    return f"{value * 1e6:.3g} µs"


def named(table: Mapping[str, str], name: str) -> Any:
    """The function of a table that a name stands for; loaded only when it is its turn."""
    module, _, function = table[name].partition(".")
    return getattr(import_module(f"tests.benchmarks.{module}"), function)


def machine() -> dict[str, Any]:
    """The machine that measured, so that figures of two can be told apart."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in _read("/proc/cpuinfo").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = next(
        (line.split()[1] for line in _read("/proc/meminfo").splitlines() if "MemTotal" in line), "0"
    )
    return {
        "processor": cpu,
        "processors": os.cpu_count(),
        "memory_mib": int(memory) // 1024,
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "load": [round(one, 2) for one in os.getloadavg()] if hasattr(os, "getloadavg") else [],
    }


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except OSError:
        return ""
