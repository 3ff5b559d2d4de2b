"""Who waits for an answer of another thread: known on the window's thread, a number elsewhere.

Whoever lets go of a widget last destroys it, on their own thread. A worker that held the page that
asked, or what is to be done with the answer, could be the last one: so it holds a number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

from aml_maint.domain.errors import UserError


@dataclass(frozen=True)
class Asker:
    """What was asked for, by whom, and what they do with the answer."""

    work: Callable[..., Any]
    done: Callable[[Any], None] | None
    failed: Callable[[UserError], None] | None
    owner: QObject

    def tell(self, found: object) -> None:
        """Hand them the answer, unless they are gone."""
        if self.done is not None and isValid(self.owner):
            self.done(found)

    def refuse(self, error: UserError) -> bool:
        """Hand them the refusal; False if they are gone, or leave it to others."""
        if self.failed is None or not isValid(self.owner):
            return False
        self.failed(error)
        return True


class Askers:
    """All who wait; only `work` is for other threads."""

    def __init__(self) -> None:
        self._waiting: dict[int, Asker] = {}
        self._numbers = count(1)

    def keep(self, asker: Asker) -> int:
        """Their number, until they are taken."""
        number = next(self._numbers)
        self._waiting[number] = asker
        return number

    def take(self, number: int) -> Asker:
        """Who waited; they wait no longer."""
        return self._waiting.pop(number)

    def forget(self, number: int) -> None:
        """Nobody is told: they are let go here."""
        del self._waiting[number]

    def work(self, number: int, *given: object) -> Any:
        """Do what was asked for."""
        return self._waiting[number].work(*given)
