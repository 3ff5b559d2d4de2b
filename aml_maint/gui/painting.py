"""A turn of the event loop for painting alone: whatever led to it has had one of its own."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

_LOW = Qt.EventPriority.LowEventPriority.value
TURNS = 2
"""How many turns of the event loop a change waits for.

What a change leads to, such as the measuring of a table, is due in the first of them, as what waits
for the change is: without a second one both would be done before a key is taken. What Qt itself
puts off by a turn, the moving of columns, is in the same painting then.
"""


class PaintsByItself(QObject):
    """Lets timers fire, and keys be taken, between what changes a window and its painting.

    Qt paints in the turn in which a change was laid out. To show much that is new, such as a long
    list, takes about as long as to paint it: together longer than a key may wait. So do two windows
    that change at once, a dialog and what it lies over: each has its own turn. `repaint()` of
    anything in the window waits as `update()` does.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._is_its_turn = False
        self._queue = _queue()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep back the window's own order to paint what has changed."""
        if event.type() is not QEvent.Type.UpdateRequest:
            return False
        if self._is_its_turn:
            self._is_its_turn = False
            return False
        self._queue.take(self)
        return True

    def order(self) -> None:
        """Its turn has come: the window paints in the next one."""
        # Posted, not sent: sent from here, a fault in the painting would reach this call, with the
        # painter that it holds, while Qt ends the painting.
        self._is_its_turn = True
        QCoreApplication.postEvent(self._window, QEvent(QEvent.Type.UpdateRequest), _LOW)


class _Queue(QObject):
    """The windows of the program that have something to paint, in the order in which they said."""

    def __init__(self, app: QObject) -> None:
        super().__init__(app)
        self._waiting: deque[PaintsByItself] = deque()
        self._left = 0
        self._timers = QTimer(self, singleShot=True)
        self._timers.timeout.connect(self._next)

    def take(self, one: PaintsByItself) -> None:
        """Let it have a turn, once, however often it asks until then."""
        if not self._waiting:
            self._left = TURNS
            self._timers.start()
        if one not in self._waiting:
            self._waiting.append(one)

    def _next(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._timers.start()
            return
        one = self._waiting.popleft()
        if self._waiting:
            self._timers.start()
        if isValid(one):
            one.order()


def _queue() -> _Queue:
    """The one queue of the program."""
    app = QCoreApplication.instance()
    if app is None:
        raise RuntimeError("a window needs a QApplication")
    return app.findChild(_Queue) or _Queue(app)
