"""What a story of the demo ward is made of: dated steps, and the people who take them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from aml_maint.domain.command import Actor, Role
from aml_maint.services.workplace import Workplace

NURSE = Actor("Li Na", Role.NURSE, "demo")
PHYSICIAN = Actor("Wu Min", Role.PHYSICIAN, "demo")


@dataclass(frozen=True)
class Step:
    """Something that a person did on the demo ward at a civil time."""

    at: datetime
    actor: Actor
    act: Callable[[Workplace], object]


def call(act: Callable[..., object], *arguments: object) -> Callable[[Workplace], object]:
    """An act with everything but the desk it is done at."""
    return lambda place: act(place, *arguments)


def at_time(day: date, hour: int, minute: int) -> datetime:
    """A civil time of a day."""
    return datetime.combine(day, time(hour, minute))
