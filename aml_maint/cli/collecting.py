"""Python's garbage collection stands still while one command does long work."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for objects that hold each other in a circle, as in the window while it exports.

    What comes and goes with rows makes no such circles; to walk through all that stays, again and
    again, would take a fifteenth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
