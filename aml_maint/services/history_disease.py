"""Diagnosis, earlier therapy, follow-up and reviews of the audit trail in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from aml_maint.domain.messages import Message, say
from aml_maint.services.history_names import Names, Row, noted
from aml_maint.store.columns import decimal_value


def _diagnosis(row: Row, _: Names) -> Message:
    parts: list[object] = [row[name] for name in ("who_class", "fab", "fusion") if row.get(name)]
    if row.get("cytogenetics") is not None:
        found = [line for line in str(row["cytogenetics"]).split("\n") if line]
        parts.append(tuple(found) if found else say("disease.normal_karyotype"))
    for name in ("wbc", "blasts_percent"):
        if (value := decimal_value(row.get(name))) is not None:
            parts.append(say(f"history.diagnosis.{name}", value=value))
    told = tuple(parts) or (say("history.nothing"),)
    if row.get("overruled_risk"):
        return say(
            "history.diagnosis.overruled",
            facts=told,
            risk=say(f"risk.{row['overruled_risk']}"),
            by=row["overruled_by"],
            reason=row["overrule_reason"],
        )
    return say("history.diagnosis", facts=told)


def _therapy(row: Row, _: Names) -> Message:
    told: dict[str, object] = {
        "kind": say(f"therapy_kind.{row['kind']}"),
        "regimen": row["regimen"],
    }
    if row.get("cycles"):
        return Message("history.therapy.cycles", {**told, "cycles": row["cycles"]})
    return Message("history.therapy", told)


def _contact(row: Row, _: Names) -> Message:
    told: dict[str, object] = {
        "means": say(f"means.{row['means']}"),
        "day": date.fromisoformat(row["on_day"]),
    }
    if row.get("next_on"):
        told["next"] = date.fromisoformat(row["next_on"])
        return noted(Message("history.contact.next", told), row)
    return noted(Message("history.contact", told), row)


def _event(row: Row, _: Names) -> Message:
    kind = say(f"event_kind.{row['kind']}")
    told: dict[str, object] = {"kind": kind, "day": date.fromisoformat(row["on_day"])}
    if row.get("cause"):
        told["cause"] = say(f"death_cause.{row['cause']}")
        return noted(Message("history.event.cause", told), row)
    return noted(Message("history.event", told), row)


def _review(row: Row, _: Names) -> Message:
    response = say(f"response.class.{row.get('response') or 'none'}")
    mrd = say(f"mrd_class.{row['mrd']}") if row.get("mrd") else say("mrd_class.none")
    return say(
        f"history.review_response.{row['decision']}",
        response=response, mrd=mrd, by=row["decided_by"],
    )  # fmt: skip


DESCRIBED: Mapping[str, Callable[[Row, Names], Message]] = {
    "diagnoses": _diagnosis,
    "earlier_therapies": _therapy,
    "contacts": _contact,
    "disease_events": _event,
    "response_reviews": _review,
}
