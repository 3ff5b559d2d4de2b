"""The table of speed can be made: every row works and gives a ratio. How fast is not judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks.measuring import Figure, Goal, interleaved, not_measured
from tests.benchmarks.profiles import PROFILES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("sense", "ours", "bare", "seconds", "verdict"),
    [
        ("at most", 2.0, 1.0, None, "met"),
        ("at most", 2.1, 1.0, None, "MISSED"),
        ("at most", 0.2, 0.1, 0.15, "MISSED"),
        ("at most", 0.14, 0.1, 0.15, "met"),
        ("at least", 1.0, 2.0, None, "met"),
        ("at least", 1.0, 1.9, None, "MISSED"),
    ],
)
def test_a_line_is_met_by_its_ratio_and_its_limit(
    sense: str, ours: float, bare: float, seconds: float | None, verdict: str
) -> None:
    goal = Goal(2.0, "at most" if sense == "at most" else "at least", seconds)
    assert Figure("a", "b", goal, ours, bare).verdict == verdict


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    line = not_measured("a", "b", Goal(2.0), "no library")
    assert line.verdict == "not measured" and line.data()["ratio"] is None


def test_both_sides_are_measured_in_turn_and_their_medians_count() -> None:
    done: list[str] = []

    def side(name: str, seconds: list[float]) -> float:
        done.append(name)
        return seconds.pop()

    ours, bare = [9.0, 2.0, 1.0], [4.0, 5.0, 60.0]
    pair = interleaved(3, lambda: side("ours", ours), lambda: side("bare", bare))
    assert (pair.ours, pair.bare) == (2.0, 5.0)
    assert done == ["bare", "ours", "ours", "bare", "bare", "ours"]


def test_rounds_go_on_until_their_time_is_over() -> None:
    done: list[float] = []

    def side() -> None:
        time.sleep(0.01)
        done.append(1.0)

    interleaved(1, side, side, seconds=0.05)
    assert len(done) > 2
    done.clear()
    interleaved(2, side, side, seconds=0.01)
    assert len(done) == 4


def test_every_row_works_small(tmp_path: Path) -> None:
    path = tmp_path / "speed.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--small", "--json", str(path)],
        cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, text=True,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(path.read_text("utf-8"))
    assert found["machine"]["processors"] and found["small"]
    measured = [one for one in found["figures"] if one["verdict"] != "not measured"]
    assert len(found["figures"]) >= 12 and len(measured) >= 10
    assert all(one["ratio"] > 0 for one in measured)
    lines = done.stdout.splitlines()
    assert all(any(line.startswith(one["name"]) for line in lines) for one in found["figures"])


@pytest.mark.parametrize(
    ("name", "told"), [("start", "a part of Today is read"), ("dose", "the commit")]
)
def test_every_profile_works_small(name: str, told: str) -> None:
    assert name in PROFILES
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.profiles", name, "--small"],
        cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, text=True,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert told in done.stdout and "top functions" in done.stdout


def test_the_questions_of_a_registry_can_be_measured() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.registry", "--small"],
        cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    for name in ("read everybody", "another filter", "draw swimmer", "whom to ask after"):
        assert name in done.stdout
