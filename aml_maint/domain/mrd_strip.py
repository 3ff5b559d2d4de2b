"""The MRD of each patient month by month since maintenance began, for a heat strip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import ceil

from aml_maint.domain.cohort_member import Member, MrdPoint

# Percent by flow at which a positive result is one step higher: powers of ten.
_STEPS = (Decimal("0.1"), Decimal(1))
_WIDTHS = (1, 2, 3, 6, 12, 24)
_MOST_COLUMNS = 26


class Level(StrEnum):
    """What a result says, from the mildest; of several in one stretch the gravest is shown."""

    INDETERMINATE = "indeterminate"
    NEGATIVE = "negative"
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"
    POSITIVE = "positive"
    """Positive, with no percent."""


_GRAVEST = list(Level)


@dataclass(frozen=True)
class Strip:
    """A patient's levels by column; a column without a result has none."""

    member: Member
    levels: Mapping[int, tuple[Level, MrdPoint]]
    points: tuple[MrdPoint, ...]


@dataclass(frozen=True)
class MrdStrips:
    """All strips. Column 0 is before maintenance, column n the n-th stretch of `width` months."""

    width: int
    columns: int
    strips: tuple[Strip, ...]

    def months(self, column: int) -> tuple[int, int]:
        """From which to which month a column reaches; not for column 0."""
        return (column - 1) * self.width, column * self.width


def level_of(point: MrdPoint) -> Level:
    """What a result says; neither positive nor negative is indeterminate."""
    if point.positive is None:
        return Level.INDETERMINATE
    if not point.positive:
        return Level.NEGATIVE
    if point.percent is None:
        return Level.POSITIVE
    return (Level.LOW, Level.MIDDLE, Level.HIGH)[sum(point.percent >= step for step in _STEPS)]


def mrd_strips(members: Sequence[Member], cut_off: date | None = None) -> MrdStrips:
    """The strips of everybody with a result up to the cut-off, in the order given."""
    seen = [(member, _until(member.mrd, cut_off)) for member in members]
    some = [(member, points) for member, points in seen if points]
    longest = max((point.months for _, points in some for point in points), default=Decimal(0))
    width = next(
        (w for w in _WIDTHS if longest / w <= _MOST_COLUMNS - 1), _WIDTHS[-1]
    )  # the last is as wide as it gets
    strips = tuple(Strip(member, _levels(points, width), points) for member, points in some)
    columns = max((max(strip.levels) for strip in strips), default=0) + 1
    return MrdStrips(width, columns, strips)


def _until(points: Sequence[MrdPoint], cut_off: date | None) -> tuple[MrdPoint, ...]:
    return tuple(
        point for point in points if cut_off is None or point.on is None or point.on <= cut_off
    )


def _levels(points: Sequence[MrdPoint], width: int) -> dict[int, tuple[Level, MrdPoint]]:
    found: dict[int, tuple[Level, MrdPoint]] = {}
    for point in points:
        column = max(ceil(point.months / width), 0)
        level = level_of(point)
        known = found.get(column)
        if known is None or _GRAVEST.index(level) > _GRAVEST.index(known[0]):
            found[column] = (level, point)
    return found
