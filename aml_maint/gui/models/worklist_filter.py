"""Which patients Today is about. Doses overdue or due are shown whatever is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aml_maint.services.worklist import Section, Worklist, WorkRow

ELSEWHERE = "elsewhere"
"""The part of the list with what is overdue or due of patients that were not chosen."""

URGENT = (Section.OVERDUE, Section.DUE)


@dataclass(frozen=True)
class WorklistFilter:
    """All patients, those of one ward, or those on one's own list."""

    ward: str = ""
    mine: bool = False

    @property
    def is_all(self) -> bool:
        """Is nobody left out?"""
        return not self.ward and not self.mine

    def keeps(self, worklist: Worklist, patient_ward: str, patient_id: str) -> bool:
        """Is a patient chosen?"""
        if self.mine:
            return patient_id in worklist.mine
        return not self.ward or patient_ward == self.ward

    def chosen(self, worklist: Worklist, rows: Iterable[WorkRow]) -> list[WorkRow]:
        """The rows of the patients chosen."""
        return [r for r in rows if self.keeps(worklist, r.patient.ward, r.patient.id)]

    def elsewhere(self, worklist: Worklist) -> list[WorkRow]:
        """What is overdue or due of the other patients: no choice hides it."""
        return [
            row
            for row in worklist.rows
            if row.section in URGENT and not self.keeps(worklist, row.patient.ward, row.patient.id)
        ]

    def raw(self) -> str:
        """The choice as the window remembers it."""
        return "mine" if self.mine else f"ward {self.ward}" if self.ward else ""

    @classmethod
    def of(cls, raw: str) -> WorklistFilter:
        """The choice that was remembered."""
        if raw == "mine":
            return cls(mine=True)
        return cls(raw.removeprefix("ward ")) if raw.startswith("ward ") else cls()
