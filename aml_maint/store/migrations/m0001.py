"""Schema 1: patients, courses and what happened to them, each change tied to its audit event.

Frozen with the first release: a later change is a new step. Ids are UUIDs as text, decimals are
text, instants are UTC text with offset and zone, days are ISO dates. `seq` is the audit event
that wrote the row last; the store fills it in.
"""

from __future__ import annotations

from aml_maint.store.migrations import (
    m0001_marrow,
    m0001_plan,
    m0001_reports,
    m0001_site_drugs,
)
from aml_maint.store.migrations.column_forms import KEY as _KEY
from aml_maint.store.migrations.column_forms import PATIENT as _PATIENT
from aml_maint.store.migrations.column_forms import STATE as _STATE
from aml_maint.store.migrations.column_forms import challenge as _challenge
from aml_maint.store.migrations.column_forms import day as _day
from aml_maint.store.migrations.column_forms import decimal as _decimal
from aml_maint.store.migrations.column_forms import flag as _flag
from aml_maint.store.migrations.column_forms import known_time as _known_time
from aml_maint.store.migrations.column_forms import moment as _moment
from aml_maint.store.migrations.column_forms import one_of as _one_of
from aml_maint.store.migrations.column_forms import text as _text
from aml_maint.store.migrations.m0001_guards import guards

CLINICAL = (
    "patients",
    "reported_outcomes",
    "courses",
    *m0001_plan.CLINICAL,
    "as_needed_orders",
    "laboratories",
    "reference_limits",
    "supplies",
    "lab_values",
    "administrations",
    "site_reactions",
    "toxicities",
    "toxicity_grades",
    "toxicity_causes",
    "toxicity_reviews",
    "assessments",
    "assessment_findings",
    "assessment_overrides",
    "dismissals",
    "site_settings",
    "accounts",
    "course_times",
    "childbearing",
    "pregnancy_tests",
    *m0001_marrow.CLINICAL,
    *m0001_reports.CLINICAL,
    *m0001_site_drugs.CLINICAL,
    "care_lists",
)

_RISK = _one_of(
    "eln_risk", "favourable", "intermediate", "adverse", "indeterminate", "not_recorded"
)
_END_REASON = _one_of(
    "end_reason", "relapse", "transplant", "toxicity", "wish", "lost", "completed", "death",
    "other", null=True,
)  # fmt: skip
_COURSE = "course_id TEXT NOT NULL REFERENCES courses(id)"
_TOXICITY = "toxicity_id TEXT NOT NULL REFERENCES toxicities(id)"
_OUTCOME = _one_of(
    "outcome", "recovered", "recovering", "not_recovered", "sequelae", "fatal", "unknown",
    null=True,
)  # fmt: skip
_CAUSALITY = _one_of(
    "causality", "certain", "probable", "possible", "unlikely", "conditional", "unassessable",
    null=True,
)  # fmt: skip
_ACTION = _one_of(
    "action", "withdrawn", "reduced", "increased", "not_changed", "interrupted", "unknown",
    "not_applicable", null=True,
)  # fmt: skip
_REPORTER = _one_of(
    "reporter", "nurse", "physician", "patient", "family", "laboratory", "other", null=True
)

