"""Runs one command. The exit codes have their only place here."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping

from aml_maint.cli.output import AnswerLost, Printer, flush, forget_stdout, prepare_streams
from aml_maint.cli.parser import Glance, WrongUse, command_of, glance, parse
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import LANGUAGES, Language, say

DONE, BUG = 0, 1
INTERRUPTED = 130  # as every shell has it: 128 and the number of the signal
# By the kind of the error; anything else that a service refuses is refused.
EXIT_CODES = {
    "incomplete": BUG, "wrong_use": 2, "bad_input": 3, "refused": 4, "storage": 5,
    "interrupted": INTERRUPTED, "stopped": INTERRUPTED,
}  # fmt: skip
PIPE_CLOSED = 141  # as of a program that the signal ended


def run(arguments: list[str]) -> int:
    """Carry out the command that the arguments write, print its answer, and give the exit code."""
    prepare_streams()
    found = glance(arguments)
    printer = Printer(_language(found.language, os.environ), found.json)
    try:
        code = _answered(found, printer)
        flush()
        return code
    except BrokenPipeError:
        # Nobody reads on, as in `aml-maint plan … | head`.
        forget_stdout()
        return PIPE_CLOSED
    except AnswerLost:
        forget_stdout()
        printer.lost()
        return EXIT_CODES["storage"]


def _answered(found: Glance, printer: Printer) -> int:
    try:
        return _carry_out(found, printer)
    except UserError as error:
        printer.error(error)
        return EXIT_CODES.get(error.kind, EXIT_CODES["refused"])
    except KeyboardInterrupt:
        return INTERRUPTED
    except (BrokenPipeError, AnswerLost):
        raise
    except Exception as error:  # noqa: BLE001 (the last line of defence: told, never hidden)
        printer.bug(error)
        return BUG


def _carry_out(found: Glance, printer: Printer) -> int:
    if found.command == "demo" and not {"-h", "--help"} & set(found.arguments):
        raise WrongUse(say("cli.demo_comes_first"), hint=say("cli.demo_comes_first.hint"))
    try:
        options = parse(found, printer.text)
    except SystemExit:
        return DONE  # help or version was asked for and is printed
    options.language = printer.language
    answer = command_of(options.command).run(options)
    printer.answer(answer)
    if answer.problem is None:
        return DONE
    return EXIT_CODES.get(answer.problem.kind, EXIT_CODES["refused"])


def _language(asked: str | None, environment: Mapping[str, str]) -> Language:
    """The language asked for, else the one of the system, else English."""
    if asked in LANGUAGES:
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    system = locale.getlocale()[0] or ""  # Windows: “Chinese (Simplified)_China”
    return "zh" if system.lower().startswith(("zh", "chinese")) else "en"
