"""A laboratory's export as results: which column is what, and what each row says.

Two layouts are read: one result a row (long), and one sample a row with a column for each
analyte (wide). Nothing is guessed: a unit, a date or a number that is not certain is a problem of
its row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.analytes import LabCatalogue, folded
from aml_maint.domain.errors import BadInput, RowProblem
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue, decimal, unit_code
from aml_maint.services.delimited import Line, TextTable


class Part(StrEnum):
    """What a column holds."""

    MRN = "mrn"
    COLLECTED = "collected"
    DATE = "date"
    TIME = "time"
    ANALYTE = "analyte"
    VALUE = "value"
    UNIT = "unit"
    LOWER = "lower"
    UPPER = "upper"
    RANGE = "range"
    LABORATORY = "laboratory"


# The heads by which a column is known without being told.
_HEADS: Mapping[Part, tuple[str, ...]] = {
    Part.MRN: ("mrn", "patient id", "patient number", "record number", "hospital number", "病案号",
               "病历号", "住院号", "登记号", "患者编号"),
    Part.COLLECTED: ("collected", "collection time", "collected at", "sampled", "sampling time",
                     "采样时间", "采集时间", "标本采集时间", "采血时间"),
    Part.DATE: ("date", "collection date", "日期", "采样日期", "采集日期"),
    Part.TIME: ("time", "时间", "采样时刻"),
    Part.ANALYTE: ("analyte", "test", "test name", "item", "parameter", "项目", "项目名称",
                   "检验项目", "检测项目"),
    Part.VALUE: ("value", "result", "result value", "结果", "检验结果", "检测结果", "结果值"),
    Part.UNIT: ("unit", "units", "单位"),
    Part.LOWER: ("low", "lower", "lower limit", "reference low", "下限", "参考下限"),
    Part.UPPER: ("high", "upper", "upper limit", "uln", "reference high", "上限", "参考上限"),
    Part.RANGE: ("range", "reference range", "reference interval", "参考范围", "参考值",
                 "参考区间"),
    Part.LABORATORY: ("laboratory", "lab", "检验科", "实验室", "检验单位"),
}  # fmt: skip

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2})(?:\.\d+)?)?")
_FLAG = re.compile(r"\s*(?:[↑↓*]+|[HL]{1,2})\s*$")
_RANGE = re.compile(r"\s*([\d.]+)\s*(?:-|–|—|~|～|－|--|至)\s*([\d.]+)\s*")
_ONE_SIDED = re.compile(r"\s*(<|≤|<=|>|≥|>=)\s*([\d.]+)\s*")
# `PLT (10^9/L)`, `PLT[10^9/L]`, `PLT（×10⁹/L）`
_HEAD_UNIT = re.compile(r"(?P<name>.+?)\s*[(\[（【]\s*(?P<unit>[^)\]）】]+?)\s*[)\]）】]\s*")


@dataclass(frozen=True)
class LabMapping:
    """Which column is what: `parts` by column, and of a wide table the analytes by column.

    A unit given here is for a column whose head names none. `time` is when samples were
    collected where the file gives only the day.
    """

    parts: Mapping[str, Part] = field(default_factory=dict)
    analytes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    time: time | None = None

    @property
    def is_wide(self) -> bool:
        """Is there a column for each analyte?"""
        return bool(self.analytes)

    def column(self, part: Part) -> str | None:
        """The column of a part."""
        return next((name for name, found in self.parts.items() if found is part), None)

    def missing(self, *, patient_known: bool) -> tuple[Part, ...]:
        """The parts that must be there and are not."""
        wanted = [] if patient_known else [Part.MRN]
        if self.column(Part.COLLECTED) is None:
            wanted.append(Part.DATE)
        if not self.is_wide:
            wanted += [Part.ANALYTE, Part.VALUE, Part.UNIT]
        return tuple(part for part in wanted if self.column(part) is None)


def guess_mapping(header: Sequence[str], labs: LabCatalogue) -> LabMapping:
    """The mapping that the heads of the columns tell by themselves.

    A column named like an analyte is one only if its head gives a unit, too.
    """
    parts: dict[str, Part] = {}
    analytes: dict[str, tuple[str, str]] = {}
    for name in header:
        head = folded(name)
        part = next((part for part, heads in _HEADS.items() if head in heads), None)
        if part is not None and part not in parts.values():
            parts[name] = part
        elif part is None and (found := _head_analyte(name, labs)) is not None:
            analytes[name] = found
    if Part.ANALYTE in parts.values() and Part.VALUE in parts.values():
        analytes = {}
    return LabMapping(parts, analytes)


def _head_analyte(name: str, labs: LabCatalogue) -> tuple[str, str] | None:
    match = _HEAD_UNIT.fullmatch(name)
    if match is None:
        return None
    analyte = labs.find(match["name"])
    try:
        unit = unit_code(match["unit"])
    except BadInput:
        return None
    return None if analyte is None else (analyte.id, unit)


@dataclass(frozen=True)
class LabCell:
    """One result of the file: its row and column, and what is said of it.

    `analyte` is None for a name that is not known here; `problem` says what else is wrong.
    """

    row: int
    column: str
    name: str
    mrn: str
    analyte: str | None = None
    value: LabValue | None = None
    collected: Moment | None = None
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    laboratory: str = ""
    problem: RowProblem | None = None


def read_cells(
    table: TextTable, mapping: LabMapping, labs: LabCatalogue, zone: str
) -> Iterator[LabCell]:
    """The results of a table, row by row; empty cells are none."""
    for line in table.lines:
        if line.problem is not None:
            yield LabCell(line.number, "", "", "", problem=line.problem)
            continue
        columns = mapping.analytes or {mapping.column(Part.VALUE) or "": ("", "")}
        for column, (analyte, unit) in columns.items():
            if line.cells.get(column, "").strip():
                yield _cell(line, mapping, labs, zone, column, analyte, unit)


def _cell(
    line: Line, mapping: LabMapping, labs: LabCatalogue, zone: str, column: str, analyte: str,
    unit: str,
) -> LabCell:  # fmt: skip
    def at(part: Part) -> str:
        return line.cells.get(mapping.column(part) or "", "").strip()

    name = analyte or at(Part.ANALYTE)
    found = labs.analytes.get(analyte) if analyte else labs.find(name)
    whole = LabCell(line.number, column, name, at(Part.MRN), laboratory=at(Part.LABORATORY))
    if found is None:
        return whole
    try:
        read = unit or unit_code(at(Part.UNIT))
        found.check_unit(read)
        lower, upper = _limits(at(Part.LOWER), at(Part.UPPER), at(Part.RANGE))
        return LabCell(
            line.number,
            column,
            name,
            whole.mrn,
            found.id,
            LabValue.parse(_FLAG.sub("", line.cells[column]), read),
            Moment.at(_collected(at, mapping.time), zone),
            lower,
            upper,
            whole.laboratory,
        )
    except BadInput as error:
        column_at_fault = error.field or column
        return LabCell(
            line.number, column, name, whole.mrn, found.id,
            problem=RowProblem(line.number, column_at_fault, error.message),
        )  # fmt: skip


def _collected(at: Callable[[Part], str], default: time | None) -> datetime:
    """The civil time of collection; BadInput for a day or an hour that is not certain."""
    day_text = at(Part.COLLECTED) or at(Part.DATE)
    match = _DATE.match(day_text)
    if match is None:
        raise BadInput(say("labs.error.day", text=day_text or "–"), field="date")
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise BadInput(say("labs.error.day", text=day_text), field="date") from error
    rest = day_text[match.end() :].strip().removeprefix("T").strip() or at(Part.TIME)
    if not rest:
        if default is None:
            raise BadInput(say("labs.error.no_time"), field="time")
        return datetime.combine(day, default)
    clock = _TIME.fullmatch(rest)
    try:
        return datetime.combine(day, time(int(clock[1]), int(clock[2])) if clock else time(99))
    except ValueError as error:
        raise BadInput(say("labs.error.time", text=rest), field="time") from error


def _limits(low: str, high: str, both: str) -> tuple[Decimal | None, Decimal | None]:
    """The printed limits of normal; of a range in words none."""
    if low or high:
        return (
            decimal(low, "lower") if low else None,
            decimal(high, "upper") if high else None,
        )
    if (match := _RANGE.fullmatch(both)) is not None:
        return decimal(match[1], "range"), decimal(match[2], "range")
    if (match := _ONE_SIDED.fullmatch(both)) is not None:
        end = decimal(match[2], "range")
        return (None, end) if match[1].startswith(("<", "≤")) else (end, None)
    return None, None
