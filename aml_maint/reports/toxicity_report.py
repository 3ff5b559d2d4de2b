"""One toxicity in full, with the fields that a safety report asks for.

The fields follow the CIOMS I form and ICH E2B(R3), with those that the Chinese report of an
adverse drug reaction asks for as well: course, treatment, outcome, dechallenge and rechallenge.
It is a basis for such a report, not the form itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import dose_text, lab_text
from aml_maint.domain.regimen import Component, Drug
from aml_maint.domain.schedule import dose_on
from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.domain.toxicity_event import (
    Causality,
    Cause,
    GradePoint,
    OtherCause,
    ToxicityEvent,
)
from aml_maint.reports.cycle_report_table import frequency
from aml_maint.reports.dossier import Blanks, Facts, Grid, Lines, Section, Text

# What a drug is told with where it is suspected.
_SUSPECTED = ("drug", "dose", "taken", "causality", "action", "dechallenge", "rechallenge")
_OTHER = frozenset(other.value for other in OtherCause)
# Fields of the forms that this program holds nothing of.
_BY_HAND = (
    "kind", "new", "weight", "ethnicity", "contact", "earlier", "family", "habits", "product",
    "effect", "reporter", "institution",
)  # fmt: skip


@dataclass(frozen=True)
class ToldToxicity:
    """One toxicity with what its report needs to know of the patient.

    `last_doses` are the last doses taken before the onset, by component; `episodes` the earlier
    events of the same term.
    """

    event: ToxicityEvent
    item: ToxicityItem
    patient: Patient
    course: Course | None
    drugs: Mapping[str, Drug]
    last_doses: Mapping[str, Administration]
    episodes: tuple[ToxicityEvent, ...]
    today: date


def toxicity_sections(told: ToldToxicity) -> tuple[Section, ...]:
    """Event, course of grades, drugs with their attribution, treatment, history, sources."""
    return (
        _event(told),
        _grades(told.event),
        *_drugs(told),
        _what_was_done(told.event),
        _person(told),
        _report(told.event),
        Blanks(
            say("tox_report.by_hand"), tuple(say(f"tox_report.by_hand.{one}") for one in _BY_HAND)
        ),
    )


def _event(told: ToldToxicity) -> Facts:
    event, course = told.event, told.course
    age = told.patient.age(event.onset.day)
    place = None if course is None else course.cycle_day(event.onset.day)
    serious: Message = say("tox_report.not_serious")
    if event.serious:
        criteria = tuple(say(f"criterion.{one.value}") for one in sorted(event.criteria))
        serious = say("toxicity.serious", criteria=criteria)
    return Facts(
        say("tox_report.event"),
        (
            (say("tox_report.term"), told.item.term),
            (say("tox_report.detail"), event.detail or None),
            (say("tox_report.onset"), event.onset.text()),
            (
                say("tox_report.day_of_course"),
                None if place is None else say("cycle_day.of", cycle=place.cycle, day=place.day),
            ),
            (
                say("tox_report.age"),
                None if age is None else say("tox_report.years", years=age),
            ),
            (
                say("tox_report.resolved"),
                event.resolved.text() if event.resolved else say("tox_report.ongoing"),
            ),
            (say("tox_report.lasted"), say("tox_report.days", days=event.days(told.today))),
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


def _drugs(told: ToldToxicity) -> Iterator[Section]:
    """What is suspected, what else was taken, and which other causes were thought of."""
    event = told.event
    listed = {cause.cause: cause for cause in event.causes}
    planned = {} if told.course is None else _planned(told.course, event.onset.day)
    causes = {id: cause for id, cause in listed.items() if id not in _OTHER}
    suspected = [id for id, cause in causes.items() if cause.causality is not Causality.UNLIKELY]
    yield Grid(
        say("tox_report.suspected"),
        tuple(say(f"tox_report.column.{name}") for name in _SUSPECTED),
        tuple(_suspect(told, planned.get(id), id, causes[id]) for id in suspected),
        say("tox_report.nothing_suspected"),
        (12, 16, 23, 13, 12, 12, 12),
    )
    others = [id for id in dict.fromkeys((*planned, *causes)) if id not in suspected]
    yield Grid(
        say("tox_report.concomitant"),
        tuple(say(f"tox_report.column.{name}") for name in ("drug", "dose", "taken", "causality")),
        tuple(
            (
                told.drugs[id].name, *_taken(told, planned.get(id), id),
                _causality(causes.get(id)),
            )
            for id in others
        ),
        say("tox_report.no_drugs"),
        (20, 30, 34, 18),
    )  # fmt: skip
    thought = tuple(
        say("tox_report.cause", cause=_cause_name(cause, told.drugs), causality=_causality(cause))
        for id, cause in listed.items()
        if id in _OTHER
    )
    yield Lines(say("tox_report.other_causes"), thought, say("tox_report.no_other_cause"))


def _planned(course: Course, on: date) -> dict[str, Component]:
    return {component.drug.id: component for component in course.regimen_on(on).components}


def _suspect(
    told: ToldToxicity, component: Component | None, drug: str, cause: Cause
) -> tuple[Text, ...]:
    return (
        told.drugs[drug].name,
        *_taken(told, component, drug),
        _causality(cause),
        say(f"drug_action.{cause.action.value}") if cause.action else "–",
        say(f"challenge.{cause.dechallenge.value}") if cause.dechallenge else "–",
        say(f"challenge.{cause.rechallenge.value}") if cause.rechallenge else "–",
    )


def _taken(told: ToldToxicity, component: Component | None, drug: str) -> tuple[Text, Text]:
    """Dose, route and how often it was ordered at the onset; since when, the last dose, its lot."""
    course = told.course
    if component is None or course is None:
        return "–", "–"
    on = told.event.onset.day
    regimen, dose = course.regimen_on(on), dose_on(course, component, on)
    ordered: Text = "–"
    if dose is not None:
        ordered = say(
            "tox_report.dose", dose=dose_text(dose), route=say(f"route.{component.drug.route}"),
            frequency=frequency(regimen, component),
        )  # fmt: skip
    since = say("tox_report.since", day=course.first_day)
    last = told.last_doses.get(component.id)
    if last is None or last.given is None:
        return ordered, say("tox_report.no_dose", since=since)
    what: dict[str, object] = {"since": since, "at": last.given.local}
    if last.lot:
        return ordered, Message("tox_report.last_lot", what | {"lot": last.lot})
    return ordered, Message("tox_report.last", what)


def _causality(cause: Cause | None) -> Message:
    if cause is None or cause.causality is None:
        return say("tox_report.not_judged")
    level = say(f"causality.{cause.causality.value}")
    return say("tox_report.judged", level=level, by=cause.judged_by)


def _cause_name(cause: Cause, drugs: Mapping[str, Drug]) -> Message | Name:
    if cause.cause in {other.value for other in OtherCause}:
        return say(f"cause.{cause.cause}")
    return drugs[cause.cause].name


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


def _person(told: ToldToxicity) -> Facts:
    patient, course = told.patient, told.course
    diagnosed: Text | None = patient.diagnosis.strip() or None
    if diagnosed is not None and patient.diagnosed_on is not None:
        diagnosed = say("report.diagnosis_dated", diagnosis=diagnosed, day=patient.diagnosed_on)
    earlier: Message = say("tox_report.no_episode")
    if told.episodes:
        last = max(told.episodes, key=lambda one: one.onset.local)
        earlier = say("tox_report.episodes", n=len(told.episodes), last=last.onset.text())
    pairs: list[tuple[Message, Text | None]] = [
        (say("report.label.diagnosis"), diagnosed),
        (say("report.label.allergies"), say(f"allergy.{patient.allergy_state.value}")),
        (say("tox_report.allergy_text"), patient.allergies or None),
    ]
    if course is not None:
        version = say("report.regimen", regimen=course.regimen.name, version=course.regimen.version)
        pairs.append((say("report.label.regimen"), version))
    pairs.append((say("tox_report.same_before"), earlier))
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
