"""What a session keeps until the file has passed its check."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from aml_maint.services.workplace import Workplace

Task: TypeAlias = "Callable[[Workplace], None]"


class Kept(StrEnum):
    """What waits for the check of the file."""

    READING = "reading"
    """Asked again; dropped when the file is closed."""
    DOCUMENT = "document"
    """What is to leave the window; dropped as well, but whoever asked is told that it waits."""
    ENTRY = "entry"
    """What is to be saved: the file is not closed before it is."""
    JOT = "jot"
    """Something typed. It outlives a file that turns out to be damaged."""
