"""Doses that a rule kept from being recorded, with what was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from aml_maint.domain.administration import Status
from aml_maint.domain.errors import UserError
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.dose_targets import DoseTarget, is_off_time
from aml_maint.services.dose_view import DoseView

if TYPE_CHECKING:
    from aml_maint.gui.dialogs.form_dialog import FormDialog
    from aml_maint.services.changes import Changes
    from aml_maint.services.dosing import DoseEntry

# What a named decision can set aside; any other refusal is final.
_CAN_OVERRIDE = ("gate.", "error.held", "error.omitted", "error.too_close")

Meant = tuple[DoseTarget, DoseView]


class Whose(TypedDict):
    """Whom a decision about doses is about, and under which name its draft is kept."""

    about: str
    draft: str


def whose(doses: Sequence[Meant]) -> Whose:
    """The patient and the first dose that a decision is about."""
    target, view = doses[0]
    return {"about": target.patient.id, "draft": str(view.slot)}


@dataclass(frozen=True)
class Refusal:
    """Doses that were not recorded, with the reason and what was meant to be recorded."""

    doses: tuple[Meant, ...]
    entries: tuple[DoseEntry, ...]
    error: UserError

    @property
    def can_override(self) -> bool:
        """May a clinician set the rule aside by name and reason?"""
        return bool(self.entries) and self.error.message.key.startswith(_CAN_OVERRIDE)

    def unexplained(self, now: Moment) -> frozenset[SlotId]:
        """The doses that would be late or early, and have no reason for that yet."""
        entries = {entry.slot: entry for entry in self.entries}
        found = ((target, view, entries.get(view.slot)) for target, view in self.doses)
        return frozenset(
            view.slot
            for target, view, entry in found
            if entry is not None
            and entry.status is Status.GIVEN
            and entry.reason is None
            and is_off_time(target.pair, view, entry.given or now)
        )


@dataclass
class KeyPress:
    """One key press: its writes still under way, the records made, what was refused."""

    pending: int
    dialog: FormDialog | None = None
    made: list[tuple[str, ...]] = field(default_factory=list)
    last: Changes | None = None
    refusals: list[Refusal] = field(default_factory=list)
