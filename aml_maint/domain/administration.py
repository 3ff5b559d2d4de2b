"""What happened to a planned dose, and how it stands now. Late and overdue are derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from aml_maint.domain.errors import BadInput
from aml_maint.domain.gate import GateVerdict
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import AS_NEEDED, EXTRA, PlannedDose, SlotId
from aml_maint.domain.unplanned import EXTRA_REASONS, Unplanned


class Status(StrEnum):
    """What was recorded of a dose."""

    GIVEN = "given"
    PARTLY_GIVEN = "partly_given"
    MISSED = "missed"
    HELD = "held"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"


TAKEN = frozenset({Status.GIVEN, Status.PARTLY_GIVEN})

# The coded reasons a person can choose from for each way a dose was not given as planned.
REASONS: Mapping[Status, tuple[str, ...]] = {
    Status.MISSED: ("forgotten", "asleep", "vomited", "away", "not_available", "unknown", "other"),
    Status.HELD: ("toxicity", "count", "fever", "procedure", "supply", "prescriber", "other"),
    Status.REFUSED: ("side_effects", "feels_well", "no_reason_given", "other"),
    Status.PARTLY_GIVEN: ("vomited", "refused_rest", "supply", "leaked", "other"),
    Status.NOT_APPLICABLE: ("gate_closed", "not_ordered", "other"),
    Status.GIVEN: ("forgotten", "asleep", "procedure", "supply", "patient_wish", "other"),
}

INJECTION_SITES = (
    "abdomen_left",
    "abdomen_right",
    "thigh_left",
    "thigh_right",
    "arm_left",
    "arm_right",
)


@dataclass(frozen=True, slots=True)
class Administration:
    """The record of one dose. The plan's two times, the time given and the time recorded.

    `ideal` and `planned` are civil times in the course's zone; `given` is None unless some of
    the dose was taken. `gate` is the evidence the gate gave when the dose was recorded, `witness`
    the second person who saw it given, where the ward asks for one.
    """

    id: str
    slot: SlotId
    patient_id: str
    status: Status
    ideal: datetime
    planned: datetime
    given: Moment | None
    dose: Dose | None
    recorded: Moment
    recorded_by: str
    recorded_role: str
    reason: str | None = None
    note: str = ""
    site: str | None = None
    lot: str | None = None
    temperature: Decimal | None = None
    gate: str | None = None
    replaces: str | None = None
    witness: str | None = None
    unplanned: Unplanned | None = None

    def __post_init__(self) -> None:
        taken = self.status in TAKEN
        if (self.unplanned is not None) != self.slot.is_unplanned:
            raise ValueError("an unplanned dose says why it was given, and no other does")
        if self.unplanned is not None and self.status is not Status.GIVEN:
            raise BadInput(say("unplanned.given_only"), field="status")
        if taken and (self.given is None or self.dose is None):
            raise BadInput(say("error.given_needs_time_and_dose"), field="dose")
        if not taken and (self.given is not None or self.dose is not None):
            raise BadInput(say("error.not_given_has_no_dose"), field="dose")
        if self.status is not Status.GIVEN and not self.reason:
            raise BadInput(say("error.reason_needed"), field="reason")
        if self.reason is not None and self.reason not in reasons_for(self.status, self.slot):
            raise BadInput(say("error.unknown_reason", reason=self.reason), field="reason")
        if self.given is not None and self.given.utc > self.recorded.utc:
            raise BadInput(say("error.given_in_future"), field="given")
        if self.site is not None and self.site not in INJECTION_SITES:
            raise BadInput(say("error.unknown_site", site=self.site), field="site")


def reasons_for(status: Status, slot: SlotId) -> tuple[str, ...]:
    """The coded reasons a record of a dose can have."""
    if slot.slot == EXTRA:
        return EXTRA_REASONS
    return () if slot.slot == AS_NEEDED else REASONS[status]


class CellState(StrEnum):
    """How a planned dose stands, as one sign on the flow sheet and on Today."""

    PLANNED = "planned"
    DUE = "due"
    OVERDUE = "overdue"
    UNCONFIRMED = "unconfirmed"
    GIVEN = "given"
    GIVEN_LATE = "given_late"
    GIVEN_EARLY = "given_early"
    PARTLY_GIVEN = "partly_given"
    HELD = "held"
    OMITTED = "omitted"
    REFUSED = "refused"
    MISSED = "missed"
    GATE_CLOSED = "gate_closed"
    NOT_APPLICABLE = "not_applicable"
    STOPPED = "stopped"


OPEN_STATES = frozenset(
    {CellState.PLANNED, CellState.DUE, CellState.OVERDUE, CellState.UNCONFIRMED}
)


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when (UTC) a dose is on time, both ends included."""

    opens: datetime
    closes: datetime


