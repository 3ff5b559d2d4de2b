"""The signed reports of the demo ward: some that stand, and one that a late word superseded."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from aml_maint.domain.course import Course
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services.demo_step import NURSE, PHYSICIAN, Step, at_time
from aml_maint.services.report_signing import sign_report
from aml_maint.services.toxicities import record_event
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, patients

# Record numbers: whose last finished cycles are signed, and whose report was overtaken.
_SIGNED = ("D-003390", "D-004745")
_SUPERSEDED = "D-005102"


def signed_reports(mrns: Collection[str], today: date) -> Iterator[Step]:
    """A physician signs on the ward's quiet afternoon; a day later a nurse hears something.

    `mrns` are the record numbers of the patients who are there.
    """
    at = at_time(today - timedelta(days=2), 15, 0)
    there = [mrn for mrn in (*_SIGNED, _SUPERSEDED) if mrn in mrns]
    for number, mrn in enumerate(there):

        def sign(place: Workplace, mrn: str = mrn) -> None:
            course = _course(place, mrn)
            sign_report(place, course.id, len(course.cycles) - 1, "")

        yield Step(at + timedelta(minutes=5 * number), PHYSICIAN, sign)
    if _SUPERSEDED in there:
        yield Step(at_time(today - timedelta(days=1), 10, 20), NURSE, _tell_late)


def _tell_late(place: Workplace) -> None:
    course = _course(place, _SUPERSEDED)
    felt_on = course.cycle_end(len(course.cycles) - 1) - timedelta(days=6)
    event = ToxicityEvent.of(course.patient_id, course.id, "myalgia", course.zone, 1, felt_on)
    record_event(place, event)


def _course(place: Workplace, mrn: str) -> Course:
    patient = patients.by_mrn(place.store, mrn)
    assert patient is not None  # the story of the same ward
    return courses.of_patient(place.store, patient.id, place.shelf)[-1]
