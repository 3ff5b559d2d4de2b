"""The table of promises names code and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = sorted(set(re.findall(r"`([a-z_/]+/[\w/.-]+(?:::\w+)?)`",
                              (ROOT / "tests/faults/README.md").read_text("utf-8"))))  # fmt: skip


def test_there_is_a_table() -> None:
    assert len(NAMED) > 60


@pytest.mark.parametrize("named", NAMED)
def test_what_the_table_of_promises_names_is_there(named: str) -> None:
    path, _, test = named.partition("::")
    assert (ROOT / path).exists()
    assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8")
