"""`manual`: the manual as a folder of web pages, for a server or to open from the disk."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from aml_maint.cli.command import Answer, Command
from aml_maint.services.manual_site import write_site


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--out", required=True, metavar="DIR", help="cli.help.manual_out")


def _manual(options: Namespace) -> Answer:
    folder = Path(options.out)
    count = write_site(folder, options.language)
    first = folder / "index.html"
    data = {"out": options.out, "pages": count, "first": str(first), "language": options.language}
    return Answer(data, lambda words: [words.text("cli.manual.done", count=count, file=str(first))])


COMMANDS = {"manual": Command(_arguments, _manual)}
