"""Schema 1: patients, courses and what happened to them, each change tied to its audit event.

Frozen with the first release: a later change is a new step. Ids are UUIDs as text, decimals are
text, instants are UTC text with offset and zone, days are ISO dates. `seq` is the audit event
that wrote the row last; the store fills it in.
"""

from __future__ import annotations

CLINICAL = (
    "patients", "reported_outcomes", "courses", "cycles", "dose_orders", "holds", "shifts",
    "omissions", "planned_starts", "regimen_changes", "lab_values", "administrations",
    "toxicities", "marrows", "site_settings", "accounts",
)  # fmt: skip

_DIGIT = "[0-9]"
_UTC_FORM = (
    f"{_DIGIT * 4}-[01]{_DIGIT}-[0-3]{_DIGIT}T[0-2]{_DIGIT}:[0-5]{_DIGIT}:[0-5]{_DIGIT}"
    f".{_DIGIT * 6}Z"
)
_KEY = (
    "id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36), "
    # No foreign key to the audit: the event comes last, so the key would have to be deferred,
    # and each new event would search every table for rows that wait for it (11 ms measured on
    # 30,000 administrations). Replaying the trail proves the same, and more.
    "seq INTEGER NOT NULL"
)


def _one_of(name: str, *words: str, null: bool = False) -> str:
    """A column that holds one of some code words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{name} TEXT{'' if null else ' NOT NULL'} CHECK ({name} IN ({listed}))"


def _decimal(name: str, *, null: bool = False) -> str:
    """A column that holds a plain decimal number as text: no exponent, no binary float."""
    return (
        f"{name} TEXT{'' if null else ' NOT NULL'} "
        f"CHECK ({name} NOT GLOB '*[^0-9.+-]*' AND {name} GLOB '*[0-9]*')"
    )


def _day(name: str, *, null: bool = False) -> str:
    """A column that holds a calendar day that exists, as YYYY-MM-DD."""
    return f"{name} TEXT{'' if null else ' NOT NULL'} CHECK ({name} IS date({name}))"


def _flag(name: str, *, null: bool = False, default: str = "") -> str:
    """A column that holds 0 or 1."""
    return f"{name} INTEGER{'' if null else ' NOT NULL'}{default} CHECK ({name} IN (0, 1))"


def _moment(name: str, *, null: bool = False) -> str:
    """Three columns that hold an instant with the clock it was read on."""
    need = "" if null else " NOT NULL"
    together = (
        f" CHECK (({name}_utc IS NULL) = ({name}_offset IS NULL)"
        f" AND ({name}_utc IS NULL) = ({name}_zone IS NULL))"
    )
    return (
        f"{name}_utc TEXT{need} CHECK ({name}_utc GLOB '{_UTC_FORM}'), "
        f"{name}_offset INTEGER{need} CHECK ({name}_offset BETWEEN -1439 AND 1439), "
        f"{name}_zone TEXT{need}{together if null else ''}"
    )


def _text(name: str) -> str:
    """A column of free text that may be empty."""
    return f"{name} TEXT NOT NULL DEFAULT ''"


_STATE = _one_of("state", "live", "replaced", "undone").replace("NULL", "NULL DEFAULT 'live'", 1)
_RISK = _one_of(
    "eln_risk", "favourable", "intermediate", "adverse", "indeterminate", "not_recorded"
)
_END_REASON = _one_of(
    "end_reason", "relapse", "transplant", "toxicity", "wish", "lost", "completed", "death",
    "other", null=True,
)  # fmt: skip
_PATIENT = "patient_id TEXT NOT NULL REFERENCES patients(id)"
_COURSE = "course_id TEXT NOT NULL REFERENCES courses(id)"

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
    f"""CREATE TABLE cycles (
        {_KEY}, {_COURSE},
        number INTEGER NOT NULL CHECK (number > 0), {_day("first_day")}, {_text("note")},
        {_STATE}
    ) STRICT""",
    f"""CREATE TABLE dose_orders (
        {_KEY}, {_COURSE},
        component TEXT NOT NULL, {_decimal("dose_value")}, dose_unit TEXT NOT NULL,
        {_day("from_day")}, level INTEGER, {_text("slots")},
        interval_days INTEGER CHECK (interval_days > 1),
        {_text("note")}, {_text("decided_by")}, {_STATE}
    ) STRICT""",
    f"""CREATE TABLE holds (
        {_KEY}, {_COURSE},
        component TEXT NOT NULL, {_day("first_day")}, {_day("last_day", null=True)},
        {_one_of("reason_code", "toxicity", "count", "supply", "patient", "procedure", "other")},
        {_text("note")}, {_day("review_on", null=True)}, {_text("decided_by")}, {_STATE}
    ) STRICT""",
    f"""CREATE TABLE shifts (
        {_KEY}, {_COURSE},
        {_one_of("scope", "dose", "component", "cycle", "onward")},
        components TEXT NOT NULL CHECK (components <> ''),
        {_day("from_day")}, {_day("last_day", null=True)}, slot TEXT,
        days INTEGER NOT NULL CHECK (days <> 0 AND days BETWEEN -90 AND 90),
        {_one_of("mode", "keep_grid", "re_anchor")},
        {_text("closed")},
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {_STATE},
        CHECK (last_day >= from_day)
    ) STRICT""",
    f"""CREATE TABLE omissions (
        {_KEY}, {_COURSE},
        component TEXT NOT NULL, {_day("first_day")}, {_day("last_day")}, slot TEXT,
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {_STATE},
        CHECK (last_day >= first_day)
    ) STRICT""",
    f"""CREATE TABLE planned_starts (
        {_KEY}, {_COURSE},
        number INTEGER NOT NULL CHECK (number > 1), {_day("first_day")},
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {_STATE}
    ) STRICT""",
    f"""CREATE TABLE regimen_changes (
        {_KEY}, {_COURSE},
        {_day("from_day")}, regimen_id TEXT NOT NULL, regimen_version INTEGER NOT NULL,
        former_id TEXT NOT NULL, former_version INTEGER NOT NULL,
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {_STATE}
    ) STRICT""",
    f"""CREATE TABLE lab_values (
        {_KEY}, {_PATIENT},
        analyte TEXT NOT NULL, {_one_of("comparator", "=", "<", "<=", ">", ">=")},
        {_decimal("value")}, unit TEXT NOT NULL, {_decimal("upper_limit", null=True)},
        {_moment("collected")}, {_flag("withdrawn", default=" DEFAULT 0")}
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
        {_moment("recorded")}, recorded_by TEXT NOT NULL, recorded_role TEXT NOT NULL,
        {_STATE}, replaces TEXT REFERENCES administrations(id),
        CHECK ((dose_value IS NULL) = (dose_unit IS NULL)),
        CHECK (status NOT IN ('given', 'partly_given')
               OR (given_utc IS NOT NULL AND dose_value IS NOT NULL)),
        CHECK (status NOT IN ('missed', 'held', 'refused') OR reason_code IS NOT NULL)
    ) STRICT""",
    f"""CREATE TABLE toxicities (
        {_KEY}, {_PATIENT}, course_id TEXT REFERENCES courses(id),
        term TEXT NOT NULL, grade INTEGER CHECK (grade BETWEEN 0 AND 4),
        onset_on TEXT NOT NULL, {_one_of("onset_precision", "minute", "hour", "day", "month")},
        resolved_on TEXT, {_decimal("numeric_value", null=True)}, numeric_unit TEXT,
        linked_administration TEXT REFERENCES administrations(id), {_text("note")},
        {_STATE}, replaces TEXT REFERENCES toxicities(id)
    ) STRICT""",
    f"""CREATE TABLE marrows (
        {_KEY}, {_PATIENT}, {_moment("collected")},
        {_decimal("blasts_percent", null=True)}, {_flag("morphology_adequate", null=True)},
        {_decimal("flow_percent", null=True)},
        {_flag("flow_not_detected", default=" DEFAULT 0")},
        flow_events INTEGER CHECK (flow_events >= 0), flow_tube TEXT,
        flow_age_hours INTEGER CHECK (flow_age_hours >= 0),
        {_decimal("pcr_ratio_percent", null=True)},
        {_text("note")}, {_STATE}, replaces TEXT REFERENCES marrows(id)
    ) STRICT""",
    # One row a decision, never changed: a later one overrules an earlier one from its day on.
    f"""CREATE TABLE site_settings (
        {_KEY},
        name TEXT NOT NULL CHECK (name <> ''), value TEXT NOT NULL, {_day("from_day")},
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {_moment("decided")}
    ) STRICT""",
)

_INDEXES = (
    "CREATE INDEX courses_of_patient ON courses (patient_id)",
    "CREATE INDEX dose_orders_of_course ON dose_orders (course_id, from_day)",
    "CREATE INDEX holds_of_course ON holds (course_id, first_day)",
    "CREATE INDEX shifts_of_course ON shifts (course_id)",
    "CREATE INDEX omissions_of_course ON omissions (course_id)",
    "CREATE INDEX planned_starts_of_course ON planned_starts (course_id)",
    "CREATE INDEX regimen_changes_of_course ON regimen_changes (course_id)",
    "CREATE UNIQUE INDEX one_live_start_per_cycle ON cycles (course_id, number)"
    " WHERE state = 'live'",
    "CREATE UNIQUE INDEX one_live_cycle_per_day ON cycles (course_id, first_day)"
    " WHERE state = 'live'",
    "CREATE INDEX lab_values_of_patient ON lab_values (patient_id, analyte, collected_utc)",
    "CREATE INDEX administrations_of_course ON administrations (course_id, planned_on)",
    "CREATE INDEX toxicities_of_patient ON toxicities (patient_id, onset_on)",
    "CREATE INDEX marrows_of_patient ON marrows (patient_id, collected_utc)",
    "CREATE UNIQUE INDEX one_live_administration_per_slot ON administrations"
    " (planned_on, course_id, component, slot, sequence) WHERE state = 'live'",
)


def _refusal(name: str, event: str, message: str, when: str = "") -> str:
    """A trigger that refuses; it calls no function of ours, so any SQLCipher tool can write."""
    return f"CREATE TRIGGER {name} BEFORE {event} {when}BEGIN SELECT RAISE(ABORT, '{message}'); END"


_TRIGGERS = (
    _refusal("audit_is_never_changed", "UPDATE ON audit", "audit is append-only"),
    _refusal("audit_is_never_deleted", "DELETE ON audit", "audit is append-only"),
    _refusal(
        "audit_has_no_gaps",
        "INSERT ON audit",
        "audit goes on by one",
        "WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit) ",
    ),
    *(
        _refusal(f"{table}_is_never_changed", f"UPDATE ON {table}", f"{table} is written once")
        for table in ("audit_patients", "meta")
    ),
    *(
        _refusal(f"{table}_is_never_deleted", f"DELETE ON {table}", "nothing is ever deleted")
        for table in ("audit_patients", "meta", *CLINICAL)
    ),
)

STATEMENTS = (*_TABLES, *_INDEXES, *_TRIGGERS)
