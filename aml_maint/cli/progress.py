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
from aml_maint.domain.messages import Message
from aml_maint.services.language import catalogue

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
