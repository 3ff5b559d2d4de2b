"""Whether a window names anybody in a title, or in what it leaves outside the ward file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from tests.gui.ward import PATIENTS

# Settings and logs: what lies outside the ward file and is no document that somebody asked for.
OUTSIDE = ("*.ini", "*.conf", "*.log", "*.log.*")


def names() -> frozenset[str]:
    """By what the two patients of the small ward can be known."""
    found = set()
    for one in PATIENTS:
        family, given = one.family_name, one.given_name
        found |= {one.mrn, str(one.born_on), f"{family}, {given}", f"{family.upper()}, {given}"}
    return frozenset(found)


@contextmanager
def titles(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every title that a window gets while the block runs."""
    told: list[str] = []
    really = QWidget.setWindowTitle

    def noted(self: QWidget, title: str) -> None:
        told.append(title)
        really(self, title)

    with patch.context() as here:
        here.setattr(QWidget, "setWindowTitle", noted)
        yield told


def named(folder: Path, told: Iterable[str]) -> list[str]:
    """Where a patient is named: in a title, or in a setting or a log, or by the name of one."""
    found = [f"title: {title}" for title in told for name in names() if name in title]
    for pattern in OUTSIDE:
        for file in folder.rglob(pattern):
            text = file.name + file.read_text("utf-8", errors="replace")
            found += [f"{file.name}: {name}" for name in names() if name in text]
    return found
