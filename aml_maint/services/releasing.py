"""From the record to what leaves: each table's variables and cells as a kind of privacy lets them.

An identified export has everything as it is on record. A pseudonymised one has study ids, dates
that were moved or counted in days, and no text but what looks like a code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from aml_maint.domain.data_dictionary import Cell, Code, DataTable, Extract, Kind, Terms, Variable
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.messages import Name
from aml_maint.domain.pseudonym import Privacy, Pseudonyms
from aml_maint.store.columns import civil_value, optional_moment

Row = Mapping[str, Any]
_Reader = Callable[[Row], Cell]

_DAYS_AFTER = Name(" (days after day 0)", "（距第0天的天数）")
_PRECISION = Name(": how exactly it is known", "：时间精确程度")
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

    def extract(self, table: DataTable, rows: Iterable[Row]) -> Extract:
        """A table as it leaves."""
        variables: list[Variable] = []
        readers: list[_Reader] = []
        for variable in table.variables:
            if self._leaves(table, variable):
                variables += self._variables(variable)
                readers += self._readers(table, variable)
        cells = (tuple([read(row) for read in readers]) for row in rows)
        return Extract(table.name, table.label, tuple(variables), cells)

    def named(self, table: DataTable, rows: Iterable[Row]) -> Iterator[tuple[dict[str, Cell], Row]]:
        """The same cells by the names of their variables, each row beside the one on record."""
        kept: list[Row] = []

        def seen() -> Iterator[Row]:
            for row in rows:
                kept.append(row)
                yield row

        extract = self.extract(table, seen())
        names = [variable.name for variable in extract.variables]
        for cells in extract.rows:
            yield dict(zip(names, cells, strict=True)), kept.pop()

    def _leaves(self, table: DataTable, variable: Variable) -> bool:
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
        """What reads a variable's cell from a row; of a known time two cells."""
        column = variable.column
        match variable.kind:
            case Kind.PATIENT | Kind.RECORD:
                return [self._id_reader(variable)]
            case Kind.DAY:
                return [lambda row: self._moved_day(row, _day(row[column]))]
            case Kind.TIME:
                return [self._time_reader(column)]
            case Kind.KNOWN_TIME:
                return self._known_readers(column)
            case Kind.NUMBER | Kind.WHOLE:
                return [self._number_reader(variable)]
            case Kind.FLAG:
                return [lambda row: _flag(row[column])]
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
            return lambda row: row[column]
        if variable.kind is Kind.PATIENT:
            return lambda row: pseudonyms.study_id(row[column])
        return lambda row: pseudonyms.record(row[column]) if row[column] else None

    def _text_reader(self, name: str, variable: Variable) -> _Reader:
        column, kept = variable.column, variable.kept
        if not self.privacy.is_pseudonymised:
            return lambda row: row[column] or None

        def read(row: Row) -> Cell:
            text: str | None = row[column]
            if not text:
                return None
            if kept is not None and kept.fullmatch(text):
                return text
            self.withheld[name] += 1
            return None

        return read

    def _listed_reader(
        self, table: DataTable, variable: Variable, known: Container[str]
    ) -> _Reader:
        """Words of a list; in a pseudonymised export one that is not on the list stays behind."""
        column, name = variable.column, f"{table.name}.{variable.name}"
        if not self.privacy.is_pseudonymised:
            return lambda row: _word(row[column])

        def read(row: Row) -> Cell:
            word = _word(row[column])
            if word is None or word in known:
                return word
            if variable.kind is Kind.TERM and all(one in known for one in word.split()):
                return word
            self.withheld[name] += 1
            return None

        return read

    def _number_reader(self, variable: Variable) -> _Reader:
        column, most = variable.column, variable.most
        if most is None or not self.privacy.is_pseudonymised:
            return lambda row: _number(row[column])
        top = most

        def read(row: Row) -> Cell:
            number = _number(row[column])
            return None if number is None else min(number, top)

        return read

    def _time_reader(self, column: str) -> _Reader:
        if not self.privacy.is_pseudonymised:
            return lambda row: _local(row, column)
        return lambda row: self._moved_time(row, _civil(row, column))

    def _known_readers(self, column: str) -> list[_Reader]:
        if self.privacy is Privacy.INTERVALS:
            return [lambda row: self._moved_day(row, _known_day(row[column]))]
        return [
            lambda row: self._known_time(row, row[column]),
            lambda row: KnownTime.parse(row[column]).precision.value if row[column] else None,
        ]

    def _known_time(self, row: Row, text: str | None) -> Cell:
        if not text:
            return None
        local = KnownTime.parse(text).local
        if not self.privacy.is_pseudonymised:
            return local
        return self._moved_time(row, local.replace(tzinfo=None))

    def _moved_day(self, row: Row, day: date | None) -> Cell:
        if day is None or not self.privacy.is_pseudonymised:
            return day
        if self.privacy is Privacy.SHIFTED:
            return day - self._back(row)
        start = self._day_0.get(row["patient_id"])
        return None if start is None else (day - start).days

    def _moved_time(self, row: Row, civil: datetime | None) -> Cell:
        """A civil time as it leaves without names."""
        if civil is None:
            return None
        if self.privacy is Privacy.SHIFTED:
            return civil - self._back(row)
        start = self._day_0.get(row["patient_id"])
        if start is None:
            return None
        passed = civil - datetime.combine(start, datetime.min.time())
        return (Decimal(passed.days) + Decimal(passed.seconds) / _DAY_SECONDS).quantize(_FRACTION)

    def _back(self, row: Row) -> timedelta:
        return timedelta(days=self._pseudonyms.days_back(row["patient_id"]))


def _joined(variable: Variable, more: Name) -> Name:
    return Name(variable.label.en + more.en, variable.label.zh + more.zh)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def _known_day(text: str | None) -> date | None:
    return KnownTime.parse(text).local.date() if text else None


def _local(row: Row, column: str) -> datetime | None:
    """A time on the clock that it was read on, with its offset where the table has one."""
    if f"{column}_utc" in row:
        moment = optional_moment(row, column)
        return None if moment is None else moment.local
    found: datetime | str | None = row[column]
    return datetime.fromisoformat(found) if isinstance(found, str) else found


def _civil(row: Row, column: str) -> datetime | None:
    """The same without its offset: what that clock showed."""
    utc = row.get(f"{column}_utc", "")
    if utc == "":
        found = _local(row, column)
        return None if found is None else found.replace(tzinfo=None)
    return None if utc is None else civil_value(utc, row[f"{column}_offset"])


def _number(value: Any) -> int | Decimal | None:
    return value if value is None or isinstance(value, int) else Decimal(value)


def _flag(value: Any) -> Cell:
    return None if value is None else ("yes" if value else "no")


def _word(value: Any) -> str | None:
    return None if value is None or value == "" else _SIGNS.get(value, str(value))
