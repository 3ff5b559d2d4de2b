"""`create`, `verify`, `backup` and `restore`: the ward file itself."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from aml_maint import bootstrap
from aml_maint.cli import seat
from aml_maint.cli.command import Answer, Command
from aml_maint.domain.messages import say
from aml_maint.services import passphrase, proof, trust
from aml_maint.services.clock import SystemClock
from aml_maint.services.local_zone import local_zone


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--remember", action="store_true", help="cli.help.remember")


def _create(options: Namespace) -> Answer:
    path = seat.new_database(options)
    secret = seat.new_passphrase(options, path)
    bootstrap.create_ward(path, secret, name=seat.user(options)).close()
    if options.remember:
        passphrase.remember(path, secret)
    data = {"created": True, "database": str(path), "remembered": options.remember}
    return Answer(
        data,
        lambda words: [words.text("cli.created", file=str(path))],
        notes=(say("cli.created.note"),),
    )


def _verify_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--head", nargs=2, metavar=("ENTRY", "DIGITS"), action="append", help="cli.help.head")
    add("--backups", metavar="FOLDER", help="cli.help.verify_backups")


def _verify(options: Namespace) -> Answer:
    with seat.ward(options, checks=True) as place:
        typed = [proof.typed_head(*head) for head in options.head or []]
        second = Path(options.backups) if options.backups else None
        proved = proof.prove(place, second=second, typed=typed)
    found = proved.ward
    data = {
        "ok": True,
        "database": str(found.path),
        "events": found.head.sequence,
        "head": {"sequence": found.head.sequence, "hash": found.head.hash},
        "counts": found.counts,
        "heads_held": len(proved.held),
        "heads_replaced": proved.replaced,
    }
    return Answer(
        data,
        lambda words: [
            words.text("cli.verified", events=found.head.sequence, head=found.head.short),
            words.text("cli.verified.heads", count=len(proved.held)),
        ],
    )


def _backup_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", nargs="?", help="cli.help.folder")


def _backup(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        made = trust.backup_ward(place, Path(options.folder) if options.folder else None)
    report = made.report
    data = {
        "backup": str(report.path),
        "verified": True,
        "sequence": report.head.sequence,
        "head": report.head.hash,
        "size": report.size,
        "sha256": report.sha256,
        "removed": [str(path) for path in made.removed],
    }
    return Answer(
        data,
        lambda words: [
            words.text("cli.backed_up", file=str(report.path), events=report.head.sequence)
        ],
    )


def _restore_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("backup", metavar="BACKUP", help="cli.help.backup_file")
    parser.add_argument("target", metavar="TARGET", help="cli.help.target")
    parser.add_argument("--replace", action="store_true", help="cli.help.replace")


def _restore(options: Namespace) -> Answer:
    source, target = Path(options.backup), Path(options.target)
    secret = seat.existing_passphrase(options, target)
    found = trust.restore_ward(
        source, secret, target, SystemClock(local_zone()), name=seat.user(options),
        replace=options.replace,
    )  # fmt: skip
    data = {
        "restored": str(found.path),
        "sequence": found.head.sequence,
        "head": found.head.hash,
        "kept": str(found.kept) if found.kept else None,
    }
    notes = (say("cli.restored.kept", file=str(found.kept)),) if found.kept else ()
    return Answer(
        data,
        lambda words: [
            words.text("cli.restored", file=str(found.path), events=found.head.sequence)
        ],
        notes=notes,
    )


COMMANDS = {
    "create": Command(_create_arguments, _create),
    "verify": Command(_verify_arguments, _verify),
    "backup": Command(_backup_arguments, _backup),
    "restore": Command(_restore_arguments, _restore),
}
