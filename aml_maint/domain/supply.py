"""Tablets at home: dispensed, returned, lost and counted, against the doses confirmed as taken.

Nothing is assumed: what should be at home is what was dispensed less what was given back, lost
and taken, and a count is told beside that, with the difference. Amounts are in the unit in which
the drug is dosed; a tablet is its strength.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from aml_maint.domain.course import Course, CycleStart
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose, dose_text, dose_unit_text, factor, plain

# More tablets at once are a slip of the keyboard.
MOST_TABLETS = 2_000


class SupplyKind(StrEnum):
    """What happened to tablets."""

    DISPENSED = "dispensed"
    RETURNED = "returned"
    LOST = "lost"
    COUNTED = "counted"


@dataclass(frozen=True)
class SupplyEntry:
    """Tablets of one strength that were dispensed, returned, lost, or counted at a visit.

    A count is of all tablets of that strength that the patient has; it may be 0. Lot and expiry
    belong to what was dispensed.
    """

    id: str
    drug: str
    strength: Dose
    kind: SupplyKind
    tablets: int
    at: Moment
    recorded_by: str
    lot: str | None = None
    expires_on: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        least = 0 if self.kind is SupplyKind.COUNTED else 1
        if not least <= self.tablets <= MOST_TABLETS:
            told = say("supply.error.tablets", least=least, most=MOST_TABLETS)
            raise BadInput(told, field="tablets")
        dispensed = self.kind is SupplyKind.DISPENSED
        if not dispensed and (self.lot or self.expires_on):
            raise BadInput(say("supply.error.lot_of_dispensed"), field="lot")
        if self.expires_on is not None and self.expires_on < self.at.local.date():
            raise BadInput(say("supply.error.expired"), field="expires_on")

    @property
    def amount(self) -> Decimal:
        """The tablets in the unit of their strength."""
        return self.strength.value * self.tablets


class Taken(NamedTuple):
    """A dose confirmed as taken, and when (UTC)."""

    at: datetime
    dose: Dose


@dataclass(frozen=True)
class CountCheck:
    """A count at a visit beside what should have been there; both in the drug's unit."""

    at: Moment
    counted: Decimal
    expected: Decimal

    @property
    def difference(self) -> Decimal:
        """Counted less expected: below 0 tablets are missing, above 0 there are too many."""
        return self.counted - self.expected


@dataclass(frozen=True)
class Account:
    """The tablets of one drug up to an instant, in `unit`.

    The sums go back to the first dispensing; doses before that came from elsewhere. `at_home` is
    what the last count found, with what happened since; without a count it is `expected`.
    """

    unit: str
    strengths: tuple[Dose, ...]
    dispensed: Decimal
    returned: Decimal
    lost: Decimal
    taken: Decimal
    doses: int
    at_home: Decimal
    counts: tuple[CountCheck, ...]

    @property
    def expected(self) -> Decimal:
        """What should be at home by the records alone: dispensed − returned − lost − taken."""
        return self.dispensed - self.returned - self.lost - self.taken

    @property
    def last_count(self) -> CountCheck | None:
        """The latest count."""
        return self.counts[-1] if self.counts else None

    def tablets(self, amount: Decimal) -> Decimal | None:
        """An amount in tablets; None when tablets of several strengths are at home."""
        return amount / self.strengths[0].value if len(self.strengths) == 1 else None

    def told(self, amount: Decimal) -> Message:
        """An amount in tablets, or in the drug's unit where tablets of several strengths are home.

        It may be nothing, or less than nothing.
        """
        tablets = self.tablets(amount)
        if tablets is not None:
            key = "supply.tablets.one" if tablets == 1 else "supply.tablets"
            return Message(key, {"number": plain(tablets)})
        if amount > 0:
            return dose_text(Dose(amount, self.unit))
        return say("supply.amount", number=plain(amount), unit=dose_unit_text(self.unit))

    def explained(self) -> Message:
        """`56 tablets dispensed − 24 tablets taken (doses: 12) = 32 tablets`; no term is 0."""
        so_far = say("supply.term.dispensed", amount=self.told(self.dispensed))
        for name, amount in (("returned", self.returned), ("lost", self.lost)):
            if amount:
                words = {"before": so_far, "amount": self.told(amount)}
                so_far = Message(f"supply.term.{name}", words)
        if self.doses:
            words = {"before": so_far, "amount": self.told(self.taken)}
            so_far = Message("supply.term.taken", words | {"doses": self.doses})
        return say("supply.term.equals", before=so_far, amount=self.told(self.expected))


def account(entries: Iterable[SupplyEntry], taken: Iterable[Taken], until: datetime) -> Account:
    """The account of one drug's tablets up to an instant (UTC). ValueError without a dispensing.

    A count of several strengths at one moment is one count. Doses taken at the very instant of a
    count were taken before it.
    """
    known = sorted((e for e in entries if e.at.utc <= until), key=lambda e: e.at.utc)
    first = next((e.at.utc for e in known if e.kind is SupplyKind.DISPENSED), None)
    if first is None:
        raise ValueError("nothing was dispensed")
    unit = known[0].strength.unit
    doses = sorted((t for t in taken if first <= t.at <= until), key=lambda t: t.at)
    counts = tuple(_counts(known, doses, unit, first))
    start, base = (counts[-1].at.utc, counts[-1].counted) if counts else (None, Decimal(0))
    sums = {kind: _sum_of(known, kind) for kind in SupplyKind}
    return Account(
        unit=unit,
        strengths=_strengths(known),
        dispensed=sums[SupplyKind.DISPENSED],
        returned=sums[SupplyKind.RETURNED],
        lost=sums[SupplyKind.LOST],
        taken=_amount(doses, unit),
        doses=len(doses),
        at_home=base + _change(known, doses, unit, start, until),
        counts=counts,
    )


