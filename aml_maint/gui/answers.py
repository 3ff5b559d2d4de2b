"""What one thread has to tell is told on another, in the order in which it was handed over."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from aml_maint.gui.after_painting import AfterPainting


class Answers(QObject):
    """Carries answers from any thread to the thread that this object was made on.

    Each has a turn of the event loop for itself: what it shows is painted, and a key pressed
    meanwhile is taken, before the next is told. Nothing is told any more when `owner` is gone.
    """

    arrived = Signal(object)

    def __init__(self, owner: QObject) -> None:
        super().__init__()
        self._owner = weakref.ref(owner)  # it holds this object, and shall go by its count
        self._waiting: deque[Callable[[], None]] = deque()
        self._is_at_one = False
        self._painted = AfterPainting(self._next, self)
        self.arrived.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def _answer(self, answer: Callable[[], None]) -> None:
        self._waiting.append(answer)
        if not self._is_at_one:
            self._next()

    def _next(self) -> None:
        self._is_at_one = bool(self._waiting)
        if self._waiting:
            self._painted.ask()  # first, since an answer may fail
            answer = self._waiting.popleft()
            owner = self._owner()
            if owner is not None and isValid(owner):
                answer()
