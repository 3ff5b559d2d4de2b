"""How the tablets at home are said: how many, what a count found, how long they last, and why."""

from __future__ import annotations

from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.supply import SupplyEntry
from aml_maint.services.home_supply import SupplyStatus


def at_home(status: SupplyStatus) -> Message:
    """How many tablets are at home, by the last count and what happened since."""
    return status.account.told(status.account.at_home)


def last_count(status: SupplyStatus) -> Message:
    """The last count with what was missing or too much."""
    found = status.account.last_count
    if found is None:
        return say("supply.not_counted")
    told: dict[str, object] = {
        "day": found.at.local.date(),
        "counted": status.account.told(found.counted),
        "difference": status.account.told(abs(found.difference)),
    }
    if found.difference == 0:
        return Message("supply.count.right", told)
    return Message("supply.count.missing" if found.difference < 0 else "supply.count.more", told)


def token(status: SupplyStatus) -> str:
    """The meaning of how long it lasts, for its colour."""
    return "warning" if status.is_low else "text"


def notes(status: SupplyStatus) -> tuple[Message, ...]:
    """What stands behind the figures, sentence by sentence."""
    found: list[Message] = [status.account.explained()]
    if status.unconfirmed:
        told = status.account.told(status.unconfirmed_amount)
        found.append(say("supply.note.unconfirmed", count=status.unconfirmed, amount=told))
    if status.is_low:
        found.append(say("supply.note.low", days=status.low_below_days))
    if status.account.at_home < 0:
        found.append(say("supply.note.negative"))
    if len(status.account.strengths) > 1:
        found.append(say("supply.note.strengths"))
    if status.gate is not None:
        found.append(status.gate.reason)
    if status.forecast is not None and status.forecast.odd:
        found.append(say("supply.note.odd"))
    for entry in status.expired:
        found.append(say("supply.note.expires", lot=entry.lot or "–", day=entry.expires_on))
    return tuple(found)


def happened(entry: SupplyEntry) -> Message:
    """What happened to the tablets."""
    return say(f"supply.kind.{entry.kind.value}")


def tablets_of(entry: SupplyEntry) -> Message:
    """`56 × 200 mg`, or `56 tablets` where a tablet is the dose's unit."""
    if entry.strength.unit == "{tablet}":
        return say("supply.tablets", number=entry.tablets)
    return say("supply.number", tablets=entry.tablets, strength=dose_text(entry.strength))