def _counts(
    known: Sequence[SupplyEntry], doses: Sequence[Taken], unit: str, first: datetime
) -> Iterator[CountCheck]:
    """Each count beside what should have been there since the one before it."""
    moments = sorted(
        {e.at for e in known if e.kind is SupplyKind.COUNTED and e.at.utc >= first},
        key=lambda at: at.utc,
    )
    before: datetime | None = None
    base = Decimal(0)
    for at in moments:
        expected = base + _change(known, doses, unit, before, at.utc)
        mine = [e for e in known if e.kind is SupplyKind.COUNTED and e.at == at]
        counted = sum((entry.amount for entry in mine), Decimal(0))
        yield CountCheck(at, counted, expected)
        before, base = at.utc, counted


def _change(
    known: Sequence[SupplyEntry],
    doses: Sequence[Taken],
    unit: str,
    since: datetime | None,
    until: datetime,
) -> Decimal:
    """What came and went after an instant, up to another."""
    change = Decimal(0)
    for entry in known:
        if entry.kind is SupplyKind.COUNTED or not _within(entry.at.utc, since, until):
            continue
        change += entry.amount if entry.kind is SupplyKind.DISPENSED else -entry.amount
    return change - _amount([d for d in doses if _within(d.at, since, until)], unit)


def _within(at: datetime, since: datetime | None, until: datetime) -> bool:
    return (since is None or at > since) and at <= until


def _sum_of(known: Sequence[SupplyEntry], kind: SupplyKind) -> Decimal:
    return sum((entry.amount for entry in known if entry.kind is kind), Decimal(0))


def _amount(doses: Sequence[Taken], unit: str) -> Decimal:
    return sum((one.dose.value * factor(one.dose.unit, unit) for one in doses), Decimal(0))


def _strengths(known: Sequence[SupplyEntry]) -> tuple[Dose, ...]:
    """The strengths dispensed, the smallest first."""
    found = {e.strength for e in known if e.kind is SupplyKind.DISPENSED}
    return tuple(sorted(found, key=lambda strength: strength.value))


class Due(NamedTuple):
    """A dose to come: its day, and how much; None where nobody has ordered one."""

    on: date
    dose: Dose | None


@dataclass(frozen=True)
class Forecast:
    """How long what is at home lasts for the doses to come.

    `short_on` is the day of the first dose that can't be taken whole; None when every dose of
    the days looked at can be. `days` are the whole days from today that are covered, `doses` the
    doses. `odd` doses need part of a tablet. `unknown` says that a dose has no amount, so
    nothing can be told beyond it.
    """

    days: int
    doses: int
    short_on: date | None
    last_day: date
    odd: bool = False
    unknown: bool = False


def forecast(
    at_home: Decimal, unit: str, strengths: Sequence[Dose], due: Iterable[Due], today: date,
    last_day: date,
) -> Forecast:  # fmt: skip
    """How long an amount lasts for doses in the order of time, looked at up to `last_day`."""
    left, number, odd = at_home, 0, False
    for dose in due:
        if dose.on > last_day:
            break
        if dose.dose is None:
            days = max((dose.on - today).days, 0)
            return Forecast(days, number, None, last_day, odd, unknown=True)
        amount = dose.dose.value * factor(dose.dose.unit, unit)
        odd = odd or not _whole(amount, strengths)
        if amount > left:
            return Forecast(max((dose.on - today).days, 0), number, dose.on, last_day, odd)
        left -= amount
        number += 1
    return Forecast((last_day - today).days + 1, number, None, last_day, odd)


def _whole(amount: Decimal, strengths: Sequence[Dose]) -> bool:
    """Can an amount be put together of whole tablets of these strengths?"""
    reachable = {Decimal(0)}
    for size in (strength.value for strength in strengths):
        reachable |= {
            start + size * number
            for start in reachable
            for number in range(1, int((amount - start) // size) + 1)
        }
    return amount in reachable


def prolonged(course: Course, today: date, until: date) -> Course:
    """The course with the cycles that would follow without delay, so that doses can be counted.

    A cycle past its length is taken to end today: what begins it is a recorded act.
    """
    if course.ended_on is not None:
        return course
    limit = course.regimen.max_cycles
    starts = list(course.cycles)
    while limit is None or len(starts) < limit:
        last = starts[-1]
        length = timedelta(days=course.cycle_days(last.number))
        day = max(last.first_day + length, today + timedelta(days=1))
        if day > until:
            break
        starts.append(CycleStart(last.number + 1, day))
    return replace(course, cycles=tuple(starts))
