"""The tables of schema 1 for marrow examinations and what is known of the disease."""

from __future__ import annotations

from aml_maint.store.migrations.column_forms import (
    KEY,
    PATIENT,
    STATE,
    decimal,
    flag,
    moment,
    one_of,
    text,
)

CLINICAL = ("marrows", "specimens", "gene_variants")

_QUALITY = one_of(
    "quality", "adequate", "haemodilute", "few_cells", "no_spicules", "dry_tap", "inadequate",
    "not_stated", null=True,
)  # fmt: skip

TABLES = (
    f"""CREATE TABLE marrows (
        {KEY}, {PATIENT}, {moment("collected")},
        {one_of("purpose", "diagnosis", "baseline", "scheduled", "repeat", "suspicion", "other")},
        {text("note")}, {STATE}
    ) STRICT""",
    f"""CREATE TABLE specimens (
        {KEY}, {PATIENT}, marrow_id TEXT NOT NULL REFERENCES marrows(id),
        {one_of("assay", "morphology", "flow", "pcr", "ngs", "flt3_itd")},
        {one_of("tube", "heparin", "edta", "citrate", "other", "not_stated")},
        {text("laboratory")}, {moment("received", null=True)}, {moment("resulted", null=True)},
        {flag("is_back", default=" DEFAULT 0")}, {_QUALITY},
        {decimal("percent", null=True)}, {flag("not_detected", default=" DEFAULT 0")},
        {decimal("cellularity_percent", null=True)}, {decimal("limit_percent", null=True)},
        events INTEGER CHECK (events >= 0), age_hours INTEGER CHECK (age_hours >= 0),
        {text("panel")}, {text("target")}, {text("control_gene")},
        control_copies INTEGER CHECK (control_copies >= 0), {decimal("ratio", null=True)},
        CHECK (not_detected = 0 OR (percent IS NULL AND ratio IS NULL)),
        CHECK (is_back OR (percent IS NULL AND ratio IS NULL AND resulted_utc IS NULL))
    ) STRICT""",
    f"""CREATE TABLE gene_variants (
        {KEY}, {PATIENT}, specimen_id TEXT REFERENCES specimens(id),
        gene TEXT NOT NULL CHECK (gene <> ''), {text("change")},
        {decimal("vaf_percent", null=True)}, {STATE}
    ) STRICT""",
)

INDEXES = (
    "CREATE INDEX marrows_of_patient ON marrows (patient_id, collected_utc)",
    "CREATE INDEX specimens_of_marrow ON specimens (marrow_id)",
    "CREATE INDEX gene_variants_of_specimen ON gene_variants (specimen_id)",
)
