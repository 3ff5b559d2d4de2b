"""Survival figures as programs read them: numbers, null for "not reached"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from aml_maint.domain.survival import Comparison, Curve

_DIGITS = Decimal("0.0000000001")


def number(value: float | None) -> Decimal | None:
    """An estimate with ten decimals, without the noise of binary figures."""
    if value is None:
        return None
    found = Decimal(repr(value)).quantize(_DIGITS).normalize()
    return found if found else Decimal(0)


def survival_data(
    groups: Mapping[str, Curve], compared: Comparison | None, times: Sequence[str]
) -> dict[str, object]:
    """Curves by group, with survival at the times asked for, and the log-rank test."""
    told = None
    if compared is not None:
        told = {"statistic": number(compared.statistic), "p": number(compared.p)}
    return {
        "groups": {name: _group(curve, times) for name, curve in groups.items()},
        "logrank": told,
    }


def _group(curve: Curve, times: Sequence[str]) -> dict[str, object]:
    median = curve.median
    return {
        "n": curve.n,
        "events": curve.events,
        "median": number(median.time),
        "median_ci": [number(median.lower), number(median.upper)],
        "curve": [
            {
                "time": number(point.time),
                "at_risk": point.at_risk,
                "events": point.events,
                "censored": point.censored,
                "survival": number(point.survival),
                "lower": number(point.lower),
                "upper": number(point.upper),
            }
            for point in curve.points
        ],
        "at": {time: _at(curve, time) for time in times},
    }


def _at(curve: Curve, time: str) -> dict[str, object]:
    at = curve.at(float(time))
    return {
        "survival": number(at.survival),
        "lower": number(at.lower),
        "upper": number(at.upper),
        "crude": number(at.crude) if curve.n else None,
        "at_risk": curve.followed(float(time)),
    }
