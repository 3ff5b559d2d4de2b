"""A patient at one glance: what needs attention, the days to come, the last events, the trends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aml_maint.domain.cohort import ReportedPatient
from aml_maint.domain.course import Course
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.schedule import doses_between
from aml_maint.domain.upcoming import UpcomingDay, upcoming
from aml_maint.services.dose_view import views
from aml_maint.services.findings import PatientFindings, patient_findings
from aml_maint.services.history import HistoryEntry, patient_history
from aml_maint.services.trends import Trend, trends
from aml_maint.services.workplace import Workplace
from aml_maint.store import cohorts, courses, doses, gate_evidence, labs, marrows, patients

DAYS_AHEAD = 7
LAST_EVENTS = 6


@dataclass(frozen=True)
class Overview:
    """What the first tab of a patient shows, as of `now`; `course` is the latest."""

    patient: Patient
    now: Moment
    course: Course | None
    findings: PatientFindings
    upcoming: tuple[UpcomingDay, ...]
    latest: tuple[HistoryEntry, ...]
    trends: tuple[Trend, ...]
    reported: ReportedPatient | None


def overview(place: Workplace, patient_id: str) -> Overview:
    """Read a patient's overview."""
    now = place.clock.now()
    mine = courses.latest_by_patient(place.store, place.shelf, patient_id)
    course = mine.get(patient_id)
    results = labs.of_patient(place.store, patient_id)
    examined = marrows.of_patient(place.store, patient_id)
    days: tuple[UpcomingDay, ...] = ()
    if course is not None:
        today = now.day_in(course.zone)
        last = today + timedelta(days=DAYS_AHEAD - 1)
        records = doses.live_between(
            place.store, today - course.reach, last + course.reach, course.id
        )
        evidence = gate_evidence.of_course(place.store, course)
        standing = views(doses_between(course, today, last), records, evidence, now.utc)
        days = upcoming(course, today, DAYS_AHEAD, standing, results, examined)
    return Overview(
        patients.patient(place.store, patient_id),
        now,
        course,
        patient_findings(place, patient_id),
        days,
        patient_history(place, patient_id, limit=LAST_EVENTS).entries,
        trends(place, course, results, examined, now),
        cohorts.of_patient(place.store, patient_id),
    )
