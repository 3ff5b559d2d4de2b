"""Safety assessments and what was decided to do without one: rows and domain objects."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding, Override
from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.store.columns import Row, day_text, moment_columns, moment_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction


def add(
    transaction: Transaction, made: Assessment, recorded: Moment, replaces: str | None = None
) -> None:
    """Add an assessment; the one that it replaces stays readable."""
    if replaces is not None:
        transaction.update("assessments", replaces, {"state": "replaced"})
    transaction.insert(
        "assessments",
        {
            "id": made.id,
            "patient_id": made.patient_id,
            "course_id": made.course_id,
            "cycle": made.cycle,
            "kind": made.kind,
            "done_on": day_text(made.on),
            "note": made.note,
            **moment_columns("recorded", recorded),
            "recorded_by": made.recorded_by,
            "recorded_role": made.recorded_role,
            "reason": made.reason,
            "state": "live",
            "replaces": replaces,
        },
    )
    for number, finding in enumerate(made.findings):
        transaction.insert(
            "assessment_findings",
            {
                "id": str(uuid4()),
                "assessment_id": made.id,
                "patient_id": made.patient_id,
                "number": number,
                "term": finding.term,
                "grade": finding.grade,
                "note": finding.note,
            },
        )


def withdraw(transaction: Transaction, made: Assessment) -> None:
    """Mark an assessment as entered in error."""
    transaction.update("assessments", made.id, {"state": "undone"})


def add_override(
    transaction: Transaction, course_id: str, override: Override, recorded: Moment
) -> None:
    """Record that a cycle was started or closed without its assessment, by whom and why."""
    transaction.insert(
        "assessment_overrides",
        {
            "id": str(uuid4()),
            "course_id": course_id,
            "cycle": override.cycle,
            "kind": override.kind,
            "reason": override.reason,
            "decided_by": override.decided_by,
            **moment_columns("recorded", recorded),
        },
    )


def overrides(store: Store, course_id: str) -> list[Override]:
    """Every cycle of a course that was started or closed without its assessment."""
    rows = store.rows(
        "SELECT * FROM assessment_overrides WHERE course_id = ? AND state = 'live'"
        " ORDER BY cycle, seq",
        (course_id,),
    )
    return [
        Override(row["cycle"], AssessmentKind(row["kind"]), row["reason"], row["decided_by"])
        for row in rows
    ]


def of_patient(store: Store, patient_id: str) -> list[Assessment]:
    """A patient's assessments as they stand, by day."""
    return _made(store, "a.state = 'live' AND a.patient_id = :p", {"p": patient_id})


def of_patients(store: Store, patient_ids: Sequence[str]) -> dict[str, list[Assessment]]:
    """The assessments of some patients as they stand, by day."""
    found: defaultdict[str, list[Assessment]] = defaultdict(list)
    where = "a.state = 'live' AND a.patient_id IN (SELECT value FROM json_each(:patients))"
    for one in _made(store, where, {"patients": json.dumps(list(patient_ids))}):
        found[one.patient_id].append(one)
    return dict(found)


class MadeOn(NamedTuple):
    """That an assessment was made, without what was found."""

    course_id: str | None
    cycle: int
    kind: AssessmentKind
    on: date


def made_of(
    store: Store, patient_ids: Sequence[str], since: date = date.min
) -> defaultdict[str, list[MadeOn]]:
    """Which assessments of some patients were made from a day on, as they stand, by day."""
    found: defaultdict[str, list[MadeOn]] = defaultdict(list)
    for patient, course, cycle, kind, on in store.stream(
        "SELECT patient_id, course_id, cycle, kind, done_on FROM assessments"
        " WHERE state = 'live' AND done_on >= ?"
        " AND patient_id IN (SELECT value FROM json_each(?)) ORDER BY done_on, seq",
        (since.isoformat(), json.dumps(list(patient_ids))),
    ):
        made = MadeOn(course, cycle, AssessmentKind(kind), date.fromisoformat(on))
        found[patient].append(made)
    return found


def overrides_of(
    store: Store, course_ids: Sequence[str]
) -> dict[str, frozenset[tuple[int, AssessmentKind]]]:
    """By course: the cycles that were started or closed without their assessment."""
    found: defaultdict[str, set[tuple[int, AssessmentKind]]] = defaultdict(set)
    for row in store.rows(
        "SELECT course_id, cycle, kind FROM assessment_overrides"
        " WHERE course_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(course_ids)),),
    ):
        found[row["course_id"]].add((row["cycle"], AssessmentKind(row["kind"])))
    return {course: frozenset(mine) for course, mine in found.items()}


def standing(store: Store, assessment_id: str) -> Assessment:
    """The assessment of an id; Refused if it was replaced or taken back."""
    found = _made(store, "a.state = 'live' AND a.id = :a", {"a": assessment_id})
    if not found:
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    return found[0]


def _made(store: Store, where: str, values: dict[str, Any]) -> list[Assessment]:
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    # Most findings are the same few words: one stands for all that are alike.
    alike: dict[tuple[str, int | None, str], Finding] = {}
    for row in store.rows(
        "SELECT f.assessment_id, f.term, f.grade, f.note FROM assessment_findings f"
        f" JOIN assessments a ON a.id = f.assessment_id WHERE {where} ORDER BY f.number",
        values,
    ):
        said = row["term"], row["grade"], row["note"]
        if (finding := alike.get(said)) is None:
            finding = alike[said] = Finding(*said)
        findings[row["assessment_id"]].append(finding)
    rows = store.rows(
        f"SELECT a.* FROM assessments a WHERE {where} ORDER BY a.done_on, a.seq", values
    )
    return [_assessment(row, tuple(findings[row["id"]])) for row in rows]


def _assessment(row: Row, findings: tuple[Finding, ...]) -> Assessment:
    return Assessment(
        row["id"],
        row["patient_id"],
        row["course_id"],
        row["cycle"],
        AssessmentKind(row["kind"]),
        date.fromisoformat(row["done_on"]),
        findings,
        row["note"],
        moment_value(row, "recorded"),
        row["recorded_by"],
        row["recorded_role"],
        row["reason"],
    )
