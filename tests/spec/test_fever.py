"""Fever after interferon with and without its ibuprofen: what counts, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.administration import Administration, Status
from aml_maint.domain.fever import FeverGroup, InjectionFever, Pairing, compare, fevers_after
from aml_maint.domain.labs import LabResult
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services.library import regimen, toxicity_items

ZONE = "Asia/Shanghai"
DAY = date(2026, 3, 1)
FEVER = next(item for item in toxicity_items() if item.id == "fever_drug")
LINK = regimen("sorafenib_iti").component("ibuprofen").link
assert LINK is not None


DAYLONG = timedelta(hours=24)


def at(text: str) -> Moment:
    """A time such as `01 19:00` in March."""
    return Moment.at(datetime.fromisoformat(f"2026-03-{text}"), ZONE)


def a_dose(component: str, when: str | None, day: date = DAY) -> Administration:
    planned = datetime(day.year, day.month, day.day, 19)
    given = None if when is None else at(when)
    return Administration(
        f"{component}-{day}", SlotId("c", component, day, "evening"), "p",
        Status.GIVEN if given else Status.MISSED, planned, planned, given,
        Dose(Decimal(60), "ug") if given else None, at("31 12:00"), "Li Na", "nurse",
        None if given else "forgotten",
    )  # fmt: skip


def a_temperature(when: str, value: str, unit: str = "Cel") -> LabResult:
    return LabResult(when, "p", "temperature", LabValue.parse(value, unit), at(when))


def a_fever(onset: int, grade: int | None, linked: str | None = None, value: str | None = None):  # type: ignore[no-untyped-def]
    measured = None if value is None else LabValue.parse(value, "Cel")
    on = DAY + timedelta(days=onset - 1)
    event = ToxicityEvent.of("p", "c", "fever_drug", ZONE, grade, on, None, measured)
    return replace(event, linked_administration=linked)


def after(
    *temperatures: LabResult, ibuprofen: Administration | None = None,
    toxicities: tuple[ToxicityEvent, ...] = (),
) -> InjectionFever:  # fmt: skip
    before = {} if ibuprofen is None else {DAY: ibuprofen}
    injection = a_dose("interferon", "01 19:00")
    (found,) = fevers_after([injection], before, LINK, temperatures, toxicities, FEVER, DAYLONG)
    return found


@pytest.mark.parametrize(
    ("ibuprofen", "pairing", "minutes"),
    [
        (a_dose("ibuprofen", "01 18:00"), Pairing.PAIRED, 60),
        (a_dose("ibuprofen", "01 18:15"), Pairing.PAIRED, 45),
        (a_dose("ibuprofen", "01 18:30"), Pairing.OFF_WINDOW, 30),
        (a_dose("ibuprofen", "01 17:30"), Pairing.OFF_WINDOW, 90),
        (a_dose("ibuprofen", "01 19:30"), Pairing.UNPAIRED, -30),
        (a_dose("ibuprofen", None), Pairing.UNPAIRED, None),
        (None, Pairing.NOT_RECORDED, None),
    ],
)
def test_an_injection_is_paired_by_what_was_recorded_of_its_ibuprofen(
    ibuprofen: Administration | None, pairing: Pairing, minutes: int | None
) -> None:
    found = after(ibuprofen=ibuprofen)
    assert found.pairing is pairing
    assert (found.gap.minutes if found.gap else None) == minutes


@pytest.mark.parametrize(
    ("when", "value", "unit", "grade"),
    [
        ("01 19:00", "38.6", "Cel", None),
        ("01 19:01", "38.6", "Cel", 2),
        ("02 19:00", "38.6", "Cel", 2),
        ("02 19:01", "38.6", "Cel", None),
        ("01 23:00", "37.2", "Cel", 0),
        ("01 23:00", "37.3", "Cel", 1),
        ("01 23:00", "101.5", "[degF]", 2),
        ("01 23:00", "40.1", "Cel", 3),
    ],
)
def test_a_temperature_counts_up_to_24_hours_after_the_injection_and_not_before_it(
    when: str, value: str, unit: str, grade: int | None
) -> None:
    found = after(a_temperature(when, value, unit))
    assert found.grade == grade
    assert (found.highest is None) is (grade is None)


def test_without_any_temperature_nothing_is_known_which_is_no_grade_0() -> None:
    found = after()
    assert (found.highest, found.grade) == (None, None)
    (group,) = compare([found])
    assert (group.injections, group.observed, group.with_fever) == (1, 0, 0)


def test_of_several_temperatures_and_a_recorded_fever_the_worst_counts() -> None:
    found = after(
        a_temperature("01 21:00", "37.5"), a_temperature("01 23:00", "38.4"),
        toxicities=(a_fever(1, 3),),
    )  # fmt: skip
    assert (found.highest, found.grade) == (Decimal("38.4"), 3)


@pytest.mark.parametrize(
    ("fever", "grade"),
    [
        (a_fever(1, 2), 2),
        (a_fever(2, 2), 2),
        (a_fever(3, 2), None),
        (a_fever(1, None), None),
        (a_fever(3, 2, linked="interferon-2026-03-01"), 2),
        (a_fever(1, 2, linked="another"), None),
        (a_fever(1, None, value="38.2"), 2),
    ],
)
def test_a_fever_recorded_for_a_day_belongs_to_the_injection_it_names_or_the_last_one_before(
    fever: ToxicityEvent, grade: int | None
) -> None:
    assert after(toxicities=(fever,)).grade == grade


def test_a_fever_is_put_down_to_one_injection_only_even_on_neighbouring_days() -> None:
    injections = [a_dose("interferon", f"0{n} 19:00", date(2026, 3, n)) for n in (1, 2)]
    found = fevers_after(
        injections, {}, LINK, [a_temperature("02 20:00", "38.1")], [a_fever(2, 2)], FEVER, DAYLONG
    )
    assert [one.grade for one in found] == [None, 2]


def test_another_patients_fever_item_or_a_count_is_no_temperature() -> None:
    platelets = LabResult("x", "p", "platelets", LabValue(Decimal(96), "10*9/L"), at("01 23:00"))
    chills = ToxicityEvent.of("p", "c", "fatigue", ZONE, 2, DAY)
    assert after(platelets, toxicities=(chills,)).grade is None


def test_injections_not_given_are_left_out() -> None:
    assert fevers_after([a_dose("interferon", None)], {}, LINK, [], [], FEVER, DAYLONG) == ()


def test_groups_name_injections_observed_and_with_fever_by_worst_grade() -> None:
    paired = a_dose("ibuprofen", "01 18:00")
    found = [
        after(a_temperature("01 23:00", "37.0"), ibuprofen=paired),
        after(a_temperature("01 23:00", "38.0"), ibuprofen=paired),
        after(ibuprofen=paired),
        after(a_temperature("01 23:00", "38.5"), ibuprofen=a_dose("ibuprofen", None)),
    ]
    assert compare(found) == (
        FeverGroup(Pairing.PAIRED, 3, 2, {0: 1, 2: 1}, Decimal("37.5")),
        FeverGroup(Pairing.UNPAIRED, 1, 1, {2: 1}, Decimal("38.5")),
    )
    assert [group.with_fever for group in compare(found)] == [1, 1]
