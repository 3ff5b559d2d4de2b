"""The study ids of a ward: from the key of its file, so that they are the same in every export."""

from __future__ import annotations

from aml_maint.domain.pseudonym import Pseudonyms
from aml_maint.services.workplace import Workplace


def pseudonyms(place: Workplace) -> Pseudonyms:
    """The study ids of this ward's file."""
    return Pseudonyms(place.store.key)
