"""`survival`: Kaplan-Meier curves of a table, with medians, shares at times and log-rank."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from aml_maint.cli import values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.output import table
from aml_maint.cli.survival_data import survival_data
from aml_maint.cli.survival_lines import curve_lines
from aml_maint.domain.errors import BadInput, RowProblem
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.outcome_words import p_text
from aml_maint.domain.quantities import decimal
from aml_maint.domain.survival import kaplan_meier, log_rank
from aml_maint.services import delimited

_EVENTS = {
    "1": True, "true": True, "yes": True, "event": True,
    "0": False, "false": False, "no": False, "censored": False,
}  # fmt: skip
EVERYONE = "all"

Series = dict[str, tuple[list[float], list[bool]]]


def _arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="cli.help.survival_file")
    add("--time", required=True, metavar="COL", help="cli.help.survival_time")
    add("--event", required=True, metavar="COL", help="cli.help.survival_event")
    add("--group", metavar="COL", help="cli.help.survival_group")
    add("--at", nargs="+", action="extend", metavar="T", help="cli.help.survival_at")


def _survival(options: Namespace) -> Answer:
    wanted = [name for name in (options.time, options.event, options.group) if name is not None]
    data = values.content(options.file, delimited.LARGEST)
    series = _series(delimited.read_table(data, wanted), options)
    times = asked_times(options.at)
    curves = {name: kaplan_meier(*group) for name, group in series.items()}
    compared = log_rank(curves) if options.group is not None else None

    def lines(words: Catalogue) -> Iterable[str]:
        for name, curve in curves.items():
            if options.group is not None:
                yield f"{options.group} = {name}"
            yield from curve_lines(words, curve, times)
            yield from table(
                (f"{p.time:g}", str(p.at_risk), str(p.events), str(p.censored), f"{p.survival:.4f}")
                for p in curve.points
                if p.events
            )
        if compared is not None:
            yield words.text("cli.survival.log_rank", p=p_text(compared.p))

    return Answer(survival_data(curves, compared, times), lines)


def asked_times(asked: list[str] | None) -> tuple[str, ...]:
    """The times as typed, each a number from nought."""
    for text in asked or ():
        if decimal(text, "at") < 0:
            raise BadInput(say("error.below_nought"), field="at")
    return tuple(asked or ())


def _series(found: delimited.TextTable, options: Namespace) -> Series:
    """Times and events by group; every row that can't be meant is named."""
    series: Series = {}
    problems: list[RowProblem] = []
    for line in found.lines:
        if line.problem is not None:
            problems.append(line.problem)
            continue
        time = _time(line, options.time, problems)
        event = _EVENTS.get(line.cells[options.event].strip().casefold())
        if event is None:
            told = say("cli.survival.not_an_event", text=line.cells[options.event])
            problems.append(RowProblem(line.number, options.event, told))
        group = line.cells[options.group].strip() if options.group is not None else EVERYONE
        if time is not None and event is not None:
            times, events = series.setdefault(group, ([], []))
            times.append(time)
            events.append(event)
    if problems:
        raise BadInput(
            say("import.rejected", count=len(problems)), field="file", rows=tuple(problems)
        )
    if not series:
        raise BadInput(say("import.no_rows"), field="file")
    return dict(sorted(series.items()))


def _time(line: delimited.Line, column: str, problems: list[RowProblem]) -> float | None:
    try:
        time = decimal(line.cells[column], column)
    except BadInput as error:
        problems.append(RowProblem(line.number, column, error.message))
        return None
    if time < 0:
        problems.append(RowProblem(line.number, column, say("error.below_nought")))
        return None
    return float(time)


COMMANDS = {"survival": Command(_arguments, _survival)}
