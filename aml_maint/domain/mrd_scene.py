"""What the MRD board shows, as values: panels, series and marks. No painting here.

A result that was not detected stands at its own limit of detection; no line runs through it, and
nothing is smoothed. Units are never mixed: each assay has a panel of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.course import Course
from aml_maint.domain.follow_up import EventKind
from aml_maint.domain.marrow import Assay, FlowResult, Flt3Result, NgsResult, PcrResult
from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd import ELN_CUT_OFF, STUDY_CUT_OFF, MrdClass, Track
from aml_maint.domain.response import Flag, Response
from aml_maint.domain.response_board import MarrowRow, ResponseBoard

# So much of the calendar stays free before the first and after the last day.
_MARGIN = timedelta(days=10)


class Shape(StrEnum):
    """How a result is drawn; told apart without colour."""

    POSITIVE = "positive"
    BELOW = "below"
    NOT_DETECTED = "not_detected"
    INDETERMINATE = "indeterminate"
    PENDING = "pending"


@dataclass(frozen=True)
class Mark:
    """One result: of which marrow (its place in the list), and where on the axis.

    `value` None is below everything drawn: not detected, with no limit of detection stated.
    """

    place: int
    day: date
    shape: Shape
    value: Decimal | None
    flagged: bool = False


@dataclass(frozen=True)
class Series:
    """The results of one assay in one unit, oldest first."""

    name: Message
    marks: tuple[Mark, ...]

    @property
    def runs(self) -> tuple[tuple[Mark, ...], ...]:
        """The stretches that a line may join: detected values without a gap between them."""
        runs: list[list[Mark]] = [[]]
        for mark in self.marks:
            if mark.shape in {Shape.POSITIVE, Shape.BELOW} and mark.value is not None:
                runs[-1].append(mark)
            elif mark.shape is not Shape.PENDING:
                runs.append([])
        return tuple(tuple(run) for run in runs if len(run) > 1)


@dataclass(frozen=True)
class Threshold:
    """A line of a rule: at which value, on which track."""

    value: Decimal
    track: Track


@dataclass(frozen=True)
class Panel:
    """One logarithmic axis from `low` to `high` (powers of ten) with what is drawn on it."""

    name: Message
    series: tuple[Series, ...]
    thresholds: tuple[Threshold, ...]
    low: int
    high: int
    is_main: bool

    def share(self, value: Decimal | None) -> float:
        """How far up the axis a value lies, 0 to 1; what is below everything lies at 0."""
        if value is None or value <= 0:
            return 0.0
        logs = math.log10(float(value))
        return min(max((logs - self.low) / (self.high - self.low), 0.0), 1.0)


@dataclass(frozen=True)
class BlastMark:
    """The blasts of one marrow: the printed figure (empty if there is none), and what it means."""

    place: int
    day: date
    text: str
    response: Response | None
    flagged: bool


@dataclass(frozen=True)
class CycleBand:
    """A cycle on the calendar; `last` is the day before the next one or the end."""

    number: int
    first: date
    last: date
    name: Message | None


@dataclass(frozen=True)
class Sign:
    """An event on the calendar."""

    day: date
    kind: EventKind


@dataclass(frozen=True)
class BoardScene:
    """Everything on the board, between two days."""

    first: date
    last: date
    today: date
    panels: tuple[Panel, ...]
    blasts: tuple[BlastMark, ...]
    cycles: tuple[CycleBand, ...]
    signs: tuple[Sign, ...]
    days: tuple[date, ...]

    def share(self, day: date) -> float:
        """How far along the calendar a day lies, 0 to 1."""
        span = max((self.last - self.first).days, 1)
        return (day - self.first).days / span

    @property
    def is_empty(self) -> bool:
        """Is there no marrow at all?"""
        return not self.days


def scene_of(board: ResponseBoard) -> BoardScene:
    """The scene of a patient's marrows."""
    days = tuple(row.day for row in board.rows)
    cycles = tuple(band for course in board.courses for band in _cycles(course, board.today))
    signs = tuple(Sign(event.on, event.kind) for event in board.events)
    known = [*days, board.today, *(sign.day for sign in signs), *(c.first for c in cycles)]
    panels = [
        _flow_panel(board.rows), *_pcr_panels(board.rows), _gene_panel(board.rows),
        _ratio_panel(board.rows),
    ]  # fmt: skip
    return BoardScene(
        min(known) - _MARGIN,
        max(known) + _MARGIN,
        board.today,
        tuple(panel for panel in panels if panel is not None),
        tuple(_blasts(place, row) for place, row in enumerate(board.rows) if _has_smear(row)),
        cycles,
        signs,
        days,
    )


def _flow_panel(rows: Sequence[MarrowRow]) -> Panel | None:
    marks = [mark for place, row in enumerate(rows) if (mark := _flow(place, row)) is not None]
    if not marks:
        return None
    lines = (Threshold(STUDY_CUT_OFF, Track.STUDY), Threshold(ELN_CUT_OFF, Track.ELN))
    # Both thresholds and a decade to either side are always in sight.
    low, high = _decades([mark.value for mark in marks])
    series = Series(say("assay.flow"), tuple(marks))
    return Panel(say("mrd_board.flow"), (series,), lines, min(low, -3), max(high, 0), True)


