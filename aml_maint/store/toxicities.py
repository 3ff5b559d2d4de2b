"""Toxicity events: rows and domain objects. A change makes a new version, the old one stays."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

from aml_maint.domain.errors import Refused
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Comparator, LabValue
from aml_maint.domain.toxicity_event import (
    Causality,
    Cause,
    Challenge,
    Criterion,
    DrugAction,
    GradePoint,
    Outcome,
    Reporter,
    Review,
    ToxicityEvent,
)
from aml_maint.store.columns import (
    Row,
    decimal_text,
    decimal_value,
    moment_columns,
    moment_value,
)
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

# A dose's record may have been corrected since: the link follows it to what stands now.
_LINKED_NOW = (
    "coalesce((SELECT now.id FROM administrations then_ JOIN administrations now"
    " USING (course_id, component, planned_on, slot, sequence)"
    " WHERE then_.id = t.linked_administration AND now.state = 'live'), t.linked_administration)"
)


def add(transaction: Transaction, event: ToxicityEvent, recorded: Moment) -> None:
    """Add the first version of an event."""
    _insert(transaction, event, recorded, None)


def revise(
    transaction: Transaction, old: ToxicityEvent, new: ToxicityEvent, recorded: Moment
) -> None:
    """Put a new version of an event in the place of the old one, which stays readable."""
    transaction.update("toxicities", old.id, {"state": "replaced"})
    _insert(transaction, new, recorded, old.id)


def withdraw(transaction: Transaction, event: ToxicityEvent) -> None:
    """Mark an event as entered in error."""
    transaction.update("toxicities", event.id, {"state": "undone"})


def sign(transaction: Transaction, event: ToxicityEvent, review: Review, role: str) -> None:
    """Sign the version of an event that stands now."""
    transaction.insert(
        "toxicity_reviews",
        {
            "id": str(uuid4()),
            "toxicity_id": event.id,
            "patient_id": event.patient_id,
            **moment_columns("reviewed", review.at),
            "reviewed_by": review.by,
            "reviewed_role": role,
            "comment": review.comment,
        },
    )


def _insert(
    transaction: Transaction, event: ToxicityEvent, recorded: Moment, replaces: str | None
) -> None:
    transaction.insert(
        "toxicities",
        {
            "id": event.id,
            "event_id": event.event_id,
            "patient_id": event.patient_id,
            "course_id": event.course_id,
            "term": event.term,
            "detail": event.detail,
            "zone": event.zone,
            "onset_at": event.onset.iso,
            "resolved_at": event.resolved.iso if event.resolved else None,
            "baseline": event.baseline,
            "linked_administration": event.linked_administration,
            "serious": int(event.serious),
            "criteria": " ".join(sorted(event.criteria)),
            "treatment": event.treatment,
            "outcome": event.outcome,
            "reporter": event.reporter,
            "note": event.note,
            **moment_columns("recorded", recorded),
            "recorded_by": event.recorded_by,
            "recorded_role": event.recorded_role,
            "reason": event.reason,
            "state": "live",
            "replaces": replaces,
        },
    )
    mine = {"toxicity_id": event.id, "patient_id": event.patient_id}
    for number, point in enumerate(event.grades):
        _insert_grade(transaction, {**mine, "number": number}, point)
    for cause in event.causes:
        transaction.insert(
            "toxicity_causes",
            {
                "id": str(uuid4()),
                **mine,
                "cause": cause.cause,
                "causality": cause.causality,
                "judged_by": cause.judged_by,
                "action": cause.action,
                "dechallenge": cause.dechallenge,
                "rechallenge": cause.rechallenge,
            },
        )


def _insert_grade(transaction: Transaction, mine: dict[str, Any], point: GradePoint) -> None:
    value = point.value
    transaction.insert(
        "toxicity_grades",
        {
            "id": str(uuid4()),
            **mine,
            "at": point.at.iso,
            "grade": point.grade,
            "comparator": value.comparator if value else None,
            "value": decimal_text(value.value) if value else None,
            "unit": value.unit if value else None,
            "result_id": point.result_id,
            "note": point.note,
        },
    )


def of_patient(store: Store, patient_id: str) -> list[ToxicityEvent]:
    """All events of a patient as they stand now, by onset."""
    return _events(store, "t.state = 'live' AND t.patient_id = :p", {"p": patient_id})


def between(store: Store, patient_id: str, first: date, last: date) -> list[ToxicityEvent]:
    """A patient's events present on any of the days, by onset."""
    # A month is compared as a month here; the event itself then tells exactly.
    found = _events(
        store,
        "t.state = 'live' AND t.patient_id = :p AND substr(t.onset_at, 1, 10) <= :last"
        " AND (t.resolved_at IS NULL OR substr(t.resolved_at, 1, 7) >= :month)",
        {"p": patient_id, "last": last.isoformat(), "month": first.isoformat()[:7]},
    )
    return [event for event in found if event.is_present(first, last)]


def of_patients(store: Store, patient_ids: Sequence[str]) -> dict[str, list[ToxicityEvent]]:
    """The events of some patients as they stand now, by onset."""
    found: defaultdict[str, list[ToxicityEvent]] = defaultdict(list)
    where = "t.state = 'live' AND t.patient_id IN (SELECT value FROM json_each(:patients))"
    for event in _events(store, where, {"patients": json.dumps(list(patient_ids))}):
        found[event.patient_id].append(event)
    return dict(found)


