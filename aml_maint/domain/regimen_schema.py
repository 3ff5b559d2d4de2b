"""Regimen files into validated regimens: the schema of `resources/regimens`, strictly read.

A file states each figure once, with the id of its source beside it; the `sources` table at its
head says what that source is. Anything unknown, missing, contradictory or of the wrong kind
raises a `RegimenProblem` that names the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from aml_maint.domain.data_table import Table, read_sources
from aml_maint.domain.drug_schema import RegimenProblem, dose_of
from aml_maint.domain.gate_schema import gate_of
from aml_maint.domain.quantities import Dose, dimension
from aml_maint.domain.regimen import (
    Advice,
    Check,
    ClockSlot,
    Component,
    CyclePattern,
    DoseLevel,
    DoseOption,
    DoseStep,
    Drug,
    Link,
    Note,
    PregnancyRule,
    Regimen,
    Rhythm,
    Role,
    Source,
    Trigger,
)
from aml_maint.domain.schedule import doses_of_cycle, on_time_course

# Each has its word in the catalogue (`slot.morning`), so a file can't bring its own.
SLOT_NAMES = ("morning", "midday", "evening", "bedtime")

_Sources = Mapping[str, Source]


class _Timing(NamedTuple):
    """When a component is due, and how far from then it still is on time."""

    rhythm: Rhythm
    slots: tuple[ClockSlot, ...]
    link: Link | None
    window_minutes: int
    window_source: Source


def regimen_from_data(data: Mapping[str, Any], drugs: Mapping[str, Drug]) -> Regimen:
    """The regimen of one file. Raises RegimenProblem.

    `planned_per_cycle` is checked against the doses that the rhythm and times really plan, so
    a slip in either is found on load.
    """
    with Table(data, "", RegimenProblem) as file:
        sources = read_sources(file.table("sources"))
        version = file.whole("version")
        if version < 1:
            raise file.problem("version", "versions count from 1")
        with file.table("cycles") as cycles:
            patterns = _patterns(cycles)
            max_cycles = cycles.optional_whole("max_cycles")
            cycles_source = cycles.source(sources)
        entries = file.tables("components")
        components = tuple(_component(entry, drugs, sources) for entry in entries)
        ids = [component.id for component in components]
        checks = []
        for entry in file.tables("checks"):
            check, rule = _check(entry, ids, sources)
            checks.append(check)
            components = tuple(
                replace(component, pregnancy=rule) if component.id in check.blocks else component
                for component in components
            )
        regimen = Regimen(
            id=file.identifier("id"),
            version=version,
            name=file.name("name"),
            indication=file.name("indication"),
            evidence=_evidence(file, sources),
            patterns=patterns,
            cycles_source=cycles_source,
            max_cycles=max_cycles,
            components=components,
            checks=tuple(checks),
            notes=tuple(_note(entry, ids, sources) for entry in file.tables("notes")),
        )
    for entry, component in zip(entries, components, strict=True):
        _agrees(entry, component, regimen)
    return regimen


def _evidence(file: Table, sources: _Sources) -> tuple[Source, ...]:
    known = file.texts("evidence")
    for number, key in enumerate(known):
        if key not in sources:
            raise file.problem(f"evidence[{number}]", f"“{key}” is not known here")
    return tuple(sources[key] for key in known)


def _patterns(cycles: Table) -> tuple[CyclePattern, ...]:
    patterns: list[CyclePattern] = []
    for entry in cycles.tables("patterns"):
        with entry:
            first, last = entry.whole("first"), entry.optional_whole("last")
            pattern = CyclePattern(first, last, entry.whole("days"))
        before = patterns[-1].last if patterns else 0
        if before is None or pattern.first != before + 1:
            raise entry.problem("first", "cycles follow each other without a gap, from 1")
        if pattern.days < 1 or (pattern.last is not None and pattern.last < pattern.first):
            raise entry.problem("days", "a cycle has days, and a stretch of cycles an end")
        patterns.append(pattern)
    return tuple(patterns)


def _component(entry: Table, drugs: Mapping[str, Drug], sources: _Sources) -> Component:
    with entry:
        drug = drugs[entry.one_of("drug", drugs)]
        dose, dose_source = _planned_dose(entry, drug, sources)
        timing = _timing(entry, sources)
        gap = gap_source = None
        if entry.has("min_gap"):
            with entry.table("min_gap") as table:
                gap, gap_source = table.whole("days"), table.source(sources)
        food = food_source = None
        if entry.has("food"):
            with entry.table("food") as table:
                food, food_source = table.name("text"), table.source(sources)
        return Component(
            id=entry.identifier("id"),
            drug=drug,
            role=_role(entry),
            dose=dose,
            dose_source=dose_source,
            rhythm=timing.rhythm,
            slots=timing.slots,
            link=timing.link,
            gates=tuple(gate_of(gate, sources) for gate in entry.tables("gates")),
            window_minutes=timing.window_minutes,
            window_source=timing.window_source,
            levels=tuple(
                _level(level, drug, timing.slots, sources) for level in entry.tables("levels")
            ),
            steps=tuple(_step(step, drug, sources) for step in entry.tables("steps")),
            min_gap_days=gap,
            rotate_site=entry.flag("rotate_site", False),
            food=food,
            planned_per_cycle=entry.whole("planned_per_cycle"),
            gap_source=gap_source,
            food_source=food_source,
        )


def _role(entry: Table) -> Role:
    role = entry.word("role", Role)
    if role is Role.AS_NEEDED:
        raise entry.problem("role", "a component of a regimen is given by plan")
    return role


def _planned_dose(entry: Table, drug: Drug, sources: _Sources) -> tuple[Dose | None, Source]:
    """The stated dose; None where the file leaves value and unit to the prescriber."""
    with entry.table("dose") as table:
        source = table.source(sources)
        if not table.has("value") and not table.has("unit"):
            return None, source
        return _dose_of(table, drug), source


def _dose_of(table: Table, drug: Drug) -> Dose:
    """A dose in a unit that the drug may be dosed in: interferon never in units."""
    dose = dose_of(table)
    if drug.dose_unit is None:
        raise table.problem("unit", f"{drug.id} has no dose unit, so only a prescriber doses it")
    kind = dimension(drug.dose_unit)
    if dimension(dose.unit) not in {kind, f"{kind}_per_weight"}:
        raise table.problem("unit", f"{drug.id} is dosed in {drug.dose_unit}, not in {dose.unit}")
    return dose


def _timing(entry: Table, sources: _Sources) -> _Timing:
    with entry.table("rhythm") as table:
        rhythm = Rhythm(
            interval_days=table.whole("interval_days"),
            first_day=table.whole("first_day"),
            last_day=table.optional_whole("last_day"),
            first_cycle=table.whole("first_cycle"),
            last_cycle=table.optional_whole("last_cycle"),
            runs_on=table.flag("runs_on", False),
            source=table.source(sources),
            later_first_day=table.optional_whole("later_first_day"),
        )
    if not entry.has("link"):
        with entry.table("window") as table:
            minutes, source = table.whole("minutes"), table.source(sources)
            if minutes < 1:
                raise table.problem("minutes", "a window is at least a minute wide")
        return _Timing(rhythm, _slots(entry, sources), None, minutes, source)
    # A linked component takes its times and its window from the link alone.
    with entry.table("link") as table:
        link = Link(
            to=table.text("to"),
            offset_minutes=table.whole("offset_minutes"),
            earliest_minutes=table.whole("earliest_minutes"),
            latest_minutes=table.whole("latest_minutes"),
            source=table.source(sources),
        )
    widest = max(
        link.offset_minutes - link.earliest_minutes, link.latest_minutes - link.offset_minutes
    )
    return _Timing(rhythm, (), link, widest, link.source)


def _slots(entry: Table, sources: _Sources) -> tuple[ClockSlot, ...]:
    slots: list[ClockSlot] = []
    for table in entry.tables("slots"):
        with table:
            name = table.one_of("name", SLOT_NAMES)
            slot = ClockSlot(name, table.clock("at"), table.source(sources))
        if slots and slot.at <= slots[-1].at:
            raise table.problem("at", "times of day stand in their order, each once")
        slots.append(slot)
    return tuple(slots)


def _level(entry: Table, drug: Drug, slots: tuple[ClockSlot, ...], sources: _Sources) -> DoseLevel:
    with entry:
        names = [slot.name for slot in slots]
        options = tuple(_option(option, drug, names) for option in entry.tables("options"))
        return DoseLevel(entry.whole("level"), entry.name("text"), entry.source(sources), options)


def _option(entry: Table, drug: Drug, slots: list[str]) -> DoseOption:
    with entry:
        dose, names = _dose_of(entry, drug), entry.texts("slots")
        for number, name in enumerate(names):
            if name not in slots:
                raise entry.problem(f"slots[{number}]", f"“{name}” is no time of day here")
        return DoseOption(dose, names, entry.optional_whole("interval_days"))


def _step(entry: Table, drug: Drug, sources: _Sources) -> DoseStep:
    with entry:
        day = entry.whole("from_course_day")
        if day < 1:
            raise entry.problem("from_course_day", "days of a course count from 1")
        return DoseStep(day, _dose_of(entry, drug), entry.source(sources))


def _check(
    entry: Table, components: list[str], sources: _Sources
) -> tuple[Check, PregnancyRule | None]:
    """A check, with the rule for the components that it blocks."""
    with entry:
        every = entry.optional_whole("every_days")
        if every is not None and every < 1:
            raise entry.problem("every_days", "is less than a day")
        blocks = entry.texts("blocks")
        for number, blocked in enumerate(blocks):
            if blocked not in components:
                raise entry.problem(f"blocks[{number}]", f"“{blocked}” is no component")
        check = Check(
            id=entry.identifier("id"),
            name=entry.name("name"),
            rule=entry.name("rule"),
            every_days=every,
            source=entry.source(sources),
            blocks=blocks,
            active=entry.flag("active", True),
        )
        return check, _test_rule(entry, check) if blocks else None


def _test_rule(entry: Table, check: Check) -> PregnancyRule:
    """How long a test of a check that blocks is in date."""
    with entry.table("in_date") as table:
        days = [table.whole(name) for name in ("days", "first_days", "irregular_days")]
        if min(days) < 1 or max(days) != days[0]:
            raise table.problem("days", "is the longest, and each is a day at least")
    longest, first, irregular = days
    return PregnancyRule(check.id, longest, first, irregular, check.source, check.active)


def _note(entry: Table, components: list[str], sources: _Sources) -> Note:
    with entry:
        about = entry.one_of("component", components) if entry.has("component") else None
        triggers = tuple(_trigger(t) for t in entry.tables("at")) if entry.has("at") else ()
        return Note(entry.name("text"), entry.source(sources), about, triggers)


def _trigger(entry: Table) -> Trigger:
    with entry:
        return Trigger(
            entry.identifier("term"),
            entry.wholes("grades", range(1, 5)),
            entry.word("advice", Advice),
        )


def _settled(component: Component) -> int:
    """The first cycle that is like the rest; one that starts a component late is not."""
    return component.rhythm.first_cycle + (component.rhythm.later_first_day is not None)


def _agrees(entry: Table, component: Component, regimen: Regimen) -> None:
    """What only the whole regimen can tell about one component."""
    link, rhythm = component.link, component.rhythm
    if link is not None and regimen.component(link.to).link is not None:
        raise entry.problem("link.to", f"{link.to} is itself linked to another")
    cycle = _settled(component)
    if link is not None:
        cycle = max(cycle, _settled(regimen.component(link.to)))
    if regimen.max_cycles is not None and cycle > regimen.max_cycles:
        raise entry.problem("rhythm", f"the regimen ends before cycle {cycle}")
    if rhythm.last_day is not None and rhythm.last_day > regimen.cycle_days(rhythm.first_cycle):
        raise entry.problem("rhythm.last_day", "the cycle ends before that day")
    course = on_time_course(regimen, date(2000, 1, 1), cycle, "UTC")
    planned = sum(dose.component is component for dose in doses_of_cycle(course, cycle))
    if planned != component.planned_per_cycle:
        stated = component.planned_per_cycle
        raise entry.problem("planned_per_cycle", f"is {stated}, but its days give {planned}")
