"""The tables of toxicity of the whole ward, read from its records."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from aml_maint.domain import toxicity_tables as tables
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.fever import FeverGroup
from aml_maint.domain.lab_judgement import grade_result
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import Message, say
from aml_maint.domain.toxicity import Kind
from aml_maint.domain.toxicity_subject import (
    CycleSpan,
    Measured,
    Subject,
    before_treatment,
    under_who_items,
)
from aml_maint.services import library
from aml_maint.services.injections import fever_comparison
from aml_maint.services.site_settings import site_settings
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments, courses, doses, labs, patients, toxicities

# A temperature alone is no event: fever is counted from events.
_NOT_FROM_VALUES = frozenset({"fever_drug"})


@dataclass(frozen=True)
class Tables:
    """The patients looked at, ready to be counted, and what they were counted by."""

    subjects: tuple[Subject, ...]
    until: date
    by_who: bool
    after_last_dose: int
    fevers: tuple[FeverGroup, ...] = ()
    """Fever after injections with and without their premedication."""
    fever_hours: int = 0
    """So many hours after an injection a fever is put down to it."""

    @property
    def rule(self) -> tuple[Message, ...]:
        """How was counted, sentence by sentence; printed with every table."""
        n = len(tables.treated(self.subjects))
        return (
            say("toxicity_table.rule", days=self.after_last_dose),
            say("toxicity_table.denominator", n=n, left_out=len(self.subjects) - n),
            say("toxicity_table.laboratory"),
            say("toxicity_table.by_who" if self.by_who else "toxicity_table.own_terms"),
            say("toxicity_table.until", day=self.until),
        )

    def under_who_items(self) -> Tables:
        """The same counted under the WHO items that each term belongs to."""
        items = library.toxicity_items_by_id()
        return replace(self, subjects=under_who_items(self.subjects, items), by_who=True)

    @cached_property
    def incidence(self) -> tuple[tables.Incidence, ...]:
        """How many had each term."""
        return tables.incidence(self.subjects)

    @cached_property
    def any(self) -> tables.Incidence:
        """How many had anything."""
        return tables.any_toxicity(self.subjects)

    @property
    def worst(self) -> tuple[tables.WorstGrade, ...]:
        """The worst grade per patient, term and cycle."""
        return tables.worst_grades(self.subjects)

    @property
    def attribution(self) -> tuple[tables.Attribution, ...]:
        """By drug, as it was judged."""
        drugs = {cause.cause for s in self.subjects for e in s.events for cause in e.causes}
        return tables.attribution(self.subjects, [d for d in library.drugs() if d in drugs])

    @property
    def timing(self) -> tuple[tables.Timing, ...]:
        """Onset and duration."""
        return tables.timing(self.subjects, library.toxicity_items_by_id())

    @property
    def shifts(self) -> tuple[tables.Shift, ...]:
        """From baseline to the worst grade, for every term that any patient had."""
        return tuple(tables.shift(self.subjects, row.term) for row in self.incidence)

    @property
    def serious(self) -> tuple[tables.Serious, ...]:
        """Every serious event."""
        return tables.serious(self.subjects)


def toxicity_tables(
    place: Workplace,
    *,
    regimen: str | None = None,
    until: date | None = None,
    by_who: bool = False,
    patient_ids: Collection[str] | None = None,
) -> Tables:
    """The patients to count: all with a course, of one regimen if it is named, up to a day.

    `patient_ids` narrows them further. BadInput for an unknown regimen or a day to come.
    """
    today = place.clock.now().local.date()
    last = until or today
    if last > today:
        raise BadInput(say("error.date_in_future"), field="until")
    if regimen is not None:
        library.regimen(regimen)
    chosen = [
        course
        for course in courses.all_of(place.store, place.shelf)
        if (regimen is None or course.regimen.id == regimen)
        and (patient_ids is None or course.patient_id in patient_ids)
        and course.first_day <= last
    ]
    by_patient: dict[str, list[Course]] = {}
    for course in chosen:
        by_patient.setdefault(course.patient_id, []).append(course)
    reading = _Reading(place, last)
    subjects = reading.subjects(by_patient)
    fevers = fever_comparison(place, chosen, last)
    found = Tables(subjects, last, False, reading.after_last_dose, fevers, reading.fever_hours)
    return found.under_who_items() if by_who else found


class _Reading:
    """Everything the tables need, read with one question each."""

    def __init__(self, place: Workplace, until: date) -> None:
        settings = site_settings(place)
        self.until = until
        self.after_last_dose = settings.days("toxicity.after_last_dose")
        self.baseline_days = settings.days("toxicity.baseline_days")
        self.fever_hours = settings.integer("toxicity.fever_within")
        self.events = toxicities.all_live(place.store)
        self.assessments = assessments.all_live(place.store)
        self.spans = doses.first_and_last(place.store, until)
        self.results = labs.all_by_patient(place.store)
        self.people = {patient.id: patient for patient in patients.all_patients(place.store)}

    def subjects(self, by_patient: dict[str, list[Course]]) -> tuple[Subject, ...]:
        found = (self._subject(id, mine) for id, mine in by_patient.items())
        return tuple(sorted(found, key=lambda subject: subject.label))

    def _subject(self, patient_id: str, mine: Sequence[Course]) -> Subject:
        taken = [self.spans[course.id] for course in mine if course.id in self.spans]
        first = min((span[0] for span in taken), default=None)
        zone = mine[-1].zone
        measured = [
            one
            for result in self.results.get(patient_id, ())
            if (one := graded(result, zone)) is not None and one.on <= self.until
        ]
        return Subject(
            patient_id,
            self.people[patient_id].mrn,
            first,
            max((span[1] for span in taken), default=None),
            self.until,
            cycles_of(mine, self.until),
            tuple(e for e in self.events.get(patient_id, ()) if e.onset.day <= self.until),
            tuple(measured),
            tuple(a for a in self.assessments.get(patient_id, ()) if a.on <= self.until),
            {} if first is None else _baselines(measured, first, self.baseline_days),
            after_last_dose=self.after_last_dose,
        )


def graded(result: LabResult, zone: str) -> Measured | None:
    """A result as the tables count it; None where it has no grade."""
    item = library.item_of(result.analyte)
    if item is None or item.kind is not Kind.NUMERIC or item.id in _NOT_FROM_VALUES:
        return None
    verdict = grade_result(library.lab_catalogue().analytes[result.analyte], item, result)
    if verdict is None or verdict.grade is None:
        return None
    return Measured(item.id, result.collected.day_in(zone), int(verdict.grade))


def _baselines(measured: Sequence[Measured], first_dose: date, within: int) -> dict[str, int]:
    """Of each term the grade before treatment; of several of that day the worst."""
    by_term: dict[str, list[Measured]] = {}
    for one in measured:
        by_term.setdefault(one.term, []).append(one)
    found = {term: before_treatment(mine, first_dose, within) for term, mine in by_term.items()}
    return {term: max(one.grade for one in mine) for term, mine in found.items() if mine}


def cycles_of(mine: Sequence[Course], until: date) -> tuple[CycleSpan, ...]:
    """The cycles of a patient's courses, one after another."""
    spans: list[CycleSpan] = []
    for course in mine:
        for start in course.cycles:
            if start.first_day <= until:
                running = start.number == len(course.cycles) and course.ended_on is None
                end = course.cycle_end(start.number)
                last = min(max(end, until) if running else end, until)
                spans.append(CycleSpan(len(spans) + 1, start.first_day, last))
    return tuple(spans)
