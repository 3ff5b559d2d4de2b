"""The panels of analytes, strictly read from `resources/labs/panels.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aml_maint.domain.analytes import Analyte, DeltaRule, LabCatalogue, Panel
from aml_maint.domain.data_table import DataProblem, Table, read_sources
from aml_maint.domain.errors import BadInput
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.regimen import Source
from aml_maint.domain.toxicity import ToxicityItem, check_plausible


class LabProblem(DataProblem):
    """What is wrong in the file of panels, and where: `analytes[3].unit: …`."""


def labs_from_data(data: Mapping[str, Any], items: Mapping[str, ToxicityItem]) -> LabCatalogue:
    """The panels in the file's order. Raises LabProblem.

    What is plausible of an analyte must be possible for the toxicity item that grades it.
    """
    analytes: dict[str, Analyte] = {}
    panels: list[Panel] = []
    with Table(data, "", LabProblem) as file:
        sources = read_sources(file.table("sources"))
        for entry in file.tables("analytes"):
            analyte = _analyte(entry, sources, items)
            if analyte.id in analytes:
                raise entry.problem("id", f"a second analyte is called {analyte.id}")
            analytes[analyte.id] = analyte
        for entry in file.tables("panels"):
            with entry:
                names = entry.texts("analytes")
                unknown = [name for name in names if name not in analytes]
                if unknown:
                    raise entry.problem("analytes", f"“{unknown[0]}” is not described")
                found = tuple(analytes[name] for name in names)
                panels.append(Panel(entry.identifier("id"), entry.name("name"), found))
        left = set(analytes) - {one.id for panel in panels for one in panel.analytes}
        if left:
            raise file.problem("panels", f"{min(left)} stands in none")
        often = file.texts("often")
        if unknown := [name for name in often if name not in analytes]:
            raise file.problem("often", f"“{unknown[0]}” is not described")
        return LabCatalogue.of(panels, often)


def _analyte(
    entry: Table, sources: Mapping[str, Source], items: Mapping[str, ToxicityItem]
) -> Analyte:
    with entry:
        units = entry.texts("units")
        with entry.table("plausible") as bounds:
            low, high = bounds.number("low"), bounds.number("high")
        item = entry.one_of("item", items) if entry.has("item") else None
        try:
            analyte = Analyte(
                id=entry.identifier("id"),
                name=entry.name("name"),
                short=entry.text("short"),
                unit=entry.unit("unit"),
                other_units=units,
                low=low,
                high=high,
                digits=entry.whole("digits"),
                source=sources["site"],
                item=item,
                delta=_delta(entry),
                aliases=entry.texts("aliases"),
            )
            if item is not None and not items[item].by_upper_limit:
                for end in (low, high):
                    check_plausible(items[item], LabValue(end, analyte.unit))
        except BadInput as error:
            raise entry.problem("units", f"can't be: {error}") from error
    return analyte


def _delta(entry: Table) -> DeltaRule | None:
    if not entry.has("delta"):
        return None
    with entry.table("delta") as rule:
        return DeltaRule(
            rule.whole("days"), rule.optional_number("share"), rule.optional_number("change")
        )
