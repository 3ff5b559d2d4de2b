"""The evidence that is kept with the record of a dose: what its gates said, who set them aside."""

from __future__ import annotations

import json
from dataclasses import replace

from aml_maint.domain.administration import Administration
from aml_maint.domain.gate import GateVerdict
from aml_maint.domain.schedule import PlannedDose
from aml_maint.services.dose_entry import Override


def evidence_of(
    verdict: GateVerdict | None, planned: PlannedDose | None, override: Override | None
) -> str | None:
    """What is kept with a record of its gate and of a named override, as text."""
    if verdict is None and override is None:
        return None
    told: dict[str, str] = {}
    if verdict is not None:
        told |= _told(verdict, "")
        # A dose given against several gates keeps what each of them said.
        closed = [other for other in verdict.others if not other.is_open]
        for number, other in enumerate(closed, 2):
            told |= _told(other, f"_{number}")
    if override is not None:
        told["override_by"], told["override_reason"] = override.by, override.reason
        if planned is not None and planned.hold is not None:
            told["held_since"] = planned.hold.first_day.isoformat()
        decision = planned and (planned.omission or (planned.is_skipped and planned.order))
        if decision:
            told["omitted_by"] = decision.decided_by
    return _written(told)


def _told(verdict: GateVerdict, mark: str) -> dict[str, str]:
    """A verdict as it is kept with a record; `mark` tells a further one's keys apart."""
    told = {"rule": verdict.rule.id, "state": verdict.state.value}
    if verdict.result is not None:
        value = verdict.result.value
        told["value"] = value.printed.replace("\N{NO-BREAK SPACE}", "")
        told["unit"] = value.unit
    if verdict.test is not None:
        told["value"] = verdict.test.outcome.value
    if verdict.collected is not None:
        told["collected"] = verdict.collected.utc.isoformat()
    return {f"{key}{mark}": text for key, text in told.items()}


def with_evidence(record: Administration, **more: str) -> Administration:
    """A record with more of what an override set aside."""
    return replace(record, gate=_written(json.loads(record.gate or "{}") | more))


def _written(told: dict[str, str]) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True)
