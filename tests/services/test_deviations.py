"""The deviation log read from a ward file, and the table it is saved as."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.course import EndReason, HoldReason
from aml_maint.domain.deviations import DeviationKind
from aml_maint.domain.errors import BadInput
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.shift import ShiftScope
from aml_maint.services.course_doses import CourseDoses
from aml_maint.services.course_picture import course_picture
from aml_maint.services.deviations import (
    COLUMNS,
    deviation_file_name,
    deviation_log,
    deviation_table,
)
from aml_maint.services.dosing import (
    DoseEntry,
    Override,
    RangeConfirmation,
    confirm_range,
    log_dose,
    undo_doses,
)
from aml_maint.services.replanning import (
    WantedDelay,
    WantedShift,
    change_plan,
    changes_of,
    undo_change,
)
from aml_maint.services.treatment import end_course, hold_component, start_cycle
from aml_maint.services.unplanned import UnplannedEntry, log_unplanned
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses
from tests.builders import DAY_1, UNASSESSED, moment, on_course, platelets, set_clock

K = DeviationKind
DRUGS = ("interferon", "interleukin2", "thalidomide", "danshen")


def slot(course: str, component: str, name: str, day: int = 1) -> SlotId:
    return SlotId(course, component, DAY_1 + timedelta(days=day - 1), name)


def kinds(place: Workplace, course: str, cycle: int | None = None) -> list[DeviationKind]:
    """What is listed, but for the assessments, which these tests are not about."""
    found = deviation_log(place, course, cycle).entries
    return [one.kind for one in found if one.kind is not K.NO_ASSESSMENT]


def treated(place: Workplace, now: str, confirmed_until: str) -> tuple[str, str]:
    """A patient whose past doses were all confirmed; patient and course id."""
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, now)
    confirm_range(place, RangeConfirmation(course, DAY_1, date.fromisoformat(confirmed_until)))
    return patient.id, course


def test_a_dose_nobody_confirmed_is_listed_when_its_day_is_over_and_not_before(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T23:59")
    assert kinds(place, course) == []
    set_clock(place, "2026-03-03T00:01")
    assert set(kinds(place, course)) == {K.UNCONFIRMED}


def test_a_dose_given_too_early_is_listed_before_its_own_time_has_come(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T16:00")
    entry = DoseEntry(slot(course, "sorafenib", "evening"), Status.GIVEN, reason="other")
    log_dose(place, entry)
    set_clock(place, "2026-03-02T16:30")
    assert kinds(place, course) == [K.EARLY]


def test_a_record_taken_back_takes_its_deviation_with_it(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T10:30")
    morning = slot(course, "sorafenib", "morning")
    log_dose(place, DoseEntry(morning, Status.GIVEN, reason="asleep"))
    assert kinds(place, course) == [K.LATE]
    record = doses.live_between(place.store, DAY_1, DAY_1, course)[morning]
    undo_doses(place, [record.id])
    assert kinds(place, course) == []


def test_each_cycle_lists_its_own_and_the_course_lists_all(place: Workplace) -> None:
    _, course = treated(place, "2026-04-01T12:00", "2026-04-01")
    start_cycle(place, course, date(2026, 4, 1), override=UNASSESSED)
    hold_component(
        place, course, "danshen", date(2026, 4, 1), HoldReason.COUNT, decided_by="Wu Min"
    )
    assert K.HOLD in kinds(place, course, 2)
    assert K.HOLD not in kinds(place, course, 1)
    assert K.CYCLE_LATE in kinds(place, course, 2)
    whole = deviation_log(place, course).entries
    parts = [one for cycle in (1, 2) for one in deviation_log(place, course, cycle).entries]
    assert sorted(map(repr, whole)) == sorted(map(repr, parts))


def test_a_cycle_that_was_not_started_has_no_log(place: Workplace) -> None:
    _, course = on_course(place)
    with pytest.raises(BadInput):
        deviation_log(place, course, 2)


def test_a_decision_that_was_taken_back_is_no_deviation(place: Workplace) -> None:
    _, course = on_course(place)
    change_plan(place, course, WantedDelay(2, "holiday", "Wu Min"))
    assert kinds(place, course) == [K.SHIFTED]
    (change,) = changes_of(place, course)
    undo_change(place, course, change.id, "not needed")
    assert kinds(place, course) == []


def test_a_gate_override_tells_the_count_the_name_and_the_reason(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "46", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T08:10")
    override = Override("Dr Wu", "no bleeding")
    log_dose(
        place,
        DoseEntry(slot(course, "danshen", "morning"), Status.GIVEN, override=override),
    )
    (one,) = (o for o in deviation_log(place, course).entries if o.kind is K.OVERRIDE)
    assert (one.by, one.recorded_by) == ("Dr Wu", "Li Na")
    rows = deviation_table(deviation_log(place, course), "en").rows
    (told,) = (dict(zip(COLUMNS, row, strict=True)) for row in rows if "override" in row)
    assert "46 × 10⁹/L" in str(told["planned"])


def given_by_an_old_count(place: Workplace) -> tuple[str, str]:
    """Danshen given on the morning of day 1, the gate open: the ids of patient and course."""
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-01T08:00")
    set_clock(place, "2026-03-02T08:10")
    log_dose(place, DoseEntry(slot(course, "danshen", "morning"), Status.GIVEN))
    return patient, course


def test_a_count_that_comes_late_makes_a_deviation_of_what_was_given(place: Workplace) -> None:
    patient, course = given_by_an_old_count(place)
    assert kinds(place, course) == []
    platelets(place, patient, "46", "2026-03-02T08:05")
    assert kinds(place, course) == [K.GATE]


def test_a_log_judges_a_dose_by_its_gate_when_it_was_given_and_a_sheet_when_it_was_due(
    place: Workplace,
) -> None:
    patient, course_id = given_by_an_old_count(place)
    platelets(place, patient, "46", "2026-03-02T08:05")
    course, now = courses.course(place.store, course_id, place.shelf), place.clock.now()
    days = DAY_1, DAY_1 + timedelta(days=1)
    sheet = CourseDoses(place.store, course, now, *days)
    log = CourseDoses(place.store, course, now, *days, for_log=True)
    as_due, as_given = (
        {view.slot: view for view in known.between(*days)}[slot(course_id, "danshen", "morning")]
        for known in (sheet, log)
    )
    assert as_due.gate is not None and as_due.gate.is_open
    assert as_given.gate is not None and not as_given.gate.is_open
    assert as_given.state is as_due.state
    for known in (sheet, log):
        found = [known.when_given(view) for view in known.between(*days) if view.record]
        assert as_given in found and as_due not in found


def test_what_is_on_record_of_a_course_is_parted_into_planned_unplanned_and_what_was_struck(
    place: Workplace,
) -> None:
    _, course_id = given_by_an_old_count(place)
    log_dose(place, DoseEntry(slot(course_id, "sorafenib", "morning"), Status.GIVEN))
    standing = doses.live_between(place.store, DAY_1, DAY_1, course_id)
    undo_doses(place, [standing[slot(course_id, "danshen", "morning")].id])
    set_clock(place, "2026-03-02T12:00")
    for minute in (50, 40):  # recorded in another order than given
        log_unplanned(place, UnplannedEntry(
            course_id, "paracetamol", dose=Dose.of("500", "mg"), indication="fever",
            ordered_by="Wu Min", given=moment(f"2026-03-02T11:{minute}"),
            override=Override("Wu Min", "38.9"),
        ))  # fmt: skip
    course, now = courses.course(place.store, course_id, place.shelf), place.clock.now()
    known = CourseDoses(place.store, course, now, DAY_1, DAY_1)
    assert set(known.records) == {slot(course_id, "sorafenib", "morning")}
    assert known.records == doses.live_between(place.store, DAY_1, DAY_1, course_id)
    assert known.struck == {slot(course_id, "danshen", "morning")}
    assert len(known.unplanned) == 2
    assert known.unplanned == doses.unplanned_between(place.store, DAY_1, DAY_1, course_id)
    later = DAY_1 + timedelta(days=1)
    assert CourseDoses(place.store, course, now, later, later).unplanned == []


def test_an_extra_dose_is_listed_and_a_drug_given_as_needed_is_not(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T12:00")
    more: dict[str, Any] = {"ordered_by": "Wu Min"}
    log_unplanned(
        place,
        UnplannedEntry(course, "sorafenib", dose=Dose.of("400", "mg"), reason="vomited_dose",
                       override=Override("Wu Min", "vomited at once"), **more),
    )  # fmt: skip
    log_unplanned(
        place,
        UnplannedEntry(
            course, "paracetamol", dose=Dose.of("500", "mg"), indication="fever", **more
        ),
    )
    assert K.UNPLANNED in kinds(place, course)
    assert kinds(place, course).count(K.UNPLANNED) == 1


# -- the table -----------------------------------------------------------------------------------


def test_the_table_keeps_codes_and_columns_in_every_language(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T10:30")
    log_dose(
        place,
        DoseEntry(slot(course, "sorafenib", "morning"), Status.GIVEN, reason="asleep"),
    )
    log = deviation_log(place, course)
    late = next(n for n, one in enumerate(log.entries) if one.kind is K.LATE)
    english, chinese = (deviation_table(log, language) for language in ("en", "zh"))
    assert dict(zip(COLUMNS, english.rows[late], strict=True)) == {
        "mrn": "MRN-1", "cycle": 1, "day": 1, "date": DAY_1, "kind": "late",
        "kind_words": "given late", "drug": "sorafenib", "planned": "at 07:00",
        "done": "given 10:30", "reason": "asleep", "decided_by": "Li Na",
        "recorded_by": "Li Na", "recorded": moment("2026-03-02T10:30").local,
    }  # fmt: skip
    told = dict(zip(COLUMNS, chinese.rows[late], strict=True))
    assert (told["kind"], told["kind_words"], told["drug"]) == ("late", "迟给", "索拉非尼")
    assert len(set(english.heads)) == len(set(chinese.heads)) == len(COLUMNS)


def test_the_files_name_tells_course_cycle_and_time_and_no_patient(place: Workplace) -> None:
    patient, course = on_course(place)
    log = deviation_log(place, course, 1)
    name = deviation_file_name(log, "en", "xlsx")
    assert name == f"deviations-{course[:8]}-c01-20260302-0705-en.xlsx"
    assert patient.mrn not in name and patient.family_name not in name
    assert "-all-" in deviation_file_name(deviation_log(place, course), "zh", "csv")


# -- the course as a whole -----------------------------------------------------------------------


def test_the_picture_of_a_course_has_each_cycle_with_its_days_and_delay(place: Workplace) -> None:
    patient, course = treated(place, "2026-04-05T12:00", "2026-03-29")
    start_cycle(place, course, date(2026, 4, 1), override=UNASSESSED)
    picture = course_picture(place, patient)
    assert [(c.number, c.last_day, c.days, c.delay) for c in picture.cycles] == [
        (1, date(2026, 3, 31), 30, 0),
        (2, None, 5, 2),
    ]
    end_course(place, course, date(2026, 4, 4), EndReason.DEATH)
    ended = course_picture(place, patient)
    assert ended.cycles[-1].last_day == date(2026, 4, 4)
    assert ended.course is not None and ended.course.end_reason is EndReason.DEATH


def test_a_patient_without_a_course_has_a_picture_of_the_disease_alone(place: Workplace) -> None:
    from aml_maint.services.people import admit_patient
    from tests.builders import a_patient

    patient = a_patient("MRN-2")
    admit_patient(place, patient)
    picture = course_picture(place, patient.id)
    assert picture.course is None and picture.cycles == () and picture.decisions == ()


def test_doses_of_fewer_days_are_those_of_a_reading_that_asks_for_them_alone(
    place: Workplace,
) -> None:
    _, course_id = treated(place, "2026-03-20T10:00", "2026-03-17")
    shift = WantedShift(ShiftScope.ONWARD, date(2026, 3, 19), 2, "a feast", "Wu Min", "interferon")
    change_plan(place, course_id, shift)
    course, now = courses.course(place.store, course_id, place.shelf), place.clock.now()
    whole = CourseDoses(place.store, course, now, DAY_1, DAY_1 + timedelta(days=27))
    whole.between(whole.first, whole.last)
    for first in (0, 3, 16, 19):
        for last in (first, 18, 27):
            days = DAY_1 + timedelta(days=first), DAY_1 + timedelta(days=last)
            alone = CourseDoses(place.store, course, now, *days)
            assert whole.between(*days) == alone.between(*days)
