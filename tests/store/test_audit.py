"""Audit events: their one form, their chain, and what can be asked of them."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import audit, engine
from aml_maint.store.audit import Head
from aml_maint.store.database import Store
from aml_maint.store.event_rows import Change
from aml_maint.store.replay import verify_chain
from aml_maint.store.schema import Columns
from tests.store.rows import (
    FEW_ROUNDS,
    NURSE,
    PASSPHRASE,
    a_command,
    a_course,
    a_lab_value,
    a_patient,
    insert,
    started_course,
)


def test_an_event_has_one_form_whatever_the_order_it_was_given_in() -> None:
    one = audit.canonical({"b": [1, None, "é"], "a": {"y": True, "x": "中"}})
    assert one == audit.canonical({"a": {"x": "中", "y": True}, "b": [1, None, "é"]})
    assert one == '{"a":{"x":"中","y":true},"b":[1,null,"é"]}'.encode()


@pytest.mark.parametrize("value", [0.5, Decimal("0.5"), float("nan"), b"", {1: "a"}, {"a"}])
def test_a_value_that_json_can_not_hold_exactly_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        audit.canonical({"deep": [{"value": value}]})


COLUMNS: Columns = {
    "patients": {"id": None, "mrn": None, "note": ""},
    "courses": {"id": None, "x": None, "名": None},
}


def test_an_event_that_is_written_change_by_change_is_in_the_same_form() -> None:
    changes = [
        Change("patients", "a", None, {"id": "a", "mrn": '"', "note": ""}),
        Change("courses", "b", {"x": 1}, {"id": "b", "x": None, "名": "=1\u2028\\"}, 7),
    ]
    for some in ([], changes[:1], changes):
        text = audit.compose(3, a_command(), some, {"tables": 2}, COLUMNS)
        assert audit.canonical(json.loads(text)) == text
        assert audit.parse(text.decode(), "", COLUMNS).changes == tuple(some)


def test_a_very_long_event_is_read_back_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = [
        Change("patients", str(n), {"mrn": "x"}, {"id": str(n), "mrn": "y", "note": '"],}'}, 1)
        for n in range(3)
    ]
    text = audit.compose(3, a_command(), changes, {}, COLUMNS).decode()
    whole = audit.parse(text, "x", COLUMNS)
    monkeypatch.setattr(audit, "_LONG", 0)
    assert audit.parse(text, "x", COLUMNS) == whole and whole.changes == tuple(changes)
    none = audit.compose(3, a_command(), [], {"a": 1}, COLUMNS).decode()
    assert audit.parse(none, "x", COLUMNS).changes == ()
    for cut in (len(text) // 3, len(text) - 1):
        with pytest.raises(json.JSONDecodeError):
            audit.parse(text[:cut], "x", COLUMNS)


def test_the_hash_covers_domain_sequence_event_and_previous_hash() -> None:
    previous = "ab" * 32
    expected = hashlib.sha256(
        b"aml_maint audit 1\n" + b"\0\0\0\0\0\0\0\x07" + b"{}" + bytes.fromhex(previous)
    )
    assert audit.event_hash(7, b"{}", previous) == expected.hexdigest()
    assert audit.event_hash(8, b"{}", previous) != expected.hexdigest()


def test_the_chain_can_be_computed_without_this_program(store: Store) -> None:
    started_course(store)
    previous = "0" * 64
    for row in store.rows("SELECT * FROM audit ORDER BY seq"):
        text = b"aml_maint audit 1\n" + row["seq"].to_bytes(8, "big") + row["event"].encode()
        previous = hashlib.sha256(text + bytes.fromhex(previous)).hexdigest()
        assert row["hash"] == previous
        assert json.loads(row["event"])["v"] == 1
    assert store.head().hash == previous
    assert store.head().short == previous[:16]


def test_every_event_says_who_where_when_and_why(store: Store) -> None:
    command = a_command("dose.correct", reason="typing error")
    with store.write(command) as transaction:
        transaction.insert("patients", a_patient())
    head = json.loads(store.rows("SELECT event FROM audit WHERE seq = 2")[0]["event"])["command"]
    clock = {"utc": "2026-03-05T01:00:00.000000Z", "offset": 480, "zone": "Asia/Shanghai"}
    assert head == {
        "id": str(command.id),
        "action": "dose.correct",
        "actor": NURSE.name,
        "role": "nurse",
        "workstation": NURSE.workstation,
        "recorded": clock,
        "occurred": clock,
        "reason": "typing error",
    }


def test_the_history_of_a_row_is_every_event_that_touched_it_in_order(store: Store) -> None:
    patient, other = a_patient(), a_patient()
    insert(store, "patients", patient, "admit")
    insert(store, "patients", other, "other")
    for bed in ("1", "2", "3"):
        with store.write(a_command(f"bed {bed}")) as transaction:
            transaction.update("patients", patient["id"], {"bed": bed})
            transaction.update("patients", other["id"], {"bed": bed})
            transaction.update("patients", patient["id"], {"ward": bed})
    events = audit.history(store, "patients", patient["id"])
    assert [event.command.action for event in events] == ["admit", "bed 1", "bed 2", "bed 3"]
    assert audit.history(store, "patients", str(uuid4())) == []


def test_a_name_that_is_no_table_has_no_history(store: Store) -> None:
    with pytest.raises(ValueError, match="not the name"):
        audit.history(store, "patients; DROP TABLE audit", "x")


def test_the_history_of_a_patient_holds_what_hangs_on_their_course_too(store: Store) -> None:
    course = started_course(store)
    other = started_course(store)
    for one, action in ((course, "theirs"), (other, "another's")):
        row = {"id": str(uuid4()), "course_id": one["id"], "number": 1, "first_day": "2026-03-02"}
        insert(store, "cycles", row, action)
    insert(store, "lab_values", a_lab_value(course["patient_id"]), "count")
    events = audit.patient_history(store, course["patient_id"])
    assert [event.command.action for event in events] == ["test.start", "theirs", "count"]
    latest = audit.patient_history(store, course["patient_id"], limit=1)
    assert [event.command.action for event in latest] == ["count"]


def test_a_value_moved_to_another_patient_is_in_the_history_of_both(store: Store) -> None:
    wrong, right = a_patient(), a_patient()
    insert(store, "patients", wrong)
    insert(store, "patients", right)
    value = a_lab_value(wrong["id"])
    insert(store, "lab_values", value)
    with store.write(a_command("move", reason="wrong patient")) as transaction:
        transaction.update("lab_values", value["id"], {"patient_id": right["id"]})
    for patient in (wrong, right):
        assert audit.patient_history(store, patient["id"])[-1].command.action == "move"
    assert verify_chain(store).ok


def test_an_event_that_is_not_there_is_none(store: Store) -> None:
    assert audit.event(store, 99) is None


def test_a_sound_file_verifies_and_reports_its_head(store: Store) -> None:
    started_course(store)
    report = verify_chain(store, anchors=[Head(1, store.rows("SELECT hash FROM audit")[0]["hash"])])
    assert (report.ok, report.events, report.first_bad, report.reason) == (True, 2, None, None)
    assert report.head == store.head()
    assert report.differences == ()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of an empty ward file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "KDF_ITERATIONS", FEW_ROUNDS)
        path = tmp_path_factory.mktemp("template") / "ward.amldb"
        Store.create(path, PASSPHRASE, "ward").close()
        return path.read_bytes()


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ACTS = st.sampled_from(["admit", "start", "edit", "move", "count"])
STEPS = st.lists(st.tuples(ACTS, st.integers(0, 5), TEXTS), min_size=1, max_size=12)


@given(commands=st.lists(STEPS, min_size=1, max_size=4))
def test_replaying_the_events_rebuilds_every_table(
    template: bytes, tmp_path_factory: pytest.TempPathFactory, commands: list[Any]
) -> None:
    path = tmp_path_factory.mktemp("replay") / "ward.amldb"
    path.write_bytes(template)
    with Store.open(path, PASSPHRASE) as store:
        ids: dict[str, list[str]] = {"patients": [], "courses": [], "lab_values": []}
        for steps in commands:
            write_steps(store, steps, ids)
        rebuilt: dict[str, dict[str, Any]] = {table: {} for table in store.columns}
        for row in store.rows("SELECT event, hash FROM audit ORDER BY seq"):
            event = audit.parse(row["event"], row["hash"], store.columns)
            for change in event.changes:
                state = rebuilt[change.table].setdefault(change.id, {})
                before = change.before or {}
                assert {name: state.get(name) for name in before} == dict(before)
                state.clear()
                state.update(change.after, seq=event.sequence)
        for table, rows in rebuilt.items():
            assert {row["id"]: row for row in store.rows(f"SELECT * FROM {table}")} == rows
        assert verify_chain(store).ok


def write_steps(store: Store, steps: list[Any], ids: dict[str, list[str]]) -> None:
    """One command of some steps; a step that has nothing to work on admits a patient."""
    with store.write(a_command()) as transaction:
        for what, number, text in steps:
            patients, courses, values = ids.values()
            patient = patients[number % len(patients)] if patients else None
            if what == "start" and patient:
                row = a_course(patient, end_note=text)
                transaction.insert("courses", row)
                courses.append(row["id"])
            elif what == "count" and patient:
                row = a_lab_value(patient, unit=text)
                transaction.insert("lab_values", row)
                values.append(row["id"])
            elif what == "edit" and patient:
                transaction.update("patients", patient, {"note": text, "bed": str(number)})
            elif what == "move" and patient and values:
                value = values[number % len(values)]
                transaction.update("lab_values", value, {"patient_id": patient})
            else:
                row = a_patient(family_name=text)
                transaction.insert("patients", row)
                patients.append(row["id"])


def test_opening_compares_the_rows_with_the_trail_unless_told_not_to(
    store: Store, path: Path
) -> None:
    insert(store, "patients", a_patient())
    store._connection.set_authorizer(None)
    store._connection.execute("UPDATE patients SET bed = '99'")
    store.close()
    with pytest.raises(StorageProblem) as caught:
        Store.open(path, PASSPHRASE)
    assert caught.value.message.key == "store.rows_differ"
    Store.open(path, PASSPHRASE, check="quick").close()
    Store.open(path, PASSPHRASE, check=False).close()
