"""The data dictionary, and what the ids in the tables mean."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache

from aml_maint import files
from aml_maint.domain.administration import REASONS
from aml_maint.domain.command import Role
from aml_maint.domain.data_dictionary import Dictionary, Terms, dictionary_from_data
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import known_units, unit_text
from aml_maint.domain.schedule import UNPLANNED_SLOTS
from aml_maint.domain.toxicity_event import Criterion, OtherCause
from aml_maint.domain.unplanned import EXTRA_REASONS, INDICATIONS
from aml_maint.services import library

_ROUTES = ("oral", "subcutaneous", "intramuscular", "intravenous", "as_prescribed")


@cache
def data_dictionary() -> Dictionary:
    """Every table that can be exported, and the codes in them."""
    text = files.resource("exchange", "dictionary.toml").read_text("utf-8")
    return dictionary_from_data(tomllib.loads(text))


@cache
def terms() -> Terms:
    """Each list of ids that the program has, with what they mean."""
    regimens = library.regimens().values()
    components: dict[str, Message | Name] = {}
    slots: list[str] = []
    for regimen in regimens:
        for component in regimen.components:
            components.setdefault(component.id, component.drug.name)
            slots += [slot.name for slot in component.slots]
    drugs: dict[str, Message | Name] = {id: drug.name for id, drug in library.drugs().items()}
    reasons = [reason for listed in REASONS.values() for reason in listed]
    return {
        "regimens": {regimen.id: regimen.name for regimen in regimens},
        "components": {**drugs, **components},
        "drugs": drugs,
        "slots": _said("slot", ["once", *slots, *UNPLANNED_SLOTS]),
        "routes": _said("route", _ROUTES),
        "reasons": _said("reason", [*reasons, *EXTRA_REASONS]),
        "roles": _said("role", Role),
        "criteria": _said("criterion", Criterion),
        "causes": {**drugs, **_said("cause", OtherCause)},
        "analytes": {id: one.name for id, one in library.lab_catalogue().analytes.items()},
        "toxicity": {item.id: item.term for item in library.toxicity_items()},
        "indications": _said("indication", INDICATIONS),
        "units": {unit: _unit(unit) for unit in known_units()},
    }


def _said(area: str, words: Iterable[str]) -> Mapping[str, Message | Name]:
    return {str(word): say(f"{area}.{word}") for word in words}


def _unit(unit: str) -> Message | Name:
    shown = unit_text(unit)
    return shown if isinstance(shown, Message) else Name(shown, shown)
