"""Signing the report of a cycle, what became of it since, and whether a file is a copy of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import LANGUAGES, DocumentLanguage, languages_of, say
from aml_maint.domain.signed_report import (
    Edition,
    FactChange,
    ReportFact,
    Signature,
    SignedReport,
    Standing,
    fact_changes,
)
from aml_maint.reports.cycle_report import CycleReport
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.language import catalogue
from aml_maint.services.reporting import cycle_report, edition_name
from aml_maint.services.witnessing import confirm_signer
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, signed_reports
from aml_maint.store.signed_reports import ReportCopy


@dataclass(frozen=True)
class CycleStanding:
    """A cycle of a course with its last signed report, and what reads otherwise since."""

    course_id: str
    cycle: int
    standing: Standing
    editions: tuple[Edition, ...] = ()
    changes: tuple[FactChange, ...] = ()

    @property
    def signed(self) -> Edition | None:
        """The edition that stands."""
        return self.editions[-1] if self.editions else None


@dataclass(frozen=True)
class CheckedFile:
    """A file that is a copy of a signed report, byte by byte, and how that report stands now."""

    copy: ReportCopy
    report: SignedReport
    newest: int
    changes: tuple[FactChange, ...]


def sign_report(
    place: Workplace,
    course_id: str,
    cycle: int,
    passphrase: str,
    reason: str = "",
    command_id: UUID | None = None,
) -> Changes:
    """Sign the report of a cycle that is over, with the person's passphrase asked again.

    To sign once more, because records behind it changed, needs a reason. Refused while the cycle
    runs and while nothing changed since the last signature; WrongPassphrase for a wrong one. The
    demo ward has no accounts, so no passphrase to ask for.
    """
    if (done := place.done_before(command_id, "sign_report")) is not None:
        return done
    role = place.expect_allowed("sign_report")
    from aml_maint.reports.cycle_report_pdf import content

    found = cycle_standing(place, course_id, cycle)
    _expect_signable(found, reason)
    confirm_signer(place, passphrase)
    edition = found.signed.signature.edition + 1 if found.signed else 1
    at = place.clock.now()
    signature = Signature(place.actor.name, role.value, at, edition, reason.strip())
    report = replace(cycle_report(place, course_id, cycle), generated=at, signature=signature)
    kept = SignedReport(
        str(uuid4()), report.patient.id, course_id, cycle, signature,
        {one: content(report, catalogue(one)) for one in LANGUAGES}, _facts(report),
    )  # fmt: skip
    return place.write(
        "sign_report",
        lambda transaction: signed_reports.add(transaction, kept),
        touched=Touched.REPORTS,
        patient_id=kept.patient_id,
        command_id=command_id,
        reason=reason,
    )


def _expect_signable(found: CycleStanding, reason: str) -> None:
    match found.standing:
        case Standing.RUNNING:
            raise Refused(say("signing.running"), hint=say("signing.running.hint"))
        case Standing.SIGNED:
            raise Refused(say("signing.unchanged"), hint=say("signing.unchanged.hint"))
        case Standing.SUPERSEDED if not reason.strip():
            raise BadInput(say("error.reason_needed"), field="reason")


def course_standings(place: Workplace, course_id: str) -> tuple[CycleStanding, ...]:
    """How the report of each cycle of a course stands, without comparing what was signed."""
    course = courses.course(place.store, course_id, place.shelf)
    return standings_of(place, course, signed_reports.of_course(place.store, course_id))


def standings_of(
    place: Workplace, course: Course, signed: tuple[Edition, ...]
) -> tuple[CycleStanding, ...]:
    """The same of a course that was read before, with all that was signed of it."""
    today = place.clock.now().day_in(course.zone)
    ended = course.ended_on is not None and today >= course.ended_on
    found = []
    for cycle in course.cycles:
        editions = tuple(report for report in signed if report.cycle == cycle.number)
        over = ended or (
            cycle.number < len(course.cycles) and today > course.cycle_end(cycle.number)
        )
        standing = Standing.SIGNED if editions else Standing.TO_SIGN if over else Standing.RUNNING
        found.append(CycleStanding(course.id, cycle.number, standing, editions))
    return tuple(found)


def cycle_standing(place: Workplace, course_id: str, cycle: int) -> CycleStanding:
    """How the report of one cycle stands, with all that reads otherwise since it was signed."""
    listed = course_standings(place, course_id)
    found = next((one for one in listed if one.cycle == cycle), None)
    if found is None:
        raise BadInput(say("error.no_such_cycle", cycle=cycle), field="cycle")
    if found.signed is None:
        return found
    signed = signed_reports.report(place.store, found.signed.id)
    changes = fact_changes(signed.facts, _facts(cycle_report(place, course_id, cycle)))
    if not changes:
        return found
    return replace(found, standing=Standing.SUPERSEDED, changes=changes)


def edition_of(place: Workplace, course_id: str, cycle: int, edition: int) -> SignedReport:
    """One edition of the report of a cycle; BadInput if there is none of that number."""
    for found in signed_reports.of_course(place.store, course_id):
        if (found.cycle, found.signature.edition) == (cycle, edition):
            return signed_reports.report(place.store, found.id)
    raise BadInput(say("signing.not_found"), field="edition")


def signed_pdf(place: Workplace, report_id: str, language: DocumentLanguage) -> bytes:
    """The PDF of a signed report: the same texts as on the day it was signed."""
    report = signed_reports.report(place.store, report_id)
    return _document(report, language)


def give_copy(
    place: Workplace, report_id: str, language: DocumentLanguage, command_id: UUID | None = None
) -> tuple[Changes, str, bytes]:
    """A copy of a signed report: the entry that notes its bytes, its file's name, the bytes."""
    report = signed_reports.report(place.store, report_id)
    document = _document(report, language)
    digest = hashlib.sha256(document).hexdigest()
    name = edition_name(report.course_id, report.cycle, report.signature, language)
    copy = ReportCopy(
        str(uuid4()), report.id, report.patient_id, language, digest,
        place.clock.now(), place.actor.name,
    )  # fmt: skip
    changes = place.write(
        "copy_report",
        lambda transaction: signed_reports.add_copy(transaction, copy),
        touched=Touched.REPORTS,
        patient_id=report.patient_id,
        command_id=command_id,
    )
    return changes, name, document


def check_report(place: Workplace, document: bytes) -> CheckedFile | None:
    """Is this file a copy of a report signed here, and does that report still stand?

    None if no copy of it was made in this ward, or if even one byte was changed since.
    """
    copy = signed_reports.copy_of(place.store, hashlib.sha256(document).hexdigest())
    if copy is None:
        return None
    report = signed_reports.report(place.store, copy.report_id)
    now = cycle_standing(place, report.course_id, report.cycle)
    newest = now.signed.signature.edition if now.signed else report.signature.edition
    current = _facts(cycle_report(place, report.course_id, report.cycle))
    return CheckedFile(copy, report, newest, fact_changes(report.facts, current))


def _document(report: SignedReport, language: DocumentLanguage) -> bytes:
    from aml_maint.reports.cycle_report_pdf import frozen_document

    parts = [report.content[one] for one in languages_of(language)]
    return frozen_document(parts, report.signature.at.utc)


def _facts(report: CycleReport) -> tuple[ReportFact, ...]:
    from aml_maint.reports.report_facts import report_facts

    return report_facts(report, {one: catalogue(one) for one in LANGUAGES})
