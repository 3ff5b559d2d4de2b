"""The demo ward's drugs as needed and tablets at home: invented orders, doses and counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.supply import SupplyEntry, SupplyKind
from aml_maint.services.as_needed import order_as_needed
from aml_maint.services.demo_step import NURSE, PHYSICIAN, Step, at_time
from aml_maint.services.home_supply import record_supply
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.unplanned import UnplannedEntry, log_unplanned
from aml_maint.services.workplace import Workplace

_HALF_GRAM = Dose(Decimal(500), "mg")


def as_needed(course_id: str, first: date, today: date) -> Iterator[Step]:
    """Paracetamol ordered for fever and given on some evenings; a dose against nausea today."""
    order = AsNeededOrder(
        "", "paracetamol", _HALF_GRAM, "oral", "fever", PHYSICIAN.name, first, None, 3, 360
    )

    def give(place: Workplace, drug: str, dose: Dose, indication: str) -> object:
        entry = UnplannedEntry(
            course_id, drug, dose, indication=indication, ordered_by=PHYSICIAN.name
        )
        return log_unplanned(place, entry)

    yield Step(
        at_time(first, 9, 10), PHYSICIAN, lambda place: order_as_needed(place, course_id, order)
    )
    for days in (0, 2):
        on = first + timedelta(days=days)
        if on < today:
            yield Step(
                at_time(on, 23, 15), NURSE,
                lambda place: give(place, "paracetamol", _HALF_GRAM, "fever"),
            )  # fmt: skip
    yield Step(
        at_time(today, 7, 50), NURSE,
        lambda place: give(place, "metoclopramide", Dose(Decimal(10), "mg"), "nausea"),
    )  # fmt: skip


def tablets(course_id: str, first: date, today: date, *, nearly_out: bool) -> Iterator[Step]:
    """Sorafenib taken home: nearly used up, or plenty with two tablets missing at a count."""
    strength = Dose(Decimal(200), "mg")
    start = max(first, today - timedelta(days=8))

    def entry(kind: SupplyKind, number: int, on: date, hour: int) -> Step:
        at = at_time(on, hour, 0)
        dispensed = kind is SupplyKind.DISPENSED
        made = SupplyEntry(
            "", "sorafenib", strength, kind, number, Moment.at(at, DEFAULT_ZONE), "",
            "SOR2601" if dispensed else None, on + timedelta(days=540) if dispensed else None,
        )  # fmt: skip
        return Step(at, NURSE, lambda place: record_supply(place, course_id, made))

    days = (today - start).days
    if nearly_out:
        yield entry(SupplyKind.DISPENSED, 4 * (days + 3), start, 6)
        return
    yield entry(SupplyKind.DISPENSED, 112, start, 6)
    if days >= 1:
        yield entry(SupplyKind.COUNTED, 110 - 4 * (days - 1), today - timedelta(days=1), 6)
