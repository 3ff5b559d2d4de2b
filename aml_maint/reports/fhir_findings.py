"""Patients, disease, laboratory, marrow and toxicity as FHIR resources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aml_maint.reports.fhir_elements import (
    BASE,
    LOINC,
    Cells,
    Resource,
    Words,
    coding,
    concept,
    extension_url,
    filled,
    grade_concept,
    note,
    quantity,
    reference,
    resource,
    resource_id,
    when,
    yes,
)

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_SERIOUSNESS = "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness"
_OUTCOME = "http://terminology.hl7.org/CodeSystem/adverse-event-outcome"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_OUTCOMES = {
    "recovered": "resolved", "recovering": "recovering", "not_recovered": "ongoing",
    "sequelae": "resolvedWithSequelae", "fatal": "fatal", "unknown": "unknown",
}  # fmt: skip


def patient(c: Cells, death: Cells | None) -> Resource:
    """A patient; in an export without names only the study id, the sex, and a death."""
    named = c.get("mrn") is not None
    return resource(
        "Patient",
        resource_id(c["patient_id"]),
        identifier=[{
            "system": f"{BASE}/NamingSystem/{'record-number' if named else 'study-id'}",
            "value": str(c["mrn"] if named else c["patient_id"]),
        }],
        name=[filled({
            "family": c.get("family_name"),
            "given": [c["given_name"]] if c.get("given_name") else [],
        })] if named else [],
        gender=c["sex"],
        birthDate=when(c.get("born_on")),
        deceasedDateTime=when(death["on_day"]) if death else None,
    )  # fmt: skip


def condition(c: Cells, words: Words) -> Resource:
    """The leukaemia, as it was diagnosed."""
    id = c["patient_id"]
    return resource(
        "Condition",
        resource_id(id, "condition"),
        clinicalStatus={"coding": [coding(_CLINICAL, "active")]},
        verificationStatus={"coding": [coding(_VERIFICATION, "confirmed")]},
        code=concept("disease", "aml", str(c.get("diagnosis") or words.text("export.aml"))),
        subject=reference("Patient", id),
        onsetDateTime=when(c["diagnosed_on"]),
    )


def diagnosis_facts(c: Cells, found: Cells | None, words: Words) -> Iterator[Resource]:
    """What was known of the leukaemia at diagnosis, each fact an Observation."""
    at = when(c["diagnosed_on"])
    for name, texts in (("flt3_itd", "flt3"), ("eln_risk", "risk")):
        word = str(c[name])
        if word != "not_recorded":
            value = concept(name, word, words.text(f"{texts}.{word}"))
            yield _fact(c, name, at, words, valueCodeableConcept=value)
    for name, unit in (("wbc", "10*9/L"), ("blasts_percent", "%"), ("flt3_ratio", "1")):
        if found is not None and found[name] is not None:
            yield _fact(c, name, at, words, valueQuantity=quantity(found[name], unit))
    for name in ("fab", "karyotype", "fusion"):
        if found is not None and found.get(name):
            yield _fact(c, name, at, words, valueString=str(found[name]))


def _fact(c: Cells, name: str, at: str | None, words: Words, **value: Any) -> Resource:
    return resource(
        "Observation",
        resource_id(c["patient_id"], name),
        status="final",
        code=concept("diagnosis", name, words.text(f"export.diagnosis.{name}")),
        subject=reference("Patient", c["patient_id"]),
        effectiveDateTime=at,
        **value,
    )


def lab_value(c: Cells, words: Words) -> Iterator[Resource]:
    """A laboratory value; LOINC where analyte and unit have a code that was checked."""
    analyte, unit = str(c["analyte"]), str(c["unit"])
    loinc = words.loinc.get((analyte, unit))
    others = [coding(LOINC, loinc)] if loinc else []
    limits = filled({
        "low": quantity(c["lower_limit"], unit), "high": quantity(c["upper_limit"], unit),
    })  # fmt: skip
    yield resource(
        "Observation",
        resource_id(c["result_id"]),
        status="final",
        category=[{"coding": [coding(_CATEGORY, "laboratory")]}],
        code=concept("analyte", analyte, words.term("analytes", analyte), *others),
        subject=reference("Patient", c["patient_id"]),
        effectiveDateTime=when(c["collected"]),
        valueQuantity=quantity(c["value"], unit, c["comparator"]),
        referenceRange=[limits] if limits else [],
    )


def pregnancy_test(c: Cells, words: Words) -> Iterator[Resource]:
    """A pregnancy test."""
    outcome = str(c["outcome"])
    yield resource(
        "Observation",
        resource_id(c["test_id"]),
        status="final",
        category=[{"coding": [coding(_CATEGORY, "laboratory")]}],
        code=concept("test", f"pregnancy_{c['specimen']}", words.text("export.pregnancy_test")),
        subject=reference("Patient", c["patient_id"]),
        effectiveDateTime=when(c["collected"]),
        valueCodeableConcept=concept("pregnancy", outcome, words.text(f"pregnancy.{outcome}")),
        note=note(c.get("note")),
    )


def site_reaction(c: Cells, words: Words) -> Iterator[Resource]:
    """A reaction at an injection site."""
    site, kind = str(c["site"]), str(c["kind"])
    yield resource(
        "Observation",
        resource_id(c["reaction_id"]),
        status="final",
        code=concept("finding", "site_reaction", words.text("export.site_reaction")),
        subject=reference("Patient", c["patient_id"]),
        effectivePeriod=filled({"start": when(c["first_day"]), "end": when(c["last_day"])}),
        valueCodeableConcept=concept("reaction", kind, words.text(f"injection.kind.{kind}")),
        bodySite=concept("injection_site", site, words.text(f"site.{site}")),
        note=note(c.get("note")),
    )


def assessed_grade(c: Cells, done: Cells, words: Words) -> Iterator[Resource]:
    """A grade found at a safety assessment; not evaluated is not grade 0."""
    term, grade = str(c["term"]), c["grade"]
    absent = {"coding": [coding(_ABSENT, "not-performed")]}
    yield resource(
        "Observation",
        resource_id(c["assessment_id"], term)
        if len(f"{c['assessment_id']}{term}") < 64
        else resource_id(c["assessment_id"], c["number"]),
        status="final",
        category=[{"coding": [coding(_CATEGORY, "survey")]}],
        code=concept("toxicity", term, words.term("toxicity", term)),
        subject=reference("Patient", c["patient_id"]),
        effectiveDateTime=when(done["done_on"]),
        valueCodeableConcept=grade_concept(grade),
        dataAbsentReason=absent if grade is None else None,
        note=note(c.get("note")),
    )


def adverse_event(
    c: Cells, grades: Sequence[Cells], causes: Sequence[Cells], words: Words
) -> Iterator[Resource]:
    """A toxicity event with its grades over time, its seriousness and its causes."""
    term, outcome = str(c["term"]), c["outcome"]
    extensions = [_grade_extension(point) for point in grades]
    for criterion in str(c["criteria"] or "").split():
        value = concept("criterion", criterion, words.text(f"criterion.{criterion}"))
        extensions.append(
            {"url": extension_url("seriousness-criterion"), "valueCodeableConcept": value}
        )
    if c["resolved_at"] is not None:
        end = when(c["resolved_at"], c["resolved_at_precision"])
        extensions.append({"url": extension_url("resolved"), "valueDateTime": end})
    serious = "Serious" if yes(c["serious"]) else "Non-serious"
    yield resource(
        "AdverseEvent",
        resource_id(c["event_id"]),
        extension=extensions,
        actuality="actual",
        event=concept("toxicity", term, words.term("toxicity", term)),
        subject=reference("Patient", c["patient_id"]),
        date=when(c["onset_at"], c["onset_at_precision"]),
        recordedDate=when(c["recorded"]),
        seriousness={"coding": [coding(_SERIOUSNESS, serious, serious)]},
        outcome={"coding": [coding(_OUTCOME, _OUTCOMES[str(outcome)])]} if outcome else None,
        suspectEntity=[_suspect(cause, words) for cause in causes],
    )


def _grade_extension(point: Cells) -> dict[str, Any]:
    grade = grade_concept(point["grade"])
    value = quantity(point["value"], point["unit"], point["comparator"])
    parts: list[dict[str, Any]] = [
        {"url": "from", "valueDateTime": when(point["at"], point["at_precision"])}
    ]
    if grade is not None:
        parts.append({"url": "grade", "valueCodeableConcept": grade})
    if value is not None:
        parts.append({"url": "value", "valueQuantity": value})
    return {"url": extension_url("who-grade"), "extension": parts}


def _suspect(cause: Cells, words: Words) -> dict[str, Any]:
    id, causality = str(cause["cause"]), cause["causality"]
    known = id in words.terms.get("drugs", {})
    instance = reference("Medication", resource_id("drug", id)) if known else {}
    display = {"display": words.term("causes", id)}
    judged = concept(
        "who_umc_causality", causality, words.text(f"causality.{causality}") if causality else ""
    )
    return filled({
        "instance": {**(instance or {}), **display},
        "causality": [{"assessment": judged}] if judged else [],
    })  # fmt: skip


def disease_event(c: Cells, words: Words) -> Iterator[Resource]:
    """A relapse, death or loss to follow-up as an Observation, a transplant as a Procedure."""
    kind = str(c["kind"])
    told = concept("event", kind, words.text(f"event_kind.{kind}"))
    id, subject = resource_id(c["event_id"]), reference("Patient", c["patient_id"])
    if kind == "transplant":
        yield resource("Procedure", id, status="completed", code=told, subject=subject,
                       performedDateTime=when(c["on_day"]), note=note(c.get("note")))  # fmt: skip
        return
    cause = c["cause"]
    value = concept("death_cause", cause, words.text(f"death_cause.{cause}") if cause else "")
    yield resource(
        "Observation", id, status="final", code=told, subject=subject,
        effectiveDateTime=when(c["on_day"]), valueCodeableConcept=value, note=note(c.get("note")),
    )  # fmt: skip


def earlier_therapy(c: Cells, words: Words) -> Iterator[Resource]:
    """A therapy before maintenance."""
    kind = str(c["kind"])
    yield resource(
        "Procedure",
        resource_id(c["therapy_id"]),
        status="completed",
        category=concept("therapy", kind, words.text(f"therapy_kind.{kind}")),
        code={"text": str(c.get("regimen") or words.text(f"therapy_kind.{kind}"))},
        subject=reference("Patient", c["patient_id"]),
        performedPeriod=filled({"start": when(c["first_day"]), "end": when(c["last_day"])}),
    )
