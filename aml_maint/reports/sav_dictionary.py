"""The records of an SPSS system file that stand before its cases.

After “System File Format” of PSPP's developers' guide; little-endian, strings in UTF-8.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum
from typing import BinaryIO

_PRODUCT = "@(#) SPSS DATA FILE aml_maint"
_ENCODING = 65001  # UTF-8
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHORT = 8
_VALUE_LABEL, _VARIABLE_LABEL = 120, 255  # bytes


class Shape(Enum):
    """What a variable holds, with its SPSS format (A, F, SDATE, DATETIME)."""

    TEXT = 1
    NUMBER = 5
    DAY = 39
    TIME = 22


class Measure(IntEnum):
    """The level of measurement."""

    NOMINAL = 1
    ORDINAL = 2
    SCALE = 3


@dataclass(frozen=True)
class Column:
    """One variable. `width` are the bytes of a text; `labels` are raw values with their words.

    `missing` are the numbers that count as missing. A text may go on in further variables: `parts`
    of them in all.
    """

    name: str
    label: str
    shape: Shape = Shape.NUMBER
    width: int = 0
    decimals: int = 0
    display: int = 10
    measure: Measure = Measure.NOMINAL
    labels: tuple[tuple[bytes, str], ...] = ()
    missing: tuple[int, ...] = ()
    parts: int = 1

    @property
    def elements(self) -> int:
        """How many units of eight bytes it takes in a case."""
        return -(-self.width // 8) if self.shape is Shape.TEXT else 1

    @property
    def format(self) -> int:
        """Its print and write format."""
        match self.shape:
            case Shape.TEXT:
                shown = self.width
            case Shape.DAY:
                shown = 10
            case Shape.TIME:
                shown = 17
            case _:
                shown = max(self.display, self.decimals + 6)
        decimals = self.decimals if self.shape is Shape.NUMBER else 0
        return self.shape.value << 16 | shown << 8 | decimals


def write_dictionary(
    file: BinaryIO, columns: Sequence[Column], label: str, made: datetime, cases: int
) -> None:
    """Write everything up to the first case."""
    _write_header(file, columns, label, made, cases)
    for number, column in enumerate(columns, 1):
        _write_variable(file, column, number)
    index = 1
    for column in columns:
        if column.labels and column.width <= _SHORT:
            _write_labels(file, column, index)
        index += column.elements
    _extension(file, 3, 4, struct.pack("<8i", 1, 0, 0, -1, 1, 1, 2, _ENCODING))
    largest = sys.float_info.max
    lowest = math.nextafter(-largest, 0.0)  # where ranges of missing values begin
    _extension(file, 4, 8, struct.pack("<3d", -largest, largest, lowest))
    shown = (
        struct.pack("<3i", column.measure, column.display, 0 if column.shape is Shape.TEXT else 1)
        for column in columns
    )
    _extension(file, 11, 4, b"".join(shown))
    names = "\t".join(f"V{number}={column.name}" for number, column in enumerate(columns, 1))
    _extension(file, 13, 1, names.encode())
    _extension(file, 16, 8, struct.pack("<2q", 1, cases))
    _extension(file, 20, 1, b"UTF-8")
    long = b"".join(_long_labels(c) for c in columns if c.labels and c.width > _SHORT)
    if long:
        _extension(file, 21, 1, long)
    file.write(struct.pack("<2i", 999, 0))


def _write_header(
    file: BinaryIO, columns: Sequence[Column], label: str, made: datetime, cases: int
) -> None:
    size = sum(column.elements for column in columns)
    day = f"{made.day:02d} {_MONTHS[made.month - 1]} {made.year % 100:02d}"
    file.write(b"$FL2" + _PRODUCT.encode().ljust(60))
    file.write(struct.pack("<5id", 2, size, 1, 0, cases, 100.0))
    file.write(f"{day}{made:%H:%M:%S}".encode())
    file.write(_cut(label, 64).ljust(64) + bytes(3))


def _write_variable(file: BinaryIO, column: Column, number: int) -> None:
    label = _cut(column.label, _VARIABLE_LABEL)
    kind = column.width if column.shape is Shape.TEXT else 0
    shown = column.format
    name = f"V{number}".encode().ljust(8)
    file.write(struct.pack("<6i8s", 2, kind, 1, len(column.missing), shown, shown, name))
    file.write(struct.pack("<i", len(label)) + label + bytes(-len(label) % 4))
    file.write(struct.pack(f"<{len(column.missing)}d", *column.missing))
    for _ in range(column.elements - 1):
        file.write(struct.pack("<6i8s", 2, -1, 0, 0, shown, shown, b" " * 8))


def _write_labels(file: BinaryIO, column: Column, index: int) -> None:
    file.write(struct.pack("<2i", 3, len(column.labels)))
    for value, text in column.labels:
        label = _cut(text, _VALUE_LABEL)
        written = bytes([len(label)]) + label
        file.write(value.ljust(8) + written + b" " * (-len(written) % 8))
    file.write(struct.pack("<3i", 4, 1, index))


def _long_labels(column: Column) -> bytes:
    name = column.name.encode()
    parts = [struct.pack("<i", len(name)), name]
    parts.append(struct.pack("<2i", column.width, len(column.labels)))
    for value, text in column.labels:
        label = _cut(text, _VALUE_LABEL)
        parts += [struct.pack("<i", len(value)), value, struct.pack("<i", len(label)), label]
    return b"".join(parts)


def _extension(file: BinaryIO, subtype: int, size: int, content: bytes) -> None:
    file.write(struct.pack("<4i", 7, subtype, size, len(content) // size) + content)


def _cut(text: str, longest: int) -> bytes:
    """A label in UTF-8, cut between characters."""
    return text.encode()[:longest].decode(errors="ignore").encode()
