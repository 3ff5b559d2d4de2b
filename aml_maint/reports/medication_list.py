"""The medicines of a patient in the wording that people read: what, how much, how, how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.course import Course
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.regimen import Component, Drug
from aml_maint.domain.schedule import dose_on
from aml_maint.reports.cycle_report_table import frequency
from aml_maint.reports.dossier import Grid, Lines, Section, Text


def medication_sections(
    course: Course, as_needed: Sequence[tuple[Drug, AsNeededOrder]], on: date
) -> tuple[Section, ...]:
    """What is ordered on a day by the plan, and what may be taken when it is needed."""
    regimen = course.regimen_on(on)
    columns = ("drug", "dose", "route", "frequency", "times", "remarks")
    return (
        Grid(
            say("medication.by_plan", regimen=regimen.name),
            tuple(say(f"medication.column.{name}") for name in columns),
            tuple(_row(course, component, on) for component in regimen.components),
            say("medication.none"),
            (14, 13, 10, 16, 10, 24),
        ),
        Lines(
            say("medication.as_needed"),
            tuple(_needed(drug, order) for drug, order in as_needed),
            say("medication.as_needed.none"),
        ),
    )


def _row(course: Course, component: Component, on: date) -> tuple[Text, ...]:
    dose = dose_on(course, component, on)
    times = tuple(slot.at.strftime("%H:%M") for slot in component.slots)
    return (
        component.drug.name,
        say("report.dose_not_ordered") if dose is None else dose_text(dose),
        say(f"route.{component.drug.route}"),
        frequency(course.regimen_on(on), component),
        say("signing.fact.as_is", value=times) if times else "–",
        say("signing.fact.as_is", value=tuple(_remarks(course, component, on)) or ("–",)),
    )


def _remarks(course: Course, component: Component, on: date) -> Iterator[Message]:
    hold = course.hold_of(component.id, on)
    if hold is not None:
        reason = say(f"hold_reason.{hold.reason.value}")
        yield say("medication.held", since=hold.first_day, reason=reason)
    if component.gates:
        yield say("medication.gated")
    if component.food is not None:
        yield say("medication.food", food=component.food)


def _needed(drug: Drug, order: AsNeededOrder) -> Message:
    told: dict[str, object] = {
        "drug": drug.name,
        "dose": dose_text(order.dose),
        "for": say(f"indication.{order.indication}"),
        "first": order.first_day,
        "by": order.ordered_by,
    }
    if order.last_day is None:
        return Message("medication.needed", told)
    return Message("medication.needed.until", told | {"last": order.last_day})
