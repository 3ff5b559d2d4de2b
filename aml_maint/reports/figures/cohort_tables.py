"""Table 1 of a cohort as an exhibit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from aml_maint.domain.cohort_member import Member
from aml_maint.domain.cohort_tables import Grouping, Line, Range, group_of, grouped
from aml_maint.domain.exact_interval import Share
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.outcome_words import p_text
from aml_maint.domain.survival import FEW
from aml_maint.reports.figures.exhibit import Cell, Exhibit, Values
from aml_maint.reports.figures.survival_figure import group_name

# Sets the categories of a fact in below it.
_INDENT = "\u2003"


def table_1_exhibit(
    members: Sequence[Member], lines: Sequence[Line], grouping: Grouping, as_of: date,
    regimens: Mapping[str, Name] | None = None,
) -> Exhibit:  # fmt: skip
    """Who the patients are, by group, with a test between the groups."""
    split = grouped(members, grouping) if grouping is not Grouping.NONE else {}
    head: list[Message | Name] = [say("table_1.fact"), group_name(grouping, "")]
    head += [group_name(grouping, group, regimens) for group in split]
    first: list[Cell] = [say("table_1.patients"), len(members), *map(len, split.values())]
    if split:
        head.append(say("table_1.test"))
        first.append("")
    rows = [tuple(first), *_rows(lines, ["", *split], with_test=bool(split))]
    values = Values(
        "", say("table_1.title"), tuple(head), tuple(rows), shares=(3, *[2] * (len(head) - 1))
    )
    notes = tuple(_notes(members, split, grouping))
    return Exhibit("table_1", say("table_1.title"), len(members), as_of, notes, (values,))


def _rows(
    lines: Sequence[Line], groups: Sequence[str], *, with_test: bool
) -> Iterator[tuple[Cell, ...]]:
    shown = ""
    for line in lines:
        if line.category and line.key != shown:
            yield (say(f"cohort.fact.{line.key}"), *[""] * (len(groups) + with_test))
        shown = line.key
        title: Cell = line.title
        if line.category:
            title = say("table_1.category", indent=_INDENT, category=line.title)
        cells: list[Cell] = [_cell(line.cells.get(group)) for group in groups]
        if with_test:
            cells.append(_test(line))
        yield (title, *cells)


def _cell(cell: Range | Share | None) -> Cell:
    match cell:
        case Range():
            return say("cohort.range", middle=cell.middle, low=cell.low, high=cell.high)
        case Share() if cell.percent is not None:
            return say("cohort.share", count=cell.count, of=cell.of, percent=cell.percent)
        case _:
            return "–"


def _test(line: Line) -> Cell:
    if line.test is None:
        return ""
    if line.test.p is None:
        return say("outcome.no_p")
    name = say(f"table_1.test.{line.test.test}")
    return say("table_1.tested", p=p_text(line.test.p), test=name)


def _notes(
    members: Sequence[Member], split: dict[str, list[Member]], grouping: Grouping
) -> Iterator[Message]:
    yield say("table_1.definition")
    if not split:
        return
    yield say("table_1.tests")
    unknown = sum(1 for member in members if group_of(member, grouping) is None)
    if unknown:
        yield say("table_1.unknown_group", n=unknown)
    least = min(map(len, split.values()))
    if least < FEW:
        yield say("table_1.few", n=least)
