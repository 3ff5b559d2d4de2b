"""What was read from the file and still stands, so that it need not be read and built again."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any


class Memory:
    """Values by key, each kept until a write touches one of the tables that it was read from.

    The file is open for this program alone, and every write goes through the store that owns
    this memory: nothing can change behind it. While a write is open nothing is remembered, since
    what is read then may yet be undone.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[object, Any]] = {}
        self._resting: dict[str, set[Hashable]] = {}
        self._paused = False

    def find(self, key: Hashable, basis: object) -> Any | None:
        """What was kept under a key if it was made from the same `basis`, else None."""
        kept = None if self._paused else self._kept.get(key)
        if kept is None or (kept[0] is not basis and kept[0] != basis):
            return None
        return kept[1]

    def keep(self, key: Hashable, basis: object, tables: Iterable[str], value: object) -> None:
        """Keep a value that nobody changes, made from `basis` and the rows of some tables."""
        if not self._paused:
            self._kept[key] = basis, value
            for table in tables:
                self._resting.setdefault(table, set()).add(key)

    def pause(self) -> None:
        """A write begins: nothing is found or kept until it ends."""
        self._paused = True

    def resume(self, written: Iterable[str]) -> None:
        """The write ended, whether it was saved or not: drop what rests on a table it touched."""
        for table in set(written):
            for key in self._resting.pop(table, ()):
                self._kept.pop(key, None)
        self._paused = False
