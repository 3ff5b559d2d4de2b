"""What one thread has to tell is told on another, in the order in which it was handed over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal


class Answers(QObject):
    """Carries answers from any thread to the thread that this object was made on."""

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def _answer(self, answer: Callable[[], None]) -> None:
        answer()
