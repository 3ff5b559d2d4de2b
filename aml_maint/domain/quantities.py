"""Doses, laboratory values and percentages: decimals with UCUM units, never bare numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import NBSP, Message, say

# What each unit measures, and how many of the dimension's base unit one of it is.
_UNITS: dict[str, tuple[str, Decimal]] = {
    "mg": ("mass", Decimal(1)),
    "ug": ("mass", Decimal("0.001")),
    "g": ("mass", Decimal(1000)),
    "[iU]": ("activity", Decimal(1)),
    "10*6.[iU]": ("activity", Decimal(1_000_000)),
    "[iU]/kg": ("activity_per_weight", Decimal(1)),
    "{tablet}": ("tablets", Decimal(1)),
    "10*9/L": ("cells", Decimal(1)),
    "10*3/uL": ("cells", Decimal(1)),
    "/uL": ("cells", Decimal("0.001")),
    "10*6/L": ("cells", Decimal("0.001")),
    "10*12/L": ("cells", Decimal(1000)),
    "10*6/uL": ("cells", Decimal(1000)),
    "g/L": ("mass_concentration", Decimal(1)),
    "g/dL": ("mass_concentration", Decimal(10)),
    "mg/dL": ("mass_concentration", Decimal("0.01")),
    "mg/L": ("mass_concentration", Decimal("0.001")),
    "ug/L": ("mass_concentration", Decimal("1e-6")),
    "ng/mL": ("mass_concentration", Decimal("1e-6")),
    "ng/dL": ("mass_concentration", Decimal("1e-8")),
    "ng/L": ("mass_concentration", Decimal("1e-9")),
    "pg/mL": ("mass_concentration", Decimal("1e-9")),
    "mmol/L": ("substance_concentration", Decimal(1000)),
    "umol/L": ("substance_concentration", Decimal(1)),
    "nmol/L": ("substance_concentration", Decimal("0.001")),
    "pmol/L": ("substance_concentration", Decimal("0.000001")),
    "U/L": ("enzyme", Decimal(1)),
    "ukat/L": ("enzyme", Decimal(60)),
    "m[IU]/L": ("activity_concentration", Decimal(1)),
    "u[IU]/mL": ("activity_concentration", Decimal(1)),
    "fL": ("volume", Decimal(1)),
    "{INR}": ("normalised_ratio", Decimal(1)),
    "{xULN}": ("multiple_of_limit", Decimal(1)),
    "Cel": ("temperature", Decimal(1)),
    "[degF]": ("temperature", Decimal(1)),
    "ms": ("duration", Decimal(1)),
    "s": ("duration", Decimal(1000)),
    "mm[Hg]": ("pressure", Decimal(1)),
    "mL/min/{1.73_m2}": ("filtration", Decimal(1)),
    "%": ("share", Decimal(1)),
    "L/L": ("share", Decimal(100)),
}

# Spellings people and laboratories use, each for exactly one unit. Matching ignores case
# except where case changes the unit, so only unambiguous spellings stand here.
_SPELLINGS: dict[str, str] = {
    "10^9/l": "10*9/L", "×10⁹/l": "10*9/L", "x10^9/l": "10*9/L", "x10*9/l": "10*9/L",
    "10⁹/l": "10*9/L", "×10^9/l": "10*9/L", "10e9/l": "10*9/L", "10*9/l": "10*9/L",
    "× 10⁹/l": "10*9/L", "x 10^9/l": "10*9/L", "× 10³/μl": "10*3/uL", "× 10⁶/l": "10*6/L",
    "ml/min/1.73 m²": "mL/min/{1.73_m2}", "ml/min/1.73m2": "mL/min/{1.73_m2}",
    "g/l": "g/L", "g/dl": "g/dL", "mg/dl": "mg/dL", "mg/l": "mg/L",
    "µmol/l": "umol/L", "μmol/l": "umol/L", "umol/l": "umol/L", "mmol/l": "mmol/L",
    "u/l": "U/L", "iu/l": "U/L", "/µl": "/uL", "/μl": "/uL", "/ul": "/uL", "cells/ul": "/uL",
    "10^3/ul": "10*3/uL", "10*3/ul": "10*3/uL", "k/ul": "10*3/uL", "10^6/l": "10*6/L",
    "× uln": "{xULN}", "×uln": "{xULN}", "xuln": "{xULN}", "x uln": "{xULN}", "{xuln}": "{xULN}",
    "°c": "Cel", "℃": "Cel", "cel": "Cel", "c": "Cel", "°f": "[degF]", "[degf]": "[degF]",
    "µg": "ug", "μg": "ug", "mcg": "ug", "microgram": "ug", "micrograms": "ug",
    "tablet": "{tablet}", "tablets": "{tablet}", "million units": "10*6.[iU]",
    "mmhg": "mm[Hg]", "mm[hg]": "mm[Hg]",
    "10^12/l": "10*12/L", "×10^12/l": "10*12/L", "x10^12/l": "10*12/L", "10*12/l": "10*12/L",
    "10¹²/l": "10*12/L", "×10¹²/l": "10*12/L", "× 10¹²/l": "10*12/L", "10^6/ul": "10*6/uL",
    "10*6/ul": "10*6/uL", "m/ul": "10*6/uL", "ug/l": "ug/L", "µg/l": "ug/L", "μg/l": "ug/L",
    "ng/ml": "ng/mL", "ng/dl": "ng/dL", "ng/l": "ng/L", "pg/ml": "pg/mL", "nmol/l": "nmol/L",
    "pmol/l": "pmol/L", "µkat/l": "ukat/L", "μkat/l": "ukat/L", "ukat/l": "ukat/L",
    "miu/l": "m[IU]/L", "mu/l": "m[IU]/L", "m[iu]/l": "m[IU]/L", "uiu/ml": "u[IU]/mL",
    "µiu/ml": "u[IU]/mL", "μiu/ml": "u[IU]/mL", "u[iu]/ml": "u[IU]/mL", "fl": "fL", "l/l": "L/L",
    "inr": "{INR}", "{inr}": "{INR}", "× 10⁶/μl": "10*6/uL", "micrograms/l": "ug/L",
}  # fmt: skip

# Grams per mole, for results given as an amount of substance.
# Creatinine 113.12, bilirubin 584.66, urea 60.06 (IUPAC formula weights, two decimals),
# haemoglobin 16114 (the monomer, which laboratories that report mmol/L mean). Urea nitrogen is the
# mass of two nitrogen atoms in one urea, 28.01; phosphate is reported as its phosphorus, 30.97.
_GRAMS_PER_MOLE: dict[str, Decimal] = {
    "creatinine": Decimal("113.12"),
    "bilirubin": Decimal("584.66"),
    "urea": Decimal("60.06"),
    "haemoglobin": Decimal("16114"),
    "bilirubin_direct": Decimal("584.66"),
    "urea_nitrogen": Decimal("28.01"),
    "uric_acid": Decimal("168.11"),
    "calcium": Decimal("40.08"),
    "magnesium": Decimal("24.31"),
    "phosphate": Decimal("30.97"),
    "glucose": Decimal("180.16"),
    "ft4": Decimal("776.87"),
    "ft3": Decimal("650.97"),
}

_NUMBER = re.compile(r"\s*(?P<comparator><=|>=|≤|≥|<|>)?\s*(?P<number>[+-]?\d+(\.\d+)?)\s*")

# Short enough to be written out: `1e999999` is a short text and an endless number.
_PLAIN_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?")


def known_units() -> tuple[str, ...]:
    """Every unit that a dose or a value can have, by its UCUM code."""
    return tuple(_UNITS)


def unit_code(text: str) -> str:
    """The UCUM code of a unit as people write it; BadInput if it is not known for certain."""
    wanted = text.strip()
    if wanted in _UNITS:
        return wanted
    code = _SPELLINGS.get(wanted.casefold().replace(NBSP, " "))
    if code is None:
        raise BadInput(
            say("error.unknown_unit", unit=wanted or "–"),
            hint=say("error.unknown_unit.hint"),
            field="unit",
        )
    return code


def decimal(text: str | int | Decimal, field: str = "value") -> Decimal:
    """A plain finite decimal number; BadInput for anything else. Binary floats are refused."""
    if isinstance(text, float):
        raise TypeError("a measured value must not pass through a binary float")
    if isinstance(text, Decimal):
        value = text
    elif _PLAIN_NUMBER.fullmatch(typed := str(text).strip()):
        value = Decimal(typed)
    else:
        raise BadInput(say("error.not_a_number", text=str(text)[:40]), field=field)
    if not value.is_finite():
        raise BadInput(say("error.not_a_number", text=str(text)), field=field)
    return value


def dimension(unit: str) -> str:
    """What a unit measures: mass, cells, …"""
    return _UNITS[unit_code(unit)][0]


def factor(source: str, target: str, analyte: str | None = None) -> Decimal:
    """How many `target` one `source` is; BadInput when they measure different things.

    Substance and mass concentrations convert only for analytes whose molar mass is known here.
    """
    (kind_from, size_from), (kind_to, size_to) = _UNITS[source], _UNITS[target]
    if kind_from == kind_to and kind_from != "temperature":
        return size_from / size_to
    molar = _GRAMS_PER_MOLE.get(analyte or "")
    if molar is not None:
        grams_per_micromole = molar / Decimal(1_000_000)
        if (kind_from, kind_to) == ("substance_concentration", "mass_concentration"):
            return size_from * grams_per_micromole / size_to
        if (kind_from, kind_to) == ("mass_concentration", "substance_concentration"):
            return size_from / grams_per_micromole / size_to
    raise BadInput(
        say("error.unit_mismatch", unit=unit_text(source), wanted=unit_text(target)), field="unit"
    )


@dataclass(frozen=True, slots=True)
class Dose:
    """An amount of a drug, greater than nothing, in a UCUM unit."""

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal):
            raise TypeError("a dose is a Decimal")
        if not self.value.is_finite() or self.value <= 0:
            raise BadInput(say("error.dose_not_positive"), field="dose")
        if self.unit not in _DOSE_KEYS:
            raise BadInput(say("error.no_dose_unit", unit=unit_text(self.unit)), field="unit")

    @classmethod
    def of(cls, value: str | int | Decimal, unit: str) -> Dose:
        """A dose from text as typed."""
        return cls(decimal(value, "dose"), unit_code(unit))


def plain(value: Decimal) -> str:
    """A dose's number as people must read it: no trailing zero, a leading zero, no exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dose_text(dose: Dose) -> Message:
    """How a dose reads; number and unit never part (clinical rules, "How doses read")."""
    number = plain(dose.value)
    whole, dot, rest = number.partition(".")
    grouped = f"{int(whole):,}" + dot + rest
    params: dict[str, object] = {"value": grouped}
    if dose.unit == "10*6.[iU]":
        params["wan"] = plain(dose.value * 100)
    one = dose.value == 1 and dose.unit == "{tablet}"
    return Message(f"dose.{_DOSE_KEYS[dose.unit]}{'.one' if one else ''}", params)


