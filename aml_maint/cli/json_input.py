"""JSON files as commands take them: numbers keep their printed digits, wrong shapes are named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from aml_maint.cli import values
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import decimal

LARGEST = 10 * 1024 * 1024  # bytes
_MOST_DIGITS = 9

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True)
class JsonObject:
    """One JSON object, read field by field; BadInput names the field that can't be meant so.

    A field that is missing reads as null does, unless the caller asks whether it is there.
    """

    fields: Mapping[str, Any]
    path: str = ""

    def has(self, name: str) -> bool:
        """Is the field there, if only as null?"""
        return name in self.fields

    def decimal(self, name: str) -> Decimal | None:
        """A number, given as such or as text so that `0.10` keeps its digits."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, _Number | str):
            raise self.wrong(name, "number")
        return decimal(str(value), self._named(name))

    def whole(self, name: str) -> int | None:
        """A whole number."""
        value = self.decimal(name)
        if value is None:
            return None
        if value % 1 or len(value.as_tuple().digits) > _MOST_DIGITS:
            raise self.wrong(name, "whole")
        return int(value)

    def flag(self, name: str) -> bool | None:
        """True or false."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, "flag")
        return value

    def text(self, name: str) -> str | None:
        """A text."""
        value = self.fields.get(name)
        if value is not None and (not isinstance(value, str) or isinstance(value, _Number)):
            raise self.wrong(name, "text")
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts."""
        found = self.fields.get(name)
        if found is None:
            return None
        if not isinstance(found, list) or not all(isinstance(entry, str) for entry in found):
            raise self.wrong(name, "texts")
        return tuple(found)

    def word(self, name: str, words: type[_Word]) -> _Word | None:
        """One word of a closed list."""
        found = self.text(name)
        return None if found is None else values.word(found, words, self._named(name))

    def object(self, name: str) -> JsonObject | None:
        """An object within this one."""
        found = self.fields.get(name)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise self.wrong(name, "object")
        return JsonObject(found, f"{self._named(name)}.")

    def objects(self, name: str) -> Iterator[JsonObject]:
        """A list of objects within this one."""
        found = self.fields.get(name)
        if not isinstance(found, list):
            raise self.wrong(name, "objects")
        for number, entry in enumerate(found, 1):
            if not isinstance(entry, dict):
                raise self.wrong(f"{name}[{number}]", "object")
            yield JsonObject(entry, f"{self._named(name)}[{number}].")

    def wrong(self, name: str, wanted: str) -> BadInput:
        """The error for a field of the wrong shape."""
        field = self._named(name)
        return BadInput(say(f"cli.json_wants.{wanted}", field=field), field=field)

    def _named(self, name: str) -> str:
        return f"{self.path}{name}"


class _Number(str):
    """The text of a JSON number, told apart from a JSON string."""

    __slots__ = ()


def read_object(path: str) -> JsonObject:
    """The one object of a JSON file."""
    content = values.content(path, LARGEST)
    try:
        found = json.loads(
            content.decode("utf-8-sig"),
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as error:
        raise BadInput(say("cli.not_json"), field="file") from error
    if not isinstance(found, dict):
        raise BadInput(say("cli.json_wants.object", field="file"), field="file")
    return JsonObject(found)


def _no_constant(name: str) -> None:
    raise ValueError(name)
