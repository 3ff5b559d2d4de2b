"""Watches every test of the window: how long does its thread compute without returning to the loop?

Between two turns of the event loop the window neither paints nor takes a key. Here each such
stretch is measured: while a loop runs, from tick to tick of a short timer, and each key or click
that a test delivers, by itself. What counts is the time that the window's own thread computed: on
a machine that does other things as well it stays nearly the same; how long that took by the clock
is told beside it. Where the system has a timer of the processor's time, it looks now and then at
what the thread is doing, so that a stall can be told by the function that caused it. (A second
thread that looked would keep what it saw alive, and end widgets itself.)

Between the loops a test computes, and calls the program: each such call into the window's code, for
which a person would have pressed a key, is a stretch by itself, from the first to the last look
that finds it. No part of anything is what the test itself does, there or called by Qt.
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
LEAST = "AML_MAINT_STALLS_FROM"  # seconds, where shorter stretches are to be told as well
_FIRST_LOOK, _LOOK = LIMIT / 4, LIMIT / 10  # seconds of the processor
FOLDER = "AML_MAINT_STALLS"  # names a folder into which stalls are written

_PRODUCT = str(Path(aml_maint.__file__).parent)
_WINDOW = str(Path(aml_maint.__file__).parent / "gui")
_COLLECTING = str(Path(aml_maint.__file__).parent / "gui" / "collecting.py")
# The program makes its one look before any window; tests make one under the windows of others.
_BEFORE_ANY_WINDOW = ("Theme.__init__",)
# What only hands over: a cause is what it calls.
_HANDING_ON = ("gui/answers.py", "gui/session.py", "gui/idle_work.py", "gui/after_painting.py")
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
    wall: float
    """How many passed by the clock meanwhile; more where the machine did other things."""
    began: str
    """The function of the program that was called."""
    deepest: str
    """What it was most often seen at."""


class Watchdog:
    """Measures the thread that makes it, which is the window's."""

    def __init__(self) -> None:
        self.stalls: list[Stall] = []
        self.test = ""
        self.limit = float(os.environ.get(LEAST, LIMIT))
        self._thread = threading.get_ident()
        self._depth = 0
        self._cpu = self._wall = 0.0
        self._seen: list[list[Call]] = []
        self._call: CallOfTest | None = None
        self._timer: Any = None
        self._before = signal.signal(signal.SIGPROF, self._look) if _LOOKS else None

    def close(self) -> None:
        """Look no more."""
        self.end_call()
        if _LOOKS:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, self._before)

    @property
    def is_watching(self) -> bool:
        """Does a loop turn, or is a key delivered?"""
        return self._depth > 0

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
        self.end_call()
        seen, self._seen = self._seen, []
        if self._depth and now - self._cpu > self.limit:
            self._keep(now - self._cpu, time.perf_counter() - self._wall, seen)
        if _LOOKS:
            signal.setitimer(signal.ITIMER_PROF, _FIRST_LOOK if self._depth else _LOOK, _LOOK)
        self._cpu, self._wall = time.thread_time(), time.perf_counter()

    def _keep(self, seconds: float, wall: float, seen: list[list[Call]]) -> None:
        ours = [calls for calls in seen if not _is_of_the_test(calls)]
        if seen and len(ours) < len(seen) / 2:
            return
        began = Counter(_function(found[0]) for calls in ours if (found := _causes(calls)))
        deepest = Counter(_named(found[-1]) for calls in ours if (found := _of_program(calls)))
        self.stalls.append(Stall(self.test, seconds, wall, _most(began), _most(deepest)))

    def _look(self, _: int, frame: FrameType | None) -> None:
        if self._depth:
            self._seen.append(_calls(frame))
            return
        called = _called_by_test(frame)
        if called is None or self._call is None or called.f_trace is not self._call.mark:
            self.end_call()
            self._call = None if called is None else CallOfTest(called)
        if self._call is not None:
            self._call.look(_calls(frame))

    def end_call(self) -> None:
        """The call of the program that the test made is over."""
        call, self._call = self._call, None
        if call is not None and call.seconds > self.limit:
            self._keep(call.seconds, call.wall, call.seen)