_DOSE_KEYS = {
    "mg": "milligrams",
    "ug": "micrograms",
    "g": "grams",
    "10*6.[iU]": "million_units",
    "[iU]": "units",
    "[iU]/kg": "units_per_kilogram",
    "{tablet}": "tablets",
}
DOSE_UNITS = frozenset(_DOSE_KEYS)


def dose_unit_text(unit: str) -> Message:
    """The unit of a dose in words, as it stands behind the number."""
    return say(f"dose_unit.{_DOSE_KEYS[unit]}")


class Comparator(StrEnum):
    """How a laboratory prints a result beyond what it measures."""

    EXACT = "="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


_COMPARATORS = {"≤": Comparator.AT_MOST, "≥": Comparator.AT_LEAST}


@dataclass(frozen=True)
class Interval:
    """All values that a result can mean; an end of None is open-ended."""

    low: Decimal | None
    low_inside: bool
    high: Decimal | None
    high_inside: bool

    def all_above(self, limit: Decimal, *, or_equal: bool = False) -> bool:
        """Is every value > limit (or ≥ limit)?"""
        if self.low is None:
            return False
        return self.low > limit or (self.low == limit and (or_equal or not self.low_inside))

    def all_below(self, limit: Decimal, *, or_equal: bool = False) -> bool:
        """Is every value < limit (or ≤ limit)?"""
        if self.high is None:
            return False
        return self.high < limit or (self.high == limit and (or_equal or not self.high_inside))


