"""Laboratory results: units, doubts, reference limits, grades with their reason, sudden changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.errors import BadInput
from aml_maint.domain.lab_judgement import (
    Beside,
    Judgement,
    beside,
    delta,
    grade_ranges,
    grade_result,
    judge,
    not_graded,
)
from aml_maint.domain.labs import ANALYTES, LabResult, LimitFrom
from aml_maint.domain.messages import LANGUAGES
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Sex
from aml_maint.domain.quantities import LabValue, factor, lab_text
from aml_maint.domain.reference_limits import LimitBook, ReferenceLimit
from aml_maint.domain.toxicity import GradeVerdict
from aml_maint.services.language import catalogue
from aml_maint.services.library import item_of, lab_catalogue

ZONE = "Asia/Shanghai"
DAY = date(2026, 3, 2)
LABS = lab_catalogue()


def result(analyte: str, text: str, unit: str, day: int = 0, uln: str | None = None) -> LabResult:
    at = Moment.at(datetime(2026, 3, 2, 6, 30) + timedelta(days=day), ZONE)
    limit = None if uln is None else Decimal(uln)
    source = None if uln is None else LimitFrom.REPORT
    value = LabValue.parse(text, unit)
    return LabResult(f"{analyte}{day}", "p", analyte, value, at, limit, None, source)


# Units


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "shown"),
    [
        ("haemoglobin", "10.95", "g/dL", "110"),
        ("haemoglobin", "6.8", "mmol/L", "110"),
        ("platelets", "48000", "/uL", "48"),
        ("leukocytes", "4.13", "10*3/uL", "4.13"),
        ("creatinine", "1.00", "mg/dL", "88"),
        ("bilirubin", "1.0", "mg/dL", "17.1"),
        ("urea", "20", "mg/dL", "3.3"),
        ("urea_nitrogen", "20", "mg/dL", "7.1"),
        ("glucose", "100", "mg/dL", "5.6"),
        ("calcium", "9.0", "mg/dL", "2.25"),
        ("uric_acid", "6.0", "mg/dL", "357"),
        ("phosphate", "3.0", "mg/dL", "0.97"),
        ("magnesium", "2.0", "mg/dL", "0.82"),
        ("ft4", "1.2", "ng/dL", "15.4"),
        ("ft3", "3.0", "pg/mL", "4.6"),
        ("alt", "0.68", "ukat/L", "41"),
        ("tsh", "2.10", "u[IU]/mL", "2.10"),
        ("haematocrit", "0.35", "L/L", "35.0"),
        ("d_dimer", "500", "ng/mL", "0.50"),
        ("crp", "1.2", "mg/dL", "12.0"),
        ("erythrocytes", "3.9", "10*6/uL", "3.90"),
    ],
)
def test_a_result_in_another_unit_is_shown_in_the_analytes_own(
    analyte: str, value: str, unit: str, shown: str
) -> None:
    found = LABS.analyte(analyte)
    told = found.shown(LabValue.parse(value, unit))
    assert (f"{told.value:f}", told.unit) == (shown, found.unit)


def test_a_result_in_its_own_unit_keeps_its_printed_digits() -> None:
    assert LABS.analyte("bilirubin").shown(LabValue.parse("17.10", "umol/L")).printed == "17.10"


@pytest.mark.parametrize("analyte", LABS.analytes.values(), ids=lambda one: one.id)
def test_every_analyte_can_be_converted_named_and_shown(analyte: object) -> None:
    assert hasattr(analyte, "units")
    for unit in analyte.units:  # type: ignore[attr-defined]
        value = LabValue(Decimal(50), unit)
        analyte.shown(value)  # type: ignore[attr-defined]
        for language in LANGUAGES:
            assert catalogue(language).text(lab_text(value))
    assert ANALYTES.get(analyte.id, analyte.unit) == analyte.unit  # type: ignore[attr-defined]
    assert LABS.find(analyte.short) is analyte  # type: ignore[attr-defined]


def test_the_analytes_that_rules_rest_on_are_all_described() -> None:
    assert set(ANALYTES) <= set(LABS.analytes)


@pytest.mark.parametrize(
    ("name", "analyte"),
    [
        ("PLT", "platelets"),
        ("血小板计数", "platelets"),
        ("White blood cells", "leukocytes"),
        ("neut#", "granulocytes"),
        ("谷丙转氨酶", "alt"),
        ("Total  Bilirubin", "bilirubin"),
        ("BUN", "urea_nitrogen"),
        ("urea", "urea"),
        ("total_protein", "total_protein"),
        ("nonsense", None),
    ],
)
def test_an_analyte_is_found_by_any_name_a_laboratory_gives_it(
    name: str, analyte: str | None
) -> None:
    found = LABS.find(name)
    assert (found.id if found else None) == analyte


def test_a_unit_of_another_kind_is_refused_with_those_that_fit() -> None:
    with pytest.raises(BadInput) as caught:
        LABS.analyte("sodium").check_unit("mg/dL")
    assert caught.value.field == "unit"


# Doubts


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "key"),
    [
        ("haemoglobin", "120", "g/L", None),
        ("haemoglobin", "30", "g/L", None),
        ("haemoglobin", "12", "g/L", "labs.doubt.unit"),
        ("haemoglobin", "120", "g/dL", "labs.doubt.unit"),
        ("platelets", "120000", "10*9/L", "labs.doubt.unit"),
        ("platelets", "1501", "10*9/L", "labs.doubt.unit"),
        ("creatinine", "1.1", "umol/L", "labs.doubt.unit"),
        ("potassium", "45", "mmol/L", "labs.doubt"),
        ("platelets", "< 1", "10*9/L", None),
    ],
)
def test_a_value_outside_the_plausible_range_asks_and_names_the_unit_it_may_be_in(
    analyte: str, value: str, unit: str, key: str | None
) -> None:
    doubt = LABS.analyte(analyte).doubt(LabValue.parse(value, unit))
    assert (doubt.key if doubt else None) == key
    if doubt is not None:
        assert all(catalogue(language).text(doubt) for language in LANGUAGES)


# Reference limits


def limit(
    high: str, sex: Sex | None = None, day: int = 0, last: int | None = None, low: str = "0"
) -> ReferenceLimit:
    begins = DAY + timedelta(days=day)
    ends = None if last is None else DAY + timedelta(days=last)
    return ReferenceLimit(
        f"{sex}{day}", "lab", "alt", sex, Decimal(low), Decimal(high), "U/L", begins, ends
    )


@pytest.mark.parametrize(
    ("limits", "sex", "day", "high"),
    [
        ([limit("40")], Sex.FEMALE, 0, "40"),
        ([limit("40")], Sex.FEMALE, -1, None),
        ([limit("40"), limit("50", day=10)], Sex.MALE, 9, "40"),
        ([limit("40"), limit("50", day=10)], Sex.MALE, 10, "50"),
        ([limit("40", last=5)], Sex.MALE, 5, "40"),
        ([limit("40", last=5)], Sex.MALE, 6, None),
        ([limit("40", Sex.FEMALE), limit("50", Sex.MALE)], Sex.MALE, 0, "50"),
        ([limit("40", Sex.FEMALE), limit("50")], Sex.MALE, 0, "50"),
        ([limit("40", Sex.FEMALE), limit("50")], Sex.FEMALE, 0, "40"),
        ([limit("40", Sex.FEMALE), limit("50", Sex.MALE)], Sex.UNKNOWN, 0, None),
        ([limit("40"), limit("35", Sex.FEMALE), limit("60", day=3)], Sex.FEMALE, 5, "35"),
    ],
)
def test_a_limit_is_that_of_the_sex_and_of_the_day_of_collection(
    limits: list[ReferenceLimit], sex: Sex, day: int, high: str | None
) -> None:
    found = LimitBook(limits).limit("lab", "alt", sex, DAY + timedelta(days=day))
    assert (None if found is None else found.high) == (None if high is None else Decimal(high))
    assert LimitBook(limits).limit("another", "alt", sex, DAY) is None


def test_a_result_takes_its_laboratorys_limit_in_its_own_unit_unless_its_report_printed_one() -> (
    None
):
    one = ReferenceLimit("l", "lab", "creatinine", None, Decimal(45), Decimal(104), "umol/L", DAY)
    book = LimitBook([one])
    bare = replace(result("creatinine", "3.00", "mg/dL"), laboratory="lab")
    (found,) = book.with_limits([bare], Sex.MALE)
    assert found.limit_from is LimitFrom.LABORATORY
    assert found.upper_limit is not None
    assert abs(found.upper_limit - Decimal("1.176")) < Decimal("0.001")
    printed = replace(result("creatinine", "3.00", "mg/dL", uln="1.3"), laboratory="lab")
    assert book.with_limits([printed], Sex.MALE) == [printed]
    elsewhere = result("creatinine", "3.00", "mg/dL")
    assert book.with_limits([elsewhere], Sex.MALE) == [elsewhere]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"low": None, "high": None}, "high"),
        ({"low": Decimal(50), "high": Decimal(40)}, "high"),
        ({"low": Decimal(40), "high": Decimal(40)}, "high"),
        ({"low": Decimal(-1)}, "low"),
        ({"last_day": DAY - timedelta(days=1)}, "last_day"),
    ],
)
def test_a_limit_that_can_not_be_meant_is_refused(facts: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        replace(limit("40"), **facts)  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9", Beside.LOW), ("10", Beside.NORMAL), ("40", Beside.NORMAL), ("40.1", Beside.HIGH),
        ("< 5", Beside.LOW), ("< 20", None), ("> 50", Beside.HIGH), ("> 30", None),
    ],
)  # fmt: skip
def test_a_result_lies_beside_its_limits_which_belong_to_what_is_normal(
    text: str, expected: Beside | None
) -> None:
    one = replace(result("alt", text, "U/L", uln="40"), lower_limit=Decimal(10))
    assert beside(one) is expected


def test_without_limits_nothing_is_high_or_low() -> None:
    assert beside(result("alt", "900", "U/L")) is None


# Grades


def verdict_of(one: LabResult) -> GradeVerdict | None:
    return grade_result(LABS.analyte(one.analyte), item_of(one.analyte), one)


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "uln", "grade"),
    [
        ("platelets", "74.5", "10*9/L", None, 2),
        ("platelets", "74500", "/uL", None, 2),
        ("haemoglobin", "109.5", "g/L", None, 1),
        ("haemoglobin", "10.95", "g/dL", None, 1),
        ("alt", "102", "U/L", "40", 2),
        ("alt", "100", "U/L", "40", 1),
        ("alt", "1.7", "ukat/L", "0.68", 1),
        ("ast", "200", "U/L", "40", 2),
        ("ast", "201", "U/L", "40", 3),
        ("creatinine", "500", "umol/L", "100", 2),
        ("creatinine", "5.66", "mg/dL", "1.13", 3),
        ("urea_nitrogen", "20", "mg/dL", "20", 0),
        ("urea_nitrogen", "26", "mg/dL", "20", 1),
        ("bilirubin", "43", "umol/L", "17.1", 2),
    ],
)
def test_a_result_is_graded_whatever_unit_it_came_in(
    analyte: str, value: str, unit: str, uln: str | None, grade: int
) -> None:
    verdict = verdict_of(result(analyte, value, unit, uln=uln))
    assert verdict is not None and verdict.grade == grade


@pytest.mark.parametrize("analyte", ["alt", "ast", "bilirubin", "creatinine", "urea"])
def test_without_an_upper_limit_nothing_is_graded_and_the_reason_says_so(analyte: str) -> None:
    one = result(analyte, "300", LABS.analyte(analyte).unit)
    if analyte == "urea":
        one = result(analyte, "30", "mmol/L")
    verdict = verdict_of(one)
    assert verdict is not None and verdict.grade is None
    assert "no upper limit known" in catalogue("en").text(verdict.reason)


def test_what_no_scale_has_is_not_graded_and_that_is_said() -> None:
    (judged,) = judged_of("sodium", [("140", 0)])
    assert judged.grade is None
    assert catalogue("en").text(not_graded(judged)).startswith("not graded")


# Beside each other


def judged_of(
    analyte: str, values: list[tuple[str, int]], start: int | None = None
) -> list[Judgement]:
    found = LABS.analyte(analyte)
    results = [result(analyte, text, found.unit, day) for text, day in values]
    first = None if start is None else DAY + timedelta(days=start)
    return judge(found, item_of(analyte), results, first, 28)


def test_the_last_result_up_to_the_first_day_is_the_baseline_of_all_later_ones() -> None:
    judged = judged_of("platelets", [("60", -9), ("90", -2), ("95", 0), ("90", 5), ("40", 9)], 0)
    assert [one.worse for one in judged] == [None, None, None, False, True]
    last = judged[-1].baseline
    assert last is not None and last.result.value.value == Decimal(95)


def test_a_grade_the_patient_began_with_is_not_worse() -> None:
    judged = judged_of("platelets", [("60", -1), ("55", 7), ("49", 14)], 0)
    assert [(one.grade, one.worse) for one in judged] == [(2, None), (2, False), (3, True)]


def test_without_a_course_or_a_result_before_it_nothing_is_compared() -> None:
    assert [one.worse for one in judged_of("platelets", [("60", 3), ("20", 9)], 0)] == [None, None]
    assert [one.worse for one in judged_of("platelets", [("60", 3), ("20", 9)])] == [None, None]


@pytest.mark.parametrize(
    ("analyte", "first", "then", "days", "key"),
    [
        ("platelets", "100", "51", 7, None),
        ("platelets", "100", "50", 7, "labs.delta.fell"),
        ("platelets", "100", "50", 8, None),
        ("platelets", "100", "150", 7, "labs.delta.rose"),
        ("haemoglobin", "100", "81", 7, None),
        ("haemoglobin", "100", "80", 7, "labs.delta.fell"),
        ("granulocytes", "0", "0.5", 3, None),
        ("potassium", "4.0", "5.0", 3, "labs.delta.rose"),
        ("sodium", "140", "132", 2, "labs.delta.fell"),
        ("albumin", "40", "10", 1, None),
        ("alt", "20", "40", 14, "labs.delta.rose"),
    ],
)
def test_a_sudden_change_is_one_of_the_analytes_own_size_within_its_own_time(
    analyte: str, first: str, then: str, days: int, key: str | None
) -> None:
    unit = LABS.analyte(analyte).unit
    found = delta(
        LABS.analyte(analyte), result(analyte, first, unit), result(analyte, then, unit, days)
    )
    assert (found.key if found else None) == key
    if found is not None:
        assert all(catalogue(language).text(found) for language in LANGUAGES)


def test_a_change_is_measured_across_units() -> None:
    before, after = result("haemoglobin", "10.0", "g/dL"), result("haemoglobin", "79", "g/L", 3)
    found = delta(LABS.analyte("haemoglobin"), before, after)
    assert found is not None
    told = catalogue("en").text(found).replace("\N{NO-BREAK SPACE}", " ")
    assert told == "fell by 21 % within 3 days, from 100 g/L to 79 g/L"


def test_factors_are_exact_where_units_are_of_one_kind() -> None:
    assert factor("ng/mL", "mg/L") == Decimal("0.001")
    assert factor("10*6/uL", "10*12/L") == 1
    assert factor("ukat/L", "U/L") == 60


@pytest.mark.parametrize(
    ("analyte", "limit", "ranges"),
    [
        ("platelets", None, [(4, None, "25"), (3, "25", "50"), (2, "50", "75"), (1, "75", "100"),
                             (0, "100", None)]),
        ("haemoglobin", None, [(4, None, "65"), (3, "65", "80"), (2, "80", "95"),
                               (1, "95", "110"), (0, "110", None)]),
        ("alt", "40", [(0, None, "50"), (1, "50", "100"), (2, "100", "200"), (3, "200", "400"),
                       (4, "400", None)]),
        ("alt", None, []),
        ("sodium", None, []),
    ],
)  # fmt: skip
def test_the_ranges_of_the_grades_are_in_the_analytes_unit_and_need_its_limit(
    analyte: str, limit: str | None, ranges: list[tuple[int, str | None, str | None]]
) -> None:
    found = grade_ranges(
        LABS.analyte(analyte), item_of(analyte), None if limit is None else Decimal(limit)
    )
    told = [
        (
            one.grade,
            *(None if end is None else f"{end.normalize():f}" for end in (one.low, one.high)),
        )
        for one in found
    ]
    assert told == ranges
