"""What a laboratory result means beside the others: grade, limits, baseline, sudden change.

Each finding carries its reason. "Not graded" is no grade 0: without an upper limit of normal a
multiple of it is never guessed (clinical rules, "WHO grading").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.analytes import Analyte
from aml_maint.domain.errors import BadInput
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import LabValue, dimension, lab_text
from aml_maint.domain.toxicity import GradeVerdict, ToxicityItem, grade, worse_than


class Beside(StrEnum):
    """Where a result lies beside its limits of normal."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True)
class Baseline:
    """The last result before a course began, to compare with; None where there is none."""

    result: LabResult
    grade: int | None


@dataclass(frozen=True)
class Judgement:
    """One result judged.

    `verdict` is None for what no item grades, and for a value that can't be of its item.
    `worse` compares the grade with the baseline's, None where one of them is unknown. `delta`
    tells of a sudden change from the result before.
    """

    result: LabResult
    verdict: GradeVerdict | None
    beside: Beside | None
    worse: bool | None = None
    baseline: Baseline | None = None
    delta: Message | None = None

    @property
    def grade(self) -> int | None:
        """The grade, None when not graded."""
        return self.verdict.grade if self.verdict is not None else None


def grade_result(
    analyte: Analyte, item: ToxicityItem | None, result: LabResult
) -> GradeVerdict | None:
    """The grade of a result with its reason; None where no item grades it."""
    return None if item is None else grade_value(analyte, item, result.value, result.upper_limit)


def grade_value(
    analyte: Analyte, item: ToxicityItem, value: LabValue, limit: Decimal | None
) -> GradeVerdict | None:
    """The grade of a value, with the upper limit of normal in its own unit.

    A unit that the item does not know, or that weighs another molecule, is converted first.
    None for a value that can't be of the item.
    """
    if not _is_graded_in(analyte, item, value.unit):
        if limit is not None:
            limit = analyte.number(LabValue(limit, value.unit))
        value = value.to(analyte.unit, analyte.id)
    try:
        return grade(item, value, limit)
    except BadInput:
        return None


def _is_graded_in(analyte: Analyte, item: ToxicityItem, unit: str) -> bool:
    if unit not in item.units:
        return False
    return analyte.id == item.id or dimension(unit) == dimension(analyte.unit)


def beside(result: LabResult) -> Beside | None:
    """Below, inside or above its limits; None without limits or where a `<` leaves it open."""
    if result.lower_limit is None and result.upper_limit is None:
        return None
    meant, low, high = result.value.interval, result.lower_limit, result.upper_limit
    if high is not None and meant.all_above(high):
        return Beside.HIGH
    if low is not None and meant.all_below(low):
        return Beside.LOW
    inside = (high is None or meant.all_below(high, or_equal=True)) and (
        low is None or meant.all_above(low, or_equal=True)
    )
    return Beside.NORMAL if inside else None


def judge(
    analyte: Analyte,
    item: ToxicityItem | None,
    results: Sequence[LabResult],
    course_start: date | None,
    baseline_days: int,
) -> list[Judgement]:
    """The results of one analyte, oldest first, each judged beside those before it.

    The baseline is the last one collected up to the course's first day, that day included, and
    at most `baseline_days` before it, as in the toxicity tables; only later results are compared
    with it.
    """
    verdicts = [grade_result(analyte, item, result) for result in results]
    base = _baseline(results, verdicts, course_start, baseline_days)
    judged = []
    for number, (result, verdict) in enumerate(zip(results, verdicts, strict=True)):
        later = base is not None and result.collected.utc > base.result.collected.utc
        found = verdict.grade if verdict is not None else None
        judged.append(
            Judgement(
                result,
                verdict,
                beside(result),
                worse_than(base.grade, found) if base is not None and later else None,
                base if later else None,
                delta(analyte, results[number - 1], result) if number else None,
            )
        )
    return judged


def _baseline(
    results: Sequence[LabResult],
    verdicts: Sequence[GradeVerdict | None],
    course_start: date | None,
    within: int,
) -> Baseline | None:
    if course_start is None:
        return None
    found = None
    for result, verdict in zip(results, verdicts, strict=True):
        day = result.collected.local.date()
        if course_start - timedelta(days=within) <= day <= course_start:
            found = Baseline(result, verdict.grade if verdict is not None else None)
    return found


def delta(analyte: Analyte, before: LabResult, after: LabResult) -> Message | None:
    """A sudden change between two results in words; None for a small, slow or unknown one.

    A result such as `< 10` is taken at its limit, which only makes a fall look smaller.
    """
    rule = analyte.delta
    if rule is None or after.collected.utc - before.collected.utc > timedelta(days=rule.days):
        return None
    first, then = analyte.number(before.value), analyte.number(after.value)
    change = abs(then - first)
    if rule.change is not None and change < rule.change:
        return None
    if rule.share is not None and (first == 0 or change < first * rule.share):
        return None
    if change == 0:
        return None
    days = (after.collected.local.date() - before.collected.local.date()).days
    told: dict[str, object] = {
        "before": lab_text(analyte.shown(before.value)),
        "after": lab_text(analyte.shown(after.value)),
        "days": days,
    }
    if first != 0:
        told["percent"] = (change * 100 / first).quantize(Decimal(1))
    way = "rose" if then > first else "fell"
    key = f"labs.delta.{way}" if first != 0 else "labs.delta.rose_from_none"
    return Message(key, told)


@dataclass(frozen=True)
class GradeRange:
    """The values of one grade in an analyte's own unit; an end of None is open."""

    grade: int
    low: Decimal | None
    high: Decimal | None


def grade_ranges(
    analyte: Analyte, item: ToxicityItem | None, upper_limit: Decimal | None
) -> tuple[GradeRange, ...]:
    """The grades that a number can earn, in the unit shown, lowest values first.

    `upper_limit` is the limit of normal in that unit. None without one where an item needs it.
    """
    if item is None or item.unit is None or (item.by_upper_limit and upper_limit is None):
        return ()

    def end(value: Decimal | None) -> Decimal | None:
        if value is None or item.unit is None:
            return None
        if item.by_upper_limit:
            return None if upper_limit is None else value * upper_limit
        return LabValue(value, item.unit).to(analyte.unit, item.id).value

    found = [
        GradeRange(int(band.grade), end(band.values.low), end(band.values.high))
        for band in item.bands
        if band.values is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.low is not None, one.low or Decimal(0))))


def not_graded(judgement: Judgement) -> Message:
    """Why a result has no grade: no item grades it, no limit is known, or it can't be of it."""
    if judgement.verdict is not None:
        return judgement.verdict.reason
    return say("labs.not_graded.no_item")