_TABLES = (
    """CREATE TABLE audit (
        seq INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
        command_id TEXT NOT NULL UNIQUE,
        event TEXT NOT NULL,
        hash TEXT NOT NULL CHECK (length(hash) = 64)
    ) STRICT""",
    """CREATE TABLE audit_patients (
        patient_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (patient_id, seq)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE meta (
        id TEXT NOT NULL PRIMARY KEY,
        seq INTEGER NOT NULL,
        value TEXT NOT NULL
    ) STRICT""",
    f"""CREATE TABLE accounts (
        {_KEY}, name TEXT NOT NULL CHECK (name <> ''), roles TEXT NOT NULL CHECK (roles <> ''),
        {_one_of("state", "active", "retired")}
    ) STRICT""",
    f"""CREATE TABLE patients (
        {_KEY},
        family_name TEXT NOT NULL, {_text("given_name")}, {_text("name_initials")},
        {_one_of("sex", "female", "male", "other", "unknown")},
        {_day("born_on", null=True)},
        mrn TEXT NOT NULL UNIQUE CHECK (mrn <> ''),
        {_text("ward")}, {_text("bed")},
        {_one_of("allergy_state", "known", "none_known", "not_recorded", "unavailable")},
        {_text("allergies")}, {_text("diagnosis")}, {_day("diagnosed_on", null=True)},
        {_one_of("flt3_itd", "positive", "negative", "not_tested", "not_recorded")},
        {_RISK},
        {_day("admitted_on", null=True)}, {_text("note")}
    ) STRICT""",
    f"""CREATE TABLE reported_outcomes (
        {_KEY},
        patient_id TEXT NOT NULL UNIQUE REFERENCES patients(id),
        study TEXT NOT NULL, study_number INTEGER NOT NULL,
        {_decimal("age_years", null=True)}, {_decimal("wbc", null=True)},
        {_decimal("blast_percent", null=True)},
        {_text("fab")}, {_text("fab_group")}, {_text("karyotype")}, {_text("mutations")},
        {_text("flt3_itd")}, {_text("fusion")}, {_text("eln2022")}, {_text("sorafenib_timing")},
        {_text("pretreatment")}, {_text("mrd_flow")}, {_decimal("mrd_flow_percent", null=True)},
        {_decimal("fusion_ratio_percent", null=True)}, {_text("status")},
        {_flag("relapse_event")}, {_text("relapse_type")},
        {_decimal("rfs_months")}, {_decimal("os_months")},
        {_text("outcome")}, {_flag("death_event")}, {_text("notes")},
        UNIQUE (study, study_number)
    ) STRICT""",
    f"""CREATE TABLE courses (
        {_KEY}, {_PATIENT},
        regimen_id TEXT NOT NULL, regimen_version INTEGER NOT NULL, zone TEXT NOT NULL,
        {_day("first_day")}, {_day("ended_on", null=True)},
        {_END_REASON},
        {_text("end_note")}, {_text("end_decided_by")},
        CHECK (end_reason IS NULL OR ended_on IS NOT NULL)
    ) STRICT""",
    *m0001_plan.TABLES,
    f"""CREATE TABLE laboratories (
        {_KEY}, name TEXT NOT NULL UNIQUE CHECK (name <> '')
    ) STRICT""",
    f"""CREATE TABLE reference_limits (
        {_KEY}, laboratory_id TEXT NOT NULL REFERENCES laboratories(id),
        analyte TEXT NOT NULL, {_one_of("sex", "any", "female", "male")},
        {_decimal("low", null=True)}, {_decimal("high", null=True)}, unit TEXT NOT NULL,
        {_day("from_day")}, {_day("last_day", null=True)},
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {_STATE},
        CHECK (low IS NOT NULL OR high IS NOT NULL), CHECK (last_day >= from_day)
    ) STRICT""",
    f"""CREATE TABLE lab_values (
        {_KEY}, {_PATIENT},
        analyte TEXT NOT NULL, {_one_of("comparator", "=", "<", "<=", ">", ">=")},
        {_decimal("value")}, unit TEXT NOT NULL, {_decimal("upper_limit", null=True)},
        {_decimal("lower_limit", null=True)},
        {_moment("collected")}, {_flag("withdrawn", default=" DEFAULT 0")},
        laboratory_id TEXT REFERENCES laboratories(id), {_flag("confirmed", default=" DEFAULT 0")},
        replaces TEXT REFERENCES lab_values(id)
    ) STRICT""",
    f"""CREATE TABLE as_needed_orders (
        {_KEY}, {_COURSE},
        drug TEXT NOT NULL, {_decimal("dose_value")}, dose_unit TEXT NOT NULL,
        route TEXT NOT NULL, indication TEXT NOT NULL,
        ordered_by TEXT NOT NULL CHECK (ordered_by <> ''),
        {_day("first_day")}, {_day("last_day", null=True)},
        most_doses INTEGER CHECK (most_doses > 0),
        min_gap_minutes INTEGER CHECK (min_gap_minutes > 0), {_text("note")}, {_STATE},
        CHECK (last_day >= first_day)
    ) STRICT""",
    f"""CREATE TABLE supplies (
        {_KEY}, {_COURSE},
        drug TEXT NOT NULL, {_decimal("strength_value")}, strength_unit TEXT NOT NULL,
        {_one_of("kind", "dispensed", "returned", "lost", "counted")},
        tablets INTEGER NOT NULL CHECK (tablets >= 0), {_moment("happened")},
        lot TEXT, {_day("expires_on", null=True)}, {_text("note")},
        recorded_by TEXT NOT NULL, {_STATE},
        CHECK (tablets > 0 OR kind = 'counted'),
        CHECK (kind = 'dispensed' OR (lot IS NULL AND expires_on IS NULL))
    ) STRICT""",
    f"""CREATE TABLE administrations (
        {_KEY}, {_COURSE}, {_PATIENT},
        component TEXT NOT NULL, {_day("planned_on")}, slot TEXT NOT NULL,
        sequence INTEGER NOT NULL CHECK (sequence >= 0),
        ideal_local TEXT NOT NULL, planned_local TEXT NOT NULL,
        {_one_of("status", "given", "partly_given", "missed", "held", "refused", "not_applicable")},
        {_moment("given", null=True)},
        {_decimal("dose_value", null=True)}, dose_unit TEXT, reason_code TEXT, {_text("note")},
        site TEXT, lot TEXT, {_decimal("temperature", null=True)}, gate TEXT,
        witness TEXT CHECK (witness <> ''),
        {_moment("recorded")}, recorded_by TEXT NOT NULL, recorded_role TEXT NOT NULL,
        {_STATE}, replaces TEXT REFERENCES administrations(id),
        route TEXT, ordered_by TEXT, indication TEXT,
        order_id TEXT REFERENCES as_needed_orders(id),
        CHECK ((slot IN ('unplanned', 'as_needed')) = (ordered_by IS NOT NULL)),
        CHECK ((route IS NULL) = (ordered_by IS NULL)),
        CHECK ((dose_value IS NULL) = (dose_unit IS NULL)),
        CHECK (status NOT IN ('given', 'partly_given')
               OR (given_utc IS NOT NULL AND dose_value IS NOT NULL)),
        CHECK (status NOT IN ('missed', 'held', 'refused') OR reason_code IS NOT NULL)
    ) STRICT""",
    f"""CREATE TABLE site_reactions (
        {_KEY}, {_PATIENT},
        {
        _one_of(
            "site",
            "abdomen_left",
            "abdomen_right",
            "thigh_left",
            "thigh_right",
            "arm_left",
            "arm_right",
        )
    },
        {_one_of("kind", "redness", "induration", "pain", "bruise", "nodule")},
        {_day("first_day")}, {_day("last_day", null=True)}, {_text("note")},
        recorded_by TEXT NOT NULL CHECK (recorded_by <> ''), {_STATE},
        CHECK (last_day >= first_day)
    ) STRICT""",
    f"""CREATE TABLE toxicities (
        {_KEY}, event_id TEXT NOT NULL REFERENCES toxicities(id),
        {_PATIENT}, course_id TEXT REFERENCES courses(id),
        term TEXT NOT NULL, {_text("detail")}, zone TEXT NOT NULL,
        {_known_time("onset_at")}, {_known_time("resolved_at", null=True)},
        baseline INTEGER CHECK (baseline BETWEEN 0 AND 4),
        linked_administration TEXT REFERENCES administrations(id),
        {_flag("serious", default=" DEFAULT 0")}, {_text("criteria")}, {_text("treatment")},
        {_OUTCOME}, {_REPORTER}, {_text("note")},
        {_moment("recorded")}, recorded_by TEXT NOT NULL, recorded_role TEXT NOT NULL,
        {_text("reason")}, {_STATE}, replaces TEXT REFERENCES toxicities(id),
        CHECK ((serious = 1) = (criteria <> ''))
    ) STRICT""",
    f"""CREATE TABLE toxicity_grades (
        {_KEY}, {_TOXICITY}, {_PATIENT},
        number INTEGER NOT NULL CHECK (number >= 0), {_known_time("at")},
        grade INTEGER CHECK (grade BETWEEN 1 AND 4),
        {_one_of("comparator", "=", "<", "<=", ">", ">=", null=True)},
        {_decimal("value", null=True)}, unit TEXT,
        result_id TEXT REFERENCES lab_values(id), {_text("note")},
        UNIQUE (toxicity_id, number), CHECK ((value IS NULL) = (unit IS NULL))
    ) STRICT""",
    f"""CREATE TABLE toxicity_causes (
        {_KEY}, {_TOXICITY}, {_PATIENT}, cause TEXT NOT NULL,
        {_CAUSALITY},
        {_text("judged_by")},
        {_ACTION},
        {_challenge("dechallenge")}, {_challenge("rechallenge")},
        UNIQUE (toxicity_id, cause)
    ) STRICT""",
    f"""CREATE TABLE toxicity_reviews (
        {_KEY}, {_TOXICITY} UNIQUE, {_PATIENT},
        {_moment("reviewed")}, reviewed_by TEXT NOT NULL, reviewed_role TEXT NOT NULL,
        {_text("comment")}
    ) STRICT""",
    f"""CREATE TABLE assessments (
        {_KEY}, {_PATIENT}, course_id TEXT REFERENCES courses(id),
        cycle INTEGER NOT NULL CHECK (cycle > 0),
        {_one_of("kind", "before", "after", "visit")}, {_day("done_on")}, {_text("note")},
        {_moment("recorded")}, recorded_by TEXT NOT NULL, recorded_role TEXT NOT NULL,
        {_text("reason")}, {_STATE}, replaces TEXT REFERENCES assessments(id)
    ) STRICT""",
    f"""CREATE TABLE assessment_findings (
        {_KEY}, assessment_id TEXT NOT NULL REFERENCES assessments(id), {_PATIENT},
        number INTEGER NOT NULL CHECK (number >= 0), term TEXT NOT NULL,
        grade INTEGER CHECK (grade BETWEEN 0 AND 4), {_text("note")},
        UNIQUE (assessment_id, term)
    ) STRICT""",
    f"""CREATE TABLE assessment_overrides (
        {_KEY}, {_COURSE}, cycle INTEGER NOT NULL CHECK (cycle > 0),
        {_one_of("kind", "before", "after")},
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {_moment("recorded")}, {_STATE}
    ) STRICT""",
    f"""CREATE TABLE childbearing (
        {_KEY}, {_PATIENT},
        {_one_of("answer", "possible", "irregular", "not_possible")},
        reason TEXT NOT NULL CHECK (reason <> ''),
        stated_by TEXT NOT NULL CHECK (stated_by <> ''), {_moment("stated")}
    ) STRICT""",
    f"""CREATE TABLE pregnancy_tests (
        {_KEY}, {_PATIENT},
        {_one_of("outcome", "negative", "positive", "unclear")},
        {_one_of("specimen", "serum", "urine")},
        {_moment("collected")}, {_text("note")}, {_STATE}
    ) STRICT""",
    # A time of day that one course has for its own; none gives the slot back to the site's.
    f"""CREATE TABLE course_times (
        {_KEY}, {_COURSE},
        component TEXT NOT NULL, slot TEXT NOT NULL,
        at TEXT CHECK (at GLOB '[0-2][0-9]:[0-5][0-9]'), {_day("from_day")},
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {_STATE}
    ) STRICT""",
    f"""CREATE TABLE dismissals (
        {_KEY}, {_PATIENT},
        finding TEXT NOT NULL CHECK (finding <> ''), facts TEXT NOT NULL CHECK (facts <> ''),
        reason TEXT NOT NULL CHECK (reason <> ''), {_moment("dismissed")},
        dismissed_by TEXT NOT NULL, dismissed_role TEXT NOT NULL, {_STATE}
    ) STRICT""",
    # One row a decision, never changed: a later one overrules an earlier one from its day on.
    f"""CREATE TABLE site_settings (
        {_KEY},
        name TEXT NOT NULL CHECK (name <> ''), value TEXT NOT NULL, {_day("from_day")},
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {_moment("decided")}
    ) STRICT""",
    f"""CREATE TABLE care_lists (
        {_KEY}, {_PATIENT}, nurse TEXT NOT NULL CHECK (nurse <> ''), {_STATE}
    ) STRICT""",
    # What was typed into a form and not saved. Nobody has acted on it, so it is no part of the
    # record: it is changed and deleted freely, and the audit knows nothing of it. It lies here
    # because this file is the only place where patients' data are encrypted.
    """CREATE TABLE drafts (
        owner TEXT NOT NULL,
        name TEXT NOT NULL,
        title TEXT NOT NULL,
        patient_id TEXT NOT NULL,
        typed TEXT NOT NULL,
        kept_utc TEXT NOT NULL,
        PRIMARY KEY (owner, name)
    ) STRICT, WITHOUT ROWID""",
    *m0001_marrow.TABLES,
    *m0001_reports.TABLES,
    *m0001_site_drugs.TABLES,
)

