"""How time, memory and file grow: `python -m tests.benchmarks.growth`.

With patients, years and people. Each point is a ward of its own, read in a process of its own; the
processor's time is taken, so a busy machine changes little. The figures are kept in `growth.json`,
and from them the page of the manual and its plot are written in both languages. `--page` writes
these again from kept figures.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.services import sign_in
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.observations import record_count
from aml_maint.services.people import list_patients
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.worklist import worklist
from aml_maint.store import key_slots
from aml_maint.store.database import Store
from aml_maint.store.key_slots import SlotKind
from tests.benchmarks import growth_page, scale_ward
from tests.benchmarks.measuring import machine
from tests.benchmarks.worklist_history import desk

KEPT = Path(__file__).with_name("growth.json")
PATIENTS = (25, 50, 100, 200, 400)
YEARS = (1, 2, 5, 10, 20)
PEOPLE = (1, 3, 10, 30)
_ON_THERAPY = 20  # in the wards that differ by years: a ward of ordinary size
_DOSES_A_YEAR = _ON_THERAPY * 210 * 365 // 28


def cpu(work: Callable[[], object], rounds: int = 3) -> float:
    """Seconds of the processor, the median of some rounds."""
    took = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return median(took)


def point(path: Path) -> dict[str, float]:
    """What one ward file takes; for a process of its own, since memory is not given back."""
    opened: list[Store] = []

    def reopen() -> None:
        while opened:
            opened.pop().close()
        opened.append(Store.open(path, scale_ward.PASSPHRASE))

    took: dict[str, float] = {"open": cpu(reopen, 1)}
    store = opened[0]
    place = desk(store)
    took["today"] = cpu(lambda: _anew(store, lambda: worklist(place)))
    took["patients"] = cpu(lambda: _anew(store, lambda: list_patients(place)))
    course = store.rows("SELECT id FROM courses ORDER BY first_day DESC, id LIMIT 1")[0]["id"]
    took["sheet"] = cpu(lambda: _anew(store, lambda: cycle_sheet(place, course, None)))
    patient = store.rows("SELECT id FROM patients ORDER BY id LIMIT 1")[0]["id"]
    at = Moment.at(scale_ward.NOW, DEFAULT_ZONE)
    value = LabValue.parse("120", "10*9/L")
    took["save"] = cpu(lambda: record_count(place, patient, "granulocytes", value, at), 7)
    counts = store.counts()
    store.close()
    return took | {
        "memory": most_memory(),
        "file": path.stat().st_size / 2**20,
        "doses": counts["administrations"],
        "everyone": counts["patients"],
    }


def most_memory() -> float:
    """MiB that this process ever held at once; `getrusage` would count its parent's, too."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not tell how much memory was used")


def _anew(store: Store, work: Callable[[], object]) -> None:
    """As when a day begins: nothing is remembered of courses."""
    store.memory.resume(["courses", "site_settings"])
    work()


def in_a_process(path: Path) -> dict[str, float]:
    """The same in a process that does nothing else."""
    code = (
        "import json, sys; from pathlib import Path; from tests.benchmarks import growth;"
        " print(json.dumps(growth.point(Path(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(folder: Path, sizes: Sequence[tuple[int, scale_ward.Size]]) -> list[dict[str, float]]:
    """A line for each size."""
    lines = []
    for number, size in sizes:
        path = folder / f"{number}.amldb"
        scale_ward.build(path, size).close()
        lines.append({"size": number, **in_a_process(path)})
        path.unlink()
        print({name: round(value, 3) for name, value in lines[-1].items()}, flush=True)
    return lines


def people(folder: Path) -> list[dict[str, float]]:
    """The time to sign in as the last of so many people of a ward."""
    lines = []
    path = folder / "people.amldb"
    keys, key = key_slots.new_file(), key_slots.new_key()
    for number in range(1, max(PEOPLE) + 1):
        keys = keys.with_slot(key_slots.seal(keys, key, f"p{number}", "a long phrase of theirs",
                                             SlotKind.ACCOUNT))  # fmt: skip
        if number in PEOPLE:
            key_slots.write(path, keys)
            name, now = f"p{number}", datetime.now(UTC)
            took = cpu(lambda: sign_in.unlock(path, name, "a long phrase of theirs", now))  # noqa: B023
            lines.append({"size": number, "sign_in": took})
    return lines


def exponent(lines: Sequence[dict[str, float]], name: str) -> float:
    """The slope of the straight line through the points on logarithmic axes: 1 is in proportion."""
    points = [(math.log(line["size"]), math.log(line[name])) for line in lines]
    mean_x, mean_y = (sum(column) / len(points) for column in zip(*points, strict=True))
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum(
        (x - mean_x) ** 2 for x, _ in points
    )


def run() -> dict[str, Any]:
    """All figures, each axis with its fitted exponents."""
    axes: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        axes["patients"] = measured(
            folder,
            [(n, scale_ward.Size(n, cycles=3, longest=3, days=7)) for n in PATIENTS],
        )
        axes["years"] = measured(
            folder,
            [
                (n, scale_ward.Size(_ON_THERAPY, _DOSES_A_YEAR * n, n, cycles=3, longest=3, days=7))
                for n in YEARS
            ],
        )
        axes["people"] = people(folder)
    fitted = {
        axis: {name: round(exponent(lines, name), 2) for name in lines[0] if name != "size"}
        for axis, lines in axes.items()
    }
    return {"machine": machine(), "axes": axes, "exponents": fitted}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--page", action="store_true", help="only write the page and the plot")
    parser.add_argument("--largest", type=Path, help="a ward of scale_ward, as one more line")
    options = parser.parse_args()
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    found = kept if options.page else {**kept, **run()}
    if options.largest is not None:
        found["largest"] = in_a_process(options.largest)
    KEPT.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    growth_page.write(found)


if __name__ == "__main__":
    main()
