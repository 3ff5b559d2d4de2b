"""What a decision does to a plan, in words: what changes, what speaks against it, its effects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from aml_maint.domain.course import Course
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import Dose, dose_text
from aml_maint.domain.replan import Preview
from aml_maint.domain.replan_words import days_moved
from aml_maint.domain.schedule import PlannedDose
from aml_maint.services.dose_view import DoseView
from aml_maint.services.replan_view import PlanDay

_Pair = tuple[PlannedDose | None, PlannedDose | None]


def change_lines(found: Preview) -> list[Message]:
    """What becomes of the doses, one line per drug and kind of change."""
    old = {dose.id: dose for dose in found.before}
    new = {dose.id: dose for dose in found.after}
    pairs = [(old.get(slot), new.get(slot)) for slot in sorted({*old, *new})]
    lines: list[Message] = []
    for component_id in _components(found):
        mine = [p for p in pairs if _one(p).id.component == component_id]
        lines += _lines_of(_drug(found, component_id), mine)
    return lines


def count_lines(found: Preview) -> list[Message]:
    """The doses of each cycle where their number changes, and the gaps at the seams."""
    own = {c.id for plan in found.plans for c in plan.components if c.link is None}
    lines = [
        say("plan.effect.count", drug=_drug(found, c.component), cycle=c.cycle, before=c.before,
            after=c.after)
        for c in found.counts
        if c.before != c.after and c.component in own
    ]  # fmt: skip
    lines += [
        say("plan.effect.seam", drug=_drug(found, s.component), cycle=s.cycle, before=s.before,
            after=s.after)
        for s in found.seams
        if s.component in own
    ]  # fmt: skip
    return lines or [say("plan.effect.none")]


def intensity_lines(found: Preview) -> list[Message]:
    """The dose intensities that would change, if all that is open is given."""
    return [
        say("plan.effect.intensity", drug=_drug(found, e.component), cycle=e.cycle,
            before=_percent(e.before), after=_percent(e.after))
        for e in found.intensities
        if e.before is not None and e.after is not None
    ]  # fmt: skip


def cell_words(view: DoseView | None, day: PlanDay) -> Message:
    """A cell of the grid for its tooltip: the day, and how the dose stands on it."""
    if view is None:
        return say("plan.cell.nothing", day=day.on)
    state = say(f"state.{view.state.value}")
    amount = view.planned.dose
    dose = dose_text(amount) if amount is not None else say("sheet.no_dose")
    drug = view.planned.component.drug.name
    if view.planned.is_moved:
        first = view.planned.id.planned_on
        return say("plan.cell.moved", day=day.on, drug=drug, dose=dose, state=state, first=first)
    return say("plan.cell", day=day.on, drug=drug, dose=dose, state=state)


def _lines_of(drug: Name, pairs: Sequence[_Pair]) -> Iterator[Message]:
    """The lines of one drug: moved, left out, given again, other amounts, gone, new."""
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    by_days: dict[int, list[PlannedDose]] = {}
    for before, after in both:
        if before.on != after.on:
            by_days.setdefault((after.on - before.on).days, []).append(after)
    for moved, doses in sorted(by_days.items()):
        yield _line("moved", drug, [d.on for d in doses], moved=days_moved(moved))
    kept = [(a, b) for a, b in both if a.on == b.on]
    for key, doses in (
        ("held", [b for a, b in kept if a.hold is None and b.hold is not None]),
        ("omitted", [b for a, b in kept if not a.is_omitted and b.is_omitted]),
        ("open", [b for a, b in kept if a.is_left_out and not b.is_left_out]),
        ("gone", [a for a, b in pairs if a is not None and b is None]),
        ("new", [b for a, b in pairs if a is None and b is not None]),
    ):
        if doses:
            yield _line(key, drug, [dose.on for dose in doses])
    yield from _amounts(drug, kept)


def _amounts(drug: Name, kept: Sequence[tuple[PlannedDose, PlannedDose]]) -> Iterator[Message]:
    by_dose: dict[Dose | None, list[date]] = {}
    for before, after in kept:
        if before.dose != after.dose and not after.is_left_out:
            by_dose.setdefault(after.dose, []).append(after.on)
    for dose, found in by_dose.items():
        told = dose_text(dose) if dose is not None else say("sheet.no_dose")
        yield _line("dose", drug, found, dose=told)


def _line(key: str, drug: Name, found: Sequence[date], **more: object) -> Message:
    first, last = min(found), max(found)
    if len(found) == 1:
        return say("plan.line.one", what=Message(f"plan.line.{key}", {"drug": drug, **more}),
                   day=first)  # fmt: skip
    what = Message(f"plan.line.{key}", {"drug": drug, **more})
    return say("plan.line.many", what=what, count=len(found), first=first, last=last)


def _one(pair: _Pair) -> PlannedDose:
    found = pair[0] or pair[1]
    assert found is not None  # a pair is made of a slot that one of the plans has
    return found


def _components(found: Preview) -> list[str]:
    """The components that change; a premedication stands after the dose it serves."""
    known = {c.id: c for plan in found.plans for c in plan.components}
    order = [c.id for c in known.values() if c.link is None]
    order += [c.id for c in known.values() if c.link is not None]
    seen = {dose.id.component for dose in (*found.before, *found.after)}
    return [id for id in order if id in seen]


def _drug(found: Preview, component_id: str) -> Name:
    for plan in found.plans:
        if component_id in {component.id for component in plan.components}:
            return _named(plan, component_id)
    raise KeyError(component_id)


def _named(course: Course, component_id: str) -> Name:
    return course.component(component_id).drug.name


def _percent(share: Decimal) -> Decimal:
    percent = (share * 100).quantize(Decimal("0.1"))
    whole = percent.to_integral_value()
    return whole if percent == whole else percent
