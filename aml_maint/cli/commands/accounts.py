"""`accounts …`: the people of a ward, their roles and passphrases, and the recovery key."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from aml_maint import bootstrap
from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.output import table
from aml_maint.cli.saved import once, saved
from aml_maint.domain.account import Account
from aml_maint.domain.command import Role
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.services import accounts
from aml_maint.services.workplace import Workplace


def _none(parser: ArgumentParser) -> None:
    """It takes no arguments of its own."""


def _list(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        found = accounts.accounts_of(place)
    data = [
        {"name": a.name, "roles": [r.value for r in a.roles], "active": a.is_active} for a in found
    ]
    return Answer(
        data,
        lambda words: table(
            (
                a.name,
                words.value(tuple(say(f"role.{role.value}") for role in a.roles)),
                "" if a.is_active else words.text("accounts.retired"),
            )
            for a in found
        ),
    )


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="cli.help.account_name")
    parser.add_argument("--role", action="append", metavar="ROLE", required=True,
                        help="cli.help.role")  # fmt: skip
    _new_passphrase_arguments(parser)


def _add(options: Namespace) -> Answer:
    roles = _roles(options)
    with seat.ward(options) as place:
        first = seat.second_passphrase(options, options.name)
        changes = once(
            options, place, "add_account",
            lambda id: accounts.add_account(place, options.name, roles, first, id),
        )  # fmt: skip
    return saved(changes, say("cli.account_added", name=options.name), name=options.name)


def _roles_arguments(parser: ArgumentParser) -> None:
    _add_arguments_of_change(parser)
    parser.add_argument("--role", action="append", metavar="ROLE", required=True,
                        help="cli.help.role")  # fmt: skip


def _change_roles(options: Namespace) -> Answer:
    roles = _roles(options)
    with seat.ward(options) as place:
        account = _named(place, options.name)
        changes = once(
            options, place, "change_account",
            lambda id: accounts.change_roles(place, account.id, roles, options.reason, id),
        )  # fmt: skip
    return saved(changes, say("cli.account_changed", name=account.name), name=account.name)


def _add_arguments_of_change(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="cli.help.account_name")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="cli.help.why_changed")
    parser.add_argument("--command-id", metavar="UUID", help="cli.help.command_id")


def _retire(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        account = _named(place, options.name)
        changes = once(
            options, place, "retire_account",
            lambda id: accounts.retire_account(place, account.id, options.reason, id),
        )  # fmt: skip
    return saved(changes, say("cli.account_retired", name=account.name), name=account.name)


def _new_passphrase_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--new-passphrase-file", metavar="FILE", help="cli.help.new_passphrase")
    parser.add_argument("--command-id", metavar="UUID", help="cli.help.command_id")


def _change_passphrase(options: Namespace) -> Answer:
    path = seat.database(options)
    with seat.ward(options) as place:
        old = seat.existing_passphrase(options, path)
        new = seat.second_passphrase(options, place.actor.name)
        changes = once(
            options, place, "change_passphrase",
            lambda id: accounts.change_passphrase(place, old, new, id),
        )  # fmt: skip
    return saved(changes, say("cli.passphrase_changed"))


def _reset_arguments(parser: ArgumentParser) -> None:
    _add_arguments_of_change(parser)
    parser.add_argument("--new-passphrase-file", metavar="FILE", help="cli.help.new_passphrase")


def _reset(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        account = _named(place, options.name)
        new = seat.second_passphrase(options, account.name)
        changes = once(
            options, place, "reset_passphrase",
            lambda id: accounts.reset_passphrase(place, account.id, new, options.reason, id),
        )  # fmt: skip
    return saved(changes, say("cli.passphrase_reset", name=account.name), name=account.name)


def _recovery_key(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        changes, key = accounts.make_recovery_key(place)
    data = {"saved": True, "sequence": changes.sequence, "recovery_key": key}
    return Answer(data, lambda _: [key], notes=(say("cli.recovery_key.note"),))


def _recover_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="cli.help.recover_name")
    _new_passphrase_arguments(parser)


def _recover(options: Namespace) -> Answer:
    path = seat.database(options)
    key = seat.existing_passphrase(options, path)
    new = seat.second_passphrase(options, options.name)
    changes = bootstrap.recover_ward(path, key, options.name, new)
    return saved(changes, say("cli.passphrase_reset", name=options.name), name=options.name)


def _roles(options: Namespace) -> tuple[Role, ...]:
    return tuple(values.word(word, Role, "role") for word in options.role)


def _named(place: Workplace, name: str) -> Account:
    found = accounts.account_of(place, name)
    if found is None:
        raise BadInput(say("keys.no_account", name=name), field="name")
    return found


COMMANDS = {
    "accounts": Command(_none, _list),
    "accounts add": Command(_add_arguments, _add),
    "accounts roles": Command(_roles_arguments, _change_roles),
    "accounts retire": Command(_add_arguments_of_change, _retire),
    "accounts passphrase": Command(_new_passphrase_arguments, _change_passphrase),
    "accounts reset": Command(_reset_arguments, _reset),
    "accounts recovery-key": Command(_none, _recovery_key),
    "accounts recover": Command(_recover_arguments, _recover),
}
