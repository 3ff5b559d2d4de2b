"""What replanning did to a dose, as marks beside its sign on the screen and on paper."""

from __future__ import annotations

from enum import StrEnum

from aml_maint.domain.schedule import PlannedDose


class Mark(StrEnum):
    """What a mark says of a dose or of the day where it was first planned."""

    MOVED_LATER = "moved_later"
    MOVED_EARLIER = "moved_earlier"
    MOVED_AWAY = "moved_away"
    LOWER_DOSE = "lower_dose"
    HIGHER_DOSE = "higher_dose"


def mark_of_day(dose: PlannedDose) -> Mark | None:
    """The mark of a dose that is on another day than at first."""
    if not dose.is_moved:
        return None
    return Mark.MOVED_LATER if dose.on > dose.id.planned_on else Mark.MOVED_EARLIER


def mark_of_dose(dose: PlannedDose) -> Mark | None:
    """The mark of a dose that an order set below or above the regimen's own."""
    own = dose.component.dose
    if dose.order is None or dose.dose is None or own is None or own.unit != dose.dose.unit:
        return None
    if dose.dose.value == own.value:
        return None
    return Mark.LOWER_DOSE if dose.dose.value < own.value else Mark.HIGHER_DOSE
