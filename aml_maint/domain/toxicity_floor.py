"""Where fever begins: the WHO table gives no lower limit for grade 1, so each site sets one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from aml_maint.domain.quantities import Interval
from aml_maint.domain.toxicity import Grade, ToxicityItem

FEVER = "fever_drug"


def begins_at(item: ToxicityItem, floor: Decimal) -> ToxicityItem:
    """The item with grade 1 from a value on, in its own unit; below it is grade 0.

    ValueError for a limit beyond grade 1, and for an item without these grades.
    """
    none, first = item.band(Grade.ZERO), item.band(Grade.ONE)
    if none.values is None or first.values is None:
        raise ValueError(f"{item.id} is not graded by numbers")
    high = first.values.high
    if high is not None and floor >= high:
        raise ValueError(f"{item.id} has no grade 1 from {floor} on")
    below = Interval(none.values.low, none.values.low_inside, floor, False)
    above = Interval(floor, True, high, first.values.high_inside)
    bands = (replace(none, values=below), replace(first, values=above), *item.bands[2:])
    return replace(item, bands=bands)
