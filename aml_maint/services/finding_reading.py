"""What findings need besides doses and gates, read for many patients at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from aml_maint.domain.assessment import Due
from aml_maint.domain.course import Course
from aml_maint.domain.disease import Diagnosis
from aml_maint.domain.finding_facts import (
    GeneticFacts,
    LowSupply,
    OtherFacts,
    UnsignedToxicity,
)
from aml_maint.domain.finding_genetics import new_variants
from aml_maint.domain.follow_up import DiseaseEvent, EventKind
from aml_maint.domain.marrow import Marrow, Purpose
from aml_maint.domain.messages import Name
from aml_maint.domain.patient import Patient, Risk
from aml_maint.domain.response_board import ResponseBoard
from aml_maint.domain.specimen_clock import Tracked
from aml_maint.services import finding_response, library
from aml_maint.services.assessments import due_of
from aml_maint.services.response_board import response_board, tracked_specimens
from aml_maint.services.site_settings import site_settings
from aml_maint.services.supply_watch import low_supplies
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments, diseases, follow_ups, response_reviews, toxicities

# Of each patient so many of the latest marrows are read; all, if these leave anything open.
MARROWS_READ = 3


@dataclass(frozen=True)
class OtherReading:
    """The facts by patient and, of courses, by course."""

    assessments: Mapping[str, tuple[Due, ...]] = field(default_factory=dict)
    supplies: Mapping[str, tuple[LowSupply, ...]] = field(default_factory=dict)
    boards: Mapping[str, ResponseBoard] = field(default_factory=dict)
    specimens: Mapping[str, tuple[Tracked, ...]] = field(default_factory=dict)
    unsigned: Mapping[str, tuple[UnsignedToxicity, ...]] = field(default_factory=dict)

    genetics: Mapping[str, GeneticFacts] = field(default_factory=dict)
    events: Mapping[str, Sequence[DiseaseEvent]] = field(default_factory=dict)

    def of(self, course: Course) -> OtherFacts:
        """The facts of a course and its patient."""
        patient_id = course.patient_id
        facts = OtherFacts(
            self.assessments.get(course.id, ()),
            self.supplies.get(course.id, ()),
            late_specimens=self.specimens.get(patient_id, ()),
            unsigned=self.unsigned.get(patient_id, ()),
        )
        if any(event.kind is EventKind.DEATH for event in self.events.get(patient_id, ())):
            return replace(facts, late_specimens=())
        return self._with_disease(facts, patient_id)

    def _with_disease(self, facts: OtherFacts, patient_id: str) -> OtherFacts:
        """With what the leukaemia itself asks for, of somebody who lives."""
        genetics = self.genetics.get(patient_id, GeneticFacts())
        events = self.events.get(patient_id, ())
        told = finding_response.recorded_relapse(events)
        facts = replace(facts, genetics=genetics, relapse_in_force=told)
        board = self.boards.get(patient_id)
        if board is None:
            return facts
        shown = finding_response.shown_relapse(board, genetics.diagnosis)
        if shown is not None and not finding_response.is_recorded(shown, events):
            facts = replace(facts, relapse=shown, relapse_in_force=shown)
        return replace(
            facts,
            pending_relapse=finding_response.pending(board),
            unseen=finding_response.unseen(board),
            questioned=finding_response.questioned(board, events),
            rise=finding_response.risen(board),
            poor_sample=finding_response.poor_sample(board),
        )


def read_others(
    place: Workplace,
    found: Sequence[Course],
    people: Mapping[str, Patient],
    examined: Mapping[str, Sequence[Marrow]],
    today: date,
) -> OtherReading:
    """Read them for the patients of some courses; `examined` are their latest marrows.

    The number of queries does not grow with the patients, but for those whose latest marrows
    leave something open or whose tablets may run out: of these each is looked at by itself.
    """
    ids = list(dict.fromkeys(course.patient_id for course in found))
    settings = site_settings(place)
    overruled = response_reviews.overruled(
        place.store, [marrow.id for id in ids for marrow in examined.get(id, ())]
    )
    events = follow_ups.events_of(place.store, ids)
    open_ = [
        id
        for id in ids
        if any(event.kind is EventKind.MOLECULAR_RELAPSE for event in events.get(id, ()))
        or not finding_response.says_nothing_new(examined.get(id, ()), overruled, MARROWS_READ)
    ]
    waiting: dict[str, tuple[Tracked, ...]] = {}
    for one in tracked_specimens(place, ids):
        mine = waiting.get(one.marrow.patient_id, ())
        waiting[one.marrow.patient_id] = (*mine, one)
    running = [course for course in found if course.ended_on is None]
    return OtherReading(
        _assessments_due(
            place,
            running,
            today,
            settings.days("cycle.assessment_days"),
            settings.integer("finding.assessments_back"),
        )
        if settings.flag("cycle.assessment_needed")
        else {},
        low_supplies(place, running, today, settings.days("supply.low_below")),
        {id: response_board(place, id) for id in open_},
        waiting,
        _unsigned(place, ids),
        _genetics(place, {id: people[id] for id in ids}, set(open_), examined, events),
        events,
    )


def _genetics(
    place: Workplace,
    people: Mapping[str, Patient],
    open_: set[str],
    examined: Mapping[str, Sequence[Marrow]],
    events: Mapping[str, Sequence[DiseaseEvent]],
) -> dict[str, GeneticFacts]:
    """The genetics of those whom a finding may be about."""
    wanted = {
        id: one
        for id, one in people.items()
        if one.eln_risk is Risk.ADVERSE
        or id in open_
        or any(event.kind is not EventKind.LOST for event in events.get(id, ()))
        or any(marrow.variants for marrow in examined.get(id, ()))
    }
    if not wanted:
        return {}
    known = diseases.of_patients(place.store, wanted)
    transplanted = diseases.transplanted(place.store, list(wanted))
    return {
        id: _genetic_facts(
            one, known.get(id), examined.get(id, ()), events.get(id, ()), id in transplanted
        )
        for id, one in wanted.items()
    }


def _genetic_facts(
    patient: Patient,
    diagnosis: Diagnosis | None,
    marrows: Sequence[Marrow],
    events: Sequence[DiseaseEvent],
    transplanted: bool,
) -> GeneticFacts:
    later = [marrow for marrow in marrows if marrow.purpose is not Purpose.DIAGNOSIS]
    return GeneticFacts(
        patient.eln_risk,
        diagnosis,
        new_variants(diagnosis, later),
        tuple(event.on for event in events if event.kind is EventKind.TRANSPLANT),
        transplanted,
    )


def _assessments_due(
    place: Workplace, found: Sequence[Course], today: date, days: int, back: int
) -> dict[str, tuple[Due, ...]]:
    """What each course lacks as of a day, of the cycle that runs and `back` before it."""
    if not found:
        return {}
    first = {c.id: c.cycle(max(len(c.cycles) - back, 1)).first_day for c in found}
    since = min(first.values()) - timedelta(days=28)
    patients = [course.patient_id for course in found]
    made = assessments.made_of(place.store, patients, since)
    waived = assessments.overrides_of(place.store, [course.id for course in found])
    due = {}
    for course in found:
        last = len(course.cycles)
        lacking = tuple(
            one
            for one in due_of(course, made.get(course.patient_id, []), today, days)
            if one.cycle >= last - back and (one.cycle, one.kind) not in waived.get(course.id, ())
        )
        if lacking:
            due[course.id] = lacking
    return due


def _unsigned(place: Workplace, ids: Sequence[str]) -> dict[str, tuple[UnsignedToxicity, ...]]:
    terms = {item.id: item.term for item in library.toxicity_items()}
    return {
        patient_id: tuple(
            UnsignedToxicity(
                one.version,
                _as_typed(one.detail) if one.detail else terms.get(one.term, _as_typed(one.term)),
                one.worst,
                one.onset,
            )
            for one in mine
        )
        for patient_id, mine in toxicities.unsigned_of(place.store, ids).items()
    }


def _as_typed(term: str) -> Name:
    return Name(term, term)
