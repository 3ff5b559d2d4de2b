"""WHO grading as tables: every printed limit on both sides, gaps, units, refusals."""

from __future__ import annotations

from decimal import Decimal

import pytest

from aml_maint import files
from aml_maint.domain.errors import BadInput
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.toxicity import (
    Grade,
    Kind,
    Scale,
    ToxicityItem,
    find_item,
    grade,
    grade_blood_pressure,
    grade_dipstick,
    grade_entry,
    worse_than,
)
from aml_maint.domain.toxicity_schema import items_from_data

WHO = items_from_data(files.read_toml("toxicity", "who1979.toml"))
GENERAL = items_from_data(files.read_toml("toxicity", "general.toml"))
ITEMS = WHO + GENERAL


def item(name: str) -> ToxicityItem:
    return find_item(ITEMS, name)


def graded(name: str, text: str, unit: str, uln: str | None = None) -> int | None:
    limit = Decimal(uln) if uln is not None else None
    return grade(item(name), LabValue.parse(text, unit), limit).grade


# item, value in the unit of the printed limits, grade
EXAMPLES = [
    ("transaminases", "2.5", 1),
    ("haemoglobin", "6.5", 3),
    ("transaminases", "1.25", 0),
    ("proteinuria", "1.01", 3),
    ("proteinuria", "1", 2),
    ("transaminases", "10", 3),
    ("platelets", "99.9", 1),
    ("granulocytes", "1.95", 1),
    ("haemoglobin", "10.95", 1),
    ("transaminases", "5.05", 3),
    ("leukocytes", "4", 0),
    ("leukocytes", "1", 3),
    ("transaminases", "10.01", 4),
    ("haemoglobin", "8", 2),
    ("haemoglobin", "11", 0),
    ("qtc_prolongation", "480.5", 2),
    ("proteinuria", "0.29", 1),
    ("proteinuria", "0", 0),
    ("platelets", "25", 3),
    ("transaminases", "2.55", 2),
    ("fever_drug", "37.2", 0),
    ("proteinuria", "0.3", 2),
    ("fever_drug", "37.3", 1),
    ("qtc_prolongation", "501", 3),
    ("haemoglobin", "6.49", 4),
]

# item, then for each limit: just on the milder side, at it, just on the worse side
FALLING = [
    ("haemoglobin", ("11.01", "11", "10.99"), (0, 0, 1)),
    ("haemoglobin", ("9.51", "9.5", "9.49"), (1, 1, 2)),
    ("haemoglobin", ("8.01", "8.0", "7.99"), (2, 2, 3)),
    ("haemoglobin", ("6.51", "6.50", "6.49"), (3, 3, 4)),
    ("leukocytes", ("4.01", "4.0", "3.99"), (0, 0, 1)),
    ("leukocytes", ("3.01", "3.0", "2.99"), (1, 1, 2)),
    ("leukocytes", ("2.01", "2.0", "1.99"), (2, 2, 3)),
    ("leukocytes", ("1.01", "1.0", "0.99"), (3, 3, 4)),
    ("granulocytes", ("2.01", "2.0", "1.99"), (0, 0, 1)),
    ("granulocytes", ("1.51", "1.5", "1.49"), (1, 1, 2)),
    ("granulocytes", ("1.01", "1.0", "0.99"), (2, 2, 3)),
    ("granulocytes", ("0.51", "0.5", "0.49"), (3, 3, 4)),
    ("platelets", ("100.1", "100", "99.9"), (0, 0, 1)),
    ("platelets", ("75.1", "75", "74.9"), (1, 1, 2)),
    ("platelets", ("50.1", "50", "49.9"), (2, 2, 3)),
    ("platelets", ("25.1", "25", "24.9"), (3, 3, 4)),
]
RISING = [
    ("proteinuria", ("0", "0.0", "0.01"), (0, 0, 1)),
    ("proteinuria", ("0.29", "0.3", "0.31"), (1, 2, 2)),
    ("proteinuria", ("0.99", "1.0", "1.01"), (2, 2, 3)),
    ("fever_drug", ("37.2", "37.3", "37.4"), (0, 1, 1)),
    ("fever_drug", ("37.9", "38.0", "38.1"), (1, 2, 2)),
    ("fever_drug", ("39.9", "40.0", "40.1"), (2, 2, 3)),
    ("qtc_prolongation", ("449", "450", "451"), (0, 1, 1)),
    ("qtc_prolongation", ("479", "480", "481"), (1, 1, 2)),
    ("qtc_prolongation", ("499", "500", "501"), (2, 2, 3)),
]
MULTIPLES = [
    (("1.24", "1.25", "1.251"), (0, 0, 1)),
    (("2.49", "2.50", "2.51"), (1, 1, 2)),
    (("4.99", "5", "5.01"), (2, 2, 3)),
    (("9.99", "10.0", "10.01"), (3, 3, 4)),
]
BY_UPPER_LIMIT = ("bilirubin", "transaminases", "alkaline_phosphatase", "urea", "creatinine")

