"""Something much that is read in parts, so that a write never waits for all of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from aml_maint.domain.errors import UserError
    from aml_maint.gui.session import Session
    from aml_maint.services.long_work import Parts
    from aml_maint.services.workplace import Workplace

T = TypeVar("T")

# What the window does meanwhile takes longer by about this, and so does a write that waits: less
# than anybody feels. To ask for a part and to answer it costs a fiftieth of it.
_PART_SECONDS = 0.01


@dataclass(frozen=True)
class Whole(Generic[T]):
    """All of it is read."""

    found: T


class Reading(Generic[T]):
    """What is read in parts, for as long as anybody wants it."""

    def __init__(self, work: Callable[[Workplace], Parts[T]]) -> None:
        self._work = work
        self._parts: Parts[T] | None = None
        self.stopped = False

    def stop(self) -> None:
        """Nobody wants it any more: no further part is read, and no answer given."""
        self.stopped = True

    def part(self, place: Workplace) -> tuple[int, int] | Whole[T]:
        """Read on for a moment: how many of how many are read, or what all of it comes to."""
        until = time.perf_counter() + _PART_SECONDS
        # What fails, such as in a file that is still being checked, is begun anew when asked again.
        parts, self._parts = self._parts or self._work(place), None
        try:
            progress = next(parts)
            while time.perf_counter() < until:
                progress = next(parts)
        except StopIteration as end:
            return Whole(end.value)
        self._parts = parts
        return progress


def _unheard(done: int, total: int) -> None:
    """Nobody asks how far it is."""


def read_in_parts(
    session: Session,
    work: Callable[[Workplace], Parts[T]],
    done: Callable[[T], None],
    owner: QObject,
    failed: Callable[[UserError], None] | None = None,
    told: Callable[[int, int], None] = _unheard,
) -> Reading[T]:
    """As `Session.read`, of much: each part is asked for when the one before has been answered.

    So whatever was asked for meanwhile comes between two parts, and while the window is at
    something that takes long, next to nothing is read that would slow it down. `told` hears how
    many of how many are read.
    """
    reading = Reading(work)

    def go_on(found: tuple[int, int] | Whole[T]) -> None:
        if reading.stopped:
            return
        if isinstance(found, Whole):
            done(found.found)
        else:
            told(*found)
            session.read(reading.part, go_on, owner, unless_stopped)

    def refuse(error: UserError) -> None:
        if not reading.stopped and failed is not None:
            failed(error)

    unless_stopped = None if failed is None else refuse
    session.read(reading.part, go_on, owner, unless_stopped)
    return reading
