"""The rules that an entry of a dose has to pass."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from aml_maint.domain.administration import (
    INJECTION_SITES,
    TAKEN,
    Administration,
    Status,
    gate_time,
    off_time,
    too_soon,
)
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.gate import GateEvidence, GateVerdict, evaluate_all, is_gated
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose, LabValue, dose_text, dose_unit_text
from aml_maint.domain.regimen import Component
from aml_maint.domain.schedule import EXTRA, PlannedDose, SlotId, doses_between
from aml_maint.services.dose_entry import DoseEntry, Override
from aml_maint.services.dose_evidence import evidence_of, with_evidence
from aml_maint.services.dose_view import DosePair, paired, views
from aml_maint.services.ids import timed_id
from aml_maint.services.site_settings import needs_witness
from aml_maint.services.workplace import Workplace
from aml_maint.store import doses, gate_evidence

# A dose given further from its plan than this is a slip of the keyboard, or another dose.
FURTHEST_GIVEN_DAYS = 7

# Doses planned this long before or after can have been given on neighbouring days.
_AROUND = timedelta(days=2 * FURTHEST_GIVEN_DAYS + 7)

# The earliest instant at which a gate can be asked, before the midnight (UTC) of a dose's day.
_BEFORE = timedelta(days=FURTHEST_GIVEN_DAYS + 2)


class DoseRules:
    """What is needed to judge entries of one course: read once for all, when a rule asks for it."""

    def __init__(self, place: Workplace, course: Course, first: date, last: date) -> None:
        """For doses first planned on the days `first`..`last`."""
        self.actor, self._place = place.actor, place
        self.course = course
        self.now = place.clock.now()
        # Entries name the day first planned; a moved dose's current day may lie further off.
        reach = course.reach
        self.planned = {d.id: d for d in doses_between(course, first - reach, last + reach)}
        self._store, self._days = place.store, (first, last)
        self._verdicts: dict[tuple[SlotId, datetime], GateVerdict | None] = {}
        self._gone: frozenset[str] = frozenset()

    @classmethod
    def of(cls, place: Workplace, course: Course, entries: Iterable[DoseEntry]) -> DoseRules:
        """For the doses of some entries, of which there is at least one."""
        days = [entry.slot.planned_on for entry in entries]
        return cls(place, course, min(days), max(days))

    @cached_property
    def known(self) -> Mapping[SlotId, Administration]:
        """The standing records of the doses first planned on those days."""
        return doses.live_between(self._store, *self._days, self.course.id)

    def standing(self, records: Iterable[Administration]) -> tuple[DosePair, ...]:
        """How the doses of some records stand once these are saved, as of now.

        Left out is a pair one of whose doses was first planned for another day than those judged.
        """
        new = {record.slot: record for record in records}
        served = {self.planned[slot].linked_to or slot for slot in new}
        wanted = [d for d in self.planned.values() if d.id in served or d.linked_to in served]
        gated = any(is_gated(dose.component) for dose in wanted)
        evidence = self._evidence if gated else GateEvidence()
        corrected = [slot for slot, record in new.items() if record.replaces is not None]
        # Where no dose serves another, how others stand is of no concern.
        stand = new if new.keys() >= {d.id for d in wanted} else {**self.known, **new}
        found = paired(views(wanted, stand, evidence, self.now.utc, corrected))
        first, last = self._days
        return tuple(
            pair for pair in found if all(first <= v.slot.planned_on <= last for v in pair.parts)
        )

    def verdict(self, planned: PlannedDose, at: datetime) -> GateVerdict | None:
        """What the gates of a planned dose say at an instant near it; None if it has none."""
        asked = planned.id, at
        if asked not in self._verdicts:
            self._verdicts[asked] = self.verdict_on(planned.component, at)
        return self._verdicts[asked]

    def verdict_on(self, component: Component, at: datetime) -> GateVerdict | None:
        """The same of a component, whatever was planned."""
        return evaluate_all(component, self._evidence, at) if is_gated(component) else None

    @cached_property
    def _evidence(self) -> GateEvidence:
        """What the gates go by: no dose is given, and none asked, further before its day."""
        since = datetime.combine(self._days[0] - self.course.reach, time(), UTC) - _BEFORE
        return gate_evidence.of_courses(self._store, [self.course], since)[self.course.id]

    @cached_property
    def _spaced(self) -> tuple[Component, ...]:
        """The components whose doses need days between them."""
        return tuple(c for c in self.course.regimen.components if c.min_gap_days is not None)

    @cached_property
    def _near(self) -> tuple[Administration, ...]:
        """The standing records of those, as far as they can be too near to the doses judged."""
        around = _AROUND + 2 * self.course.reach
        first, last = self._days[0] - around, self._days[1] + around
        mine = {component.id for component in self._spaced}
        planned = doses.live_between(self._store, first, last, self.course.id, mine)
        extra = doses.unplanned_between(self._store, first, last, self.course.id, mine)
        return (*planned.values(), *(one for one in extra if one.slot.slot == EXTRA))

    def records(
        self, entries: Sequence[DoseEntry], replaced: Administration | None = None
    ) -> list[Administration]:
        """The records of some entries, one of which may replace a standing record.

        Raises what forbids them: BadInput for an impossible one, Refused for a rule.
        """
        made = [self._record(entry, replaced) for entry in entries]
        if replaced is not None:
            made = [replace(record, replaces=replaced.id) for record in made]
        overridden = {entry.slot for entry in entries if entry.override}
        near: dict[str, Administration] = {}
        for record, other in self.too_close(made):
            if record.slot not in overridden:
                self._refuse_gap(record, other)
            near[record.id] = other
        self._check_times(made)
        return [self._with_neighbour(r, near[r.id]) if r.id in near else r for r in made]

    def check_restored(self, records: Iterable[Administration], gone: Iterable[str]) -> None:
        """Refused if earlier records that come back do not fit what was recorded since.

        `gone` are the ids of the records they come back for.
        """
        back = [record for record in records if record.status in TAKEN]
        self._gone = frozenset(gone)
        for record in back:
            hold = self.planned[record.slot].hold if record.slot in self.planned else None
            if hold is not None and not is_overridden(record):
                raise Refused(say("error.held", since=hold.first_day), hint=say("error.undo.hint"))
        for record, other in self.too_close(back):
            if not is_overridden(record):
                self._refuse_gap(record, other)

    def _record(self, entry: DoseEntry, replaced: Administration | None) -> Administration:
        planned = self.planned.get(entry.slot)
        if planned is None:
            raise BadInput(say("error.not_planned", day=entry.slot.planned_on), field="slot")
        if planned.on > self.now.day_in(planned.zone):
            raise Refused(say("error.not_yet_due", day=planned.on))
        taken = entry.status in TAKEN
        if not taken and (entry.given is not None or entry.dose is not None):
            raise BadInput(say("error.not_given_has_no_dose"), field="dose")
        given = self._given(planned, entry) if taken else None
        return Administration(
            id=str(timed_id(self.now.utc)),
            slot=planned.id,
            patient_id=self.course.patient_id,
            status=entry.status,
            ideal=planned.ideal,
            planned=planned.at,
            given=given,
            dose=_amount(planned, entry) if taken else None,
            recorded=self.now,
            recorded_by=self.actor.name,
            recorded_role=self.actor.role.value,
            reason=entry.reason,
            note=entry.note.strip(),
            site=_site(planned, entry),
            lot=(entry.lot or "").strip() or None,
            temperature=plausible_temperature(entry.temperature),
            gate=self._kept(planned, given, entry.override),
            witness=self._witness(planned, entry, replaced),
        )

    def _witness(
        self, planned: PlannedDose, entry: DoseEntry, replaced: Administration | None
    ) -> str | None:
        # Rules of injections are loaded with the first dose that is recorded, or before it.
        from aml_maint.services.witnessing import confirmed_witness

        return confirmed_witness(
            self._place,
            entry.witness,
            entry.witness_passphrase,
            planned.component.drug.name,
            needed=entry.status in TAKEN and needs_witness(self._place, planned.component.id),
            replaced=replaced,
        )

    def _given(self, planned: PlannedDose, entry: DoseEntry) -> Moment:
        given = entry.given or self.now
        if abs(given.utc - planned.due) > timedelta(days=FURTHEST_GIVEN_DAYS):
            raise BadInput(
                say(
                    "error.given_far_from_plan",
                    given=given.local,
                    planned=planned.at,
                    days=FURTHEST_GIVEN_DAYS,
                ),
                hint=say("error.given_far_from_plan.hint"),
                field="given",
            )
        return given

    def _kept(
        self, planned: PlannedDose, given: Moment | None, override: Override | None
    ) -> str | None:
        """What to keep of gate, hold and override; Refused when a rule forbids a dose given.

        A dose that was not given keeps the verdict that held it: of now while it could still be
        given, else of its own time.
        """
        at = given.utc if given is not None else gate_time(planned, self.now.utc)
        verdict = self.verdict(planned, at)
        if given is None:
            return evidence_of(verdict, None, None)
        if planned.hold is not None and override is None:
            since = planned.hold.first_day
            raise Refused(say("error.held", since=since), hint=say("error.held.hint"))
        if planned.is_omitted and override is None:
            raise Refused(say("error.omitted"), hint=say("error.omitted.hint"))
        if verdict is not None and not verdict.is_open and override is None:
            raise Refused(verdict.reason, hint=say("error.gate_closed.hint"))
        return evidence_of(verdict, planned, override)

    def _check_times(self, made: Sequence[Administration]) -> None:
        """BadInput for a dose given outside its window without a coded reason.

        A premedication is on time by the dose that it serves as planned, or as given; that one
        is too early when it follows its premedication too soon.
        """
        new = {record.slot: record for record in made}
        serving = {d.linked_to: d for d in self.planned.values() if d.linked_to is not None}
        for record in made:
            if record.status is not Status.GIVEN or record.reason or record.given is None:
                continue
            planned, given = self.planned[record.slot], record.given.utc
            due = [self._when(planned.linked_to, new) if planned.linked_to else None, None]
            off = all(off_time(planned, given, served) for served in due)
            before = serving.get(record.slot)
            first = self._when(before.id, new) if before is not None else None
            if off or (before and first and too_soon(before, first, given)):
                raise BadInput(
                    say(
                        "error.off_time_reason",
                        drug=planned.component.drug.name,
                        given=record.given.local,
                        planned=planned.at,
                    ),
                    hint=say("error.off_time_reason.hint"),
                    field="reason",
                )

    def _when(self, slot: SlotId, new: Mapping[SlotId, Administration]) -> datetime | None:
        """When a dose was given, by the records made now or before; None if it was not."""
        record = new.get(slot) or self.known.get(slot)
        return record.given.utc if record is not None and record.given is not None else None

    def too_close(
        self, records: Sequence[Administration]
    ) -> list[tuple[Administration, Administration]]:
        """Each of some records with a dose of the same drug fewer days away than allowed.

        Calendar days of the course, over cycle seams too; one of the records may be the other.
        """
        new = {record.id for record in records}
        given = {record.slot.component for record in records}
        aside = {*(record.replaces for record in records), *new, *self._gone}
        found = []
        for component in (c for c in self._spaced if c.id in given):
            taken = [
                (r.given, r)
                for r in (*records, *(near for near in self._near if near.id not in aside))
                if r.slot.component == component.id and r.given is not None
            ]
            taken.sort(key=lambda pair: pair[0].utc)
            for (before, first), (after, second) in pairwise(taken):
                if first.id not in new and second.id not in new:
                    continue
                apart = after.day_in(self.course.zone) - before.day_in(self.course.zone)
                if component.min_gap_days is None or apart.days >= component.min_gap_days:
                    continue
                found += [(r, o) for r, o in ((first, second), (second, first)) if r.id in new]
        return found

    def _refuse_gap(self, record: Administration, other: Administration) -> None:
        gap = self.course.component(record.slot.component).min_gap_days
        raise Refused(
            say("error.too_close", days=gap, other=self._day_given(other)),
            hint=say("error.too_close.hint"),
        )

    def _with_neighbour(self, record: Administration, other: Administration) -> Administration:
        """The record with the dose that it is too close to: what its override set aside."""
        return with_evidence(record, too_close_to=str(self._day_given(other)))

    def _day_given(self, record: Administration) -> date:
        assert record.given is not None  # only doses that were taken are too close
        return record.given.day_in(self.course.zone)


def is_overridden(record: Administration) -> bool:
    """Was a rule set aside by name when it was recorded?"""
    return record.gate is not None and "override_by" in json.loads(record.gate)


def check_dose_unit(component: Component, dose: Dose, field: str = "dose") -> None:
    """BadInput for a dose in another unit than its drug's: milligrams are no micrograms."""
    drug = component.drug
    wanted = component.dose.unit if component.dose is not None else drug.dose_unit
    if wanted is not None and dose.unit != wanted:
        raise BadInput(
            say("error.dose_unit", drug=drug.name, unit=dose_unit_text(wanted)), field=field
        )


