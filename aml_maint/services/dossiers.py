"""Documents about one patient beside the cycle report: medicines, one toxicity, a whole course."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.known_time import Precision
from aml_maint.domain.messages import Language, Message, say
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.reports.course_summary import CourseFacts, summary_sections
from aml_maint.reports.dossier import Dossier, Section
from aml_maint.reports.dossier_pdf import dossier_document
from aml_maint.reports.medication_list import medication_sections
from aml_maint.reports.toxicity_report import ToldToxicity, toxicity_sections
from aml_maint.services import library
from aml_maint.services.course_picture import course_picture
from aml_maint.services.dose_intensity import by_cycle
from aml_maint.services.follow_up import follow_up
from aml_maint.services.language import catalogue
from aml_maint.services.medicines import drugs_of
from aml_maint.services.response_board import response_board
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, patients, toxicities


class MadeDocument(NamedTuple):
    """A PDF with a name to save it under, which names no patient."""

    name: str
    content: bytes


def medication_list(place: Workplace, patient_id: str, language: Language) -> MadeDocument:
    """The medicines that are ordered today; BadInput for a patient without a running course."""
    picture = course_picture(place, patient_id)
    course = picture.course
    if course is None or (course.ended_on is not None and course.ended_on < picture.today):
        raise BadInput(say("medication.no_course"), field="patient")
    patient = patients.patient(place.store, patient_id)
    sections = medication_sections(patient, course, picture.as_needed, picture.today)
    title = say("medication.title", day=picture.today)
    dossier = _dossier(place, patient_id, title, sections, (say("medication.note"),))
    return _made(dossier, f"medicines-{_short(course.id)}", language)


def toxicity_report(place: Workplace, event_id: str, language: Language) -> MadeDocument:
    """One toxicity as it stands now; BadInput if there is none of that id."""
    event = toxicities.standing(place.store, event_id)
    item = next(item for item in library.toxicity_items() if item.id == event.term)
    course = (
        None
        if event.course_id is None
        else courses.course(place.store, event.course_id, place.shelf)
    )
    patient = patients.patient(place.store, event.patient_id)
    today = place.clock.now().local.date()
    told = ToldToxicity(
        event, item, patient, course, drugs_of(place), _last_doses(place, event, course),
        tuple(_same_before(place, event)), today,
    )  # fmt: skip
    sections = toxicity_sections(told)
    dossier = _dossier(
        place, event.patient_id, say("tox_report.title"), sections,
        (say("tox_report.basis"),), say("tox_report.signature"),
    )  # fmt: skip
    return _made(dossier, f"toxicity-{_short(event.event_id)}", language)


def _last_doses(
    place: Workplace, event: ToxicityEvent, course: Course | None
) -> dict[str, Administration]:
    """The last dose of each component that was taken before an event began, as far as known."""
    if course is None:
        return {}
    onset, found = event.onset, dict[str, Administration]()
    records = doses.live_between(place.store, course.first_day, onset.day, course.id)
    clock = ZoneInfo(course.zone)
    taken = [(one.given.utc, one) for one in records.values() if one.given is not None]
    for given, record in sorted(taken, key=lambda pair: pair[0]):
        at = given.astimezone(clock).replace(tzinfo=None)
        later = at > onset.local if onset.precision is Precision.MINUTE else at.date() > onset.day
        if not later:
            found[record.slot.component] = record
    return found


def _same_before(place: Workplace, event: ToxicityEvent) -> Iterator[ToxicityEvent]:
    for one in toxicities.of_patient(place.store, event.patient_id):
        if (
            one.term == event.term
            and one.event_id != event.event_id
            and one.onset.day <= event.onset.day
        ):
            yield one


def course_summary(place: Workplace, course_id: str, language: Language) -> MadeDocument:
    """What a course came to by today; BadInput if there is no such course."""
    course = courses.course(place.store, course_id, place.shelf)
    now = place.clock.now()
    facts = CourseFacts(
        course,
        now.day_in(course.zone),
        {one.cycle: one.rdi for one in by_cycle(place, course, now, len(course.cycles))},
        tuple(_events_of(place, course)),
        {item.id: item.term for item in library.toxicity_items()},
        response_board(place, course.patient_id),
        follow_up(place, course.patient_id),
    )
    dossier = _dossier(
        place, course.patient_id, say("summary.title"), summary_sections(facts),
        (say("summary.note"),), say("tox_report.signature"),
    )  # fmt: skip
    return _made(dossier, f"course-{_short(course.id)}", language)


def _events_of(place: Workplace, course: Course) -> list[ToxicityEvent]:
    return [
        event
        for event in toxicities.of_patient(place.store, course.patient_id)
        if event.course_id == course.id
    ]


def _dossier(
    place: Workplace, patient_id: str, title: Message, sections: tuple[Section, ...],
    notes: tuple[Message, ...], signature: Message | None = None,
) -> Dossier:  # fmt: skip
    return Dossier(
        title, patients.patient(place.store, patient_id), sections, notes, place.clock.now(),
        place.actor.name, place.store.head().sequence, place.is_demo, signature,
    )  # fmt: skip


def _made(dossier: Dossier, stem: str, language: Language) -> MadeDocument:
    name = f"{stem}-{dossier.made.local:%Y%m%d-%H%M}-{language}.pdf"
    return MadeDocument(name, dossier_document(dossier, catalogue(language)))


def _short(id: str) -> str:
    return re.sub(r"[^0-9a-z]", "", id.casefold())[:8]
