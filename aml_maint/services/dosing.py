"""Recording doses: given, partly given, missed, held, refused; confirm a stretch; correct; undo."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID, uuid4

from aml_maint.domain.administration import TAKEN, Administration, Status
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.gate import GateVerdict, evaluate_all
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import PlannedDose, SlotId, doses_between, find
from aml_maint.services import library
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, labs


@dataclass(frozen=True)
class Override:
    """A named decision to give a dose that a rule holds back, with its reason."""

    by: str
    reason: str

    def __post_init__(self) -> None:
        if not self.by.strip() or not self.reason.strip():
            raise BadInput(say("error.override_needs_name_and_reason"), field="override")


@dataclass(frozen=True)
class DoseEntry:
    """What a person says of one planned dose.

    For a dose taken, `given` defaults to now and `dose` to the planned dose.
    """

    slot: SlotId
    status: Status
    given: Moment | None = None
    dose: Dose | None = None
    reason: str | None = None
    note: str = ""
    site: str | None = None
    lot: str | None = None
    temperature: Decimal | None = None
    override: Override | None = None


def log_dose(place: Workplace, entry: DoseEntry, command_id: UUID | None = None) -> Changes:
    """Record one dose. Raises Refused when a gate, a hold or the minimum gap forbids it."""
    return log_doses(place, [entry], command_id)


def log_doses(
    place: Workplace, entries: Sequence[DoseEntry], command_id: UUID | None = None
) -> Changes:
    """Record several doses of one course at once, all or none."""
    if (done := place.done_before(command_id)) is not None:
        return done
    if not entries:
        raise BadInput(say("error.nothing_selected"))
    course = courses.course(place.store, entries[0].slot.course, library.regimen)
    if any(entry.slot.course != course.id for entry in entries):
        raise ValueError("doses of one course at a time")
    desk = _Desk(place, course, entries)
    for entry in entries:
        if entry.slot in desk.known:
            raise Refused(say("error.already_recorded", day=entry.slot.planned_on))
    records = [desk.record(entry) for entry in entries]
    desk.check_gaps(records, {entry.slot for entry in entries if entry.override})
    return place.write(
        "log_dose" if len(records) == 1 else "log_doses",
        lambda transaction: doses.add_all(transaction, records),
        touched=Touched.DOSES,
        patient_id=course.patient_id,
        command_id=command_id,
        occurred=records[0].given,
    )


@dataclass(frozen=True)
class RangeConfirmation:
    """Doses of several days confirmed as taken at a visit, with the exceptions typed.

    `components` and `slots` narrow it to some drugs, or to some planned doses.
    """

    course_id: str
    first: date
    last: date
    components: tuple[str, ...] = ()
    exceptions: Mapping[SlotId, DoseEntry] = field(default_factory=dict)
    slots: frozenset[SlotId] = frozenset()


def confirm_range(
    place: Workplace, wanted: RangeConfirmation, command_id: UUID | None = None
) -> Changes:
    """Confirm every open, due dose of a stretch of past days as taken at its planned time.

    Doses already recorded, held or behind a closed gate are left alone; exceptions are recorded
    as typed. Nothing else counts as given.
    """
    if (done := place.done_before(command_id)) is not None:
        return done
    course = courses.course(place.store, wanted.course_id, library.regimen)
    now = place.clock.now()
    reach = course.reach
    known = doses.live_between(place.store, wanted.first - reach, wanted.last + reach, course.id)
    results = labs.of_patient(place.store, course.patient_id)
    entries = []
    for planned in _wanted(course, wanted):
        if planned.id in known or planned.due > now.utc:
            continue
        if wanted.components and planned.component.id not in wanted.components:
            continue
        if planned.id in wanted.exceptions:
            entries.append(wanted.exceptions[planned.id])
            continue
        gate = evaluate_all(planned.component, results, planned.due)
        if not planned.is_left_out and (gate is None or gate.is_open) and planned.dose is not None:
            given = Moment.at(planned.due, planned.zone)
            entries.append(DoseEntry(planned.id, Status.GIVEN, given, note=""))
    if not entries:
        raise Refused(say("error.nothing_to_confirm"))
    return log_doses(place, entries, command_id)


def _wanted(course: Course, wanted: RangeConfirmation) -> Sequence[PlannedDose]:
    """The doses named, wherever they are now, or all that are planned now for the days."""
    if wanted.slots:
        return sorted((find(course, slot) for slot in wanted.slots), key=lambda dose: dose.at)
    return doses_between(course, wanted.first, wanted.last)


def correct_dose(
    place: Workplace, record_id: str, entry: DoseEntry, reason: str, command_id: UUID | None = None
) -> Changes:
    """Replace a record by another with a reason; the earlier one stays in the history."""
    if (done := place.done_before(command_id)) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.correction_reason"), field="reason")
    old = doses.live(place.store, record_id)
    if old.slot != entry.slot:
        raise ValueError("a correction keeps its slot")
    course = courses.course(place.store, old.slot.course, library.regimen)
    desk = _Desk(place, course, [entry])
    new = replace(desk.record(entry), replaces=old.id)
    desk.check_gaps([new], {entry.slot} if entry.override else set())
    return place.write(
        "correct_dose",
        lambda transaction: doses.supersede(transaction, old, new),
        touched=Touched.DOSES,
        patient_id=course.patient_id,
        command_id=command_id,
        occurred=new.given,
        reason=reason,
    )


def undo_doses(
    place: Workplace, record_ids: Sequence[str], command_id: UUID | None = None
) -> Changes:
    """Take back records just made: they are marked entered in error, never deleted."""
    if (done := place.done_before(command_id)) is not None:
        return done
    records = [doses.live(place.store, record_id) for record_id in record_ids]
    if not records:
        raise BadInput(say("error.nothing_selected"))
    return place.write(
        "undo_dose",
        lambda transaction: doses.withdraw(transaction, records),
        touched=Touched.DOSES,
        patient_id=records[0].patient_id,
        command_id=command_id,
        reason="undo",
    )


# Doses planned this many days around an entry are looked at for the minimum gap.
_AROUND = timedelta(days=10)


class _Desk:
    """What is needed to judge entries of one course, read once for all of them."""

    def __init__(self, place: Workplace, course: Course, entries: Sequence[DoseEntry]) -> None:
        self.actor = place.actor
        self.course = course
        self.now = place.clock.now()
        days = [entry.slot.planned_on for entry in entries]
        around = _AROUND + 2 * course.reach
        first, last = min(days) - around, max(days) + around
        self.known = doses.live_between(place.store, first, last, course.id)
        self.results = labs.of_patient(place.store, course.patient_id)

    def record(self, entry: DoseEntry) -> Administration:
        """The record of an entry; raises what forbids it."""
        planned = find(self.course, entry.slot)
        if planned.on > self.now.local.date():
            raise Refused(say("error.not_yet_due", day=planned.on))
        given, dose, gate = None, None, None
        if entry.status in TAKEN:
            given = entry.given or self.now
            dose = entry.dose or planned.dose
            if dose is None:
                drug = planned.component.drug.name
                raise BadInput(say("error.dose_needed", drug=drug), field="dose")
            gate = self.evidence(planned, given, entry.override)
        return Administration(
            id=str(uuid4()),
            slot=planned.id,
            patient_id=self.course.patient_id,
            status=entry.status,
            ideal=planned.ideal,
            planned=planned.at,
            given=given,
            dose=dose,
            recorded=self.now,
            recorded_by=self.actor.name,
            recorded_role=self.actor.role.value,
            reason=entry.reason,
            note=entry.note.strip(),
            site=entry.site,
            lot=entry.lot,
            temperature=entry.temperature,
            gate=gate,
        )

    def evidence(
        self, planned: PlannedDose, given: Moment, override: Override | None
    ) -> str | None:
        """What to keep of gate and override; Refused when a hold or gate forbids the dose."""
        if planned.hold is not None and override is None:
            since = planned.hold.first_day
            raise Refused(say("error.held", since=since), hint=say("error.held.hint"))
        if planned.omission is not None and override is None:
            raise Refused(say("error.omitted"), hint=say("error.omitted.hint"))
        verdict = evaluate_all(planned.component, self.results, given.utc)
        if verdict is not None and not verdict.is_open and override is None:
            raise Refused(verdict.reason, hint=say("error.gate_closed.hint"))
        return _evidence(verdict, override)

    def check_gaps(self, records: Sequence[Administration], overridden: set[SlotId]) -> None:
        """Never less than a component's minimum days between doses, over cycle seams too."""
        replaced = {record.replaces for record in records}
        standing = [r for r in self.known.values() if r.id not in replaced]
        for component in self.course.regimen.components:
            gap = component.min_gap_days
            if gap is None:
                continue
            mine = [r for r in records if r.slot.component == component.id]
            others = [r for r in standing if r.slot.component == component.id]
            taken = sorted(
                (r.given.local.date(), r.slot) for r in (*mine, *others) if r.given is not None
            )
            new = {r.slot for r in mine}
            for (before, first), (after, second) in pairwise(taken):
                if (after - before).days >= gap or not {first, second} & (new - overridden):
                    continue
                other = before if second in new else after
                raise Refused(
                    say("error.too_close", days=gap, other=other),
                    hint=say("error.too_close.hint"),
                )


def _evidence(verdict: GateVerdict | None, override: Override | None) -> str | None:
    if verdict is None and override is None:
        return None
    told: dict[str, str] = {}
    if verdict is not None:
        told["rule"], told["state"] = verdict.rule.id, verdict.state.value
        if verdict.result is not None:
            value = verdict.result.value
            told["value"] = value.printed.replace("\N{NO-BREAK SPACE}", "")
            told["unit"] = value.unit
            told["collected"] = verdict.result.collected.utc.isoformat()
    if override is not None:
        told["override_by"], told["override_reason"] = override.by, override.reason
    return json.dumps(told, ensure_ascii=False, sort_keys=True)
