"""Signed reports and the copies given out of them: rows and domain objects. Never changed."""

from __future__ import annotations

from typing import NamedTuple

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.signed_report import Edition, Signature, SignedReport, thawed
from aml_maint.store.columns import Row, moment_columns, moment_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_LISTED = (
    "SELECT id, seq, course_id, cycle, edition, reason, signed_by, signed_role,"
    " signed_utc, signed_offset, signed_zone FROM signed_reports"
)


class ReportCopy(NamedTuple):
    """A PDF made of a signed report: `digest` is the SHA-256 of its bytes."""

    id: str
    report_id: str
    patient_id: str
    language: str
    digest: str
    made: Moment
    made_by: str


def add(transaction: Transaction, report: SignedReport) -> None:
    """Keep a report with its signature."""
    transaction.insert(
        "signed_reports",
        {
            "id": report.id,
            "patient_id": report.patient_id,
            "course_id": report.course_id,
            "cycle": report.cycle,
            "edition": report.signature.edition,
            "reason": report.signature.reason,
            "frozen": report.frozen,
            "digest": report.digest,
            "signed_by": report.signature.name,
            "signed_role": report.signature.role,
            **moment_columns("signed", report.signature.at),
        },
    )


def add_copy(transaction: Transaction, copy: ReportCopy) -> None:
    """Note the bytes of a PDF that was made of a report."""
    transaction.insert(
        "report_copies",
        {
            "id": copy.id,
            "patient_id": copy.patient_id,
            "report_id": copy.report_id,
            "language": copy.language,
            "digest": copy.digest,
            "made_by": copy.made_by,
            **moment_columns("made", copy.made),
        },
    )


def report(store: Store, report_id: str) -> SignedReport:
    """A report by id; BadInput if there is none."""
    rows = store.rows("SELECT * FROM signed_reports WHERE id = ?", (report_id,))
    if not rows:
        raise BadInput(say("signing.not_found"), field="report")
    return _report(rows[0])


def of_course(store: Store, course_id: str) -> tuple[Edition, ...]:
    """Every edition of every cycle of a course, in order, without what it said."""
    rows = store.rows(f"{_LISTED} WHERE course_id = ? ORDER BY cycle, edition", (course_id,))
    return tuple(_edition(row) for row in rows)


def everyones(store: Store) -> dict[str, tuple[Edition, ...]]:
    """The same of the whole ward, by course."""
    found: dict[str, list[Edition]] = {}
    for row in store.rows(f"{_LISTED} ORDER BY course_id, cycle, edition"):
        found.setdefault(row["course_id"], []).append(_edition(row))
    return {course: tuple(editions) for course, editions in found.items()}


def copy_of(store: Store, digest: str) -> ReportCopy | None:
    """The first copy with these bytes; None if none was made."""
    rows = store.rows(
        "SELECT * FROM report_copies WHERE digest = ? ORDER BY seq LIMIT 1", (digest,)
    )
    return _copy(rows[0]) if rows else None


def _edition(row: Row) -> Edition:
    return Edition(row["id"], row["course_id"], row["cycle"], _signature(row), row["seq"])


def _signature(row: Row) -> Signature:
    return Signature(
        row["signed_by"],
        row["signed_role"],
        moment_value(row, "signed"),
        row["edition"],
        row["reason"],
    )


def _report(row: Row) -> SignedReport:
    content, facts = thawed(row["frozen"])
    return SignedReport(
        row["id"],
        row["patient_id"],
        row["course_id"],
        row["cycle"],
        _signature(row),
        content,
        facts,
        row["seq"],
    )


def _copy(row: Row) -> ReportCopy:
    return ReportCopy(
        row["id"],
        row["report_id"],
        row["patient_id"],
        row["language"],
        row["digest"],
        moment_value(row, "made"),
        row["made_by"],
    )