class CallOfTest:
    """A call into the window's code that a test made between two loops.

    It is known again by a mark on its frame: who kept the frame would keep widgets alive.
    """

    def __init__(self, frame: FrameType) -> None:
        self.seen: list[list[Call]] = []
        self.mark = lambda *_: None
        frame.f_trace = self.mark
        self._began = self._last = time.thread_time(), time.perf_counter()

    def look(self, calls: list[Call]) -> None:
        """It still goes on."""
        self.seen.append(calls)
        self._last = time.thread_time(), time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long the thread computed; half a look is missing at both ends."""
        return self._last[0] - self._began[0] + _LOOK

    @property
    def wall(self) -> float:
        """How long it took by the clock."""
        return self._last[1] - self._began[1] + _LOOK


def _called_by_test(frame: FrameType | None) -> FrameType | None:
    """What a test called of the window's code, if the thread is in that and loads no module."""
    called = None
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return None
        if name.startswith(_TESTS):
            return called
        if name == _COLLECTING:  # between two tests; in the program by a timer
            return None
        if frame.f_code.co_qualname in _BEFORE_ANY_WINDOW:
            return None
        if name.startswith(_PRODUCT):
            called = frame if name.startswith(_WINDOW) else None
        frame = frame.f_back
    return None


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


def _causes(calls: list[Call]) -> list[Call]:
    """The calls of the program but for those that only hand over."""
    handing_on = tuple(str(Path(_PRODUCT) / name) for name in _HANDING_ON)
    return [call for call in _of_program(calls) if not call[0].startswith(handing_on)]


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


def _function(call: Call) -> str:
    path, _, function = call
    return f"{Path(path).relative_to(_PRODUCT)} {function}"


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
    from PySide6.QtGui import QAction
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QAbstractButton, QDialog, QWidget

    kept: list[tuple[type, str, Any]] = []

    def put(owner: type, name: str, watched: Any) -> None:
        kept.append((owner, name, owner.__dict__[name]))
        setattr(owner, name, watched)

    put(QEventLoop, "exec", _watched(dog, QEventLoop.exec))
    events = QCoreApplication.processEvents
    put(QCoreApplication, "processEvents", staticmethod(_watched(dog, events)))
    for name in _DELIVERED:
        put(QTest, name, staticmethod(_watched(dog, getattr(QTest, name))))
    put(QTest, "keyClicks", staticmethod(_typed))
    for owner, name in (
        (QAbstractButton, "click"), (QAction, "trigger"), (QWidget, "show"), (QDialog, "open"),
    ):  # fmt: skip
        put(owner, name, _watched_by_test(dog, getattr(owner, name)))

    def undo() -> None:
        for owner, name, act in kept:
            setattr(owner, name, act)

    return undo


def _watched(dog: Watchdog, act: Any) -> Any:
    @wraps(act)
    def watched(*given: Any, **named: Any) -> Any:
        with dog.watching():
            return act(*given, **named)

    return watched


def _watched_by_test(dog: Watchdog, act: Any) -> Any:
    """What the program does so itself is part of its own turn."""

    @wraps(act)
    def watched(own: Any, *_: Any) -> Any:
        return act(own) if dog.is_watching else _watched(dog, act)(own)

    return watched


def _typed(widget: Any, text: str, *rest: Any) -> None:
    """Each letter is a key of its own."""
    from PySide6.QtTest import QTest

    for letter in text:
        QTest.keyClick(widget, letter, *rest)


def write_down(stalls: list[Stall]) -> None:
    """Put stalls where whoever started the tests wants them."""
    folder = os.environ.get(FOLDER)
    if folder and stalls:
        with (Path(folder) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
            for stall in stalls:
                file.write(json.dumps(asdict(stall)) + "\n")
