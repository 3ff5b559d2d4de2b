"""How the standing of a report is said and coloured; the words tell it, the colour only helps."""

from __future__ import annotations

from aml_maint.domain.messages import Message, say
from aml_maint.domain.signed_report import SignedReport, Standing

_TOKENS = {
    Standing.RUNNING: "muted",
    Standing.TO_SIGN: "warning",
    Standing.SIGNED: "success",
    Standing.SUPERSEDED: "danger",
}


def standing_text(standing: Standing, signed: SignedReport | None) -> Message:
    """How a report stands, with who signed it when."""
    if signed is None:
        return say(f"reports.standing.{standing.value}")
    signature = signed.signature
    told: dict[str, object] = {
        "by": signature.name,
        "at": signature.at.local.date(),
        "edition": signature.edition,
    }
    return Message("reports.standing.signed", told)


def standing_token(standing: Standing) -> str:
    """The colour of a standing."""
    return _TOKENS[standing]
