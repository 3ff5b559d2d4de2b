"""The cycle report as a value: what became of one cycle of one patient, before any language.

It is made of domain objects and says nothing that they do not say; the counts and reasons below
are read off them, the deviations are those of the deviation log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from aml_maint.domain.administration import TAKEN, Administration, CellState, Status, reason_text
from aml_maint.domain.course import Course, Hold
from aml_maint.domain.deviations import Deviation
from aml_maint.domain.gate import GateVerdict
from aml_maint.domain.injection import SiteReaction
from aml_maint.domain.intensity import Intensity
from aml_maint.domain.labs import ANALYTES
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose, LabValue, lab_text
from aml_maint.domain.regimen import Component, DoseOrder, PregnancyRule, Regimen
from aml_maint.domain.response_board import ResponseBoard
from aml_maint.domain.schedule import PlannedDose
from aml_maint.domain.signed_report import Signature
from aml_maint.domain.site_history import SiteHistory
from aml_maint.domain.toxicity_event import ToxicityEvent

TEMPERATURE = "temperature"


class ChainHead(NamedTuple):
    """The last entry of the audit trail when the report was made; `digest` is hexadecimal."""

    sequence: int
    digest: str

    @property
    def short(self) -> str:
        """The first 16 digits: enough to find the entry again, short enough to read aloud."""
        return self.digest[:16]


@dataclass(frozen=True)
class ReportDay:
    """A day of the cycle; days past its planned length are overrun days."""

    on: date
    number: int
    overrun: bool


@dataclass(frozen=True)
class ReportedDose:
    """One planned dose: the plan, its record, how it stands, and what its gate says.

    `gate` is the verdict at the time the dose was given, else at its planned time, on all
    counts known now: so a count that arrived late shows.
    """

    planned: PlannedDose
    state: CellState
    record: Administration | None
    gate: GateVerdict | None = None

    @property
    def taken(self) -> bool:
        """Was any of it given?"""
        return self.record is not None and self.record.status in TAKEN

    @property
    def kept(self) -> Mapping[str, str]:
        """What was kept with its record of gate, hold and override."""
        if self.record is None or self.record.gate is None:
            return {}
        told: dict[str, str] = json.loads(self.record.gate)
        return told

    @property
    def override(self) -> tuple[str, str] | None:
        """Who gave it against a rule, and why; None when no rule was overridden."""
        told = self.kept
        if not self.taken or "override_by" not in told:
            return None
        return told["override_by"], told["override_reason"]


@dataclass(frozen=True)
class Amendment:
    """A record of a dose that stands no more: corrected to `after`, or taken back (None)."""

    before: Administration
    after: Administration | None
    by: str
    at: Moment
    reason: str


@dataclass(frozen=True)
class ReportRow:
    """One component at one time of day, with a dose per day (None: not planned that day)."""

    component: Component
    slot: str
    at: time
    doses: tuple[ReportedDose | None, ...]


@dataclass(frozen=True)
class Reading:
    """One laboratory result or temperature, with its WHO grade where the item has one."""

    analyte: str
    value: LabValue
    at: Moment
    grade: int | None

    @property
    def comparable(self) -> Decimal:
        """Its number in the unit that this program shows the analyte in."""
        return self.value.to(ANALYTES[self.analyte], self.analyte).value


@dataclass(frozen=True)
class ReportedToxicity:
    """One episode with the name of its term, and its worst grade in the cycle."""

    term: Name
    event: ToxicityEvent
    grade: int | None


class ReasonCount(NamedTuple):
    """How often a component's doses stood so for the same reason."""

    state: CellState
    reason: Message
    times: int


