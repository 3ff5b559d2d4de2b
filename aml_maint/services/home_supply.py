"""Home supply: what was dispensed and came back, what should be at home, and how long it lasts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from aml_maint.domain.administration import is_needed
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.gate import GateEvidence, GateVerdict, evaluate_all
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import dose_text, factor
from aml_maint.domain.regimen import Drug
from aml_maint.domain.schedule import AS_NEEDED, PlannedDose, days, doses_between, doses_on
from aml_maint.domain.supply import (
    Account,
    Due,
    Forecast,
    SupplyEntry,
    SupplyKind,
    Taken,
    account,
    forecast,
    prolonged,
)
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.medicines import drugs_of
from aml_maint.services.site_settings import site_settings
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, gate_evidence, supplies

# How far ahead doses are planned for, and how far back unconfirmed ones are looked for.
LOOK_AHEAD = timedelta(days=120)
_LOOK_BACK = timedelta(days=60)

# A day further off than this is a slip of the keyboard.
_FURTHEST_BACK = timedelta(days=366)


@dataclass(frozen=True)
class SupplyStatus:
    """The tablets of one drug at a patient's home, as of `now`.

    `unconfirmed` doses were planned since the last count, or since the first dispensing, and
    nothing is recorded of them: the forecast takes them as taken, so that it never promises too
    much. `gate` is the verdict that keeps the drug from being taken now. `forecast` is None for
    a drug given as needed only, behind a closed gate, and after the end of the course.
    """

    drug: Drug
    entries: tuple[SupplyEntry, ...]
    account: Account
    unconfirmed: int
    unconfirmed_amount: Decimal
    forecast: Forecast | None
    gate: GateVerdict | None
    course_ended: bool
    low_below_days: int
    now: Moment

    @property
    def is_low(self) -> bool:
        """Does it last for fewer days than the site wants to know of?"""
        found = self.forecast
        return (
            found is not None and found.short_on is not None and (found.days < self.low_below_days)
        )

    @property
    def lasts(self) -> Message:
        """Until when it lasts, or why that can't be told."""
        found = self.forecast
        if self.course_ended:
            return say("supply.lasts.ended")
        if self.gate is not None:
            return say("supply.lasts.gate")
        if found is None:
            return say("supply.lasts.as_needed")
        if found.unknown:
            return say("supply.lasts.not_ordered")
        if found.short_on is None:
            return say("supply.lasts.long", days=LOOK_AHEAD.days)
        told: dict[str, object] = {"day": found.short_on, "days": found.days}
        return Message("supply.lasts.low" if self.is_low else "supply.lasts", told)

    @property
    def difference(self) -> Decimal:
        """What the last count found too much (or, below 0, too little); 0 without a count."""
        last = self.account.last_count
        return Decimal(0) if last is None else last.difference

    @property
    def expired(self) -> tuple[SupplyEntry, ...]:
        """What was dispensed and is out of date, or will be before it is used up.

        Of earlier dispensings it is not known how many tablets are left, so only the latest of
        each strength counts.
        """
        if self.account.at_home <= 0:
            return ()
        last = {e.strength: e for e in self.entries if e.kind is SupplyKind.DISPENSED}
        until = self.now.local.date()
        if self.forecast is not None:
            until = max(until, (self.forecast.short_on or self.forecast.last_day))
        return tuple(e for e in last.values() if e.expires_on is not None and e.expires_on < until)


def supply_status(place: Workplace, course_id: str) -> tuple[SupplyStatus, ...]:
    """The home supply of a course, drug by drug; empty where nothing was ever dispensed."""
    entries = supplies.of_course(place.store, course_id)
    dispensed = {e.drug for e in entries if e.kind is SupplyKind.DISPENSED}
    if not dispensed:
        return ()
    course = courses.course(place.store, course_id, place.shelf)
    reading = _Reading(place, course, entries)
    drugs = drugs_of(place)
    order = [c.drug.id for c in course.regimen.components] + list(drugs)
    return tuple(
        reading.status(drugs[drug], [e for e in entries if e.drug == drug])
        for drug in sorted(dispensed, key=order.index)
    )


def record_supply(
    place: Workplace, course_id: str, entry: SupplyEntry, command_id: UUID | None = None
) -> Changes:
    """Record tablets dispensed, returned, lost or counted. Its id is given here if it has none.

    BadInput for a drug or strength that the list lacks, Refused for tablets that come back, or
    are counted, before any were dispensed.
    """
    if (done := place.done_before(command_id, "record_supply")) is not None:
        return done
    course = courses.course(place.store, course_id, place.shelf)
    _check(place, course, entry)
    made = replace(
        entry,
        id=entry.id or str(uuid4()),
        recorded_by=place.actor.name,
        note=entry.note.strip(),
        lot=(entry.lot or "").strip() or None,
    )
    return place.write(
        "record_supply",
        lambda transaction: supplies.add(transaction, course_id, made),
        touched=Touched.SUPPLY,
        patient_id=course.patient_id,
        command_id=command_id,
        occurred=made.at,
    )


