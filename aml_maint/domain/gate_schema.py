"""Laboratory gates in resource files: of a regimen's component, or of a drug given as needed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from aml_maint.domain.data_table import Table
from aml_maint.domain.errors import BadInput
from aml_maint.domain.labs import ANALYTES
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.regimen import GateRule, Source

OPERATORS = (">", ">=", "<", "<=")


def gate_of(entry: Table, sources: Mapping[str, Source]) -> GateRule:
    """The gate of a table; a problem at the key that can't be meant."""
    with entry:
        analyte, limit, unit = _limit(entry)
        max_age = watch_age = watch_below = watch_fall = age_source = None
        if entry.has("age"):
            with entry.table("age") as age:
                max_age, age_source = age.whole("max_days"), age.source(sources)
                watch_age = age.optional_whole("watch_days")
                watch_below = age.optional_number("watch_below")
                watch_fall = age.optional_number("watch_fall")
                _check_ages(age, max_age, watch_age, watch_below, watch_fall)
        return GateRule(
            id=entry.identifier("id"),
            analyte=analyte,
            operator=entry.one_of("operator", OPERATORS),
            limit=limit,
            unit=unit,
            source=entry.source(sources),
            max_age_days=max_age,
            watch_age_days=watch_age,
            watch_below=watch_below,
            watch_fall=watch_fall,
            age_source=age_source,
            active=entry.flag("active", True),
            warn_below=entry.optional_number("warn_below"),
        )


def _limit(entry: Table) -> tuple[str, Decimal, str]:
    """What a gate compares: a known analyte with a limit in a unit that measures it."""
    analyte = entry.one_of("analyte", ANALYTES)
    limit, unit = entry.number("limit"), entry.unit("unit")
    try:
        LabValue(limit, unit).to(ANALYTES[analyte], analyte)
    except BadInput:
        raise entry.problem("unit", f"“{limit} {unit}” is no value of {analyte}") from None
    return analyte, limit, unit


def _check_ages(
    table: Table, longest: int, watched: int | None, below: Decimal | None, fall: Decimal | None
) -> None:
    if longest < 1:
        raise table.problem("max_days", "a result is accepted for a day at least")
    if watched is None:
        if below is not None or fall is not None:
            raise table.problem("watch_days", "is missing")
        return
    if not 1 <= watched <= longest:
        raise table.problem("watch_days", "is longer than max_days, or less than a day")
    if below is None and fall is None:
        raise table.problem("watch_days", "says nothing without watch_below or watch_fall")
    if fall is not None and not 0 < fall < 1:
        raise table.problem("watch_fall", "is a share between 0 and 1")
