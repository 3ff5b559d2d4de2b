"""Who a patient is: the facts of the banner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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
    first = one.family_name.casefold(), one.given_name.casefold()
    second = other.family_name.casefold(), other.given_name.casefold()
    if first[0] == second[0]:
        return True
    return _distance("".join(first), "".join(second)) <= 2 and len("".join(first)) > 3


def _distance(one: str, other: str) -> int:
    """Levenshtein's edit distance."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]
