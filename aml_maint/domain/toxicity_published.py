"""What is published of a toxicity under a regimen: how often it comes, and how long it lasts."""

from __future__ import annotations

from dataclasses import dataclass

from aml_maint.domain.regimen import Source


@dataclass(frozen=True)
class Expected:
    """How many days an episode lasts at most by what a source says of the regimen."""

    days: int
    source: Source

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("an episode lasts a day at least")


@dataclass(frozen=True)
class Reported:
    """In how many patients of a published series a term was seen, and at grade 3 or 4."""

    patients: int
    severe: int
    of: int
    source: Source

    def __post_init__(self) -> None:
        if not 0 <= self.severe <= self.patients <= self.of:
            raise ValueError("no more patients have it than there are")
