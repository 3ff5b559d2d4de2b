"""The laboratory of the demo ward: its limits of normal, and chemistry of a few patients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import NAMESPACE_URL, uuid5

from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Sex
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.reference_limits import Laboratory, ReferenceLimit
from aml_maint.services.demo_step import NURSE, PHYSICIAN, Step, at_time, call
from aml_maint.services.lab_entry import LabEntry, record_labs
from aml_maint.services.laboratories import add_laboratory, set_reference_limit
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.workplace import Workplace

_LABORATORY = Laboratory(str(uuid5(NAMESPACE_URL, "demo:laboratory")), "Demo Hospital")
_BEGINS = date(2020, 1, 1)

# Analyte, unit, sex, lower and upper limit: invented, of the usual size.
_LIMITS: tuple[tuple[str, str, Sex | None, str, str], ...] = (
    ("alt", "U/L", Sex.MALE, "9", "50"),
    ("alt", "U/L", Sex.FEMALE, "7", "40"),
    ("ast", "U/L", Sex.MALE, "15", "40"),
    ("ast", "U/L", Sex.FEMALE, "13", "35"),
    ("alkaline_phosphatase", "U/L", None, "45", "125"),
    ("bilirubin", "umol/L", None, "3", "22"),
    ("creatinine", "umol/L", Sex.MALE, "57", "97"),
    ("creatinine", "umol/L", Sex.FEMALE, "41", "73"),
    ("potassium", "mmol/L", None, "3.5", "5.3"),
    ("platelets", "10*9/L", None, "125", "350"),
    ("haemoglobin", "g/L", Sex.MALE, "130", "175"),
    ("haemoglobin", "g/L", Sex.FEMALE, "115", "150"),
)

# Analyte, unit, usual value and how far it swings; urea has no limit here, and so no grade.
_CHEMISTRY = (
    ("alt", "U/L", 31, 9),
    ("ast", "U/L", 27, 7),
    ("alkaline_phosphatase", "U/L", 84, 14),
    ("bilirubin", "umol/L", 11, 4),
    ("creatinine", "umol/L", 68, 8),
    ("urea", "mmol/L", 5, 1),
    ("potassium", "mmol/L", 4, 0),
    ("tsh", "m[IU]/L", 2, 1),
)
_SHOWN = frozenset({"long", "hand_foot", "fever", "low_count"})
_MOST_VISITS = 10


def laboratory_steps(first: date) -> Iterator[Step]:
    """The laboratory and its limits, entered before anything is measured."""
    yield Step(at_time(first, 8, 0), PHYSICIAN, lambda place: add_laboratory(place, _LABORATORY))

    def enter(place: Workplace) -> None:
        for analyte, unit, sex, low, high in _LIMITS:
            set_reference_limit(
                place,
                ReferenceLimit(
                    "", _LABORATORY.id, analyte, sex, Decimal(low), Decimal(high), unit, _BEGINS
                ),
            )

    yield Step(at_time(first, 8, 30), PHYSICIAN, enter)


def chemistry(
    name: str, patient_id: str, starts: Sequence[date], today: date, random: Random
) -> Iterator[Step]:
    """Blood chemistry the day before each cycle and in its middle, of the last visits."""
    if name not in _SHOWN:
        return
    days = [day + timedelta(days=n) for day in starts for n in (-1, 13)]
    days = [day for day in days if day < today][-_MOST_VISITS:]
    for number, day in enumerate(days):
        left = len(days) - 1 - number
        yield Step(
            at_time(day, 10, 15), NURSE,
            call(_visit, patient_id, day, _values(name, left, random)),
        )  # fmt: skip


def _values(name: str, left: int, random: Random) -> dict[str, tuple[str, str]]:
    """One visit, `left` visits before the last: sorafenib raises the liver tests of one patient."""
    found = {}
    for analyte, unit, usual, swing in _CHEMISTRY:
        value = Decimal(usual * 10 + random.randint(-swing * 10, swing * 10)) / 10
        if name == "hand_foot" and analyte in {"alt", "ast"} and left in {1, 2, 3}:
            value *= {1: 2, 2: 5, 3: 3}[left]
        if name == "long" and analyte == "creatinine" and left == 0:
            value = Decimal(112)
        if analyte == "potassium":
            value = Decimal(random.randint(37, 47)) / 10
        digits = Decimal(1) if unit in {"U/L", "umol/L"} else Decimal("0.1")
        found[analyte] = f"{value.quantize(digits):f}", unit
    return found


def _visit(
    place: Workplace, patient_id: str, day: date, values: dict[str, tuple[str, str]]
) -> None:
    at = Moment.at(at_time(day, 7, 40), DEFAULT_ZONE)
    record_labs(
        place,
        patient_id,
        [
            LabEntry(patient_id, analyte, LabValue.parse(text, unit), at,
                     laboratory=_LABORATORY.id)
            for analyte, (text, unit) in values.items()
        ],
    )  # fmt: skip
