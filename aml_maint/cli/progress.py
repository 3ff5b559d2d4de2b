"""Long work at a terminal: how far it is, and Ctrl-C as a stop that leaves nothing half done."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from aml_maint.domain.messages import say
from aml_maint.services.language import catalogue
from aml_maint.services.long_work import Step, Stopped, Watch


@contextmanager
def watching(options: Namespace) -> Iterator[Watch]:
    """What long work tells how far it is; it raises Stopped there once somebody pressed Ctrl-C.

    A line on standard error is written over, if that is a terminal and no program reads along.
    Ctrl-C anywhere else could end a write that is on the disk already, and seem to undo it.
    """
    asked = threading.Event()
    line = _Line(options)

    def watch(step: Step, done: int, total: int) -> None:
        if asked.is_set() and step is not Step.SAVING:
            raise Stopped
        line.show(step, done, total)

    def ask(_signal: int, _frame: FrameType | None) -> None:
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield watch  # only the main thread hears signals
        return
    before = signal.signal(signal.SIGINT, ask)
    try:
        yield watch
    finally:
        signal.signal(signal.SIGINT, before)
        line.clear()


class _Line:
    """A line that is written over."""

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
            self.clear()
            print(text, end="\r", file=sys.stderr, flush=True)
            self._shown = text

    def clear(self) -> None:
        if self._shown:
            # A Chinese character takes two places.
            print(" " * (2 * len(self._shown)), end="\r", file=sys.stderr, flush=True)
            self._shown = ""
