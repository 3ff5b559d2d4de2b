"""What the words of audit rows share: names behind codes, and how a note or a span is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.regimen import Regimen
from aml_maint.store.columns import optional_moment

Row = Mapping[str, Any]
Text = Message | Name | str

# Rows that belong to another row of the same entry stand in it under this name.
CHILDREN = "children"


@dataclass(frozen=True)
class Names:
    """What rows name by code: the regimens of the patient's courses, toxicity terms, drugs."""

    regimens: Mapping[str, Regimen]
    terms: Mapping[str, Name]
    drugs: Mapping[str, Name] = field(default_factory=dict)

    def drug(self, course_id: str, component: str) -> Text:
        """The drug of a component, or its code if nothing is known of it."""
        regimen = self.regimens.get(course_id)
        if regimen is not None:
            for one in regimen.components:
                if one.id == component:
                    return one.drug.name
        return self.drugs.get(component, component)

    def term(self, code: str) -> Text:
        """The name of a toxicity term."""
        return self.terms.get(code, code)


def noted(what: Message, row: Row) -> Message:
    """A row told, with its note if it has one."""
    note = str(row.get("note") or "").strip()
    return say("history.noted", what=what, note=note) if note else what


def span(first: date, last: date) -> Message:
    """One day, or the first and the last of several."""
    if first == last:
        return say("finding.one_day", day=first)
    return say("finding.days", first=first, last=last)


def clock(row: Row, name: str) -> datetime:
    """The wall clock of a moment whose columns are never empty."""
    moment = optional_moment(row, name)
    assert moment is not None  # the columns are NOT NULL
    return moment.local