# Values that the printed table leaves out: the worse grade, whatever the unit.
GAPS = [
    ("platelets", "74.5", "10*9/L", None, 2),
    ("platelets", "74500", "/uL", None, 2),
    ("platelets", "99.99", "10*9/L", None, 1),
    ("haemoglobin", "10.95", "g/dL", None, 1),
    ("haemoglobin", "109.5", "g/L", None, 1),
    ("transaminases", "102", "U/L", "40", 2),  # 2.55 × 40
    ("transaminases", "50.2", "U/L", "40", 1),  # 1.255 × 40
    ("transaminases", "200", "U/L", "40", 2),  # exactly 5 × 40
    ("creatinine", "600", "umol/L", "120", 2),  # exactly 5 × 120, printed in two grades
    ("bilirubin", "205.01", "umol/L", "20.5", 4),  # just above 10 × 20.5
]

# The same result in other units.
UNITS = [
    ("haemoglobin", "110", "g/L", None, 0),
    ("haemoglobin", "6.83", "mmol/L", None, 0),  # 11.006 g/dL as the monomer
    ("haemoglobin", "6.82", "mmol/L", None, 1),
    ("leukocytes", "3999", "/uL", None, 1),
    ("granulocytes", "0.5", "10*3/uL", None, 3),
    ("granulocytes", "499", "10*6/L", None, 4),
    ("platelets", "50000", "/uL", None, 2),
    ("proteinuria", "300", "mg/dL", None, 2),
    ("proteinuria", "2.99", "g/L", None, 1),
    ("fever_drug", "100.4", "[degF]", None, 2),  # 38 °C
    ("fever_drug", "104.1", "[degF]", None, 3),
    ("qtc_prolongation", "0.5", "s", None, 2),
    ("bilirubin", "3", "mg/dL", "1.2", 1),  # exactly 2.5 ×
    ("urea", "36", "mmol/L", "7.2", 2),  # exactly 5 ×
    ("creatinine", "3.01", "mg/dL", "1.2", 2),
    ("creatinine", "2.51", "{xULN}", None, 2),
]

# A result with < or > is graded only if everything it can mean lies in one grade.
CENSORED = [
    ("platelets", "< 10", "10*9/L", None, 4),
    ("platelets", "< 25", "10*9/L", None, 4),
    ("platelets", "<= 25", "10*9/L", None, None),
    ("platelets", "< 30", "10*9/L", None, None),
    ("platelets", "> 90", "10*9/L", None, None),
    ("platelets", ">= 100", "10*9/L", None, 0),
    ("platelets", "> 100", "10*9/L", None, 0),
    ("granulocytes", "< 0.1", "10*9/L", None, 4),
    ("transaminases", "< 5", "U/L", "40", 0),
    ("transaminases", "> 400", "U/L", "40", 4),
    ("transaminases", ">= 400", "U/L", "40", None),
    ("fever_drug", "> 40", "Cel", None, 3),
    ("bilirubin", "< 0.9", "umol/L", "20", 0),  # below what an assay can measure
]

PRESSURES = [
    ("119", "79", 0),
    ("120", "79", 1),
    ("119", "80", 1),
    ("139.5", "89.5", 1),
    ("140", "89", 2),
    ("139", "90", 2),
    ("159", "99", 2),
    ("160", "99", 3),
    ("159", "100", 3),
    ("250", "130", 3),
    ("> 159", "100", 3),
    ("> 150", "85", None),
]

