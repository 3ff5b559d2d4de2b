"""The tables of schema 1 for marrow examinations and what is known of the disease."""

from __future__ import annotations

from aml_maint.store.migrations.column_forms import (
    KEY,
    PATIENT,
    STATE,
    day,
    decimal,
    flag,
    moment,
    one_of,
    text,
)

CLINICAL = (
    "marrows",
    "specimens",
    "gene_variants",
    "response_reviews",
    "diagnoses",
    "earlier_therapies",
    "contacts",
    "disease_events",
)

_QUALITY = one_of(
    "quality", "adequate", "haemodilute", "few_cells", "no_spicules", "dry_tap", "inadequate",
    "not_stated", null=True,
)  # fmt: skip

_RISKS = ("favourable", "intermediate", "adverse", "indeterminate", "not_recorded")
_RESPONSES = ("CR", "blasts_exactly_5", "morphological_relapse", "not_evaluable")
_MRD_CLASSES = (
    "positive", "positive_low_quality", "negative", "negative_detectable", "negative_unverified",
    "detected_below_0.1", "indeterminate",
)  # fmt: skip
_SORAFENIB = ("induction", "consolidation", "maintenance", "not_given", "not_recorded")
_NO_TRANSPLANT = (
    "no_donor", "age", "comorbidity", "wish", "cost", "favourable_risk", "mrd_negative", "other",
    "not_recorded",
)  # fmt: skip
_THERAPIES = ("induction", "consolidation", "salvage", "transplant", "maintenance", "other")
_EVENTS = (
    "molecular_relapse", "morphological_relapse", "extramedullary_relapse", "transplant",
    "second_therapy", "lost", "death",
)  # fmt: skip
_CAUSES = ("leukaemia", "infection", "bleeding", "transplant", "therapy", "other", "unknown")

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
    # One row a decision, never changed; the latest on a marrow stands.
    f"""CREATE TABLE response_reviews (
        {KEY}, {PATIENT}, marrow_id TEXT NOT NULL REFERENCES marrows(id),
        computed TEXT NOT NULL, {one_of("decision", "confirmed", "overruled")},
        {one_of("response", *_RESPONSES, null=True)}, {one_of("mrd", *_MRD_CLASSES, null=True)},
        {text("reason")}, decided_by TEXT NOT NULL CHECK (decided_by <> ''), {moment("decided")},
        CHECK (decision = 'confirmed' OR reason <> '')
    ) STRICT""",
    f"""CREATE TABLE diagnoses (
        {KEY}, patient_id TEXT NOT NULL UNIQUE REFERENCES patients(id),
        {text("who_class")}, {text("fab")}, {decimal("wbc", null=True)},
        {decimal("blasts_percent", null=True)},
        cytogenetics TEXT, {text("karyotype")}, {text("fusion")},
        {decimal("flt3_ratio", null=True)},
        {one_of("cebpa", "unspecified", "bzip_inframe", "other")},
        {one_of("sorafenib", *_SORAFENIB)}, {one_of("no_transplant", *_NO_TRANSPLANT)},
        {text("no_transplant_note")}, {one_of("overruled_risk", *_RISKS, null=True)},
        {text("overrule_reason")}, {text("overruled_by")},
        CHECK ((overruled_risk IS NULL) = (overrule_reason = ''))
    ) STRICT""",
    f"""CREATE TABLE earlier_therapies (
        {KEY}, {PATIENT}, {one_of("kind", *_THERAPIES)},
        regimen TEXT NOT NULL CHECK (regimen <> ''), cycles INTEGER CHECK (cycles > 0),
        {day("first_day", null=True)}, {day("last_day", null=True)}, {text("response")}, {STATE},
        CHECK (last_day >= first_day)
    ) STRICT""",
    f"""CREATE TABLE contacts (
        {KEY}, {PATIENT}, {day("on_day")},
        {one_of("means", "visit", "telephone", "message", "relative", "other_hospital")},
        {text("note")}, {day("next_on", null=True)}, {STATE},
        CHECK (next_on > on_day)
    ) STRICT""",
    f"""CREATE TABLE disease_events (
        {KEY}, {PATIENT}, {one_of("kind", *_EVENTS)}, {day("on_day")},
        {one_of("cause", *_CAUSES, null=True)}, {text("note")},
        marrow_id TEXT REFERENCES marrows(id), {STATE},
        CHECK ((kind = 'death') = (cause IS NOT NULL))
    ) STRICT""",
)

INDEXES = (
    "CREATE INDEX marrows_of_patient ON marrows (patient_id, collected_utc)",
    "CREATE INDEX specimens_of_marrow ON specimens (marrow_id)",
    # What is still out is asked for whenever Today is read; nearly every specimen is back.
    "CREATE INDEX specimens_out ON specimens (marrow_id) WHERE is_back = 0",
    "CREATE INDEX gene_variants_of_specimen ON gene_variants (specimen_id)",
    "CREATE INDEX gene_variants_of_patient ON gene_variants (patient_id)",
    "CREATE INDEX response_reviews_of_patient ON response_reviews (patient_id)",
    "CREATE INDEX earlier_therapies_of_patient ON earlier_therapies (patient_id)",
    "CREATE INDEX contacts_of_patient ON contacts (patient_id, on_day)",
    "CREATE INDEX disease_events_of_patient ON disease_events (patient_id, on_day)",
    "CREATE UNIQUE INDEX one_death_per_patient ON disease_events (patient_id)"
    " WHERE kind = 'death' AND state = 'live'",
)
