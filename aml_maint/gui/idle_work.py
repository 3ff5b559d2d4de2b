"""Small pieces of work done one by one while nobody waits for the window.

What a page needs is loaded before somebody goes there; each piece is short, so that a key pressed
meanwhile is answered at once.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from aml_maint.gui.collecting import keep_loaded

_AT_ITS_START = re.compile(r"^(?:from|import) (aml_maint\.[\w.]+)", re.MULTILINE)

# Between two pieces the window takes keys and paints.
_PAUSE_MS = 10
_FIRST_MS = 400
_MOST_WAITED_MS = 2_000

# What the first page needs, and what it asks the worker for. The window loads it in this order
# while the worker opens the file: each piece brings what it needs, and none of them is large.
FOR_TODAY = (
    "aml_maint.domain.regimen",
    "aml_maint.domain.course",
    "aml_maint.domain.administration",
    "aml_maint.store.database",
    "aml_maint.services.library",
    "aml_maint.services.workplace",
    "aml_maint.services.dose_reading",
    "aml_maint.services.dose_history",
    "aml_maint.services.drafts",
    "aml_maint.gui.dose_logging",
    "aml_maint.gui.models.worklist_model",
    "aml_maint.gui.widgets.worklist_delegate",
    "aml_maint.gui.widgets.worklist_view",
    "aml_maint.gui.pages.today_layout",
    "aml_maint.gui.pages.today_page",
    "aml_maint.gui.workspace",
    "aml_maint.gui.seating",
)
# What the keys on Today open; loaded first of all when it is on the screen.
FOR_DOSES = (
    "aml_maint.services.injections",
    "aml_maint.services.findings",
    "aml_maint.gui.forms.form",
    "aml_maint.gui.dialogs.form_dialog",
    "aml_maint.gui.dialogs.reason_dialog",
    "aml_maint.gui.dose_card",
    "aml_maint.gui.toxicity_asking",
    "aml_maint.gui.dialogs.dismiss_dialog",
    "aml_maint.gui.dialogs.ward_list_dialog",
    "aml_maint.gui.dialogs.take_back_dialog",
    "aml_maint.gui.unplanned_logging",
)
FOR_PATIENTS = ("aml_maint.gui.pages.patients_page",)
FOR_A_PATIENT = ("aml_maint.gui.pages.patient_page", "aml_maint.gui.pages.cycle_tab")
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
        waits: Callable[[], bool] = lambda: False,
    ) -> None:
        """Each piece waits as long as `waits` says that somebody waits for something else.

        They wait no longer than some seconds in all: a large ward is read for longer, and whoever
        goes to a page meanwhile would wait for all that it needs.
        """
        super().__init__(parent)
        self._pieces = iter(pieces)
        self._waits = waits
        self._is_over = False
        self._last: Callable[[], object] | None = None
        self._pause = pause_ms
        self._waited = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._next)
        self._timer.start(first_ms)

    def stop(self) -> None:
        """Leave the rest undone."""
        self._timer.stop()
        self._pieces = iter(())

    def then(self, act: Callable[[], object]) -> None:
        """Carry out one more act when all pieces are done, at once if they are."""
        if self._is_over:
            act()
        else:
            self._last = act

    def _next(self) -> None:
        if self._waited < _MOST_WAITED_MS and self._waits():
            self._waited += self._pause
            self._timer.start(self._pause)
            return
        piece = next(self._pieces, None)
        if piece is not None:
            piece()
            self._timer.start(self._pause)
            return
        self._is_over = True
        if self._last is not None:
            self._last()


def loading_in_order(names: Iterable[str]) -> Iterator[Callable[[], object]]:
    """Loads modules in the order given, each with all that it needs."""
    missing = [name for name in names if name not in sys.modules]
    yield from (partial(importlib.import_module, name) for name in missing)
    if missing:
        yield keep_loaded


def loading(names: Iterable[str]) -> Iterator[Callable[[], object]]:
    """Loads modules with all they need, in pieces that each bring one module and no more.

    Named in any order: what a module imports at its start is loaded before it.
    """
    seen: set[str] = set()
    number = 0
    for name in names:
        for module in _needs_first(name, seen):
            if module not in sys.modules:
                number += 1
                yield partial(importlib.import_module, module)
    if number:
        yield keep_loaded


def every_page() -> Iterator[str]:
    """Every module of the window's pages and dialogs."""
    for package in _PACKAGES:
        folder = importlib.import_module(package)
        for module in pkgutil.iter_modules(folder.__path__, f"{package}."):
            yield module.name


def _needs_first(name: str, seen: set[str]) -> Iterator[str]:
    """A module after those of this program that it imports at its start, unless they are loaded."""
    if name in seen or name in sys.modules:
        return
    seen.add(name)
    for other in _imported_by(name):
        yield from _needs_first(other, seen)
    yield name


def _imported_by(name: str) -> list[str]:
    """The modules of this program that a module imports at its start.

    What stands further in is imported for its types only, or when a function is called. A frozen
    program has no source: then a piece is larger, no more.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return []
    try:
        return _AT_ITS_START.findall(Path(spec.origin).read_text("utf-8"))
    except OSError:
        return []
