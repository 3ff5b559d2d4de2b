"""Which patients run out of tablets at home soon, for the whole ward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from aml_maint.domain.course import Course
from aml_maint.domain.finding_facts import LowSupply
from aml_maint.domain.quantities import Dose, factor
from aml_maint.domain.schedule import dose_on
from aml_maint.domain.supply import SupplyEntry, SupplyKind
from aml_maint.services.home_supply import SupplyStatus, supply_status
from aml_maint.services.workplace import Workplace
from aml_maint.store import supplies


def low_supplies(
    place: Workplace, found: Sequence[Course], today: date, low_below: int
) -> dict[str, tuple[LowSupply, ...]]:
    """By course: the drugs at home that last for fewer days than `low_below`.

    One query tells which courses have more than enough, were every dose taken; only the others
    are reckoned in full.
    """
    entries = supplies.of_courses(place.store, [course.id for course in found])
    low: dict[str, tuple[LowSupply, ...]] = {}
    for course in found:
        mine = entries.get(course.id, [])
        drugs = dict.fromkeys(entry.drug for entry in mine)
        of_drug = {drug: [e for e in mine if e.drug == drug] for drug in drugs}
        if all(_surely_enough(course, one, today, low_below) for one in of_drug.values()):
            continue
        told = tuple(_low(status) for status in supply_status(place, course.id) if status.is_low)
        if told:
            low[course.id] = told
    return low


def _low(status: SupplyStatus) -> LowSupply:
    told = status.forecast
    assert told is not None and told.short_on is not None  # what is low has a day on which it ends
    return LowSupply(
        status.drug.id, status.drug.name, told.days, told.short_on, status.entries[-1].id
    )


def _surely_enough(
    course: Course, entries: Sequence[SupplyEntry], today: date, low_below: int
) -> bool:
    """Would tablets be left for those days even if every dose had been taken since the last count?

    Without a count since the first dispensing. An amount that nobody has ordered decides nothing.
    """
    daily = _daily(course, entries[-1].drug, entries[-1].strength, today)
    if daily is None:
        return False
    counts = [entry for entry in entries if entry.kind is SupplyKind.COUNTED]
    since = counts[-1].at if counts else entries[0].at
    amount = _left(entries, counts[-1].at.utc if counts else None)
    days = (today - since.day_in(course.zone)).days + 1
    return amount - daily * days >= daily * (low_below + 1)


def _left(entries: Sequence[SupplyEntry], counted: datetime | None) -> Decimal:
    """What there was at the last count with what came and went since, in the drug's unit."""
    unit = entries[-1].strength.unit
    total = Decimal(0)
    for entry in entries:
        amount = entry.amount * factor(entry.strength.unit, unit)
        at_count = entry.kind is SupplyKind.COUNTED and entry.at.utc == counted
        later = counted is None or entry.at.utc > counted
        if at_count or (later and entry.kind is SupplyKind.DISPENSED):
            total += amount
        elif later and entry.kind in (SupplyKind.RETURNED, SupplyKind.LOST):
            total -= amount
    return total


def _daily(course: Course, drug: str, strength: Dose, today: date) -> Decimal | None:
    """The most of a drug that the plan can take in a day; None where an amount is not known."""
    total = Decimal(0)
    for component in course.regimen_on(today).components:
        if component.drug.id != drug:
            continue
        doses: Mapping[str, Dose | None] = {
            "regimen": component.dose, "now": dose_on(course, component, today),
        }  # fmt: skip
        known = [dose for dose in doses.values() if dose is not None]
        if not known:
            return None
        most = max(dose.value * factor(dose.unit, strength.unit) for dose in known)
        total += most * max(len(component.slots), 1)
    return total
