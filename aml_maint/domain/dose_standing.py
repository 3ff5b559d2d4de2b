"""A planned dose with its record and its gate, as findings and deviations read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol

from aml_maint.domain.administration import TAKEN, Administration, CellState
from aml_maint.domain.gate import GateEvidence, GateVerdict, evaluate_all
from aml_maint.domain.regimen import Component
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


def closed_when_given(
    component: Component, evidence: GateEvidence, record: Administration
) -> GateVerdict | None:
    """What kept the gate of a dose closed when it was given, by all that is known now.

    None when it was open, was overridden by name, or nothing was given. `component` is as it was
    set for the dose's day. What the record itself keeps stays as it was judged then.
    """
    if record.given is None or override_of(record) is not None:
        return None
    verdict = evaluate_all(component, evidence, record.given.utc)
    return None if verdict is None or verdict.is_open else verdict


def kept(record: Administration | None) -> Mapping[str, str]:
    """What was kept with a record of gate, hold and override; empty if nothing was."""
    if record is None or record.gate is None:
        return {}
    told: dict[str, str] = json.loads(record.gate)
    return told


def override_of(record: Administration | None) -> tuple[str, str] | None:
    """Who gave a dose against a rule, and why; None when no rule was overridden."""
    if record is None or record.gate is None or "override_by" not in record.gate:
        return None  # most say only what the gate said, and need not be read for it
    told = kept(record)
    if record.status not in TAKEN or "override_by" not in told:
        return None
    return told["override_by"], told["override_reason"]
