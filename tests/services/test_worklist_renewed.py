"""A worklist of which some patients were read anew is the one that all the ward would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.course import Course
from aml_maint.domain.schedule import SlotId
from aml_maint.services import findings, ward_reading
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.dosing import (
    DoseEntry,
    RangeConfirmation,
    confirm_range,
    log_dose,
    undo_doses,
)
from aml_maint.services.finding_reading import read_others
from aml_maint.services.long_work import whole
from aml_maint.services.people import admit_patient
from aml_maint.services.worklist import (
    Worklist,
    first_look,
    first_look_in_parts,
    renewed,
    worklist,
    worklist_in_parts,
)
from aml_maint.services.workplace import Workplace
from tests.builders import DAY_1, a_patient, on_course, platelets, set_clock

DAY_4 = DAY_1 + timedelta(days=3)


@pytest.fixture
def ward(place: Workplace) -> tuple[Workplace, dict[str, str]]:
    """Three patients on day 4 of their first cycle, two of one name; one without a course."""
    names = {"M-1": ("Chen", "Wei"), "M-2": ("Chen", "Wen"), "M-3": ("Ouyang", "Jing")}
    found = {}
    for mrn, (family, given) in names.items():
        patient, course = on_course(place, a_patient(mrn, family_name=family, given_name=given))
        platelets(place, patient, "120", "2026-03-02T06:00")
        found[patient.id] = course
    admit_patient(place, a_patient("M-4", family_name="Wu"))
    set_clock(place, "2026-03-05T08:10")
    return place, found


def sorafenib(course: str) -> SlotId:
    return SlotId(course, "sorafenib", DAY_4, "morning")


def given(place: Workplace, course: str) -> Changes:
    return log_dose(place, DoseEntry(sorafenib(course), Status.GIVEN))


def held(place: Workplace, course: str) -> Changes:
    return log_dose(place, DoseEntry(sorafenib(course), Status.HELD, reason="toxicity"))


def all_past(place: Workplace, course: str) -> Changes:
    return confirm_range(place, RangeConfirmation(course, DAY_1, DAY_4 - timedelta(days=1)))


def given_and_undone(place: Workplace, course: str) -> Changes:
    given(place, course)
    made = place.store.rows("SELECT id FROM administrations WHERE course_id = ?", (course,))
    return undo_doses(place, [row["id"] for row in made])


@pytest.mark.parametrize("write", [given, held, all_past, given_and_undone])
def test_after_a_write_to_doses_both_ways_of_reading_give_the_same(
    ward: tuple[Workplace, dict[str, str]], write: Callable[[Workplace, str], Changes]
) -> None:
    place, courses = ward
    former = worklist(place)
    for course in courses.values():
        changes = write(place, course)
        assert changes.touched == {Touched.DOSES}
        found = renewed(place, former, changes.patients)
        assert found == worklist(place)
        former = found
    assert {row.has_similar_name for row in former.rows} == {True, False}
    assert "M-4" in {check.patient.mrn for check in former.checks}


def test_one_who_was_not_on_the_list_is_read_with_all_the_ward(
    ward: tuple[Workplace, dict[str, str]],
) -> None:
    place, _ = ward
    former = worklist(place)
    patient, _ = on_course(place, a_patient("M-5", family_name="Chen"))
    found: Worklist = renewed(place, former, frozenset({patient.id}))
    assert found == worklist(place)
    assert patient.id in {row.patient.id for row in found.rows}


def test_on_the_next_day_all_the_ward_is_read(ward: tuple[Workplace, dict[str, str]]) -> None:
    place, courses = ward
    former = worklist(place)
    set_clock(place, "2026-03-06T08:10")
    found = renewed(place, former, frozenset(courses))
    assert found == worklist(place) and found.day == DAY_4 + timedelta(days=1)


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_dose_given_between_two_parts_stands_as_given_whoever_was_read_before_it(
    ward: tuple[Workplace, dict[str, str]], written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, courses = ward
    monkeypatch.setattr(ward_reading, "AT_ONCE", 1)
    parts, told = worklist_in_parts(place), []

    def between() -> None:
        told.append(place)
        if len(told) == 4:  # the first course has been read
            given(place, list(courses.values())[written])

    assert whole(parts, between) == worklist(place)
    assert len(told) == len(courses) + 5


def test_a_course_planned_between_two_parts_is_read_with_the_others(
    ward: tuple[Workplace, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, _ = ward
    monkeypatch.setattr(ward_reading, "AT_ONCE", 1)
    parts = worklist_in_parts(place)
    assert [next(parts) for _ in range(3)] == [(0, 3), (0, 3), (1, 3)]
    patient, _ = on_course(place, a_patient("M-6", family_name="Fang"))
    found = whole(parts)
    assert found == worklist(place)
    assert patient.id in {row.patient.id for row in found.rows}


def test_a_dose_given_while_the_first_look_is_taken_stands_in_it_as_given(
    ward: tuple[Workplace, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, courses = ward
    monkeypatch.setattr(ward_reading, "AT_ONCE", 1)
    parts = first_look_in_parts(place)
    before = [next(parts) for _ in range(2)]
    given(place, next(iter(courses.values())))
    assert before == [(1, 3), (2, 3)] and whole(parts) == first_look(place)


def test_what_findings_need_is_read_for_some_courses_at_a_time(
    ward: tuple[Workplace, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, _ = ward
    found = worklist(place)
    read: list[int] = []

    def counted(place: Workplace, some: Sequence[Course], *others: Any) -> Any:
        read.append(len(some))
        return read_others(place, some, *others)

    monkeypatch.setattr(findings, "_JUDGED_AT_ONCE", 2)
    monkeypatch.setattr(findings, "read_others", counted)
    assert worklist(place) == found and found.checks
    assert read == [2, 1]