_INDEXES = (
    "CREATE UNIQUE INDEX one_live_place_on_a_list ON care_lists (nurse, patient_id)"
    " WHERE state = 'live'",
    "CREATE INDEX courses_of_patient ON courses (patient_id)",
    "CREATE INDEX childbearing_of_patient ON childbearing (patient_id, stated_utc)",
    "CREATE INDEX pregnancy_tests_of_patient ON pregnancy_tests (patient_id, collected_utc)",
    "CREATE INDEX course_times_of_course ON course_times (course_id, from_day)",
    "CREATE INDEX supplies_of_course ON supplies (course_id, happened_utc)",
    "CREATE INDEX as_needed_orders_of_course ON as_needed_orders (course_id, first_day)",
    "CREATE INDEX lab_values_of_patient ON lab_values (patient_id, analyte, collected_utc)",
    "CREATE INDEX administrations_of_course ON administrations (course_id, planned_on)",
    "CREATE INDEX toxicities_of_patient ON toxicities (patient_id, onset_at)",
    "CREATE UNIQUE INDEX one_live_version_per_toxicity ON toxicities (event_id)"
    " WHERE state = 'live'",
    "CREATE INDEX toxicity_grades_of_patient ON toxicity_grades (patient_id)",
    "CREATE INDEX toxicity_causes_of_patient ON toxicity_causes (patient_id)",
    "CREATE INDEX assessments_of_patient ON assessments (patient_id, done_on)",
    "CREATE INDEX assessment_overrides_of_course ON assessment_overrides (course_id, cycle)",
    "CREATE INDEX site_reactions_of_patient ON site_reactions (patient_id, first_day)",
    "CREATE UNIQUE INDEX one_live_administration_per_slot ON administrations"
    " (planned_on, course_id, component, slot, sequence) WHERE state = 'live'",
    "CREATE UNIQUE INDEX one_live_dismissal_per_finding ON dismissals (patient_id, finding, facts)"
    " WHERE state = 'live'",
    *m0001_plan.INDEXES,
    *m0001_marrow.INDEXES,
    *m0001_reports.INDEXES,
    *m0001_site_drugs.INDEXES,
)

STATEMENTS = (*_TABLES, *_INDEXES, *guards(CLINICAL))
