"""Laboratory results of a patient, and the series they form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue

# The analytes of the daily work, with the unit the screens show them in.
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


@dataclass(frozen=True)
class LabResult:
    """One result: which analyte, the value as reported, and when the sample was collected."""

    id: str
    patient_id: str
    analyte: str
    value: LabValue
    collected: Moment
    upper_limit: Decimal | None = None


def known_at(results: Iterable[LabResult], analyte: str, at: datetime) -> list[LabResult]:
    """The results of an analyte collected by an instant, oldest first."""
    found = [r for r in results if r.analyte == analyte and r.collected.utc <= at]
    found.sort(key=lambda r: r.collected.utc)
    return found
