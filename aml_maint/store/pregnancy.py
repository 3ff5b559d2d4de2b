"""Statements on childbearing and pregnancy tests: rows and domain objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import say
from aml_maint.domain.pregnancy import (
    Childbearing,
    ChildbearingStatement,
    PregnancyFacts,
    PregnancyTest,
    Specimen,
    TestOutcome,
)
from aml_maint.store.columns import Row, moment_columns, moment_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_LIVE = "state = 'live'"


def add_statement(transaction: Transaction, statement: ChildbearingStatement) -> None:
    """Add who stated that a patient can, or can't, become pregnant."""
    transaction.insert(
        "childbearing",
        {
            "id": statement.id,
            "patient_id": statement.patient_id,
            "answer": statement.answer.value,
            "reason": statement.reason,
            "stated_by": statement.stated_by,
            **moment_columns("stated", statement.stated),
        },
    )


def add_test(transaction: Transaction, test: PregnancyTest) -> None:
    """Add a test as reported."""
    transaction.insert(
        "pregnancy_tests",
        {
            "id": test.id,
            "patient_id": test.patient_id,
            "outcome": test.outcome.value,
            "specimen": test.specimen.value,
            **moment_columns("collected", test.collected),
            "note": test.note,
        },
    )


def withdraw_test(transaction: Transaction, test: PregnancyTest) -> None:
    """Mark a test as entered in error."""
    transaction.update("pregnancy_tests", test.id, {"state": "undone"})


def standing_test(store: Store, test_id: str) -> PregnancyTest:
    """The test of an id that was not taken back; Refused if there is none such."""
    row = store.row(f"SELECT * FROM pregnancy_tests WHERE id = ? AND {_LIVE}", (test_id,))
    if row is None:
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    return test_of(row)


def of_patients(store: Store, patient_ids: Sequence[str]) -> dict[str, PregnancyFacts]:
    """What is on record of some patients; those of whom there is nothing are left out."""
    marks = ",".join("?" * len(patient_ids))
    statements: defaultdict[str, list[ChildbearingStatement]] = defaultdict(list)
    tests: defaultdict[str, list[PregnancyTest]] = defaultdict(list)
    for row in store.rows(
        f"SELECT * FROM childbearing WHERE patient_id IN ({marks}) ORDER BY stated_utc, seq",
        tuple(patient_ids),
    ):
        statements[row["patient_id"]].append(_statement(row))
    for row in store.rows(
        f"SELECT * FROM pregnancy_tests WHERE patient_id IN ({marks}) AND {_LIVE}"
        " ORDER BY collected_utc, seq",
        tuple(patient_ids),
    ):
        tests[row["patient_id"]].append(test_of(row))
    return {
        patient: PregnancyFacts(tuple(statements[patient]), tuple(tests[patient]))
        for patient in {*statements, *tests}
    }


def of_patient(store: Store, patient_id: str) -> PregnancyFacts:
    """What is on record of one patient."""
    return of_patients(store, [patient_id]).get(patient_id, PregnancyFacts())


def _statement(row: Row) -> ChildbearingStatement:
    return ChildbearingStatement(
        row["id"],
        row["patient_id"],
        Childbearing(row["answer"]),
        row["reason"],
        row["stated_by"],
        moment_value(row, "stated"),
    )


def test_of(row: Row) -> PregnancyTest:
    """The test of a row."""
    return PregnancyTest(
        row["id"],
        row["patient_id"],
        TestOutcome(row["outcome"]),
        Specimen(row["specimen"]),
        moment_value(row, "collected"),
        row["note"],
    )
