"""Work that waits for its turn: one piece at each turn of the event loop, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject

from aml_maint.gui.after_painting import AfterPainting


class Turns(QObject):
    """Each piece waits until all that was asked to be laid out and painted before it is done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], None]] = deque()
        self._painted = AfterPainting(self._next, self)

    @property
    def are_over(self) -> bool:
        """Is nothing left to be done?"""
        return not self._waiting

    def take(self, piece: Callable[[], None]) -> None:
        """Do a piece of work once it has its turn."""
        self._waiting.append(piece)
        self._painted.ask()

    def _next(self) -> None:
        piece = self._waiting.popleft()
        if self._waiting:
            self._painted.ask()
        piece()
