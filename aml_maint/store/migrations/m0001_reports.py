"""The tables of schema 1 for signed reports."""

from __future__ import annotations

from aml_maint.store.migrations.column_forms import KEY, PATIENT, moment, one_of, text

CLINICAL = ("signed_reports", "report_copies")

_DIGEST = "digest TEXT NOT NULL CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*')"

TABLES = (
    # One row an edition, never changed; the last edition of a cycle stands.
    f"""CREATE TABLE signed_reports (
        {KEY}, {PATIENT}, course_id TEXT NOT NULL REFERENCES courses(id),
        cycle INTEGER NOT NULL CHECK (cycle > 0), edition INTEGER NOT NULL CHECK (edition > 0),
        {text("reason")}, frozen TEXT NOT NULL CHECK (json_valid(frozen)), {_DIGEST},
        signed_by TEXT NOT NULL CHECK (signed_by <> ''),
        signed_role TEXT NOT NULL CHECK (signed_role <> ''), {moment("signed")},
        UNIQUE (course_id, cycle, edition),
        CHECK (edition = 1 OR reason <> '')
    ) STRICT""",
    f"""CREATE TABLE report_copies (
        {KEY}, {PATIENT}, report_id TEXT NOT NULL REFERENCES signed_reports(id),
        {one_of("language", "en", "zh", "both")}, {_DIGEST},
        made_by TEXT NOT NULL CHECK (made_by <> ''), {moment("made")}
    ) STRICT""",
)

INDEXES = (
    "CREATE INDEX signed_reports_of_patient ON signed_reports (patient_id)",
    "CREATE INDEX copies_of_report ON report_copies (report_id)",
    "CREATE INDEX copies_by_digest ON report_copies (digest)",
)
