"""Relative dose intensity through the real services (clinical rules, "Outcomes")."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.course import EndReason, HoldReason
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.shift import ShiftMode, ShiftScope
from aml_maint.services.dosing import DoseEntry, RangeConfirmation, confirm_range
from aml_maint.services.language import catalogue
from aml_maint.services.overview import overview
from aml_maint.services.replanning import (
    Wanted,
    WantedDelay,
    WantedDose,
    WantedEnd,
    WantedHold,
    WantedOmission,
    WantedShift,
    change_plan,
    preview_change,
)
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.sheet_totals import totals
from aml_maint.services.treatment import start_cycle
from aml_maint.services.workplace import Workplace
from tests.builders import DAY_1, UNASSESSED, on_course, set_clock


def day(number: int) -> date:
    return DAY_1 + timedelta(days=number - 1)


def percent(place: Workplace, course: str, component: str, cycle: int = 1) -> str:
    (sums,) = [s for s in cycle_sheet(place, course, cycle).intensities if s.component == component]
    assert sums.rdi is not None
    return f"{(sums.rdi * 100).quantize(Decimal('0.1'))}"


def footer(place: Workplace, course: str, component: str) -> dict[str, str]:
    """What stands below the flow sheet of a drug's dose intensity, in both languages."""
    sheet = cycle_sheet(place, course, 1)
    (told,) = [one.rdi for one in totals(sheet) if one.intensity.component == component]
    return {"en": plain(catalogue("en").text(told)), "zh": plain(catalogue("zh").text(told))}


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def confirm(
    place: Workplace, course: str, until: int, missed: Collection[int] = (), first: int = 1
) -> None:
    """All doses up to a day are taken, but for the interferon of some days."""
    set_clock(place, f"{day(until)}T23:30")
    exceptions = {
        slot: DoseEntry(slot, Status.MISSED, reason="forgotten")
        for slot in (SlotId(course, "interferon", day(n), "evening") for n in missed)
    }
    confirm_range(place, RangeConfirmation(course, day(first), day(until), (), exceptions))


@pytest.mark.parametrize("mode", ShiftMode)
def test_twelve_of_fourteen_interferon_doses_and_the_next_cycle_three_days_late_are_77_4_percent(
    place: Workplace, mode: ShiftMode
) -> None:
    _, course = on_course(place)
    change_plan(place, course, WantedDelay(3, "holiday", "Wu Min", mode))
    confirm(place, course, 28, missed=(9, 21))
    assert percent(place, course, "interferon") == "85.7"
    set_clock(place, f"{day(32)}T08:00")
    start_cycle(place, course, day(32), override=UNASSESSED)
    assert percent(place, course, "interferon") == "77.4"
    told = footer(place, course, "interferon")
    assert (told["en"], told["zh"]) == ("RDI 77.4 %", "RDI 77.4%")


def test_half_the_sorafenib_dose_for_fourteen_days_is_75_percent(place: Workplace) -> None:
    _, course = on_course(place)
    half = Dose.of("200", "mg")
    change_plan(place, course, WantedDose("sorafenib", day(15), "hand and foot", "Wu Min", half))
    confirm(place, course, 28)
    assert percent(place, course, "sorafenib") == "75.0"
    told = footer(place, course, "sorafenib")
    assert (told["en"], told["zh"]) == ("RDI 75 %", "RDI 75%")


