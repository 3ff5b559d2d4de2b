"""A patient, their courses and the decisions on them, from the audit trail, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import Dose, dose_text
from aml_maint.domain.replan_words import level_number
from aml_maint.services import library
from aml_maint.services.history_names import Names, Row, noted, span


def _course(row: Row, names: Names) -> Message:
    regimen = names.regimens.get(row["id"])
    told: dict[str, object] = {
        "regimen": regimen.name if regimen is not None else row["regimen_id"],
        "version": row["regimen_version"],
        "day": date.fromisoformat(row["first_day"]),
    }
    if row.get("ended_on") is None:
        return Message("history.course", told)
    told["ended"] = date.fromisoformat(row["ended_on"])
    told["reason"] = say(f"end_reason.{row['end_reason']}") if row.get("end_reason") else "–"
    return Message("history.course.ended", told)


def _cycle(row: Row, _: Names) -> Message:
    day = date.fromisoformat(row["first_day"])
    return noted(say("history.cycle", cycle=row["number"], day=day), row)


def _order(row: Row, names: Names) -> Message:
    told: dict[str, object] = {
        "drug": names.drug(row["course_id"], row["component"]),
        "dose": dose_text(Dose(Decimal(row["dose_value"]), row["dose_unit"])),
        "day": date.fromisoformat(row["from_day"]),
    }
    if row.get("level") is None:
        return Message("history.order", told)
    told["level"] = level_number(row["level"])
    return Message("history.order.level", told)


def _hold(row: Row, names: Names) -> Message:
    told: dict[str, object] = {
        "drug": names.drug(row["course_id"], row["component"]),
        "first": date.fromisoformat(row["first_day"]),
        "reason": say(f"hold_reason.{row['reason_code']}"),
        "by": row["decided_by"],
    }
    if row.get("last_day") is None:
        return Message("history.hold", told)
    told["last"] = date.fromisoformat(row["last_day"])
    return Message("history.hold.ended", told)


def _shift(row: Row, names: Names) -> Message:
    days = int(row["days"])
    told: dict[str, object] = {
        "drugs": tuple(names.drug(row["course_id"], one) for one in row["components"].split()),
        "days": abs(days),
        "first": date.fromisoformat(row["from_day"]),
        "reason": row["reason"],
        "by": row["decided_by"],
    }
    way = "later" if days > 0 else "earlier"
    one = ".one" if abs(days) == 1 else ""
    return Message(f"history.shift.{row['scope']}.{way}{one}", told)


def _omission(row: Row, names: Names) -> Message:
    first, last = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
    return say(
        "history.omission",
        drug=names.drug(row["course_id"], row["component"]),
        days=span(first, last),
        reason=row["reason"],
        by=row["decided_by"],
    )


def _planned_start(row: Row, _: Names) -> Message:
    return say(
        "history.planned_start",
        cycle=row["number"],
        day=date.fromisoformat(row["first_day"]),
        reason=row["reason"],
        by=row["decided_by"],
    )


def _regimen_change(row: Row, _: Names) -> Message:
    return say(
        "history.regimen_change",
        former=_regimen_name(row["former_id"], row["former_version"]),
        regimen=_regimen_name(row["regimen_id"], row["regimen_version"]),
        day=date.fromisoformat(row["from_day"]),
        reason=row["reason"],
        by=row["decided_by"],
    )


def _regimen_name(regimen_id: str, version: int) -> Message:
    try:
        name: Name | str = library.regimen(regimen_id, version).name
    except BadInput:  # no longer shipped; what was decided is told all the same
        name = regimen_id
    return say("history.regimen", regimen=name, version=version)


def _clock_time(row: Row, names: Names) -> Message:
    told: dict[str, object] = {
        "drug": names.drug(row["course_id"], row["component"]),
        "slot": say(f"slot.{row['slot']}"),
        "day": date.fromisoformat(row["from_day"]),
        "reason": row["reason"],
        "by": row["decided_by"],
    }
    if row.get("at") is None:
        return Message("history.clock_time.site", told)
    return Message("history.clock_time", {**told, "at": row["at"]})


def _patient(row: Row, _: Names) -> Message:
    return say(
        "history.patient",
        name=" ".join(part for part in (row["family_name"], row["given_name"]) if part),
        mrn=row["mrn"],
        sex=say(f"sex.{row['sex']}"),
        born=date.fromisoformat(row["born_on"]) if row.get("born_on") else say("sex.unknown"),
        flt3=say(f"flt3.{row['flt3_itd']}"),
        risk=say(f"risk.{row['eln_risk']}"),
    )


def _dismissal(row: Row, _: Names) -> Message:
    kind = row["finding"].partition("/")[0]
    return say("history.dismissal", finding=say(f"finding.kind.{kind}"), reason=row["reason"])


DESCRIBED: Mapping[str, Callable[[Row, Names], Message]] = {
    "course_times": _clock_time,
    "courses": _course,
    "cycles": _cycle,
    "dose_orders": _order,
    "holds": _hold,
    "shifts": _shift,
    "omissions": _omission,
    "planned_starts": _planned_start,
    "regimen_changes": _regimen_change,
    "patients": _patient,
    "dismissals": _dismissal,
}
