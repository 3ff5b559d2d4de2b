"""The cases of an SPSS system file in its byte-code compression, many at a time.

A case is a row of elements of eight bytes: a number is one, a text as many as its width takes.
Each element has a code; where that does not say everything, the eight bytes follow, after each
eight codes those of all of them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

LONGEST = 255
"""Bytes that a string variable holds at most."""

_BIAS = 100
_LITERAL, _BLANK, _MISSING = 253, 254, 255
_SPACES = b" " * 8
_DOUBLE = struct.Struct("<d")
_AT_ONCE = 8  # codes
# So many different texts or numbers are remembered of a variable.
_KNOWN = 4_096


@dataclass(frozen=True)
class Element:
    """One element of some cases: its codes, and the bytes of those that are literal."""

    codes: bytes
    literals: Sequence[bytes]


def pieces(text: str) -> list[bytes]:
    """A text as pieces of UTF-8 that each fit into a variable; no character is cut."""
    raw = text.encode()
    found = []
    while len(raw) > LONGEST:
        end = LONGEST
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        found.append(raw[:end])
        raw = raw[end:]
    return [*found, raw]


class Numbers(dict[float | None, tuple[int, bytes]]):
    """Codes and bytes of numbers; None is system-missing."""

    def __missing__(self, value: float | None) -> tuple[int, bytes]:
        if value is None:
            found = _MISSING, b""
        elif value.is_integer() and 1 <= value + _BIAS <= 251:
            found = int(value) + _BIAS, b""
        else:
            found = _LITERAL, _DOUBLE.pack(value)
        if len(self) < _KNOWN:
            self[value] = found
        return found

    def elements(self, values: Iterable[float | None]) -> list[Element]:
        """The element of a variable in some cases."""
        codes, literals = zip(*[self[value] for value in values], strict=True)
        return [Element(bytes(codes), literals)]


class Texts(dict[str, tuple[bytes, ...]]):
    """Bytes of texts in a variable of so many bytes, or in several; blank elements have none."""

    def __init__(self, width: int, parts: int) -> None:
        super().__init__()
        self._bytes, self._parts = -(-width // 8) * 8, parts
        self._blocks = struct.Struct("8s" * (self._bytes // 8 * parts)).unpack

    def __missing__(self, text: str) -> tuple[bytes, ...]:
        if self._parts == 1:
            padded = text.encode().ljust(self._bytes)
        else:
            raw = pieces(text)
            raw += [b""] * (self._parts - len(raw))
            padded = b"".join([piece.ljust(self._bytes) for piece in raw])
        found = self._blocks(padded)
        if _SPACES in found:
            found = tuple([b"" if block == _SPACES else block for block in found])
        if len(self) < _KNOWN:
            self[text] = found
        return found

    def elements(self, texts: Iterable[str]) -> list[Element]:
        """The elements of a variable in some cases."""
        return [
            Element(bytes([_LITERAL if one else _BLANK for one in literals]), literals)
            for literals in zip(*[self[text] for text in texts], strict=True)
        ]


class CaseWriter:
    """Writes cases, some at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._codes = bytearray()
        self._literals: list[bytes] = []

    def write(self, elements: Sequence[Element]) -> None:
        """Write some cases, of which all elements are given."""
        width, count = len(elements), len(elements[0].codes)
        codes, literals = bytearray(width * count), [b""] * (width * count)
        for at, element in enumerate(elements):
            codes[at::width] = element.codes
            literals[at::width] = element.literals
        self._codes += codes
        self._literals += literals
        self._flush()

    def finish(self) -> None:
        """Write what is left."""
        lacking = -len(self._codes) % _AT_ONCE
        self._codes += bytes(lacking)
        self._literals += [b""] * lacking
        self._flush()

    def _flush(self) -> None:
        """Write all whole groups of codes, each with its literals."""
        groups = len(self._codes) // _AT_ONCE
        whole = groups * _AT_ONCE
        out = [b""] * (groups * (1 + _AT_ONCE))
        out[:: 1 + _AT_ONCE] = struct.unpack(f"{_AT_ONCE}s" * groups, self._codes[:whole])
        for at in range(_AT_ONCE):
            out[1 + at :: 1 + _AT_ONCE] = self._literals[at:whole:_AT_ONCE]
        self._file.write(b"".join(out))
        del self._codes[:whole], self._literals[:whole]