DIPSTICKS = [
    ("negative", 0),
    ("阴性", 0),
    ("trace", 0),
    ("±", 0),
    ("1+", 1),
    (" + ", 1),
    ("2+", 2),
    ("3+", 2),
    ("+++", 2),
    ("4+", 3),
]

# item, value, unit, upper limit, the field at fault, the hint
REFUSED = [
    ("haemoglobin", "110", "g/dL", None, "value", "error.implausible_value.unit"),
    ("haemoglobin", "11", "g/L", None, "value", "error.implausible_value.unit"),
    ("haemoglobin", "300", "g/L", None, "value", "error.implausible_value.hint"),
    ("platelets", "150000", "10*9/L", None, "value", "error.implausible_value.unit"),
    ("granulocytes", "1500", "10*9/L", None, "value", "error.implausible_value.unit"),
    ("fever_drug", "101.3", "Cel", None, "value", "error.implausible_value.unit"),
    ("fever_drug", "38.5", "[degF]", None, "value", "error.implausible_value.unit"),
    ("fever_drug", "20", "Cel", None, "value", "error.implausible_value.hint"),
    ("creatinine", "1.2", "umol/L", "80", "value", "error.implausible_value.unit"),
    ("creatinine", "88", "mg/dL", "1.2", "value", "error.implausible_value.unit"),
    ("creatinine", "88", "umol/L", "1.2", "uln", "error.implausible_value.unit"),
    ("creatinine", "88", "{xULN}", None, "value", "error.implausible_value.unit"),
    ("transaminases", "100", "U/L", "0", "uln", "error.bad_upper_limit.hint"),
    ("transaminases", "100", "mmol/L", "40", "unit", "error.unit_not_for_item.hint"),
    ("platelets", "80", "g/L", None, "unit", "error.unit_not_for_item.hint"),
    ("platelets", "0.8", "{xULN}", None, "unit", "error.unit_not_for_item.hint"),
    ("haemorrhage", "2", "g/L", None, "item", "error.item_not_measured.words"),
    ("hypertension", "150", "mm[Hg]", None, "item", "error.item_not_measured.pressure"),
]


@pytest.mark.parametrize(("name", "value", "expected"), EXAMPLES)
def test_examples_of_the_reference_table(name: str, value: str, expected: int) -> None:
    assert graded(name, value, item(name).unit or "") == expected


@pytest.mark.parametrize(("name", "values", "expected"), FALLING + RISING)
def test_each_limit_is_graded_right_on_both_sides(
    name: str, values: tuple[str, ...], expected: tuple[int, ...]
) -> None:
    unit = item(name).unit or ""
    assert tuple(graded(name, value, unit) for value in values) == expected


@pytest.mark.parametrize("name", BY_UPPER_LIMIT)
@pytest.mark.parametrize(("multiples", "expected"), MULTIPLES)
def test_each_multiple_of_the_upper_limit_is_graded_right_on_both_sides(
    name: str, multiples: tuple[str, ...], expected: tuple[int, ...]
) -> None:
    assert tuple(graded(name, value, "{xULN}") for value in multiples) == expected
    limit, unit = Decimal("8"), item(name).units[0]
    values = (str(Decimal(multiple) * limit) for multiple in multiples)
    assert tuple(graded(name, value, unit, "8") for value in values) == expected


def test_no_limit_of_the_files_is_left_out_of_these_tables() -> None:
    """A limit that somebody adds or changes needs its two sides here."""
    tested = {(name, Decimal(values[1])) for name, values, _ in FALLING + RISING}
    tested |= {(name, Decimal(values[1])) for name in BY_UPPER_LIMIT for values, _ in MULTIPLES}
    edges = {
        (one.id, band.values.high)
        for one in ITEMS
        if one.kind is Kind.NUMERIC
        for band in one.bands
        if band.values is not None and band.values.high is not None
    }
    assert edges == tested


