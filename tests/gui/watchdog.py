"""Watches every test of the window: how long does its thread compute without returning to the loop?

Between two turns of the event loop the window neither paints nor takes a key. Here each such
stretch is measured: while a loop runs, from tick to tick of a short timer, and each key or click
that a test delivers, by itself. What counts is the time that the window's own thread computed: on
a machine that does other things as well it stays nearly the same. Where the system has a timer of
the processor's time, it looks now and then at what the thread is doing, so that a stall can be told
by the function that caused it. (A second thread that looked would keep what it saw alive, and end
widgets itself.)

No part of it is what the test itself does: between the loops, or called by Qt.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any

import aml_maint

LIMIT = 0.050  # seconds; design page "Quality": the event loop is never blocked for longer
TICK_MS = 5
_FIRST_LOOK, _LOOK = LIMIT / 4, LIMIT / 10  # seconds of the processor
FOLDER = "AML_MAINT_STALLS"  # names a folder into which stalls are written

_PRODUCT = str(Path(aml_maint.__file__).parent)
_TESTS = str(Path(__file__).parents[1])
_OWN = __file__
_LOOKS = hasattr(signal, "setitimer")

Call = tuple[str, int, str]
"""File, line and function."""


@dataclass(frozen=True)
class Stall:
    """The window's thread computed for so many seconds without returning to the loop."""

    test: str
    seconds: float
    began: str
    """The function of the program that Qt called."""
    deepest: str
    """What it was most often seen at."""


class Watchdog:
    """Measures the thread that makes it, which is the window's."""

    def __init__(self) -> None:
        self.stalls: list[Stall] = []
        self.test = ""
        self._thread = threading.get_ident()
        self._depth = 0
        self._cpu = 0.0
        self._seen: list[list[Call]] = []
        self._timer: Any = None
        self._before = signal.signal(signal.SIGPROF, self._look) if _LOOKS else None

    def close(self) -> None:
        """Look no more."""
        if _LOOKS:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, self._before)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """The program runs meanwhile: a loop turns, or a key or click is delivered."""
        if threading.get_ident() != self._thread:
            yield
            return
        self._note()
        self._depth += 1
        self._note()
        self._tick_on()
        try:
            yield
        finally:
            self._note()
            self._depth -= 1
            self._note()
            if not self._depth and self._timer is not None:
                self._timer.stop()

    def _tick_on(self) -> None:
        from PySide6.QtCore import QCoreApplication, Qt, QTimer

        if self._timer is None and QCoreApplication.instance() is not None:
            self._timer = QTimer()
            self._timer.setTimerType(Qt.TimerType.PreciseTimer)
            self._timer.timeout.connect(self._note)
        if self._timer is not None and self._depth == 1:
            self._timer.start(TICK_MS)

    def _note(self) -> None:
        """The loop turns again: how long did the thread compute since it last did?"""
        now = time.thread_time()
        seen, self._seen = self._seen, []
        if self._depth and now - self._cpu > LIMIT:
            self._keep(now - self._cpu, seen)
        if _LOOKS:
            signal.setitimer(signal.ITIMER_PROF, _FIRST_LOOK if self._depth else 0, _LOOK)
        self._cpu = time.thread_time()

    def _keep(self, seconds: float, seen: list[list[Call]]) -> None:
        ours = [calls for calls in seen if not _is_of_the_test(calls)]
        if seen and len(ours) < len(seen) / 2:
            return
        began = Counter(_named(found[0]) for calls in ours if (found := _of_program(calls)))
        deepest = Counter(_named(found[-1]) for calls in ours if (found := _of_program(calls)))
        self.stalls.append(Stall(self.test, seconds, _most(began), _most(deepest)))

    def _look(self, _: int, frame: FrameType | None) -> None:
        self._seen.append(_calls(frame))


def _calls(frame: FrameType | None) -> list[Call]:
    """The calls that a thread is in, the outermost first."""
    found: list[Call] = []
    while frame is not None:
        code = frame.f_code
        found.append((code.co_filename, frame.f_lineno, code.co_qualname))
        frame = frame.f_back
    return found[::-1]


def _since_the_loop(calls: list[Call]) -> list[Call]:
    """What was called from within the loop or the key that is watched."""
    last = max((at for at, call in enumerate(calls) if call[0] == _OWN), default=-1)
    return calls[last + 1 :]


def _of_program(calls: list[Call]) -> list[Call]:
    return [call for call in _since_the_loop(calls) if call[0].startswith(_PRODUCT)]


def _is_of_the_test(calls: list[Call]) -> bool:
    """Was the test's own code what computed, called by Qt?"""
    for name, _, _ in reversed(_since_the_loop(calls)):
        if name.startswith(_PRODUCT):
            return False
        if name.startswith(_TESTS):
            return True
    return False


def _named(call: Call) -> str:
    path, line, function = call
    return f"{Path(path).relative_to(_PRODUCT)}:{line} {function}"


def _most(found: Counter[str]) -> str:
    return found.most_common(1)[0][0] if found else "Qt itself"


# -- where the program runs ------------------------------------------------------------------------

_DELIVERED = (
    "keyClick", "keyPress", "keyRelease", "keySequence", "mouseClick", "mouseDClick", "mouseMove",
    "mousePress", "mouseRelease", "qWaitForWindowExposed", "qWaitForWindowActive", "qWait",
)  # fmt: skip


def watch_everything(dog: Watchdog) -> Callable[[], None]:
    """Watch every loop and every key and click from now on; the answer ends that."""
    from PySide6.QtCore import QCoreApplication, QEventLoop
    from PySide6.QtTest import QTest

    kept: list[tuple[type, str, Any]] = []

    def put(owner: type, name: str, make: Callable[[Any], Any]) -> None:
        kept.append((owner, name, owner.__dict__[name]))
        setattr(owner, name, make(getattr(owner, name)))

    def method(act: Any) -> Any:
        @wraps(act)
        def watched(*given: Any, **named: Any) -> Any:
            with dog.watching():
                return act(*given, **named)

        return watched

    def typed(_: Any) -> Any:
        # Each letter is a key of its own.
        def each(widget: Any, text: str, *rest: Any) -> None:
            for letter in text:
                QTest.keyClick(widget, letter, *rest)

        return staticmethod(each)

    put(QEventLoop, "exec", method)
    put(QCoreApplication, "processEvents", lambda act: staticmethod(method(act)))
    for name in _DELIVERED:
        put(QTest, name, lambda act: staticmethod(method(act)))
    put(QTest, "keyClicks", typed)

    def undo() -> None:
        for owner, name, act in kept:
            setattr(owner, name, act)

    return undo


def write_down(stalls: list[Stall]) -> None:
    """Put stalls where whoever started the tests wants them."""
    folder = os.environ.get(FOLDER)
    if folder and stalls:
        with (Path(folder) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
            for stall in stalls:
                file.write(json.dumps(asdict(stall)) + "\n")
