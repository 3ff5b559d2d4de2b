"""The patient calendar on paper and for calendar programs, from values alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from pypdf import PdfReader

from aml_maint.domain.course import Hold, HoldReason
from aml_maint.domain.messages import Language
from aml_maint.domain.moment import Moment, zone
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.schedule import doses_of_cycle, on_time_course
from aml_maint.reports.patient_calendar import (
    CalendarColumn,
    CalendarDay,
    CalendarDose,
    PatientCalendar,
    Standing,
    part_of_day,
)
from aml_maint.reports.patient_calendar_ics import patient_calendar_ics
from aml_maint.reports.patient_calendar_pdf import content, patient_calendar_document
from aml_maint.services import library
from aml_maint.services.language import catalogue
from tests.builders import DAY_1, ZONE, a_patient

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")


def a_calendar(
    first_day: date = DAY_1, zone_name: str = ZONE, standing: dict[str, Standing] | None = None,
    **facts: Any,
) -> PatientCalendar:  # fmt: skip
    """Cycle 1 made at 06:00 of its first day; `standing` says how a drug's doses stand."""
    course = on_time_course(library.regimen("sorafenib_iti", 1), first_day, 1, zone_name)
    course = replace(course, **facts)
    planned = doses_of_cycle(course, 1)
    dates = [first_day + timedelta(days=offset) for offset in range(28)]
    cells: dict[tuple[str, Any], list[CalendarDose | None]] = {}
    for dose in planned:
        key = (dose.component.id, dose.at.time())
        stands = (standing or {}).get(dose.component.id, Standing.TO_TAKE)
        if dose.hold is not None:
            stands = Standing.HELD
        row = cells.setdefault(key, [None] * 28)
        row[dates.index(dose.id.planned_on)] = CalendarDose(dose, stands)
    columns = [
        CalendarColumn(course.regimen.component(component), at, tuple(row))
        for (component, at), row in cells.items()
    ]
    return PatientCalendar(
        patient=a_patient(),
        course=course,
        cycle=1,
        days=tuple(CalendarDay(day, number, False) for number, day in enumerate(dates, 1)),
        columns=tuple(sorted(columns, key=lambda column: column.at)),
        next_start=first_day + timedelta(days=28),
        next_expected=True,
        made=Moment.at(datetime(first_day.year, first_day.month, first_day.day, 6), zone_name),
        sequence=7,
        demo=False,
    )


def pages(calendar: PatientCalendar, language: Language) -> list[str]:
    pdf = patient_calendar_document(calendar, catalogue(language))
    return [
        page.extract_text().replace("\N{NO-BREAK SPACE}", " ")
        for page in PdfReader(BytesIO(pdf)).pages
    ]


def medicine(calendar: PatientCalendar, name: str) -> dict[str, Any]:
    items = content(calendar, catalogue("en"))["medicines"]["items"]
    return next(item for item in items if item["name"] == name)


