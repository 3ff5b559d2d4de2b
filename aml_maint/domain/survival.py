"""Time to event: Kaplan-Meier, medians, log-rank, with R's conventions (package survival).

Intervals are 95 %, on the log-log scale. Where survival is 1 or 0 R gives no interval, and so do
we: None. A median that is not reached is None too, and told in words. Numbers are plain floats
here: they are estimates, not measurements.

NumPy and SciPy are loaded when a function is first called; nothing else needs them.
"""

from __future__ import annotations

import math
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

CONFIDENCE = 0.95
# Below so many people a figure carries a warning: estimates and tests are unsteady.
FEW = 30
# As R: what differs by less than this is the same.
_TOLERANCE = math.sqrt(2.220446049250313e-16)


@dataclass(frozen=True)
class Point:
    """One time of a curve: who was at risk just before it, what happened, and the estimate."""

    time: float
    at_risk: int
    events: int
    censored: int
    survival: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Median:
    """A median with its interval; None is "not reached"."""

    time: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class At:
    """Survival at a chosen time; `crude` is the plain share without an event by then.

    None for all where nobody is followed that long and the curve has not come to nought.
    """

    time: float
    survival: float | None
    lower: float | None
    upper: float | None
    crude: float


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve in columns: one entry for each distinct time, in order.

    An end of an interval that does not exist is not a number here, and None in `points`.
    """

    times: tuple[float, ...] = ()
    at_risk: tuple[int, ...] = ()
    died: tuple[int, ...] = ()
    censored: tuple[int, ...] = ()
    survival: tuple[float, ...] = ()
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The curve time by time."""
        columns = (self.times, self.at_risk, self.died, self.censored, self.survival)
        rows = zip(*columns, self.lower, self.upper, strict=True)
        return tuple(Point(*row[:5], *map(_known, row[5:])) for row in rows)

    @property
    def n(self) -> int:
        """How many people it rests on."""
        return self.at_risk[0] if self.at_risk else 0

    @property
    def events(self) -> int:
        """How many had the event."""
        return sum(self.died)

    @property
    def is_small(self) -> bool:
        """Fewer people than an estimate should rest on?"""
        return self.n < FEW

    @property
    def median(self) -> Median:
        """The time by which half had the event, with its interval."""
        return Median(
            _halved(self.times, self.survival),
            _halved(self.times, self.lower),
            _halved(self.times, self.upper),
        )

    def at(self, time: float) -> At:
        """Survival at a time, beside the crude share."""
        crude = 1 - self.events_by(time) / self.n if self.n else math.nan
        passed = bisect_right(self.times, time + _TOLERANCE)
        if not passed:
            return At(time, 1.0 if self.n else None, None, None, crude)
        last = passed - 1
        over = passed == len(self.times) and time > self.times[last] + _TOLERANCE
        if over and self.survival[last] > 0:
            return At(time, None, None, None, crude)
        bounds = _known(self.lower[last]), _known(self.upper[last])
        return At(time, self.survival[last], *bounds, crude)

    def events_by(self, time: float) -> int:
        """How many had the event by a time."""
        return sum(self.died[: bisect_right(self.times, time + _TOLERANCE)])

    def censored_by(self, time: float) -> int:
        """How many were censored by a time."""
        return sum(self.censored[: bisect_right(self.times, time + _TOLERANCE)])

    def followed(self, time: float) -> int:
        """How many are still followed without the event just before a time."""
        place = bisect_left(self.times, time - _TOLERANCE)
        return self.at_risk[place] if place < len(self.times) else 0


@dataclass(frozen=True)
class Comparison:
    """A test between groups; None where there is nothing to compare."""

    test: str
    statistic: float | None
    p: float | None
    groups: int


def kaplan_meier(times: Sequence[float], events: Sequence[bool]) -> Curve:
    """The curve of people with these times, each ending in the event or censored.

    Greenwood's variance, log-log interval. Of an event and a censoring at the same time the
    event comes first. ValueError for a time below nought.
    """
    if not len(times):
        return Curve()
    import numpy

    given = _array("d", times)
    if given.min() < 0:
        raise ValueError("nobody is followed for less than no time")
    # From nought on, numbers and their bits are in the same order. The bit of the sign makes room
    # for what happened: sorting once does for both, and is half of all the work.
    marked = numpy.sort(given.view("u8") << 1 | numpy.frombuffer(bytes(events), "?"))
    ordered, ended = (marked >> 1).view("d"), (marked & 1).view("q")
    starts = numpy.flatnonzero(numpy.append(True, ordered[1:] != ordered[:-1]))
    died = numpy.add.reduceat(ended, starts)
    return _curve(ordered[starts], died, numpy.diff(starts, append=len(given)) - died)


