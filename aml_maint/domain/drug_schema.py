"""The drug file into drugs: names, routes, tablets, and the rules of those given as needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aml_maint.domain.data_table import DataProblem, Table, read_sources
from aml_maint.domain.gate_schema import gate_of
from aml_maint.domain.quantities import DOSE_UNITS, Dose, dimension
from aml_maint.domain.regimen import AsNeeded, Drug, Source, Strength
from aml_maint.domain.unplanned import INDICATIONS

ROUTES = ("oral", "subcutaneous", "intramuscular", "intravenous", "as_prescribed")
DOSE_DIMENSIONS = ("mass", "activity", "tablets")

_Sources = Mapping[str, Source]


class RegimenProblem(DataProblem):
    """What is wrong in a regimen or drug file, and where: `components[2].gates[0].limit: …`."""


def drugs_from_data(data: Mapping[str, Any]) -> dict[str, Drug]:
    """The drugs of a drug file, by id. Raises RegimenProblem."""
    drugs: dict[str, Drug] = {}
    with Table(data, "", RegimenProblem) as file:
        sources = read_sources(file.table("sources"))
        for entry in file.tables("drugs"):
            drug = _drug(entry, sources)
            if drug.id in drugs:
                raise entry.problem("id", f"a second drug is called {drug.id}")
            drugs[drug.id] = drug
    return drugs


def _drug(entry: Table, sources: _Sources) -> Drug:
    with entry:
        unit = entry.unit("dose_unit") if entry.has("dose_unit") else None
        if unit is not None and dimension(unit) not in DOSE_DIMENSIONS:
            raise entry.problem("dose_unit", f"nothing is dosed in {unit}")
        route = entry.one_of("route", ROUTES)
        return Drug(
            id=entry.identifier("id"),
            name=entry.name("name"),
            route=route,
            dose_unit=unit,
            atc=entry.optional_text("atc"),
            strengths=_strengths(entry, unit, sources),
            source=entry.source(sources),
            routes=_routes(entry, route),
            as_needed=_as_needed(entry, unit, sources),
        )


def _routes(entry: Table, usual: str) -> tuple[str, ...]:
    """Every way it may be given, the usual one first."""
    others = entry.texts("other_routes")
    for number, route in enumerate(others):
        if route not in ROUTES or route == usual:
            raise entry.problem(f"other_routes[{number}]", f"“{route}” is no other route")
    return (usual, *others)


def _strengths(entry: Table, unit: str | None, sources: _Sources) -> tuple[Strength, ...]:
    found: list[Strength] = []
    for table in entry.tables("strengths"):
        with table:
            strength = Strength(dose_of(table), table.source(sources))
        if strength.dose.unit != unit:
            raise table.problem("unit", f"is another unit than that of its doses, {unit}")
        if strength.dose in [known.dose for known in found]:
            raise table.problem("value", "stands twice")
        found.append(strength)
    return tuple(found)


def _as_needed(entry: Table, unit: str | None, sources: _Sources) -> AsNeeded | None:
    """The rules of a drug that may be given when it is needed, without a plan."""
    if not entry.has("as_needed"):
        return None
    with entry.table("as_needed") as table:
        indications = table.texts("indications")
        for number, code in enumerate(indications):
            if code not in INDICATIONS:
                raise table.problem(f"indications[{number}]", f"“{code}” is not known here")
        if not indications or unit is None:
            raise table.problem("indications", "a drug given as needed has some, and a dose unit")
        gap = gap_source = doses = doses_source = most = most_source = None
        if table.has("min_gap"):
            with table.table("min_gap") as limit:
                gap, gap_source = limit.whole("minutes"), limit.source(sources)
        if table.has("most_doses"):
            with table.table("most_doses") as limit:
                doses, doses_source = limit.whole("number"), limit.source(sources)
        if table.has("most"):
            with table.table("most") as limit:
                most, most_source = dose_of(limit), limit.source(sources)
            if dimension(most.unit) != dimension(unit):
                raise table.problem("most", f"measures something else than {unit}")
        return AsNeeded(
            indications,
            gap,
            most,
            doses,
            tuple(gate_of(gate, sources) for gate in table.tables("gates")),
            gap_source,
            most_source,
            doses_source,
        )


def dose_of(table: Table) -> Dose:
    """The dose of a table: a number above nothing in a unit that something is dosed in."""
    value, unit = table.number("value"), table.unit("unit")
    if value <= 0:
        raise table.problem("value", "a dose is greater than nothing")
    if unit not in DOSE_UNITS:
        raise table.problem("unit", f"nothing is dosed in {unit}")
    return Dose(value, unit)
