"""Opens the ward file that a command works on, and closes it again."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aml_maint import bootstrap, files
from aml_maint.cli.parser import WrongUse
from aml_maint.domain.errors import BadInput, StorageProblem
from aml_maint.domain.messages import Message, say
from aml_maint.services import passphrase
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace

DATABASE_VARIABLE = "AML_MAINT_DATABASE"
USER_VARIABLE = "AML_MAINT_USER"
NEW_PASSPHRASE_VARIABLE = "AML_MAINT_NEW_PASSPHRASE"


@contextmanager
def ward(options: Namespace, *, checks: bool = False) -> Iterator[Workplace]:
    """The ward file that the options name, open for one command.

    A command that `checks` everything itself finds a file that was not checked at opening.
    """
    place = _open_demo(options) if _demo(options) else _open(options, checks)
    try:
        yield place
        if place.store.check.owes:  # wrong tries before this sign-in are still to be recorded
            place.store.check.finish()
    finally:
        place.close()


def database(options: Namespace) -> Path:
    """The ward file that is meant: by option, by environment, or the usual one."""
    named = getattr(options, "database", None) or os.environ.get(DATABASE_VARIABLE)
    return Path(named) if named else files.default_database()


def user(options: Namespace) -> str | None:
    """Who signs in: by option or by environment; None where a file has one account only."""
    return getattr(options, "user", None) or os.environ.get(USER_VARIABLE) or None


def new_database(options: Namespace) -> Path:
    """Where a new ward file goes; StorageProblem if there is one, before anyone is asked."""
    if _demo(options):
        raise WrongUse(say("cli.demo_makes_itself"))
    path = database(options)
    if path.exists():
        raise StorageProblem(say("store.exists", file=str(path)), hint=say("store.exists.hint"))
    return path


def existing_passphrase(options: Namespace, path: Path) -> str:
    """The passphrase of a ward file, asked for if nothing brings it."""
    found = passphrase.find(path, _file(options), os.environ)
    return found if found is not None else _ask(options, say("cli.ask_passphrase", file=path.name))


def new_passphrase(options: Namespace, path: Path) -> str:
    """A passphrase for a new ward file: as given, or asked for twice; BadInput if too short."""
    given = None
    if (file := _file(options)) is not None:
        given = passphrase.from_file(file)
    given = given or os.environ.get(passphrase.VARIABLE)
    if given is None:
        given = _ask(options, say("cli.ask_new_passphrase", file=path.name))
        passphrase.check_new(given)
        if _ask(options, say("cli.ask_again")) != given:
            raise BadInput(say("cli.passphrases_differ"), field="passphrase")
    passphrase.check_new(given)
    return given


def second_passphrase(options: Namespace, whose: str) -> str:
    """A new passphrase beside the one that opens the file: from a file, or asked for twice."""
    named = getattr(options, "new_passphrase_file", None)
    if named:
        return passphrase.from_file(Path(named))
    given = os.environ.get(NEW_PASSPHRASE_VARIABLE)
    if given:
        return given
    typed = _ask(options, say("cli.ask_passphrase_of", name=whose))
    passphrase.check_new(typed, whose)
    if _ask(options, say("cli.ask_again")) != typed:
        raise BadInput(say("cli.passphrases_differ"), field="passphrase")
    return typed


def witness_passphrase(options: Namespace) -> str:
    """What the witness of a dose typed, from the file that holds it; nothing without one."""
    named = getattr(options, "witness_passphrase_file", None)
    return passphrase.from_file(Path(named)) if named else ""


def _open(options: Namespace, checks: bool) -> Workplace:
    path = database(options)
    if not path.exists():
        raise StorageProblem(
            say("cli.no_database", file=str(path)), hint=say("cli.no_database.hint")
        )
    secret = existing_passphrase(options, path)
    return bootstrap.open_ward(path, secret, name=user(options), check_beside=checks)


def _open_demo(options: Namespace) -> Workplace:
    """The demo ward of today; building it takes some seconds, which is said once."""
    unsaid = iter([catalogue(options.language).text("cli.demo_building")])

    def told(_done: int, _steps: int) -> None:
        for text in unsaid:
            print(text, file=sys.stderr)

    return bootstrap.open_demo(told=told)


def _demo(options: Namespace) -> bool:
    if not getattr(options, "demo", False):
        return False
    if getattr(options, "database", None):
        raise WrongUse(say("cli.demo_or_database"))
    return True


def _file(options: Namespace) -> Path | None:
    named = getattr(options, "passphrase_file", None)
    return Path(named) if named else None


def _ask(options: Namespace, question: Message) -> str:
    """What a person types, unseen; StorageProblem where nobody sits."""
    if not sys.stdin.isatty():
        raise StorageProblem(
            say("cli.no_passphrase"),
            hint=say("cli.no_passphrase.hint", variable=passphrase.VARIABLE),
        )
    text = catalogue(options.language).text(question)
    return getpass.getpass(f"{text} ", stream=sys.stderr)
