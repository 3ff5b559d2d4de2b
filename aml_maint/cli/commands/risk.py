"""`risk`: the genetic risk at diagnosis after ELN 2022, with its reason."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from aml_maint.cli.command import Answer, Command
from aml_maint.cli.json_input import JsonObject, read_object
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.risk import Cebpa, Genetics, RiskVerdict, eln2022


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="cli.help.risk_file")


def _risk(options: Namespace) -> Answer:
    verdict = eln2022(_genetics(read_object(options.file)))
    data = {
        "risk": verdict.word,
        "rule": verdict.rule,
        "reason": verdict.reason,
        "flags": verdict.flags,
        "source": say("risk.source"),
    }
    return Answer(data, lambda words: _lines(words, verdict))


def _genetics(found: JsonObject) -> Genetics:
    """Cytogenetics left out mean a normal karyotype; null means that nobody knows."""
    cytogenetics = found.texts("cytogenetics") if found.has("cytogenetics") else ()
    return Genetics(
        cytogenetics,
        found.texts("mutations") or (),
        found.flag("flt3_itd"),
        found.decimal("tp53_vaf_percent"),
        found.word("cebpa", Cebpa) or Cebpa.UNSPECIFIED,
    )


def _lines(words: Catalogue, verdict: RiskVerdict) -> Iterable[str]:
    yield words.text("cli.risk", risk=say(f"risk.{verdict.word}"), rule=verdict.rule)
    yield words.text(verdict.reason)
    for flag in verdict.flags:
        yield words.text("cli.marrow.flag", told=flag)
    yield words.text("cli.source", source=say("risk.source"))


COMMANDS = {"risk": Command(_arguments, _risk)}
