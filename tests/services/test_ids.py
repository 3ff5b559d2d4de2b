"""Ids of doses, results and commands stand in the order of time, and no two are alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from aml_maint.domain.quantities import LabValue
from aml_maint.services.ids import new_command, timed_id
from aml_maint.services.observations import record_counts
from aml_maint.services.workplace import Workplace
from tests.builders import moment, on_course, set_clock

INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC)
)


@given(INSTANTS, st.integers(1, 10**9))
def test_an_id_of_a_later_millisecond_comes_after(at: datetime, later: int) -> None:
    first, second = timed_id(at), timed_id(at + timedelta(milliseconds=later))
    assert str(first) < str(second)
    assert (first.version, first.variant) == (7, RFC_4122)


def test_ids_of_one_instant_differ() -> None:
    now = datetime(2026, 3, 5, tzinfo=UTC)
    assert len({timed_id(now) for _ in range(1_000)}) == 1_000
    assert new_command() != new_command()


def test_results_and_commands_are_told_apart_by_the_clock_of_the_ward(place: Workplace) -> None:
    patient, _ = on_course(place)
    for hour in ("08", "09"):
        set_clock(place, f"2026-03-02T{hour}:05")
        now = place.clock.now()
        record_counts(place, patient.id, {"platelets": LabValue.parse("120", "10*9/L")}, now)
    rows = place.store.rows(
        "SELECT l.id, a.command_id FROM lab_values l JOIN audit a ON a.seq = l.seq ORDER BY l.rowid"
    )
    for row, hour in zip(rows[-2:], ("08", "09"), strict=True):
        said = int(moment(f"2026-03-02T{hour}:05").utc.timestamp() * 1000)
        assert [UUID(id).int >> 80 for id in row.values()] == [said, said]
