"""The tables of toxicity of the whole ward, read from its records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from aml_maint.domain import toxicity_tables as tables
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.fever import FeverGroup, InjectionFever, compare
from aml_maint.domain.lab_judgement import grade_value
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.toxicity import Kind
from aml_maint.domain.toxicity_subject import (
    CycleSpan,
    Measured,
    Subject,
    before_treatment,
    under_who_items,
)
from aml_maint.services import library
from aml_maint.services.injections import fevers_of
from aml_maint.services.long_work import Parts, whole
from aml_maint.services.site_settings import site_settings
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments, courses, doses, labs, patients, toxicities

# A temperature alone is no event: fever is counted from events.
_NOT_FROM_VALUES = frozenset({"fever_drug"})
# So many patients are read at a time: a fraction of a second, after which it may be stopped. What
# was read of them, their injections above all, is freed in one go, and Python runs nothing else
# meanwhile: of 100 patients who are treated for years that takes 40 ms. To read fewer at a time
# takes no longer in all.
_AT_A_TIME = 25


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


@dataclass(frozen=True)
class ToxicityRecord:
    """What the tables are counted from, patient by patient, whomever they are to count."""

    subjects: Mapping[str, Subject]
    fevers: Mapping[str, Sequence[InjectionFever]]
    """The fevers after a patient's injections."""
    until: date
    after_last_dose: int
    fever_hours: int

    def tables(self, patient_ids: Collection[str] | None = None) -> Tables:
        """The tables of some of the patients, or of all."""
        chosen = self.subjects.keys() if patient_ids is None else set(patient_ids)
        found = [subject for id, subject in self.subjects.items() if id in chosen]
        fevers = compare(one for id, mine in self.fevers.items() if id in chosen for one in mine)
        return Tables(
            tuple(sorted(found, key=lambda subject: subject.label)),
            self.until, False, self.after_last_dose, fevers, self.fever_hours,
        )  # fmt: skip


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
    if regimen is not None:
        library.regimen(regimen)
    found = whole(
        toxicity_record(place, regimen=regimen, until=until, patient_ids=patient_ids)
    ).tables()
    return found.under_who_items() if by_who else found


def toxicity_record(
    place: Workplace,
    *,
    regimen: str | None = None,
    until: date | None = None,
    patient_ids: Collection[str] | None = None,
    fevers: bool = True,
) -> Parts[ToxicityRecord]:
    """Read what the tables are counted from, some at a time. BadInput for a day to come.

    `fevers` says if those after injections will be asked for, which takes every injection.
    """
    today = place.clock.now().local.date()
    last = until or today
    if last > today:
        raise BadInput(say("error.date_in_future"), field="until")
    reading = _Reading(place, last, regimen)
    ids = [
        id
        for id in courses.patients_begun(place.store, last)
        if patient_ids is None or id in patient_ids
    ]
    for start in range(0, len(ids), _AT_A_TIME):
        yield start, len(ids)
        reading.take(ids[start : start + _AT_A_TIME], fevers=fevers)
    return ToxicityRecord(
        reading.subjects, reading.fevers, last, reading.after_last_dose, reading.fever_hours
    )


class _Reading:
    """Everything the tables need of some patients, read with one question each."""

    def __init__(self, place: Workplace, until: date, regimen: str | None) -> None:
        settings = site_settings(place)
        self.place = place
        self.until = until
        self.regimen = regimen
        self.after_last_dose = settings.days("toxicity.after_last_dose")
        self.baseline_days = settings.days("toxicity.baseline_days")
        self.fever_hours = settings.integer("toxicity.fever_within")
        self.subjects: dict[str, Subject] = {}
        self.fevers: dict[str, Sequence[InjectionFever]] = {}

    def take(self, ids: Sequence[str], *, fevers: bool) -> None:
        """Read some patients."""
        store = self.place.store
        of_patients = {
            id: [course for course in mine if self._is_wanted(course)]
            for id, mine in courses.of_patients(store, ids, self.place.shelf).items()
        }
        chosen = [course for mine in of_patients.values() for course in mine]
        spans = doses.first_and_last(store, self.until, [course.id for course in chosen])
        people = patients.by_ids(store, ids)
        results = labs.of_patients(store, ids)
        events = toxicities.of_patients(store, ids)
        made = assessments.of_patients(store, ids)
        for id, mine in of_patients.items():
            if mine:
                subject = self._subject(people[id], mine, results.get(id, ()), spans)
                self.subjects[id] = replace(
                    subject,
                    events=tuple(e for e in events.get(id, ()) if e.onset.day <= self.until),
                    assessments=tuple(a for a in made.get(id, ()) if a.on <= self.until),
                )
        if fevers:
            self.fevers |= fevers_of(self.place, chosen, self.until, results, events)

    def _is_wanted(self, course: Course) -> bool:
        if course.first_day > self.until:
            return False
        return self.regimen is None or course.regimen.id == self.regimen

    def _subject(
        self,
        patient: Patient,
        mine: Sequence[Course],
        results: Sequence[LabResult],
        spans: Mapping[str, tuple[date, date]],
    ) -> Subject:
        taken = [spans[course.id] for course in mine if course.id in spans]
        first = min((span[0] for span in taken), default=None)
        zone = mine[-1].zone
        measured = [
            one
            for result in results
            if (one := graded(result, zone)) is not None and one.on <= self.until
        ]
        return Subject(
            patient.id,
            patient.mrn,
            first,
            max((span[1] for span in taken), default=None),
            self.until,
            cycles_of(mine, self.until),
            measured=tuple(measured),
            baselines={} if first is None else _baselines(measured, first, self.baseline_days),
            after_last_dose=self.after_last_dose,
        )


def graded(result: LabResult, zone: str) -> Measured | None:
    """A result as the tables count it; None where it has no grade."""
    found = _grade(result.analyte, result.value, result.upper_limit)
    return None if found is None else Measured(found[0], result.collected.day_in(zone), found[1])


# Most results are one of some hundreds of values; what a value means rests on nothing else.
@lru_cache(maxsize=8_192)
def _grade(analyte: str, value: LabValue, upper_limit: Decimal | None) -> tuple[str, int] | None:
    item = library.item_of(analyte)
    if item is None or item.kind is not Kind.NUMERIC or item.id in _NOT_FROM_VALUES:
        return None
    verdict = grade_value(library.lab_catalogue().analytes[analyte], item, value, upper_limit)
    if verdict is None or verdict.grade is None:
        return None
    return item.id, int(verdict.grade)


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
