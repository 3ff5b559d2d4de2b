"""The deviation log leaves by study id unless somebody asks otherwise, and that it left is kept."""

from __future__ import annotations

from uuid import uuid4

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.errors import Refused
from aml_maint.domain.pseudonym import Privacy
from aml_maint.services.deviation_release import (
    COLUMNS,
    note_deviations,
    released_name,
    released_table,
)
from aml_maint.services.deviations import DeviationLog, deviation_log
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.study_ids import pseudonyms
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit
from tests.builders import on_course, set_clock
from tests.services.test_deviations import slot


@pytest.fixture
def log(place: Workplace) -> DeviationLog:
    """The log of a course in which a dose was given late."""
    _, course = on_course(place)
    set_clock(place, "2026-03-02T10:30")
    log_dose(place, DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN, reason="asleep"))
    return deviation_log(place, course)


def test_by_study_id_no_name_no_true_day_and_no_typed_text_leaves(
    place: Workplace, log: DeviationLog
) -> None:
    table = released_table(place, log, "en", Privacy.SHIFTED)
    assert len(table.rows) == len(log.entries) > 0
    late = next(row for row in table.rows if "late" in row)
    told = dict(zip(COLUMNS, late, strict=True))
    names = pseudonyms(place)
    assert told["study_id"] == names.study_id(log.patient.id)
    assert (told["cycle"], told["day"], told["drug"]) == (1, 1, "sorafenib")
    on = COLUMNS.index("date")
    moved = {
        (entry.on - row[on]).days  # type: ignore[operator]
        for entry, row in zip(log.entries, table.rows, strict=True)
    }
    assert moved == {names.days_back(log.patient.id)} and 1 <= min(moved) <= 364
    text = str(table)
    for hidden in ("MRN-1", "asleep", "Li Na", log.course.id, "10:30"):
        assert hidden not in text


def test_as_on_record_it_is_the_table_of_the_screen(place: Workplace, log: DeviationLog) -> None:
    text = str(released_table(place, log, "en", Privacy.IDENTIFIED))
    assert "MRN-1" in text and "asleep" in text


def test_the_files_name_leads_nowhere_without_the_ward(place: Workplace, log: DeviationLog) -> None:
    named = {
        privacy: released_name(place, log, "en", "csv", privacy)
        for privacy in (Privacy.SHIFTED, Privacy.IDENTIFIED)
    }
    assert log.course.id[:8] in named[Privacy.IDENTIFIED]
    assert log.course.id[:8] not in named[Privacy.SHIFTED]
    for name in named.values():
        assert name.startswith("deviations-") and name.endswith("-all-20260302-1030-en.csv")


@pytest.mark.parametrize(
    ("privacy", "action"),
    [(Privacy.SHIFTED, "export_research_data"), (Privacy.IDENTIFIED, "export_identified_data")],
)
def test_that_it_left_is_recorded_once_with_who_and_how_much_and_not_where_to(
    place: Workplace, log: DeviationLog, privacy: Privacy, action: str
) -> None:
    command = uuid4()
    done = note_deviations(place, log, privacy, command)
    assert note_deviations(place, log, privacy, command).replayed
    event = audit.event(place.store, done.sequence)
    assert event is not None and place.store.head().sequence == done.sequence
    assert (event.command.action, event.command.actor.name) == (action, "Li Na")
    assert dict(event.note) == {
        "format": "deviations", "privacy": privacy.value, "course": log.course.id, "tables": 1,
        "rows": len(log.entries),
    }  # fmt: skip


@pytest.mark.parametrize("privacy", [Privacy.SHIFTED, Privacy.IDENTIFIED])
def test_a_nurse_can_not_take_it_out_and_the_try_is_recorded(
    place: Workplace, log: DeviationLog, privacy: Privacy
) -> None:
    nurse = place.acting_as(Actor("Somebody", Role.NURSE, "pc"))
    with pytest.raises(Refused):
        released_table(nurse, log, "en", privacy)
    event = audit.event(place.store, place.store.head().sequence)
    assert event is not None and event.command.action == "refused"
