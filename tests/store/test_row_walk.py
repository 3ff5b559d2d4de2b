"""The quick comparison of tables and trail says yes exactly where the replay row by row does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aml_maint.store import audit, replay
from aml_maint.store.database import Store
from aml_maint.store.replay import _Replay, _verified, verify_chain
from aml_maint.store.row_walk import RowWalk
from tests.store.rows import a_command, a_lab_value, started_course


@pytest.fixture
def ward(store: Store) -> Store:
    """A course, values of which one was changed twice, and one moved to another course."""
    _, patient = _course(store)
    value = a_lab_value(patient)
    with store.write(a_command("count")) as transaction:
        transaction.insert("lab_values", value)
        transaction.insert("lab_values", a_lab_value(patient))
    for withdrawn in (1, 0):
        with store.write(a_command("count.change")) as transaction:
            transaction.update("lab_values", value["id"], {"withdrawn": withdrawn})
    return store


def _course(store: Store) -> tuple[str, str]:
    course = started_course(store)
    found = store.rows("SELECT id, patient_id FROM courses")[0]
    assert course
    return found["id"], found["patient_id"]


def quick(store: Store) -> bool:
    walk = RowWalk(store)
    return _verified(store, walk, (), None).ok and walk.agree(store)


def slow(store: Store) -> bool:
    return _verified(store, _Replay(store.columns), (), None).ok


def raw(store: Store, *statements: str) -> None:
    """Change the file behind the store's back, past its guards."""
    store._connection.set_authorizer(None)
    for row in store._connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        store._connection.execute(f"DROP TRIGGER {row[0]}")
    store._connection.execute("PRAGMA foreign_keys = OFF")
    for sql in statements:
        store._connection.execute(sql)


def rechained(store: Store, edit: Callable[[dict[str, Any]], None], sequence: int) -> None:
    """Edit an event and compute the chain anew, as somebody with the passphrase could."""
    raw(store)
    previous = audit.BEFORE_FIRST
    for row in store.rows("SELECT seq, event FROM audit ORDER BY seq"):
        event = json.loads(row["event"])
        if row["seq"] == sequence:
            edit(event)
        text = audit.canonical(event)
        previous = audit.event_hash(row["seq"], text, previous)
        store._connection.execute(
            "UPDATE audit SET event = ?, hash = ? WHERE seq = ?",
            (text.decode(), previous, row["seq"]),
        )


def test_a_sound_file_agrees_both_ways(ward: Store) -> None:
    assert quick(ward) and slow(ward) and verify_chain(ward).ok


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE lab_values SET withdrawn = 1 - withdrawn WHERE rowid = 2",
        "UPDATE lab_values SET collected_offset = -1",
        "UPDATE lab_values SET value = '1' || value WHERE rowid = 1",
        "UPDATE lab_values SET seq = seq + 1 WHERE rowid = 2",
        "UPDATE lab_values SET id = replace(id, '-', '0') WHERE rowid = 2",
        "DELETE FROM lab_values WHERE rowid = 2",
        "DELETE FROM lab_values",
        "DELETE FROM audit_patients WHERE seq = 3",
        "INSERT INTO audit_patients VALUES ('nobody', 1)",
        "UPDATE meta SET value = 'demo' WHERE id = 'kind'",
    ],
)
def test_rows_changed_behind_the_trail_are_found_both_ways(ward: Store, sql: str) -> None:
    raw(ward, sql)
    assert not quick(ward) and not slow(ward)
    report = verify_chain(ward)
    assert not report.ok and report.differences


def test_two_rows_that_changed_places_are_found(ward: Store) -> None:
    """A sum does not know an order, but each digest holds its row's id."""
    first, second = (row["id"] for row in ward.rows("SELECT id FROM lab_values ORDER BY rowid"))
    free = "0" * 36
    raw(
        ward,
        f"UPDATE lab_values SET id = '{free}' WHERE id = '{first}'",
        f"UPDATE lab_values SET id = '{first}', seq = seq WHERE id = '{second}'",
        f"UPDATE lab_values SET id = '{second}' WHERE id = '{free}'",
    )
    assert not quick(ward) and not slow(ward)


def test_rows_in_another_order_are_no_difference_but_take_the_long_way(ward: Store) -> None:
    """The order of making is how the two are read beside each other, and no promise."""
    raw(
        ward,
        "UPDATE lab_values SET rowid = 99 WHERE rowid = 1",
        "UPDATE lab_values SET rowid = 1 WHERE rowid = 2",
        "UPDATE lab_values SET rowid = 2 WHERE rowid = 99",
    )
    assert not quick(ward) and slow(ward) and verify_chain(ward).ok


def test_a_row_that_names_a_later_event_which_did_not_write_it_is_found(ward: Store) -> None:
    head = ward.head().sequence
    raw(ward, f"UPDATE lab_values SET seq = {head} WHERE rowid = 2")
    assert not quick(ward) and not slow(ward)


def test_a_row_put_back_to_what_an_earlier_event_wrote_is_found(ward: Store) -> None:
    (made,) = ward.rows("SELECT min(seq) AS seq FROM lab_values")
    assert ward.rows("SELECT withdrawn FROM lab_values WHERE rowid = 1") == [{"withdrawn": 0}]
    raw(ward, f"UPDATE lab_values SET seq = {made['seq']} WHERE rowid = 1")
    assert not quick(ward) and not slow(ward)


@pytest.mark.parametrize("place", [-1, 0, 99])
def test_a_row_that_no_event_made_is_found_wherever_it_stands(ward: Store, place: int) -> None:
    columns = ", ".join(name for name in ward.columns["lab_values"] if name != "id")
    raw(
        ward,
        f"INSERT INTO lab_values (rowid, id, seq, {columns})"
        f" SELECT {place}, replace(id, '-', '0'), seq, {columns} FROM lab_values WHERE rowid = 2",
    )
    assert not quick(ward) and not slow(ward)


def test_every_row_is_awaited_no_longer_than_until_its_last_event(ward: Store) -> None:
    walk = RowWalk(ward)
    held = []
    for sequence, command_id, text in ward.stream("SELECT seq, command_id, event FROM audit"):
        walk.take(sequence, command_id, text)
        held.append(len(walk._awaited))
    assert held[-4:] == [0, 1, 1, 0] and walk.agree(ward)


@pytest.mark.parametrize(
    "edit",
    [
        lambda event: event["changes"][0].update(prior=1),
        lambda event: event["changes"][0].update(prior=None),
        lambda event: event["changes"][0]["after"].update(value="999"),
        lambda event: event.update(changes=[]),
        lambda event: event.update(changes=event["changes"] * 2),
        lambda event: event.update(seq=99),
        lambda event: event["command"].update(id="another"),
        lambda event: event.update(changes="none"),
        lambda event: event["changes"][0].update(table="unknown"),
    ],
)
def test_a_forged_event_in_a_whole_chain_is_found_both_ways(
    ward: Store, edit: Callable[[dict[str, Any]], None]
) -> None:
    changed = ward.head().sequence
    rechained(ward, edit, changed)
    assert verify_chain(ward, tables=False).ok
    assert not quick(ward) and not slow(ward)
    assert replay.verify_chain(ward).reason is not None
