"""A planned dose with its record and its gate, as findings and deviations read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol

from aml_maint.domain.administration import TAKEN, Administration, CellState
from aml_maint.domain.gate import GateVerdict
from aml_maint.domain.schedule import PlannedDose


class DoseStanding(Protocol):
    """How a planned dose stands; what the screens and the report show of it fits this."""

    @property
    def planned(self) -> PlannedDose:
        """The dose of the plan."""

    @property
    def state(self) -> CellState:
        """How it stands."""

    @property
    def record(self) -> Administration | None:
        """What was recorded of it."""

    @property
    def gate(self) -> GateVerdict | None:
        """What its gate says; None without a gate in force."""


def kept(record: Administration | None) -> Mapping[str, str]:
    """What was kept with a record of gate, hold and override; empty if nothing was."""
    if record is None or record.gate is None:
        return {}
    told: dict[str, str] = json.loads(record.gate)
    return told


def override_of(record: Administration | None) -> tuple[str, str] | None:
    """Who gave a dose against a rule, and why; None when no rule was overridden."""
    told = kept(record)
    if record is None or record.status not in TAKEN or "override_by" not in told:
        return None
    return told["override_by"], told["override_reason"]
