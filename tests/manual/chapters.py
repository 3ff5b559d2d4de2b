"""All chapters that are written from the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.manual import commands, data, keys, rules, settings

MANUAL = Path(__file__).parents[2] / "resources" / "manual"

SOURCES = (rules, settings, keys, commands, data)


def written() -> Iterator[tuple[str, str, str]]:
    """Language, name and text of every such chapter."""
    for source in SOURCES:
        yield from source.chapters()
