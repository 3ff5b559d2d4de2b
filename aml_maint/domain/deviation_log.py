"""The log of a course's deviations: each with its day, what was planned, what was done, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import takewhile

from aml_maint.domain.administration import (
    Administration,
    premedication_gap,
    reason_text,
)
from aml_maint.domain.assessment import (
    NOBODY_TO_ASSESS,
    AssessmentKind,
    due_after,
    due_before,
)
from aml_maint.domain.course import Course, CycleStart, Hold, PlannedStart, RegimenChange
from aml_maint.domain.deviations import (
    CourseFacts,
    Deviation,
    DeviationKind,
    PlanDecision,
    departures,
    overridden,
)
from aml_maint.domain.dose_standing import DoseStanding, kept, override_of
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.plan_facts import CourseEnd, Fact, OwnTime
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.schedule import dose_on
from aml_maint.domain.shift import Omission, Shift

_KINDS: dict[type[object], DeviationKind] = {
    Hold: DeviationKind.HOLD,
    Omission: DeviationKind.OMITTED,
    Shift: DeviationKind.SHIFTED,
    PlannedStart: DeviationKind.SHIFTED,
    DoseOrder: DeviationKind.DOSE_CHANGE,
    OwnTime: DeviationKind.TIME_CHANGE,
    RegimenChange: DeviationKind.REGIMEN_CHANGE,
    CourseEnd: DeviationKind.COURSE_ENDED,
}


def deviations(facts: CourseFacts) -> tuple[Deviation, ...]:
    """Every departure from the plan of a course, in order of their days; of one kind by time."""
    found = [
        *_of_doses(facts),
        *_of_extra(facts),
        *_of_decisions(facts),
        *_of_cycles(facts),
        *_of_assessments(facts),
    ]
    kinds = list(DeviationKind)
    found.sort(key=lambda one: (one.on, kinds.index(one.kind)))
    return tuple(found)


# -- doses ---------------------------------------------------------------------------------------


def _of_doses(facts: CourseFacts) -> Iterator[Deviation]:
    records = {dose.planned.id: dose.record for dose in facts.doses}
    for dose in facts.doses:
        served = records.get(dose.planned.linked_to) if dose.planned.linked_to else None
        for kind in departures(dose):
            yield _of_dose(dose, kind, served)


def _of_dose(dose: DoseStanding, kind: DeviationKind, served: Administration | None) -> Deviation:
    planned, record = dose.planned, dose.record
    return Deviation(
        kind,
        planned.on,
        planned.cycle,
        planned.day,
        (planned.component.drug.name,),
        _planned(dose, kind),
        _done(dose, kind, served),
        _why(record),
        _decided_by(record, kind),
        "" if record is None else record.recorded_by,
        None if record is None else record.recorded,
        planned.id,
    )


def _planned(dose: DoseStanding, kind: DeviationKind) -> Message:
    planned = dose.planned
    match kind:
        case DeviationKind.OTHER_AMOUNT | DeviationKind.PARTLY_GIVEN if planned.dose is not None:
            return dose_text(planned.dose)
        case DeviationKind.PREMEDICATION_GAP:
            link = planned.component.link
            assert link is not None  # only linked doses have a gap
            # Offsets count from the dose that is served; before it they are negative.
            least, most = sorted((-link.latest_minutes, -link.earliest_minutes))
            return say("deviation.gap_planned", least=least, most=most)
        case DeviationKind.OVERRIDE | DeviationKind.GATE if dose.gate is not None:
            return dose.gate.reason
        case DeviationKind.GAP_OVERRIDE:
            days = planned.component.min_gap_days or 0
            return say("deviation.days_apart", days=days)
        case DeviationKind.HOLD_OVERRIDE:
            held = kept(dose.record).get("held_since")
            if held is not None:
                return say("deviation.held_since", day=date.fromisoformat(held))
            return say("deviation.left_out")
        case _:
            return say("deviation.planned_at", at=planned.at.time())


def _done(dose: DoseStanding, kind: DeviationKind, served: Administration | None) -> Message:
    record = dose.record
    if record is None:
        return say("state.unconfirmed")
    if record.given is None or record.dose is None:
        return say(f"state.{record.status.value}")
    given = record.given.local
    same_day = given.date() == dose.planned.on
    at: object = given.time() if same_day else given
    if kind is DeviationKind.PREMEDICATION_GAP and served is not None:
        gap = premedication_gap(record, served)
        if gap is not None:
            return say("deviation.gap" if gap >= 0 else "deviation.gap_after", minutes=abs(gap))
    if kind in (DeviationKind.OTHER_AMOUNT, DeviationKind.PARTLY_GIVEN):
        return say("deviation.given_dose", dose=dose_text(record.dose), at=at)
    if kind is DeviationKind.GAP_OVERRIDE and "too_close_to" in kept(record):
        other = date.fromisoformat(kept(record)["too_close_to"])
        return say("deviation.given_near", at=at, other=other)
    return say("deviation.given_at", at=at)


def _why(record: Administration | None) -> Message | None:
    """The reason of an override, else the coded reason; with the note, if there is one."""
    if record is None:
        return None
    parts: list[Message] = []
    override = override_of(record)
    if override is not None:
        parts.append(say("deviation.text", text=override[1]))
    if record.reason is not None:
        parts.append(_reason(record))
    if record.note.strip():
        parts.append(say("deviation.text", text=record.note.strip()))
    return say("deviation.parts", parts=tuple(parts)) if parts else None


def _reason(record: Administration) -> Message:
    if record.unplanned is not None:
        return Message(f"reason.{record.reason}")
    assert record.reason is not None  # asked where there is one
    return reason_text(record.status, record.reason)


def _decided_by(record: Administration | None, kind: DeviationKind) -> str:
    """Who set a rule aside; of any other departure who recorded it."""
    override = override_of(record)
    against_rule = kind in (
        DeviationKind.OVERRIDE, DeviationKind.GAP_OVERRIDE, DeviationKind.HOLD_OVERRIDE,
    )  # fmt: skip
    if override is not None and against_rule:
        return override[0]
    return "" if record is None else record.recorded_by


def _of_extra(facts: CourseFacts) -> Iterator[Deviation]:
    """Doses of the regimen that no plan asked for, and the rules that they went against."""
    for extra in facts.extra:
        record = extra.dose.record
        if record is None or record.given is None or record.dose is None:
            continue
        on = record.given.day_in(facts.course.zone)
        place = facts.course.cycle_day(on)
        ordered_by = record.unplanned.ordered_by if record.unplanned is not None else ""
        for kind in (DeviationKind.UNPLANNED, *overridden(extra.dose)):
            unplanned = kind is DeviationKind.UNPLANNED
            yield Deviation(
                kind,
                on,
                place.cycle if place else None,
                place.day if place else None,
                (extra.drug,),
                None if unplanned else _planned(extra.dose, kind),
                say("deviation.given_dose", dose=dose_text(record.dose), at=record.given.local),
                _why(record),
                ordered_by if unplanned else _decided_by(record, kind),
                record.recorded_by,
                record.recorded,
                record.slot,
            )


# -- decisions -----------------------------------------------------------------------------------


def _of_decisions(facts: CourseFacts) -> Iterator[Deviation]:
    for decision in facts.decisions:
        fact = decision.facts[0]
        kind = _KINDS.get(type(fact))
        if kind is None or _is_first_order(facts.course, fact):
            continue  # the start of a cycle, the end of a hold, or what the plan waited for
        on = _first_day(fact)
        place = facts.course.cycle_day(on)
        yield Deviation(
            kind,
            on,
            place.cycle if place else None,
            place.day if place else None,
            _drugs(facts.course, decision.facts),
            None,
            decision.what,
            decision.why,
            decision.decided_by or decision.entered_by,
            decision.entered_by,
            decision.entered,
        )


def _is_first_order(course: Course, fact: Fact) -> bool:
    """Is it the first dose of a drug that the regimen leaves to the prescriber?"""
    if not isinstance(fact, DoseOrder):
        return False
    component, day = course.component(fact.component), fact.from_day
    earlier = tuple(takewhile(lambda order: order.id != fact.id, course.orders))
    return dose_on(replace(course, orders=earlier), component, day) is None


def _first_day(fact: Fact) -> date:
    match fact:
        case Shift() | DoseOrder() | RegimenChange():
            return fact.from_day
        case OwnTime():
            return fact.own.from_day
        case CourseEnd():
            return fact.last_day
        case Hold() | Omission() | PlannedStart() | CycleStart():
            return fact.first_day
        case _:
            return fact.last_day


def _drugs(course: Course, facts: tuple[Fact, ...]) -> tuple[Name, ...]:
    components: list[str] = []
    for fact in facts:
        match fact:
            case Shift():
                components += fact.components
            case Hold() | Omission() | DoseOrder():
                components.append(fact.component)
            case OwnTime():
                components.append(fact.own.component)
    return tuple(course.component(one).drug.name for one in dict.fromkeys(components))


# -- cycles --------------------------------------------------------------------------------------


def _of_cycles(facts: CourseFacts) -> Iterator[Deviation]:
    """Cycles that began later or earlier than the regimen has them."""
    course = facts.course
    for start in course.cycles[1:]:
        delay = course.delay_days(start.number)
        if delay == 0:
            continue
        due = start.first_day - timedelta(days=delay)
        entered = _entered(facts, start)
        decided = _decided(facts, start)
        yield Deviation(
            DeviationKind.CYCLE_LATE if delay > 0 else DeviationKind.CYCLE_EARLY,
            start.first_day,
            start.number,
            1,
            (),
            say("deviation.cycle_due", cycle=start.number, day=due),
            _delayed(delay),
            decided.why if decided is not None else None,
            _who(decided or entered),
            entered.entered_by if entered is not None else "",
            entered.entered if entered is not None else None,
        )


def _delayed(delay: int) -> Message:
    way = "late" if delay > 0 else "early"
    if abs(delay) == 1:
        return say(f"deviation.cycle_{way}.one")
    return say(f"deviation.cycle_{way}", days=abs(delay))


def _entered(facts: CourseFacts, start: CycleStart) -> PlanDecision | None:
    return next((one for one in facts.decisions if start in one.facts), None)


def _decided(facts: CourseFacts, start: CycleStart) -> PlanDecision | None:
    """The latest decision on which day the cycle was to begin."""
    found = [
        one
        for one in facts.decisions
        if any(isinstance(f, PlannedStart) and f.number == start.number for f in one.facts)
    ]
    return found[-1] if found else None


def _who(decision: PlanDecision | None) -> str:
    return "" if decision is None else decision.decided_by or decision.entered_by


def _of_assessments(facts: CourseFacts) -> Iterator[Deviation]:
    """Cycles begun or ended without the assessment that the paper asks for."""
    course, made = facts.course, facts.assessments
    waived = {(one.cycle, one.kind): one for one in facts.overrides}
    for start in course.cycles:
        number, end = start.number, course.cycle_end(start.number)
        lacking = []
        if start.first_day <= facts.today:
            lacking.append(due_before(course, number, start.first_day, made, facts.assessment_days))
        # The assessment before the next cycle closes this one, too: one lack is told once.
        over = number == len(course.cycles) and course.ended_on is not None
        if over and end < facts.today and course.end_reason not in NOBODY_TO_ASSESS:
            lacking.append(due_after(course, number, made))
        for due in lacking:
            if due is None:
                continue
            waiver = waived.get((due.cycle, due.kind))
            before = due.kind is AssessmentKind.BEFORE
            day = 1 if before else (end - start.first_day).days + 1
            yield Deviation(
                DeviationKind.NO_ASSESSMENT,
                due.on,
                number,
                day,
                (),
                say("deviation.assess_before" if before else "deviation.assess_after"),
                say("deviation.not_assessed"),
                None if waiver is None else say("deviation.text", text=waiver.reason),
                "" if waiver is None else waiver.decided_by,
            )


def of_cycle(found: tuple[Deviation, ...], cycle: int) -> tuple[Deviation, ...]:
    """The deviations of one cycle."""
    return tuple(one for one in found if one.cycle == cycle)
