"""A planned dose as every screen and report shows it: plan, record, gate, state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aml_maint.domain.administration import (
    Administration,
    CellState,
    Window,
    cell_state,
    gate_time,
    is_needed,
    premedication_gap,
    window,
)
from aml_maint.domain.gate import GateEvidence, GateVerdict, evaluate_all, is_gated
from aml_maint.domain.intensity import DoseOutcome
from aml_maint.domain.messages import Message
from aml_maint.domain.premedication_gap import PremedicationGap, recorded_gap
from aml_maint.domain.schedule import PlannedDose, SlotId


@dataclass(frozen=True, slots=True)
class DoseView:
    """One planned dose with its record, its gate's verdict and how it stands now."""

    planned: PlannedDose
    state: CellState
    record: Administration | None
    gate: GateVerdict | None
    window: Window
    struck: bool = False
    """Was an earlier record of it corrected, or taken back as entered in error?"""

    @property
    def slot(self) -> SlotId:
        """The identity of the planned dose."""
        return self.planned.id

    @property
    def warning(self) -> Message | None:
        """What to take care of when it is given; None once it is recorded, or can't be given."""
        gate = self.gate
        if gate is None or not gate.is_open or self.record is not None or self.planned.is_left_out:
            return None
        return gate.warning

    @property
    def outcome(self) -> DoseOutcome:
        """The same as input of the intensity sums."""
        closed = self.gate is not None and not self.gate.is_open
        return DoseOutcome(self.planned, self.state, self.record, closed)


@dataclass(frozen=True, slots=True)
class DosePair:
    """A dose with the dose that serves it (its premedication), shown as one."""

    main: DoseView
    premedication: DoseView | None

    @property
    def parts(self) -> tuple[DoseView, ...]:
        """Its doses in the order they are given."""
        before = self.premedication
        return (self.main,) if before is None else (before, self.main)

    @property
    def gap(self) -> PremedicationGap | None:
        """The recorded gap and whether it lies in its window; None unless both were given."""
        before, main = self.premedication, self.main.record
        link = before.planned.component.link if before is not None else None
        if before is None or before.record is None or main is None or link is None:
            return None
        return recorded_gap(link, before.record, main)

    @property
    def gap_minutes(self) -> int | None:
        """The recorded time from premedication to dose; None unless both were given."""
        if self.premedication is None or self.premedication.record is None:
            return None
        if self.main.record is None:
            return None
        return premedication_gap(self.premedication.record, self.main.record)


def views(
    planned: Iterable[PlannedDose],
    records: Mapping[SlotId, Administration],
    evidence: GateEvidence,
    now: datetime,
    struck: Collection[SlotId] = (),
    *,
    for_log: bool = False,
) -> list[DoseView]:
    """The doses as they stand at `now` (UTC), in the order given.

    `struck` are the doses of which an earlier record no longer stands.

    A gate is judged at `now` for doses that can still be given, and at the dose's own time for
    those that are recorded or whose day is over: a new count speaks for the future only (clinical
    rules, "Gates"). A log asks what the gate said when a dose was given instead. A premedication
    whose dose was recorded as not given is not needed.
    """
    found: list[DoseView] = []
    for dose in planned:
        served = records.get(dose.linked_to) if dose.linked_to else None
        linked_due = served.given.utc if served and served.given else None
        record = records.get(dose.id)
        gate = None
        if is_gated(dose.component):
            if record is None:
                at = gate_time(dose, now, linked_due)
            elif for_log and record.given is not None:
                at = record.given.utc
            else:
                at = min(dose.due, now)
            gate = evaluate_all(dose.component, evidence, at)
        times, needed = window(dose, linked_due), is_needed(served)
        state = cell_state(dose, record, gate, now, needed=needed, times=times)
        found.append(DoseView(dose, state, record, gate, times, dose.id in struck))
    return found


def by_component(found: Iterable[DoseView]) -> defaultdict[str, list[DoseView]]:
    """The doses of each component, in their order."""
    mine: defaultdict[str, list[DoseView]] = defaultdict(list)
    for view in found:
        mine[view.planned.id.component].append(view)
    return mine


def paired(found: Sequence[DoseView]) -> list[DosePair]:
    """Each premedication folded into the dose that it serves."""
    serving = {view.planned.linked_to: view for view in found if view.planned.linked_to}
    return [
        DosePair(view, serving.get(view.slot)) for view in found if view.planned.linked_to is None
    ]
