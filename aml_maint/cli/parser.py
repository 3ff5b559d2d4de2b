"""The grammar of the command line. Texts are keys here; help puts them into a language."""

from __future__ import annotations

import re
from argparse import SUPPRESS, Action, ArgumentParser, HelpFormatter, Namespace
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import Any, ClassVar, NamedTuple, NoReturn

from aml_maint import __version__
from aml_maint.cli.command import Command
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import LANGUAGES, Message, say

PROGRAM = "aml-maint"

# The text of a key; asked for only once there is something to show.
Texts = Callable[[str], str]

# Each command with the module that holds it. `demo` opens the window, so it has none here.
MODULES: dict[str, str | None] = {
    "demo": None,
    "create": "ward_file",
    "patients": "patients",
    "admit": "patients",
    "regimens": "plan",
    "plan": "plan",
    "start-course": "courses",
    "start-cycle": "courses",
    "replan": "replan",
    "replan shift": "replan",
    "replan delay": "replan",
    "replan omit": "replan",
    "replan hold": "replan",
    "replan resume": "replan",
    "replan dose": "replan",
    "replan stop": "replan",
    "replan regimen": "replan",
    "replan undo": "replan",
    "worklist": "worklist",
    "findings": "findings",
    "findings dismiss": "findings",
    "findings restore": "findings",
    "deviations": "deviations",
    "log": "doses",
    "log confirm": "doses",
    "log correct": "doses",
    "log undo": "doses",
    "unplanned": "unplanned",
    "unplanned correct": "unplanned",
    "unplanned undo": "unplanned",
    "as-needed": "as_needed",
    "as-needed order": "as_needed",
    "as-needed stop": "as_needed",
    "supply": "supply",
    "supply record": "supply",
    "supply undo": "supply",
    "drugs": "drugs",
    "drugs add": "drugs",
    "drugs change": "drugs",
    "drugs end": "drugs",
    "drugs resume": "drugs",
    "drugs tablets": "drugs",
    "follow-up": "follow_up",
    "follow-up contact": "follow_up",
    "follow-up event": "follow_up",
    "follow-up undo": "follow_up",
    "count": "counts",
    "count withdraw": "counts",
    "labs": "labs",
    "labs import": "labs",
    "laboratories": "labs",
    "laboratories add": "labs",
    "laboratories limit": "labs",
    "childbearing": "pregnancy",
    "pregnancy-test": "pregnancy",
    "pregnancy-test withdraw": "pregnancy",
    "clock-time": "clock_times",
    "gate": "gate",
    "grade": "grade",
    "assess": "assessment",
    "toxicity table": "toxicity",
    "assess-marrow": "marrow",
    "risk": "risk",
    "survival": "survival",
    "cohort": "outcomes",
    "figures": "figures",
    "report": "report",
    "sign-report": "report",
    "check-report": "report",
    "calendar": "calendar",
    "export csv": "export",
    "export fhir": "export",
    "export ics": "calendar",
    "export sav": "export",
    "export xlsx": "export",
    "sheet": "sheet",
    "import cohort": "cohort",
    "import fhir": "import_bundle",
    "import labs": "labs",
    "import-cohort": "cohort",
    "accounts": "accounts",
    "accounts add": "accounts",
    "accounts roles": "accounts",
    "accounts retire": "accounts",
    "accounts passphrase": "accounts",
    "accounts reset": "accounts",
    "accounts recovery-key": "accounts",
    "accounts recover": "accounts",
    "settings list": "settings",
    "settings set": "settings",
    "settings accept": "settings",
    "settings history": "settings",
    "verify": "ward_file",
    "backup": "ward_file",
    "restore": "ward_file",
    "self-test": "self_test",
    "manual": "manual",
}

_TAKING_A_VALUE = ("--database", "--passphrase-file", "--user", "--language")

# What argparse says, so that it can be said in another language too.
_WRONG_USES = (
    (re.compile(r"the following arguments are required: (.*)", re.S), "cli.wrong_use.missing"),
    (re.compile(r"unrecognized arguments: (.*)", re.S), "cli.wrong_use.unknown"),
    (re.compile(r"argument COMMAND: invalid choice: (.*?) \(", re.S), "cli.wrong_use.command"),
)


class WrongUse(UserError):
    """The command was not written as it has to be."""

    kind: ClassVar[str] = "wrong_use"


class Glance(NamedTuple):
    """What must be known of the arguments before they can be read."""

    arguments: list[str]
    command: str | None
    language: str | None
    json: bool


