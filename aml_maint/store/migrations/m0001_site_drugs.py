"""The tables of schema 1 for the drugs and strengths that a ward has of its own."""

from __future__ import annotations

from aml_maint.store.migrations.column_forms import KEY, STATE, decimal, flag, moment, text

CLINICAL = ("site_drugs", "site_strengths")

_DECIDED = (
    f"{text('reason')}, decided_by TEXT NOT NULL CHECK (decided_by <> ''), {moment('decided')}, "
    f"{STATE}"
)

TABLES = (
    # Every version of a drug stays; the live one holds. Lists of code words have blanks between.
    f"""CREATE TABLE site_drugs (
        {KEY}, drug TEXT NOT NULL CHECK (drug <> '' AND drug NOT GLOB '*[^a-z0-9_]*'),
        name_en TEXT NOT NULL CHECK (name_en <> ''), name_zh TEXT NOT NULL CHECK (name_zh <> ''),
        routes TEXT NOT NULL CHECK (routes <> ''), dose_unit TEXT NOT NULL,
        indications TEXT NOT NULL CHECK (indications <> ''),
        min_gap_minutes INTEGER CHECK (min_gap_minutes > 0), {decimal("most_value", null=True)},
        most_doses INTEGER CHECK (most_doses > 0), {flag("in_use")}, {_DECIDED}
    ) STRICT""",
    f"""CREATE TABLE site_strengths (
        {KEY}, drug TEXT NOT NULL CHECK (drug <> ''), {decimal("value")}, unit TEXT NOT NULL,
        {_DECIDED}
    ) STRICT""",
)

INDEXES = (
    "CREATE UNIQUE INDEX one_live_version_per_site_drug ON site_drugs (drug) WHERE state = 'live'",
    "CREATE UNIQUE INDEX one_live_row_per_strength ON site_strengths (drug, value, unit)"
    " WHERE state = 'live'",
)
