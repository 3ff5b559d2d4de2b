"""How drugs given without a plan are said: name, order, and what bears on giving one now."""

from __future__ import annotations

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import dose_text
from aml_maint.services.as_needed import MedicineNow
from aml_maint.services.medicines import Medicine


def medicine_name(medicine: Medicine) -> Message:
    """`paracetamol, as needed`."""
    return say("unplanned.line", drug=medicine.drug.name, kind=say(f"slot.{medicine.slot}"))


def order_words(medicine: Medicine, order: AsNeededOrder) -> Message:
    """`paracetamol — 500 mg — for fever (ordered by Wu Min)`."""
    return say(
        "unplanned.order.line",
        drug=medicine.drug.name,
        dose=dose_text(order.dose),
        indication=say(f"indication.{order.indication}"),
        by=order.ordered_by,
    )


def medicine_facts(now: MedicineNow) -> Message:
    """When it was given last, how much in 24 hours, and the limits with their source."""
    parts: list[Message] = []
    if now.last is None or now.last.given is None or now.last.dose is None:
        parts.append(say("unplanned.now.none"))
    else:
        last = now.last.given.local
        parts.append(say("unplanned.now.last", at=last, dose=dose_text(now.last.dose)))
    if now.total is not None:
        parts.append(say("unplanned.now.day", count=now.doses, total=dose_text(now.total)))
    parts += _limits(now)
    return say("unplanned.now", parts=tuple(parts))


def _limits(now: MedicineNow) -> list[Message]:
    rules = now.medicine.drug.as_needed
    parts: list[Message] = []
    if rules is not None and rules.most is not None:
        parts.append(say("unplanned.now.most", most=dose_text(rules.most)))
    counts = [rules.most_doses if rules else None, *(order.most_doses for order in now.orders)]
    allowed = min((count for count in counts if count is not None), default=None)
    if allowed is not None:
        parts.append(say("unplanned.now.doses", most=allowed))
    if now.next_from is not None and now.last is not None:
        parts.append(say("unplanned.now.next", at=now.next_from.local))
    days = now.medicine.component.min_gap_days
    if days is not None:
        parts.append(say("unplanned.now.days", days=days))
    return parts