@pytest.mark.parametrize(
    ("at", "part"),
    [("00:00", "morning"), ("10:59", "morning"), ("11:00", "midday"), ("14:59", "midday"),
     ("15:00", "evening"), ("20:59", "evening"), ("21:00", "bedtime"), ("23:59", "bedtime")],
)  # fmt: skip
def test_each_time_lies_in_one_part_of_the_day(at: str, part: str) -> None:
    assert part_of_day(datetime.fromisoformat(f"2026-01-01T{at}").time()) == part


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("CHEN, Wei", "400 mg — by mouth — twice a day", "1 million units", "60 micrograms",
                "Mon 30-Mar-2026", "Ward’s telephone")),
        ("zh", ("60 微克（μg）", "100 万国际单位（100 万 IU）", "每日 2 次", "隔日 1 次",
                "2026年3月30日",
                "病房电话")),
    ],
)  # fmt: skip
def test_the_page_has_two_sides_and_says_doses_as_people_do(
    language: Language, words: tuple[str, ...]
) -> None:
    found = pages(a_calendar(), language)
    assert len(found) == 2
    text = "".join(found)
    assert [word for word in words if word not in text] == []
    assert not any(bad in text for bad in ("BID", "QOD", "400.0", "\ufffd"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_with_every_sign_to_explain_and_a_dose_nobody_ordered_it_still_has_two_sides(
    language: Language,
) -> None:
    standing = {
        "sorafenib": Standing.TAKEN, "danshen": Standing.GATE_CLOSED,
        "ibuprofen": Standing.CONDITIONAL, "interferon": Standing.HELD,
        "interleukin2": Standing.NOT_TAKEN,
    }  # fmt: skip
    assert len(pages(a_calendar(standing=standing), language)) == 2


def test_the_first_side_lists_each_of_the_28_days_and_marks_the_14_with_injections() -> None:
    front = pages(a_calendar(), "en")[0]
    assert front.count("-Mar Mon") == 4
    assert "day 28" in front
    assert front.count("· injection") == 14


def test_an_open_gate_is_told_as_a_condition_and_a_closed_one_as_a_pause() -> None:
    name = "compound Danshen tablets"
    opened = medicine(a_calendar(standing={"danshen": Standing.CONDITIONAL}), name)["notes"]
    closed = medicine(a_calendar(standing={"danshen": Standing.GATE_CLOSED}), name)["notes"]
    assert len(opened) == len(closed) == 1
    assert opened[0].startswith("Only while your latest blood test shows platelets above 50")
    assert closed[0].startswith("Paused for now: take it only if your ward tells you to.")


def test_a_hold_is_told_with_its_days_and_pauses_the_premedication_too() -> None:
    hold = Hold(
        "h", "interferon", date(2026, 3, 10), date(2026, 3, 15), HoldReason.TOXICITY, "Wu Min"
    )
    calendar = a_calendar(holds=(hold,))
    told = "Paused from 10-Mar-2026 to 15-Mar-2026."
    assert medicine(calendar, "interferon alfa-1b")["notes"] == [told]
    assert told in medicine(calendar, "ibuprofen")["notes"]


def test_a_dose_that_changes_stands_at_each_day_and_never_reads_as_a_range() -> None:
    order = DoseOrder("sorafenib", Dose(Decimal(200), "mg"), date(2026, 3, 12))
    calendar = a_calendar(orders=(order,))
    order_text = medicine(calendar, "sorafenib")["order"].replace("\N{NO-BREAK SPACE}", " ")
    assert order_text.startswith("400 mg, 200 mg from 12-Mar-2026 — by mouth")
    chart = content(calendar, catalogue("en"))["chart"]
    assert chart["heads"][0]["dose"] is None
    assert [day["cells"][0]["dose"] for day in chart["days"][9:11]] == [
        "400\N{NO-BREAK SPACE}mg", "200\N{NO-BREAK SPACE}mg",
    ]  # fmt: skip
    assert len(pages(calendar, "en")) == 2


def test_a_dose_that_nobody_ordered_is_not_invented() -> None:
    assert medicine(a_calendar(), "ibuprofen")["order"].startswith("dose as your ward told you")


def test_the_demo_ward_is_marked_on_each_side_and_in_each_title() -> None:
    calendar = replace(a_calendar(), demo=True)
    assert all("DEMO" in page for page in pages(calendar, "en"))
    ics = Calendar.from_ical(patient_calendar_ics(calendar, catalogue("en"), with_names=False))
    assert all(str(event["summary"]).startswith("DEMO · ") for event in ics.walk("VEVENT"))


def test_a_name_prints_literally_whatever_it_holds() -> None:
    calendar = a_calendar()
    patient = replace(calendar.patient, family_name="#pagebreak()", given_name="*b* \u202etxt")
    found = pages(replace(calendar, patient=patient), "en")
    assert len(found) == 2
    assert "#PAGEBREAK(), *b* txt" in found[0]


@settings(max_examples=25)
@given(
    first_day=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    zone_name=st.sampled_from(ZONES),
)
def test_every_event_starts_at_the_instant_of_its_first_dose_also_when_clocks_change(
    first_day: date, zone_name: str
) -> None:
    calendar = a_calendar(first_day, zone_name)
    ics = Calendar.from_ical(patient_calendar_ics(calendar, catalogue("en"), with_names=False))
    events = [event for event in ics.walk("VEVENT") if isinstance(event["dtstart"].dt, datetime)]
    due = {
        (alarm["trigger"].dt + event["dtstart"].dt.astimezone(UTC))
        for event in events
        for alarm in event.walk("VALARM")
    }
    planned = {dose.due for dose in doses_of_cycle(calendar.course, 1)}
    assert due == planned
    assert len({str(event["uid"]) for event in ics.walk("VEVENT")}) == 113
    assert {event["dtstart"].dt.tzinfo.utcoffset(event["dtstart"].dt) for event in events} == {
        event["dtstart"].dt.astimezone(zone(zone_name)).utcoffset() for event in events
    }


@pytest.mark.parametrize("first_day", [date(2026, 3, 20), date(2026, 10, 16)])
def test_the_file_brings_the_rules_of_its_zone_over_a_change_of_clocks(first_day: date) -> None:
    calendar = a_calendar(first_day, "Europe/Berlin")
    raw = patient_calendar_ics(calendar, catalogue("en"), with_names=False).decode()
    assert raw.count("BEGIN:VTIMEZONE") == 1
    assert "TZID:Europe/Berlin" in raw
    assert "BEGIN:DAYLIGHT" in raw and "BEGIN:STANDARD" in raw
    starts = [line for line in raw.splitlines() if line.startswith("DTSTART;TZID=")]
    mornings = [line for line in starts if line.endswith("T070000")]
    assert len(mornings) == 28  # seven by the wall clock on both sides of the change
