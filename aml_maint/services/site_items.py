"""The toxicity items as this site grades by them: fever from the temperature it has set."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.domain.toxicity_floor import FEVER, begins_at
from aml_maint.services import library
from aml_maint.services.site_settings import site_settings
from aml_maint.services.workplace import Workplace


def site_item(place: Workplace, term: str) -> ToxicityItem | None:
    """The item of a term, None where there is none."""
    if term == FEVER:
        return _fever(site_settings(place).decimal("toxicity.fever_from"))
    return library.toxicity_item(term)


def site_item_of(place: Workplace, analyte: str) -> ToxicityItem | None:
    """The item that grades an analyte, None where no item does."""
    found = library.item_of(analyte)
    return None if found is None else site_item(place, found.id)


@lru_cache(maxsize=8)
def _fever(floor: Decimal) -> ToxicityItem:
    return begins_at(library.toxicity_items_by_id()[FEVER], floor)
