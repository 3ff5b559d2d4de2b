"""The lines of the flow sheet as values: doses, counts, toxicities, marrow. No painting here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from aml_maint.domain.administration import OPEN_STATES
from aml_maint.domain.labs import ANALYTES
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.messages import NBSP, Message, Name, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Comparator, LabValue, plain
from aml_maint.domain.regimen import GateRule
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity import folded
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.library import toxicity_item
from aml_maint.services.sheet import CycleSheet, Lane, LanePoint, SheetRow


@dataclass(frozen=True)
class DoseLine:
    """One component at one time of day.

    `span` is how many lines the component has, told on its first line; 0 on the others.
    """

    row: SheetRow
    span: int


@dataclass(frozen=True)
class UnplannedLine(DoseLine):
    """Doses of one drug that no plan asked for: the first of each day, or the second, and so on."""


@dataclass(frozen=True)
class LaneLine:
    """The results of one analyte, by column."""

    lane: Lane
    by_column: Mapping[int, tuple[LanePoint, ...]]

    def shown(self, column: int) -> LanePoint | None:
        """The result that stands for a day: the highest temperature, else the latest sample."""
        points = self.by_column.get(column)
        if not points:
            return None
        if self.lane.analyte == "temperature":
            return max(points, key=lambda p: p.result.value.to("Cel").value)
        return points[-1]


@dataclass(frozen=True)
class ToxicityBar:
    """One episode, from column `first` to `last`; `runs_on` when it has not resolved.

    `steps` are its grades with the columns at which each begins. From column `longer` on it has
    lasted longer than is published.
    """

    event: ToxicityEvent
    first: int
    last: int
    runs_on: bool
    steps: tuple[tuple[int, int | None], ...]
    longer: int | None = None

    @property
    def worst(self) -> int | None:
        """The worst grade in sight."""
        return max((grade for _, grade in self.steps if grade is not None), default=None)


@dataclass(frozen=True)
class ToxicityLine:
    """All episodes of one term in the cycle."""

    term: Name
    bars: tuple[ToxicityBar, ...]

    def at(self, column: int) -> ToxicityBar | None:
        """The episode that covers a column, the worst if several do."""
        found = [bar for bar in self.bars if bar.first <= column <= bar.last]
        return max(found, key=lambda bar: bar.worst or 0, default=None)


@dataclass(frozen=True)
class MarrowLine:
    """Marrow examinations by the column of their collection."""

    by_column: Mapping[int, tuple[Marrow, ...]]


Line = DoseLine | LaneLine | ToxicityLine | MarrowLine


def lines_of(sheet: CycleSheet, terms: Mapping[str, Name]) -> tuple[Line, ...]:
    """Every line of a sheet from top to bottom; `terms` names the toxicity items by id."""
    lines: list[Line] = []
    for _, rows in groupby(sheet.rows, key=lambda row: row.component.id):
        mine = list(rows)
        lines.extend(DoseLine(row, 0 if n else len(mine)) for n, row in enumerate(mine))
    for _, rows in groupby(sheet.unplanned, key=lambda row: (row.slot, row.component.id)):
        mine = list(rows)
        lines.extend(UnplannedLine(row, 0 if n else len(mine)) for n, row in enumerate(mine))
    lines.extend(LaneLine(lane, _by_column(lane.points)) for lane in sheet.lanes)
    lines.extend(_toxicity_lines(sheet, terms))
    lines.append(_marrow_line(sheet))
    return tuple(lines)


def with_pair(
    sheet: CycleSheet, lines: tuple[Line, ...], pair: DosePair
) -> tuple[CycleSheet, tuple[Line, ...], tuple[int, int]] | None:
    """A sheet and its lines with a planned dose as it stands now, and its line and column.

    None when no cell holds that dose with the same premedication.
    """
    column = (pair.main.planned.on - sheet.days[0].on).days
    slots = [view.slot for view in pair.parts]
    for number, line in enumerate(lines):
        old = pair_at(line, column)
        if old is None or [view.slot for view in old.parts] != slots:
            continue
        assert isinstance(line, DoseLine)  # the others hold no doses
        cells = list(line.row.cells)
        cells[column] = _marked(pair, old)
        row = replace(line.row, cells=tuple(cells))
        rows = tuple(row if one is line.row else one for one in sheet.rows)
        others = *lines[:number], replace(line, row=row), *lines[number + 1 :]
        return replace(sheet, rows=rows), others, (number, column)
    return None


def _marked(pair: DosePair, old: DosePair) -> DosePair:
    """A pair that keeps the marks of earlier entries: those still do not stand."""
    main = replace(pair.main, struck=pair.main.struck or old.main.struck)
    before = pair.premedication
    if before is not None and old.premedication is not None:
        before = replace(before, struck=before.struck or old.premedication.struck)
    return DosePair(main, before)


def line_kind(line: Line) -> Message:
    """What a line is about, in words."""
    match line:
        case DoseLine():
            return say("sheet.section.doses")
        case LaneLine():
            return say("sheet.section.counts")
        case ToxicityLine():
            return say("sheet.section.toxicities")
        case MarrowLine():
            return say("sheet.section.marrow")


def pair_at(line: Line, column: int) -> DosePair | None:
    """The dose of a cell; None where nothing is planned or the line holds no doses."""
    if not isinstance(line, DoseLine) or not 0 <= column < len(line.row.cells):
        return None
    return line.row.cells[column]


def pairs_in(lines: Sequence[Line], rows: range, columns: range) -> tuple[DosePair, ...]:
    """The doses of a rectangle of cells, day by day."""
    found = (pair_at(line, column) for column in columns for line in lines[rows.start : rows.stop])
    return tuple(pair for pair in found if pair is not None)


def _by_column(points: Sequence[LanePoint]) -> dict[int, tuple[LanePoint, ...]]:
    found: dict[int, tuple[LanePoint, ...]] = {}
    for point in sorted(points, key=lambda p: p.result.collected.utc):
        found[point.column] = (*found.get(point.column, ()), point)
    return found


def _toxicity_lines(sheet: CycleSheet, terms: Mapping[str, Name]) -> list[ToxicityLine]:
    """One line per term, in the order the terms first began."""
    found: dict[str, list[ToxicityBar]] = {}
    for event in sorted(sheet.toxicities, key=lambda e: (e.onset.local, e.term)):
        bar = _bar(sheet, event)
        if bar is not None:
            found.setdefault(event.term, []).append(bar)
    return [
        ToxicityLine(terms.get(term) or Name(folded(term), folded(term)), tuple(bars))
        for term, bars in found.items()
    ]


def lasts_longer(sheet: CycleSheet) -> bool:
    """Does an episode in sight last longer than is published?"""
    bars = (_bar(sheet, event) for event in sheet.toxicities)
    return any(bar is not None and bar.longer is not None for bar in bars)


def _bar(sheet: CycleSheet, event: ToxicityEvent) -> ToxicityBar | None:
    """An episode on the sheet's columns; one that has not resolved runs up to today, never on."""
    first_day, last_day = sheet.days[0].on, sheet.days[-1].on
    today = min(sheet.now.local.date(), last_day)
    end = event.last_day(today) if event.is_ongoing else event.last_day(last_day)
    if event.onset.day > last_day or end < first_day or end < event.onset.day:
        return None
    first = max((event.onset.day - first_day).days, 0)
    last = min((end - first_day).days, len(sheet.days) - 1)
    steps: dict[int, int | None] = {}
    for point in event.grades:
        column = max((point.at.day - first_day).days, first)
        if column in steps and (steps[column] or 0) > (point.grade or 0):
            column += 1  # of two grades on one day the worse one has the day
        if column <= last:
            steps[column] = point.grade
    longer = _longer_from(event, first_day, first, last)
    return ToxicityBar(event, first, last, event.is_ongoing, tuple(steps.items()), longer)


