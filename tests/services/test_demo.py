"""The demo ward: invented, whole, the same each time, and never mistaken for a real one."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from aml_maint import bootstrap, files
from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.follow_up import EventKind
from aml_maint.domain.mrd import MrdClass
from aml_maint.domain.mrd_course import MrdState
from aml_maint.domain.schedule import doses_between
from aml_maint.domain.specimen_clock import SpecimenState
from aml_maint.services.demo import DEMO_PASSPHRASE, build_demo_ward
from aml_maint.services.disease import disease
from aml_maint.services.follow_up import follow_up, open_follow_ups
from aml_maint.services.people import list_patients
from aml_maint.services.replanning import changes_of
from aml_maint.services.response_board import response_board, tracked_specimens
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.worklist import Section, worklist
from aml_maint.store.database import Store
from tests.builders import a_ward, moment

NOW = "2026-03-10T15:00"


@pytest.fixture
def place(demo_ward_file: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    copy = tmp_path / "demo.amldb"
    shutil.copy(demo_ward_file, copy)
    with Store.open(copy, DEMO_PASSPHRASE) as store:
        yield a_ward(store, NOW)


def test_two_dozen_patients_stand_at_all_stages(place: Any) -> None:
    rows = list_patients(place)
    assert len(rows) == 24
    assert place.is_demo
    running = [r for r in rows if r.place is not None]
    assert len([r for r in rows if r.course is None]) == 1
    assert {r.course.end_reason for r in rows if r.course and r.course.ended_on} == {
        "relapse", "transplant", "completed",
    }  # fmt: skip
    assert max(len(r.course.cycles) for r in running if r.course) == 31
    assert any(r.place.overrun for r in running if r.place)
    assert {r.course.regimen.id for r in rows if r.course} >= {
        "sorafenib_iti", "iti", "midostaurin_maintenance", "oral_azacitidine",
    }  # fmt: skip
    assert any(course.delay_days(n) > 0 for r in running if (course := r.course)
               for n in range(1, len(course.cycles) + 1))  # fmt: skip


def test_today_holds_work_of_every_kind(place: Any) -> None:
    found = worklist(place)
    for section in Section:
        assert found.section(section), section
    assert {check.kind for check in found.checks} >= {
        "gate_closed", "count_stale", "count_due", "cycle_due", "marrow_due", "dose_missed",
        "dose_not_ordered", "no_course",
    }  # fmt: skip


def test_nothing_in_it_lies_in_the_future(place: Any) -> None:
    now = moment(NOW)
    for table, column in (
        ("administrations", "given_utc"),
        ("administrations", "recorded_utc"),
        ("lab_values", "collected_utc"),
        ("marrows", "collected_utc"),
    ):
        latest = place.store.row(f"SELECT max({column}) AS latest FROM {table}")["latest"]
        assert latest <= now.utc.isoformat()


def test_long_courses_hold_their_toxicities_holds_and_marrows(place: Any) -> None:
    wen = next(r for r in list_patients(place, "chen wen"))
    assert wen.course is not None
    sheet = cycle_sheet(place, wen.course.id, 4)
    assert {(t.term, t.worst) for t in sheet.toxicities} == {("hand_foot_skin_reaction", 3)}
    assert next(i for i in sheet.intensities if i.component == "sorafenib").held == 24
    assert sheet.marrows


def test_its_marrows_show_a_pending_relapse_a_confirmed_one_and_results_that_are_late(
    place: Any,
) -> None:
    boards = {row.patient.id: response_board(place, row.patient.id) for row in list_patients(place)}
    states = Counter(board.study.state for board in boards.values())
    assert states[MrdState.PENDING] == 1 and states[MrdState.CONFIRMED] == 1
    assert states[MrdState.MORPHOLOGICAL] == 1
    classes = {row.mrd for board in boards.values() for row in board.rows}
    assert classes >= {MrdClass.NEGATIVE, MrdClass.POSITIVE, MrdClass.INDETERMINATE}
    waiting = {one.state for one in tracked_specimens(place, list(boards))}
    assert SpecimenState.OVERDUE in waiting
    assert any(row.review for board in boards.values() for row in board.rows)


def test_one_plan_was_changed_by_decisions_of_which_one_was_taken_back(place: Any) -> None:
    hong = next(r for r in list_patients(place, "zhou hong"))
    assert hong.course is not None
    made = changes_of(place, hong.course.id, with_undone=True)
    kinds = [type(change.facts[0]).__name__ for change in made]
    assert kinds[:3] == ["PlannedStart", "Omission", "Shift"]
    assert [change.undone is None for change in made[:3]] == [True, False, True]
    doses = doses_between(
        hong.course, hong.course.cycles[-1].first_day, place.clock.now().local.date()
    )
    assert any(dose.is_moved for dose in doses)


def test_every_diagnosis_gives_the_risk_that_the_story_names(place: Any) -> None:
    stories = {s["mrn"]: s["risk"] for s in files.read_toml("demo", "ward.toml")["patient"]}
    found = [disease(place, row.patient.id) for row in list_patients(place)]
    known = [one for one in found if one.diagnosis is not None]
    assert len(known) == 23
    assert {one.patient.mrn: one.diagnosis.risk.value for one in known} == {
        one.patient.mrn: stories[one.patient.mrn] for one in known
    }
    assert all(one.therapies for one in known)


def test_those_whose_course_ended_are_followed_up(place: Any) -> None:
    kinds = {
        event.kind
        for row in list_patients(place)
        for event in follow_up(place, row.patient.id).events
    }
    assert kinds >= {
        EventKind.TRANSPLANT, EventKind.SECOND_THERAPY, EventKind.MORPHOLOGICAL_RELAPSE,
        EventKind.MOLECULAR_RELAPSE,
    }  # fmt: skip
    assert open_follow_ups(place)


def test_the_same_day_gives_the_same_ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stories = files.read_toml("demo", "ward.toml")["patient"]
    few = [s for s in stories if s["story"] in {"fever", "no_ibuprofen", "low_count"}]
    monkeypatch.setattr(files, "read_toml", lambda *parts: {"patient": few})
    built = []
    for name in ("one", "two"):
        build_demo_ward(tmp_path / f"{name}.amldb", moment(NOW))
        with Store.open(tmp_path / f"{name}.amldb", DEMO_PASSPHRASE, check=False) as store:
            built.append(Counter(
                tuple(row.values()) for row in store.rows(
                    "SELECT course_id, component, planned_on, slot, status, given_utc, dose_value,"
                    " reason_code, site, lot, temperature, recorded_utc, recorded_by"
                    " FROM administrations"
                )
            ))  # fmt: skip
    assert built[0] == built[1]
    assert built[0].total() > 100


def test_a_demo_ward_that_is_there_is_kept_with_what_was_done_in_it(
    demo_ward_file: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "demo.amldb"
    shutil.copy(demo_ward_file, copy)
    assert not build_demo_ward(copy, moment(NOW))


def test_the_program_opens_it_without_a_passphrase(demo_ward_file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "demo.amldb"
    shutil.copy(demo_ward_file, copy)
    place = bootstrap.open_demo(copy)
    assert place.is_demo
    place.store.close()


def test_a_spoiled_demo_file_is_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = files.read_toml("demo", "ward.toml")["patient"]
    monkeypatch.setattr(files, "read_toml", lambda *parts: {"patient": stories[5:6]})
    spoiled = tmp_path / "demo.amldb"
    spoiled.write_bytes(b"half a file" * 1000)
    place = bootstrap.open_demo(spoiled)
    assert len(list_patients(place)) == 1
    place.store.close()


def test_a_demo_ward_open_in_another_program_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = files.read_toml("demo", "ward.toml")["patient"]
    monkeypatch.setattr(files, "read_toml", lambda *parts: {"patient": stories[5:6]})
    path = tmp_path / "demo.amldb"
    first = bootstrap.open_demo(path)
    with pytest.raises(StorageProblem) as refused:
        bootstrap.open_demo(path)
    assert refused.value.message.key == "store.in_use"
    assert len(list_patients(first)) == 1
    first.store.close()
