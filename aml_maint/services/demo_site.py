"""What the demo ward's site has decided, and the kidney values that its gate asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from aml_maint.domain.messages import Name
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.site_drug import SiteDrug
from aml_maint.services.demo_step import PHYSICIAN, Step, at_time
from aml_maint.services.library import site_catalogue
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.site_drugs import add_site_drug, set_strengths
from aml_maint.services.site_settings import accept_settings, change_setting
from aml_maint.services.workplace import Workplace

# So many days ago the ward agreed on its settings; kidney values are known from a week before.
_AGREED = 18
EGFR_KNOWN = 25

# Its limits are this invented ward's own.
_ONDANSETRON = SiteDrug(
    "", Name("ondansetron", "昂丹司琼"), ("oral", "intravenous"), "mg", ("nausea", "vomiting"),
    min_gap_minutes=480, most=Decimal(24), most_doses=3,
)  # fmt: skip

# What this ward leaves to another meeting.
_OPEN = ("clock.", "pregnancy.")


def site_decisions(today: date) -> Iterator[Step]:
    """Most defaults accepted, the kidney gate switched on, and a stricter window for bedtime."""
    at = at_time(today - timedelta(days=_AGREED), 11, 0)
    keys = [key for key in site_catalogue() if not key.startswith(_OPEN)]
    yield Step(at, PHYSICIAN, lambda place: accept_settings(place, keys, "ward meeting"))
    for number, (key, value, reason) in enumerate(
        (
            ("ibuprofen.renal_gate", True, "two patients with kidney injury last year"),
            ("window.thalidomide", 90, "sleepiness in the morning after late doses"),
        ),
        1,
    ):

        def decide(place: Workplace, key: str = key, value: int = value, why: str = reason) -> None:
            change_setting(place, key, value, why)

        yield Step(at + timedelta(minutes=10 * number), PHYSICIAN, decide)
    yield Step(
        at + timedelta(minutes=40), PHYSICIAN,
        lambda place: add_site_drug(place, _ONDANSETRON, "against nausea after metoclopramide"),
    )  # fmt: skip
    yield Step(
        at + timedelta(minutes=45), PHYSICIAN,
        lambda place: set_strengths(
            place, "site_ondansetron", [Dose(Decimal(8), "mg")], "the pharmacy has these"
        ),
    )  # fmt: skip


def kidney_value(egfr: int | None) -> LabValue:
    """A patient's eGFR as the laboratory calculates it; a good one unless the story says."""
    return LabValue(Decimal(egfr or 92), "mL/min/{1.73_m2}")


def late_count(value: int, today: date) -> tuple[Moment, Moment, LabValue]:
    """A count of yesterday morning that came only this morning: collected, recorded, value."""
    collected = Moment.at(at_time(today - timedelta(days=1), 7, 0), DEFAULT_ZONE)
    recorded = Moment.at(at_time(today, 7, 45), DEFAULT_ZONE)
    return collected, recorded, LabValue(Decimal(value), "10*9/L")
