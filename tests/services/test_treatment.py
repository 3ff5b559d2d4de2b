"""Courses and cycles: start, delay, hold, resume, dose orders, end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.course import EndReason, HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId, doses_of_cycle, doses_on
from aml_maint.services import library
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.people import admit_patient
from aml_maint.services.treatment import (
    end_course,
    hold_component,
    resume_component,
    set_dose,
    start_course,
    start_cycle,
)
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses
from tests.builders import DAY_1, UNASSESSED, a_patient, moment, on_course, set_clock


def stored(place: Workplace, course: str):  # type: ignore[no-untyped-def]
    return courses.course(place.store, course, place.shelf)


def test_a_started_course_plans_210_doses_in_its_first_cycle(place: Workplace) -> None:
    _, course = on_course(place)
    assert len(doses_of_cycle(stored(place, course), 1)) == 210


def test_an_unknown_regimen_is_refused_with_the_known_ones(place: Workplace) -> None:
    patient = a_patient()
    admit_patient(place, patient)
    before = place.store.head()
    with pytest.raises(BadInput) as refused:
        start_course(place, patient.id, "wonder_cure", DAY_1)
    assert refused.value.hint is not None
    assert "sorafenib_iti" in str(refused.value.hint.params["known"])
    assert place.store.head() == before


def test_a_second_course_waits_for_the_end_of_the_first(place: Workplace) -> None:
    patient, course = on_course(place)
    with pytest.raises(Refused):
        start_course(place, patient.id, "iti", DAY_1 + timedelta(days=40))
    end_course(place, course, DAY_1 + timedelta(days=20), EndReason.WISH, override=UNASSESSED)
    with pytest.raises(Refused):
        start_course(place, patient.id, "iti", DAY_1 + timedelta(days=20))
    start_course(place, patient.id, "iti", DAY_1 + timedelta(days=21))


def test_the_next_cycle_starts_by_a_recorded_act_and_not_before_day_29(place: Workplace) -> None:
    _, course = on_course(place)
    with pytest.raises(Refused) as refused:
        start_cycle(place, course, DAY_1 + timedelta(days=27), override=UNASSESSED)
    assert refused.value.message.params["earliest"] == DAY_1 + timedelta(days=28)
    start_cycle(place, course, DAY_1 + timedelta(days=31), override=UNASSESSED)
    assert stored(place, course).delay_days(2) == 3


def test_a_course_does_not_start_years_ahead_or_before_birth(place: Workplace) -> None:
    patient = a_patient()
    admit_patient(place, patient)
    for day in (date(2028, 1, 1), date(1950, 1, 1)):
        with pytest.raises(BadInput):
            start_course(place, patient.id, "sorafenib_iti", day)


def test_cycles_beyond_the_regimens_last_are_refused(place: Workplace) -> None:
    patient = a_patient(born_on=None, diagnosed_on=None)
    admit_patient(place, patient)
    start_course(
        place,
        patient.id,
        "midostaurin_maintenance",
        DAY_1 - timedelta(days=336),
        course_id="a" * 36,
    )
    for number in range(1, 12):
        start_cycle(place, "a" * 36, DAY_1 - timedelta(days=336 - 28 * number), override=UNASSESSED)
    with pytest.raises(Refused):
        start_cycle(place, "a" * 36, DAY_1, override=UNASSESSED)


def test_a_hold_runs_until_it_is_ended_and_names_who_decided(place: Workplace) -> None:
    _, course = on_course(place)
    hold_component(
        place, course, "interferon", DAY_1 + timedelta(days=2), HoldReason.TOXICITY,
        decided_by="Wu Min",
    )  # fmt: skip
    day = DAY_1 + timedelta(days=8)
    held = {d.component.id for d in doses_on(stored(place, course), day) if d.hold}
    assert held == {"interferon", "ibuprofen"}
    hold = stored(place, course).holds[0]
    assert hold.decided_by == "Wu Min"
    resume_component(place, course, hold.id, DAY_1 + timedelta(days=7))
    assert not [d for d in doses_on(stored(place, course), day) if d.hold]
    with pytest.raises(Refused):
        resume_component(place, course, hold.id, DAY_1 + timedelta(days=9))


def test_overlapping_holds_and_holds_over_given_doses_are_refused(place: Workplace) -> None:
    _, course = on_course(place)
    log_dose(place, DoseEntry(SlotId(course, "sorafenib", DAY_1, "morning"), Status.GIVEN))
    with pytest.raises(Refused) as refused:
        hold_component(place, course, "sorafenib", DAY_1, HoldReason.TOXICITY, decided_by="Wu Min")
    assert refused.value.message.key == "error.given_in_hold"
    day = DAY_1 + timedelta(days=1)
    hold_component(place, course, "sorafenib", day, HoldReason.COUNT, decided_by="Wu Min")
    with pytest.raises(Refused) as refused:
        hold_component(
            place, course, "sorafenib", day + timedelta(days=9), HoldReason.COUNT,
            decided_by="Wu Min",
        )  # fmt: skip
    assert refused.value.message.key == "error.already_held"


@pytest.mark.parametrize(
    ("component", "first", "decided_by"),
    [("aspirin", DAY_1, "Wu Min"), ("sorafenib", DAY_1 - timedelta(days=1), "Wu Min"),
     ("sorafenib", DAY_1, "  ")],
)  # fmt: skip
def test_a_hold_without_component_start_or_decider_is_refused(
    place: Workplace, component: str, first: date, decided_by: str
) -> None:
    _, course = on_course(place)
    with pytest.raises(BadInput):
        hold_component(place, course, component, first, HoldReason.OTHER, decided_by=decided_by)


def test_a_dose_order_counts_from_its_day_and_only_in_the_drugs_unit(place: Workplace) -> None:
    _, course = on_course(place)
    day = DAY_1 + timedelta(days=3)
    set_dose(place, course, "sorafenib", Dose.of("200", "mg"), day, "hand-foot grade 3")
    found = [doses_on(stored(place, course), d)[0].dose for d in (day - timedelta(days=1), day)]
    assert [dose.value for dose in found if dose] == [400, 200]
    with pytest.raises(BadInput):
        set_dose(place, course, "interferon", Dose.of("6", "10*6.[iU]"), day, "never in units")
    with pytest.raises(BadInput):
        set_dose(place, course, "sorafenib", Dose.of("200", "mg"), day, "")


def test_an_ended_course_plans_nothing_more_and_starts_no_cycle(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-20T10:00")
    with pytest.raises(BadInput):
        end_course(place, course, DAY_1 - timedelta(days=1), EndReason.RELAPSE, override=UNASSESSED)
    end_course(
        place,
        course,
        DAY_1 + timedelta(days=10),
        EndReason.RELAPSE,
        "blasts 12.5 %",
        override=UNASSESSED,
    )
    assert doses_on(stored(place, course), DAY_1 + timedelta(days=11)) == ()
    with pytest.raises(Refused):
        start_cycle(place, course, DAY_1 + timedelta(days=28), override=UNASSESSED)
    with pytest.raises(Refused):
        end_course(
            place, course, DAY_1 + timedelta(days=12), EndReason.RELAPSE, override=UNASSESSED
        )


def test_a_command_sent_twice_is_answered_and_not_judged_again(place: Workplace) -> None:
    patient = a_patient()
    admitted, started, cycled = uuid4(), uuid4(), uuid4()
    course = "b" * 36
    for _ in range(2):
        admit_patient(place, patient, admitted)
        start_course(
            place, patient.id, "sorafenib_iti", DAY_1, course_id=course, command_id=started
        )
        done = start_cycle(place, course, DAY_1 + timedelta(days=28), cycled, override=UNASSESSED)
    assert done.replayed
    assert len(stored(place, course).cycles) == 2


def test_a_course_in_a_zone_that_does_not_exist_is_refused(place: Workplace) -> None:
    patient = a_patient()
    admit_patient(place, patient)
    with pytest.raises(BadInput):
        start_course(place, patient.id, "sorafenib_iti", DAY_1, zone="Mars/Olympus")


def given_on(place: Workplace, course: str, day: date) -> None:
    entry = DoseEntry(
        SlotId(course, "sorafenib", day, "morning"), Status.GIVEN, moment(f"{day}T07")
    )
    log_dose(place, entry)


def test_a_course_never_ends_before_doses_that_are_recorded(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-20T10:00")
    given_on(place, course, date(2026, 3, 19))
    before = place.store.head()
    with pytest.raises(Refused) as refused:
        end_course(place, course, date(2026, 3, 18), EndReason.RELAPSE, override=UNASSESSED)
    assert refused.value.message.params["days"] == (date(2026, 3, 19),)
    assert place.store.head() == before
    end_course(place, course, date(2026, 3, 19), EndReason.RELAPSE, override=UNASSESSED)


def test_a_cycle_recorded_as_begun_earlier_never_hides_a_dose(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = library.regimen("sorafenib_iti")
    each_cycle_anew = replace(
        shipped,
        components=tuple(
            replace(c, rhythm=replace(c.rhythm, runs_on=False)) for c in shipped.components
        ),
    )
    monkeypatch.setattr(library, "regimen", lambda *_: each_cycle_anew)
    _, course = on_course(place)
    set_clock(place, "2026-04-03T10:00")
    overrun = date(2026, 4, 1)  # day 31 of cycle 1; of a cycle begun on day 30 it would be day 2
    entry = DoseEntry(
        SlotId(course, "interleukin2", overrun, "evening"), Status.GIVEN,
        moment("2026-04-01T19:00"),
    )  # fmt: skip
    log_dose(place, entry)
    with pytest.raises(Refused) as refused:
        start_cycle(place, course, date(2026, 3, 31), override=UNASSESSED)
    assert refused.value.message.params["days"] == (overrun,)
    with pytest.raises(Refused, match="too_close"):
        start_cycle(place, course, date(2026, 4, 2), override=UNASSESSED)
    start_cycle(place, course, date(2026, 4, 3), override=UNASSESSED)


@pytest.mark.parametrize(
    ("first_day", "field"),
    [
        (date(1, 1, 1), "first_day"),
        (date(1990, 1, 1), "first_day"),
        (date(2025, 7, 31), "first_day"),  # the day before the diagnosis
        (date(2027, 3, 4), "first_day"),
        (date.max, "first_day"),
    ],
)
def test_an_impossible_first_day_is_refused(place: Workplace, first_day: date, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        on_course(place, first_day=first_day)
    assert refused.value.field == field


def test_a_hold_is_not_reviewed_before_it_begins_nor_made_after_the_course(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    with pytest.raises(BadInput) as refused:
        hold_component(
            place, course, "sorafenib", DAY_1, HoldReason.OTHER, decided_by="Wu Min",
            review_on=DAY_1 - timedelta(days=1),
        )  # fmt: skip
    assert refused.value.field == "review_on"
    end_course(place, course, DAY_1, EndReason.WISH, override=UNASSESSED)
    later = DAY_1 + timedelta(days=1)
    with pytest.raises(Refused):
        hold_component(place, course, "sorafenib", later, HoldReason.OTHER, decided_by="Wu Min")
    with pytest.raises(Refused):
        set_dose(place, course, "sorafenib", Dose.of("200", "mg"), later, "too late")


def test_an_order_does_not_begin_before_its_course(place: Workplace) -> None:
    _, course = on_course(place)
    with pytest.raises(BadInput) as refused:
        set_dose(
            place, course, "sorafenib", Dose.of("200", "mg"), DAY_1 - timedelta(days=1), "typo"
        )
    assert refused.value.field == "from_day"
