"""An event says each thing of a row once, and the whole row is read back from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aml_maint.store import event_rows
from aml_maint.store.database import Store
from aml_maint.store.event_rows import Change, State
from aml_maint.store.schema import Columns
from tests.store.rows import a_command, an_administration, insert, started_course

COLUMNS: Columns = {"doses": {"drug": None, "id": None, "note": "", "state": "live", "times": 1}}


def a_dose(id: str, **values: Any) -> dict[str, Any]:
    return {"drug": None, "id": id, "note": "", "state": "live", "times": 1} | values


def new(row: dict[str, Any]) -> Change:
    return Change("doses", row["id"], None, row)


COMMAND = {
    "actor": "Li Na",
    "role": "nurse",
    "recorded": {"utc": "2026-03-05T01:00:00.000000Z", "offset": 480, "zone": "Asia/Shanghai"},
}


def told(*changes: Change) -> list[dict[str, Any]]:
    return list(event_rows.written(changes, COMMAND, COLUMNS))


def read(changes: list[dict[str, Any]], columns: Columns = COLUMNS) -> list[State]:
    return list(event_rows.states({"changes": changes, "command": COMMAND}, columns))


def test_a_new_row_is_said_without_what_the_schema_says_of_every_row() -> None:
    row = a_dose("a", drug="x")
    assert told(new(row)) == [{"table": "doses", "new": [{"drug": "x", "id": "a"}]}]
    other = a_dose("b", note="late", state="undone", times=0)
    said = [{"id": "b", "note": "late", "state": "undone", "times": 0}]
    assert told(new(other)) == [{"table": "doses", "new": said}]


def test_new_rows_of_one_table_say_once_what_they_share() -> None:
    rows = [a_dose("a", drug="x", note="n"), a_dose("b", drug="x"), a_dose("c", drug="x")]
    assert told(*map(new, rows)) == [
        {
            "table": "doses",
            "same": {"drug": "x"},
            "new": [{"id": "a", "note": "n"}, {"id": "b"}, {"id": "c"}],
        }
    ]


def test_rows_that_share_nothing_say_nothing_of_it() -> None:
    assert told(new(a_dose("a")), new(a_dose("b"))) == [
        {"table": "doses", "new": [{"id": "a"}, {"id": "b"}]}
    ]


def test_a_changed_row_says_what_it_was_and_which_event_wrote_it() -> None:
    change = Change("doses", "a", {"drug": None, "note": "n"}, a_dose("a", drug="x"), 7)
    assert (
        told(change, change)
        == [
            {
                "table": "doses",
                "before": {"drug": None, "note": "n"},
                "after": {"drug": "x", "id": "a"},
                "prior": 7,
            }
        ]
        * 2
    )


def test_rows_of_a_whole_ward_are_said_in_pieces() -> None:
    most = event_rows._MOST_TOGETHER
    found = told(*(new(a_dose(str(number))) for number in range(2 * most + 1)))
    assert [len(one["new"]) for one in found] == [most, most, 1]


@pytest.mark.parametrize("value", [0.5, b"", [1], True])
def test_a_value_that_is_not_exactly_a_text_or_an_integer_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        told(new(a_dose("a", note=value)))
    with pytest.raises(TypeError):
        told(Change("doses", "a", {"note": value}, a_dose("a"), 1))


def test_a_column_that_is_younger_than_the_event_holds_what_the_schema_says() -> None:
    younger = {"doses": {**COLUMNS["doses"], "zone": "none"}}
    (state,) = read(told(new(a_dose("a"))), younger)
    assert state == State("doses", None, a_dose("a", zone="none"), None)


def test_who_recorded_a_row_and_when_is_said_only_where_it_is_not_what_the_command_says() -> None:
    columns = {"doses": dict.fromkeys(("id", "recorded_by", "recorded_role", "recorded_utc"))}
    theirs = {"recorded_by": "Li Na", "recorded_role": "nurse",
              "recorded_utc": "2026-03-05T01:00:00.000000Z"}  # fmt: skip
    for row, said in (
        (theirs, {}),
        ({**theirs, "recorded_by": "Wu Min"}, {"recorded_by": "Wu Min"}),
        ({**theirs, "recorded_role": None}, {"recorded_role": None}),
    ):
        change = new({"id": "a", **row})
        written = list(event_rows.written([change], COMMAND, columns))
        assert written == [{"table": "doses", "new": [{"id": "a", **said}]}]
        assert read(written, columns) == [State("doses", None, {"id": "a", **row}, None)]


VALUES = st.one_of(st.none(), st.integers(-2, 2), st.sampled_from(["", "live", "x"]))
ROWS = st.fixed_dictionaries(
    {"drug": VALUES, "note": VALUES, "state": VALUES, "times": VALUES, "old": st.booleans()}
)


@given(st.lists(ROWS, max_size=6))
def test_whatever_the_rows_hold_they_are_read_back_whole_and_in_order(
    rows: Sequence[dict[str, Any]],
) -> None:
    changes = []
    for number, row in enumerate(rows):
        old = row.pop("old")
        after = dict(sorted({"id": str(number), **row}.items()))
        before = {"note": row["state"]} if old else None
        changes.append(Change("doses", str(number), before, after, 3 if old else None))
    text = json.dumps(told(*changes), sort_keys=True)
    found = read(json.loads(text))
    assert found == [State(one.table, one.before, one.after, one.prior) for one in changes]
    assert all(list(state.after) == list(COLUMNS["doses"]) for state in found)


def test_the_event_of_a_dose_in_the_file_names_only_what_was_said(store: Store) -> None:
    dose = an_administration(started_course(store), 1)
    insert(store, "administrations", dose)
    (row,) = store.rows("SELECT event FROM audit ORDER BY seq DESC LIMIT 1")
    (change,) = json.loads(row["event"])["changes"]
    assert change["new"] == [
        {
            name: value
            for name, value in dose.items()
            if value not in (None, "", "live") and not name.startswith("recorded_")
        }
    ]
    with store.write(a_command()) as transaction:
        transaction.update("administrations", dose["id"], {"note": "late"})
    (row,) = store.rows("SELECT event FROM audit ORDER BY seq DESC LIMIT 1")
    (change,) = json.loads(row["event"])["changes"]
    assert (change["before"], change["after"]["note"]) == ({"note": ""}, "late")
