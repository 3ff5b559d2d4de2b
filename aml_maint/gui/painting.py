"""A turn of the event loop for painting alone: whatever led to it has had one of its own."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

_LOW = Qt.EventPriority.LowEventPriority.value


class PaintsByItself(QObject):
    """Lets timers fire, and keys be taken, between what changes a window and its painting.

    Qt paints in the turn in which a change was laid out. To show much that is new, such as a long
    list, takes about as long as to paint it: together longer than a key may wait. `repaint()` of
    anything in the window waits as `update()` does.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._is_its_turn = False
        self._timers = QTimer(self, singleShot=True)
        self._timers.timeout.connect(self._order)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep back the window's own order to paint what has changed."""
        if event.type() is not QEvent.Type.UpdateRequest:
            return False
        if self._is_its_turn:
            self._is_its_turn = False
            return False
        self._timers.start()
        return True

    def _order(self) -> None:
        # Posted, not sent: sent from here, a fault in the painting would reach this call, with the
        # painter that it holds, while Qt ends the painting.
        self._is_its_turn = True
        QCoreApplication.postEvent(self._window, QEvent(QEvent.Type.UpdateRequest), _LOW)
