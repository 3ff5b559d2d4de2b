"""The specimen tracker: what waits for whom, for how long, and what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aml_maint.domain.marrow import Marrow, Specimen
from aml_maint.domain.moment import Moment
from aml_maint.domain.working_days import WorkingCalendar


class SpecimenState(StrEnum):
    """Where a specimen is on its way."""

    IN_TRANSIT = "in_transit"
    IN_LABORATORY = "in_laboratory"
    OVERDUE = "overdue"
    RESULTED = "resulted"


@dataclass(frozen=True)
class Tracked:
    """A specimen on its way. Days are working days from receipt, or from collection before it.

    `due_on` is the day by which the result is expected.
    """

    marrow: Marrow
    specimen: Specimen
    state: SpecimenState
    working_days: int
    due_on: date

    @property
    def is_late(self) -> bool:
        """Is it overdue, or did it come after its day?"""
        resulted = self.specimen.resulted
        if resulted is not None:
            return resulted.local.date() > self.due_on
        return self.state is SpecimenState.OVERDUE


def track(
    marrow: Marrow,
    specimen: Specimen,
    today: date,
    calendar: WorkingCalendar,
    target: int,
) -> Tracked:
    """Where a specimen stands on a day, its result being due in `target` working days."""
    started = (specimen.received or marrow.collected).local.date()
    due_on = calendar.due(started, target)
    if not specimen.is_pending:
        ended = _day(specimen.resulted) or started
        days = calendar.elapsed(started, ended)
        return Tracked(marrow, specimen, SpecimenState.RESULTED, days, due_on)
    days = calendar.elapsed(started, today)
    if today > due_on:
        state = SpecimenState.OVERDUE
    elif specimen.received is None:
        state = SpecimenState.IN_TRANSIT
    else:
        state = SpecimenState.IN_LABORATORY
    return Tracked(marrow, specimen, state, days, due_on)


def _day(moment: Moment | None) -> date | None:
    return None if moment is None else moment.local.date()
