"""Did a premedication come in the right time before the dose that it serves?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from aml_maint.domain.administration import Administration, premedication_gap
from aml_maint.domain.messages import Message
from aml_maint.domain.regimen import Link

_MINUTE = timedelta(minutes=1)


class GapFit(StrEnum):
    """Where a recorded gap lies."""

    IN_WINDOW = "in_window"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class PremedicationGap:
    """The recorded time from a premedication to the dose it serves, in whole minutes."""

    minutes: int
    shortest: int
    longest: int
    fit: GapFit

    @property
    def told(self) -> Message:
        """The gap and whether it lies in its window, in words."""
        values = {"minutes": self.minutes, "shortest": self.shortest, "longest": self.longest}
        return Message(f"injection.gap.{self.fit.value}", values)


def recorded_gap(
    link: Link, premedication: Administration, served: Administration
) -> PremedicationGap | None:
    """The gap between two records; None unless both were given.

    Both ends of the window belong to it (default 45 to 75 minutes [D], clinical rules).
    """
    minutes = premedication_gap(premedication, served)
    if minutes is None or premedication.given is None or served.given is None:
        return None
    passed = served.given.utc - premedication.given.utc
    shortest, longest = -link.latest_minutes, -link.earliest_minutes
    fit = GapFit.IN_WINDOW
    if passed < timedelta(minutes=shortest):
        fit = GapFit.TOO_SHORT
    elif passed > timedelta(minutes=longest):
        # 75 minutes and some seconds are told as 76: longer than 75.
        fit, minutes = GapFit.TOO_LONG, -(-passed // _MINUTE)
    return PremedicationGap(minutes, shortest, longest, fit)
