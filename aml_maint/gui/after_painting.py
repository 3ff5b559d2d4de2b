"""What may wait until the window is painted: people see what they did, then the rest is done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer

from aml_maint.gui import painting

_PAINTED = QEvent.Type(QEvent.registerEventType())
# Qt asks for painting at low priority; a timer of no length can come before that or after it.
_LAST = Qt.EventPriority.LowEventPriority.value - 1
# A window that paints by itself does it some turns after the one in which it was asked.
_TURNS = painting.TURNS + 1


class AfterPainting(QObject):
    """Does an act when all that was asked to be painted before is painted.

    The act has a turn of the event loop for itself: a key pressed meanwhile is taken first.
    """

    def __init__(self, act: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._act = act
        self._is_asked = False
        self._left = 0
        self._turn = QTimer(self, singleShot=True)
        self._turn.timeout.connect(self._take_turn)

    def ask(self) -> None:
        """Do the act soon; asked several times before that, do it once."""
        if not self._is_asked:
            self._is_asked = True
            self._left = _TURNS
            QCoreApplication.postEvent(self, QEvent(_PAINTED), _LAST)

    def customEvent(self, event: QEvent) -> None:
        self._turn.start()

    def _take_turn(self) -> None:
        self._left -= 1
        if self._left:
            QCoreApplication.postEvent(self, QEvent(_PAINTED), _LAST)
            return
        self._is_asked = False
        self._act()
