"""Survival figures in words: medians that are not reached, shares, p-values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aml_maint.domain.messages import Message, say

if TYPE_CHECKING:
    from aml_maint.domain.survival import At, Median

# Months at which survival is told unless others are asked for.
USUAL_MONTHS = (12, 24, 36, 60)


def median_text(median: Median) -> Message:
    """A median in months with its interval; what is not reached is said in words."""
    if median.time is None:
        if median.lower is None:
            return say("outcome.not_reached")
        return say("outcome.not_reached_from", lower=f"{median.lower:.4g}")
    lower = say("outcome.open_end") if median.lower is None else f"{median.lower:.4g}"
    upper = say("outcome.open_end") if median.upper is None else f"{median.upper:.4g}"
    return say("outcome.median", time=f"{median.time:.4g}", lower=lower, upper=upper)


def at_text(at: At) -> Message:
    """Survival at a time with its interval, beside the crude share."""
    told: dict[str, object] = {"time": f"{at.time:g}", "crude": percent(at.crude)}
    if at.survival is None:
        return Message("outcome.beyond", told)
    told["survival"] = percent(at.survival)
    if at.lower is None or at.upper is None:
        return Message("outcome.at", told)
    bounds = {"lower": percent(at.lower), "upper": percent(at.upper)}
    return Message("outcome.at_interval", told | bounds)


def percent(share: float) -> str:
    """A share with one decimal."""
    return f"{100 * share:.1f}"


def p_text(p: float | None) -> Message:
    """A p-value with three decimals; less is said as less."""
    if p is None:
        return say("outcome.no_p")
    return say("outcome.p_below") if p < 0.001 else say("outcome.p", p=f"{p:.3f}")
