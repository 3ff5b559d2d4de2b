"""Strict reading of the tables in resource files: every key known, every value of its kind.

A resource holds clinical figures, so nothing in it is guessed: a misspelt key, a missing one
or a number with lost digits is refused with the path to it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import TracebackType
from typing import TypeVar

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import unit_code
from aml_maint.domain.regimen import Evidence, Source

_Word = TypeVar("_Word", bound=StrEnum)

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class DataProblem(ValueError):
    """What is wrong in a resource file, and where: `components[2].gates[0].limit: …`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path or 'file'}: {reason}")
        self.path = path
        self.reason = reason


class Table:
    """One table of a resource file; as a context manager it refuses what was not read.

    Inside the `with` block a ValueError of the value being built becomes a problem of this
    table, so that rules stay with the types and paths with the file.
    """

    def __init__(self, data: object, path: str, problem: type[DataProblem]) -> None:
        self.path = path
        self._problem = problem
        self._read: set[str] = set()
        if not isinstance(data, Mapping):
            raise problem(path, "is not a table")
        self._data: Mapping[str, object] = data

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            unknown = sorted(set(self._data) - self._read)
            if unknown:
                raise self.problem(unknown[0], "is not a known key")
        elif isinstance(error, ValueError) and not isinstance(error, DataProblem):
            raise self._problem(self.path, str(error)) from error

    def problem(self, key: str, reason: str) -> DataProblem:
        """A problem at one key of this table, ready to raise."""
        return self._problem(f"{self.path}.{key}" if self.path else key, reason)

    def has(self, key: str) -> bool:
        """Does the file give this key?"""
        return key in self._data

    def ids(self) -> tuple[str, ...]:
        """All keys of a table whose keys are ids, in the file's order."""
        return tuple(self._data)

    def text(self, key: str) -> str:
        """A text that is not blank."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.problem(key, "is not a text")
        return value

    def optional_text(self, key: str) -> str | None:
        """A text, or None where the file gives none."""
        return self.text(key) if self.has(key) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the file gives none."""
        if not self.has(key):
            return ()
        value = self._value(key)
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise self.problem(key, "is not a list of texts")
        return tuple(value)

    def identifier(self, key: str) -> str:
        """A stable id: lower-case letters, digits and underscores."""
        text = self.text(key)
        if not _IDENTIFIER.fullmatch(text):
            raise self.problem(key, f"“{text}” is not an id (a–z, 0–9 and _)")
        return text

    def word(self, key: str, words: type[_Word]) -> _Word:
        """One word of a closed list."""
        text = self.text(key)
        try:
            return words(text)
        except ValueError:
            known = ", ".join(word.value for word in words)
            raise self.problem(key, f"“{text}” is none of {known}") from None

    def one_of(self, key: str, known: Collection[str]) -> str:
        """A text that stands in a list given elsewhere."""
        text = self.text(key)
        if text not in known:
            raise self.problem(key, f"“{text}” is not known here")
        return text

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        if not self.has(key):
            return default
        value = self._value(key)
        if not isinstance(value, bool):
            raise self.problem(key, "is neither true nor false")
        return value

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.problem(key, "is not a whole number")
        return value

    def optional_whole(self, key: str) -> int | None:
        """A whole number, or None where the file gives none."""
        return self.whole(key) if self.has(key) else None

    def wholes(self, key: str, known: range) -> tuple[int, ...]:
        """A list of whole numbers of a range, at least one."""
        value = self._value(key)
        if not isinstance(value, list) or not value:
            raise self.problem(key, "is not a list of whole numbers")
        for number in value:
            if isinstance(number, bool) or number not in known:
                raise self.problem(key, f"{number} is not from {known[0]} to {known[-1]}")
        return tuple(value)

    def number(self, key: str) -> Decimal:
        """A decimal, written as text so that no digit is lost."""
        value = self._value(key)
        if isinstance(value, float):
            raise self.problem(key, f'is a binary fraction; write it as text: "{value}"')
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise self.problem(key, "is not a number")
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.problem(key, f"“{value}” is not a number") from None
        if not number.is_finite():
            raise self.problem(key, f"“{value}” is not a finite number")
        return number

    def optional_number(self, key: str) -> Decimal | None:
        """A decimal, or None where the file gives none."""
        return self.number(key) if self.has(key) else None

    def unit(self, key: str) -> str:
        """A UCUM unit by its code, not by a spelling of it."""
        text = self.text(key)
        try:
            known = unit_code(text) == text
        except BadInput:
            known = False
        if not known:
            raise self.problem(key, f"“{text}” is not the code of a known unit")
        return text

    def clock(self, key: str) -> time:
        """A time of day, `07:00`."""
        text = self.text(key)
        if not _CLOCK.fullmatch(text):
            raise self.problem(key, f"“{text}” is not a time of day such as 07:00")
        return time.fromisoformat(text)

    def name(self, key: str) -> Name:
        """A text in both languages: `{en = "…", zh = "…"}`."""
        with self.table(key) as both:
            return Name(both.text("en"), both.text("zh"))

    def optional_name(self, key: str) -> Name | None:
        """A text in both languages, or None where the file gives none."""
        return self.name(key) if self.has(key) else None

    def source(self, sources: Mapping[str, Source], key: str = "source") -> Source:
        """The source that a figure names."""
        return sources[self.one_of(key, sources)]

    def table(self, key: str) -> Table:
        """A table inside this one."""
        return Table(self._value(key), self.problem(key, "").path, self._problem)

    def tables(self, key: str) -> list[Table]:
        """A list of tables; empty where the file gives none."""
        if not self.has(key):
            return []
        value = self._value(key)
        if not isinstance(value, list):
            raise self.problem(key, "is not a list of tables")
        path = self.problem(key, "").path
        return [Table(item, f"{path}[{n}]", self._problem) for n, item in enumerate(value)]

    def _value(self, key: str) -> object:
        self._read.add(key)
        if key not in self._data:
            raise self.problem(key, "is missing")
        return self._data[key]


def read_sources(table: Table) -> dict[str, Source]:
    """The `sources` table at the head of a resource file."""
    found: dict[str, Source] = {}
    with table:
        for key in table.ids():
            with table.table(key) as entry:
                found[key] = Source(
                    key,
                    entry.word("evidence", Evidence),
                    entry.text("citation"),
                    entry.optional_text("citation_zh") or "",
                )
    return found
