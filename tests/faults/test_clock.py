"""The clock jumps, changes its zone, skips or repeats an hour: order and day stay right."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from aml_maint.domain.command import Command
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import doses_between, on_time_course
from aml_maint.services.library import regimen
from aml_maint.store import audit, key_slots
from aml_maint.store.columns import moment_columns, moment_value
from aml_maint.store.database import Store
from tests.faults import tally
from tests.faults.disk_tape import quick_disk
from tests.store.rows import a_command, a_lab_value, a_patient

KEY = key_slots.new_key()
ROUNDS = 500
REGIMEN = regimen("sorafenib_iti")
ZONES = (
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
    "America/St_Johns", "Pacific/Apia", "Africa/Casablanca",
)  # fmt: skip
EDGES = (
    datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC), datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(2028, 2, 28, 23, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, 0, tzinfo=UTC),
)  # fmt: skip


def instants(chance: random.Random) -> list[Moment]:
    """Moments around every kind of edge; each may lie before the one before it."""
    found = []
    for _ in range(ROUNDS):
        near = chance.choice(EDGES) + timedelta(minutes=chance.randint(-180, 180))
        found.append(Moment.at(near, chance.choice(ZONES)))
    return found


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_whatever_the_clock_does_events_keep_their_order_and_each_its_civil_day(
    path: Path, batch: int
) -> None:
    moments = instants(tally.chances("clock", batch))
    patient = a_patient()
    with quick_disk(), Store.create(path, KEY, "ward") as store:
        with store.write(a_command()) as transaction:
            transaction.insert("patients", patient)
        written = []
        for number, at in enumerate(moments):
            one = a_command()
            command = Command(one.id, one.action, one.actor, at, at)
            row = a_lab_value(patient["id"], value=f"{number}.5", **moment_columns("collected", at))
            with store.write(command) as transaction:
                transaction.insert("lab_values", row)
            written.append((row["id"], at))
    with quick_disk(), Store.open(path, KEY) as store:
        events = audit.latest(store, len(written))[::-1]
        rows = {row["id"]: row for row in store.rows("SELECT * FROM lab_values")}
    assert [event.command.recorded for event in events] == [at for _, at in written]
    wrong = 0
    for id, at in written:
        kept = moment_value(rows[id], "collected")
        civil = at.utc.astimezone(ZoneInfo(at.zone))
        same_day = kept.local.date() == civil.date() == kept.day_in(at.zone)
        wrong += not (kept == at and same_day)
    tally.tried("clock", ROUNDS, undetected=wrong)


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_at_any_moment_the_cycle_day_is_that_of_the_calendar_and_each_dose_is_due_on_its_own_day(
    batch: int,
) -> None:
    """Three days of the plan around each moment, in the zone of the ward it is read in."""
    chance = tally.chances("cycle day", batch)
    wrong = 0
    for at in instants(tally.chances("clock", batch)):
        zone, into = chance.choice(ZONES), chance.randint(0, 80)
        here = at.day_in(zone)
        course = on_time_course(REGIMEN, here - timedelta(days=into), 3, zone)
        counted = course.cycle_day(here)
        length = course.cycle_days(1)
        expected = (into // length + 1, into % length + 1)
        wrong += counted is None or (counted.cycle, counted.day) != expected
        due = doses_between(course, here - timedelta(days=1), here + timedelta(days=1))
        wrong += sum(dose.due.astimezone(ZoneInfo(zone)).date() != dose.on for dose in due)
        wrong += [dose.due for dose in due] != sorted(dose.due for dose in due)
    tally.tried("clock", 0, undetected=wrong)  # the same moments as above


def test_the_day_of_the_utc_clock_would_often_be_another_one() -> None:
    """The control: without the zone a dose falls on another day of the cycle."""
    moments = instants(tally.chances("clock"))
    other = sum(at.utc.date() != at.local.date() for at in moments)
    tally.control("clock", other, ROUNDS)
