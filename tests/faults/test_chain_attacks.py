"""Someone with the passphrase changes the file by hand: what the audit trail shows, and what not.

The table of Help: an edited, deleted, inserted or reordered event is found by the chain alone,
and so is a row that was changed without an event. A chain that was computed anew, cut short or
replaced by an older file is found only against a head that was noted outside the file.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import audit
from aml_maint.store.audit import Head
from aml_maint.store.database import Store
from aml_maint.store.replay import ChainReport, RowDifference, verify_chain
from tests.store.rows import (
    PASSPHRASE,
    a_command,
    an_administration,
    insert,
    started_course,
    without_the_store,
)


@dataclass
class Ward:
    """A closed ward file with a few doses, and the heads that were noted on the way."""

    path: Path
    course: dict[str, Any]
    doses: list[dict[str, Any]]
    anchors: list[Head]

    def attack(self, act: Callable[[Connection], None]) -> ChainReport:
        """Do something to the file behind the guards, put them up again, and verify."""
        connection = without_the_store(self.path)
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        act(connection)
        for _, sql in guards:
            connection.execute(sql)
        connection.close()
        return self.verify()

    def sql(self, *statements: str) -> ChainReport:
        """An attack that is a few statements."""

        def act(connection: Connection) -> None:
            for statement in statements:
                connection.execute(statement)

        return self.attack(act)

    def verify(self, *anchors: Head) -> ChainReport:
        with Store.open(self.path, PASSPHRASE, check=False) as store:
            return verify_chain(store, anchors=anchors)


@pytest.fixture
def ward(store: Store, path: Path) -> Ward:
    course = started_course(store)
    anchors, doses = [], []
    for number in range(8):
        doses.append(an_administration(course, number))
        insert(store, "administrations", doses[-1])
        anchors.append(store.head())
    store.close()
    return Ward(path, course, doses, anchors)


def found(report: ChainReport, first_bad: int | None, key: str) -> bool:
    assert report.reason is not None
    assert not report.ok
    return (report.first_bad, report.reason.key) == (first_bad, key)


def test_an_untouched_file_verifies_with_every_noted_head(ward: Ward) -> None:
    report = ward.verify(*ward.anchors)
    assert report.ok
    assert report.events == 10
    assert report.head == ward.anchors[-1]


def test_an_edited_event_is_found(ward: Ward) -> None:
    report = ward.sql("UPDATE audit SET event = replace(event, '\"400\"', '\"200\"') WHERE seq = 5")
    assert found(report, 5, "store.chain.edited")
    assert report.events == 4


def test_an_event_whose_row_was_edited_along_with_it_is_found(ward: Ward) -> None:
    report = ward.sql(
        "UPDATE audit SET event = replace(event, '\"400\"', '\"200\"') WHERE seq = 5",
        "UPDATE administrations SET dose_value = '200' WHERE seq = 5",
    )
    assert found(report, 5, "store.chain.edited")


def test_an_edited_hash_is_found(ward: Ward) -> None:
    assert found(
        ward.sql(f"UPDATE audit SET hash = '{'0' * 64}' WHERE seq = 10"), 10, "store.chain.edited"
    )


def test_the_name_of_a_command_that_was_exchanged_is_found(ward: Ward) -> None:
    report = ward.sql(f"UPDATE audit SET command_id = '{a_command().id}' WHERE seq = 6")
    assert found(report, 6, "store.chain.edited")


def test_a_deleted_event_is_found(ward: Ward) -> None:
    assert found(ward.sql("DELETE FROM audit WHERE seq = 4"), 4, "store.chain.gap")


def test_a_deleted_event_whose_followers_moved_up_is_found(ward: Ward) -> None:
    report = ward.sql(
        "DELETE FROM audit WHERE seq = 4",
        *(f"UPDATE audit SET seq = {seq - 1} WHERE seq = {seq}" for seq in range(5, 11)),
    )
    assert found(report, 4, "store.chain.edited")


def test_an_inserted_event_is_found(ward: Ward) -> None:
    report = ward.sql(
        *(f"UPDATE audit SET seq = {seq + 1} WHERE seq = {seq}" for seq in range(10, 6, -1)),
        "INSERT INTO audit SELECT 7, 'x', event, hash FROM audit WHERE seq = 6",
    )
    assert found(report, 7, "store.chain.edited")


def test_an_event_added_at_the_end_without_its_right_hash_is_found(ward: Ward) -> None:
    report = ward.sql("INSERT INTO audit SELECT 11, 'x', event, hash FROM audit WHERE seq = 10")
    assert found(report, 11, "store.chain.edited")


def test_events_in_another_order_are_found(ward: Ward) -> None:
    report = ward.sql(
        "UPDATE audit SET seq = 99 WHERE seq = 5",
        "UPDATE audit SET seq = 5 WHERE seq = 6",
        "UPDATE audit SET seq = 6 WHERE seq = 99",
    )
    assert found(report, 5, "store.chain.edited")


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE administrations SET dose_value = '800' WHERE seq = 5", "changed"),
        ("UPDATE administrations SET note = 'was fine' WHERE seq = 5", "changed"),
        ("UPDATE administrations SET seq = 6 WHERE seq = 5", "changed"),
        ("DELETE FROM administrations WHERE seq = 5", "missing"),
    ],
)
def test_a_row_that_was_changed_without_an_event_is_found_and_named_without_its_content(
    ward: Ward, statement: str, kind: str
) -> None:
    report = ward.sql(statement)
    assert found(report, None, "store.rows_differ")
    assert report.differences == (RowDifference("administrations", ward.doses[2]["id"], kind),)  # type: ignore[arg-type]
    with pytest.raises(StorageProblem) as caught:
        Store.open(ward.path, PASSPHRASE)
    assert caught.value.message == report.reason
    assert set(caught.value.message.params) == {"count", "table", "id"}


def test_a_row_that_was_added_without_an_event_is_found(ward: Ward) -> None:
    forged = an_administration(ward.course, 99)
    names, marks = ", ".join(forged), ", ".join("?" * len(forged))

    def act(connection: Connection) -> None:
        connection.execute(
            f"INSERT INTO administrations ({names}, seq) VALUES ({marks}, 10)",
            tuple(forged.values()),
        )

    report = ward.attack(act)
    assert report.differences == (RowDifference("administrations", forged["id"], "extra"),)


def test_a_row_put_back_to_its_state_before_a_correction_is_found(ward: Ward) -> None:
    dose = ward.doses[0]["id"]
    with Store.open(ward.path, PASSPHRASE) as store, store.write(a_command()) as transaction:
        transaction.update("administrations", dose, {"state": "undone"})
    report = ward.sql("UPDATE administrations SET state = 'live', seq = 3 WHERE seq = 11")
    assert report.differences == (RowDifference("administrations", dose, "changed"),)


def test_an_event_hidden_from_the_history_of_a_patient_is_found(ward: Ward) -> None:
    report = ward.sql("DELETE FROM audit_patients WHERE seq = 5")
    patient = ward.course["patient_id"]
    assert report.differences == (RowDifference("audit_patients", patient, "changed"),)


def test_a_number_stored_in_another_shape_is_found(ward: Ward) -> None:
    assert not ward.sql("UPDATE administrations SET dose_value = '400.0' WHERE seq = 5").ok


def chain_anew(connection: Connection) -> None:
    """Compute every hash again, as someone can who has the passphrase and this program."""
    previous = audit.BEFORE_FIRST
    events = connection.execute("SELECT seq, event FROM audit ORDER BY seq").fetchall()
    for sequence, text in events:
        previous = audit.event_hash(sequence, text.encode(), previous)
        connection.execute("UPDATE audit SET hash = ? WHERE seq = ?", (previous, sequence))


def test_a_trail_computed_anew_is_found_only_against_a_noted_head(ward: Ward) -> None:
    def act(connection: Connection) -> None:
        (text,) = connection.execute("SELECT event FROM audit WHERE seq = 5").fetchone()
        event = json.loads(text)
        event["changes"][0]["new"][0]["dose_value"] = "200"
        forged = audit.canonical(event).decode()
        connection.execute("UPDATE audit SET event = ? WHERE seq = 5", (forged,))
        connection.execute("UPDATE administrations SET dose_value = '200' WHERE seq = 5")
        chain_anew(connection)

    assert ward.attack(act).ok
    before, *after = ward.anchors[1:]
    assert ward.verify(before).ok  # noted before the forged event
    for anchor in after:
        assert found(ward.verify(anchor), anchor.sequence, "store.chain.rewritten")


def test_a_trail_cut_at_its_end_is_found_only_against_a_noted_head(ward: Ward) -> None:
    report = ward.sql(
        "DELETE FROM administrations WHERE seq = 10",
        "DELETE FROM audit_patients WHERE seq = 10",
        "DELETE FROM audit WHERE seq = 10",
    )
    assert report.ok
    assert report.events == 9
    assert ward.verify(ward.anchors[-2]).ok
    assert found(ward.verify(ward.anchors[-1]), 10, "store.chain.cut")


def test_a_trail_cut_at_its_end_without_its_rows_is_found_by_itself(ward: Ward) -> None:
    report = ward.sql("DELETE FROM audit WHERE seq = 10")
    last = ward.doses[-1]["id"]
    assert RowDifference("administrations", last, "extra") in report.differences


def test_an_older_file_in_its_place_is_found_only_against_a_noted_head(ward: Ward) -> None:
    older = ward.path.with_name("older")
    shutil.copy(ward.path, older)
    with Store.open(ward.path, PASSPHRASE) as store:
        insert(store, "administrations", an_administration(ward.course, 50))
        noted = store.head()
    older.replace(ward.path)
    assert ward.verify().ok
    assert found(ward.verify(noted), 11, "store.chain.cut")


def test_a_trail_in_another_persons_name_is_found_only_against_a_noted_head(
    ward: Ward,
) -> None:
    def act(connection: Connection) -> None:
        connection.execute("UPDATE audit SET event = replace(event, 'Li Na', 'Wu Min')")
        connection.execute("UPDATE administrations SET recorded_by = 'Wu Min'")
        chain_anew(connection)

    assert ward.attack(act).ok
    assert found(ward.verify(ward.anchors[0]), 3, "store.chain.rewritten")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"seq": 5}', "not json"])
def test_an_event_that_is_no_event_is_found_even_with_its_right_hash(ward: Ward, text: str) -> None:
    def act(connection: Connection) -> None:
        connection.execute("UPDATE audit SET event = ? WHERE seq = 5", (text,))
        chain_anew(connection)

    assert found(ward.attack(act), 5, "store.chain.edited")


def test_text_that_is_no_unicode_is_damage_and_not_a_crash(ward: Ward) -> None:
    with pytest.raises(StorageProblem) as caught:
        ward.sql("UPDATE administrations SET note = CAST(x'ff' AS TEXT) WHERE seq = 5")
    assert caught.value.message.key == "store.damaged"
