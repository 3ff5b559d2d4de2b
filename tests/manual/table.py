"""Markdown as the chapters are written in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aml_maint.domain.messages import Language

Both = dict[Language, str]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, an empty line after it; a cell is one line and holds no bar."""
    lines = [heads, ["---"] * len(heads), *rows]
    return [*(f"| {' | '.join(map(_cell, line))} |" for line in lines), ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").strip() or "–"


def code(text: str) -> str:
    """A word of a program."""
    return f"`{text}`"
