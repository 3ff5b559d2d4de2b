"""What the README promises exists, and what exists is in the README."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from aml_maint.cli.parser import MODULES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PROGRAM = ".venv/bin/python -m aml_maint "
EXAMPLES = [
    line.removeprefix(PROGRAM)
    for line in README.splitlines()
    if line.startswith(PROGRAM) and "--demo" not in line
]


def documented() -> set[str]:
    """The commands in the first column of the table, without their arguments."""
    first = re.findall(r"^\| (`.*?) \|", README.split("\n## Commands")[1].split("\n## ")[0], re.M)
    texts = [text for cell in first for text in re.findall(r"`([^`]*)`", cell)]
    return {" ".join(word for word in text.split() if word.islower()) for text in texts}


def test_the_table_of_commands_holds_exactly_the_commands_that_exist() -> None:
    assert documented() == set(MODULES)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_that_needs_no_ward_runs(example: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aml_maint", *shlex.split(example)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert done.stdout.strip()


def test_every_file_and_folder_that_the_readme_links_or_names_is_there() -> None:
    named = re.findall(r"`((?:aml_maint|resources|tests|packaging|\.ci)(?:/[\w./-]+)?)`", README)
    named += re.findall(r"\]\(([^):]+)\)", README)
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists()] == []
