"""Exact intervals for counts: no normal approximation holds for nineteen patients."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Share:
    """So many of so many, with its exact 95 % interval (Clopper-Pearson), all in percent.

    Without anybody there is no share: the figures are None, and not 0.
    """

    count: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError("no more are counted than there are")

    @property
    def percent(self) -> Decimal | None:
        """The share with one decimal, halves rounded up as people do."""
        return rounded(Decimal(100 * self.count) / self.of) if self.of else None

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """The exact 95 % interval."""
        if not self.of:
            return None
        from scipy.stats import binomtest

        found = binomtest(self.count, self.of).proportion_ci(0.95, "exact")
        return rounded(Decimal(repr(found.low * 100))), rounded(Decimal(repr(found.high * 100)))


@dataclass(frozen=True)
class Rate:
    """Counts over time at risk, per 100 patient-years, with the exact 95 % Poisson interval."""

    count: int
    days: int

    @property
    def years(self) -> Decimal:
        """The time at risk in years of 365.25 days."""
        return Decimal(self.days) / Decimal("365.25")

    @property
    def per_100_years(self) -> Decimal | None:
        """The rate; None without any time at risk."""
        return rounded(100 * self.count / self.years) if self.days > 0 else None

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """The exact interval (Garwood), by the chi-squared distribution."""
        if self.days <= 0:
            return None
        from scipy.stats import chi2

        low = chi2.ppf(0.025, 2 * self.count) / 2 if self.count else 0
        high = chi2.ppf(0.975, 2 * self.count + 2) / 2
        unit = 100 / self.years
        return rounded(Decimal(repr(float(low))) * unit), rounded(Decimal(repr(float(high))) * unit)


def rounded(value: Decimal) -> Decimal:
    """One decimal, halves up."""
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
