"""The cases of an SPSS system file in its byte-code compression."""

from __future__ import annotations

import struct
from typing import BinaryIO

LONGEST = 255
"""Bytes that a string variable holds at most."""

_BIAS = 100
_LITERAL, _BLANK, _MISSING = 253, 254, 255
_FLUSH_AT = 1 << 16


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


class CaseWriter:
    """Takes one value after the other. Each eight codes stand before what they announce."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._codes = bytearray()
        self._literals = bytearray()
        self._out = bytearray()

    def number(self, value: float | None) -> None:
        """A number; None is system-missing."""
        if value is None:
            self._put(_MISSING)
        elif value.is_integer() and 1 <= value + _BIAS <= 251:
            self._put(int(value) + _BIAS)
        else:
            self._put(_LITERAL, struct.pack("<d", value))

    def text(self, text: str, width: int, parts: int = 1) -> None:
        """A text in a variable of so many bytes, or in several."""
        raw = [text.encode()] if parts == 1 else pieces(text)
        raw += [b""] * (parts - len(raw))
        blocks = -(-width // 8)
        for piece in raw:
            padded = piece.ljust(blocks * 8)
            for at in range(0, blocks * 8, 8):
                block = padded[at : at + 8]
                if block == b"        ":
                    self._put(_BLANK)
                else:
                    self._put(_LITERAL, block)

    def finish(self) -> None:
        """Write what is left."""
        while self._codes:
            self._put(0)
        self._file.write(self._out)
        self._out.clear()

    def _put(self, code: int, literal: bytes = b"") -> None:
        self._codes.append(code)
        self._literals += literal
        if len(self._codes) == 8:
            self._out += self._codes
            self._out += self._literals
            self._codes.clear()
            self._literals.clear()
            if len(self._out) > _FLUSH_AT:
                self._file.write(self._out)
                self._out.clear()
