"""A course in facts: the disease, the regimen and its version, since when, and how it ended."""

from __future__ import annotations

from aml_maint.domain.course import Course
from aml_maint.domain.marrow_facts import variant_fact
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import dose_text
from aml_maint.gui.models.rows_model import Column
from aml_maint.gui.widgets.facts import Fact, Text, literal
from aml_maint.services.course_picture import CoursePicture, CycleLine


def facts_of(picture: CoursePicture) -> list[Fact]:
    """The facts in the order in which a physician asks for them."""
    return [*_disease(picture), *_course(picture)]


def _disease(picture: CoursePicture) -> list[Fact]:
    known = picture.disease
    patient, diagnosis = known.patient, known.diagnosis
    name: Text = literal(patient.diagnosis) if patient.diagnosis else say("banner.aml")
    found = [Fact(say("course_tab.fact.diagnosis"), name)]
    if patient.diagnosed_on is not None:
        day = say("banner.day", day=patient.diagnosed_on)
        found.append(Fact(say("course_tab.fact.diagnosed"), day))
    found.append(Fact(say("course_tab.fact.flt3"), say(f"flt3.{patient.flt3_itd.value}")))
    found.append(Fact(say("course_tab.fact.risk"), say(f"risk.{patient.eln_risk.value}")))
    if diagnosis is not None:
        if diagnosis.karyotype:
            found.append(Fact(say("course_tab.fact.karyotype"), literal(diagnosis.karyotype)))
        if diagnosis.fusion:
            found.append(Fact(say("course_tab.fact.fusion"), literal(diagnosis.fusion)))
        if diagnosis.mutations:
            genes = tuple(variant_fact(one) for one in diagnosis.mutations)
            found.append(Fact(say("course_tab.fact.mutations"), _listed(genes)))
    if known.therapies:
        earlier = tuple(literal(one.regimen) for one in known.therapies if one.regimen)
        if earlier:
            found.append(Fact(say("course_tab.fact.before"), _listed(earlier)))
    return found


def _course(picture: CoursePicture) -> list[Fact]:
    course = picture.course
    if course is None:
        none = say("course_tab.no_course")
        return [Fact(say("course_tab.fact.regimen"), none, "muted")]
    found = [
        Fact(say("course_tab.fact.regimen"), _regimen(course)),
        Fact(say("course_tab.fact.began"), say("banner.day", day=course.first_day)),
    ]
    for change in course.regimen_changes:
        told = say(
            "course_tab.changed", day=change.from_day, regimen=change.former.name,
            version=change.former.version, reason=change.reason, by=change.decided_by,
        )  # fmt: skip
        found.append(Fact(say("course_tab.fact.before_that"), told))
    if course.ended_on is not None:
        reason = (
            say(f"end_reason.{course.end_reason.value}")
            if course.end_reason
            else say("banner.not_known")
        )
        ended = say("course_tab.ended", day=course.ended_on, reason=reason)
        found.append(Fact(say("course_tab.fact.ended"), ended, "warning"))
    delays = sum(line.delay for line in picture.cycles if line.delay > 0)
    if delays:
        late = sum(1 for line in picture.cycles if line.delay > 0)
        told = say("course_tab.delays", days=delays, cycles=late)
        found.append(Fact(say("course_tab.fact.delays"), told))
    for drug, order in picture.as_needed:
        told = say(
            "course_tab.as_needed", drug=drug.name, dose=dose_text(order.dose),
            indication=say(f"indication.{order.indication}"), by=order.ordered_by,
            first=order.first_day,
        )  # fmt: skip
        found.append(Fact(say("course_tab.fact.as_needed"), told))
    for one in picture.earlier:
        told = say("course_tab.earlier", regimen=one.regimen.name, first=one.first_day,
                   last=one.ended_on or one.first_day)  # fmt: skip
        found.append(Fact(say("course_tab.fact.earlier"), told))
    return found


def _regimen(course: Course) -> Message:
    regimen = course.regimen
    return say("course_tab.regimen", regimen=regimen.name, version=regimen.version)


def _listed(parts: tuple[object, ...]) -> Message:
    return say("deviation.parts", parts=parts)


def cycle_columns() -> tuple[Column[CycleLine], ...]:
    """The table of cycles: number, days, how long, how late."""
    return (
        Column(say("course_tab.column.cycle"), lambda line: str(line.number)),
        Column(say("course_tab.column.began"), lambda line: say("banner.day", day=line.first_day)),
        Column(say("course_tab.column.length"), _length),
        Column(say("course_tab.column.delay"), _delay, share=1, token=_delay_token),
    )


def _length(line: CycleLine) -> Message:
    return say("course_tab.length", days=line.days, planned=line.planned_days)


def _delay(line: CycleLine) -> Message | str:
    if line.delay == 0:
        return ""
    way = "late" if line.delay > 0 else "early"
    return Message(f"course_tab.delay.{way}", {"days": abs(line.delay)})


def _delay_token(line: CycleLine) -> str:
    return "warning" if line.delay else "muted"
