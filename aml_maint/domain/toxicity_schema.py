"""Toxicity files into validated items: the schema of `resources/toxicity`, strictly read.

A file gives each grade one edge only (`at_least`, `above`, `at_most` or `below`); the next
grade begins there. So grades can neither overlap nor leave a hole.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from aml_maint.domain.data_table import DataProblem, Table, read_sources
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import Interval, LabValue
from aml_maint.domain.regimen import Source
from aml_maint.domain.toxicity import (
    MULTIPLE,
    Association,
    BodySystem,
    Grade,
    GradeBand,
    Kind,
    Plausible,
    Scale,
    ToxicityItem,
    folded,
)
from aml_maint.domain.toxicity_published import Expected, Reported

_Sources = Mapping[str, Source]

# The key of an edge: do values rise from here to the worse grade, and is the limit itself
# still in the milder one?
_EDGES = {
    "at_least": (False, True),
    "above": (False, False),
    "at_most": (True, True),
    "below": (True, False),
}


class _Edge(NamedTuple):
    limit: Decimal
    rising: bool
    inside: bool

    def follows(self, before: _Edge) -> bool:
        """Is it on the worse side of the edge of the milder grade?"""
        if self.rising is not before.rising:
            return False
        return self.limit > before.limit if self.rising else self.limit < before.limit


class ToxicityProblem(DataProblem):
    """What is wrong in a toxicity file, and where: `items[3].grades[2].at_least: …`."""


def items_from_data(data: Mapping[str, Any]) -> tuple[ToxicityItem, ...]:
    """The items of one file, in its order. Raises ToxicityProblem."""
    items: list[ToxicityItem] = []
    known: dict[str, str] = {}
    with Table(data, "", ToxicityProblem) as file:
        sources = read_sources(file.table("sources"))
        scale = file.word("scale", Scale)
        # Items without words of their own are graded in these.
        words = _words(file) if file.has("grades") else None
        for entry in file.tables("items"):
            item = _item(entry, scale, words, sources)
            if any(item.id == other.id for other in items):
                raise entry.problem("id", f"a second item is called {item.id}")
            for name in (item.id, *item.aliases):
                other = known.setdefault(folded(name), item.id)
                if other != item.id:
                    raise entry.problem("aliases", f"“{name}” already means {other}")
            items.append(item)
    return tuple(items)


def _words(file: Table) -> tuple[GradeBand, ...]:
    entries = file.tables("grades")
    return _bands(file, entries, [{}] * len(entries))


def _item(
    entry: Table, scale: Scale, words: tuple[GradeBand, ...] | None, sources: _Sources
) -> ToxicityItem:
    with entry:
        kind = entry.word("kind", Kind)
        unit, units = _units(entry, kind)
        bands = words
        if entry.has("grades") or bands is None:
            grades = entry.tables("grades")
            bands = _bands(entry, grades, _ranges(entry, grades, kind))
        return ToxicityItem(
            id=entry.identifier("id"),
            scale=scale,
            term=entry.name("term"),
            body_system=entry.word("body_system", BodySystem),
            kind=kind,
            bands=bands,
            sources=_sources(entry, sources),
            verify=entry.flag("verify", False),
            unit=unit,
            units=units,
            plausible=_plausible(entry, units, sources),
            dipstick=_dipstick(entry),
            drugs=_drugs(entry),
            aliases=entry.texts("aliases"),
            loinc=entry.texts("loinc"),
            note=entry.optional_name("note"),
            who_item=entry.optional_text("who_item"),
            expected=_expected(entry, sources),
            reported=_reported(entry, sources),
            asked=entry.flag("asked", False),
            pinyin=entry.optional_text("pinyin") or "",
        )


def _units(entry: Table, kind: Kind) -> tuple[str | None, tuple[str, ...]]:
    """The unit of the limits and those a value may come in; none for an item of words."""
    if kind is Kind.DESCRIPTIVE:
        return None, ()
    unit, units = entry.unit("unit"), entry.texts("units")
    if unit not in units:
        raise entry.problem("units", f"the limits' own unit {unit} is not among them")
    return unit, units


def _sources(entry: Table, sources: _Sources) -> tuple[Source, ...]:
    named = entry.texts("sources")
    if not named:
        raise entry.problem("sources", "is missing")
    for number, key in enumerate(named):
        if key not in sources:
            raise entry.problem(f"sources[{number}]", f"“{key}” is not known here")
    return tuple(sources[key] for key in named)


def _plausible(entry: Table, units: tuple[str, ...], sources: _Sources) -> Plausible | None:
    """What values can be at all; every accepted unit must convert to its unit."""
    if not units:
        return None
    with entry.table("plausible") as table:
        found = Plausible(
            table.number("low"),
            table.number("high"),
            table.unit("unit"),
            table.source(sources),
            table.optional_number("highest_multiple"),
        )
    analyte = entry.identifier("id")
    for unit in units:
        try:
            if unit != MULTIPLE:
                LabValue(Decimal(1), unit).to(found.unit, analyte)
        except BadInput:
            raise entry.problem("units", f"“{unit}” does not convert to {found.unit}") from None
    if found.low >= found.high:
        raise entry.problem("plausible.high", "lies below the low end")
    return found


def _expected(entry: Table, sources: _Sources) -> Expected | None:
    if not entry.has("expected"):
        return None
    with entry.table("expected") as table:
        return Expected(table.whole("days"), table.source(sources))


def _reported(entry: Table, sources: _Sources) -> Reported | None:
    if not entry.has("reported"):
        return None
    with entry.table("reported") as table:
        return Reported(
            table.whole("patients"), table.whole("severe"), table.whole("of"), table.source(sources)
        )


def _dipstick(entry: Table) -> dict[str, Grade]:
    if not entry.has("dipstick"):
        return {}
    with entry.table("dipstick") as table:
        return {folded(word): _grade(table, word) for word in table.ids()}


def _drugs(entry: Table) -> dict[str, Association]:
    found: dict[str, Association] = {}
    for word in Association:
        for drug in entry.texts(word.value):
            if found.setdefault(drug, word) is not word:
                raise entry.problem(word.value, f"“{drug}” stands in both lists")
    return found


def _grade(table: Table, key: str) -> Grade:
    number = table.whole(key)
    if number not in range(len(Grade)):
        raise table.problem(key, "is no grade from 0 to 4")
    return Grade(number)


def _bands(
    entry: Table, grades: list[Table], ranges: list[dict[str, Interval]]
) -> tuple[GradeBand, ...]:
    if len(grades) != len(Grade):
        raise entry.problem("grades", f"has {len(grades)} grades instead of 0 to 4")
    bands: list[GradeBand] = []
    for expected, table, values in zip(Grade, grades, ranges, strict=True):
        with table:
            if _grade(table, "grade") != expected:
                raise table.problem("grade", f"stands where {expected} belongs")
            text: Name = table.name("text")
            printed = table.optional_text("printed") or ""
            bands.append(GradeBand(expected, text, printed=printed, **values))
    return tuple(bands)


def _ranges(entry: Table, grades: list[Table], kind: Kind) -> list[dict[str, Interval]]:
    """What values earn each grade, by the band's field; empty where no number does."""
    if kind is Kind.DESCRIPTIVE:
        return [{} for _ in grades]
    if kind is Kind.NUMERIC:
        columns = {"values": _column(entry, grades, "")}
    else:
        columns = {
            "values": _column(entry, grades, "systolic_"),
            "diastolic": _column(entry, grades, "diastolic_"),
        }
    return [
        {name: column[number] for name, column in columns.items() if number < len(column)}
        for number in range(len(grades))
    ]