def _array(form: str, values: Sequence[float]) -> Numbers:
    """Python's numbers in NumPy's hands; `struct` packs them in half the time of NumPy itself."""
    import numpy

    return numpy.frombuffer(struct.pack(f"{len(values)}{form}", *values), form)


def _curve(times: Numbers, died: Numbers, censored: Numbers) -> Curve:
    """The curve of what happened at each distinct time."""
    import numpy

    at_risk = (died + censored)[::-1].cumsum()[::-1]
    with numpy.errstate(divide="ignore", invalid="ignore"):
        survival = numpy.cumprod(1 - died / at_risk)
        greenwood = numpy.cumsum(died / (at_risk * (at_risk - died)))
        lower, upper = _interval(survival, greenwood)
    columns = (times, at_risk, died, censored, survival, lower, upper)
    return Curve(*(tuple(column.tolist()) for column in columns))


def _interval(survival: Numbers, greenwood: Numbers) -> tuple[Numbers, Numbers]:
    """The log-log interval; not a number where survival is 1 or 0."""
    from statistics import NormalDist

    import numpy

    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    inner = numpy.where((survival > 0) & (survival < 1), survival, math.nan)
    logs = numpy.log(inner)
    spread = z * numpy.sqrt(greenwood) / logs  # below nought, as the logarithm is
    centre = numpy.log(-logs)
    return numpy.exp(-numpy.exp(centre - spread)), numpy.exp(-numpy.exp(centre + spread))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _halved(times: Sequence[float], heights: Sequence[float]) -> float | None:
    """When a falling line comes to one half; the middle of the step if it rests there exactly."""
    # A height that is not a number is below nothing.
    below = ((t, y) for t, y in zip(times, heights, strict=True) if y < 0.5 + _TOLERANCE)
    time, first = next(below, (None, 0.0))
    if time is None or abs(first - 0.5) >= _TOLERANCE:
        return time
    lower = next((t for t, y in below if y < first), None)
    return time if lower is None else (time + lower) / 2


def follow_up(curve: Curve) -> Median:
    """Median follow-up by reverse Kaplan-Meier: being censored is the event."""
    if not curve.times:
        return curve.median
    return _curve(
        _array("d", curve.times), _array("q", curve.censored), _array("q", curve.died)
    ).median


def log_rank(curves: Mapping[str, Curve]) -> Comparison:
    """The log-rank test between groups, as R's survdiff; None without two groups or an event."""
    import numpy
    from scipy.special import chdtrc

    filled = [curve for curve in curves.values() if curve.times]
    untold = Comparison("log_rank", None, None, len(filled))
    if len(filled) < 2:
        return untold
    # Only the times of events tell, of whichever group.
    own = [
        (_array("d", one.times), _array("q", one.at_risk), _array("q", one.died)) for one in filled
    ]
    told = numpy.concatenate([times[died > 0] for times, _, died in own])
    if not len(told):
        return untold
    told.sort(kind="stable")  # which is to merge what is in order already
    distinct = told[numpy.append(True, told[1:] != told[:-1])]
    left = numpy.zeros((len(own), len(distinct)))
    died = numpy.zeros((len(own), len(distinct)))
    for number, (times, at_risk, own_died) in enumerate(own):
        place = numpy.searchsorted(times, distinct)
        left[number] = numpy.append(at_risk, 0)[place]
        died[number, numpy.searchsorted(distinct, times[own_died > 0])] = own_died[own_died > 0]
    at_risk, events = left.sum(axis=0), died.sum(axis=0)
    share = left / at_risk
    surplus = died.sum(axis=1) - share @ events
    weight = events * (at_risk - events) / numpy.maximum(at_risk - 1, 1)
    covariance = numpy.diag(share @ weight) - (share * weight) @ share.T
    # One group follows from the others; groups that never were at risk at an event tell nothing.
    useful = numpy.flatnonzero(share @ events > 0)[1:]
    if not len(useful):
        return untold
    within = covariance[numpy.ix_(useful, useful)]
    rest = surplus[useful]
    statistic = float(rest @ numpy.linalg.solve(within, rest))
    return Comparison("log_rank", statistic, float(chdtrc(len(useful), statistic)), len(filled))


def steps(curve: Curve) -> list[tuple[float, float]]:
    """The corners of the curve from 1 at time 0, for drawing; no smoothing."""
    corners = [(0.0, 1.0)]
    for time, died, survival in zip(curve.times, curve.died, curve.survival, strict=True):
        if died:
            corners += [(time, corners[-1][1]), (time, survival)]
    if curve.times and curve.times[-1] > corners[-1][0]:
        corners.append((curve.times[-1], corners[-1][1]))
    return corners
