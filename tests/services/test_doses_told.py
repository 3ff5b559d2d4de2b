"""What a write tells of its doses is what the flow sheet and Today read after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.errors import Refused
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.services.changes import Changes
from aml_maint.services.dose_entry import DoseEntry, Override, RangeConfirmation
from aml_maint.services.dose_view import DosePair
from aml_maint.services.dosing import (
    confirm_range,
    correct_dose,
    log_dose,
    log_doses,
    undo_doses,
)
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.sheet_lines import lines_of, pair_at, with_pair
from aml_maint.services.worklist import worklist
from aml_maint.services.workplace import Workplace
from tests.builders import DAY_1, a_patient, moment, on_course, platelets, set_clock

OVERRIDE = Override("Wu Min", "bleeding has stopped")


def slot(course: str, component: str, name: str, day: int = 1) -> SlotId:
    return SlotId(course, component, DAY_1 + timedelta(days=day - 1), name)


def on_sheet(place: Workplace, course: str) -> dict[SlotId, DosePair]:
    """Every pair of the first cycle as it is read."""
    rows = cycle_sheet(place, course).rows
    return {pair.main.slot: pair for row in rows for pair in row.cells if pair is not None}


def given(place: Workplace, course: str) -> Changes:
    return log_dose(place, DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN))


def held(place: Workplace, course: str) -> Changes:
    wanted = slot(course, "danshen", "morning")
    return log_dose(place, DoseEntry(wanted, Status.HELD, reason="count"))


def partly(place: Workplace, course: str) -> Changes:
    wanted, some = slot(course, "sorafenib", "morning"), Dose.of("200", "mg")
    return log_dose(place, DoseEntry(wanted, Status.PARTLY_GIVEN, None, some, "vomited"))


def late(place: Workplace, course: str) -> Changes:
    set_clock(place, "2026-03-02T12:05")
    wanted, at = slot(course, "sorafenib", "morning"), moment("2026-03-02T12:00")
    return log_dose(place, DoseEntry(wanted, Status.GIVEN, at, reason="asleep"))


def premedication(place: Workplace, course: str) -> Changes:
    set_clock(place, "2026-03-02T18:05")
    return log_dose(place, DoseEntry(slot(course, "ibuprofen", "evening"), Status.GIVEN))


def injection(place: Workplace, course: str) -> Changes:
    before = premedication(place, course)
    assert len(before.pairs) == 1
    set_clock(place, "2026-03-02T19:10")
    wanted = slot(course, "interferon", "evening")
    return log_dose(place, DoseEntry(wanted, Status.GIVEN, site="thigh_left"))


def not_injected(place: Workplace, course: str) -> Changes:
    set_clock(place, "2026-03-02T21:00")
    wanted = slot(course, "interferon", "evening")
    return log_dose(place, DoseEntry(wanted, Status.MISSED, reason="forgotten"))


def against_its_gate(place: Workplace, course: str) -> Changes:
    set_clock(place, "2026-03-04T19:05")
    wanted = slot(course, "interferon", "evening", 3)
    return log_dose(place, DoseEntry(wanted, Status.GIVEN, override=OVERRIDE))


def corrected(place: Workplace, course: str) -> Changes:
    (record,) = given(place, course).made
    entry = DoseEntry(slot(course, "sorafenib", "morning"), Status.MISSED, reason="forgotten")
    return correct_dose(place, record, entry, "wrong patient")


def given_again(place: Workplace, course: str) -> Changes:
    undo_doses(place, given(place, course).made)
    return given(place, course)


def several(place: Workplace, course: str) -> Changes:
    set_clock(place, "2026-03-02T07:30")
    wanted = slot(course, "sorafenib", "morning"), slot(course, "danshen", "morning")
    return log_doses(place, [DoseEntry(one, Status.GIVEN) for one in wanted])


def stretch(place: Workplace, course: str) -> Changes:
    set_clock(place, "2026-03-04T22:30")
    exception = slot(course, "danshen", "noon", 2)
    asked = RangeConfirmation(
        course, DAY_1, DAY_1 + timedelta(days=2),
        exceptions={exception: DoseEntry(exception, Status.REFUSED, reason="side_effects")},
    )  # fmt: skip
    return confirm_range(place, asked)


WRITES = (
    given, held, partly, late, premedication, injection, not_injected, against_its_gate,
    corrected, given_again, several, stretch,
)  # fmt: skip


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
def test_a_write_tells_of_each_dose_it_changed_as_it_is_read_after_it(
    place: Workplace, write: Callable[[Workplace, str], Changes]
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-04T06:30")
    platelets(place, patient, "42", "2026-03-04T06:00")
    set_clock(place, "2026-03-02T07:05")
    before = on_sheet(place, course)
    changes = write(place, course)
    sheet = on_sheet(place, course)
    today = {row.pair.main.slot: unmarked(row.pair) for row in worklist(place).rows}
    told = {pair.main.slot: unmarked(pair) for pair in changes.pairs}
    assert told.keys() == {one for one in sheet if ids(sheet[one]) != ids(before[one])}
    for one, pair in told.items():
        assert pair == unmarked(sheet[one])
        assert pair == today.get(one, pair)
    standing = {id for pair in changes.pairs for id in ids(pair)}
    assert changes.made and set(changes.made) <= standing


def test_a_dose_put_on_the_sheet_keeps_the_mark_of_an_entry_that_was_taken_back(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    undo_doses(place, given(place, course).made)
    sheet = cycle_sheet(place, course)
    changes = given(place, course)
    found = with_pair(sheet, lines_of(sheet, {}), changes.pairs[0])
    assert found is not None
    put, lines, (row, column) = found
    pair = pair_at(lines[row], column)
    assert pair is not None and pair.main.struck
    assert pair == on_sheet(place, course)[pair.main.slot]
    assert put.rows == cycle_sheet(place, course).rows


def test_a_dose_of_another_cycle_or_course_is_put_nowhere(place: Workplace) -> None:
    _, course = on_course(place)
    _, other = on_course(place, a_patient("MRN-2"))
    sheet = cycle_sheet(place, course)
    assert with_pair(sheet, lines_of(sheet, {}), given(place, other).pairs[0]) is None
    (pair,) = given(place, course).pairs
    planned = pair.main.planned._replace(on=DAY_1 + timedelta(days=40))
    far = DosePair(replace(pair.main, planned=planned), None)
    assert with_pair(sheet, lines_of(sheet, {}), far) is None


def test_a_command_sent_again_tells_what_it_made_and_leaves_the_doses_to_be_read(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    command = uuid4()
    entry = DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN)
    first, again = (log_dose(place, entry, command) for _ in range(2))
    assert (again.replayed, again.made, again.pairs) == (True, first.made, ())


def test_a_refused_dose_tells_nothing_and_a_dose_taken_back_is_read(place: Workplace) -> None:
    _, course = on_course(place)
    changes = given(place, course)
    with pytest.raises(Refused):
        given(place, course)
    assert undo_doses(place, changes.made).pairs == ()


def ids(pair: DosePair) -> list[str]:
    """The records that stand of a pair."""
    return [view.record.id for view in pair.parts if view.record is not None]


def unmarked(pair: DosePair) -> DosePair:
    """A pair without the marks of earlier entries, which only the sheet shows."""
    before = pair.premedication
    first = None if before is None else replace(before, struck=False)
    return DosePair(replace(pair.main, struck=False), first)
