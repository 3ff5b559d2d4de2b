"""Doses given before a count arrived that would have kept their gate closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from aml_maint.domain.administration import Administration
from aml_maint.domain.dose_standing import closed_when_given
from aml_maint.domain.gate import GateVerdict
from aml_maint.domain.messages import Message, Name
from aml_maint.domain.moment import Moment
from aml_maint.services.dose_rules import FURTHEST_GIVEN_DAYS
from aml_maint.services.medicines import component_of_record, drugs_of
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, gate_evidence


@dataclass(frozen=True)
class LateDose:
    """A dose that was given although its gate was closed by what is known now."""

    drug: Name
    record: Administration
    given: Moment
    reason: Message
    """What closed its gate, with the evidence."""
    cycle: int
    """The cycle that it is shown in."""


def given_while_closed(
    place: Workplace, patient_id: str, analyte: str, since: Moment
) -> tuple[LateDose, ...]:
    """The doses given from an instant on whose gate an analyte closed then, by all known now.

    What was recorded of them, with the evidence of that time, stays as it is: they are
    deviations (clinical rules, "Gates"). A dose given by a named override is none of them.
    """
    drugs = drugs_of(place)
    found: list[LateDose] = []
    for course in courses.of_patient(place.store, patient_id, place.shelf):
        evidence = gate_evidence.of_course(place.store, course)
        first = since.day_in(course.zone) - timedelta(days=FURTHEST_GIVEN_DAYS)
        planned = doses.live_between(place.store, first, date.max, course.id).values()
        unplanned = doses.unplanned_between(place.store, first, date.max, course.id)
        for record in (*planned, *unplanned):
            if record.given is None or record.given < since:
                continue
            component = component_of_record(drugs, course, record)
            verdict = closed_when_given(component, evidence, record)
            if verdict is not None and analyte in _closing(verdict):
                cycle = course.place(record.planned.date()).cycle
                drug = component.drug.name
                found.append(LateDose(drug, record, record.given, verdict.reason, cycle))
    return tuple(sorted(found, key=lambda late: late.given))


def _closing(verdict: GateVerdict) -> set[str]:
    """What the gates ask for that were closed then."""
    return {one.asks_for for one in (verdict, *verdict.others) if not one.is_open}
