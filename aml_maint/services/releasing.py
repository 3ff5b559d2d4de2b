"""From the record to what leaves: each table's variables and cells as a kind of privacy lets them.

An identified export has everything as it is on record. A pseudonymised one has study ids, dates
that were moved or counted in days, and no text but what looks like a code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from aml_maint.domain.data_dictionary import (
    Block,
    Cell,
    Code,
    DataTable,
    Extract,
    Kind,
    Terms,
    Variable,
)
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.messages import Name
from aml_maint.domain.pseudonym import Privacy, Pseudonyms
from aml_maint.store.columns import civil_value, local_value
from aml_maint.store.exports import Columns

_Starts = Sequence[Any]
"""Of each row what its dates are moved back by, or counted from; empty where they stay."""
_Reader = Callable[[Columns, _Starts], Sequence[Cell]]
"""Gives the cells of one variable from the columns of some rows."""

_DAYS_AFTER = Name(" (days after day 0)", "（距第0天的天数）")
_PRECISION = Name(": how exactly it is known", "：时间精确程度")
_NEVER_WITHHELD = frozenset({Kind.DAY, Kind.TIME, Kind.NUMBER, Kind.WHOLE})
# A sign would stand in a spreadsheet as the beginning of a formula.
_SIGNS = {"=": "eq", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
# Fractions of a day to about ten seconds.
_FRACTION = Decimal("0.0001")
_DAY_SECONDS = Decimal(86_400)


class Release:
    """How the tables of one ward leave it in one export.

    `withheld` counts the texts that stayed behind although their variable leaves, by variable.
    """

    def __init__(
        self, privacy: Privacy, pseudonyms: Pseudonyms, day_0: Mapping[str, date | None],
        precisions: tuple[Code, ...], terms: Terms,
    ) -> None:  # fmt: skip
        self.privacy = privacy
        self.withheld: Counter[str] = Counter()
        self._pseudonyms = pseudonyms
        self._day_0 = day_0
        self._precisions = precisions
        self._terms = terms

    def extract(
        self, table: DataTable, blocks: Iterable[Columns], only: Container[str] | None = None
    ) -> Extract:
        """A table as it leaves; of its days, times and numbers `only` some, if they are named."""
        variables, released = self._released(table, only)
        return Extract(table.name, table.label, variables, map(released, blocks))

    def named(
        self, table: DataTable, blocks: Iterable[Columns]
    ) -> Iterator[tuple[dict[str, Cell], dict[str, Any]]]:
        """The same cells by the names of their variables, each row beside the one on record."""
        variables, released = self._released(table)
        names = [variable.name for variable in variables]
        for columns in blocks:
            cells = zip(*released(columns), strict=True)
            for mine, values in zip(cells, zip(*columns.values(), strict=True), strict=True):
                yield dict(zip(names, mine, strict=True)), dict(zip(columns, values, strict=True))

    def _released(
        self, table: DataTable, only: Container[str] | None = None
    ) -> tuple[tuple[Variable, ...], Callable[[Columns], Block]]:
        """The variables that leave, and what makes their cells of columns on record."""
        variables: list[Variable] = []
        readers: list[_Reader] = []
        for variable in table.variables:
            if self._leaves(table, variable, only):
                variables += self._variables(variable)
                readers += self._readers(table, variable)
        dated = table.of_patients and any(variable.kind.is_date for variable in table.variables)

        def released(columns: Columns) -> Block:
            starts = self._starts(columns) if dated else ()
            return [read(columns, starts) for read in readers]

        return tuple(variables), released

    def _starts(self, columns: Columns) -> _Starts:
        """From where the dates of each row count."""
        match self.privacy:
            case Privacy.SHIFTED:
                back = self._pseudonyms.days_back
                moved = {id: timedelta(days=back(id)) for id in set(columns["patient_id"])}
                return [moved[id] for id in columns["patient_id"]]
            case Privacy.INTERVALS:
                return list(map(self._day_0.get, columns["patient_id"]))
            case Privacy.IDENTIFIED:
                return ()

    def columns(self, table: DataTable, only: Container[str] | None = None) -> set[str]:
        """What the cells of a table, or of some of its variables, are made of."""
        return {one.column for one in table.variables if self._leaves(table, one, only)}

    def _leaves(self, table: DataTable, variable: Variable, only: Container[str] | None) -> bool:
        # Texts are all looked at: those that stay behind are counted.
        if only is not None and variable.name not in only and variable.kind in _NEVER_WITHHELD:
            return False
        if not self.privacy.is_pseudonymised:
            return True
        # The site's own dates can't be moved with a patient's.
        return variable.leaves and (table.of_patients or not variable.kind.is_date)

    def _variables(self, variable: Variable) -> list[Variable]:
        """A variable as it is described outside; how exactly a time is known is one of its own."""
        if variable.kind.is_date and self.privacy is Privacy.INTERVALS:
            kind = Kind.NUMBER if variable.kind is Kind.TIME else Kind.WHOLE
            return [replace(variable, kind=kind, unit="d", label=_joined(variable, _DAYS_AFTER))]
        if variable.kind is Kind.KNOWN_TIME:
            precision = replace(
                variable, name=f"{variable.name}_precision", kind=Kind.CODE,
                label=_joined(variable, _PRECISION), codes=self._precisions,
                codes_name="precision",
            )  # fmt: skip
            return [replace(variable, kind=Kind.TIME), precision]
        return [variable]

    def _readers(self, table: DataTable, variable: Variable) -> list[_Reader]:
        """What reads a variable's cells from columns; of a known time those of two variables."""
        column = variable.column
        match variable.kind:
            case Kind.PATIENT | Kind.RECORD:
                return [self._id_reader(variable)]
            case Kind.DAY:
                return [lambda columns, starts: self._days(_once(_day, columns[column]), starts)]
            case Kind.TIME:
                return [self._time_reader(column)]
            case Kind.KNOWN_TIME:
                return self._known_readers(column)
            case Kind.NUMBER | Kind.WHOLE:
                return [self._number_reader(table, variable)]
            case Kind.FLAG:
                return [lambda columns, _: [*map(_flag, columns[column])]]
            case Kind.TEXT:
                return [self._text_reader(f"{table.name}.{variable.name}", variable)]
            case Kind.CODE:
                known: Container[str] = {code.word for code in variable.codes}
                return [self._listed_reader(table, variable, known)]
            case Kind.TERM:
                known = self._terms[variable.terms].keys()
                return [self._listed_reader(table, variable, known)]

    def _id_reader(self, variable: Variable) -> _Reader:
        column, pseudonyms = variable.column, self._pseudonyms
        if not self.privacy.is_pseudonymised:
            return lambda columns, _: columns[column]
        if variable.kind is Kind.PATIENT:
            return lambda columns, _: _once(pseudonyms.study_id, columns[column])
        record = pseudonyms.record
        return lambda columns, _: _once(lambda id: record(id) if id else None, columns[column])

    def _text_reader(self, name: str, variable: Variable) -> _Reader:
        column, kept = variable.column, variable.kept
        if not self.privacy.is_pseudonymised:
            return lambda columns, _: [text or None for text in columns[column]]

        def released(text: str | None) -> Cell:
            if not text:
                return None
            if kept is not None and kept.fullmatch(text):
                return text
            self.withheld[name] += 1
            return None

        return lambda columns, _: [*map(released, columns[column])]

    def _listed_reader(
        self, table: DataTable, variable: Variable, known: Container[str]
    ) -> _Reader:
        """Words of a list; in a pseudonymised export one that is not on the list stays behind."""
        column, name = variable.column, f"{table.name}.{variable.name}"
        if not self.privacy.is_pseudonymised:
            return lambda columns, _: [*map(_word, columns[column])]

        passed: dict[str | None, str | None] = {}  # the same few words stand in every row

        def released(value: str | None) -> str | None:
            word = _word(value)
            if word is None or word in known:
                passed[value] = word
                return word
            if variable.kind is Kind.TERM and all(one in known for one in word.split()):
                return word
            self.withheld[name] += 1
            return None

        return lambda columns, _: [
            passed[value] if value in passed else released(value) for value in columns[column]
        ]

    def _number_reader(self, table: DataTable, variable: Variable) -> _Reader:
        column, most = variable.column, variable.most

        def numbers(columns: Columns) -> Sequence[int | Decimal | None]:
            # Of those on record the text tells the digits; computed ones that are only equal may
            # have others.
            found = columns[column]
            return [*map(_number, found)] if table.is_computed else _once(_number, found)

        if most is None or not self.privacy.is_pseudonymised:
            return lambda columns, _: numbers(columns)
        top = most
        return lambda columns, _: [
            None if number is None else min(number, top) for number in numbers(columns)
        ]

    def _time_reader(self, column: str) -> _Reader:
        if not self.privacy.is_pseudonymised:
            return lambda columns, _: _locals(columns, column)
        return lambda columns, starts: self._times(_civils(columns, column), starts)

    def _known_readers(self, column: str) -> list[_Reader]:
        if self.privacy is Privacy.INTERVALS:
            return [lambda columns, starts: self._days(map(_known_day, columns[column]), starts)]
        return [
            lambda columns, starts: self._times(map(_known_local, columns[column]), starts),
            lambda columns, _: [*map(_known_precision, columns[column])],
        ]

    def _days(self, days: Iterable[date | None], starts: _Starts) -> list[Cell]:
        """Days as they leave."""
        match self.privacy:
            case Privacy.SHIFTED:
                return [day and day - back for day, back in zip(days, starts, strict=True)]
            case Privacy.INTERVALS:
                return [
                    None if day is None or start is None else (day - start).days
                    for day, start in zip(days, starts, strict=True)
                ]
            case Privacy.IDENTIFIED:
                return [*days]

    def _times(self, civil: Iterable[datetime | None], starts: _Starts) -> list[Cell]:
        """Civil times as they leave; with names there is nothing to do."""
        match self.privacy:
            case Privacy.SHIFTED:
                return [time and time - back for time, back in zip(civil, starts, strict=True)]
            case Privacy.INTERVALS:
                return [*map(_days_after, civil, starts)]
            case Privacy.IDENTIFIED:
                return [*civil]


