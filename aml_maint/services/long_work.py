"""Long work that tells how far it is and can be stopped, with nothing half done."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TypeVar

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import say

T = TypeVar("T")

Parts = Generator[tuple[int, int], None, T]
"""Reading done in parts: after each it yields how many of how many are done, at last the result.

Between two parts others may use the file, and whoever asked may stop asking.
"""

# Often enough for an eye and a stop, seldom enough to cost nothing.
_EVERY = 100


class Step(StrEnum):
    """What long work is at; each has its words."""

    READING = "reading"
    CHECKING = "checking"
    REHEARSING = "rehearsing"
    """Trying it on an empty file that is thrown away."""
    COMPARING = "comparing"
    BACKUP = "backup"
    WRITING = "writing"
    SAVING = "saving"
    """The write is on its way to the disk: too late to stop it."""


Watch = Callable[[Step, int, int], None]
"""Hears the step, and how many of how many are done; of an unknown number the total is 0.

What it raises ends the work, which then leaves nothing.
"""


class Stopped(UserError):
    """A person stopped the work; nothing was written."""

    kind = "stopped"

    def __init__(self) -> None:
        super().__init__(say("work.stopped"))


def unwatched(step: Step, done: int, total: int) -> None:
    """Nobody looks on."""


def whole(parts: Parts[T], between: Callable[[], None] = lambda: None) -> T:
    """What reading in parts comes to, read in one go; what `between` raises ends it."""
    while True:
        between()
        try:
            next(parts)
        except StopIteration as end:
            found: T = end.value
            return found


def watched(items: Iterable[T], step: Step, watch: Watch, total: int = 0) -> Iterator[T]:
    """The items one by one, telling how many were begun."""
    watch(step, 0, total)
    done = 0
    for done, item in enumerate(items, 1):
        if done % _EVERY == 0:
            watch(step, min(done, total) if total else done, total)
        yield item
    watch(step, total or done, total)


def watched_all(items: Sequence[T], step: Step, watch: Watch) -> Iterator[T]:
    """As `watched`, of a number of items that is known."""
    return watched(items, step, watch, len(items))


def in_parts(items: Sequence[T], step: Step, watch: Watch, size: int) -> Iterator[Sequence[T]]:
    """The items in parts of a size, telling how many were done."""
    for start in range(0, len(items), size):
        watch(step, start, len(items))
        yield items[start : start + size]
    watch(step, len(items), len(items))
