"""The cycle reports of a patient or of the ward, each with how it stands, and any one to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from aml_maint.domain.course import Course
from aml_maint.domain.messages import DocumentLanguage, Name, languages_of
from aml_maint.domain.patient import Patient
from aml_maint.domain.signed_report import Edition, Standing
from aml_maint.services.language import catalogue
from aml_maint.services.report_signing import (
    CycleStanding,
    cycle_standing,
    signed_pdf,
    standings_of,
)
from aml_maint.services.reporting import cycle_report, cycle_report_pdf, report_file_name
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, patients, signed_reports


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
    editions: tuple[Edition, ...]

    @property
    def signed(self) -> Edition | None:
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
    return tuple(
        line
        for course in reversed(courses.of_patient(place.store, patient_id, place.shelf))
        for line in _lines(place, patient, course, signed_reports.of_course(place.store, course.id))
    )


def ward_reports(place: Workplace) -> tuple[ReportLine, ...]:
    """The reports of every patient, as `patient_reports` has them, patient after patient."""
    signed = signed_reports.everyones(place.store)
    by_id = {patient.id: patient for patient in patients.all_patients(place.store)}
    found = courses.all_of(place.store, place.shelf)
    found.sort(key=lambda one: (by_id[one.patient_id].full_name, one.patient_id, one.first_day))
    return tuple(
        line
        for course in found
        for line in _lines(place, by_id[course.patient_id], course, signed.get(course.id, ()))
    )


def shown_report(
    place: Workplace, course_id: str, cycle: int, edition: int | None, language: DocumentLanguage
) -> ShownReport:
    """One edition of a report as a PDF, or what is recorded now, with what changed since."""
    standing = cycle_standing(place, course_id, cycle)
    chosen = next((e for e in standing.editions if e.signature.edition == edition), None)
    if chosen is None:
        document = cycle_report_pdf(place, course_id, cycle, language)
        return ShownReport(standing, None, document)
    return ShownReport(standing, edition, signed_pdf(place, chosen.id, language))


def draft_report(
    place: Workplace, line: ReportLine, language: DocumentLanguage
) -> tuple[str, bytes]:
    """What is recorded now as a draft to be saved: its file's name and its bytes."""
    from aml_maint.reports.cycle_report_pdf import cycle_report_document

    report = cycle_report(place, line.course_id, line.cycle)
    document = cycle_report_document(report, *map(catalogue, languages_of(language)))
    return report_file_name(report, language), document


def _lines(
    place: Workplace, patient: Patient, course: Course, signed: tuple[Edition, ...]
) -> Iterator[ReportLine]:
    for found in reversed(standings_of(place, course, signed)):
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