def withdraw_supply(
    place: Workplace, entry_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back an entry that was made in error."""
    if (done := place.done_before(command_id, "withdraw_supply")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    course_id = supplies.course_of(place.store, entry_id)
    return place.write(
        "withdraw_supply",
        lambda transaction: supplies.withdraw(transaction, entry_id),
        touched=Touched.SUPPLY,
        patient_id=courses.patient_of(place.store, course_id),
        command_id=command_id,
        reason=reason,
    )


def home_drugs(place: Workplace, course_id: str) -> tuple[Drug, ...]:
    """The drugs that a patient can be given to take home: the regimen's tablets first."""
    course = courses.course(place.store, course_id, place.shelf)
    mine = [component.drug.id for component in course.regimen.components]
    known = [drug for drug in drugs_of(place).values() if drug.strengths and drug.route == "oral"]
    used = [drug for drug in known if drug.id in mine]
    needed = [drug for drug in known if drug.id not in mine and drug.as_needed and drug.in_use]
    return (*sorted(used, key=lambda drug: mine.index(drug.id)), *needed)


def _check(place: Workplace, course: Course, entry: SupplyEntry) -> None:
    drug = next((d for d in home_drugs(place, course.id) if d.id == entry.drug), None)
    if drug is None:
        raise BadInput(say("supply.error.no_such_drug"), field="drug")
    strengths = [strength.dose for strength in drug.strengths]
    if entry.strength not in strengths:
        known = tuple(dose_text(strength) for strength in strengths)
        raise BadInput(say("supply.error.strength", drug=drug.name, known=known), field="strength")
    now = place.clock.now()
    if entry.at.utc > now.utc:
        raise BadInput(say("supply.error.future"), field="at")
    if now.utc - entry.at.utc > _FURTHEST_BACK:
        raise BadInput(say("supply.error.long_ago"), field="at")
    if entry.kind is SupplyKind.DISPENSED:
        return
    before = [
        e
        for e in supplies.of_course(place.store, course.id)
        if e.drug == entry.drug and e.kind is SupplyKind.DISPENSED and e.at <= entry.at
    ]
    if not before:
        raise Refused(say("supply.error.nothing_dispensed", drug=drug.name), field="drug")
    if entry.strength not in [e.strength for e in before]:
        raise BadInput(say("supply.error.never_dispensed"), field="strength")


class _Reading:
    """What the statuses of one course need, read once for all its drugs."""

    def __init__(self, place: Workplace, course: Course, entries: Sequence[SupplyEntry]) -> None:
        self.now = place.clock.now()
        self.today = self.now.day_in(course.zone)
        self.last_day = self.today + LOOK_AHEAD
        self.course = course
        self.low_below = site_settings(place).days("supply.low_below")
        first = min(entry.at.utc for entry in entries)
        self.taken = doses.taken_since(place.store, course.id, first)
        # The next cycles are not recorded yet; without delay they begin when this one ends.
        self._longer = prolonged(course, self.today, self.last_day)
        dispensed = first - timedelta(days=1)
        since = max(self.today - _LOOK_BACK, course.first_day, dispensed.date())
        self.past = doses_between(self._longer, since, self.today)
        self._days: dict[date, tuple[PlannedDose, ...]] = {}
        reach = course.reach
        self.known = doses.live_between(
            place.store, since - reach, self.today + reach + timedelta(days=1), course.id
        )
        self.evidence: GateEvidence = gate_evidence.of_course(place.store, course)

    def status(self, drug: Drug, entries: Sequence[SupplyEntry]) -> SupplyStatus:
        """How one drug stands."""
        components = {c.id for c in self.course.regimen.components if c.drug.id == drug.id}
        found = account(entries, self._taken(drug, components), self.now.utc)
        mine = [dose for dose in self.past if dose.component.id in components]
        ended = self.course.ended_on is not None and self.course.ended_on <= self.today
        start = self._start(found, entries)
        missing = [d for d in mine if start < d.due <= self.now.utc and self._is_open(d)]
        assumed = sum(
            (d.dose.value * factor(d.dose.unit, found.unit) for d in missing if d.dose), Decimal(0)
        )
        gate = None if ended else self._closed(components)
        told = None
        if components and not ended and gate is None:
            told = forecast(
                found.at_home - assumed, found.unit, found.strengths, self._due(components),
                self.today, self.last_day,
            )  # fmt: skip
        return SupplyStatus(
            drug, tuple(entries), found, len(missing), assumed, told, gate, ended,
            self.low_below, self.now,
        )  # fmt: skip

    def _taken(self, drug: Drug, components: Collection[str]) -> Iterator[Taken]:
        for one in self.taken:
            mine = (
                one.component == drug.id if one.slot == AS_NEEDED else one.component in components
            )
            if mine:
                yield Taken(one.given, one.dose)

    def _start(self, found: Account, entries: Sequence[SupplyEntry]) -> datetime:
        """From when on unconfirmed doses bear on what is at home."""
        if found.last_count is not None:
            return found.last_count.at.utc
        return min(e.at.utc for e in entries if e.kind is SupplyKind.DISPENSED)

    def _is_open(self, dose: PlannedDose) -> bool:
        """Could it have been taken, as far as is known, though nothing is recorded of it?"""
        if dose.id in self.known or dose.is_left_out:
            return False
        served = self.known.get(dose.linked_to) if dose.linked_to is not None else None
        verdict = evaluate_all(dose.component, self.evidence, dose.due)
        return is_needed(served) and (verdict is None or verdict.is_open)

    def _closed(self, components: Collection[str]) -> GateVerdict | None:
        """The verdict that keeps the drug from being taken now."""
        for component in self.course.regimen_on(self.today).components:
            if component.id in components:
                verdict = evaluate_all(component, self.evidence, self.now.utc)
                if verdict is not None and not verdict.is_open:
                    return verdict
        return None

    def _due(self, components: Collection[str]) -> Iterator[Due]:
        """The doses to come, planned day by day: most supplies end long before the last day."""
        for day in days(self.today, self.last_day):
            if day not in self._days:
                self._days[day] = doses_on(self._longer, day)
            for dose in self._days[day]:
                mine = dose.component.id in components and not dose.is_left_out
                if mine and dose.due > self.now.utc and dose.id not in self.known:
                    yield Due(dose.on, dose.dose)