def _longer_from(event: ToxicityEvent, first_day: date, first: int, last: int) -> int | None:
    """The column from which on it lasts longer than is published, if that is in sight."""
    item = toxicity_item(event.term)
    if item is None or item.expected is None:
        return None
    column = (event.onset.day - first_day).days + item.expected.days
    return max(column, first) if column <= last else None


def _marrow_line(sheet: CycleSheet) -> MarrowLine:
    columns = {day.on: column for column, day in enumerate(sheet.days)}
    found: dict[int, tuple[Marrow, ...]] = {}
    for marrow in sheet.marrows:
        column = columns.get(marrow.collected.local.date())
        if column is not None:
            found[column] = (*found.get(column, ()), marrow)
    return MarrowLine(found)


def waiting(pairs: Sequence[DosePair], now: Moment) -> frozenset[SlotId]:
    """The doses of a selection that can be confirmed as taken: due by now, open, and ordered."""
    views = (
        view
        for pair in pairs
        for view in (pair.main, pair.premedication)
        if view is not None and view.record is None and view.planned.dose is not None
    )
    return frozenset(
        view.slot for view in views if view.state in OPEN_STATES and view.planned.due <= now.utc
    )


def gate_count(view: DoseView) -> str:
    """The count that keeps a dose's gate closed; empty when it is missing or too old to speak."""
    gate = view.gate
    if gate is None or gate.result is None or gate.is_open or gate.is_stale:
        return ""
    assert isinstance(gate.rule, GateRule)  # laboratory results are for these
    value = gate.result.value.to(gate.rule.unit, gate.rule.analyte)
    number = value.printed if value is gate.result.value else plain(value.value)
    return number.replace(NBSP, "")


def lane_value(value: LabValue, analyte: str) -> str:
    """A result's number in the unit of its lane; as printed when that is its own unit."""
    unit = ANALYTES[analyte]
    if value.unit == unit:
        return value.printed.replace(NBSP, "")
    there = value.to(unit, analyte)
    sign = "" if there.comparator is Comparator.EXACT else there.comparator.value
    return f"{sign}{plain(there.value.quantize(Decimal('0.01')))}"
