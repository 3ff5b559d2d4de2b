"""Doses, laboratory values, units: parsing, printing, conversion, in both languages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aml_maint.domain import quantities
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import NBSP, Language
from aml_maint.domain.quantities import (
    Comparator,
    Dose,
    Interval,
    LabValue,
    Percent,
    decimal,
    dimension,
    dose_text,
    dose_unit_text,
    factor,
    lab_text,
    lab_unit_text,
    plain,
    unit_code,
)
from aml_maint.services.language import catalogue

EN, ZH = catalogue("en"), catalogue("zh")

DOSE_UNITS = ("mg", "ug", "g", "10*6.[iU]", "[iU]", "[iU]/kg", "{tablet}")
LAB_UNITS = tuple(unit for unit in quantities._UNITS if unit not in DOSE_UNITS)

# value, unit, English, Chinese; an ordinary space stands for a no-break space
DOSE_TEXTS = [
    ("400", "mg", "400 mg", "400 mg"),
    ("26.5", "mg", "26.5 mg", "26.5 mg"),
    ("0.5", "mg", "0.5 mg", "0.5 mg"),
    ("0.50", "mg", "0.5 mg", "0.5 mg"),
    ("400.0", "mg", "400 mg", "400 mg"),
    ("4E+2", "mg", "400 mg", "400 mg"),
    ("1000", "mg", "1,000 mg", "1,000 mg"),
    ("1.5", "g", "1.5 g", "1.5 g"),
    ("60", "ug", "60 micrograms", "60 微克（μg）"),
    ("1", "10*6.[iU]", "1 million units", "100 万国际单位（100 万 IU）"),
    ("0.5", "10*6.[iU]", "0.5 million units", "50 万国际单位（50 万 IU）"),
    ("1.25", "10*6.[iU]", "1.25 million units", "125 万国际单位（125 万 IU）"),
    ("3000", "[iU]", "3,000 units", "3,000 国际单位（IU）"),
    ("16400", "[iU]/kg", "16,400 units per kilogram", "每千克体重 16,400 国际单位（IU）"),
    ("3", "{tablet}", "3 tablets", "3 片"),
    ("1", "{tablet}", "1 tablet", "1 片"),
    ("1.0", "{tablet}", "1 tablet", "1 片"),
    ("0.5", "{tablet}", "0.5 tablets", "0.5 片"),
]

# text, unit as typed, English, Chinese
LAB_TEXTS = [
    ("50", "10^9/L", "50 × 10⁹/L", "50 × 10⁹/L"),
    ("50.10", "×10⁹/L", "50.10 × 10⁹/L", "50.10 × 10⁹/L"),
    ("< 50", "10*9/L", "< 50 × 10⁹/L", "< 50 × 10⁹/L"),
    ("0.10", "%", "0.10 %", "0.10 %"),
    ("38.5", "°C", "38.5 °C", "38.5 °C"),
    ("2.55", "×ULN", "2.55 × ULN", "2.55 × ULN"),
    ("88", "µmol/L", "88 µmol/L", "88 µmol/L"),
    ("75", "ml/min/1.73m2", "75 mL/min/1.73 m²", "75 mL/min/1.73 m²"),
    ("150", "mmHg", "150 mmHg", "150 mmHg"),
]

NUMBERS = st.decimals(0, 100_000, places=3)


@pytest.mark.parametrize(("value", "unit", "english", "chinese"), DOSE_TEXTS)
def test_doses_read_as_people_write_them(value: str, unit: str, english: str, chinese: str) -> None:
    message = dose_text(Dose.of(value, unit))
    assert EN.text(message) == english.replace(" ", NBSP)
    assert ZH.text(message) == chinese.replace(" ", NBSP)


@pytest.mark.parametrize(("text", "unit", "english", "chinese"), LAB_TEXTS)
def test_results_keep_their_printed_digits(
    text: str, unit: str, english: str, chinese: str
) -> None:
    message = lab_text(LabValue.parse(text, unit))
    assert EN.text(message) == english.replace(" ", NBSP)
    assert ZH.text(message) == chinese.replace(" ", NBSP)


@given(value=NUMBERS, unit=st.sampled_from(DOSE_UNITS))
def test_no_dose_ends_in_a_zero_after_the_point_or_begins_with_the_point(
    value: Decimal, unit: str
) -> None:
    assume(value > 0)
    text = EN.text(dose_text(Dose(value, unit)))
    number = text.split(NBSP)[0]
    assert number[0].isdigit()
    assert "." not in number or number[-1] not in "0."
    assert Decimal(number.replace(",", "")) == value


@given(value=NUMBERS)
def test_the_chinese_million_is_a_hundred_times_ten_thousand(value: Decimal) -> None:
    assume(value > 0)
    text = ZH.text(dose_text(Dose(value, "10*6.[iU]")))
    assert Decimal(text.split(NBSP)[0]) == value * 100


@given(value=NUMBERS, unit=st.sampled_from(LAB_UNITS), comparator=st.sampled_from(list(Comparator)))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_result_printed_and_read_back_is_the_same(
    language: Language, value: Decimal, unit: str, comparator: Comparator
) -> None:
    result = LabValue(value, unit, comparator)
    shown = catalogue(language).text(lab_unit_text(unit))
    assert LabValue.parse(result.printed, shown) == result


@given(value=NUMBERS, one=st.sampled_from(LAB_UNITS), other=st.sampled_from(LAB_UNITS))
def test_a_conversion_can_be_undone(value: Decimal, one: str, other: str) -> None:
    assume(dimension(one) == dimension(other))
    result = LabValue(value, one)
    back = result.to(other).to(one)
    assert abs(back.value - value) <= Decimal("1e-20") * max(value, Decimal(1))
    assert back.unit == one


@given(value=NUMBERS, analyte=st.sampled_from(["creatinine", "bilirubin", "urea", "haemoglobin"]))
def test_a_conversion_between_amount_and_mass_can_be_undone(value: Decimal, analyte: str) -> None:
    result = LabValue(value, "umol/L")
    back = result.to("mg/dL", analyte).to("umol/L", analyte)
    assert abs(back.value - value) <= Decimal("1e-18") * max(value, Decimal(1))


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "analyte", "expected"),
    [
        ("110", "g/L", "g/dL", None, "11.0"),
        ("74500", "/uL", "10*9/L", None, "74.500"),
        ("150", "10*3/uL", "10*9/L", None, "150"),
        ("1", "mg/dL", "umol/L", "creatinine", "88.40"),
        ("1", "mg/dL", "umol/L", "bilirubin", "17.10"),
        ("6", "mg/dL", "mmol/L", "urea", "1.00"),
        ("10", "mmol/L", "g/dL", "haemoglobin", "16.11"),
        ("98.6", "[degF]", "Cel", None, "37.0"),
        ("40", "Cel", "[degF]", None, "104"),
        ("-40", "Cel", "[degF]", None, "-40"),
        ("0.48", "s", "ms", None, "480.00"),
    ],
)
def test_conversions_give_the_known_figures(
    value: str, unit: str, wanted: str, analyte: str | None, expected: str
) -> None:
    found = LabValue(Decimal(value), unit).to(wanted, analyte)
    assert found.value.quantize(Decimal(expected)) == Decimal(expected)
    assert found.unit == wanted


@pytest.mark.parametrize(
    ("one", "other", "analyte"),
    [
        ("g/L", "10*9/L", None),
        ("mg/dL", "umol/L", None),
        ("mg/dL", "umol/L", "albumin"),
        ("U/L", "umol/L", "creatinine"),
        ("ug", "[iU]", None),
        ("[iU]/kg", "[iU]", None),
        ("Cel", "[degF]", None),
    ],
)
def test_units_that_measure_different_things_do_not_convert(
    one: str, other: str, analyte: str | None
) -> None:
    with pytest.raises(BadInput) as refused:
        factor(one, other, analyte)
    assert refused.value.field == "unit"


def test_ten_micrograms_of_interferon_never_become_units() -> None:
    with pytest.raises(BadInput):
        factor("ug", "10*6.[iU]")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("10^9/L", "10*9/L"), ("×10⁹/L", "10*9/L"), (" x10^9/L ", "10*9/L"), ("10E9/L", "10*9/L"),
        ("g/L", "g/L"), ("G/DL", "g/dL"), ("µmol/L", "umol/L"), ("μmol/L", "umol/L"),
        ("/µL", "/uL"), ("IU/L", "U/L"), ("mcg", "ug"), ("℃", "Cel"), ("xULN", "{xULN}"),
    ],
)  # fmt: skip
def test_units_are_understood_as_laboratories_print_them(text: str, code: str) -> None:
    assert unit_code(text) == code


@pytest.mark.parametrize("text", ["", "mmol", "L", "10^9", "unit", "百万", "mg/l/kg"])
def test_an_unknown_unit_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        unit_code(text)
    assert refused.value.hint is not None
    assert EN.text(refused.value.message)
    assert ZH.text(refused.value.message)


@pytest.mark.parametrize(
    ("text", "value", "comparator"),
    [
        ("50", "50", Comparator.EXACT),
        ("50.10", "50.10", Comparator.EXACT),
        ("<50", "50", Comparator.BELOW),
        ("< 50", "50", Comparator.BELOW),
        (">\u00a040", "40", Comparator.ABOVE),
        ("<=5", "5", Comparator.AT_MOST),
        ("≤ 5", "5", Comparator.AT_MOST),
        (">=5", "5", Comparator.AT_LEAST),
        ("≥5", "5", Comparator.AT_LEAST),
        ("５０", "50", Comparator.EXACT),
    ],
)
def test_a_comparator_is_kept_beside_the_number(
    text: str, value: str, comparator: Comparator
) -> None:
    result = LabValue.parse(text, "10*9/L")
    assert str(result.value) == value
    assert result.comparator is comparator


@pytest.mark.parametrize("text", ["", "abc", "1,5", "1.", ".5", "1e5", "5 0", "--5", "-5", "NaN"])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        LabValue.parse(text, "10*9/L")
    assert refused.value.field == "value"


def test_only_a_temperature_may_be_negative() -> None:
    assert LabValue.parse("-5", "°C").value == -5
    with pytest.raises(BadInput):
        LabValue(Decimal("-1"), "g/L")


@pytest.mark.parametrize(
    ("comparator", "interval"),
    [
        (Comparator.EXACT, Interval(Decimal(5), True, Decimal(5), True)),
        (Comparator.BELOW, Interval(Decimal(0), True, Decimal(5), False)),
        (Comparator.AT_MOST, Interval(Decimal(0), True, Decimal(5), True)),
        (Comparator.ABOVE, Interval(Decimal(5), False, None, False)),
        (Comparator.AT_LEAST, Interval(Decimal(5), True, None, False)),
    ],
)
def test_a_result_means_every_value_that_its_comparator_allows(
    comparator: Comparator, interval: Interval
) -> None:
    assert LabValue(Decimal(5), "g/L", comparator).interval == interval


# text, all above 50, all at least 50, all below 50, all at most 50
@pytest.mark.parametrize(
    ("text", "above", "at_least", "below", "at_most"),
    [
        ("50", False, True, False, True),
        ("50.1", True, True, False, False),
        ("49.9", False, False, True, True),
        ("< 50", False, False, True, True),
        ("<= 50", False, False, False, True),
        ("> 50", True, True, False, False),
        (">= 50", False, True, False, False),
        ("> 40", False, False, False, False),
    ],
)
def test_a_limit_of_50_is_compared_with_everything_a_result_can_mean(
    text: str, above: bool, at_least: bool, below: bool, at_most: bool
) -> None:
    meant, limit = LabValue.parse(text, "10*9/L").interval, Decimal(50)
    assert meant.all_above(limit) is above
    assert meant.all_above(limit, or_equal=True) is at_least
    assert meant.all_below(limit) is below
    assert meant.all_below(limit, or_equal=True) is at_most


def test_an_interval_open_at_both_ends_is_on_no_side_of_a_limit() -> None:
    everything = Interval(None, False, None, False)
    assert not everything.all_above(Decimal(0))
    assert not everything.all_below(Decimal(0))


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity", "x"])
def test_a_dose_is_a_number_greater_than_nothing(value: str) -> None:
    with pytest.raises(BadInput) as refused:
        Dose.of(value, "mg")
    assert refused.value.field == "dose"
    assert EN.text(refused.value.message)


def test_a_number_of_a_dose_that_is_not_finite_is_refused() -> None:
    with pytest.raises(BadInput):
        Dose(Decimal("NaN"), "mg")


def test_a_dose_needs_a_known_unit() -> None:
    with pytest.raises(BadInput):
        Dose(Decimal(1), "mcg")
    assert Dose.of("1", "mcg") == Dose(Decimal(1), "ug")


def test_a_result_needs_a_known_unit() -> None:
    with pytest.raises(BadInput):
        LabValue(Decimal(1), "10^9/L")


@pytest.mark.parametrize("make", [Dose, LabValue])
def test_a_binary_float_is_a_fault_of_the_program(make: type[Dose] | type[LabValue]) -> None:
    with pytest.raises(TypeError):
        make(26.5, "mg")  # type: ignore[arg-type]


def test_decimal_refuses_binary_floats_and_takes_text_and_whole_numbers() -> None:
    with pytest.raises(TypeError):
        decimal(0.1)  # type: ignore[arg-type]
    assert [decimal(" 0.10 "), decimal(3), decimal(Decimal("0.10"))] == [
        Decimal("0.10"), Decimal(3), Decimal("0.1"),
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["-0.01", "100.01"])
def test_a_percentage_lies_between_0_and_100(value: str) -> None:
    with pytest.raises(BadInput) as refused:
        Percent(Decimal(value))
    assert value in EN.text(refused.value.message)


def test_a_percentage_may_be_0_or_100_and_keeps_its_digits() -> None:
    assert str(Percent(Decimal("0.00")).value) == "0.00"
    assert str(Percent(Decimal("100")).value) == "100"
    with pytest.raises(TypeError):
        Percent(0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [("400", "400"), ("400.0", "400"), ("0.50", "0.5"), ("1E+3", "1000"), ("100", "100")],
)
def test_plain_numbers_keep_their_whole_zeros_only(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@pytest.mark.parametrize("unit", LAB_UNITS)
def test_every_laboratory_unit_has_its_text_in_both_languages(unit: str) -> None:
    assert unit_code(EN.text(lab_unit_text(unit))) == unit
    assert unit_code(ZH.text(lab_unit_text(unit))) == unit


@pytest.mark.parametrize("unit", ["/uL", "10*9/L", "g/L", "Cel", "%", "U/L"])
def test_nothing_is_dosed_in_a_laboratory_unit(unit: str) -> None:
    with pytest.raises(BadInput) as refused:
        Dose.of("200", unit)
    assert refused.value.field == "unit"


def test_the_units_of_doses_are_these_and_no_others() -> None:
    assert set(DOSE_UNITS) == quantities.DOSE_UNITS


@pytest.mark.parametrize("unit", DOSE_UNITS)
def test_each_unit_of_a_dose_has_words_in_both_languages(unit: str) -> None:
    told = dose_unit_text(unit)
    english, chinese = catalogue("en").text(told), catalogue("zh").text(told)
    assert english and chinese
    assert english not in {"ug", "[iU]", "10*6.[iU]", "IU", "μg"}
