"""Standing orders for drugs given as needed: order, stop, and what is known of each drug now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from aml_maint.domain.administration import Administration
from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose, factor
from aml_maint.domain.regimen import Drug
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.dose_rules import check_dose_unit
from aml_maint.services.medicines import (
    Medicine,
    component_of_record,
    drugs_of,
    medicine_known,
    medicine_of,
    medicines,
)
from aml_maint.services.workplace import Workplace
from aml_maint.store import as_needed, courses, doses

_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class MedicineNow:
    """A medicine that can be given without a plan, with what bears on giving it now.

    `orders` stand today. `doses` and `total` are those of the last 24 hours, planned ones
    included; `next_from` is when the gap to the last dose is over, None where no gap is known.
    One that is not `offered` is given no more, but was ordered in this course.
    """

    medicine: Medicine
    orders: tuple[AsNeededOrder, ...]
    last: Administration | None
    doses: int
    total: Dose | None
    next_from: Moment | None
    offered: bool = True


def order_as_needed(
    place: Workplace, course_id: str, order: AsNeededOrder, command_id: UUID | None = None
) -> Changes:
    """Order a drug as needed. Its id is given here if it has none.

    BadInput for a drug that is not given so, or a dose, route or reason that is not the drug's.
    """
    if (done := place.done_before(command_id, "order_as_needed")) is not None:
        return done
    course = courses.course(place.store, course_id, place.shelf)
    medicine = medicine_of(drugs_of(place), course, order.drug, order.first_day)
    _check_order(medicine, order)
    if course.ended_on is not None:
        raise Refused(say("error.course_ended"))
    if order.first_day < course.first_day:
        raise BadInput(say("error.order_before_course"), field="first_day")
    for other in as_needed.of_course(place.store, course_id):
        if _same_purpose(other, order) and _overlap(other, order):
            raise Refused(say("as_needed.ordered_already", since=other.first_day))
    made = replace(order, id=order.id or str(uuid4()), ordered_by=order.ordered_by.strip())
    return place.write(
        "order_as_needed",
        lambda transaction: as_needed.add(transaction, course_id, made),
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
    )


def stop_as_needed(
    place: Workplace,
    course_id: str,
    order_id: str,
    last_day: date,
    reason: str,
    command_id: UUID | None = None,
) -> Changes:
    """End an order after a day. One that ends before it began, and was never used, is undone."""
    if (done := place.done_before(command_id, "stop_as_needed")) is not None:
        return done
    patient_id = courses.patient_of(place.store, course_id)
    orders = as_needed.of_course(place.store, course_id)
    order = next((one for one in orders if one.id == order_id), None)
    if order is None:
        raise BadInput(say("as_needed.no_such_order"), field="order")
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    if order.last_day is not None and last_day > order.last_day:
        raise Refused(say("as_needed.ended_already", last=order.last_day))
    used = [
        record.slot.planned_on
        for record in doses.unplanned_between(place.store, date.min, date.max, course_id)
        if record.unplanned is not None and record.unplanned.order == order.id
    ]
    if used and last_day < max(used):
        raise Refused(say("as_needed.used_since", day=max(used)))
    return place.write(
        "stop_as_needed",
        lambda transaction: (
            as_needed.withdraw(transaction, order)
            if last_day < order.first_day
            else as_needed.stop(transaction, order, last_day)
        ),
        touched=Touched.COURSES,
        patient_id=patient_id,
        command_id=command_id,
        reason=reason,
    )


def as_needed_orders(place: Workplace, course_id: str) -> tuple[AsNeededOrder, ...]:
    """The orders of a course, also those that have ended, the latest first."""
    return tuple(as_needed.of_course(place.store, course_id))


def medicines_now(
    place: Workplace, course_id: str, also: str | None = None
) -> tuple[MedicineNow, ...]:
    """Everything that can be given without a plan in a course, as it stands now.

    A drug that is given no more is among them if it was ordered in the course, or asked for as
    `also`: a record names it.
    """
    course = courses.course(place.store, course_id, place.shelf)
    drugs, now = drugs_of(place), place.clock.now()
    today = now.day_in(course.zone)
    orders = as_needed.of_course(place.store, course_id)
    taken = _taken_by_drug(place, course, drugs, today)
    found = []
    for medicine in medicines(drugs, course, today):
        mine = [order for order in orders if order.drug == medicine.drug.id]
        standing = () if medicine.is_extra else tuple(o for o in mine if o.covers(today))
        records = taken.get(medicine.drug.id, [])
        found.append(_now(medicine, standing, records, now))
    offered = {one.medicine.drug.id for one in found}
    ordered = [order.drug for order in orders]
    if also is not None and also in drugs:
        ordered.append(also)
    components = {component.id for component in course.components}
    for id in dict.fromkeys(one for one in ordered if one not in offered | components):
        known = _now(medicine_known(drugs, course, id, today), (), taken.get(id, []), now)
        found.append(replace(known, offered=False))
    return tuple(found)


def _now(
    medicine: Medicine,
    orders: tuple[AsNeededOrder, ...],
    records: Sequence[Administration],
    now: Moment,
) -> MedicineNow:
    last = max(records, key=_given, default=None)
    recent = [record for record in records if _given(record) > now.utc - _DAY]
    rules = medicine.drug.as_needed
    gaps = [rules.min_gap_minutes if rules else None, *(o.min_gap_minutes for o in orders)]
    gap = max((minutes for minutes in gaps if minutes is not None), default=None)
    following = None
    if last is not None and gap is not None:
        following = Moment.at(_given(last) + timedelta(minutes=gap), now.zone)
    return MedicineNow(medicine, orders, last, len(recent), _total(recent), following)


def _given(record: Administration) -> datetime:
    assert record.given is not None  # only doses that were taken are asked for
    return record.given.utc


def _total(records: Sequence[Administration]) -> Dose | None:
    amounts = [record.dose for record in records if record.dose is not None]
    if not amounts:
        return None
    unit = amounts[0].unit
    total = sum((one.value * factor(one.unit, unit) for one in amounts), Decimal(0))
    return Dose(total, unit)


def _taken_by_drug(
    place: Workplace, course: Course, drugs: Mapping[str, Drug], today: date
) -> dict[str, list[Administration]]:
    """The doses taken in the last days by drug, planned or not."""
    store, week, reach = place.store, timedelta(days=7), course.reach
    planned = doses.live_between(store, today - week - reach, today + reach, course.id)
    unplanned = doses.unplanned_between(store, today - week, today, course.id)
    found: dict[str, list[Administration]] = {}
    for record in (*planned.values(), *unplanned):
        if record.given is not None:
            drug = component_of_record(drugs, course, record).drug
            found.setdefault(drug.id, []).append(record)
    return found


def _check_order(medicine: Medicine, order: AsNeededOrder) -> None:
    """BadInput unless drug, dose, route and indication of an order go together."""
    rules, drug = medicine.drug.as_needed, medicine.drug
    if rules is None:
        raise BadInput(say("as_needed.not_so", drug=drug.name), field="drug")
    check_dose_unit(medicine.component, order.dose)
    if order.route not in medicine.routes:
        known = tuple(say(f"route.{name}") for name in medicine.routes)
        raise BadInput(say("unplanned.no_route", drug=drug.name, known=known), field="route")
    if order.indication not in rules.indications:
        raise BadInput(say("unplanned.no_indication"), field="indication")
    most = rules.most
    if most is not None and order.dose.value * factor(order.dose.unit, most.unit) > most.value:
        raise BadInput(say("as_needed.dose_above_day", drug=drug.name), field="dose")


def _same_purpose(one: AsNeededOrder, other: AsNeededOrder) -> bool:
    return (one.drug, one.indication) == (other.drug, other.indication)


def _overlap(one: AsNeededOrder, other: AsNeededOrder) -> bool:
    last = date.max
    return one.first_day <= (other.last_day or last) and other.first_day <= (one.last_day or last)
