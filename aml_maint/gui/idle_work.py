"""Small pieces of work done one by one while nobody waits for the window.

What a page needs is loaded before somebody goes there; each piece is short, so that a key pressed
meanwhile is answered at once.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from PySide6.QtCore import QObject, QTimer

# Between two pieces the window takes keys and paints.
_PAUSE_MS = 15
_FIRST_MS = 400

# What the worker loads after it has opened a file, and what the window loads then for its first
# page. In this order each piece of the window's brings little that is new.
_SERVICES = (
    "aml_maint.services.injections",
    "aml_maint.services.dosing",
    "aml_maint.services.dose_reading",
    "aml_maint.services.dose_history",
    "aml_maint.services.drafts",
    "aml_maint.services.people",
)
_FOR_TODAY = (
    "aml_maint.gui.forms.form",
    "aml_maint.gui.dialogs.form_dialog",
    "aml_maint.gui.dialogs.dose_dialog",
    "aml_maint.gui.dose_logging",
    "aml_maint.gui.widgets.table",
    "aml_maint.gui.widgets.worklist_view",
    "aml_maint.gui.pages.today_layout",
    "aml_maint.gui.pages.today_page",
    "aml_maint.gui.workspace",
)
_PACKAGES = ("aml_maint.gui.dialogs", "aml_maint.gui.widgets", "aml_maint.gui.pages")


class IdleWork(QObject):
    """Carries out pieces of work in order, one per turn of the event loop."""

    def __init__(
        self,
        pieces: Iterable[Callable[[], object]],
        parent: QObject,
        *,
        first_ms: int = _FIRST_MS,
        pause_ms: int = _PAUSE_MS,
    ) -> None:
        super().__init__(parent)
        self._pieces = iter(pieces)
        self._pause = pause_ms
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._next)
        self._timer.start(first_ms)

    def stop(self) -> None:
        """Leave the rest undone."""
        self._timer.stop()
        self._pieces = iter(())

    def _next(self) -> None:
        piece = next(self._pieces, None)
        if piece is not None:
            piece()
            self._timer.start(self._pause)


def load_services() -> None:
    """Load what the first page asks for, on the thread that will be asked."""
    for name in _SERVICES:
        importlib.import_module(name)


def loading_today() -> list[Callable[[], object]]:
    """Loads what the first page of a ward needs, in pieces that are each short."""
    missing = (name for name in _FOR_TODAY if name not in sys.modules)
    return [partial(importlib.import_module, name) for name in missing]


def loading() -> Iterator[Callable[[], object]]:
    """Loads every module of the window that is not loaded yet, one by one."""
    for package in _PACKAGES:
        folder = importlib.import_module(package)
        for module in pkgutil.iter_modules(folder.__path__, f"{package}."):
            if module.name not in sys.modules:
                yield partial(importlib.import_module, module.name)