@dataclass(frozen=True)
class CycleReport:
    """Everything that a cycle's report says, as of `generated`."""

    patient: Patient
    course: Course
    cycle: int
    days: tuple[ReportDay, ...]
    rows: tuple[ReportRow, ...]
    intensities: tuple[Intensity, ...]
    readings: tuple[Reading, ...]
    toxicities: tuple[ReportedToxicity, ...]
    marrows: tuple[Marrow, ...]
    generated: Moment
    generated_by: str
    generated_role: str
    chain: ChainHead | None = None
    demo: bool = False
    reactions: tuple[SiteReaction, ...] = ()
    unplanned: tuple[ReportedDose, ...] = ()
    site: SiteHistory | None = None
    signature: Signature | None = None
    deviations: tuple[Deviation, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    board: ResponseBoard | None = None
    """The marrows collected by the last day of the report, with what they mean."""

    @cached_property
    def last_day_shown(self) -> date:
        """The last day of the report that has come."""
        return min(self.days[-1].on, self.today)

    @cached_property
    def regimen(self) -> Regimen:
        """The regimen as site and prescriber had set it on the last day of the report."""
        return self.course.regimen_on(self.last_day_shown)

    @cached_property
    def first_day(self) -> date:
        """Day 1 of the cycle."""
        return self.course.cycle(self.cycle).first_day

    @cached_property
    def planned_days(self) -> int:
        """The cycle's length by the regimen."""
        return self.course.cycle_days(self.cycle)

    @property
    def planned_last_day(self) -> date:
        """The last day by the regimen."""
        return self.first_day + timedelta(days=self.planned_days - 1)

    @cached_property
    def today(self) -> date:
        """The day of the report on the clocks that the course is planned by."""
        return self.generated.day_in(self.course.zone)

    @cached_property
    def finished(self) -> bool:
        """Is the cycle over: the next was started, or the course ended?"""
        today, end = self.today, self.course.cycle_end(self.cycle)
        if self.course.ended_on is not None and today >= self.course.ended_on:
            return True
        return self.cycle < len(self.course.cycles) and today > end

    @cached_property
    def last_day(self) -> date:
        """The cycle's last day; of an unfinished cycle the day of the report."""
        if self.finished:
            return self.course.cycle_end(self.cycle)
        return max(self.today, self.first_day)

    @property
    def actual_days(self) -> int:
        """How many days the cycle lasted, or has lasted to date."""
        return (self.last_day - self.first_day).days + 1

    @property
    def overrun_days(self) -> int:
        """Days past the planned length before the next cycle began."""
        return max(self.actual_days - self.planned_days, 0)

    @property
    def delay_days(self) -> int:
        """How many days later than planned the cycle began; negative if early."""
        return self.course.delay_days(self.cycle)

    @property
    def holds(self) -> tuple[Hold, ...]:
        """The holds that cover a day of the cycle, by their first day."""
        found = (
            hold
            for hold in self.course.holds
            if hold.first_day <= self.last_day and (hold.last_day or date.max) >= self.first_day
        )
        return tuple(sorted(found, key=lambda hold: (hold.first_day, hold.component)))

    @property
    def dose_changes(self) -> tuple[DoseOrder, ...]:
        """The doses ordered anew in the cycle; an order that opens the course changes nothing."""
        return tuple(
            order
            for order in self.course.orders
            if self.first_day <= order.from_day <= self.last_day
            and order.from_day > self.course.first_day
        )

    def doses(self, component_id: str | None = None) -> Iterator[ReportedDose]:
        """The doses of one component, or of all, row by row."""
        for row in self.rows:
            if component_id in (None, row.component.id):
                yield from (dose for dose in row.doses if dose is not None)

    def counted(self, component_id: str) -> Iterator[ReportedDose]:
        """The doses that the figures rest on: up to the time of the report, no overrun days."""
        for dose in self.doses(component_id):
            past = dose.record is not None or dose.planned.due <= self.generated.utc
            if past and dose.planned.day <= self.planned_days:
                yield dose

    def day_number(self, day: date) -> int:
        """The number of a calendar day in this cycle."""
        return (day - self.first_day).days + 1


def ordered_doses(report: CycleReport, component: Component) -> tuple[tuple[date, Dose], ...]:
    """Each dose that was in force in the cycle with its first day, in order of time."""
    found: list[tuple[date, Dose]] = []
    planned = (dose.planned for dose in report.doses(component.id))
    for dose in sorted(planned, key=lambda one: one.at):
        if dose.dose is not None and (not found or found[-1][1] != dose.dose):
            found.append((dose.on, dose.dose))
    return tuple(found)


def reason_counts(report: CycleReport, component: Component) -> tuple[ReasonCount, ...]:
    """Why doses were not given as planned, and how often: states and reasons as they first occur.

    A reason is the one recorded with the dose, else the hold's, else the gate's evidence.
    """
    found: dict[tuple[CellState, Message], int] = {}
    for dose in report.counted(component.id):
        reason = _reason(dose)
        if reason is not None:
            found[dose.state, reason] = found.get((dose.state, reason), 0) + 1
    order = tuple(CellState)
    counts = (ReasonCount(state, reason, n) for (state, reason), n in found.items())
    return tuple(sorted(counts, key=lambda count: order.index(count.state)))


def _reason(dose: ReportedDose) -> Message | None:
    record, hold = dose.record, dose.planned.hold
    if record is not None:
        told = record.status is not Status.GIVEN and record.reason is not None
        return reason_text(record.status, record.reason or "") if told else None
    if dose.state is CellState.HELD and hold is not None:
        return say(f"hold_reason.{hold.reason.value}")
    if dose.state is CellState.GATE_CLOSED and dose.gate is not None:
        return gate_evidence(dose.gate)
    return None


def gate_evidence(verdict: GateVerdict) -> Message:
    """The count a verdict rests on, with its day; says so when there was none or it was too old."""
    if isinstance(verdict.rule, PregnancyRule):
        return verdict.reason
    if verdict.result is None:
        return say("report.gate.missing", analyte=verdict.subject)
    told: dict[str, object] = {
        "analyte": verdict.subject,
        "value": lab_text(verdict.result.value),
        "day": verdict.result.collected.local.date(),
    }
    return Message("report.gate.stale" if verdict.is_stale else "report.gate.value", told)


def readings_of(report: CycleReport, analyte: str) -> tuple[Reading, ...]:
    """The readings of one analyte, oldest first."""
    found = (reading for reading in report.readings if reading.analyte == analyte)
    return tuple(sorted(found, key=lambda reading: reading.at.utc))


def worst_reading(readings: tuple[Reading, ...]) -> Reading:
    """The lowest count (the nadir), or the highest temperature; the first of equals."""
    if readings[0].analyte == TEMPERATURE:
        return max(readings, key=lambda reading: reading.comparable)
    return min(readings, key=lambda reading: reading.comparable)


def worst_toxicities(report: CycleReport) -> tuple[tuple[ReportedToxicity, int], ...]:
    """Of each term the worst episode and how many there were, the worst terms first.

    A term that was not evaluated comes after all that were.
    """
    by_term: dict[str, list[ReportedToxicity]] = {}
    for toxicity in report.toxicities:
        by_term.setdefault(toxicity.event.term, []).append(toxicity)
    worst = [(max(found, key=_severity), len(found)) for found in by_term.values()]
    return tuple(sorted(worst, key=lambda pair: -_severity(pair[0])))


def _severity(toxicity: ReportedToxicity) -> int:
    return -1 if toxicity.grade is None else toxicity.grade