@pytest.mark.parametrize(("name", "value", "unit", "uln", "expected"), GAPS)
def test_a_value_in_a_printed_gap_takes_the_worse_grade(
    name: str, value: str, unit: str, uln: str | None, expected: int
) -> None:
    assert graded(name, value, unit, uln) == expected


@pytest.mark.parametrize(("name", "value", "unit", "uln", "expected"), UNITS)
def test_units_are_converted_before_grading(
    name: str, value: str, unit: str, uln: str | None, expected: int
) -> None:
    assert graded(name, value, unit, uln) == expected


@pytest.mark.parametrize(("name", "value", "unit", "uln", "expected"), CENSORED)
def test_a_result_beyond_the_assay_is_graded_only_if_it_lies_in_one_grade(
    name: str, value: str, unit: str, uln: str | None, expected: int | None
) -> None:
    assert graded(name, value, unit, uln) == expected


def test_an_undecided_result_names_the_grades_it_may_lie_in() -> None:
    verdict = grade(item("platelets"), LabValue.parse("< 60", "10*9/L"))
    assert verdict.grade is None
    assert verdict.reason.key == "grade.undecided"
    assert verdict.reason.params["grades"] == (2, 3, 4)


@pytest.mark.parametrize("name", BY_UPPER_LIMIT)
def test_without_an_upper_limit_a_result_is_not_graded_and_never_grade_0(name: str) -> None:
    verdict = grade(item(name), LabValue.parse("20", item(name).units[0]))
    assert verdict.grade is None
    assert verdict.reason.key == "grade.no_upper_limit"


def test_an_upper_limit_in_another_unit_is_converted() -> None:
    limit = LabValue.parse("1.2", "mg/dL")  # 106.08 umol/L
    assert grade(item("creatinine"), LabValue.parse("132", "umol/L"), limit).grade == 0
    verdict = grade(item("creatinine"), LabValue.parse("133", "umol/L"), limit)
    assert verdict.grade == 1
    assert verdict.uln is not None
    assert verdict.uln.unit == "umol/L"


@pytest.mark.parametrize("limit", [("40", "{xULN}"), ("< 40", "U/L"), ("40", "mmol/L")])
def test_a_bound_another_unit_or_a_multiple_is_no_upper_limit(limit: tuple[str, str]) -> None:
    with pytest.raises(BadInput):
        grade(item("alt"), LabValue.parse("100", "U/L"), LabValue.parse(*limit))


@pytest.mark.parametrize(("systolic", "diastolic", "expected"), PRESSURES)
def test_blood_pressure_takes_the_worse_of_its_two_grades(
    systolic: str, diastolic: str, expected: int | None
) -> None:
    verdict = grade_blood_pressure(
        item("hypertension"),
        LabValue.parse(systolic, "mm[Hg]"),
        LabValue.parse(diastolic, "mm[Hg]"),
    )
    assert verdict.grade == expected


@pytest.mark.parametrize(
    ("name", "systolic", "diastolic", "key"),
    [
        ("hypertension", "80", "120", "error.pressure_swapped"),
        ("hypertension", "90", "90", "error.pressure_swapped"),
        ("hypertension", "16", "9", "error.implausible_value"),
        ("hypertension", "120", "10", "error.implausible_value"),
        ("haemorrhage", "120", "80", "error.item_not_pressure"),
    ],
)
def test_a_pressure_that_cannot_be_is_refused(
    name: str, systolic: str, diastolic: str, key: str
) -> None:
    values = (LabValue.parse(systolic, "mmHg"), LabValue.parse(diastolic, "mmHg"))
    with pytest.raises(BadInput) as refused:
        grade_blood_pressure(item(name), *values)
    assert refused.value.message.key == key


@pytest.mark.parametrize(("text", "expected"), DIPSTICKS)
def test_a_dipstick_is_graded_from_its_word(text: str, expected: int) -> None:
    assert grade_dipstick(item("proteinuria"), text).grade == expected


@pytest.mark.parametrize(("name", "text"), [("proteinuria", "5+"), ("urea", "2+")])
def test_an_unknown_dipstick_word_or_item_is_refused(name: str, text: str) -> None:
    with pytest.raises(BadInput):
        grade_dipstick(item(name), text)


