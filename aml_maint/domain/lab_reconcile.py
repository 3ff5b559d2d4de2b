"""Results that come in beside those on record: which are new, the same, changed, or in conflict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from aml_maint.domain.analytes import Analyte
from aml_maint.domain.labs import LabResult


class ResultKey(NamedTuple):
    """What makes two results the same measurement: whose, of what, collected when."""

    patient_id: str
    analyte: str
    collected: datetime

    @classmethod
    def of(cls, result: LabResult) -> ResultKey:
        """The key of a result."""
        return cls(result.patient_id, result.analyte, result.collected.utc)


class Standing(StrEnum):
    """How a result that comes in stands to those on record."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    CONFLICT = "conflict"
    """What comes in contradicts itself, or the record holds two values already."""


@dataclass(frozen=True)
class Reconciled:
    """A result that comes in, how it stands, and the one on record that it differs from."""

    result: LabResult
    standing: Standing
    before: LabResult | None = None


def reconcile(
    incoming: Sequence[LabResult], on_record: Iterable[LabResult], analytes: Mapping[str, Analyte]
) -> list[Reconciled]:
    """Each incoming result beside the record, in the order given.

    Results are the same when they mean the same number in the analyte's unit with the same
    comparator, however many digits or whichever unit the report had. A second copy of one that
    comes in is the same as the first.
    """
    known: defaultdict[ResultKey, list[LabResult]] = defaultdict(list)
    for result in on_record:
        known[ResultKey.of(result)].append(result)
    offered: defaultdict[ResultKey, list[LabResult]] = defaultdict(list)
    for result in incoming:
        offered[ResultKey.of(result)].append(result)
    found = []
    seen: set[ResultKey] = set()
    for result in incoming:
        key, analyte = ResultKey.of(result), analytes[result.analyte]
        found.append(_standing(result, known[key], offered[key], analyte, again=key in seen))
        seen.add(key)
    return found


def _standing(
    result: LabResult,
    known: Sequence[LabResult],
    offered: Sequence[LabResult],
    analyte: Analyte,
    *,
    again: bool,
) -> Reconciled:
    if any(not _mean_the_same(result, other, analyte) for other in offered):
        return Reconciled(result, Standing.CONFLICT, known[-1] if known else None)
    if any(not _mean_the_same(known[0], other, analyte) for other in known[1:]):
        return Reconciled(result, Standing.CONFLICT, known[-1])
    if known and not _mean_the_same(result, known[-1], analyte):
        return Reconciled(result, Standing.CHANGED, known[-1])
    if known or again:
        return Reconciled(result, Standing.SAME, known[-1] if known else None)
    return Reconciled(result, Standing.NEW)


def _mean_the_same(one: LabResult, other: LabResult, analyte: Analyte) -> bool:
    if one.value.comparator is not other.value.comparator:
        return False
    return analyte.number(one.value) == analyte.number(other.value)
