"""The facts that a wanted replanning means for a course; BadInput when it can't be meant so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from aml_maint.domain.course import Course, CycleStart, Hold, PlannedStart, RegimenChange
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.plan_facts import CourseEnd, Fact, Resume
from aml_maint.domain.regimen import DoseOption, DoseOrder
from aml_maint.domain.replan_settle import known_component, movable, together
from aml_maint.domain.schedule import doses_between
from aml_maint.domain.shift import FURTHEST_SHIFT, Omission, Shift, ShiftMode, ShiftScope
from aml_maint.services import library
from aml_maint.services.dose_rules import check_dose_unit
from aml_maint.services.replan_wanted import (
    Wanted,
    WantedDelay,
    WantedDose,
    WantedEnd,
    WantedHold,
    WantedOmission,
    WantedRegimen,
    WantedResume,
    WantedShift,
    WantedStart,
)
from aml_maint.services.workplace import Workplace

# A day further off than these is a slip of the keyboard, not a plan and not a record.
FURTHEST_AHEAD = timedelta(days=366)
FURTHEST_BACK_YEARS = 30


def facts_of(place: Workplace, course: Course, wanted: Wanted) -> list[Fact]:
    """The facts that are asked for; BadInput when they can't be meant that way."""
    match wanted:
        case WantedShift():
            return _shifts(course, wanted)
        case WantedDelay():
            return _delay(place, course, wanted)
        case WantedOmission():
            return _omissions(course, wanted)
        case WantedHold():
            return _holds(wanted)
        case WantedResume():
            return [Resume(id, wanted.last_held_day) for id in wanted.hold_ids]
        case WantedDose():
            return [_order(course, wanted)]
        case WantedStart():
            check_day(place, wanted.first_day, "first_day")
            return [CycleStart(len(course.cycles) + 1, wanted.first_day)]
        case WantedEnd():
            check_day(place, wanted.last_day, "last_day")
            by = wanted.decided_by.strip() or place.actor.name
            return [CourseEnd(wanted.last_day, wanted.reason, by, wanted.note.strip())]
        case WantedRegimen():
            return _regimen_change(place, course, wanted)


def why(wanted: Wanted) -> str:
    """The reason that stands with the command."""
    match wanted:
        case WantedHold() | WantedEnd():
            return wanted.note.strip() or wanted.reason.value
        case WantedStart():
            return ""
        case _:
            return wanted.reason.strip()


def check_day(place: Workplace, day: date, field: str) -> None:
    """BadInput for a day too far ahead, or too long ago, to be meant."""
    today = place.clock.now().local.date()
    if day - today > FURTHEST_AHEAD:
        raise BadInput(say("error.start_too_far", day=day), field=field)
    if today.year - day.year > FURTHEST_BACK_YEARS:
        raise BadInput(say("error.day_too_early", day=day, years=FURTHEST_BACK_YEARS), field=field)


def _shifts(course: Course, wanted: WantedShift) -> list[Fact]:
    """One shift; several where the doses of a day were first planned on different ones."""
    components: tuple[str, ...] = ()
    if wanted.component is not None:
        both = wanted.together
        components = together(course, wanted.component) if both else (wanted.component,)
    if not wanted.current:
        return [_shift(wanted, components, wanted.from_day)]
    onward = wanted.scope in {ShiftScope.CYCLE, ShiftScope.ONWARD}
    if not components and onward:
        components = movable(course)
    by_day: dict[date, list[str]] = {}
    for component in components:
        exact = wanted.scope is ShiftScope.DOSE
        ideal = _first_from(course, component, wanted.from_day, exact=exact)
        by_day.setdefault(ideal, []).append(component)
    if not by_day:
        return [_shift(wanted, (), wanted.from_day)]
    return [_shift(wanted, tuple(ids), day) for day, ids in by_day.items()]


def _shift(wanted: WantedShift, components: tuple[str, ...], from_day: date) -> Shift:
    onward = wanted.scope is ShiftScope.ONWARD
    usual = ShiftMode.RE_ANCHOR if onward else ShiftMode.KEEP_GRID
    return Shift(
        str(uuid4()),
        wanted.scope,
        components,
        from_day,
        wanted.days,
        wanted.mode or usual,
        wanted.reason.strip(),
        wanted.decided_by.strip(),
        wanted.slot,
    )


def _delay(place: Workplace, course: Course, wanted: WantedDelay) -> list[Fact]:
    expected = course.expected_start
    if wanted.days == 0 or abs(wanted.days) > FURTHEST_SHIFT:
        raise BadInput(say("replan.days_range", most=FURTHEST_SHIFT), field="days")
    first_day = expected + timedelta(days=wanted.days)
    check_day(place, first_day, "days")
    reason, by = wanted.reason.strip(), wanted.decided_by.strip()
    number = len(course.cycles) + 1
    facts: list[Fact] = [PlannedStart(str(uuid4()), number, first_day, reason, by)]
    if wanted.mode is ShiftMode.RE_ANCHOR:
        for component in _injections(course, wanted):
            from_day = _first_from(course, component, expected)
            facts.append(
                Shift(str(uuid4()), ShiftScope.ONWARD, (component,), from_day, wanted.days,
                      ShiftMode.RE_ANCHOR, reason, by)
            )  # fmt: skip
    return facts


