"""Overall and relapse-free survival by each definition in use (clinical rules, "Outcomes").

What counts as the event changes the figure more than anything else, so every curve carries its
definition. A patient whose dates do not allow an observation is left out by name and reason,
never silently.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.cohort import ReportedPatient
from aml_maint.domain.follow_up import RELAPSES, DiseaseEvent, EventKind
from aml_maint.domain.messages import Message, say
from aml_maint.domain.outcome import Basis, Observation, as_reported, from_dates


class Endpoint(StrEnum):
    """What is counted, from when. The first is the paper's relapse-free survival."""

    OS = "os"
    """Diagnosis to death."""
    RFS_ANY = "rfs_any_relapse"
    """Maintenance start to any relapse, molecular or not; death is censored (the paper)."""
    RFS_OR_DEATH = "rfs_relapse_or_death"
    """Maintenance start to any relapse or death of any cause."""
    RFS_MORPHOLOGICAL = "rfs_morphological"
    """Maintenance start to relapse seen under the microscope or outside the marrow."""
    RFS_BASELINE_EVENT = "rfs_baseline_mrd_as_event"
    """As the paper, but who was MRD positive at the start has the event at once."""
    RFS_CONVERSION = "rfs_from_conversion"
    """As the paper, but who was MRD positive at the start counts from conversion to negative."""

    @property
    def is_relapse_free(self) -> bool:
        """One of the definitions of relapse-free survival?"""
        return self is not Endpoint.OS

    @property
    def definition(self) -> Message:
        """The definition in words, printed with every figure."""
        return Message(f"endpoint.{self.value}.definition")


_EVENTS = {
    Endpoint.OS: frozenset({EventKind.DEATH}),
    Endpoint.RFS_ANY: RELAPSES,
    Endpoint.RFS_OR_DEATH: RELAPSES | {EventKind.DEATH},
    Endpoint.RFS_MORPHOLOGICAL: RELAPSES - {EventKind.MOLECULAR_RELAPSE},
    Endpoint.RFS_BASELINE_EVENT: RELAPSES,
    Endpoint.RFS_CONVERSION: RELAPSES,
}


@dataclass(frozen=True)
class Counting:
    """How observations are cut: nothing after the cut-off counts, transplant may censor."""

    cut_off: date | None = None
    censor_at_transplant: bool = False


@dataclass(frozen=True)
class Fate:
    """What outcomes need to know of a patient. `reported` are months without dates."""

    diagnosed_on: date | None = None
    maintenance_from: date | None = None
    last_known: date | None = None
    events: tuple[DiseaseEvent, ...] = field(default=())
    baseline_positive: bool | None = None
    converted_on: date | None = None
    reported: ReportedPatient | None = None

    def first(self, kinds: Iterable[EventKind], since: date = date.min) -> date | None:
        """The day of the earliest event of some kinds, from a day on."""
        wanted = set(kinds)
        days = [event.on for event in self.events if event.kind in wanted and event.on >= since]
        return min(days, default=None)


def observe(fate: Fate, endpoint: Endpoint, counting: Counting) -> Observation | Message:
    """A patient's time under observation, or the reason why there is none."""
    if fate.reported is not None:
        return _reported(fate.reported, endpoint)
    start = _start(fate, endpoint)
    if isinstance(start, Message):
        return start
    if counting.cut_off is not None and start > counting.cut_off:
        return say("endpoint.after_cut_off")
    if endpoint is Endpoint.RFS_BASELINE_EVENT and fate.baseline_positive:
        return Observation(Decimal(0), True, Basis.DATES)
    return _between(fate, start, endpoint, counting)


def _start(fate: Fate, endpoint: Endpoint) -> date | Message:
    """The day from which on a patient is observed, or why there is none."""
    if endpoint is Endpoint.OS:
        return fate.diagnosed_on or say("endpoint.no_diagnosis")
    if fate.maintenance_from is None:
        return say("endpoint.no_maintenance")
    if endpoint not in {Endpoint.RFS_BASELINE_EVENT, Endpoint.RFS_CONVERSION}:
        return fate.maintenance_from
    if fate.baseline_positive is None:
        return say("endpoint.no_baseline")
    if fate.baseline_positive and endpoint is Endpoint.RFS_CONVERSION:
        return fate.converted_on or say("endpoint.not_converted")
    return fate.maintenance_from


def _between(
    fate: Fate, start: date, endpoint: Endpoint, counting: Counting
) -> Observation | Message:
    """From a start to the event, the last day known, transplant or the cut-off: what comes first.

    Of an event and an end on the same day the event counts.
    """
    event = fate.first(_EVENTS[endpoint], start)
    ends = [fate.last_known, counting.cut_off]
    if counting.censor_at_transplant and endpoint.is_relapse_free:
        ends.append(fate.first({EventKind.TRANSPLANT}, start))
    known = [day for day in ends if day is not None]
    if event is not None and all(event <= day for day in known):
        return from_dates(start, event, True)
    if fate.last_known is None:
        return say("endpoint.no_follow_up")
    end = min(known)
    return from_dates(start, end, False) if end >= start else say("endpoint.before_start")


def _reported(patient: ReportedPatient, endpoint: Endpoint) -> Observation | Message:
    """From months as a study prints them; a cut-off or a transplant has no day there."""
    positive = patient.mrd_flow == "positive"
    match endpoint:
        case Endpoint.OS:
            return patient.overall_survival
        case Endpoint.RFS_ANY:
            return patient.relapse_free_survival
        case Endpoint.RFS_OR_DEATH:
            # Death after the printed end of relapse-free time has no other time to stand at.
            return as_reported(patient.rfs_months, patient.relapse or patient.death)
        case Endpoint.RFS_MORPHOLOGICAL:
            return as_reported(patient.rfs_months, patient.relapse_type == "morphological")
        case Endpoint.RFS_BASELINE_EVENT:
            if not patient.mrd_flow:
                return say("endpoint.no_baseline")
            return as_reported(Decimal(0), True) if positive else patient.relapse_free_survival
        case Endpoint.RFS_CONVERSION:
            if not patient.mrd_flow:
                return say("endpoint.no_baseline")
            if positive:
                return say("endpoint.conversion_not_reported")
            return patient.relapse_free_survival
