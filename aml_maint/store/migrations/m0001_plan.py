"""The tables of schema 1 for the decisions that a plan rests on."""

from __future__ import annotations

from aml_maint.store.migrations.column_forms import KEY, STATE, day, decimal, one_of, text

CLINICAL = (
    "cycles", "dose_orders", "holds", "shifts", "omissions", "planned_starts", "regimen_changes",
)  # fmt: skip

_COURSE = "course_id TEXT NOT NULL REFERENCES courses(id)"

TABLES = (
    f"""CREATE TABLE cycles (
        {KEY}, {_COURSE},
        number INTEGER NOT NULL CHECK (number > 0), {day("first_day")}, {text("note")},
        {STATE}
    ) STRICT""",
    f"""CREATE TABLE dose_orders (
        {KEY}, {_COURSE},
        component TEXT NOT NULL, {decimal("dose_value")}, dose_unit TEXT NOT NULL,
        {day("from_day")}, level INTEGER, {text("slots")},
        interval_days INTEGER CHECK (interval_days > 1),
        {text("note")}, {text("decided_by")}, {STATE}
    ) STRICT""",
    f"""CREATE TABLE holds (
        {KEY}, {_COURSE},
        component TEXT NOT NULL, {day("first_day")}, {day("last_day", null=True)},
        {one_of("reason_code", "toxicity", "count", "supply", "patient", "procedure", "other")},
        {text("note")}, {day("review_on", null=True)}, {text("decided_by")}, {STATE}
    ) STRICT""",
    f"""CREATE TABLE shifts (
        {KEY}, {_COURSE},
        {one_of("scope", "dose", "component", "cycle", "onward")},
        components TEXT NOT NULL CHECK (components <> ''),
        {day("from_day")}, {day("last_day", null=True)}, slot TEXT,
        days INTEGER NOT NULL CHECK (days <> 0 AND days BETWEEN -90 AND 90),
        {one_of("mode", "keep_grid", "re_anchor")},
        {text("closed")},
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {STATE},
        CHECK (last_day >= from_day)
    ) STRICT""",
    f"""CREATE TABLE omissions (
        {KEY}, {_COURSE},
        component TEXT NOT NULL, {day("first_day")}, {day("last_day")}, slot TEXT,
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {STATE},
        CHECK (last_day >= first_day)
    ) STRICT""",
    f"""CREATE TABLE planned_starts (
        {KEY}, {_COURSE},
        number INTEGER NOT NULL CHECK (number > 1), {day("first_day")},
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {STATE}
    ) STRICT""",
    f"""CREATE TABLE regimen_changes (
        {KEY}, {_COURSE},
        {day("from_day")}, regimen_id TEXT NOT NULL, regimen_version INTEGER NOT NULL,
        former_id TEXT NOT NULL, former_version INTEGER NOT NULL,
        reason TEXT NOT NULL CHECK (reason <> ''),
        decided_by TEXT NOT NULL CHECK (decided_by <> ''), {STATE}
    ) STRICT""",
)

INDEXES = (
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
)
