"""The tables of toxicity ready to be shown and written, the same on screen and on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial

from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.toxicity_tables import treated
from aml_maint.reports.figures import toxicity_tables as made
from aml_maint.reports.figures.exhibit import Exhibit, Values
from aml_maint.services import library
from aml_maint.services.toxicity_tables import Tables


class ToxicityTable(StrEnum):
    """The tables by name."""

    INCIDENCE = "incidence"
    RATES = "rates"
    WORST = "worst"
    ATTRIBUTION = "attribution"
    TIMING = "timing"
    SHIFT = "shift"
    SERIOUS = "serious"
    FEVER = "fever"


_OWN_RULES = {
    ToxicityTable.WORST: "toxicity_table.worst_rule",
    ToxicityTable.ATTRIBUTION: "toxicity_table.attribution_rule",
    ToxicityTable.TIMING: "toxicity_table.timing_rule",
}


def toxicity_values(found: Tables, table: ToxicityTable) -> Values:
    """One table."""
    rows = [found.any, *found.incidence] if found.incidence else []
    match table:
        case ToxicityTable.INCIDENCE:
            items = library.toxicity_items()
            published = {item.id: item.reported for item in items if item.reported is not None}
            return made.incidence_values(rows, term_name, published)
        case ToxicityTable.RATES:
            return made.rate_values(rows, term_name)
        case ToxicityTable.WORST:
            return made.worst_values(found.worst, term_name)
        case ToxicityTable.ATTRIBUTION:
            return made.attribution_values(found.attribution, term_name, _drug_name)
        case ToxicityTable.TIMING:
            return made.timing_values(found.timing, term_name)
        case ToxicityTable.SHIFT:
            return made.shift_values(found.shifts, term_name)
        case ToxicityTable.SERIOUS:
            return made.serious_values(found.serious, term_name)
        case ToxicityTable.FEVER:
            return made.fever_values(found.fevers)


def rule_of(found: Tables, table: ToxicityTable) -> tuple[Message, ...]:
    """How a table was counted."""
    if table is ToxicityTable.FEVER:
        rule = say("toxicity_table.fever_rule", hours=found.fever_hours)
        return rule, say("toxicity_table.until", day=found.until)
    own = _OWN_RULES.get(table)
    return found.rule if own is None else (Message(own), *found.rule)


def toxicity_exhibit(found: Tables, table: ToxicityTable, *, by_who: bool = False) -> Exhibit:
    """One table with its rule and its denominator; `by_who` counts under the WHO items."""
    counted = found.under_who_items() if by_who else found
    n = len(treated(counted.subjects))
    values, rule = toxicity_values(counted, table), rule_of(counted, table)
    return made.exhibit(_id(table, by_who), values, rule, n, counted.until)


def _id(table: ToxicityTable, by_who: bool) -> str:
    return "toxicity_by_who" if by_who else f"toxicity_{table.value}"


# The tables by the name under which they are shown and written.
TABLES: Mapping[str, Callable[[Tables], Exhibit]] = {
    _id(ToxicityTable.INCIDENCE, False): partial(toxicity_exhibit, table=ToxicityTable.INCIDENCE),
    _id(ToxicityTable.INCIDENCE, True): partial(
        toxicity_exhibit, table=ToxicityTable.INCIDENCE, by_who=True
    ),
    **{
        _id(table, False): partial(toxicity_exhibit, table=table)
        for table in ToxicityTable
        if table is not ToxicityTable.INCIDENCE
    },
}


def term_name(term: str) -> Name:
    """The name of a term in both languages."""
    item = library.toxicity_item(term)
    return item.term if item is not None else Name(term, term)


def _drug_name(drug: str) -> Name:
    return library.drugs()[drug].name
