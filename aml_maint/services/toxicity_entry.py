"""What a form for a toxicity needs to know of its patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.messages import Name
from aml_maint.domain.patient import Patient
from aml_maint.domain.toxicity_event import OtherCause, ToxicityEvent
from aml_maint.services.sheet import CycleSheet
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, patients, toxicities

# As many injections before an onset are offered as its cause, not older than this.
_INJECTIONS, _INJECTION_DAYS = 8, timedelta(days=30)


@dataclass(frozen=True)
class Injected:
    """An injection that was given, with the name of its drug."""

    record: Administration
    drug: Name


@dataclass(frozen=True)
class EntryContext:
    """A patient with what an event can be linked and attributed to, as of `today`."""

    patient: Patient
    course: Course | None
    zone: str
    today: date
    injections: tuple[Injected, ...]
    """The latest injections, the last first."""
    running: tuple[ToxicityEvent, ...]
    """The events that still go on."""

    @property
    def causes(self) -> tuple[str, ...]:
        """The drugs of the regimen by id, then what is no drug of it."""
        drugs = (
            dict.fromkeys(c.drug.id for c in self.course.regimen.components)
            if self.course is not None
            else {}
        )
        return (*drugs, *(cause.value for cause in OtherCause))


def entry_context(place: Workplace, patient_id: str) -> EntryContext:
    """What a form for an event of a patient needs."""
    course = courses.latest_by_patient(place.store, place.shelf, patient_id).get(patient_id)
    zone = course.zone if course is not None else place.zone
    today = place.clock.now().day_in(zone)
    return EntryContext(
        patients.patient(place.store, patient_id),
        course,
        zone,
        today,
        injections_of(place, course, today) if course is not None else (),
        tuple(e for e in toxicities.of_patient(place.store, patient_id) if e.is_ongoing),
    )


def context_of(sheet: CycleSheet) -> EntryContext:
    """The same from a flow sheet that is on the screen."""
    injected = {
        view.record.id: Injected(view.record, view.planned.component.drug.name)
        for row in sheet.rows
        for pair in row.cells
        for view in ((pair.main,) if pair is not None else ())
        if view.planned.component.rotate_site and view.record and view.record.given
    }
    latest = sorted(injected.values(), key=_given_at, reverse=True)
    return EntryContext(
        sheet.patient,
        sheet.course,
        sheet.course.zone,
        sheet.now.day_in(sheet.course.zone),
        tuple(latest[:_INJECTIONS]),
        tuple(event for event in sheet.toxicities if event.is_ongoing),
    )


def injections_of(place: Workplace, course: Course, today: date) -> tuple[Injected, ...]:
    """The latest injections given in a course, the last first."""
    injected = {c.id: c.drug.name for c in course.regimen.components if c.rotate_site}
    given = [
        Injected(record, injected[record.slot.component])
        for record in doses.live_between(
            place.store, today - _INJECTION_DAYS, today, course.id
        ).values()
        if record.slot.component in injected and record.given is not None
    ]
    return tuple(sorted(given, key=_given_at, reverse=True)[:_INJECTIONS])


def _given_at(one: Injected) -> datetime:
    return (one.record.given or one.record.recorded).utc
