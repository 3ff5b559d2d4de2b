"""Kaplan-Meier curves with intervals and the log-rank test, beside lifelines.

lifelines brings pandas and is no dependency of the program: it lives in an environment of its
own, `build/lifelines`, which the first full run makes with pip. The same child process there runs
both sides, in turn, and first compares every height of the curves, both ends of every interval,
the medians, the statistic and p. lifelines is given arrays, we take the lists that a cohort has.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measuring import Figure, Goal, Pair, Setting, compared, not_measured

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "build" / "lifelines"
WANTED = "lifelines==0.30.3"
NAME, AGAINST, GOAL = "Kaplan-Meier, intervals, log-rank", "lifelines", Goal(5.0, "at least")

_CODE = """
import json, random, sys
sys.path.insert(0, sys.argv[1])
people, rounds, seconds = int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
import numpy, warnings
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
from aml_maint.domain.survival import kaplan_meier, log_rank
from tests.benchmarks.measuring import interleaved
warnings.simplefilter("ignore")
draw = random.Random(1)
groups = {}
for name, rate in (("a", 0.02), ("b", 0.03)):
    died = [draw.expovariate(rate) for _ in range(people // 2)]
    left = [draw.uniform(0, 120) for _ in died]
    groups[name] = (
        [round(min(d, c), 2) for d, c in zip(died, left)], [d <= c for d, c in zip(died, left)]
    )
arrays = {name: (numpy.array(t), numpy.array(e)) for name, (t, e) in groups.items()}
found = {}

def ours():
    found["curves"] = {name: kaplan_meier(*group) for name, group in groups.items()}
    found["medians"] = [curve.median for curve in found["curves"].values()]
    found["test"] = log_rank(found["curves"])

def theirs():
    found["fitted"] = {
        name: KaplanMeierFitter().fit(t, e) for name, (t, e) in arrays.items()
    }
    found["their medians"] = [one.median_survival_time_ for one in found["fitted"].values()]
    (a, b), (c, d) = arrays["a"], arrays["b"]
    found["their test"] = logrank_test(a, c, b, d)

ours(), theirs()
assert [m.time for m in found["medians"]] == found["their medians"], found

def same(one, other):
    numpy.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-12)

for name, curve in found["curves"].items():
    fitted = found["fitted"][name]
    table = fitted.event_table.loc[list(curve.times)]
    assert list(table["at_risk"]) == list(curve.at_risk), name
    assert list(table["observed"]) == list(curve.died), name
    same(curve.survival, fitted.survival_function_.loc[list(curve.times)].to_numpy()[:, 0])
    # Where nobody has had the event yet lifelines draws an interval from 1 to 1, R none.
    inner = [0 < height < 1 for height in curve.survival]
    both = fitted.confidence_interval_.loc[list(curve.times)].to_numpy()[inner]
    same(numpy.array([curve.lower, curve.upper]).T[inner], both)
same(found["test"].statistic, found["their test"].test_statistic)
same(found["test"].p, found["their test"].p_value)
pair = interleaved(rounds, ours, theirs, seconds)
print(json.dumps([pair.ours, pair.bare, pair.ours_cpu, pair.bare_cpu]))
"""


def rows(setting: Setting) -> Iterator[Figure]:
    """One line; a small run measures only if the environment is there already."""
    python = _python(make=not setting.small)
    people = 1_000 if setting.small else 100_000
    name = f"{NAME}, {people:,} people"
    if python is None:
        yield not_measured(name, AGAINST, GOAL, f"{WANTED} is not in build/lifelines")
        return
    done = subprocess.run(
        [python, "-c", _CODE, str(ROOT), str(people), str(setting.rounds), str(setting.seconds)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    pair = Pair(*json.loads(done.stdout))
    yield compared(name, AGAINST, GOAL, pair, "same curves, intervals, medians, test")


def _python(*, make: bool) -> Path | None:
    """The Python that has lifelines; None if there is none and none can be made."""
    python = PLACE / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if python.exists():
        return python
    if not make:
        return None
    venv.create(PLACE, with_pip=True)
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", WANTED, "python-dateutil"])
    return python if done.returncode == 0 else None
