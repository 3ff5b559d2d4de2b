"""Drugs given as needed: standing orders for them, and the limits within which they are given.

A limit is a reason to refuse, which a named clinician can set aside. "In 24 hours" means any 24
hours that hold the new dose, not a calendar day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose, dose_text, factor
from aml_maint.domain.regimen import AsNeeded, Source
from aml_maint.domain.unplanned import INDICATIONS

_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class AsNeededOrder:
    """A prescriber's standing order: this drug and dose, for this, at most so often.

    `most_doses` are those in any 24 hours, `min_gap_minutes` lie between two; None leaves it to
    the drug's own limits. `last_day` None means until it is stopped.
    """

    id: str
    drug: str
    dose: Dose
    route: str
    indication: str
    ordered_by: str
    first_day: date
    last_day: date | None = None
    most_doses: int | None = None
    min_gap_minutes: int | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not self.ordered_by.strip():
            raise BadInput(say("unplanned.orderer_needed"), field="ordered_by")
        if self.indication not in INDICATIONS:
            raise BadInput(say("unplanned.no_indication"), field="indication")
        if self.last_day is not None and self.last_day < self.first_day:
            raise BadInput(say("as_needed.ends_first"), field="last_day")
        if self.most_doses is not None and not 1 <= self.most_doses <= 24:
            raise BadInput(say("as_needed.most_doses_range"), field="most_doses")
        if self.min_gap_minutes is not None and not 1 <= self.min_gap_minutes <= 24 * 60:
            raise BadInput(say("as_needed.gap_range"), field="min_gap")

    def covers(self, day: date) -> bool:
        """Does it stand on that day?"""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Given(NamedTuple):
    """A dose of the same drug that was given, planned or not."""

    at: Moment
    dose: Dose


class Limit(NamedTuple):
    """A limit that a dose would go beyond: which, in words, and whose it is."""

    kind: str
    message: Message
    source: Source | None


def limits_broken(
    drug: Name,
    rules: AsNeeded,
    dose: Given,
    others: Sequence[Given],
    coming: Sequence[datetime],
    order: AsNeededOrder | None = None,
) -> tuple[Limit, ...]:
    """Every limit that a dose of a drug given as needed would go beyond, the nearest first.

    `others` are the doses of the drug given before and after, `coming` the instants (UTC) at
    which one is planned and not recorded yet.
    """
    found = [*_order_limits(drug, dose, order)]
    found += _gap_limits(drug, rules, dose, others, coming, order)
    found += _sum_limits(drug, rules, dose, others, order)
    return tuple(found)


def _order_limits(drug: Name, dose: Given, order: AsNeededOrder | None) -> Iterator[Limit]:
    if order is None:
        return
    if dose.dose.value * factor(dose.dose.unit, order.dose.unit) > order.dose.value:
        told = say("as_needed.limit.order_dose", drug=drug, dose=dose_text(order.dose))
        yield Limit("order_dose", told, None)
    if not order.covers(dose.at.local.date()):
        key = "as_needed.limit.order_open" if order.last_day is None else "as_needed.limit.order"
        told = Message(key, {"drug": drug, "first": order.first_day, "last": order.last_day})
        yield Limit("order", told, None)


def _gap_limits(
    drug: Name,
    rules: AsNeeded,
    dose: Given,
    others: Sequence[Given],
    coming: Sequence[datetime],
    order: AsNeededOrder | None,
) -> Iterator[Limit]:
    by_order = order.min_gap_minutes if order is not None else None
    minutes = max(rules.min_gap_minutes or 0, by_order or 0)
    source = None if by_order == minutes else rules.gap_source
    gap, at = timedelta(minutes=minutes), dose.at.utc
    near = [other for other in others if abs(other.at.utc - at) < gap]
    told: dict[str, object] = {"drug": drug, "gap": _hours(minutes)}
    if near:
        nearest = min(near, key=lambda other: abs(other.at.utc - at))
        words = {**told, "other": nearest.at.local}
        yield Limit("gap", Message("as_needed.limit.gap", words), source)
    soon = [due for due in coming if at <= due < at + gap]
    if soon:
        due = Moment.at(min(soon), dose.at.zone).local
        words = {**told, "due": due}
        yield Limit("planned", Message("as_needed.limit.planned", words), source)


def _sum_limits(
    drug: Name,
    rules: AsNeeded,
    dose: Given,
    others: Sequence[Given],
    order: AsNeededOrder | None,
) -> Iterator[Limit]:
    windows = list(_windows(dose, others))
    by_order = order.most_doses if order is not None else None
    allowed = min((n for n in (rules.most_doses, by_order) if n is not None), default=None)
    number = max(len(window) for window in windows)
    if allowed is not None and number > allowed:
        told = say("as_needed.limit.doses", drug=drug, count=number, most=allowed)
        source = None if allowed == by_order else rules.doses_source
        yield Limit("doses", told, source)
    if rules.most is not None:
        unit = rules.most.unit
        total = max(_sum(window, unit) for window in windows)
        if total > rules.most.value:
            told = say(
                "as_needed.limit.most",
                drug=drug,
                total=dose_text(Dose(total, unit)),
                most=dose_text(rules.most),
            )
            yield Limit("most", told, rules.most_source)


def _windows(dose: Given, others: Sequence[Given]) -> Iterator[list[Given]]:
    """Every 24 hours that begin with a dose and hold the new one; their end is not included."""
    everything = [*others, dose]
    for first in everything:
        if first.at.utc <= dose.at.utc < first.at.utc + _DAY:
            until = first.at.utc + _DAY
            yield [one for one in everything if first.at.utc <= one.at.utc < until]


def _sum(doses: Sequence[Given], unit: str) -> Decimal:
    return sum((one.dose.value * factor(one.dose.unit, unit) for one in doses), Decimal(0))


def _hours(minutes: int) -> Message:
    """A length of time: in hours where it is whole hours."""
    hours, rest = divmod(minutes, 60)
    return (
        say("as_needed.minutes", minutes=minutes) if rest else say("as_needed.hours", hours=hours)
    )
