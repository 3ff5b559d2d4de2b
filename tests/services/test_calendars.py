"""The patient calendar read from a ward file: what it shows, and what it keeps to itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from icalendar import Calendar, Component

from aml_maint.domain.course import HoldReason
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.reports.patient_calendar import PatientCalendar, Standing
from aml_maint.services.calendars import (
    calendar_file_name,
    calendar_ics,
    calendar_pdf,
    patient_calendar,
)
from aml_maint.services.dosing import RangeConfirmation, confirm_range
from aml_maint.services.treatment import hold_component, start_cycle
from aml_maint.services.workplace import Workplace
from tests.builders import DAY_1, UNASSESSED, on_course, platelets, set_clock

DRUGS = ("sorafenib", "interferon", "thalidomide", "compound danshen", "ibuprofen", "interleukin")
DRUGS_ZH = ("索拉非尼", "干扰素", "沙利度胺", "丹参", "布洛芬", "白介素")


@pytest.fixture
def course(place: Workplace) -> str:
    """A course on its first morning, with a count that opens the gates."""
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    return course


def standings(calendar: PatientCalendar, component: str) -> set[Standing]:
    return {
        dose.standing
        for column in calendar.columns
        if column.component.id == component
        for dose in column.doses
        if dose is not None
    }


def events(ics: bytes) -> list[Component]:
    return list(Calendar.from_ical(ics).walk("VEVENT"))


def by_uid(ics: bytes) -> dict[str, Component]:
    return {str(event["uid"]): event for event in events(ics)}


def ringing(ics: bytes) -> list[Component]:
    return [event for event in events(ics) if event.walk("VALARM")]


def test_the_calendar_has_every_planned_dose_of_the_cycle(place: Workplace, course: str) -> None:
    calendar = patient_calendar(place, course)
    assert len(calendar.days) == 28
    assert [f"{column.at:%H:%M}" for column in calendar.columns] == [
        "07:00", "08:00", "13:00", "17:30", "18:00", "19:00", "19:00", "19:30", "22:00",
    ]  # fmt: skip
    assert sum(len(list(calendar.doses_on(index))) for index in range(28)) == 210
    assert [calendar.has_injection(index) for index in range(4)] == [True, False, True, False]


def test_a_gated_dose_to_come_is_never_certain_even_when_the_gate_is_open(
    place: Workplace, course: str
) -> None:
    calendar = patient_calendar(place, course)
    assert standings(calendar, "danshen") == {Standing.CONDITIONAL}
    assert standings(calendar, "sorafenib") == {Standing.TO_TAKE}


def test_without_a_count_gated_doses_are_paused(place: Workplace) -> None:
    _, course = on_course(place)
    calendar = patient_calendar(place, course)
    assert standings(calendar, "danshen") == {Standing.GATE_CLOSED}
    assert standings(calendar, "ibuprofen") == {Standing.GATE_CLOSED}


def test_what_is_recorded_is_shown_and_a_hold_pauses_only_its_days(
    place: Workplace, course: str
) -> None:
    hold_component(
        place, course, "thalidomide", date(2026, 3, 10), HoldReason.TOXICITY,
        decided_by="Wu Min", last_day=date(2026, 3, 12),
    )  # fmt: skip
    set_clock(place, "2026-03-05T09:00")
    confirm_range(place, RangeConfirmation(course, DAY_1, DAY_1 + timedelta(days=1)))
    calendar = patient_calendar(place, course)
    (nights,) = [one for one in calendar.columns if one.component.id == "thalidomide"]
    held = [i + 1 for i, dose in enumerate(nights.doses) if dose and dose.standing is Standing.HELD]
    taken = [
        i + 1 for i, dose in enumerate(nights.doses) if dose and dose.standing is Standing.TAKEN
    ]
    assert (held, taken) == ([9, 10, 11], [1, 2])


def test_one_event_stands_for_a_part_of_the_day_so_210_doses_are_113_events(
    place: Workplace, course: str
) -> None:
    found = events(calendar_ics(patient_calendar(place, course), "en"))
    assert len(found) == 28 * 4 + 1
    first = found[0]
    assert str(first["summary"]) == "Medicine, morning"
    assert str(first["description"]) == "07:00 medicine\n08:00 medicine"
    assert [alarm["trigger"].dt for alarm in first.walk("VALARM")] == [
        timedelta(), timedelta(hours=1),
    ]  # fmt: skip
    assert str(found[-1]["summary"]) == "Next visit (expected)"
    assert found[-1]["dtstart"].dt == date(2026, 3, 30)


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_default_the_file_names_neither_the_patient_nor_a_drug(
    place: Workplace, course: str, language: Language
) -> None:
    ics = calendar_ics(patient_calendar(place, course), language)
    told = " ".join(
        f"{event['summary']} {event.get('description', '')}" for event in events(ics)
    ).casefold()
    assert not any(word in told for word in (*DRUGS, *DRUGS_ZH, "chen", "wei", "mrn", "1961"))
    assert course not in ics.decode()
    assert b"mg" not in ics.replace(b"\r\n ", b"")


@pytest.mark.parametrize("language", LANGUAGES)
def test_drugs_and_doses_are_in_the_file_only_when_asked_for_and_the_patient_never(
    place: Workplace, course: str, language: Language
) -> None:
    ics = calendar_ics(patient_calendar(place, course), language, with_names=True)
    told = ics.replace(b"\r\n ", b"").decode()
    drugs = DRUGS if language == "en" else DRUGS_ZH
    assert [drug for drug in drugs if drug not in told.casefold()] == []
    assert "400\N{NO-BREAK SPACE}mg" in told
    # A UID is a digest: any four digits come up in one of them now and then.
    lines = [line for line in told.splitlines() if not line.startswith("UID:")]
    patient = ("Chen", "CHEN", "Wei", "MRN", "1961")
    assert [line for line in lines if any(word in line for word in patient)] == []


def test_uids_are_unique_and_the_same_in_every_export_of_every_kind(
    place: Workplace, course: str
) -> None:
    calendar = patient_calendar(place, course)
    first = [str(event["uid"]) for event in events(calendar_ics(calendar, "en"))]
    again = [str(event["uid"]) for event in events(calendar_ics(calendar, "zh", with_names=True))]
    assert len(set(first)) == len(first) == 113
    assert first == again


def test_the_same_facts_at_the_same_moment_give_the_same_file(
    place: Workplace, course: str
) -> None:
    files = {calendar_ics(patient_calendar(place, course), "en") for _ in range(2)}
    assert len(files) == 1


def test_after_a_hold_the_same_event_comes_with_a_higher_sequence_cancelled_and_silent(
    place: Workplace, course: str
) -> None:
    before = by_uid(calendar_ics(patient_calendar(place, course), "en"))
    hold_component(
        place, course, "thalidomide", date(2026, 3, 10), HoldReason.TOXICITY, decided_by="Wu Min"
    )
    ics = calendar_ics(patient_calendar(place, course), "en", with_names=True)
    after = by_uid(ics)
    assert before.keys() == after.keys()
    assert all(int(after[uid]["sequence"]) > int(before[uid]["sequence"]) for uid in before)
    cancelled = [event for event in after.values() if event.get("status") == "CANCELLED"]
    assert len(cancelled) == 20
    assert all(not event.walk("VALARM") for event in cancelled)
    rung = [event for event in ringing(ics) if "thalidomide" in event["summary"]]
    assert sorted(event["dtstart"].dt.date() for event in rung)[-1] == date(2026, 3, 9)
    assert len(rung) == 8


def test_no_alarm_rings_for_a_drug_behind_a_closed_gate(place: Workplace) -> None:
    _, course = on_course(place)
    ics = calendar_ics(patient_calendar(place, course), "en", with_names=True)
    assert not any("anshen" in str(event["summary"]) for event in ringing(ics))
    assert not any("anshen" in str(event["description"]) for event in ringing(ics))


def test_the_next_cycles_recorded_start_takes_the_place_of_the_expected_one(
    place: Workplace, course: str
) -> None:
    set_clock(place, "2026-04-02T07:00")
    overrun = patient_calendar(place, course)
    assert (overrun.next_start, overrun.next_expected) == (None, False)
    start_cycle(place, course, date(2026, 4, 2), override=UNASSESSED)
    first = patient_calendar(place, course, 1)
    assert (first.next_start, first.next_expected) == (date(2026, 4, 2), False)
    assert patient_calendar(place, course).cycle == 2


def test_a_cycle_that_has_not_begun_has_no_calendar(place: Workplace, course: str) -> None:
    with pytest.raises(BadInput):
        patient_calendar(place, course, 2)


def test_the_files_name_holds_no_patient_and_tells_if_drugs_are_named(
    place: Workplace, course: str
) -> None:
    calendar = patient_calendar(place, course)
    name = calendar_file_name(calendar, "en", "ics")
    assert name == f"calendar-{course[:8]}-c01-20260302-0705-en.ics"
    named = calendar_file_name(calendar, "en", "ics", with_names=True)
    assert named == f"calendar-{course[:8]}-c01-20260302-0705-en-drugs.ics"


def test_the_page_to_print_is_a_pdf(place: Workplace, course: str) -> None:
    assert calendar_pdf(patient_calendar(place, course), "en").startswith(b"%PDF-")
