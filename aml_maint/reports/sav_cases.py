"""The cases of an SPSS system file in its byte-code compression."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import BinaryIO

LONGEST = 255
"""Bytes that a string variable holds at most."""

_BIAS = 100
_LITERAL, _BLANK, _MISSING = 253, 254, 255
_FLUSH_AT = 1 << 16  # codes
_SPACES = b" " * 8
_DOUBLE = struct.Struct("<d")


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


@lru_cache(maxsize=16_384)
def _encoded(text: str, blocks: int, parts: int) -> tuple[bytes, bytes]:
    """The codes of a text in variables of so many blocks of eight bytes, and what they announce."""
    raw = [text.encode()] if parts == 1 else pieces(text)
    raw += [b""] * (parts - len(raw))
    padded = b"".join(piece.ljust(blocks * 8) for piece in raw)
    codes, literals = bytearray(), bytearray()
    for at in range(0, len(padded), 8):
        block = padded[at : at + 8]
        if block == _SPACES:
            codes.append(_BLANK)
        else:
            codes.append(_LITERAL)
            literals += block
    return bytes(codes), bytes(literals)


class CaseWriter:
    """Takes one value after the other. Each eight codes stand before what they announce."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._codes = bytearray()
        self._literals = bytearray()

    def number(self, value: float | None) -> None:
        """A number; None is system-missing."""
        if value is None:
            self._codes.append(_MISSING)
        elif value.is_integer() and 1 <= value + _BIAS <= 251:
            self._codes.append(int(value) + _BIAS)
        else:
            self._codes.append(_LITERAL)
            self._literals += _DOUBLE.pack(value)

    def text(self, text: str, width: int, parts: int = 1) -> None:
        """A text in a variable of so many bytes, or in several."""
        codes, literals = _encoded(text, -(-width // 8), parts)
        self._codes += codes
        self._literals += literals

    def end_case(self) -> None:
        """Write what is there once it is much."""
        if len(self._codes) > _FLUSH_AT:
            self._flush()

    def finish(self) -> None:
        """Write what is left."""
        self._codes += bytes(-len(self._codes) % 8)
        self._flush()

    def _flush(self) -> None:
        """Write all whole groups of eight codes, each with its literals."""
        whole, at, out = len(self._codes) // 8 * 8, 0, []
        for start in range(0, whole, 8):
            group = self._codes[start : start + 8]
            end = at + 8 * group.count(_LITERAL)
            out += [group, self._literals[at:end]]
            at = end
        self._file.write(b"".join(out))
        del self._codes[:whole], self._literals[:at]
