"""Notices that nobody has touched keyboard or mouse for some minutes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

_TOUCHES = frozenset({
    QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
})  # fmt: skip


class IdleWatch(QObject):
    """Tells once when a time without a touch has passed; each touch begins it anew.

    It looks at what the system hands to the windows of the program. All events of the program,
    many thousands while a page is made, would each take a turn of Python.
    """

    idle = Signal()

    def __init__(self, milliseconds: int, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=milliseconds, singleShot=True)
        self._timer.timeout.connect(self.idle)
        self._watches = False

    @property
    def is_idle(self) -> bool:
        """Has that time passed since the last touch?"""
        return not self._timer.isActive()

    def begin(self) -> None:
        """Watch from now on: the windows that are there, and those that come to the front."""
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication) and not self._watches:
            self._watches = True
            app.focusWindowChanged.connect(self._watch)
            for window in app.topLevelWindows():
                self._watch(window)
        self._timer.start()

    def end(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication) and self._watches:
            self._watches = False
            app.focusWindowChanged.disconnect(self._watch)
            for window in app.topLevelWindows():
                window.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin anew at each touch; nothing is kept from anybody."""
        if event.type() in _TOUCHES:
            self._timer.start()
        return False

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # once, however often it is asked for
