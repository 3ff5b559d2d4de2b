"""What the schema itself refuses of toxicities, whoever writes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlcipher3 import dbapi2

from aml_maint.store.columns import moment_columns
from aml_maint.store.database import Store
from aml_maint.store.errors import NotUnique
from aml_maint.store.replay import verify_chain
from tests.store.rows import AT, insert, started_course


def a_toxicity(course: dict[str, Any], **facts: Any) -> dict[str, Any]:
    id = str(uuid4())
    row = {
        "id": id, "event_id": id, "patient_id": course["patient_id"], "course_id": course["id"],
        "term": "rash", "zone": "Asia/Shanghai", "onset_at": "2026-03-04", "serious": 0,
        **moment_columns("recorded", AT), "recorded_by": "Li Na", "recorded_role": "nurse",
    }  # fmt: skip
    return row | facts


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("serious without a criterion", {"serious": 1}),
    ("a criterion without serious", {"criteria": "death"}),
    ("a baseline of 5", {"baseline": 5}),
    ("an outcome nobody knows", {"outcome": "cured"}),
    ("an onset that is no time", {"onset_at": "4 March"}),
    ("an onset with seconds", {"onset_at": "2026-03-04T19:30:00"}),
]


@pytest.mark.parametrize("facts", [pytest.param(f, id=n) for n, f in WRONG])
def test_a_toxicity_that_cannot_be_is_refused_by_the_file(
    store: Store, facts: dict[str, Any]
) -> None:
    course = started_course(store)
    with pytest.raises(dbapi2.IntegrityError, match="CHECK"):
        insert(store, "toxicities", a_toxicity(course, **facts))


@pytest.mark.parametrize("grade", [-1, 0, 5])
def test_a_grade_of_an_event_is_1_to_4(store: Store, grade: int) -> None:
    course = started_course(store)
    toxicity = a_toxicity(course)
    insert(store, "toxicities", toxicity)
    row = {"id": str(uuid4()), "toxicity_id": toxicity["id"],
           "patient_id": course["patient_id"], "number": 0, "at": "2026-03"}  # fmt: skip
    with pytest.raises(dbapi2.IntegrityError, match="CHECK"):
        insert(store, "toxicity_grades", {**row, "grade": grade})
    insert(store, "toxicity_grades", {**row, "grade": None})
    assert verify_chain(store).ok


def test_one_version_of_an_event_stands_at_a_time(store: Store) -> None:
    course = started_course(store)
    first = a_toxicity(course)
    insert(store, "toxicities", first)
    with pytest.raises(NotUnique):
        insert(store, "toxicities", a_toxicity(course, event_id=first["id"]))
