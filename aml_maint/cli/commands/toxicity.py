"""`toxicity table`: the tables of toxicity, each with the rule by which it was counted."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.output import table
from aml_maint.domain.exact_interval import Share
from aml_maint.domain.messages import Catalogue, Message
from aml_maint.domain.toxicity_tables import Spread
from aml_maint.reports.figures.exhibit import Values
from aml_maint.reports.figures.picture import cell_text
from aml_maint.services.toxicity_figures import ToxicityTable, rule_of, toxicity_values
from aml_maint.services.toxicity_tables import Tables, toxicity_tables

_Rows = Sequence[dict[str, object]]


def _arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("table", metavar="TABLE", nargs="?", default="incidence", help="cli.help.which_table")
    add("--regimen", metavar="REGIMEN", help="cli.help.of_regimen")
    add("--until", metavar="YYYY-MM-DD", help="cli.help.until")
    add("--by-who", action="store_true", help="cli.help.by_who")


def _toxicity_table(options: Namespace) -> Answer:
    which = values.word(options.table, ToxicityTable, "table")
    with seat.ward(options) as place:
        found = toxicity_tables(
            place,
            regimen=options.regimen,
            until=values.optional_day(options.until, "until"),
            by_who=options.by_who,
        )
    rule = rule_of(found, which)
    data = {
        "table": which,
        "until": found.until,
        "patients": len(found.subjects),
        "rule": list(rule),
        "rows": list(_MAKERS[which](found)),
    }
    return Answer(data, lambda words: _lines(words, toxicity_values(found, which), rule))


def _lines(words: Catalogue, made: Values, rule: Sequence[Message]) -> Iterable[str]:
    yield words.text(made.title)
    yield ""
    if made.rows:
        lines = (made.head, *made.rows)
        yield from table([[cell_text(cell, words) for cell in line] for line in lines])
    else:
        yield words.text("toxicity_table.empty")
    yield ""
    yield from (words.text(part) for part in rule)


def _incidence(found: Tables) -> _Rows:
    rows = [found.any, *found.incidence] if found.incidence else []
    return [
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


def _rates(found: Tables) -> _Rows:
    rows = [found.any, *found.incidence] if found.incidence else []
    return [
        {
            "term": row.term or "any",
            "patients": row.rate.count,
            "days_at_risk": row.rate.days,
            "per_100_patient_years": row.rate.per_100_years,
            "interval_95": _pair(row.rate.interval),
        }
        for row in rows
    ]


def _worst(found: Tables) -> _Rows:
    rows = found.worst
    return [
        {"mrn": row.subject.label, "term": row.term, "cycle": row.cycle, "grade": row.grade}
        for row in rows
    ]


def _attribution(found: Tables) -> _Rows:
    rows = found.attribution
    return [
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


def _timing(found: Tables) -> _Rows:
    rows = found.timing
    return [
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


def _shift(found: Tables) -> _Rows:
    rows = found.shifts
    return [
        {"term": row.term, "worse": row.worse, "counts": [list(line) for line in row.counts]}
        for row in rows
    ]


def _serious(found: Tables) -> _Rows:
    rows = found.serious
    return [
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


def _fever(found: Tables) -> _Rows:
    rows = found.fevers
    return [
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


_MAKERS: dict[ToxicityTable, Callable[[Tables], _Rows]] = {
    ToxicityTable.INCIDENCE: _incidence,
    ToxicityTable.RATES: _rates,
    ToxicityTable.WORST: _worst,
    ToxicityTable.ATTRIBUTION: _attribution,
    ToxicityTable.TIMING: _timing,
    ToxicityTable.SHIFT: _shift,
    ToxicityTable.SERIOUS: _serious,
    ToxicityTable.FEVER: _fever,
}


def _pair(ends: tuple[Decimal, Decimal] | None) -> list[Decimal] | None:
    return None if ends is None else list(ends)


def _spread(spread: Spread | None) -> dict[str, object] | None:
    if spread is None:
        return None
    return {"n": spread.n, "median": spread.median, "least": spread.least, "most": spread.most}


COMMANDS = {"toxicity table": Command(_arguments, _toxicity_table)}
