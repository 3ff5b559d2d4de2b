"""One window for a ward file: a second start brings the first window to the front."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT_MS = 500


def _name(path: Path) -> str:
    """The meeting point of a ward file: tells nothing of its name."""
    return f"aml_maint-{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:24]}"


class FirstWindow(QObject):
    """Listens for later starts at the same file, of the same person of this computer."""

    wanted = Signal()
    """Somebody started the program again for the file that is open here."""

    def __init__(self, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._heard)
        # Whoever has the file open is the only one who may listen; what is left of a program
        # that was killed is removed.
        QLocalServer.removeServer(_name(path))
        self._server.listen(_name(path))

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _heard(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.close()
        self.wanted.emit()


def call_first_window(path: Path) -> bool:
    """Ask the window that has a file open to come to the front; False if none answers."""
    socket = QLocalSocket()
    socket.connectToServer(_name(path))
    reached = socket.waitForConnected(_WAIT_MS)
    socket.abort()
    return reached
