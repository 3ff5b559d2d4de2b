"""The facts a plan rests on, as rows and as domain values. Taken back, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from types import MappingProxyType
from typing import Protocol
from uuid import uuid4

from aml_maint.domain.course import (
    Course,
    CycleStart,
    EndReason,
    Hold,
    HoldReason,
    PlannedStart,
    RegimenChange,
)
from aml_maint.domain.edition import ClockTime, Edition
from aml_maint.domain.plan_facts import CourseEnd, Fact, OwnTime, Resume
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import DoseOrder, Regimen
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope, SlotKey
from aml_maint.store.columns import Row, Value, day_text, day_value, decimal_text, decimal_value
from aml_maint.store.transaction import Transaction


class Shelf(Protocol):
    """Where regimens stand as this site has set them."""

    def editions(
        self, regimen_id: str, version: int, first_day: date, times: Sequence[ClockTime]
    ) -> tuple[Edition, ...]:
        """A course's regimen by the days from which it is set so."""

    def today(self, editions: Sequence[Edition], regimen_id: str, version: int) -> Regimen:
        """The regimen as set today; as published, if it has no editions."""


def write(transaction: Transaction, course: Course, facts: Iterable[Fact]) -> None:
    """Add the facts of one decision to a course."""
    for fact in facts:
        match fact:
            case Resume():
                values = {"last_day": day_text(fact.last_day)}
                transaction.update("holds", fact.hold_id, values)
            case CourseEnd():
                transaction.update("courses", course.id, _end_row(fact))
            case _:
                table, row = _row(fact)
                given: str = getattr(fact, "id", "") or str(uuid4())
                transaction.insert(table, {"id": given, "course_id": course.id, **row})


def _row(
    fact: CycleStart | PlannedStart | DoseOrder | Hold | Shift | Omission | RegimenChange | OwnTime,
) -> tuple[str, dict[str, Value]]:
    """The table of a fact, and its columns but for id and course."""
    match fact:
        case CycleStart():
            return "cycles", _start_row(fact)
        case PlannedStart():
            return "planned_starts", {**_start_row(fact), **_decision(fact)}
        case DoseOrder():
            return "dose_orders", _order_row(fact)
        case Hold():
            return "holds", _hold_row(fact)
        case Shift():
            return "shifts", _shift_row(fact)
        case Omission():
            return "omissions", {
                "component": fact.component,
                "first_day": day_text(fact.first_day),
                "last_day": day_text(fact.last_day),
                "slot": fact.slot,
                **_decision(fact),
            }
        case RegimenChange():
            return "regimen_changes", {
                "from_day": day_text(fact.from_day),
                "regimen_id": fact.regimen.id,
                "regimen_version": fact.regimen.version,
                "former_id": fact.former.id,
                "former_version": fact.former.version,
                **_decision(fact),
            }
        case OwnTime():
            own = fact.own
            return "course_times", {
                "component": own.component,
                "slot": own.slot,
                "at": None if own.at is None else f"{own.at:%H:%M}",
                "from_day": day_text(own.from_day),
                **_decision(fact),
            }


def _decision(fact: PlannedStart | Shift | Omission | RegimenChange | OwnTime) -> dict[str, Value]:
    return {"reason": fact.reason, "decided_by": fact.decided_by}


def _start_row(start: CycleStart | PlannedStart) -> dict[str, Value]:
    return {"number": start.number, "first_day": day_text(start.first_day)}


def _order_row(order: DoseOrder) -> dict[str, Value]:
    return {
        "component": order.component,
        "dose_value": decimal_text(order.dose.value),
        "dose_unit": order.dose.unit,
        "from_day": day_text(order.from_day),
        "level": order.level,
        "slots": " ".join(order.slots),
        "interval_days": order.interval_days,
        "note": order.reason,
        "decided_by": order.decided_by,
    }


def _hold_row(hold: Hold) -> dict[str, Value]:
    return {
        "component": hold.component,
        "first_day": day_text(hold.first_day),
        "last_day": day_text(hold.last_day),
        "reason_code": hold.reason.value,
        "note": hold.note,
        "review_on": day_text(hold.review_on),
        "decided_by": hold.decided_by,
    }


