"""The medicines of a patient in the wording that people read: what, how much, how, how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import reduce

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.course import Course
from aml_maint.domain.gate import rule_text
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import AllergyState, Patient, Sex
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.regimen import Component, Drug
from aml_maint.domain.schedule import dose_on
from aml_maint.reports.cycle_report_table import frequency
from aml_maint.reports.dossier import Facts, Grid, Lines, Section, Text


def medication_sections(
    patient: Patient, course: Course, as_needed: Sequence[tuple[Drug, AsNeededOrder]], on: date
) -> tuple[Section, ...]:
    """Allergies first; then what is ordered on a day by the plan, and what when it is needed."""
    regimen = course.regimen_on(on)
    columns = ("drug", "dose", "route", "frequency", "times", "remarks")
    return (
        _person(patient, course, on),
        Grid(
            say("medication.by_plan", regimen=regimen.name),
            tuple(say(f"medication.column.{name}") for name in columns),
            tuple(_row(patient, course, component, on) for component in regimen.components),
            say("medication.none"),
            (14, 13, 10, 16, 10, 24),
        ),
        Lines(
            say("medication.as_needed"),
            tuple(_needed(drug, order) for drug, order in as_needed),
            say("medication.as_needed.none"),
        ),
    )


def _person(patient: Patient, course: Course, on: date) -> Facts:
    allergies = say(f"allergy.{patient.allergy_state.value}")
    if patient.allergy_state is AllergyState.KNOWN and patient.allergies.strip():
        told = patient.allergies.strip()
        allergies = say("report.allergies", state=allergies, allergies=told)
    place = course.cycle_day(on)
    day = None if place is None else say("cycle_day.of", cycle=place.cycle, day=place.day)
    return Facts(
        say("medication.person"),
        (
            (say("report.label.allergies"), allergies),
            (say("report.label.diagnosis"), patient.diagnosis.strip() or None),
            (say("medication.day"), day),
        ),
    )


def _times(course: Course, component: Component, on: date) -> tuple[str, ...]:
    """The times of day; of one that goes with another drug, so long before or after that one's."""
    link = component.link
    served = component if link is None else course.regimen_on(on).component(link.to)
    apart = timedelta(minutes=0 if link is None else link.offset_minutes)
    return tuple((datetime.combine(on, slot.at) + apart).strftime("%H:%M") for slot in served.slots)


def _row(patient: Patient, course: Course, component: Component, on: date) -> tuple[Text, ...]:
    dose = dose_on(course, component, on)
    times = _times(course, component, on)
    return (
        component.drug.name,
        say("report.dose_not_ordered") if dose is None else dose_text(dose),
        say(f"route.{component.drug.route}"),
        frequency(course.regimen_on(on), component),
        say("signing.fact.as_is", value=times) if times else "–",
        reduce(_also, _remarks(patient, course, component, on), None) or "–",
    )


def _also(first: Message | None, then: Message) -> Message:
    return then if first is None else say("medication.also", first=first, then=then)


def _remarks(patient: Patient, course: Course, component: Component, on: date) -> Iterator[Message]:
    hold = course.hold_of(component.id, on)
    if hold is not None:
        reason = say(f"hold_reason.{hold.reason.value}")
        yield say("medication.held", since=hold.first_day, reason=reason)
    for rule in component.gates:
        told: dict[str, object] = {
            "analyte": say(f"analyte.{rule.analyte}"),
            "rule": rule_text(rule),
        }
        if rule.max_age_days is None:
            yield Message("medication.gated", told)
        else:
            yield Message("medication.gated_age", told | {"days": rule.max_age_days})
    pregnancy = component.pregnancy
    if pregnancy is not None and pregnancy.active and patient.sex is not Sex.MALE:
        yield say("medication.pregnancy", days=pregnancy.days)
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
