"""Long work on the command line: how far it is, and Ctrl-C that ends it between two steps."""

from __future__ import annotations

import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import ClassVar

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.services.language import catalogue
from aml_maint.services.long_work import Step, Stopped, Watch

_SELDOM = 10


class Interrupted(UserError):
    """Somebody pressed Ctrl-C; what was done until then stays."""

    kind: ClassVar[str] = "interrupted"


def steps_told(options: Namespace, key: str) -> Callable[[int, int], None]:
    """Tells steps on standard error: at a terminal each in one line, elsewhere every tenth."""
    words = catalogue(options.language)
    at_terminal = sys.stderr.isatty()

    def told(number: int, count: int) -> None:
        text = words.text(Message(key, {"number": number, "count": count}))
        if at_terminal:
            print(f"\r{text}\033[K\r", end="", file=sys.stderr, flush=True)
        elif number % _SELDOM == 0 or number in {1, count}:
            print(text, file=sys.stderr, flush=True)

    return told


@contextmanager
def stop_asked() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed meanwhile. The first press waits for the step that is being done;
    a second one interrupts it."""
    pressed: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def press(number: int, frame: FrameType | None) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def watching(options: Namespace) -> Iterator[Watch]:
    """What work tells its steps that is done as a whole or not at all; after Ctrl-C it raises
    Stopped there.

    Once the work is on its way to the disk it is too late. At a terminal, one line is written over.
    """
    line = _Line(options)
    with stop_asked() as asked:

        def watch(step: Step, done: int, total: int) -> None:
            if asked() and step is not Step.SAVING:
                raise Stopped
            line.show(step, done, total)

        try:
            yield watch
        finally:
            line.clear()


class _Line:
    """A line on standard error, for a person at a terminal."""

    def __init__(self, options: Namespace) -> None:
        self._shown = ""
        self._words = catalogue(options.language)
        self._is_read = sys.stderr.isatty() and not getattr(options, "json", False)

    def show(self, step: Step, done: int, total: int) -> None:
        if not self._is_read:
            return
        told = say(f"work.step.{step.value}")
        if total:
            told = say("work.percent", step=told, percent=done * 100 // total)
        text = self._words.text(told)
        if text != self._shown:
            print(f"\r{text}\033[K\r", end="", file=sys.stderr, flush=True)
            self._shown = text

    def clear(self) -> None:
        if self._shown:
            print("\033[K", end="", file=sys.stderr, flush=True)
            self._shown = ""
