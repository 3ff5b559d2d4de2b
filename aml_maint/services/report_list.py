"""The cycle reports of a patient or of the ward, each with how it stands, and any one to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from aml_maint.domain.course import Course
from aml_maint.domain.messages import Language, Name
from aml_maint.domain.patient import Patient
from aml_maint.domain.signed_report import SignedReport, Standing
from aml_maint.services.report_signing import (
    CycleStanding,
    course_standings,
    cycle_standing,
    signed_pdf,
)
from aml_maint.services.reporting import cycle_report_pdf
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, patients


@dataclass(frozen=True)
class ReportLine:
    """One cycle of one course: whose, when, and how its report stands."""

    patient: Patient
    regimen: Name
    course_id: str
    cycle: int
    first_day: date
    last_day: date
    standing: Standing
    editions: tuple[SignedReport, ...]

    @property
    def signed(self) -> SignedReport | None:
        """The edition that stands."""
        return self.editions[-1] if self.editions else None


@dataclass(frozen=True)
class ShownReport:
    """A report to look at: the PDF itself, and how the report of its cycle stands."""

    standing: CycleStanding
    edition: int | None
    """None for what is recorded now, as a draft."""
    document: bytes


def patient_reports(place: Workplace, patient_id: str) -> tuple[ReportLine, ...]:
    """The reports of a patient, the latest cycle first."""
    patient = patients.patient(place.store, patient_id)
    found = courses.of_patient(place.store, patient_id, place.shelf)
    return tuple(line for course in reversed(found) for line in _lines(place, patient, course))


def ward_reports(place: Workplace) -> tuple[ReportLine, ...]:
    """The reports of every patient, as `patient_reports` has them, patient after patient."""
    everyone = sorted(patients.all_patients(place.store), key=lambda one: (one.full_name, one.mrn))
    return tuple(line for one in everyone for line in patient_reports(place, one.id))


def shown_report(
    place: Workplace, course_id: str, cycle: int, edition: int | None, language: Language
) -> ShownReport:
    """One edition of a report as a PDF, or what is recorded now, with what changed since."""
    standing = cycle_standing(place, course_id, cycle)
    chosen = next((e for e in standing.editions if e.signature.edition == edition), None)
    if chosen is None:
        document = cycle_report_pdf(place, course_id, cycle, language)
        return ShownReport(standing, None, document)
    return ShownReport(standing, edition, signed_pdf(place, chosen.id, language))


def _lines(place: Workplace, patient: Patient, course: Course) -> Iterator[ReportLine]:
    for found in reversed(course_standings(place, course.id)):
        yield ReportLine(
            patient,
            course.regimen.name,
            course.id,
            found.cycle,
            course.cycle(found.cycle).first_day,
            course.cycle_end(found.cycle),
            found.standing,
            found.editions,
        )
