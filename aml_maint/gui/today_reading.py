"""Reads the ward for Today and puts it in order there: the window only has to show it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from aml_maint.gui.collecting import keep_loaded
from aml_maint.gui.models.worklist_filter import WorklistFilter
from aml_maint.gui.models.worklist_order import WorklistOrder, kept, ordered
from aml_maint.services.acts import Act, acts_of
from aml_maint.services.changes import Changes
from aml_maint.services.dose_reading import ward_at_first, ward_now
from aml_maint.services.workplace import Workplace

if TYPE_CHECKING:
    from aml_maint.services.long_work import Parts


# Rows; all that is read of so many takes a twentieth of a second to look through for garbage.
_MANY = 2_000


class TodayRead(NamedTuple):
    """What Today is to show."""

    order: WorklistOrder
    asked: WorklistFilter
    """The choice of patients that stood when it was put in order."""
    acts: tuple[Act, ...] = ()
    """What others did since the last refresh."""


class TodayReading:
    """Carried out on the store's thread. It knows what the window will show by then."""

    def __init__(self, chosen: Callable[[], WorklistFilter]) -> None:
        """`chosen` tells the choice of patients that stands now."""
        self._chosen = chosen
        self._newest: WorklistOrder | None = None

    def first(self, place: Workplace) -> Parts[TodayRead]:
        """What can be done now."""
        reading = yield from ward_at_first(place)
        chosen = self._chosen()
        order = ordered(reading.worklist, chosen)
        self._newest = self._newest or order
        return TodayRead(order, chosen)

    def all(
        self,
        place: Workplace,
        others: tuple[Changes, ...],
        patients: frozenset[str] | None = None,
        *,
        in_place: bool = False,
    ) -> Parts[TodayRead]:
        """All of it, in parts: a dose given meanwhile comes between.

        With `patients` these alone are read anew; `in_place` leaves each row where it stands.
        """
        before = self._newest
        shown, list_before = (before.places, before.worklist) if before else ((), None)
        reading = yield from ward_now(place, shown, list_before, patients)
        # Another reading may have been done between two parts of this one.
        former, chosen = self._newest, self._chosen()
        if former is not None and in_place:
            order = kept(former, reading.worklist, reading.gone)
        else:
            order = ordered(reading.worklist, chosen, former)
        self._newest = order
        if patients is None and len(order.worklist.rows) > _MANY:
            keep_loaded()
        return TodayRead(order, chosen, acts_of(place, others))