def _column(entry: Table, grades: list[Table], prefix: str) -> list[Interval]:
    """The ranges from grade 0 up: each ends at its edge, the first without an edge is open."""
    edges = [_edge(table, prefix) for table in grades]
    given = [edge for edge in edges if edge is not None]
    if not given or edges[: len(given)] != given or len(given) == len(edges):
        raise entry.problem("grades", "edges stand at the milder grades, from 0 on")
    for number, (before, edge) in enumerate(pairwise(given), start=1):
        if not edge.follows(before):
            raise entry.problem(f"grades[{number}]", "its edge lies on the milder side")
    starts: list[_Edge | None] = [None, *given]
    return [_range(*ends, given[0].rising) for ends in zip(starts, [*given, None], strict=True)]


def _range(start: _Edge | None, end: _Edge | None, rising: bool) -> Interval:
    """The values from the edge of the milder grade to the grade's own; None is open-ended."""
    near = (None, False) if start is None else (start.limit, not start.inside)
    far = (None, False) if end is None else (end.limit, end.inside)
    return Interval(*near, *far) if rising else Interval(*far, *near)


def _edge(table: Table, prefix: str) -> _Edge | None:
    found = [
        _Edge(table.number(prefix + key), rising, inside)
        for key, (rising, inside) in _EDGES.items()
        if table.has(prefix + key)
    ]
    if len(found) > 1:
        raise table.problem("grade", "has more than one edge")
    return found[0] if found else None
