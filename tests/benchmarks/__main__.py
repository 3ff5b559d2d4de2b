"""The table of speed: `python -m tests.benchmarks`.

Each row is a ratio of two things done in turn in one run. A line says what, the ratio, the goal,
whether it is met, and the two sides as medians; "processor" is the same ratio by the time of the
processor, which a busy machine leaves as it is. `--small` only proves that every row works.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.measuring import Figure, Row, Setting, machine, named

# Name of the row, and the module and function that measure it.
ROWS = {
    "plan": "plan_of_cycle.rows",
    "worklist": "worklist_history.rows",
    "dose": "in_the_window.saving",
    "sheet": "in_the_window.opening",
    "survival": "survival_lifelines.rows",
    "report": "paper_and_files.report",
    "batch": "report_batch.rows",
    "exports": "paper_and_files.exports",
    "audit": "audit_chain.rows",
    "start": "processes.rows",
}


def row(name: str) -> Row:
    """What measures a row."""
    found: Row = named(ROWS, name)
    return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}; else all")
    parser.add_argument("--rounds", type=int, help="how often each side is measured (7)")
    parser.add_argument("--small", action="store_true", help="prove that it works, in seconds")
    parser.add_argument("--json", type=Path, help="write the figures and the machine there")
    parser.add_argument("--scale", type=Path, help="a ward made by tests.benchmarks.scale_ward")
    parser.add_argument("--patients", type=int, help="how many are exported (100)")
    options = parser.parse_args()
    unknown = sorted(set(options.rows) - set(ROWS))
    if unknown:
        parser.error(f"no row {', '.join(unknown)}")
    return options


def main() -> int:
    options = arguments()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    rounds = options.rounds or (1 if options.small else 7)
    before, began = machine(), time.perf_counter()
    print(
        f"{before['processor']}, {before['processors']} processors, load {before['load']}, "
        f"Python {before['python']}, {before['system']}"
    )
    figures: list[Figure] = []
    for name in options.rows or ROWS:
        with tempfile.TemporaryDirectory(prefix="aml-bench-") as folder:
            setting = Setting(Path(folder), rounds, options.small, options.scale, options.patients)
            for figure in row(name)(setting):
                figures.append(figure)
                print(figure.line(), flush=True)
    if options.json is not None:
        content = {
            "machine": before,
            "load_after": machine()["load"],
            "rounds": rounds,
            "small": options.small,
            "seconds": round(time.perf_counter() - began, 1),
            "figures": [figure.data() for figure in figures],
        }
        options.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
