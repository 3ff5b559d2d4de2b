"""Runs the fault catalogue and writes its table into the manual: `python -m tests.faults`.

The rounds are those of the night unless `--ci` is given; further arguments go to pytest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from aml_maint import __version__
from tests.faults.tally import RESULTS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MANUAL = ROOT / "resources" / "manual"

HEADS = {
    "en": ("Faults tried", "Fault", "Rounds", "Lost", "Undetected", "Control: unprotected"),
    "zh": ("故障试验", "故障", "次数", "丢失", "未发现", "对照：去掉保护"),
}  # fmt: skip
STORIES = {
    "en": (
        "Each row is a test of `tests/faults`, run with version {version} on {day}"
        " ({kind}). *Lost* counts what the program had called saved and what was not there"
        " afterwards; *undetected* counts changes that nobody was told of. Both must be 0. The"
        " control must find something, or the test would prove nothing."
        " `python -m tests.faults` writes this page anew."
    ),
    "zh": (
        "每一行是 `tests/faults` 中的一项试验，程序版本 {version}，{day} 运行（{kind}）。"
        "“丢失”指程序已显示保存而之后不存在的记录；“未发现”指没有告知任何人的改动。两者都必须为 0。"
        "对照必须能发现问题，否则试验不能说明什么。运行 `python -m tests.faults` 重新生成本页。"
    ),
}
KINDS = {"en": ("rounds of every run", "rounds of the night"), "zh": ("常规次数", "夜间次数")}


@dataclass
class Row:
    """What came of one fault in all tests of it together."""

    rounds: int = 0
    lost: int = 0
    undetected: int = 0
    found: int = 0
    of: int = 0


def added_up(lines: list[dict[str, Any]]) -> dict[str, Row]:
    """One row for each fault."""
    rows: dict[str, Row] = {}
    for line in lines:
        row = rows.setdefault(line["fault"], Row())
        row.rounds += line.get("rounds", 0)
        row.lost += line.get("lost", 0)
        row.undetected += line.get("undetected", 0)
        row.found += line.get("control", 0)
        row.of += line.get("of", 0)
    return rows


def page(rows: Mapping[str, Row], language: str, *, night: bool) -> str:
    """The table in one language, as Markdown."""
    catalogue = tomllib.loads((HERE / "catalogue.toml").read_text("utf-8"))
    title, *heads = HEADS[language]
    story = STORIES[language].format(
        version=__version__, day=date.today().isoformat(), kind=KINDS[language][night]
    )
    lines = [f"# {title}", "", story, "", f"| {' | '.join(heads)} |", "|---|---:|---:|---:|---|"]
    for fault, told in catalogue.items():
        row = rows[fault]
        without = told["control"][language]
        control = f"{row.found:,} / {row.of:,}: {without}" if language == "en" else (
            f"{row.found:,} / {row.of:,}：{without}"
        )  # fmt: skip
        cells = (told[language], f"{row.rounds:,}", str(row.lost), str(row.undetected), control)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Run the tests; write the pages only when all of them passed."""
    night = "--ci" not in arguments
    further = [argument for argument in arguments if argument != "--ci"]
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        environment = {**os.environ, RESULTS: str(results)}
        environment["AML_MAINT_FAULTS"] = "nightly" if night else "ci"
        command = [sys.executable, "-m", "pytest", str(HERE), "-q", *further]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        if code:
            return code
        rows = added_up([json.loads(line) for line in results.read_text("utf-8").splitlines()])
    for language in ("en", "zh"):
        text = page(rows, language, night=night)
        (MANUAL / language / "faults.md").write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
