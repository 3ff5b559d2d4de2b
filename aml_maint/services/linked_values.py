"""The laboratory results that an event can rest on, each with the grade that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aml_maint.domain.errors import BadInput
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import Name, say
from aml_maint.domain.toxicity import GradeVerdict, Kind
from aml_maint.services.lab_grades import verdict_of
from aml_maint.services.library import item_of, lab_catalogue
from aml_maint.services.workplace import Workplace
from aml_maint.store import labs

# So many results of a term are offered, the latest first; an older one is linked from its own day.
_OFFERED = 12


@dataclass(frozen=True)
class LinkedValue:
    """A result with the analyte's name and its grade; without a grade the reason says why."""

    result: LabResult
    name: Name
    verdict: GradeVerdict

    @property
    def grade(self) -> int | None:
        """The grade, None where there is none."""
        return None if self.verdict.grade is None else int(self.verdict.grade)


def values_by_term(place: Workplace, patient_id: str) -> Mapping[str, tuple[LinkedValue, ...]]:
    """A patient's latest results under the terms that they grade, the latest first."""
    found: dict[str, list[LinkedValue]] = {}
    for result in reversed(labs.of_patient(place.store, patient_id)):
        item = item_of(result.analyte)
        if item is None or item.kind is not Kind.NUMERIC:
            continue
        mine = found.setdefault(item.id, [])
        if len(mine) < _OFFERED and (one := _linked(place, result)) is not None:
            mine.append(one)
    return {term: tuple(mine) for term, mine in found.items()}


def linked_value(place: Workplace, patient_id: str, term: str, result_id: str) -> LinkedValue:
    """The result of an id for an event of a patient and term. BadInput if it is none of theirs."""
    for result in labs.of_patient(place.store, patient_id):
        item = item_of(result.analyte)
        if result.id == result_id and item is not None and item.id == term:
            one = _linked(place, result)
            if one is not None:
                return one
    raise BadInput(
        say("error.no_such_result"), hint=say("error.no_such_result.hint"), field="result"
    )


def _linked(place: Workplace, result: LabResult) -> LinkedValue | None:
    verdict = verdict_of(place, result)
    if verdict is None:
        return None
    return LinkedValue(result, lab_catalogue().analytes[result.analyte].name, verdict)
