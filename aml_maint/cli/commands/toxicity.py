"""`toxicity table`: the tables of toxicity, each with the rule by which it was counted."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.output import table
from aml_maint.domain.exact_interval import Rate, Share
from aml_maint.domain.fever import FeverGroup
from aml_maint.domain.messages import Catalogue, Message, Name, say
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.domain.toxicity_tables import Incidence, Spread
from aml_maint.services import library
from aml_maint.services.injections import fever_comparison
from aml_maint.services.toxicity_tables import Tables, toxicity_tables
from aml_maint.services.workplace import Workplace


class Which(StrEnum):
    """The tables by name."""

    INCIDENCE = "incidence"
    RATES = "rates"
    WORST = "worst"
    ATTRIBUTION = "attribution"
    TIMING = "timing"
    SHIFT = "shift"
    SERIOUS = "serious"
    FEVER = "fever"


class _Table(NamedTuple):
    """One table: rows for programs, and the same rows as cells under the heads for people."""

    heads: tuple[str, ...]
    data: Sequence[dict[str, object]]
    cells: Callable[[Catalogue], Iterable[Sequence[str]]]


def _arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("table", metavar="TABLE", nargs="?", default="incidence", help="cli.help.which_table")
    add("--regimen", metavar="REGIMEN", help="cli.help.of_regimen")
    add("--until", metavar="YYYY-MM-DD", help="cli.help.until")
    add("--by-who", action="store_true", help="cli.help.by_who")


def _toxicity_table(options: Namespace) -> Answer:
    which = values.word(options.table, Which, "table")
    with seat.ward(options) as place:
        found = toxicity_tables(
            place,
            regimen=options.regimen,
            until=values.optional_day(options.until, "until"),
            by_who=options.by_who,
        )
        made = _MAKERS[which](place, found)
    rule = (say("toxicity_table.fever_rule"),) if which is Which.FEVER else found.rule
    data = {
        "table": which,
        "until": found.until,
        "patients": len(found.subjects),
        "rule": list(rule),
        "rows": list(made.data),
    }
    return Answer(data, lambda words: _lines(words, which, made, rule))


def _lines(words: Catalogue, which: Which, made: _Table, rule: Sequence[Message]) -> Iterable[str]:
    yield words.text(f"toxicity_table.title.{which.value}")
    yield ""
    rows = list(made.cells(words))
    if rows:
        heads = [words.text(f"toxicity_table.head.{head}") for head in made.heads]
        yield from table([heads, *rows])
    else:
        yield words.text("toxicity_table.empty")
    yield ""
    yield from (words.text(part) for part in rule)


def _incidence(_: Workplace, found: Tables) -> _Table:
    rows = [found.any, *found.incidence] if found.incidence else []
    data: list[dict[str, object]] = [
        {
            "term": row.term or "any",
            "any": row.any.count,
            "grade_1_2": row.mild.count,
            "grade_3_4": row.severe.count,
            "ungraded": row.ungraded,
            "by_grade": list(row.by_grade),
            "denominator": row.any.of,
            "percent": {
                "any": row.any.percent,
                "grade_1_2": row.mild.percent,
                "grade_3_4": row.severe.percent,
            },
            "interval_95": _pair(row.any.interval),
            "by_laboratory": row.measured,
        }
        for row in rows
    ]

    def cells(words: Catalogue) -> Iterable[Sequence[str]]:
        for row in rows:
            yield (
                _term(words, row), _share(row.any), _interval(words, row.any.interval),
                _share(row.mild), _share(row.severe), str(row.ungraded), str(row.any.of),
                _published(row),
            )  # fmt: skip

    heads = ("term", "any", "interval", "mild", "severe", "ungraded", "of", "published")
    return _Table(heads, data, cells)


def _rates(_: Workplace, found: Tables) -> _Table:
    rows = [found.any, *found.incidence] if found.incidence else []
    data: list[dict[str, object]] = [
        {
            "term": row.term or "any",
            "patients": row.rate.count,
            "days_at_risk": row.rate.days,
            "per_100_patient_years": row.rate.per_100_years,
            "interval_95": _pair(row.rate.interval),
        }
        for row in rows
    ]

    def cells(words: Catalogue) -> Iterable[Sequence[str]]:
        for row in rows:
            rate: Rate = row.rate
            yield (
                _term(words, row), str(rate.count), f"{rate.years:.2f}",
                _number(rate.per_100_years), _interval(words, rate.interval),
            )  # fmt: skip

    return _Table(("term", "patients", "years", "rate", "interval"), data, cells)


def _worst(_: Workplace, found: Tables) -> _Table:
    rows = found.worst
    data: list[dict[str, object]] = [
        {"mrn": row.subject.label, "term": row.term, "cycle": row.cycle, "grade": row.grade}
        for row in rows
    ]

    def cells(words: Catalogue) -> Iterable[Sequence[str]]:
        for row in rows:
            name = words.text(_name(row.term))
            yield row.subject.label, name, str(row.cycle), str(row.grade)

    return _Table(("mrn", "term", "cycle", "grade"), data, cells)


def _attribution(_: Workplace, found: Tables) -> _Table:
    rows = found.attribution
    data: list[dict[str, object]] = [
        {
            "drug": row.drug,
            "term": row.term,
            "related": row.related.count,
            "related_grade_3_4": row.severe.count,
            "denominator": row.related.of,
            "judged": {level.value: count for level, count in row.by_level.items()},
            "not_judged": row.unjudged,
        }
        for row in rows
    ]

    def cells(words: Catalogue) -> Iterable[Sequence[str]]:
        for row in rows:
            levels = tuple(
                say("toxicity_table.level", level=say(f"causality.{level.value}"), n=count)
                for level, count in row.by_level.items()
            )
            yield (
                words.text(library.drugs()[row.drug].name), words.text(_name(row.term)),
                _share(row.related), _share(row.severe), words.value(levels), str(row.unjudged),
            )  # fmt: skip

    return _Table(("drug", "term", "related", "severe", "judged", "unjudged"), data, cells)


def _timing(_: Workplace, found: Tables) -> _Table:
    rows = found.timing
    data: list[dict[str, object]] = [
        {
            "term": row.term,
            "patients": row.patients,
            "episodes": row.episodes,
            "onset_day": _spread(row.onset),
            "duration_days": _spread(row.duration),
            "ongoing": row.ongoing,
            "longer_than_published": row.longer,
        }
        for row in rows
    ]

    def cells(words: Catalogue) -> Iterable[Sequence[str]]:
        for row in rows:
            yield (
                words.text(_name(row.term)), str(row.patients), str(row.episodes),
                _spread_text(row.onset), _spread_text(row.duration), str(row.ongoing),
                str(row.longer),
            )  # fmt: skip

    heads = ("term", "patients", "episodes", "onset", "duration", "ongoing", "longer")
    return _Table(heads, data, cells)


def _shift(_: Workplace, found: Tables) -> _Table:
    rows = found.shifts
    data: list[dict[str, object]] = [
        {"term": row.term, "worse": row.worse, "counts": [list(line) for line in row.counts]}
        for row in rows
    ]

    def cells(words: Catalogue) -> Iterable[Sequence[str]]:
        for row in rows:
            for before, line in enumerate(row.counts):
                if any(line):
                    label = str(before) if before < 5 else words.text("toxicity_table.not_known")
                    shown = (str(count) if count else "·" for count in line)
                    yield words.text(_name(row.term)), label, *shown

    heads = ("term", "before", "grade_0", "grade_1", "grade_2", "grade_3", "grade_4")
    return _Table(heads, data, cells)


def _serious(_: Workplace, found: Tables) -> _Table:
    rows = found.serious
    data: list[dict[str, object]] = [
        {
            "mrn": row.subject.label,
            "term": row.event.term,
            "grade": row.event.worst,
            "onset": row.event.onset.iso,
            "resolved": row.event.resolved.iso if row.event.resolved else None,
            "criteria": sorted(criterion.value for criterion in row.event.criteria),
            "outcome": row.event.outcome,
        }
        for row in rows
    ]

    def cells(words: Catalogue) -> Iterable[Sequence[str]]:
        for row in rows:
            event = row.event
            criteria = tuple(say(f"criterion.{one.value}") for one in sorted(event.criteria))
            outcome = "" if event.outcome is None else words.text(f"outcome.{event.outcome.value}")
            yield (
                row.subject.label, _event_name(words, event), _grade(event.worst),
                words.text(event.onset.text()), words.value(criteria), outcome,
            )  # fmt: skip

    return _Table(("mrn", "term", "grade", "onset_at", "criteria", "outcome"), data, cells)


def _fever(place: Workplace, _: Tables) -> _Table:
    rows: Sequence[FeverGroup] = fever_comparison(place)
    data: list[dict[str, object]] = [
        {
            "pairing": row.pairing,
            "injections": row.injections,
            "observed": row.observed,
            "with_fever": row.with_fever,
            "percent": Share(row.with_fever, row.observed).percent,
            "interval_95": _pair(Share(row.with_fever, row.observed).interval),
            "median_highest": row.median_highest,
        }
        for row in rows
    ]

    def cells(words: Catalogue) -> Iterable[Sequence[str]]:
        for row in rows:
            share = Share(row.with_fever, row.observed)
            yield (
                words.text(f"toxicity_table.pairing.{row.pairing.value}"), str(row.injections),
                str(row.observed), _share(share), _interval(words, share.interval),
                _number(row.median_highest),
            )  # fmt: skip

    heads = ("pairing", "injections", "observed", "fever", "interval", "median_highest")
    return _Table(heads, data, cells)


_MAKERS: dict[Which, Callable[[Workplace, Tables], _Table]] = {
    Which.INCIDENCE: _incidence,
    Which.RATES: _rates,
    Which.WORST: _worst,
    Which.ATTRIBUTION: _attribution,
    Which.TIMING: _timing,
    Which.SHIFT: _shift,
    Which.SERIOUS: _serious,
    Which.FEVER: _fever,
}


def _name(term: str) -> Name:
    item = library.toxicity_item(term)
    return item.term if item is not None else Name(term, term)


def _event_name(words: Catalogue, event: ToxicityEvent) -> str:
    name = words.text(_name(event.term))
    return f"{name}: {event.detail}" if event.detail else name


def _term(words: Catalogue, row: Incidence) -> str:
    return words.text(_name(row.term)) if row.term else words.text("toxicity_table.any_term")


def _published(row: Incidence) -> str:
    """How often the paper saw it, beside the ward's own figure."""
    item = library.toxicity_item(row.term)
    reported = item.reported if item is not None else None
    return f"{reported.patients}/{reported.of}" if reported is not None else ""


def _share(share: Share) -> str:
    return f"{share.count} ({_number(share.percent)})"


def _number(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:f}"


def _grade(grade: int | None) -> str:
    return "–" if grade is None else str(grade)


def _interval(words: Catalogue, ends: tuple[Decimal, Decimal] | None) -> str:
    if ends is None:
        return "–"
    message: Message = say("toxicity_table.interval", low=ends[0], high=ends[1])
    return words.text(message)


def _pair(ends: tuple[Decimal, Decimal] | None) -> list[Decimal] | None:
    return None if ends is None else list(ends)


def _spread(spread: Spread | None) -> dict[str, object] | None:
    if spread is None:
        return None
    return {"n": spread.n, "median": spread.median, "least": spread.least, "most": spread.most}


def _spread_text(spread: Spread | None) -> str:
    return "–" if spread is None else f"{spread.median:f} ({spread.least}–{spread.most})"


COMMANDS = {"toxicity table": Command(_arguments, _toxicity_table)}
