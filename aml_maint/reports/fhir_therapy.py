"""Regimens, courses, orders and doses as FHIR resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aml_maint.domain.regimen import Component, Regimen
from aml_maint.reports.fhir_elements import (
    BASE,
    UCUM,
    Cells,
    Resource,
    Words,
    concept,
    day_of,
    drug,
    filled,
    note,
    period,
    quantity,
    reference,
    resource,
    resource_id,
    when,
)

_STATUS = {
    "given": "completed", "partly_given": "completed", "held": "on-hold",
    "missed": "not-done", "refused": "not-done", "not_applicable": "not-done",
}  # fmt: skip


def plan_definition(regimen: Regimen, words: Words) -> Resource:
    """A regimen: the cycle as an action, its components as actions in it."""
    return resource(
        "PlanDefinition",
        resource_id(regimen.id),
        url=_plan_url(regimen.id),
        version=str(regimen.version),
        title=words.text(regimen.name),
        type={"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/plan-definition-type",
            "code": "clinical-protocol",
        }]},
        status="active",
        action=[{
            "id": "cycle",
            "title": f"{regimen.patterns[0].days} d",
            "action": [_action(one, words) for one in regimen.components],
        }],
    )  # fmt: skip


def _action(component: Component, words: Words) -> dict[str, Any]:
    rhythm = component.rhythm
    timing = filled({
        "frequency": max(len(component.slots), 1),
        "period": rhythm.interval_days,
        "periodUnit": "d",
        "timeOfDay": [f"{slot.at:%H:%M}:00" for slot in component.slots],
    })  # fmt: skip
    related: list[dict[str, Any]] = []
    if component.link is not None:
        related.append({
            "actionId": component.link.to,
            "relationship": "before-start",
            "offsetDuration": {
                "value": -component.link.offset_minutes,
                "unit": "min", "system": UCUM, "code": "min",
            },
        })  # fmt: skip
    return filled({
        "id": component.id,
        "title": words.text(component.drug.name),
        "code": [found] if (found := drug(words, component.drug.id)) else [],
        "timingTiming": {"repeat": timing},
        "relatedAction": related,
    })  # fmt: skip


def _plan_url(regimen_id: object) -> str:
    return f"{BASE}/PlanDefinition/{resource_id(regimen_id)}"


def medication(drug_id: str, words: Words) -> Resource:
    """A drug, for what refers to one."""
    return resource("Medication", resource_id("drug", drug_id), code=drug(words, drug_id))


def course(c: Cells, words: Words) -> Iterator[Resource]:
    """A course as a CarePlan of its regimen."""
    ended = c["ended_on"] is not None
    yield resource(
        "CarePlan",
        resource_id(c["course_id"]),
        instantiatesCanonical=[f"{_plan_url(c['regimen_id'])}|{c['regimen_version']}"],
        status="completed" if ended else "active",
        intent="plan",
        title=words.term("regimens", str(c["regimen_id"])),
        subject=reference("Patient", c["patient_id"]),
        period=period(c["first_day"], c["ended_on"]),
        note=note(c.get("end_note")),
    )


def cycle(c: Cells, words: Words) -> Iterator[Resource]:
    """A cycle as a part of its course."""
    del words
    yield resource(
        "CarePlan",
        resource_id(c["course_id"], "cycle", c["cycle"]),
        partOf=[reference("CarePlan", c["course_id"])],
        status="active",
        intent="plan",
        title=str(c["cycle"]),
        subject=reference("Patient", c["patient_id"]),
        period=period(c["first_day"], None),
        note=note(c.get("note")),
    )


def dose_order(c: Cells, words: Words) -> Iterator[Resource]:
    """A prescriber's order for a component of the regimen."""
    interval = c["interval_days"]
    timing = {"repeat": {"frequency": 1, "period": interval, "periodUnit": "d"}}
    yield resource(
        "MedicationRequest",
        resource_id(c["order_id"]),
        status="active",
        intent="order",
        medicationCodeableConcept=drug(words, c["component"]),
        subject=reference("Patient", c["patient_id"]),
        supportingInformation=[reference("CarePlan", c["course_id"])],
        authoredOn=when(c["from_day"]),
        note=note(c.get("note")),
        dosageInstruction=[filled({
            "timing": timing if interval else None,
            "doseAndRate": [{"doseQuantity": quantity(c["dose_value"], c["dose_unit"])}],
        })],
    )  # fmt: skip


def hold(c: Cells, words: Words) -> Iterator[Resource]:
    """A hold: an order not to give a component for some days."""
    reason = str(c["reason_code"])
    yield resource(
        "MedicationRequest",
        resource_id(c["hold_id"]),
        status="active" if c["last_day"] is None else "completed",
        intent="order",
        doNotPerform=True,
        medicationCodeableConcept=drug(words, c["component"]),
        subject=reference("Patient", c["patient_id"]),
        supportingInformation=[reference("CarePlan", c["course_id"])],
        authoredOn=when(c["first_day"]),
        reasonCode=[concept("hold_reason", reason, words.text(f"hold_reason.{reason}"))],
        note=note(c.get("note")),
        dispenseRequest={"validityPeriod": period(c["first_day"], c["last_day"])},
    )


def as_needed_order(c: Cells, words: Words) -> Iterator[Resource]:
    """A standing order for a drug given when it is needed."""
    yield resource(
        "MedicationRequest",
        resource_id(c["order_id"]),
        status="active" if c["last_day"] is None else "completed",
        intent="order",
        medicationCodeableConcept=drug(words, c["drug"]),
        subject=reference("Patient", c["patient_id"]),
        supportingInformation=[reference("CarePlan", c["course_id"])],
        authoredOn=when(c["first_day"]),
        note=note(c.get("note")),
        dosageInstruction=[filled({
            "text": c.get("indication"),
            "asNeededBoolean": True,
            "route": concept("route", c["route"], words.term("routes", str(c["route"]))),
            "doseAndRate": [{"doseQuantity": quantity(c["dose_value"], c["dose_unit"])}],
        })],
        dispenseRequest={"validityPeriod": period(c["first_day"], c["last_day"])},
    )  # fmt: skip


def administration(c: Cells, words: Words) -> Iterator[Resource]:
    """What was recorded of a dose. One not given stands on the day it was planned for."""
    status, reason = str(c["status"]), c["reason_code"]
    why = [concept("reason", reason, words.term("reasons", str(reason)))] if reason else []
    site, route = c["site"], c["route"]
    dosage = filled({
        "dose": quantity(c["dose_value"], c["dose_unit"]),
        "site": concept("injection_site", site, words.text(f"site.{site}") if site else ""),
        "route": concept("route", route, words.term("routes", str(route))),
    })  # fmt: skip
    yield resource(
        "MedicationAdministration",
        resource_id(c["administration_id"]),
        status=_STATUS[status],
        statusReason=why,
        category=concept("dose_status", status, words.text(f"state.{status}")),
        medicationCodeableConcept=drug(words, c["component"]),
        subject=reference("Patient", c["patient_id"]),
        supportingInformation=[reference("CarePlan", c["course_id"])],
        effectiveDateTime=when(c["given"]) or day_of(c["planned"]) or day_of(c["planned_on"]),
        request=reference("MedicationRequest", c["order_id"]),
        note=note(c.get("note")),
        # Where and how, without how much, is not allowed.
        dosage=dosage if "dose" in dosage else None,
    )