def _days_after(civil: datetime | None, start: date | None) -> Decimal | None:
    if civil is None or start is None:
        return None
    passed = civil - datetime.combine(start, datetime.min.time())
    return (Decimal(passed.days) + Decimal(passed.seconds) / _DAY_SECONDS).quantize(_FRACTION)


_T = TypeVar("_T", bound=Hashable)
_Made = TypeVar("_Made")


def _once(make: Callable[[_T], _Made], values: Sequence[_T]) -> list[_Made]:
    """What is made of each value, made once of those that stand in several rows."""
    made = {value: make(value) for value in {*values}}
    return [made[value] for value in values]


def _joined(variable: Variable, more: Name) -> Name:
    return Name(variable.label.en + more.en, variable.label.zh + more.zh)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def _known_day(text: str | None) -> date | None:
    return KnownTime.parse(text).local.date() if text else None


def _known_local(text: str | None) -> datetime | None:
    return KnownTime.parse(text).local if text else None


def _known_precision(text: str | None) -> str | None:
    return KnownTime.parse(text).precision.value if text else None


def _locals(columns: Columns, column: str) -> list[datetime | None]:
    """Times on the clocks that they were read on, with offsets where the table has them."""
    if f"{column}_utc" in columns:
        moments = zip(columns[f"{column}_utc"], columns[f"{column}_offset"], strict=True)
        return [None if utc is None else local_value(utc, offset) for utc, offset in moments]
    return [
        datetime.fromisoformat(found) if isinstance(found, str) else found
        for found in columns[column]
    ]


def _civils(columns: Columns, column: str) -> list[datetime | None]:
    """The same without offsets: what the clocks showed."""
    if f"{column}_utc" in columns:
        moments = zip(columns[f"{column}_utc"], columns[f"{column}_offset"], strict=True)
        return [None if utc is None else civil_value(utc, offset) for utc, offset in moments]
    return [
        found.replace(tzinfo=None) if found and found.tzinfo else found
        for found in _locals(columns, column)
    ]


def _number(value: Any) -> int | Decimal | None:
    return value if value is None or isinstance(value, int) else Decimal(value)


def _flag(value: Any) -> Cell:
    return None if value is None else ("yes" if value else "no")


def _word(value: Any) -> str | None:
    return None if value is None or value == "" else _SIGNS.get(value, str(value))
