"""What a command is: the arguments it takes, what it does with them, and the answer it gives."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Catalogue, Message


@dataclass(frozen=True)
class Answer:
    """What a command found: data for programs, lines for people, notes for standard error.

    Messages and names inside `data` are put into words when it is printed. An answer with a
    `problem` is still printed; the problem decides the exit code.
    """

    data: object
    lines: Callable[[Catalogue], Iterable[str]]
    notes: tuple[Message, ...] = ()
    problem: UserError | None = None


@dataclass(frozen=True)
class Command:
    """One command: declares its arguments (all read as text), and carries them out."""

    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], Answer]
