"""Laboratory results of a patient, and the series they form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue

# The analytes that rules and reports rest on, with the unit the screens show them in; all others
# are in `resources/labs/panels.toml`.
ANALYTES: dict[str, str] = {
    "platelets": "10*9/L",
    "granulocytes": "10*9/L",
    "haemoglobin": "g/L",
    "leukocytes": "10*9/L",
    "temperature": "Cel",
    "creatinine": "umol/L",
    "bilirubin": "umol/L",
    "alt": "U/L",
    "ast": "U/L",
    "alkaline_phosphatase": "U/L",
    "egfr": "mL/min/{1.73_m2}",
    "qtcf": "ms",
}


class LimitFrom(StrEnum):
    """Where the limits of normal of a result come from."""

    REPORT = "report"
    LABORATORY = "laboratory"


@dataclass(frozen=True)
class LabResult:
    """One result: which analyte, the value as reported, and when the sample was collected.

    The limits of normal are in the value's own unit: those of its report, else its laboratory's.
    `confirmed` says that somebody was asked about an unusual value and said that it is right.
    """

    id: str
    patient_id: str
    analyte: str
    value: LabValue
    collected: Moment
    upper_limit: Decimal | None = None
    lower_limit: Decimal | None = None
    limit_from: LimitFrom | None = None
    laboratory: str | None = None
    confirmed: bool = False
    replaces: str | None = None


def known_at(results: Iterable[LabResult], analyte: str, at: datetime) -> list[LabResult]:
    """The results of an analyte collected by an instant, oldest first."""
    found = [r for r in results if r.analyte == analyte and r.collected.utc <= at]
    found.sort(key=lambda r: r.collected.utc)
    return found