def glance(arguments: Sequence[str]) -> Glance:
    """Find the command and what decides how to answer; `log confirm` and the like become one."""
    words = list(arguments)
    command: str | None = None
    language: str | None = None
    at = 0
    while at < len(words):
        word = words[at]
        if word in _TAKING_A_VALUE:
            at += 1
            if word == "--language" and at < len(words):
                language = words[at]
        elif word.startswith("--language="):
            language = word.partition("=")[2]
        elif command is None and not word.startswith("-"):
            joined = " ".join(words[at : at + 2])
            if joined in MODULES and joined != word:
                words[at : at + 2] = [joined]
            command = words[at]
        at += 1
    return Glance(words, command, language, "--json" in words)


def command_of(name: str) -> Command:
    """The command of a name, with its module loaded now."""
    module = import_module(f"aml_maint.cli.commands.{MODULES[name]}")
    command: Command = module.COMMANDS[name]
    return command


def parse(found: Glance, texts: Texts) -> Namespace:
    """The arguments as options; WrongUse, or SystemExit once help or version are printed."""
    return _grammar(found.command, texts).parse_args(found.arguments)


def _grammar(command: str | None, texts: Texts) -> ArgumentParser:
    """The parser of all commands, with the arguments of the one that was named."""
    top = _Parser(texts=texts, prog=PROGRAM, description="cli.help", epilog="cli.help.exit_codes")
    top.add_argument(
        "--version", action="version", version=f"{PROGRAM} {__version__}", help="cli.help.version"
    )
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", title="cli.help.commands"
    )
    for name in MODULES:
        text = help_key(name)
        one = commands.add_parser(name, help=text, description=text, texts=texts)
        if name == command and MODULES[name] is not None:
            command_of(name).arguments(one)
    return top


def help_key(command: str) -> str:
    """The key of the sentence that says what a command does."""
    return f"cli.help.{command.replace(' ', '_').replace('-', '_')}"


def _add_global_options(parser: ArgumentParser) -> None:
    """Those that stand before or after the command; left out they leave no trace."""
    add = parser.add_argument_group("cli.help.everywhere").add_argument
    add("--database", metavar="FILE", default=SUPPRESS, help="cli.help.database")
    add("--passphrase-file", metavar="FILE", default=SUPPRESS, help="cli.help.passphrase_file")
    add("--user", metavar="NAME", default=SUPPRESS, help="cli.help.user")
    add("--demo", action="store_true", default=SUPPRESS, help="cli.help.in_demo")
    add("--json", action="store_true", default=SUPPRESS, help="cli.help.json")
    add("--language", choices=LANGUAGES, default=SUPPRESS, help="cli.help.language")
    add("-h", "--help", action="help", help="cli.help.help")


class _Parser(ArgumentParser):
    """Raises instead of leaving the program, so that errors have one form."""

    def __init__(self, *, texts: Texts, **options: Any) -> None:
        super().__init__(
            add_help=False,
            allow_abbrev=False,
            formatter_class=partial(_Formatter, texts=texts),
            **options,
        )
        _add_global_options(self)

    def error(self, message: str) -> NoReturn:
        """Raise WrongUse with the message in this program's own words where it has them."""
        usage = say("cli.wrong_use.hint", command=self.prog)
        for pattern, key in _WRONG_USES:
            if found := pattern.match(message):
                raise WrongUse(Message(key, {"what": found[1].strip("'")}), hint=usage)
        raise WrongUse(say("cli.wrong_use", problem=message), hint=usage)


class _Formatter(HelpFormatter):
    """Puts the keys of help into words."""

    _HEADINGS: ClassVar[dict[str, str]] = {
        "positional arguments": "cli.help.arguments",
        "options": "cli.help.options",
    }

    def __init__(self, prog: str, *, texts: Texts, **options: Any) -> None:
        super().__init__(prog, max_help_position=28, **options)
        self._texts = texts

    def start_section(self, heading: str | None) -> None:
        """Begin a group of arguments."""
        super().start_section(self._text(self._HEADINGS.get(heading or "", heading)))

    def add_text(self, text: str | None) -> None:
        """Add a paragraph."""
        super().add_text(self._text(text))

    def add_usage(
        self, usage: str | None, actions: Iterable[Action], groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:  # fmt: skip
        """Add the line that shows how a command is written."""
        if prefix is None:
            prefix = f"{self._texts('cli.help.usage')} "
        super().add_usage(usage, actions, groups, prefix)

    def _get_help_string(self, action: Action) -> str | None:
        text = self._text(action.help)
        return None if text is None else text.replace("%", "%%")

    def _text(self, key: str | None) -> str | None:
        known = key is not None and key.startswith("cli.")
        return self._texts(key) if known and key is not None else key
