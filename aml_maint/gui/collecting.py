"""Python's garbage is collected on the window's thread, and when the window has time for it.

Left to itself Python collects on whichever thread happens to allocate. On the worker that would
destroy widgets and timers of the window; and a full collection between a key and its answer is
felt.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from aml_maint.gui.idle import IdleWatch

# Often, so that there is little to look through each time: the reading of a large ward brings
# fifty thousand objects a second.
_EVERY_MS = 250
_SETTLED_MS = 10_000  # by then a ward is open and its pages are made
_STILL_MS = 10_000  # somebody reads, or has gone away
_AWAY_MS = 600_000  # nobody is there
_YOUNG, _OLDER = 0, 1
_READ = 30_000  # objects; what else comes before they are looked through is less
_MANY = 100_000  # objects; to look through them takes some hundredths of a second
_AT_MOST = 10  # times as much as would wait, when nobody ever pauses
_OVERDUE = 100  # the same of an older generation: some minutes without a pause

_busy: set[QObject] = set()


class Collecting(QObject):
    """Takes the collector over for as long as it lives.

    To look through all that a ward of 1,000 patients holds takes a tenth of a second. So what was
    read of such a ward is left out, as are modules; that waits until everybody has gone away. What
    else is old waits until nobody has touched keyboard or mouse for a moment.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._watch = IdleWatch(_STILL_MS, self)
        self._watch.begin()
        self._away = IdleWatch(_AWAY_MS, self)
        self._away.idle.connect(self.look_at_all)
        self._away.begin()
        self._owes_settling = False
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.turn)
        self._timer.start()
        QTimer.singleShot(_SETTLED_MS, self, self._settle_soon)

    def turn(self) -> None:
        """Collect what is due and does not disturb anybody."""
        pauses = self._watch.is_idle
        if _is_busy():
            return
        if pauses and self._owes_settling:
            if _much_came():
                keep_loaded()
            else:
                self._owes_settling = False
                _settle()
        elif pauses and _older_are_due() and _much_came(_OLDER):
            keep_loaded()
        else:
            collect(at_leisure=pauses)

    def look_at_all(self) -> None:
        """Collect also what was left out of collections, such as a circle that was frozen."""
        if not _is_busy():
            gc.unfreeze()
            _settle()

    def _settle_soon(self) -> None:
        self._owes_settling = True


def collect(*, at_leisure: bool = True) -> None:
    """Collect the generations that are due; the oldest seldom, as Python itself would.

    Not `at_leisure`, what takes long waits unless it is long overdue: the older generations, which
    hold all that a large ward's reading brings, and a young one that has grown by as much. While
    long work goes on all of it waits: what such work holds would be walked through, and the window
    would stand still for that time.
    """
    counts = gc.get_count()
    if _is_busy() or (not at_leisure and _MANY < counts[0] <= _AT_MOST * _MANY):
        return
    for generation, (count, limit) in reversed(
        list(enumerate(zip(counts, gc.get_threshold(), strict=True)))
    ):
        waits = generation > _YOUNG and not at_leisure and count <= _OVERDUE * limit
        if count > limit and not waits:
            gc.collect(generation)
            return


def _older_are_due() -> bool:
    return gc.get_count()[_OLDER] > gc.get_threshold()[_OLDER]


def _much_came(generation: int | None = None) -> bool:
    """Has so much come into a generation, or all, that only the file can have brought it?

    To look through what was read of a large ward took a twentieth of a second, and found nothing.
    """
    return len(gc.get_objects(generation)) > _READ


def _is_busy() -> bool:
    _busy.difference_update([owner for owner in _busy if not isValid(owner)])
    return bool(_busy)


def hold(owner: QObject) -> None:
    """Long work of an object begins; it ends with `release`, or with the object."""
    _busy.add(owner)


def release(owner: QObject) -> None:
    """The long work of an object has ended."""
    _busy.discard(owner)


def keep_loaded() -> None:
    """Modules were loaded, or much was read, which stay: no collection need look at them again.

    What was read goes with the last one who holds it, as all that holds nothing in a circle.
    """
    if not gc.isenabled():
        gc.freeze()


def give_back() -> None:
    """Hand what is free again back to the system: C's allocator on Linux would keep it all.

    Opening a ward takes a dozen megabytes that nobody needs afterwards.
    """
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library than GNU's
            ctypes.CDLL(None).malloc_trim(0)


def look_again(owner: QObject) -> None:
    """Pages went that were left out of collections: look through everything once more.

    What is frozen in a circle would stay for good, with the threads that it holds. It can't be
    done in pieces, and takes longer than a key may wait: so it is done when nobody has touched
    keyboard or mouse for a moment.
    """
    if not gc.isenabled():
        still = IdleWatch(_STILL_MS, owner)
        still.idle.connect(still.end)
        still.idle.connect(still.deleteLater)
        still.idle.connect(gc.unfreeze)
        still.idle.connect(_settle)
        still.begin()


def collect_all() -> None:
    """Collect at the end what the interpreter would collect when Qt is gone."""
    gc.collect()


def _settle() -> None:
    """Leave what has been loaded by now out of every later collection."""
    gc.collect()
    gc.freeze()