def _shift_row(shift: Shift) -> dict[str, Value]:
    return {
        "scope": shift.scope.value,
        "components": " ".join(shift.components),
        "from_day": day_text(shift.from_day),
        "last_day": day_text(shift.last_day),
        "slot": shift.slot,
        "days": shift.days,
        "mode": shift.mode.value,
        "closed": " ".join(_key_text(key) for key in sorted(shift.closed)),
        **_decision(shift),
    }


def _end_row(end: CourseEnd) -> dict[str, Value]:
    return {
        "ended_on": day_text(end.last_day),
        "end_reason": end.reason.value,
        "end_note": end.note,
        "end_decided_by": end.decided_by,
    }


def cycle_of(row: Row) -> CycleStart:
    """The start of a cycle of a row."""
    return CycleStart(row["number"], date.fromisoformat(row["first_day"]))


def planned_start_of(row: Row) -> PlannedStart:
    """The planned start of a row."""
    return PlannedStart(
        row["id"],
        row["number"],
        date.fromisoformat(row["first_day"]),
        row["reason"],
        row["decided_by"],
        row["seq"],
    )


def order_of(row: Row) -> DoseOrder:
    """The dose order of a row."""
    value = decimal_value(row["dose_value"])
    assert value is not None  # the column is NOT NULL
    return DoseOrder(
        row["component"],
        Dose(value, row["dose_unit"]),
        date.fromisoformat(row["from_day"]),
        row["id"],
        row["level"],
        tuple(row["slots"].split()),
        row["interval_days"],
        row["note"],
        row["decided_by"],
    )


def hold_of(row: Row) -> Hold:
    """The hold of a row."""
    return Hold(
        row["id"],
        row["component"],
        date.fromisoformat(row["first_day"]),
        day_value(row["last_day"]),
        HoldReason(row["reason_code"]),
        row["decided_by"],
        row["note"],
        day_value(row["review_on"]),
    )


def shift_of(row: Row) -> Shift:
    """The shift of a row."""
    return Shift(
        row["id"],
        ShiftScope(row["scope"]),
        tuple(row["components"].split()),
        date.fromisoformat(row["from_day"]),
        row["days"],
        ShiftMode(row["mode"]),
        row["reason"],
        row["decided_by"],
        row["slot"],
        day_value(row["last_day"]),
        frozenset(_key(text) for text in row["closed"].split()),
        row["seq"],
    )


def omission_of(row: Row) -> Omission:
    """The omission of a row."""
    return Omission(
        row["id"],
        row["component"],
        date.fromisoformat(row["first_day"]),
        date.fromisoformat(row["last_day"]),
        row["reason"],
        row["decided_by"],
        row["slot"],
        row["seq"],
    )


def own_time_of(row: Row) -> OwnTime:
    """The course's own time of day of a row."""
    at = None if row["at"] is None else time.fromisoformat(row["at"])
    own = ClockTime(row["component"], row["slot"], at, date.fromisoformat(row["from_day"]))
    return OwnTime(row["id"], own, row["reason"], row["decided_by"])


def regimen_change_of(row: Row, shelf: Shelf) -> RegimenChange:
    """The change of regimen of a row."""
    return RegimenChange(
        row["id"],
        date.fromisoformat(row["from_day"]),
        shelf.today((), row["regimen_id"], row["regimen_version"]),
        shelf.today((), row["former_id"], row["former_version"]),
        row["reason"],
        row["decided_by"],
    )


READERS: Mapping[str, Callable[[Row], Fact]] = MappingProxyType({
    "cycles": cycle_of,
    "planned_starts": planned_start_of,
    "dose_orders": order_of,
    "holds": hold_of,
    "shifts": shift_of,
    "omissions": omission_of,
    "course_times": own_time_of,
})  # fmt: skip
"""How a row of each table reads as a fact; a change of regimen needs the shelf besides."""


def end_of(row: Row) -> CourseEnd | None:
    """The end of a course's row; None while it runs."""
    if row["end_reason"] is None:
        return None
    return CourseEnd(
        date.fromisoformat(row["ended_on"]),
        EndReason(row["end_reason"]),
        row["end_decided_by"],
        row["end_note"],
    )


def _key_text(key: SlotKey) -> str:
    return f"{key.component}/{key.ideal_on.isoformat()}/{key.slot}"


def _key(text: str) -> SlotKey:
    component, day, slot = text.split("/")
    return SlotKey(component, date.fromisoformat(day), slot)