@dataclass(frozen=True)
class LabValue:
    """A result as reported: decimal with its printed digits, comparator, UCUM unit."""

    value: Decimal
    unit: str
    comparator: Comparator = Comparator.EXACT

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal):
            raise TypeError("a laboratory value is a Decimal")
        if not self.value.is_finite() or (self.value < 0 and self.unit not in {"Cel", "[degF]"}):
            raise BadInput(say("error.not_a_number", text=str(self.value)), field="value")
        if self.unit not in _UNITS:
            raise BadInput(say("error.unknown_unit", unit=self.unit), field="unit")

    @classmethod
    def parse(cls, text: str, unit: str) -> LabValue:
        """A result as typed or printed, such as `50`, `50.10` or `< 50`."""
        match = _NUMBER.fullmatch(text)
        if match is None:
            raise BadInput(say("error.not_a_number", text=text.strip()), field="value")
        sign = match["comparator"] or "="
        comparator = _COMPARATORS.get(sign) or Comparator(sign)
        return cls(decimal(match["number"]), unit_code(unit), comparator)

    def to(self, unit: str, analyte: str | None = None) -> LabValue:
        """The same result in another unit; BadInput when the units measure different things."""
        if unit == self.unit:
            return self
        if dimension(unit) == dimension(self.unit) == "temperature":
            return LabValue(_temperature(self.value, self.unit, unit), unit, self.comparator)
        return LabValue(self.value * factor(self.unit, unit, analyte), unit, self.comparator)

    @property
    def interval(self) -> Interval:
        """The values that the result can mean."""
        match self.comparator:
            case Comparator.EXACT:
                return Interval(self.value, True, self.value, True)
            case Comparator.BELOW:
                return Interval(Decimal(0), True, self.value, False)
            case Comparator.AT_MOST:
                return Interval(Decimal(0), True, self.value, True)
            case Comparator.ABOVE:
                return Interval(self.value, False, None, False)
            case Comparator.AT_LEAST:
                return Interval(self.value, True, None, False)
            case _:
                assert_never(self.comparator)

    @property
    def printed(self) -> str:
        """The number as reported, with its comparator and all its digits."""
        sign = "" if self.comparator is Comparator.EXACT else f"{self.comparator.value}{NBSP}"
        return f"{sign}{self.value:f}"