def _amount(planned: PlannedDose, entry: DoseEntry) -> Dose:
    """The dose given: as entered, else as planned; BadInput for one that can't be meant."""
    drug, dose = planned.component.drug, entry.dose
    if dose is None and entry.status is Status.PARTLY_GIVEN:
        raise BadInput(say("error.partly_needs_dose", drug=drug.name), field="dose")
    dose = dose or planned.dose
    if dose is None:
        raise BadInput(say("error.dose_needed", drug=drug.name), field="dose")
    check_dose_unit(planned.component, dose)
    if entry.status is Status.PARTLY_GIVEN and planned.dose and dose.value >= planned.dose.value:
        raise BadInput(say("error.partly_is_all", dose=dose_text(planned.dose)), field="dose")
    return dose


def _site(planned: PlannedDose, entry: DoseEntry) -> str | None:
    if entry.site in INJECTION_SITES and planned.component.drug.route == "oral":
        raise BadInput(say("error.site_of_oral", drug=planned.component.drug.name), field="site")
    return entry.site


def plausible_temperature(degrees: Decimal | None) -> Decimal | None:
    """A body temperature in degrees Celsius; BadInput for one that can't be meant."""
    if degrees is not None:
        # Grades are loaded when somebody took a temperature.
        from aml_maint.domain.toxicity import check_plausible
        from aml_maint.domain.toxicity_floor import FEVER
        from aml_maint.services import library

        fever = next(item for item in library.toxicity_items() if item.id == FEVER)
        check_plausible(fever, LabValue(degrees, "Cel"), "temperature")
    return degrees