def _flow(place: int, row: MarrowRow) -> Mark | None:
    specimen = row.marrow.specimen(Assay.FLOW)
    if specimen is None:
        return None
    result = specimen.result
    if not isinstance(result, FlowResult) or row.verdict.mrd is None:
        return Mark(place, row.day, Shape.PENDING, None)
    flagged = any(f.flag in {Flag.DISCORDANT, Flag.WRONG_TUBE} for f in row.verdict.flags)
    if result.value is None:
        unclear = row.mrd is MrdClass.INDETERMINATE
        shape = Shape.INDETERMINATE if unclear else Shape.NOT_DETECTED
        return Mark(place, row.day, shape, result.limit_percent, flagged)
    if row.mrd is MrdClass.INDETERMINATE:
        return Mark(place, row.day, Shape.INDETERMINATE, result.value, flagged)
    positive = row.mrd in {MrdClass.POSITIVE, MrdClass.POSITIVE_LOW_QUALITY}
    flagged = flagged or row.mrd is MrdClass.POSITIVE_LOW_QUALITY
    return Mark(place, row.day, Shape.POSITIVE if positive else Shape.BELOW, result.value, flagged)


def _pcr_panels(rows: Sequence[MarrowRow]) -> list[Panel]:
    """A panel for each PCR target; PCR sets no class, so its marks are open."""
    found: dict[str, list[Mark]] = {}
    for place, row in enumerate(rows):
        for specimen in row.marrow.specimens:
            if isinstance(specimen.result, PcrResult):
                result = specimen.result
                shape = Shape.NOT_DETECTED if result.value is None else Shape.BELOW
                alert = row.pcr[result.target].alert is not None
                mark = Mark(place, row.day, shape, result.value, alert)
                found.setdefault(result.target, []).append(mark)
    return [
        Panel(
            say("mrd_board.pcr", target=target),
            (Series(say("mrd_board.pcr", target=target), tuple(marks)),),
            (),
            *_decades([mark.value for mark in marks]),
            False,
        )
        for target, marks in found.items()
    ]


def _gene_panel(rows: Sequence[MarrowRow]) -> Panel | None:
    """The allele frequency of each gene that sequencing ever found, a series for each.

    Where a gene was found without its frequency nothing stands: there is no place for it.
    """
    sequenced = [
        (place, row, result)
        for place, row in enumerate(rows)
        for specimen in row.marrow.specimens
        if isinstance(result := specimen.result, NgsResult)
    ]
    found: dict[str, list[Mark]] = {}
    for _, _, result in sequenced:
        for variant in result.variants:
            if variant.vaf_percent is not None:
                found[variant.gene.upper()] = []
    for gene, marks in found.items():
        for place, row, result in sequenced:
            mine = [one.vaf_percent for one in result.variants if one.gene.upper() == gene]
            told = [vaf for vaf in mine if vaf is not None]
            if told:
                marks.append(Mark(place, row.day, Shape.BELOW, max(told)))
            elif not mine:
                marks.append(Mark(place, row.day, Shape.NOT_DETECTED, None))
    if not found:
        return None
    series = tuple(
        Series(say("mrd_board.gene", gene=gene), tuple(marks)) for gene, marks in found.items()
    )
    values = [mark.value for one in series for mark in one.marks]
    return Panel(say("mrd_board.genes"), series, (), *_decades(values), False)


def _ratio_panel(rows: Sequence[MarrowRow]) -> Panel | None:
    """FLT3-ITD by fragment analysis, mutant to wild type."""
    marks = [
        Mark(place, row.day, Shape.NOT_DETECTED if result.ratio is None else Shape.BELOW,
             result.ratio)
        for place, row in enumerate(rows)
        for specimen in row.marrow.specimens
        if isinstance(result := specimen.result, Flt3Result)
    ]  # fmt: skip
    if not marks:
        return None
    series = Series(say("mrd_board.ratio"), tuple(marks))
    return Panel(series.name, (series,), (), *_decades([mark.value for mark in marks]), False)


def _decades(values: Iterable[Decimal | None]) -> tuple[int, int]:
    """The powers of ten that hold all values, with room for a mark below the lowest."""
    logs = [math.log10(float(value)) for value in values if value is not None and value > 0]
    if not logs:
        return -3, 0
    low = math.floor(min(logs) - 0.15)
    return low, max(math.ceil(max(logs) + 0.1), low + 1)


def _has_smear(row: MarrowRow) -> bool:
    return row.marrow.specimen(Assay.MORPHOLOGY) is not None


def _blasts(place: int, row: MarrowRow) -> BlastMark:
    blasts = row.marrow.blasts_percent
    text = "" if blasts is None else f"{blasts:f}"
    flagged = any(f.flag is Flag.DISCORDANT for f in row.verdict.flags)
    return BlastMark(place, row.day, text, row.response, flagged)


def _cycles(course: Course, today: date) -> list[CycleBand]:
    end = course.ended_on or max(today, course.cycles[-1].first_day)
    starts = [cycle.first_day for cycle in course.cycles]
    lasts = [*(start - timedelta(days=1) for start in starts[1:]), end]
    name = say("mrd_board.course", regimen=course.regimen.name)
    return [
        CycleBand(number, first, last, name if number == 1 else None)
        for number, (first, last) in enumerate(zip(starts, lasts, strict=True), 1)
        if first <= last
    ]