def _temperature(value: Decimal, source: str, target: str) -> Decimal:
    if source == "[degF]" and target == "Cel":
        return (value - 32) * 5 / 9
    return value * 9 / 5 + 32


def lab_text(value: LabValue) -> Message:
    """A result with its unit as people write it, printed precision kept."""
    return say("lab.value", value=value.printed, unit=say(f"unit.{_LAB_KEYS[value.unit]}"))


_LAB_KEYS = {
    "10*9/L": "giga_per_litre",
    "10*3/uL": "thousand_per_microlitre",
    "/uL": "per_microlitre",
    "10*6/L": "mega_per_litre",
    "g/L": "grams_per_litre",
    "g/dL": "grams_per_decilitre",
    "mg/dL": "milligrams_per_decilitre",
    "mg/L": "milligrams_per_litre",
    "10*12/L": "tera_per_litre",
    "10*6/uL": "million_per_microlitre",
    "ug/L": "micrograms_per_litre",
    "ng/mL": "nanograms_per_millilitre",
    "ng/dL": "nanograms_per_decilitre",
    "ng/L": "nanograms_per_litre",
    "pg/mL": "picograms_per_millilitre",
    "nmol/L": "nanomoles_per_litre",
    "pmol/L": "picomoles_per_litre",
    "ukat/L": "microkatal_per_litre",
    "m[IU]/L": "milli_units_per_litre",
    "u[IU]/mL": "micro_units_per_millilitre",
    "fL": "femtolitres",
    "{INR}": "normalised_ratio",
    "L/L": "litres_per_litre",
    "mmol/L": "millimoles_per_litre",
    "umol/L": "micromoles_per_litre",
    "U/L": "enzyme_units_per_litre",
    "{xULN}": "times_upper_limit",
    "Cel": "celsius",
    "[degF]": "fahrenheit",
    "ms": "milliseconds",
    "s": "seconds",
    "mm[Hg]": "millimetres_of_mercury",
    "mL/min/{1.73_m2}": "filtration_rate",
    "%": "percent",
}


def lab_unit_text(unit: str) -> Message:
    """A laboratory unit as people write it."""
    return say(f"unit.{_LAB_KEYS[unit_code(unit)]}")


def unit_text(unit: str) -> Message | str:
    """Any unit as people write it."""
    if unit in _DOSE_KEYS:
        return dose_unit_text(unit)
    return lab_unit_text(unit) if unit in _LAB_KEYS else unit


@dataclass(frozen=True)
class Percent:
    """A share of a hundred as printed: 0.10 keeps both decimals."""

    value: Decimal

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal):
            raise TypeError("a percentage is a Decimal")
        if not self.value.is_finite() or not Decimal(0) <= self.value <= Decimal(100):
            raise BadInput(say("error.percent_range", value=self.value), field="percent")
