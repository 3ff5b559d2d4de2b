"""Rows of the audit trail in words: what each record said when it was written.

A row is read as it stands in the event, whatever became of the record since; columns that a
later version of the program added may be missing in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aml_maint.domain.messages import Message, say
from aml_maint.services import history_clinical, history_disease, history_reports, history_therapy
from aml_maint.services.history_clinical import value_of
from aml_maint.services.history_names import CHILDREN, Names, Row, Text, clock, span
from aml_maint.store.event_rows import Change

_PARENTS = {
    "specimens": ("marrows", "marrow_id"),
    "toxicity_grades": ("toxicities", "toxicity_id"),
    "toxicity_causes": ("toxicities", "toxicity_id"),
    "toxicity_reviews": ("toxicities", "toxicity_id"),
    "assessment_findings": ("assessments", "assessment_id"),
    "gene_variants": ("specimens", "specimen_id"),
}
_DESCRIBED = {
    **history_clinical.DESCRIBED,
    **history_disease.DESCRIBED,
    **history_reports.DESCRIBED,
    **history_therapy.DESCRIBED,
}


@dataclass(frozen=True)
class Record:
    """A row that an entry made (`is_new`) or changed, with the rows that belong to it."""

    table: str
    is_new: bool
    row: Row


def records(changes: Sequence[Change]) -> list[Record]:
    """What an entry is about: rows that belong to another one of the same entry stand in it."""
    known = {(change.table, change.id) for change in changes}
    children: dict[tuple[str, str], list[Row]] = {}
    whole: list[Change] = []
    for change in changes:
        table, column = _PARENTS.get(change.table, ("", ""))
        parent = table, str(change.after.get(column))
        if parent in known:
            children.setdefault(parent, []).append(change.after)
        else:
            whole.append(change)
    return [
        Record(
            change.table,
            change.before is None,
            {**change.after, CHILDREN: children.get((change.table, change.id), [])},
        )
        for change in whole
    ]


def described(table: str, row: Row, names: Names) -> Message:
    """A row in words; one that has no words of its own says only what kind of record it is.

    So does a row that an older version of the program wrote with other columns.
    """
    try:
        return _DESCRIBED[table](row, names)
    except (KeyError, ValueError, TypeError):
        return Message(f"history.table.{table}")


def doses_described(rows: Sequence[Row], names: Names) -> Message:
    """Several doses in a sentence: how many, of which days, of which drugs."""
    planned = [datetime.fromisoformat(row["planned_local"]).date() for row in rows]
    drugs: dict[tuple[str, str], Text] = {}
    for row in rows:
        key = row["course_id"], row["component"]
        drugs.setdefault(key, names.drug(*key))
    days = span(min(planned), max(planned))
    return say("history.doses", count=len(rows), span=days, drugs=tuple(drugs.values()))


def results_described(rows: Sequence[Row], names: Names) -> Message:
    """The results of one sample in a sentence."""
    values = tuple(
        say("history.value", analyte=say(f"analyte.{row['analyte']}"), value=value_of(row))
        for row in rows
    )
    return say("history.results", values=values, collected=clock(rows[0], "collected"))
