"""One toxicity in full, with the fields that a safety report asks for.

The fields follow the CIOMS I form and ICH E2B(R3), with those that the Chinese report of an
adverse drug reaction asks for as well: course, treatment, outcome, dechallenge and rechallenge.
It is a basis for such a report, not the form itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from aml_maint.domain.course import Course
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import dose_text, lab_text
from aml_maint.domain.regimen import Drug
from aml_maint.domain.schedule import dose_on
from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.domain.toxicity_event import Cause, GradePoint, OtherCause, ToxicityEvent
from aml_maint.reports.cycle_report_table import frequency
from aml_maint.reports.dossier import Facts, Grid, Section, Text


def toxicity_sections(
    event: ToxicityEvent,
    item: ToxicityItem,
    patient: Patient,
    course: Course | None,
    drugs: Mapping[str, Drug],
    today: date,
) -> tuple[Section, ...]:
    """Event, course of grades, drugs with their attribution, treatment and outcome, sources."""
    return (
        _event(event, item, today),
        _grades(event),
        _suspects(event, course, drugs),
        _what_was_done(event),
        _person(patient, course),
        _report(event),
    )


def _event(event: ToxicityEvent, item: ToxicityItem, today: date) -> Facts:
    serious: Message = say("tox_report.not_serious")
    if event.serious:
        criteria = tuple(say(f"criterion.{one.value}") for one in sorted(event.criteria))
        serious = say("toxicity.serious", criteria=criteria)
    return Facts(
        say("tox_report.event"),
        (
            (say("tox_report.term"), item.term),
            (say("tox_report.detail"), event.detail or None),
            (say("tox_report.onset"), event.onset.text()),
            (
                say("tox_report.resolved"),
                event.resolved.text() if event.resolved else say("tox_report.ongoing"),
            ),
            (say("tox_report.lasted"), say("tox_report.days", days=event.days(today))),
            (say("tox_report.worst"), _grade(event.worst)),
            (say("tox_report.baseline"), _grade(event.baseline)),
            (say("tox_report.seriousness"), serious),
        ),
    )


def _grade(grade: int | None) -> Message:
    if grade is None:
        return say("report.not_evaluated")
    return say("signing.fact.grade", grade=grade)


def _grades(event: ToxicityEvent) -> Grid:
    return Grid(
        say("tox_report.course"),
        tuple(say(f"tox_report.column.{name}") for name in ("from", "grade", "value", "note")),
        tuple(_point(point) for point in event.grades),
        say("report.not_recorded"),
        (2, 1, 2, 4),
    )


def _point(point: GradePoint) -> tuple[Text, ...]:
    value: Text = "–" if point.value is None else lab_text(point.value)
    return (point.at.text(), _grade(point.grade), value, point.note or "–")


def _suspects(event: ToxicityEvent, course: Course | None, drugs: Mapping[str, Drug]) -> Grid:
    columns = ("drug", "dose", "since", "causality", "action", "dechallenge", "rechallenge")
    listed = {cause.cause: cause for cause in event.causes}
    rows: list[tuple[Text, ...]] = []
    if course is not None:
        on = event.onset.local.date()
        regimen = course.regimen_on(on)
        for component in regimen.components:
            dose = dose_on(course, component, on)
            often = frequency(regimen, component)
            told: Text = "–"
            if dose is not None:
                told = say("tox_report.dose", dose=dose_text(dose), frequency=often)
            since = say("signing.fact.as_is", value=course.first_day)
            judged = _judged(listed.pop(component.drug.id, None))
            rows.append((component.drug.name, told, since, *judged))
    rows += [(_cause_name(cause, drugs), "–", "–", *_judged(cause)) for cause in listed.values()]
    return Grid(
        say("tox_report.drugs"),
        tuple(say(f"tox_report.column.{name}") for name in columns),
        tuple(rows),
        say("tox_report.no_drugs"),
        (16, 23, 17, 15, 13, 14, 14),
    )


def _cause_name(cause: Cause, drugs: Mapping[str, Drug]) -> Message | Name:
    if cause.cause in {other.value for other in OtherCause}:
        return say(f"cause.{cause.cause}")
    return drugs[cause.cause].name


def _judged(cause: Cause | None) -> tuple[Text, Text, Text, Text]:
    if cause is None:
        return ("–", "–", "–", "–")
    causality: Text = "–"
    if cause.causality is not None:
        level = say(f"causality.{cause.causality.value}")
        causality = say("tox_report.judged", level=level, by=cause.judged_by)
    return (
        causality,
        say(f"drug_action.{cause.action.value}") if cause.action else "–",
        say(f"challenge.{cause.dechallenge.value}") if cause.dechallenge else "–",
        say(f"challenge.{cause.rechallenge.value}") if cause.rechallenge else "–",
    )


def _what_was_done(event: ToxicityEvent) -> Facts:
    outcome = say(f"outcome.{event.outcome.value}") if event.outcome else None
    return Facts(
        say("tox_report.done"),
        (
            (say("tox_report.treatment"), event.treatment or None),
            (say("tox_report.outcome"), outcome),
            (say("tox_report.note"), event.note or None),
        ),
    )


def _person(patient: Patient, course: Course | None) -> Facts:
    pairs: list[tuple[Message, Text | None]] = [
        (say("report.label.diagnosis"), patient.diagnosis or None),
        (say("report.label.allergies"), say(f"allergy.{patient.allergy_state.value}")),
        (say("tox_report.allergy_text"), patient.allergies or None),
    ]
    if course is not None:
        version = say("report.regimen", regimen=course.regimen.name, version=course.regimen.version)
        pairs.append((say("report.label.regimen"), version))
    return Facts(say("tox_report.person"), tuple(pairs))


def _report(event: ToxicityEvent) -> Facts:
    return Facts(say("tox_report.report"), tuple(_reported(event)))


def _reported(event: ToxicityEvent) -> Iterator[tuple[Message, Text | None]]:
    noticed = say(f"reporter.{event.reporter.value}") if event.reporter else None
    yield say("tox_report.noticed_by"), noticed
    if event.recorded is not None:
        told = say("tox_report.by_at", by=event.recorded_by, at=event.recorded.local)
        yield say("tox_report.recorded"), told
    review = event.review
    if review is None:
        yield say("tox_report.reviewed"), say("toxicity.unsigned")
    else:
        yield say("tox_report.reviewed"), say("tox_report.by_at", by=review.by, at=review.at.local)
        yield say("tox_report.comment"), review.comment or None
    yield say("tox_report.event_id"), event.event_id[:8]