def test_the_overview_names_the_lowest_drug_of_the_cycle_and_every_one_in_its_tip(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    delay = WantedDelay(3, "holiday", "Wu Min", ShiftMode.RE_ANCHOR)
    change_plan(place, course, delay)
    confirm(place, course, 31, missed=(9, 21))
    text = catalogue("en").text
    (trend,) = [one for one in overview(place, patient.id).trends if one.parts]
    assert trend.last is not None and plain(text(trend.last)) == "100.0 % in cycle 1"
    assert trend.note is not None
    assert plain(text(trend.note)) == "lowest interferon alfa-1b 77.4 %"
    assert "interleukin-2 90.3 %" in [plain(text(part)) for part in trend.parts]
    sheet = cycle_sheet(place, course)
    assert [one.rdi for one in sheet.intensities if one.component == "sorafenib"] == [Decimal(1)]


@pytest.mark.parametrize(
    ("wanted", "last", "next_cycle"),
    [
        (WantedShift(ShiftScope.ONWARD, day(9), 3, "travels", "Wu Min"), 28, 29),
        (WantedOmission("interferon", day(9), "fever", "Wu Min"), 28, 29),
        (WantedHold(("sorafenib",), day(5), HoldReason.TOXICITY, "Wu Min", day(11)), 28, 29),
        (WantedDose("thalidomide", day(15), "sleepy", "Wu Min", level=-1), 28, 29),
        (WantedDelay(3, "holiday", "Wu Min", ShiftMode.RE_ANCHOR), 31, 32),
    ],
    ids=lambda one: type(one).__name__ if not isinstance(one, int) else "",
)
def test_what_a_preview_foretells_is_what_the_sheet_says_when_all_was_given(
    place: Workplace, wanted: Wanted, last: int, next_cycle: int
) -> None:
    _, course = on_course(place)
    seen = preview_change(place, course, wanted)
    foretold = {e.component: e.after for e in seen.intensities if e.cycle == 1}
    assert foretold
    change_plan(place, course, wanted)
    confirm(place, course, last)
    set_clock(place, f"{day(next_cycle)}T08:00")
    start_cycle(place, course, day(next_cycle), override=UNASSESSED)
    sheet = cycle_sheet(place, course, 1)
    told = {one.component: one.rdi for one in sheet.intensities if one.component in foretold}
    assert told == foretold


def test_a_moved_dose_behind_a_closed_gate_is_not_due(place: Workplace) -> None:
    _, course = on_course(place)
    later = WantedShift(ShiftScope.ONWARD, day(9), 3, "travels", "Wu Min")
    change_plan(place, course, later)
    confirm(place, course, 16)
    sheet = cycle_sheet(place, course)
    (sums,) = [one for one in sheet.intensities if one.component == "ibuprofen"]
    assert (sums.planned, sums.gate_closed, sums.rdi) == (0, 7, None)


def test_a_cycle_cut_short_by_the_end_of_the_course_is_measured_by_its_own_days(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    confirm(place, course, 15)
    wanted = WantedEnd(day(15), EndReason.TRANSPLANT, "Wu Min", unassessed=UNASSESSED)
    seen = preview_change(place, course, wanted)
    assert [e for e in seen.intensities if e.cycle == 1] == []
    change_plan(place, course, wanted)
    assert percent(place, course, "sorafenib") == percent(place, course, "interferon") == "100.0"


def test_one_level_lower_from_the_middle_on_is_75_percent_as_well(place: Workplace) -> None:
    _, course = on_course(place)
    wanted = WantedDose("sorafenib", day(15), "hand and foot", "Wu Min", level=-1)
    seen = preview_change(place, course, wanted)
    (effect,) = [e for e in seen.intensities if (e.component, e.cycle) == ("sorafenib", 1)]
    assert (effect.before, effect.after) == (Decimal(1), Decimal("0.75"))
    change_plan(place, course, wanted)
    confirm(place, course, 28)
    assert percent(place, course, "sorafenib") == "75.0"


def test_what_a_shift_puts_off_lowers_the_intensity_of_its_cycle(place: Workplace) -> None:
    _, course = on_course(place)
    later = WantedShift(ShiftScope.ONWARD, day(25), 3, "travels", "Wu Min")
    seen = preview_change(place, course, later)
    (effect,) = [e for e in seen.intensities if (e.component, e.cycle) == ("interferon", 1)]
    assert effect.after == Decimal(13) / 14
    change_plan(place, course, later)
    confirm(place, course, 28)
    (sums,) = [s for s in cycle_sheet(place, course).intensities if s.component == "interferon"]
    assert (sums.given, sums.planned) == (13, 13)
    assert sums.rdi == Decimal(13) / 14
