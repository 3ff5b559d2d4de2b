"""Fever after injections, with and without premedication: the ward's own comparison.

The paper gives ibuprofen before each interferon and reports fever, but no comparison. This only
counts what was recorded; it is no trial, and an injection after which nobody measured is left
out of the shares, never counted as without fever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.administration import TAKEN, Administration
from aml_maint.domain.errors import BadInput
from aml_maint.domain.labs import LabResult
from aml_maint.domain.premedication_gap import GapFit, PremedicationGap, recorded_gap
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.regimen import Link
from aml_maint.domain.toxicity import ToxicityItem, grade
from aml_maint.domain.toxicity_event import ToxicityEvent


class Pairing(StrEnum):
    """Was an injection given with its premedication?"""

    PAIRED = "paired"
    OFF_WINDOW = "off_window"
    UNPAIRED = "unpaired"
    NOT_RECORDED = "not_recorded"
    """Nothing is recorded of the premedication: neither with nor without it."""


@dataclass(frozen=True)
class InjectionFever:
    """One injection with the worst that was recorded in the hours after it.

    `highest` is in °C; `grade` is the worst grade by a temperature or of a recorded fever, 0
    when one was looked for and there was none, None when nothing was recorded.
    """

    injection: Administration
    pairing: Pairing
    gap: PremedicationGap | None
    highest: Decimal | None
    grade: int | None


@dataclass(frozen=True)
class FeverGroup:
    """The injections of one pairing: how many, how many were observed, how many had fever."""

    pairing: Pairing
    injections: int
    observed: int
    by_grade: Mapping[int, int]
    median_highest: Decimal | None

    @property
    def with_fever(self) -> int:
        """Injections followed by a fever of grade 1 or more."""
        return sum(count for found, count in self.by_grade.items() if found > 0)


def fevers_after(
    injections: Iterable[Administration],
    premedications: Mapping[date, Administration],
    link: Link,
    temperatures: Sequence[LabResult],
    toxicities: Sequence[ToxicityEvent],
    fever: ToxicityItem,
    within: timedelta,
) -> tuple[InjectionFever, ...]:
    """Each injection given to one patient, oldest first, with its premedication and its fever.

    `premedications` are records by the day first planned, which a pair shares. A temperature
    counts for the last injection up to `within` before it; a fever that was recorded for a day
    only, for the last injection of that day or the day before, unless it names another one.
    """
    given = sorted((one for one in injections if one.given is not None), key=_given)
    found = []
    for number, injection in enumerate(given):
        at, after = _given(injection), [_given(later) for later in given[number + 1 :]]
        until = min([at + within, *after[:1]])
        measured = [
            result.value.to("Cel")
            for result in temperatures
            if result.analyte == "temperature" and at < result.collected.utc <= until
        ]
        recorded = [
            one for one in toxicities if one.term == fever.id and _belongs(one, injection, given)
        ]
        points = [point for one in recorded for point in one.grades]
        measured += [point.value.to("Cel") for point in points if point.value is not None]
        grades = [_grade(fever, value) for value in measured]
        grades += [point.grade for point in points]
        known = [one for one in grades if one is not None]
        premedication = premedications.get(injection.slot.planned_on)
        gap = recorded_gap(link, premedication, injection) if premedication else None
        found.append(
            InjectionFever(
                injection,
                _pairing(premedication, gap),
                gap,
                max((value.value for value in measured), default=None),
                max(known, default=None),
            )
        )
    return tuple(found)


def compare(found: Iterable[InjectionFever]) -> tuple[FeverGroup, ...]:
    """The groups in the order of `Pairing`; one without injections is left out."""
    from statistics import median

    groups = []
    by_pairing: dict[Pairing, list[InjectionFever]] = {}
    for one in found:
        by_pairing.setdefault(one.pairing, []).append(one)
    for pairing in Pairing:
        mine = by_pairing.get(pairing)
        if not mine:
            continue
        grades = [one.grade for one in mine if one.grade is not None]
        highest = [one.highest for one in mine if one.highest is not None]
        groups.append(
            FeverGroup(
                pairing,
                len(mine),
                len(grades),
                {value: grades.count(value) for value in sorted(set(grades))},
                median(highest) if highest else None,
            )
        )
    return tuple(groups)


def _given(record: Administration) -> datetime:
    assert record.given is not None  # only injections that were given are asked about
    return record.given.utc


def _pairing(premedication: Administration | None, gap: PremedicationGap | None) -> Pairing:
    if premedication is None:
        return Pairing.NOT_RECORDED
    if premedication.status not in TAKEN or gap is None or gap.minutes < 0:
        return Pairing.UNPAIRED
    return Pairing.PAIRED if gap.fit is GapFit.IN_WINDOW else Pairing.OFF_WINDOW


def _belongs(
    fever: ToxicityEvent, injection: Administration, given: Sequence[Administration]
) -> bool:
    if fever.linked_administration is not None:
        return fever.linked_administration == injection.id
    near = [one for one in given if 0 <= (fever.onset.day - _day(one)).days <= 1]
    return bool(near) and near[-1] is injection


def _day(record: Administration) -> date:
    assert record.given is not None  # as above
    return record.given.local.date()


def _grade(fever: ToxicityItem, value: LabValue) -> int | None:
    try:
        return grade(fever, value).grade
    except BadInput:
        return None
