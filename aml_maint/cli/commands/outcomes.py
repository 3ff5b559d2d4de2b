"""`cohort`: who the patients are, their outcomes, and what a publication prints beside it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from decimal import Decimal

from aml_maint.cli import seat
from aml_maint.cli.cohort_options import add_cohort_options, chosen
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.commands.survival import EVERYONE, asked_times
from aml_maint.cli.output import table
from aml_maint.cli.survival_data import number, survival_data
from aml_maint.cli.survival_lines import curve_lines
from aml_maint.domain.cohort_tables import Line, Range
from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.exact_interval import Share
from aml_maint.domain.messages import Catalogue
from aml_maint.domain.outcome_estimate import GroupOutcome, Outcome
from aml_maint.domain.outcome_words import USUAL_MONTHS, p_text
from aml_maint.domain.study_checks import Checked
from aml_maint.services.cohort import Cohort, cohort
from aml_maint.services.toxicity_tables import Tables

USUAL_TIMES = tuple(map(str, USUAL_MONTHS))


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--at", nargs="+", action="extend", metavar="T", help="cli.help.cohort_at")
    add_cohort_options(parser)


def _cohort(options: Namespace) -> Answer:
    wanted, counting, grouping = chosen(options)
    times = asked_times(options.at) or USUAL_TIMES
    with seat.ward(options) as place:
        found = cohort(place, wanted, counting.cut_off)
    lines = found.table_1(grouping)
    outcomes = {e: found.outcome(e, counting, grouping) for e in Endpoint}
    data = {
        "n": len(found.members),
        "table1": _table_1(lines, found),
        "outcomes": {e.value: _outcome(outcome, times) for e, outcome in outcomes.items()},
        "toxicity": _toxicity(found.toxicity),
        "checks": [_check(checked) for checked in found.checks],
        "completeness": [
            {"fact": c.fact, "known": c.known, "missing": c.missing} for c in found.completeness
        ],
    }
    return Answer(data, lambda words: _lines(words, found, lines, outcomes, times))


def _table_1(lines: Iterable[Line], found: Cohort) -> dict[str, object]:
    """By fact: medians with their range, or counts by category; groups beside everyone."""
    told: dict[str, object] = {"n": len(found.members)}
    for line in lines:
        cells = {group or EVERYONE: _cell(cell) for group, cell in line.cells.items()}
        test = {"test": line.test.test, "p": number(line.test.p)} if line.test else None
        if not line.category:
            told[line.key] = {**_everyone(cells), "test": test}
            continue
        counts = told.setdefault(line.key, {})
        assert isinstance(counts, dict)  # made here
        everyone = line.cells[""]
        counts[line.category] = everyone.count if isinstance(everyone, Share) else None
        if len(cells) > 1:
            groups = counts.setdefault("groups", {})
            groups[line.category] = cells
            if line.test is not None:
                counts["test"] = test
    return told


def _everyone(cells: dict[str, dict[str, object] | None]) -> dict[str, object]:
    told = dict(cells[EVERYONE] or {})
    if len(cells) > 1:
        told["groups"] = {group: cell for group, cell in cells.items() if group != EVERYONE}
    return told


def _cell(cell: Range | Share | None) -> dict[str, object] | None:
    match cell:
        case Range():
            return {"n": cell.n, "median": cell.middle, "min": cell.low, "max": cell.high}
        case Share():
            return {"count": cell.count, "of": cell.of, "percent": cell.percent}
        case None:
            return None


def _outcome(outcome: Outcome, times: tuple[str, ...]) -> dict[str, object]:
    curves = {name or EVERYONE: group.curve for name, group in outcome.groups.items()}
    return {
        **survival_data(curves, outcome.log_rank, times),
        "definition": outcome.endpoint.definition,
        "n": outcome.n,
        "events": outcome.events,
        "follow_up": {
            name or EVERYONE: _follow_up(group) for name, group in outcome.groups.items()
        },
        "notes": outcome.notes,
        "left_out": [{"patient": one.label, "reason": one.reason} for one in outcome.left_out],
    }


def _follow_up(group: GroupOutcome) -> dict[str, object]:
    plain, reverse = group.plain_follow_up, group.reverse_follow_up
    return {
        "median": None if plain is None else _months(plain[0]),
        "range": None if plain is None else [_months(plain[1]), _months(plain[2])],
        "reverse_kaplan_meier": number(reverse.time),
        "reverse_ci": [number(reverse.lower), number(reverse.upper)],
    }


def _months(value: Decimal) -> Decimal:
    """Months as reported, or with two decimals where they come from days."""
    return value if value == value.quantize(Decimal("0.01")) else value.quantize(Decimal("0.01"))


def _toxicity(found: Tables) -> list[dict[str, object]]:
    return [
        {
            "term": row.term,
            "any": row.any.count,
            "grade_1_2": row.mild.count,
            "grade_3_4": row.severe.count,
            "denominator": row.any.of,
        }
        for row in found.incidence
    ]


def _check(checked: Checked) -> dict[str, object]:
    claim = checked.claim
    return {
        "id": claim.id,
        "claim": claim.claim,
        "printed": claim.printed,
        "computed": checked.computed,
        "figures": checked.figures,
        "definition": claim.definition,
        "agrees": checked.agrees,
        "note": claim.why,
    }


def _lines(
    words: Catalogue,
    found: Cohort,
    lines: tuple[Line, ...],
    outcomes: dict[Endpoint, Outcome],
    times: tuple[str, ...],
) -> Iterable[str]:
    yield words.text("cli.cohort.n", n=len(found.members))
    groups = list(lines[0].cells) if lines else [""]
    if len(groups) > 1:
        yield "  ".join(groups[1:])
    yield from table(_table_row(words, line, groups) for line in lines)
    for endpoint, outcome in outcomes.items():
        yield ""
        yield words.text(f"endpoint.{endpoint.value}")
        for note in outcome.notes:
            yield f"  {words.text(note)}"
        for name, group in outcome.groups.items():
            yield from (
                f"  {name}{' ' if name else ''}{line}"
                for line in curve_lines(words, group.curve, times)
            )
        if outcome.log_rank is not None:
            yield "  " + words.text("cli.survival.log_rank", p=p_text(outcome.log_rank.p))
    if found.checks:
        yield ""
        yield words.text("cli.cohort.checks")
        yield from table(_check_row(words, checked) for checked in found.checks)


def _table_row(words: Catalogue, line: Line, groups: list[str]) -> tuple[str, ...]:
    title = line.title if isinstance(line.title, str) else words.text(line.title)
    fact = words.text(f"cohort.fact.{line.key}") if line.category else ""
    return (
        f"{fact}: {title}" if fact else title,
        *(_cell_text(words, line.cells[group]) for group in groups),
        words.text(p_text(line.test.p)) if line.test and line.test.p is not None else "",
    )


def _cell_text(words: Catalogue, cell: Range | Share | None) -> str:
    match cell:
        case Range():
            return words.text("cohort.range", middle=cell.middle, low=cell.low, high=cell.high)
        case Share() if cell.percent is not None:
            return words.text("cohort.share", count=cell.count, of=cell.of, percent=cell.percent)
        case _:
            return "–"


def _check_row(words: Catalogue, checked: Checked) -> tuple[str, ...]:
    sign = {True: "=", False: "≠", None: "?"}[checked.agrees]
    return (
        f"  {sign}",
        words.text(checked.claim.claim),
        checked.claim.printed,
        words.text(checked.computed),
    )


COMMANDS = {"cohort": Command(_arguments, _cohort)}