def window(dose: PlannedDose, linked_due: datetime | None = None) -> Window:
    """The on-time window of a planned dose (site default; clinical rules, "Missed, late").

    A linked dose's window hangs on the dose it serves: `linked_due` is when that is, or was,
    given, and defaults to when it is planned.
    """
    link = dose.component.link
    if link is None:
        due, spread = dose.due, timedelta(minutes=dose.component.window_minutes)
        return Window(due - spread, due + spread)
    served = linked_due or dose.due - timedelta(minutes=link.offset_minutes)
    return Window(
        served + timedelta(minutes=link.earliest_minutes),
        served + timedelta(minutes=link.latest_minutes),
    )


def gate_time(dose: PlannedDose, now: datetime, linked_due: datetime | None = None) -> datetime:
    """When a gate speaks for a dose that was not given: now while it still can be, else its time.

    It can be given while its window is open and until its day is over.
    """
    waits = _day_at(now, dose.zone) <= dose.on or now <= window(dose, linked_due).closes
    return now if waits else min(dose.due, now)


def cell_state(
    dose: PlannedDose,
    record: Administration | None,
    gate: GateVerdict | None,
    now: datetime,
    linked_due: datetime | None = None,
    *,
    needed: bool = True,
    times: Window | None = None,
) -> CellState:
    """How a planned dose stands at an instant `now` (UTC). `times` is its window, if it is known.

    A record always speaks; then whether it is `needed` at all, a hold or an omission, a closed
    gate. With nothing recorded a dose is planned until its window opens, due inside it, overdue
    after it, and unconfirmed once its day is over: never counted as given.
    """
    times = times or window(dose, linked_due)
    if record is not None:
        return _recorded_state(record, times)
    if not needed:
        return CellState.NOT_APPLICABLE
    if dose.hold is not None:
        return CellState.HELD
    if dose.is_omitted:
        return CellState.OMITTED
    if gate is not None and not gate.is_open:
        return CellState.GATE_CLOSED
    if now < times.opens:
        return CellState.PLANNED
    if now <= times.closes:
        return CellState.DUE
    return CellState.OVERDUE if _day_at(now, dose.zone) <= dose.on else CellState.UNCONFIRMED


# Asked for each of a ward's doses at the same instant.
@lru_cache(maxsize=64)
def _day_at(now: datetime, zone: str) -> date:
    return Moment.at(now, zone).local.date()


def _recorded_state(record: Administration, times: Window) -> CellState:
    if record.status is not Status.GIVEN:
        return CellState(record.status.value)
    assert record.given is not None  # the record's own check
    if record.given.utc > times.closes:
        return CellState.GIVEN_LATE
    return CellState.GIVEN_EARLY if record.given.utc < times.opens else CellState.GIVEN


def is_needed(served: Administration | None) -> bool:
    """Is a premedication needed, by the record of the dose that it serves?

    An injection that was held, missed or refused needs none (clinical rules: one pair).
    """
    return served is None or served.status in TAKEN


def premedication_gap(premedication: Administration, served: Administration) -> int | None:
    """Minutes from a premedication to the dose it serves; None unless both were given."""
    if premedication.given is None or served.given is None:
        return None
    return int((served.given.utc - premedication.given.utc).total_seconds() // 60)


def off_time(dose: PlannedDose, given: datetime, linked_due: datetime | None = None) -> str | None:
    """`late` or `early` when an instant lies outside the window, None inside it."""
    times = window(dose, linked_due)
    if given > times.closes:
        return "late"
    return "early" if given < times.opens else None


def too_soon(premedication: PlannedDose, first: datetime, served: datetime) -> bool:
    """Is a dose given sooner after its premedication, given at `first`, than the regimen says?"""
    link = premedication.component.link
    return link is not None and served - first < timedelta(minutes=-link.latest_minutes)


def reason_text(status: Status, reason: str) -> Message:
    """A coded reason in words."""
    if reason not in REASONS[status]:
        raise BadInput(say("error.unknown_reason", reason=reason), field="reason")
    return say(f"reason.{reason}")
