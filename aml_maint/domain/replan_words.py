"""A decision about the plan in words: what was decided, why and by whom."""

from __future__ import annotations

from collections.abc import Sequence

from aml_maint.domain.course import Course, CycleStart, Hold, PlannedStart, RegimenChange
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.plan_facts import CourseEnd, Fact, OwnTime, Resume
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.shift import Omission, Shift, ShiftScope


def told(course: Course, facts: Sequence[Fact]) -> Message:
    """What was decided, in one sentence without an end."""
    fact = facts[0]
    match fact:
        case Shift():
            return _shift(course, [f for f in facts if isinstance(f, Shift)])
        case PlannedStart():
            return _delay(course, fact, [f for f in facts if isinstance(f, Shift)])
        case Omission():
            return _omission(course, [f for f in facts if isinstance(f, Omission)])
        case Hold():
            drugs = tuple(_drug(course, f.component) for f in facts if isinstance(f, Hold))
            if fact.last_day is None:
                return say("replan.told.hold", drugs=drugs, first=fact.first_day)
            return say(
                "replan.told.hold_until", drugs=drugs, first=fact.first_day, last=fact.last_day
            )
        case Resume():
            held = {hold.id: hold.component for hold in course.holds}
            ids = [f.hold_id for f in facts if isinstance(f, Resume)]
            drugs = tuple(_drug(course, held[id]) for id in ids if id in held)
            return say("replan.told.resume", drugs=drugs, last=fact.last_day)
        case DoseOrder():
            return _order(course, fact)
        case CycleStart():
            return say("replan.told.start", cycle=fact.number, day=fact.first_day)
        case OwnTime():
            return _own_time(course, fact)
        case CourseEnd():
            return say("replan.told.end", day=fact.last_day)
        case RegimenChange():
            return say(
                "replan.told.regimen",
                regimen=fact.regimen.name, version=fact.regimen.version, day=fact.from_day,
            )  # fmt: skip


def why_told(facts: Sequence[Fact]) -> Message | None:
    """Why it was decided; None where a record needs no reason."""
    fact = facts[0]
    match fact:
        case Hold():
            return _with_note(say(f"hold_reason.{fact.reason.value}"), fact.note)
        case CourseEnd():
            return _with_note(say(f"end_reason.{fact.reason.value}"), fact.note)
        case Shift() | PlannedStart() | Omission() | RegimenChange() | DoseOrder() | OwnTime():
            return say("replan.text", text=fact.reason) if fact.reason else None
        case CycleStart() | Resume():
            return None


def decided_by(facts: Sequence[Fact]) -> str:
    """Who decided, as named with the decision; empty where nobody is named with it."""
    return str(getattr(facts[0], "decided_by", ""))


def days_moved(days: int) -> Message:
    """How far, and which way: 3 days later, 1 day earlier."""
    way = "later" if days > 0 else "earlier"
    number = abs(days)
    return say(f"replan.{way}.one" if number == 1 else f"replan.{way}", days=number)


def _drug(course: Course, component_id: str) -> Name:
    return course.component(component_id).drug.name


def _shift(course: Course, shifts: Sequence[Shift]) -> Message:
    drugs = tuple(_drug(course, component) for s in shifts for component in s.components)
    shift = min(shifts, key=lambda one: one.from_day)
    one = shift.scope is ShiftScope.DOSE and shift.last_day is not None
    key = "replan.told.shift_one" if one else f"replan.told.shift_{shift.mode.value}"
    return say(key, drugs=drugs, moved=days_moved(shift.days), day=shift.from_day)


def _delay(course: Course, start: PlannedStart, shifts: Sequence[Shift]) -> Message:
    if not shifts:
        return say("replan.told.delay", cycle=start.number, day=start.first_day)
    drugs = tuple(_drug(course, component) for shift in shifts for component in shift.components)
    return say(
        "replan.told.delay_with",
        cycle=start.number, day=start.first_day, drugs=drugs, moved=days_moved(shifts[0].days),
    )  # fmt: skip


def _omission(course: Course, omissions: Sequence[Omission]) -> Message:
    drug = _drug(course, omissions[0].component)
    first = min(omission.first_day for omission in omissions)
    last = max(omission.last_day for omission in omissions)
    if first == last:
        return say("replan.told.omit", drug=drug, day=first)
    return say("replan.told.omit_days", drug=drug, first=first, last=last)


def _own_time(course: Course, fact: OwnTime) -> Message:
    facts = {
        "drug": _drug(course, fact.own.component),
        "slot": say(f"slot.{fact.own.slot}"),
        "day": fact.own.from_day,
    }
    if fact.own.at is None:
        return say("replan.told.site_time", **facts)
    return say("replan.told.own_time", at=fact.own.at, **facts)


def _order(course: Course, order: DoseOrder) -> Message:
    facts = {
        "drug": _drug(course, order.component),
        "dose": dose_text(order.dose),
        "day": order.from_day,
    }
    level = next(
        (
            one
            for one in course.component(order.component).levels
            if order.level is not None and one.level == order.level
        ),
        None,
    )
    if level is None:
        return say("replan.told.dose", **facts)
    facts["level"] = level_number(level.level)
    return say("replan.told.dose_level", text=level.text, **facts)


def level_number(level: int) -> str:
    """A step of the ladder with a true minus sign."""
    return f"\N{MINUS SIGN}{-level}" if level < 0 else str(level)


def _with_note(code: Message, note: str) -> Message:
    return say("replan.why_noted", code=code, note=note) if note else code
