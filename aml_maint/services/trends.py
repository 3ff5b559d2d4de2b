"""The course of a few figures of a patient at one glance: counts, MRD and dose intensity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.labs import ANALYTES, LabResult
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.mrd import STUDY_CUT_OFF
from aml_maint.domain.quantities import Comparator, lab_text
from aml_maint.domain.toxicity import grade
from aml_maint.services import library
from aml_maint.services.dose_intensity import by_cycle, counted
from aml_maint.services.workplace import Workplace

COUNTS = ("platelets", "granulocytes", "haemoglobin")

# What is drawn: counts of so many days, examinations and cycles as far back as these.
_COUNT_DAYS, _MARROWS, _CYCLES = 120, 12, 6


@dataclass(frozen=True)
class TrendPoint:
    """One value on its day. `open_ended` is a value that is only known to lie below (or above)."""

    on: date
    value: Decimal
    open_ended: bool = False


@dataclass(frozen=True)
class Trend:
    """A row of figures, oldest first.

    `last` tells the latest value and `on` its day; `limit` is the threshold that matters, and
    `limit_name` says it;
    `log` says that the values are drawn by their order of magnitude. `grade` is the WHO grade
    of the latest value, None where there is none.
    """

    name: Message
    points: tuple[TrendPoint, ...]
    last: Message | None
    on: date | None
    limit: Decimal | None = None
    limit_name: Message | None = None
    log: bool = False
    grade: int | None = None
    note: Message | None = None
    parts: tuple[Message, ...] = ()


def trends(
    place: Workplace,
    course: Course | None,
    results: Sequence[LabResult],
    marrows: Sequence[Marrow],
    now: Moment,
) -> tuple[Trend, ...]:
    """Platelets, neutrophils, haemoglobin, MRD by flow, and dose intensity."""
    found = [_count(analyte, results, course, now) for analyte in COUNTS]
    found.append(_mrd(marrows))
    if course is not None:
        found.append(_intensity(place, course, now))
    return tuple(found)


def _count(analyte: str, results: Sequence[LabResult], course: Course | None, now: Moment) -> Trend:
    since = now.utc - timedelta(days=_COUNT_DAYS)
    mine = [r for r in results if r.analyte == analyte and r.collected.utc >= since]
    points = tuple(_points(analyte, mine))
    name, limit = say(f"analyte.{analyte}"), _limit(analyte, course)
    told = None if limit is None else say("trend.gate", limit=limit)
    if not mine:
        return Trend(name, (), None, None, limit, told)
    last = mine[-1]
    item = library.item_of(analyte)
    try:
        shown = grade(item, last.value, last.upper_limit).grade if item else None
    except BadInput:
        shown = None
    day = last.collected.local.date()
    return Trend(name, points, lab_text(last.value), day, limit, told, grade=shown)


def _points(analyte: str, results: Sequence[LabResult]) -> Iterator[TrendPoint]:
    for result in results:
        value = result.value.to(ANALYTES[analyte], analyte)
        yield TrendPoint(
            result.collected.local.date(), value.value, value.comparator is not Comparator.EXACT
        )


def _limit(analyte: str, course: Course | None) -> Decimal | None:
    """The limit of the strictest active gate that asks for it, in the unit that is drawn."""
    if course is None or course.ended_on is not None:
        return None
    limits = [
        rule.limit
        for component in course.regimen.components
        for rule in component.gates
        if rule.active and rule.analyte == analyte and rule.unit == ANALYTES[analyte]
    ]
    return max(limits, default=None)


def _mrd(marrows: Sequence[Marrow]) -> Trend:
    name = say("trend.mrd")
    points: list[TrendPoint] = []
    last: Message | None = None
    on: date | None = None
    for marrow in marrows[-_MARROWS:]:
        flow, day = marrow.flow, marrow.collected.local.date()
        if flow is None or (flow.percent is None and not flow.not_detected):
            continue
        on = day
        if flow.value is None:
            # Drawn at the limit of detection: the study's own limit where none was reported.
            below = flow.limit_percent or STUDY_CUT_OFF
            points.append(TrendPoint(day, below, True))
            last = say("trend.not_detected")
        else:
            points.append(TrendPoint(day, flow.value))
            last = say("trend.percent", percent=flow.value)
    told = say("trend.cut_off", percent=STUDY_CUT_OFF)
    return Trend(name, tuple(points), last, on, STUDY_CUT_OFF, told, log=True)


def _intensity(place: Workplace, course: Course, now: Moment) -> Trend:
    """One value a cycle; the name says which drugs are in the mean."""
    components = counted(course.regimen)
    drugs = tuple(course.component(one).drug.name for one in components)
    points: list[TrendPoint] = []
    last: Message | None = None
    parts: tuple[Message, ...] = ()
    lowest: Message | None = None
    for one in by_cycle(place, course, now, _CYCLES):
        if one.rdi is not None:
            points.append(TrendPoint(one.first_day, _percent(one.rdi)))
            last = say("trend.cycle_percent", percent=_percent(one.rdi), cycle=one.cycle)
            shares = {id: _drug_percent(course, id, share) for id, share in one.shares.items()}
            least = min(one.shares, key=one.shares.__getitem__)
            parts = tuple(shares.values())
            below = one.shares[least] < one.rdi
            lowest = say("trend.lowest", drug_percent=shares[least]) if below else None
    name = say("trend.intensity", drugs=drugs)
    return Trend(name, tuple(points), last, None, Decimal(100), note=lowest, parts=parts)


def _drug_percent(course: Course, component: str, share: Decimal) -> Message:
    drug = course.component(component).drug.name
    return say("trend.drug_percent", drug=drug, percent=_percent(share))


def _percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.1"))
