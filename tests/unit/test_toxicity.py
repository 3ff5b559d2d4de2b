"""What holds for every item and every value, whatever the limits are."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aml_maint import files
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import Comparator, Interval, LabValue, factor
from aml_maint.domain.toxicity import (
    MULTIPLE,
    Association,
    Kind,
    ToxicityItem,
    check_plausible,
    find_item,
    folded,
    grade,
    grade_blood_pressure,
    grade_entry,
)
from aml_maint.domain.toxicity_schema import items_from_data
from aml_maint.domain.toxicity_search import matching

ITEMS = items_from_data(files.read_toml("toxicity", "who1979.toml")) + items_from_data(
    files.read_toml("toxicity", "general.toml")
)
MEASURED = [item for item in ITEMS if item.kind is Kind.NUMERIC]
FIXED_LIMITS = [item for item in MEASURED if not item.by_upper_limit]
BY_UPPER_LIMIT = [item for item in MEASURED if item.by_upper_limit]
PRESSURE = find_item(ITEMS, "hypertension")

# How far along its plausible range a value lies.
shares = st.decimals(0, 1, places=5)


def inside(band: Interval, value: Decimal) -> bool:
    above = band.low is None or value > band.low or (value == band.low and band.low_inside)
    below = band.high is None or value < band.high or (value == band.high and band.high_inside)
    return above and below


def plausible_value(item: ToxicityItem, share: Decimal) -> LabValue:
    """A value inside the item's plausible range, in the item's unit."""
    assert item.plausible is not None
    if item.by_upper_limit:
        return LabValue((Decimal(15) * share).quantize(Decimal("0.001")), MULTIPLE)
    low, high = item.plausible.low, item.plausible.high
    return LabValue((low + (high - low) * share).quantize(Decimal("0.001")), item.plausible.unit)


def graded(item: ToxicityItem, value: LabValue, limit: Decimal | None = None) -> int:
    found = grade(item, value, limit).grade
    assert found is not None
    return int(found)


@given(item=st.sampled_from(MEASURED), share=shares)
def test_every_value_lies_in_exactly_one_grade(item: ToxicityItem, share: Decimal) -> None:
    value = plausible_value(item, share)
    bands = [band for band in item.bands if band.values is not None]
    assert sum(inside(band.values, value.value) for band in bands if band.values) == 1


@given(share=st.decimals(0, 400, places=1))
def test_every_pressure_lies_in_exactly_one_grade(share: Decimal) -> None:
    for ranges in (
        [band.values for band in PRESSURE.bands if band.values],
        [band.diastolic for band in PRESSURE.bands if band.diastolic],
    ):
        assert sum(inside(values, share) for values in ranges) == 1


@given(item=st.sampled_from(MEASURED), one=shares, other=shares)
def test_a_value_further_from_normal_never_gets_a_better_grade(
    item: ToxicityItem, one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    grade_low = graded(item, plausible_value(item, low))
    grade_high = graded(item, plausible_value(item, high))
    first = item.bands[0].values
    assert first is not None
    falling = first.high is None
    assert grade_low >= grade_high if falling else grade_low <= grade_high


@given(item=st.sampled_from(FIXED_LIMITS), share=shares, data=st.data())
def test_the_grade_does_not_depend_on_the_unit(
    item: ToxicityItem, share: Decimal, data: st.DataObject
) -> None:
    assume(item.unit != "Cel")
    value = plausible_value(item, share)
    unit = data.draw(st.sampled_from(item.units))
    # Multiplied both ways, so that no digit is lost to a division.
    assume(unit != "mmol/L")
    other = LabValue(value.value * factor(value.unit, unit), unit)
    assert graded(item, other) == graded(item, value)


@given(tenths=st.integers(300, 450))
def test_the_fever_grade_does_not_depend_on_the_scale(tenths: int) -> None:
    fever = find_item(ITEMS, "fever_drug")
    celsius = LabValue(Decimal(tenths) / 10, "Cel")
    assert graded(fever, celsius.to("[degF]")) == graded(fever, celsius)


@given(
    item=st.sampled_from(BY_UPPER_LIMIT),
    multiple=st.decimals(Decimal("0.3"), 12, places=3),
    limit=st.decimals(Decimal("7"), Decimal("9"), places=2),
)
def test_a_value_and_its_limit_grade_like_their_ratio(
    item: ToxicityItem, multiple: Decimal, limit: Decimal
) -> None:
    assume(item.id != "creatinine" or multiple > 1)
    value = LabValue(multiple * limit, item.units[0])
    assert graded(item, value, limit) == graded(item, LabValue(multiple, MULTIPLE))


@given(item=st.sampled_from(MEASURED), share=shares, nearer=shares)
def test_a_graded_bound_grades_like_every_value_it_can_mean(
    item: ToxicityItem, share: Decimal, nearer: Decimal
) -> None:
    bound = plausible_value(item, share)
    for comparator in (Comparator.BELOW, Comparator.ABOVE):
        found = grade(item, replace(bound, comparator=comparator)).grade
        if found is None:
            continue
        value = plausible_value(item, nearer)
        meant = value.value < bound.value
        if comparator is Comparator.ABOVE:
            meant = value.value > bound.value
        if meant:
            assert graded(item, value) == found


@given(item=st.sampled_from(MEASURED), share=shares)
def test_a_reason_carries_the_value_and_the_words_of_its_grade(
    item: ToxicityItem, share: Decimal
) -> None:
    verdict = grade(item, plausible_value(item, share))
    assert verdict.grade is not None
    reason = verdict.reason
    if reason.key == "grade.clinical":
        assert reason.params["worse"] == verdict.grade + 1
        inner = reason.params["reason"]
        assert not isinstance(inner, str)
        reason = inner  # type: ignore[assignment]
    assert reason.key == "grade.numeric"
    assert reason.params["band"] == item.band(verdict.grade).text


@given(
    systolic=st.integers(100, 300),
    diastolic=st.integers(30, 99),
    rise=st.integers(0, 50),
)
def test_a_higher_pressure_never_gets_a_better_grade(
    systolic: int, diastolic: int, rise: int
) -> None:
    one = grade_entry(PRESSURE, f"{systolic}/{diastolic}", "mmHg").grade
    other = grade_entry(PRESSURE, f"{systolic + rise}/{diastolic}", "mmHg").grade
    assert one is not None
    assert other is not None
    assert one <= other


def test_a_pressure_is_graded_from_both_values_and_keeps_them() -> None:
    systolic, diastolic = LabValue.parse("150", "mmHg"), LabValue.parse("85", "mmHg")
    verdict = grade_blood_pressure(PRESSURE, systolic, diastolic)
    assert (verdict.value, verdict.diastolic) == (systolic, diastolic)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plt", "platelets"), ("PLATELETS", "platelets"), ("血小板", "platelets"),
        ("hb", "haemoglobin"), ("hemoglobin", "haemoglobin"), ("Haemoglobin", "haemoglobin"),
        ("wbc", "leukocytes"), ("anc", "granulocytes"), ("neutrophils", "granulocytes"),
        ("alt", "transaminases"), ("AST", "transaminases"), ("bilirubin", "bilirubin"),
        ("hand_foot_skin_reaction", "hand_foot_skin_reaction"),
        ("hand foot skin reaction", "hand_foot_skin_reaction"), ("HFSR", "hand_foot_skin_reaction"),
        ("temperature", "fever_drug"), ("qtcf", "qtc_prolongation"), (" bp ", "hypertension"),
    ],
)  # fmt: skip
def test_an_item_is_found_by_id_term_or_abbreviation(text: str, found: str) -> None:
    assert find_item(ITEMS, text).id == found


def test_a_misspelt_item_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(BadInput) as refused:
        find_item(ITEMS, "plateletts")
    assert refused.value.hint is not None
    near = refused.value.hint.params["near"]
    assert isinstance(near, tuple)
    assert Name("Platelets", "血小板") in near


def test_an_item_like_no_other_is_refused_with_general_advice() -> None:
    with pytest.raises(BadInput) as refused:
        find_item(ITEMS, "")
    assert refused.value.hint is not None
    assert refused.value.hint.key == "error.unknown_item.hint"


def test_no_alias_means_two_items_of_either_file() -> None:
    owner: dict[str, str] = {}
    for item in ITEMS:
        for name in (item.id, item.term.en, item.term.zh, *item.aliases):
            assert owner.setdefault(folded(name), item.id) == item.id


def test_items_link_only_to_items_and_drugs_that_exist() -> None:
    ids = {item.id for item in ITEMS}
    drugs = {drug["id"] for drug in files.read_toml("regimens", "drugs.toml")["drugs"]}
    for item in ITEMS:
        assert item.who_item is None or item.who_item in ids
        assert set(item.drugs) <= drugs


def test_bleeding_belongs_to_ibuprofen_and_may_belong_to_interferon() -> None:
    drugs = find_item(ITEMS, "bleeding").drugs
    assert drugs["ibuprofen"] is Association.CHARACTERISTIC
    assert drugs["interferon_alfa_1b"] is Association.POSSIBLE


def test_a_fever_is_expected_to_last_three_days_at_most_by_the_paper() -> None:
    expected = find_item(ITEMS, "fever").expected
    assert expected is not None
    assert (expected.days, expected.source.id) == (3, "cheng2025")


def test_an_item_without_a_plausible_range_takes_any_value() -> None:
    item = replace(find_item(ITEMS, "platelets"), plausible=None)
    value = LabValue.parse("999999", "10*9/L")
    check_plausible(item, value)
    assert grade(item, value).grade == 0


def test_every_grade_has_its_words_in_both_languages() -> None:
    for item in ITEMS:
        for expected, band in enumerate(item.bands):
            assert band.grade == expected
            assert band.text.en
            assert band.text.zh


def test_items_can_be_kept_in_a_set() -> None:
    assert len(set(ITEMS)) == 50


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("szpfyf", []), ("szpffy", ["hand_foot_skin_reaction"]),
        ("shouzu", ["hand_foot_skin_reaction"]),
        ("lt", ["rhinorrhoea"]), ("流涕", ["rhinorrhoea"]), ("fuxie", ["diarrhoea"]),
        ("fl", ["fatigue"]), ("plt", ["platelets"]), ("", []), ("xyz", []),
    ],
)  # fmt: skip
def test_a_part_a_pinyin_or_its_initials_find_a_term(text: str, found: list[str]) -> None:
    assert [item.id for item in matching(ITEMS, text)] == found


def test_every_term_can_be_typed_in_pinyin() -> None:
    for item in ITEMS:
        assert item.pinyin, item.id
        latin = "".join(item.pinyin.split())
        assert item in matching(ITEMS, latin)
