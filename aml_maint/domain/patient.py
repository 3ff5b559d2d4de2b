"""Who a patient is: the facts of the banner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say


class Sex(StrEnum):
    """Sex as recorded."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class AllergyState(StrEnum):
    """The four states of allergy information; not recorded is not the same as none."""

    KNOWN = "known"
    NONE_KNOWN = "none_known"
    NOT_RECORDED = "not_recorded"
    UNAVAILABLE = "unavailable"


class Flt3Itd(StrEnum):
    """FLT3-ITD at diagnosis."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NOT_TESTED = "not_tested"
    NOT_RECORDED = "not_recorded"


class Risk(StrEnum):
    """Genetic risk at diagnosis by ELN 2022, as recorded."""

    FAVOURABLE = "favourable"
    INTERMEDIATE = "intermediate"
    ADVERSE = "adverse"
    INDETERMINATE = "indeterminate"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True)
class Patient:
    """A patient as identified and diagnosed. Dates that nobody gave stay None."""

    id: str
    family_name: str
    given_name: str
    mrn: str
    sex: Sex = Sex.UNKNOWN
    born_on: date | None = None
    name_initials: str = ""
    ward: str = ""
    bed: str = ""
    allergy_state: AllergyState = AllergyState.NOT_RECORDED
    allergies: str = ""
    diagnosis: str = ""
    diagnosed_on: date | None = None
    flt3_itd: Flt3Itd = Flt3Itd.NOT_RECORDED
    eln_risk: Risk = Risk.NOT_RECORDED
    admitted_on: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        for field in ("family_name", "given_name", "mrn"):
            # A blank nobody sees would hide the patient from a search by name or number.
            object.__setattr__(self, field, getattr(self, field).strip())
        for field, value in (("family_name", self.family_name), ("mrn", self.mrn)):
            if not value:
                raise BadInput(say("error.required", field=say(f"field.{field}")), field=field)
        if self.allergies and self.allergy_state is not AllergyState.KNOWN:
            raise BadInput(say("error.allergies_without_state"), field="allergies")
        if self.born_on and self.diagnosed_on and self.diagnosed_on < self.born_on:
            raise BadInput(say("error.diagnosed_before_birth"), field="diagnosed_on")

    @property
    def full_name(self) -> str:
        """`FAMILY, Given`; a name in Chinese letters is written together, family name first."""
        family, given = self.family_name, self.given_name
        if not given:
            return family.upper()
        if all(_is_chinese(letter) for letter in family + given):
            return family + given
        return f"{family.upper()}, {given}"

    def age(self, on: date) -> int | None:
        """Whole years of age on a day; None when the birth date is not recorded."""
        if self.born_on is None:
            return None
        before = (on.month, on.day) < (self.born_on.month, self.born_on.day)
        return on.year - self.born_on.year - before


def _is_chinese(letter: str) -> bool:
    """A Chinese character, or the dot inside names such as 买买提·吐尔逊."""
    return (
        "\u3400" <= letter <= "\u9fff"
        or "\uf900" <= letter <= "\ufaff"
        or "\U00020000" <= letter <= "\U0003ffff"
        or letter in "〇々·・"
    )


def similar(one: Patient, other: Patient) -> bool:
    """Could the two be taken for each other? Same family name, or two letters apart."""
    if one.id == other.id:
        return False
    if one.family_name.casefold() == other.family_name.casefold():
        return True
    first, second = _spelt(one), _spelt(other)
    return len(first) > _SHORT and _within_two(first, second)


def with_namesakes(people: Iterable[Patient]) -> frozenset[str]:
    """The ids of those who could be taken for another of them, by the rule of `similar`.

    Not everyone is held against everyone: of two names at most two letters apart one third of the
    one stands unchanged in the other, at most two places further on or back.
    """
    everyone = list(people)
    families: dict[str, set[str]] = {}
    thirds: dict[tuple[int, int, str], list[Patient]] = {}
    for one in everyone:
        families.setdefault(one.family_name.casefold(), set()).add(one.id)
        name = _spelt(one)
        for start, piece in _thirds(name):
            thirds.setdefault((len(name), start, piece), []).append(one)
    return frozenset(
        one.id
        for one in everyone
        if len(families[one.family_name.casefold()]) > 1
        or any(similar(one, other) for other in _candidates(_spelt(one), thirds))
    )


# Of names as short as this many are two letters apart.
_SHORT = 3


def _spelt(one: Patient) -> str:
    return one.family_name.casefold() + one.given_name.casefold()


def _thirds(name: str) -> Iterator[tuple[int, str]]:
    """A name in three pieces, each with its place."""
    size = len(name)
    cuts = (0, size // 3, size * 2 // 3, size)
    for start, end in pairwise(cuts):
        yield start, name[start:end]


def _candidates(
    name: str, thirds: Mapping[tuple[int, int, str], list[Patient]]
) -> Iterator[Patient]:
    """Everybody of whose name one third stands in this one, about where it should."""
    if len(name) <= _SHORT:
        return
    for size in range(max(len(name) - 2, 0), len(name) + 3):
        cuts = (0, size // 3, size * 2 // 3, size)
        for start, end in pairwise(cuts):
            for place in range(max(start - 2, 0), start + 3):
                yield from thirds.get((size, start, name[place : place + end - start]), ())


def _within_two(one: str, other: str) -> bool:
    """Is Levenshtein's edit distance at most two?"""
    if abs(len(one) - len(other)) > 2:
        return False
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
        if min(row) > 2:
            return False
    return row[-1] <= 2
