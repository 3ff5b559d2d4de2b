"""Errors that a person can act on. Anything else that is raised is a bug."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from aml_maint.domain.messages import Message


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row of an imported file; rows count from 1, the header is row 1."""

    row: int
    field: str
    message: Message


class UserError(Exception):
    """Something a person can put right: what happened, and what to do about it.

    `kind` is a stable word for programs. `field` names the input at fault, if it was one.
    """

    kind: ClassVar[str] = "refused"

    def __init__(
        self,
        message: Message,
        *,
        hint: Message | None = None,
        field: str | None = None,
        rows: tuple[RowProblem, ...] = (),
    ) -> None:
        super().__init__(message.key)
        self.message = message
        self.hint = hint
        self.field = field
        self.rows = rows


class BadInput(UserError):
    """What was typed or read can't be meant that way; nothing was written."""

    kind = "bad_input"


class Refused(UserError):
    """A rule, a role or a lock forbids it; nothing was written."""

    kind = "refused"


class Unchecked(Exception):
    """The file is still being checked: to be asked again when that has passed. Not for people."""


class StorageProblem(UserError):
    """The file can't be opened, read or written; the message says whether anything was saved."""

    kind = "storage"
