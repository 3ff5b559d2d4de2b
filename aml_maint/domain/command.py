"""One intention of one person: who wants what, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from aml_maint.domain.moment import Moment


class Role(StrEnum):
    """What a person may do is decided by role."""

    NURSE = "nurse"
    PHYSICIAN = "physician"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    READER = "read_only"


@dataclass(frozen=True)
class Actor:
    """The person at the keyboard, and the machine they sit at."""

    name: str
    role: Role
    workstation: str

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("an actor has a name")


@dataclass(frozen=True)
class Command:
    """The head of every write: it is carried out exactly once per `id`, or not at all.

    `occurred` is when the thing happened, `recorded` when it was entered.
    """

    id: UUID
    action: str
    actor: Actor
    recorded: Moment
    occurred: Moment
    reason: str = ""
