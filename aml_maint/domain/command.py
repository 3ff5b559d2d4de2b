"""One intention of one person: who wants what, when and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """The person at the keyboard, and the machine they sit at.

    `role` is the one they act in; `also` are others that they have.
    """

    name: str
    role: Role
    workstation: str
    also: tuple[Role, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("an actor has a name")

    @property
    def roles(self) -> tuple[Role, ...]:
        """All their roles, the one they act in first."""
        return (self.role, *self.also)

    def acting_in(self, role: Role) -> Actor:
        """The same person in another of their roles."""
        others = tuple(one for one in self.roles if one is not role)
        return replace(self, role=role, also=others)


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
