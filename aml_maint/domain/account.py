"""A person who may open the ward's file, and in which roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aml_maint.domain.command import Actor, Role
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import say

LONGEST_NAME = 80


@dataclass(frozen=True)
class Account:
    """One person. Records name them by `name`, so it stays when they leave."""

    id: str
    name: str
    roles: tuple[Role, ...]
    is_active: bool = True

    def __post_init__(self) -> None:
        name = self.name
        if not name.strip() or name != " ".join(name.split()) or not name.isprintable():
            raise BadInput(say("accounts.name_needed"), field="name")
        if len(name) > LONGEST_NAME:
            raise BadInput(say("accounts.name_long", longest=LONGEST_NAME), field="name")
        if not self.roles:
            raise BadInput(say("accounts.role_needed"), field="roles")
        if len(set(self.roles)) != len(self.roles):
            raise ValueError("a role is named once")

    @property
    def is_administrator(self) -> bool:
        """May they manage the accounts of others?"""
        return Role.ADMINISTRATOR in self.roles

    def actor(self, workstation: str) -> Actor:
        """The person at the keyboard of a machine."""
        return Actor(self.name, self.roles[0], workstation, self.roles[1:])


def check_someone_manages(accounts: Iterable[Account]) -> None:
    """Refused unless an active administrator is among the accounts."""
    if not any(account.is_active and account.is_administrator for account in accounts):
        raise Refused(
            say("accounts.last_administrator"), hint=say("accounts.last_administrator.hint")
        )
