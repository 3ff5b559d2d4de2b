"""Marrow examinations as FHIR: the procedure, its specimens, their reports and results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aml_maint.reports.fhir_elements import (
    Cells,
    Resource,
    Words,
    concept,
    filled,
    note,
    quantity,
    reference,
    resource,
    resource_id,
    when,
    yes,
)


def marrow(c: Cells, words: Words) -> Iterator[Resource]:
    """The examination."""
    purpose = str(c["purpose"])
    yield resource(
        "Procedure",
        resource_id(c["marrow_id"]),
        status="completed",
        code=concept("procedure", "marrow_aspiration", words.text("export.marrow")),
        subject=reference("Patient", c["patient_id"]),
        performedDateTime=when(c["collected"]),
        reasonCode=[concept("purpose", purpose, words.text(f"purpose.{purpose}"))],
        note=note(c.get("note")),
    )


def specimen(c: Cells, taken: Cells, words: Words) -> Iterator[Resource]:
    """One specimen, the report on it, and the result once it is back."""
    id, assay = resource_id(c["specimen_id"]), str(c["assay"])
    subject = reference("Patient", c["patient_id"])
    at = when(taken["collected"])
    tube = str(c["tube"])
    yield resource(
        "Specimen",
        id,
        type=concept("specimen", "bone_marrow", words.text("export.bone_marrow")),
        subject=subject,
        receivedTime=when(c["received"]),
        collection=filled({"collectedDateTime": at}),
        container=[{"type": concept("tube", tube, words.text(f"tube.{tube}"))}],
    )
    code = concept("assay", assay, words.text(f"assay.{assay}"))
    back = yes(c["is_back"])
    result = resource_id(id, "result")
    yield resource(
        "DiagnosticReport",
        resource_id(id, "report"),
        status="final" if back else "registered",
        code=code,
        subject=subject,
        effectiveDateTime=at,
        issued=when(c["resulted"]),
        specimen=[{"reference": f"Specimen/{id}"}],
        result=[{"reference": f"Observation/{result}"}] if back else [],
    )
    if back:
        yield resource(
            "Observation", result, status="final", code=code, subject=subject,
            effectiveDateTime=at, specimen={"reference": f"Specimen/{id}"},
            **_value(c, words), component=_components(c, words),
        )  # fmt: skip


def _value(c: Cells, words: Words) -> dict[str, Any]:
    if yes(c["not_detected"]):
        told = concept("result", "not_detected", words.text("export.not_detected"))
        return {"valueCodeableConcept": told}
    if c["percent"] is not None:
        return {"valueQuantity": quantity(c["percent"], "%")}
    return {"valueQuantity": quantity(c["ratio"], "1")} if c["ratio"] is not None else {}


def _components(c: Cells, words: Words) -> list[dict[str, Any]]:
    numbers = (
        ("limit_percent", "%"), ("cellularity_percent", "%"), ("events", "1"), ("age_hours", "h"),
        ("control_copies", "1"),
    )  # fmt: skip
    found: list[dict[str, Any]] = [
        {"code": _part(name, words), "valueQuantity": quantity(c[name], unit)}
        for name, unit in numbers
        if c[name] is not None
    ]
    if (quality := c["quality"]) is not None:
        value = concept("quality", quality, words.text(f"quality.{quality}"))
        found.append({"code": _part("quality", words), "valueCodeableConcept": value})
    for name in ("target", "control_gene", "panel"):
        if c.get(name):
            found.append({"code": _part(name, words), "valueString": str(c[name])})
    return found


def _part(name: str, words: Words) -> dict[str, Any] | None:
    return concept("marrow_fact", name, words.text(f"export.marrow.{name}"))


def variant(c: Cells, words: Words) -> Iterator[Resource]:
    """A gene variant, at diagnosis or of a specimen."""
    parts = [
        {"code": _part(name, words), "valueString": str(c[name])}
        for name in ("gene", "change")
        if c.get(name)
    ]
    if c["vaf_percent"] is not None:
        parts.append(
            {"code": _part("vaf", words), "valueQuantity": quantity(c["vaf_percent"], "%")}
        )  # fmt: skip
    yield resource(
        "Observation",
        resource_id(c["variant_id"]),
        status="final",
        code=concept("finding", "gene_variant", words.text("export.gene_variant")),
        subject=reference("Patient", c["patient_id"]),
        specimen=reference("Specimen", c["specimen_id"]),
        component=parts,
    )
