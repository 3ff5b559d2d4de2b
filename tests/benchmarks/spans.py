"""What happens between two moments, call by call and on each thread: for profiles of a task.

The functions named are wrapped for a while. Every call notes when it began, how long it took by
the clock, and how long its own thread computed in it; `stages` gives the medians of the rounds, in
the order of the first one. A call inside another is told with it, so times of a tree don't add up.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, NamedTuple


class Call(NamedTuple):
    """One call; times in milliseconds, `began` from the start of its round."""

    name: str
    thread: str
    depth: int
    began: float
    wall: float
    cpu: float


class Stage(NamedTuple):
    """The medians of one call over all rounds that have it."""

    call: Call
    rounds: int


class Spans:
    """Wraps functions and keeps what was called in each round."""

    def __init__(self) -> None:
        self.rounds: list[list[Call]] = []
        self._calls: list[tuple[str, str, int, float, float, float]] | None = None
        self._start = 0.0
        self._depth = threading.local()
        self._undo: list[Callable[[], None]] = []

    def wrap(self, owner: Any, attribute: str, name: str = "") -> None:
        """Note every call of a function that is looked up by this name from now on."""
        own = attribute in vars(owner)
        raw = vars(owner)[attribute] if own else getattr(owner, attribute)
        plain = raw.__func__ if isinstance(raw, classmethod | staticmethod) else raw
        told = name or f"{owner.__name__.rpartition('.')[2]}.{attribute}"

        @functools.wraps(plain)
        def timed(*args: Any, **named: Any) -> Any:
            if self._calls is None:
                return plain(*args, **named)
            depth = getattr(self._depth, "now", 0)
            self._depth.now = depth + 1
            began, cpu = time.perf_counter(), time.thread_time()
            try:
                return plain(*args, **named)
            finally:
                took, worked = time.perf_counter() - began, time.thread_time() - cpu
                self._depth.now = depth
                if self._calls is not None:
                    thread = (
                        "window"
                        if threading.current_thread() is threading.main_thread()
                        else "store"
                    )
                    self._calls.append((told, thread, depth, began, took, worked))

        setattr(owner, attribute, type(raw)(timed) if plain is not raw else timed)
        put_back = functools.partial(setattr, owner, attribute, raw)
        self._undo.append(put_back if own else functools.partial(delattr, owner, attribute))

    def begin(self) -> None:
        """A round begins now."""
        self._calls, self._start = [], time.perf_counter()

    def end(self) -> None:
        """The round is over."""
        calls, self._calls = self._calls or [], None
        self.rounds.append(
            [
                Call(name, thread, depth, (began - self._start) * 1e3, took * 1e3, cpu * 1e3)
                for name, thread, depth, began, took, cpu in sorted(calls, key=lambda c: c[3])
            ]
        )

    def undo(self) -> None:
        """Put every function back."""
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()

    def stages(self) -> list[Stage]:
        """Each call of a round with its medians, in order of time."""
        found: dict[tuple[str, str, int, int], list[Call]] = {}
        for calls in self.rounds:
            seen: dict[tuple[str, str, int], int] = {}
            for call in calls:
                key = call.name, call.thread, call.depth
                seen[key] = number = seen.get(key, 0) + 1
                found.setdefault((*key, number), []).append(call)
        usual = [calls for calls in found.values() if len(calls) * 2 > len(self.rounds)]
        stages = [
            Stage(
                Call(
                    *calls[0][:3],
                    *(median(values) for values in zip(*(c[3:] for c in calls), strict=True)),
                ),
                len(calls),
            )
            for calls in usual
        ]
        return sorted(stages, key=lambda stage: stage.call.began)

    def lines(self) -> Iterator[str]:
        """The stages as a table."""
        told = f"what (milliseconds, medians of {len(self.rounds)} rounds)"
        yield f"{'began':>8}{'wall':>8}{'cpu':>8}  thread  {told}"
        for call, _ in self.stages():
            yield (
                f"{call.began:8.2f}{call.wall:8.2f}{call.cpu:8.2f}  {call.thread:7} "
                f"{'  ' * call.depth}{call.name}"
            )