@pytest.mark.parametrize(("name", "value", "unit", "uln", "at_fault", "hint"), REFUSED)
def test_an_unknown_or_implausible_unit_is_refused_never_guessed(
    name: str, value: str, unit: str, uln: str | None, at_fault: str, hint: str
) -> None:
    with pytest.raises(BadInput) as refused:
        graded(name, value, unit, uln)
    assert refused.value.field == at_fault
    assert refused.value.hint is not None
    assert refused.value.hint.key == hint


@pytest.mark.parametrize(
    ("name", "text", "unit", "expected"),
    [
        ("plt", "74.5", "10^9/L", 2),
        ("plt", "< 10", "×10⁹/L", 4),
        ("urine protein", "2+", "", 2),
        ("urine protein", "0.2", "g/dL", 1),
        ("bp", "150/95", "mmHg", 2),
        ("bp", " 119 / 79 ", "mmHg", 0),
    ],
)
def test_a_result_is_graded_as_typed(name: str, text: str, unit: str, expected: int) -> None:
    assert grade_entry(item(name), text, unit).grade == expected


@pytest.mark.parametrize("text", ["150", "150-95", "150/"])
def test_half_a_blood_pressure_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        grade_entry(item("hypertension"), text, "mmHg")


# Clinical diagnoses: however bad the number, it never gives this grade.
@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [("proteinuria", "9.9", "g/dL"), ("qtc_prolongation", "799", "ms"), ("fever", "44", "Cel")],
)
def test_grade_4_of_a_clinical_diagnosis_is_never_computed(
    name: str, value: str, unit: str
) -> None:
    verdict = grade(item(name), LabValue.parse(value, unit))
    assert verdict.grade == 3
    assert verdict.reason.key == "grade.clinical"
    assert item(name).band(4).values is None


def test_grade_4_of_high_blood_pressure_is_never_computed() -> None:
    verdict = grade_entry(item("hypertension"), "300/200", "mmHg")
    assert verdict.grade == 3
    assert verdict.reason.key == "grade.clinical"


@pytest.mark.parametrize(
    ("baseline", "now", "worse"),
    [(0, 0, False), (0, 1, True), (2, 1, False), (3, 4, True), (None, 4, None), (0, None, None)],
)
def test_worse_than_baseline_is_unknown_when_either_was_not_evaluated(
    baseline: int | None, now: int | None, worse: bool | None
) -> None:
    assert worse_than(baseline, now) is worse


def test_there_is_no_grade_5() -> None:
    with pytest.raises(ValueError, match="5 is not a valid Grade"):
        Grade(5)
    assert all(len(each.bands) == 5 for each in ITEMS)


def test_all_28_who_items_and_22_general_terms_ship() -> None:
    assert len(WHO) == 28
    assert {each.scale for each in WHO} == {Scale.WHO1979}
    assert len(GENERAL) == 22
    assert {each.scale for each in GENERAL} == {Scale.GENERAL}


def test_items_that_nobody_compared_with_the_print_are_marked() -> None:
    assert {each.id for each in WHO if not each.verify} == {
        "haemoglobin", "leukocytes", "granulocytes", "platelets", "haemorrhage", "bilirubin",
        "transaminases", "alkaline_phosphatase", "oral", "nausea_vomiting", "diarrhoea", "urea",
        "creatinine", "consciousness", "constipation",
    }  # fmt: skip
    assert {each.id for each in GENERAL if each.verify} == {
        "hand_foot_skin_reaction", "hypertension", "qtc_prolongation",
    }  # fmt: skip


def test_hand_foot_skin_reaction_counts_under_its_own_term_and_not_again_under_skin() -> None:
    assert {each.id: each.who_item for each in ITEMS if each.who_item} == {
        "hand_foot_skin_reaction": "cutaneous",
        "rash": "cutaneous",
        "somnolence": "consciousness",
    }


def test_a_verdict_names_its_source() -> None:
    verdict = grade(item("platelets"), LabValue.parse("80", "10*9/L"))
    assert "WHO Handbook" in verdict.source
    fever = grade(item("fever"), LabValue.parse("38", "Cel"))
    assert "to be verified" in fever.source
