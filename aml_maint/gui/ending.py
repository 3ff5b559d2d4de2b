"""The end of the program's part in Qt: first its windows, then the application, then Python."""

from __future__ import annotations

import sys
import threading

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import delete, isValid

from aml_maint.gui.collecting import collect_all


def end(app: QApplication) -> None:
    """Destroy what there is of Qt while all of Python is there to answer.

    Left to the end of the interpreter, PySide would destroy windows, timers and whatever they
    consist of in no order at all, and call Python's code when half of it is gone.
    """
    sys.excepthook = sys.__excepthook__  # there is no window any more to show a fault
    threading.excepthook = threading.__excepthook__
    for window in QApplication.topLevelWidgets():
        if isValid(window) and window.parent() is None:  # others go with their parents
            delete(window)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    collect_all()
    app.shutdown()