def _injections(course: Course, wanted: WantedDelay) -> tuple[str, ...]:
    """The components that a re-anchored delay moves: those named, or all whose days run on.

    The days of the others count from the start of the cycle, so they follow it by themselves.
    """
    if wanted.component is None:
        found = (known_component(course, id) for id in movable(course))
        return tuple(component.id for component in found if component.rhythm.runs_on)
    return together(course, wanted.component) if wanted.together else (wanted.component,)


def _first_from(course: Course, component_id: str, day: date, *, exact: bool = False) -> date:
    """The ideal day of a component's first dose that is now planned for a day or later.

    With `exact` it has to be that day: BadInput when nothing is planned for it.
    """
    component = known_component(course, component_id)
    last = day if exact else day + timedelta(days=component.rhythm.interval_days)
    for dose in doses_between(course, day, last):
        if dose.id.component == component_id:
            return dose.id.planned_on
    if exact:
        raise BadInput(say("error.not_planned", day=day), field="date")
    return day


def _omissions(course: Course, wanted: WantedOmission) -> list[Fact]:
    """One omission; of moved doses one for each day that they were first planned on."""
    if not wanted.current or not course.shifts:
        return [_omission(wanted)]
    last = wanted.last_day or wanted.first_day
    if last < wanted.first_day:
        raise BadInput(say("replan.omission_ends_first"), field="last_day")
    moved = {
        dose.id.planned_on
        for dose in doses_between(course, wanted.first_day, last)
        if dose.id.component == wanted.component and wanted.slot in (None, dose.id.slot)
    }
    if not moved:
        raise BadInput(say("error.not_planned", day=wanted.first_day), field="date")
    return [_omission(replace(wanted, first_day=day, last_day=day)) for day in sorted(moved)]


def _omission(wanted: WantedOmission) -> Omission:
    return Omission(
        str(uuid4()),
        wanted.component,
        wanted.first_day,
        wanted.last_day or wanted.first_day,
        wanted.reason.strip(),
        wanted.decided_by.strip(),
        wanted.slot,
    )


def _holds(wanted: WantedHold) -> list[Fact]:
    if not wanted.components:
        raise BadInput(say("replan.which_component"), field="component")
    if not wanted.decided_by.strip():
        raise BadInput(say("error.decider_needed"), field="decided_by")
    return [
        Hold(
            str(uuid4()),
            component,
            wanted.first_day,
            wanted.last_day,
            wanted.reason,
            wanted.decided_by.strip(),
            wanted.note.strip(),
            wanted.review_on,
        )
        for component in dict.fromkeys(wanted.components)
    ]


def _order(course: Course, wanted: WantedDose) -> DoseOrder:
    component = known_component(course, wanted.component)
    option = _option(course, wanted)
    check_dose_unit(component, option.dose, "unit")
    if not wanted.reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    if not wanted.decided_by.strip():
        raise BadInput(say("replan.decider_needed"), field="decided_by")
    return DoseOrder(
        component.id,
        option.dose,
        wanted.from_day,
        str(uuid4()),
        wanted.level,
        option.slots,
        option.interval_days,
        wanted.reason.strip(),
        wanted.decided_by.strip(),
    )


def _option(course: Course, wanted: WantedDose) -> DoseOption:
    """The dose that is meant: free, or by its level and the way of giving it."""
    if wanted.level is None:
        if wanted.dose is None:
            raise BadInput(say("replan.dose_or_level"), field="dose")
        return DoseOption(wanted.dose)
    levels = known_component(course, wanted.component).levels
    known = next((level for level in levels if level.level == wanted.level), None)
    if known is None or not 0 <= wanted.option < len(known.options):
        offered = tuple(level.level for level in levels if level.options)
        raise BadInput(say("replan.no_such_level", level=wanted.level, known=offered),
                       field="level")  # fmt: skip
    return known.options[wanted.option]


def _regimen_change(place: Workplace, course: Course, wanted: WantedRegimen) -> list[Fact]:
    check_day(place, wanted.from_day, "from_day")
    regimen = library.regimen(wanted.regimen_id, wanted.version)
    reason, by = wanted.reason.strip(), wanted.decided_by.strip()
    change = RegimenChange(
        str(uuid4()), wanted.from_day, regimen, course.latest_regimen, reason, by,
        place.shelf.editions(regimen.id, regimen.version, wanted.from_day, course.times),
    )  # fmt: skip
    facts: list[Fact] = [change]
    known = {component.id: component for component in regimen.components}
    for component_id, dose in wanted.orders.items():
        if component_id not in known:
            raise BadInput(say("error.unknown_component", component=component_id), field="dose")
        check_dose_unit(known[component_id], dose)
        facts.append(
            DoseOrder(component_id, dose, wanted.from_day, str(uuid4()), reason=reason,
                      decided_by=by)
        )  # fmt: skip
    return facts
