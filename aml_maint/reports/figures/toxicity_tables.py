"""The tables of toxicity as exhibits: what stands in each cell, on screen, paper and in files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from aml_maint.domain.exact_interval import Share
from aml_maint.domain.fever import FeverGroup
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.toxicity_published import Reported
from aml_maint.domain.toxicity_tables import (
    Attribution,
    Incidence,
    Serious,
    Shift,
    Spread,
    Timing,
    WorstGrade,
)
from aml_maint.reports.figures.exhibit import Cell, Exhibit, Values

Naming = Callable[[str], Name]
Rows = Iterable[Sequence[Cell]]

_NONE = "–"
_NO_COUNT = "·"


def exhibit(id: str, values: Values, rule: Sequence[Message], n: int, as_of: date) -> Exhibit:
    """One table with the rule by which it was counted."""
    return Exhibit(id, values.title, n, as_of, tuple(rule), (replace(values, id=""),))


def incidence_values(
    rows: Iterable[Incidence], term: Naming, published: Mapping[str, Reported]
) -> Values:
    """How many had each term; beside it what the paper saw."""

    def cells() -> Rows:
        for row in rows:
            paper = published.get(row.term)
            yield (
                _term(row, term), _share(row.any), _interval(row.any.interval), _share(row.mild),
                _share(row.severe), row.ungraded, row.any.of,
                "" if paper is None else f"{paper.patients}/{paper.of}",
            )  # fmt: skip

    heads = ("term", "any", "interval", "mild", "severe", "ungraded", "of", "published")
    return _values("incidence", heads, cells(), (3, 2, 2, 2, 2, 1, 1, 1))


def rate_values(rows: Iterable[Incidence], term: Naming) -> Values:
    """First events by time at risk."""

    def cells() -> Rows:
        for row in rows:
            rate = row.rate
            yield (
                _term(row, term), rate.count, f"{rate.years:.2f}", _number(rate.per_100_years),
                _interval(rate.interval),
            )  # fmt: skip

    return _values("rates", ("term", "patients", "years", "rate", "interval"), cells(),
                   (3, 1, 1, 1, 2))  # fmt: skip


def worst_values(rows: Sequence[WorstGrade], term: Naming) -> Values:
    """A line for each patient and term: the worst of all, and the worst of each cycle in a row."""
    lines: dict[tuple[str, str], dict[int, int]] = {}
    labels: dict[str, str] = {}
    last: dict[str, int] = {}
    for row in rows:
        id = row.subject.id
        labels[id], last[id] = row.subject.label, max(span.number for span in row.subject.cycles)
        lines.setdefault((id, row.term), {})[row.cycle] = row.grade
    ordered = sorted(lines.items(), key=lambda line: (labels[line[0][0]], -max(line[1].values())))
    cells = tuple(
        (
            labels[id], term(name), max(found.values()), _first_worst(found),
            " ".join(str(found.get(cycle, _NONE)) for cycle in range(1, last[id] + 1)),
        )
        for (id, name), found in ordered
    )  # fmt: skip
    ids = tuple(id for (id, _), _ in ordered)
    return _values("worst", ("mrn", "term", "worst", "worst_in", "cycles"), cells,
                   (2, 4, 1, 2, 9), ids)  # fmt: skip


def _first_worst(found: Mapping[int, int]) -> Cell:
    """The cycle in which it was worst, the first of them; nothing where it never came."""
    worst = max(found.values())
    if worst == 0:
        return None
    return say("toxicity_table.cycle_n", cycle=min(c for c, g in found.items() if g == worst))


def attribution_values(rows: Iterable[Attribution], term: Naming, drug: Naming) -> Values:
    """By drug, as it was judged."""

    def cells() -> Rows:
        for row in rows:
            levels = tuple(
                say("toxicity_table.level", level=say(f"causality.{level.value}"), n=count)
                for level, count in row.by_level.items()
            )
            yield (
                drug(row.drug), term(row.term), _share(row.related), _share(row.severe),
                say("toxicity_table.levels", levels=levels) if levels else "", row.unjudged,
            )  # fmt: skip

    heads = ("drug", "term", "related", "severe", "judged", "unjudged")
    return _values("attribution", heads, cells(), (2, 3, 2, 2, 4, 1))


def timing_values(rows: Iterable[Timing], term: Naming) -> Values:
    """Onset and duration in days."""

    def cells() -> Rows:
        for row in rows:
            yield (
                term(row.term), row.patients, row.episodes, _spread(row.onset),
                _spread(row.duration), row.ongoing, row.longer,
            )  # fmt: skip

    heads = ("term", "patients", "episodes", "onset", "duration", "ongoing", "longer")
    return _values("timing", heads, cells(), (3, 1, 1, 2, 2, 1, 2))


def shift_values(rows: Iterable[Shift], term: Naming) -> Values:
    """From the grade before treatment, down, to the worst one after, across."""

    def cells() -> Rows:
        for row in rows:
            for before, line in enumerate(row.counts):
                if any(line):
                    label = before if before < 5 else say("toxicity_table.not_known")
                    yield term(row.term), label, *(count or _NO_COUNT for count in line)

    heads = ("term", "before", "grade_0", "grade_1", "grade_2", "grade_3", "grade_4")
    return _values("shift", heads, cells(), (4, 2, 1, 1, 1, 1, 1))


def serious_values(rows: Sequence[Serious], term: Naming) -> Values:
    """Every serious event with its criteria."""

    def cells() -> Rows:
        for row in rows:
            event = row.event
            name: Cell = term(event.term)
            if event.detail:
                name = say("toxicity_table.detailed", term=term(event.term), detail=event.detail)
            criteria = tuple(say(f"criterion.{one.value}") for one in sorted(event.criteria))
            outcome = None if event.outcome is None else say(f"outcome.{event.outcome.value}")
            yield (
                row.subject.label, name, _NONE if event.worst is None else event.worst,
                event.onset.text(), say("toxicity_table.levels", levels=criteria), outcome,
            )  # fmt: skip

    heads = ("mrn", "term", "grade", "onset_at", "criteria", "outcome")
    ids = tuple(row.subject.id for row in rows)
    return _values("serious", heads, cells(), (2, 3, 1, 2, 3, 2), ids)


def fever_values(rows: Iterable[FeverGroup]) -> Values:
    """Fever after injections with and without their premedication."""

    def cells() -> Rows:
        for row in rows:
            share = Share(row.with_fever, row.observed)
            yield (
                say(f"toxicity_table.pairing.{row.pairing.value}"), row.injections, row.observed,
                _share(share), _interval(share.interval), _number(row.median_highest),
            )  # fmt: skip

    heads = ("pairing", "injections", "observed", "fever", "interval", "median_highest")
    return _values("fever", heads, cells(), (3, 1, 1, 2, 2, 2))


def _values(
    id: str, heads: Sequence[str], cells: Rows, shares: tuple[int, ...],
    patients: tuple[str, ...] = (),
) -> Values:  # fmt: skip
    title = say(f"toxicity_table.title.{id}")
    rows = tuple(tuple(row) for row in cells)
    return Values(id, title, tuple(map(_head, heads)), rows, patients, shares=shares)


def _head(name: str) -> Message:
    return say(f"toxicity_table.head.{name}")


def _term(row: Incidence, term: Naming) -> Cell:
    return term(row.term) if row.term else say("toxicity_table.any_term")


def _share(share: Share) -> Cell:
    return f"{share.count} ({_number(share.percent)})"


def _number(value: Decimal | None) -> str:
    return _NONE if value is None else f"{value:f}"


def _interval(ends: tuple[Decimal, Decimal] | None) -> Cell:
    return _NONE if ends is None else say("toxicity_table.interval", low=ends[0], high=ends[1])


def _spread(spread: Spread | None) -> str:
    return _NONE if spread is None else f"{spread.median:f} ({spread.least}–{spread.most})"
