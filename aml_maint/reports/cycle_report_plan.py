"""What was amended in the cycle, and what is planned after it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from aml_maint.domain.administration import Administration
from aml_maint.domain.finding_dates import marrow_due_on
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.schedule import dose_on
from aml_maint.reports.cycle_report import Amendment, CycleReport


def amendments(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """Each record of a dose that was corrected or taken back: old, new, who, when and why."""
    text = catalogue.text
    return {
        "heading": text("report.heading.amendments") if report.amendments else None,
        "items": [text(_amended(report, one)) for one in report.amendments],
    }


def _amended(report: CycleReport, one: Amendment) -> Message:
    slot = one.before.slot
    told: dict[str, object] = {
        "drug": report.course.component(slot.component).drug.name,
        "day": report.day_number(one.before.planned.date()),
        "slot": say(f"slot.{slot.slot}"),
        "before": record_text(one.before),
        "by": one.by,
        "at": one.at.local,
    }
    if one.after is None:
        what = Message("report.amendment.taken_back", told)
    else:
        what = Message("report.amendment.corrected", told | {"after": record_text(one.after)})
    if one.reason:
        return say("report.amendment.because", what=what, reason=one.reason)
    return what


def record_text(record: Administration) -> Message:
    """A record of a dose in short: how it was recorded, with amount and time if it was taken."""
    state = say(f"state.{record.status.value}")
    if record.given is None:
        return state
    told: dict[str, object] = {"state": state, "at": record.given.local}
    if record.dose is None:
        return Message("signing.fact.given", told)
    return Message("signing.fact.given_dose", told | {"dose": dose_text(record.dose)})


def next_plan(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """When the next cycle begins and with what; or how the course ended."""
    text = catalogue.text
    return {
        "heading": text("report.heading.next"),
        "items": [text(line) for line in _next(report)],
    }


def _next(report: CycleReport) -> Iterator[Message]:
    course = report.course
    if course.ended_on is not None and report.cycle == len(course.cycles):
        yield say(
            "report.next.ended",
            day=course.ended_on,
            reason=say(f"end_reason.{course.end_reason.value if course.end_reason else 'other'}"),
        )
        return
    if report.cycle < len(course.cycles):
        start = course.cycle(report.cycle + 1).first_day
        yield say("report.next.begun", cycle=report.cycle + 1, day=start)
    else:
        start = course.expected_start
        yield say("report.next.expected", cycle=report.cycle + 1, day=start)
    yield say("report.next.doses", doses=tuple(_doses(report, start)))
    due = marrow_due_on(course, report.marrows) if report.cycle == len(course.cycles) else None
    if due is not None:
        yield say("report.next.marrow", day=due[0])


def _doses(report: CycleReport, start: date) -> Iterator[Message]:
    course = report.course
    regimen = course.regimen_on(start)
    for component in regimen.components:
        hold = course.hold_of(component.id, start)
        told: dict[str, object] = {"drug": component.drug.name}
        if hold is not None:
            yield Message("report.next.held", told | {"since": hold.first_day})
            continue
        dose = dose_on(course, component, start)
        told["dose"] = say("report.dose_not_ordered") if dose is None else dose_text(dose)
        yield Message("report.next.dose", told)