def unreviewed(store: Store) -> list[ToxicityEvent]:
    """The events of the ward whose latest version no physician has signed, oldest first."""
    return _events(
        store,
        "t.state = 'live' AND t.id NOT IN (SELECT toxicity_id FROM toxicity_reviews)",
        {},
    )


class Unsigned(NamedTuple):
    """The latest version of an event that no physician has signed: term, worst grade, onset."""

    version: str
    term: str
    detail: str
    worst: int | None
    onset: date


def unsigned_of(store: Store, patient_ids: Sequence[str]) -> dict[str, list[Unsigned]]:
    """What waits for a signature in some patients, oldest first."""
    found: defaultdict[str, list[Unsigned]] = defaultdict(list)
    for row in store.rows(
        "SELECT t.id, t.patient_id, t.term, t.detail, t.onset_at, max(g.grade) AS worst"
        " FROM toxicities t LEFT JOIN toxicity_grades g ON g.toxicity_id = t.id"
        " WHERE t.state = 'live' AND t.patient_id IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM toxicity_reviews r WHERE r.toxicity_id = t.id)"
        " GROUP BY t.id ORDER BY t.onset_at, t.id",
        (json.dumps(list(patient_ids)),),
    ):
        onset = KnownTime.parse(row["onset_at"]).day
        found[row["patient_id"]].append(
            Unsigned(row["id"], row["term"], row["detail"], row["worst"], onset)
        )
    return dict(found)


def versions(store: Store, event_id: str) -> list[ToxicityEvent]:
    """Every version of an event, the first one first."""
    return _events(store, "t.event_id = :e", {"e": event_id}, "t.rowid")


def standing(store: Store, event_id: str) -> ToxicityEvent:
    """The version of an event that stands now; Refused if there is none."""
    found = _events(store, "t.state = 'live' AND t.event_id = :e", {"e": event_id})
    if not found:
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    return found[0]


def _events(
    store: Store, where: str, values: dict[str, Any], order: str = "t.onset_at, t.seq, t.rowid"
) -> list[ToxicityEvent]:
    rows = store.rows(
        f"SELECT t.*, {_LINKED_NOW} AS linked_now FROM toxicities t WHERE {where} ORDER BY {order}",
        values,
    )
    if not rows:
        return []
    joined = "JOIN toxicities t ON t.id = c.toxicity_id"
    grades: defaultdict[str, list[GradePoint]] = defaultdict(list)
    for row in store.rows(
        f"SELECT c.* FROM toxicity_grades c {joined} WHERE {where} ORDER BY c.number", values
    ):
        grades[row["toxicity_id"]].append(_point(row))
    causes: defaultdict[str, list[Cause]] = defaultdict(list)
    for row in store.rows(
        f"SELECT c.* FROM toxicity_causes c {joined} WHERE {where} ORDER BY c.rowid", values
    ):
        causes[row["toxicity_id"]].append(_cause(row))
    reviews = {
        row["toxicity_id"]: Review(
            row["reviewed_by"], moment_value(row, "reviewed"), row["comment"]
        )
        for row in store.rows(f"SELECT c.* FROM toxicity_reviews c {joined} WHERE {where}", values)
    }
    return [
        replace(
            _event(row, tuple(grades[row["id"]])),
            causes=tuple(causes[row["id"]]),
            review=reviews.get(row["id"]),
        )
        for row in rows
    ]


def _event(row: Row, grades: tuple[GradePoint, ...]) -> ToxicityEvent:
    return ToxicityEvent(
        id=row["id"],
        event_id=row["event_id"],
        patient_id=row["patient_id"],
        course_id=row["course_id"],
        term=row["term"],
        zone=row["zone"],
        grades=grades,
        resolved=None if row["resolved_at"] is None else KnownTime.parse(row["resolved_at"]),
        baseline=row["baseline"],
        detail=row["detail"],
        linked_administration=row["linked_now"],
        serious=bool(row["serious"]),
        criteria=frozenset(Criterion(word) for word in row["criteria"].split()),
        treatment=row["treatment"],
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        reporter=None if row["reporter"] is None else Reporter(row["reporter"]),
        note=row["note"],
        recorded=moment_value(row, "recorded"),
        recorded_by=row["recorded_by"],
        recorded_role=row["recorded_role"],
        reason=row["reason"],
    )


def _point(row: Row) -> GradePoint:
    number = decimal_value(row["value"])
    value = None if number is None else LabValue(number, row["unit"], Comparator(row["comparator"]))
    return GradePoint(
        KnownTime.parse(row["at"]), row["grade"], value, row["result_id"], row["note"]
    )


def _cause(row: Row) -> Cause:
    return Cause(
        row["cause"],
        None if row["causality"] is None else Causality(row["causality"]),
        row["judged_by"],
        None if row["action"] is None else DrugAction(row["action"]),
        None if row["dechallenge"] is None else Challenge(row["dechallenge"]),
        None if row["rechallenge"] is None else Challenge(row["rechallenge"]),
    )
