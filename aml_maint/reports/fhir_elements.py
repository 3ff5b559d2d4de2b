"""The small parts that FHIR resources are made of. Plain dictionaries, after FHIR R4 (4.0.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from aml_maint.domain.data_dictionary import Cell, Terms
from aml_maint.domain.messages import Catalogue, Message, Name

Resource = dict[str, Any]
Cells = Mapping[str, Cell]
"""A released row by the names of the variables."""

# `.invalid` never resolves (RFC 2606): our own terms have names, but no server.
BASE = "https://aml-maint.invalid/fhir"
UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
ATC = "http://www.whocc.no/atc"
WHO_GRADE = f"{BASE}/CodeSystem/who-1979-grade"

_COMPARATORS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9.-]")
_ROMAN = ("0", "I", "II", "III", "IV")


@dataclass(frozen=True)
class Words:
    """What codes and ids mean in the language of the bundle."""

    catalogue: Catalogue
    terms: Terms
    atc: Mapping[str, str] = field(default_factory=dict)
    loinc: Mapping[tuple[str, str], str] = field(default_factory=dict)
    _said: dict[object, str] = field(default_factory=dict)
    """What was said before: the same few words stand in every resource."""

    def term(self, listed: str, id: str) -> str:
        """The word for an id; the id itself where the list has none."""
        said = self._said.get((listed, id))
        if said is None:
            found = self.terms.get(listed, {}).get(id)
            said = id if found is None else self.catalogue.text(found)
            self._said[listed, id] = said
        return said

    def text(self, message: Message | Name | str) -> str:
        """A text in the language of the bundle."""
        if not isinstance(message, str):
            return self.catalogue.text(message)
        said = self._said.get(message)
        if said is None:
            said = self._said[message] = self.catalogue.text(message)
        return said


def resource(kind: str, id: str, **elements: Any) -> Resource:
    """A resource without what is empty."""
    return {"resourceType": kind, "id": id, **filled(elements)}


def filled(elements: Mapping[str, Any]) -> dict[str, Any]:
    """Elements without those that say nothing: FHIR has no empty ones."""
    return {
        name: value
        for name, value in elements.items()
        if value or (value is not None and isinstance(value, int | Decimal))  # 0 says something
    }


def resource_id(*parts: object) -> str:
    """An id that FHIR allows, from words that stay the same."""
    return _NOT_IN_ID.sub("-", "-".join([str(part) for part in parts]))[:64]


def reference(kind: str, id: Cell) -> dict[str, str] | None:
    """A reference to a resource of this bundle; None where there is nothing to refer to."""
    return None if not id else {"reference": f"{kind}/{resource_id(id)}"}


def system(name: str) -> str:
    """The CodeSystem of one of our lists."""
    return f"{BASE}/CodeSystem/{name.replace('_', '-')}"


def extension_url(name: str) -> str:
    """The definition of one of our extensions."""
    return f"{BASE}/StructureDefinition/{name}"


def concept(
    listed: str, code: Cell, text: str = "", *others: dict[str, str]
) -> dict[str, Any] | None:
    """A code of one of our lists, with codings of other systems beside it."""
    if code is None or code == "":
        return None
    own = filled({"system": system(listed), "code": str(code), "display": text})
    return filled({"coding": [*others, own], "text": text})


def coding(code_system: str, code: str, display: str = "") -> dict[str, str]:
    """A code of a system that is not ours."""
    return filled({"system": code_system, "code": code, "display": display})


def drug(words: Words, id: Cell) -> dict[str, Any] | None:
    """A medicine: its ATC code where that was checked, and our own."""
    if not id:
        return None
    others = [coding(ATC, words.atc[str(id)])] if str(id) in words.atc else []
    return concept("drug", id, words.term("components", str(id)), *others)


def grade_concept(grade: Cell) -> dict[str, Any] | None:
    """A WHO grade of 1979: 0 to 4, as Roman numerals are read."""
    if grade is None:
        return None
    shown = f"WHO {_ROMAN[int(str(grade))]}"
    return {"coding": [coding(WHO_GRADE, str(grade), shown)], "text": shown}


def quantity(value: Cell, unit: Cell, comparator: Cell = None) -> dict[str, Any] | None:
    """A number with its UCUM unit."""
    if value is None:
        return None
    return filled(
        {
            "value": value,
            "comparator": _COMPARATORS.get(str(comparator)),
            "unit": unit,
            "system": UCUM if unit else None,
            "code": unit,
        }
    )


def when(moment: Cell, precision: Cell = None) -> str | None:
    """A date or a time as FHIR writes it, no finer than it is known.

    A time without an offset is one that was moved: its clock stands as if it were UTC.
    """
    if moment is None:
        return None
    if isinstance(moment, datetime):
        if precision == "month":
            return f"{moment:%Y-%m}"
        if precision == "day":
            return f"{moment:%Y-%m-%d}"
        if moment.tzinfo is None:
            return f"{moment.isoformat(timespec='seconds')}Z"
        text = moment.replace(tzinfo=None).isoformat(timespec="seconds")
        offset = moment.strftime("%z")
        return f"{text}{offset[:3]}:{offset[3:5]}" if offset else f"{text}Z"
    return moment.isoformat() if isinstance(moment, date) else str(moment)


def day_of(moment: Cell) -> str | None:
    """The day of a date or time."""
    if moment is None:
        return None
    return (moment.isoformat() if isinstance(moment, date) else str(moment))[:10]


def period(first: Cell, last: Cell) -> dict[str, str]:
    """From a day to a day, either of which may be open."""
    return filled({"start": when(first), "end": when(last)})


def note(text: Cell) -> list[dict[str, str]]:
    """A note that people wrote; none in an export without names."""
    return [{"text": str(text)}] if text else []


def yes(cell: Cell) -> bool:
    """Is a flag set?"""
    return cell == "yes"


def number(cell: Cell) -> Decimal | int | None:
    """A cell that holds a number."""
    return cell if isinstance(cell, Decimal | int) else None
