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
from aml_maint.domain.moment import Moment
from aml_maint.domain.pseudonym import Privacy, Pseudonyms
from aml_maint.store.columns import optional_moment

Row = Mapping[str, Any]
_Reader = Callable[[Row], tuple[Cell, ...]]

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
            if not self._leaves(table, variable):
                continue
            variables += self._variables(variable)
            readers.append(self._reader(table, variable))

        def cells() -> Iterator[tuple[Cell, ...]]:
            for row in rows:
                yield tuple(cell for read in readers for cell in read(row))

        return Extract(table.name, table.label, tuple(variables), cells())

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

    def _reader(self, table: DataTable, variable: Variable) -> _Reader:
        column = variable.column
        match variable.kind:
            case Kind.PATIENT | Kind.RECORD:
                return self._id_reader(variable)
            case Kind.DAY:
                return lambda row: (self._moved_day(row, _day(row[column])),)
            case Kind.TIME:
                return lambda row: (self._moved_time(row, _moment(row, column)),)
            case Kind.KNOWN_TIME:
                return lambda row: self._known(row, row[column])
            case Kind.NUMBER | Kind.WHOLE:
                return lambda row: (self._number(variable, row[column]),)
            case Kind.FLAG:
                return lambda row: (_flag(row[column]),)
            case Kind.TEXT:
                return self._text_reader(f"{table.name}.{variable.name}", variable)
            case Kind.CODE:
                return self._listed_reader(table, variable, {code.word for code in variable.codes})
            case Kind.TERM:
                return self._listed_reader(table, variable, self._terms[variable.terms].keys())

    def _id_reader(self, variable: Variable) -> _Reader:
        column, pseudonyms = variable.column, self._pseudonyms
        if not self.privacy.is_pseudonymised:
            return lambda row: (row[column],)
        if variable.kind is Kind.PATIENT:
            return lambda row: (pseudonyms.study_id(row[column]),)
        return lambda row: (pseudonyms.record(row[column]) if row[column] else None,)

    def _text_reader(self, name: str, variable: Variable) -> _Reader:
        column, kept = variable.column, variable.kept
        if not self.privacy.is_pseudonymised:
            return lambda row: (row[column] or None,)

        def read(row: Row) -> tuple[Cell]:
            text = row[column]
            if not text:
                return (None,)
            if kept is not None and kept.fullmatch(text):
                return (text,)
            self.withheld[name] += 1
            return (None,)

        return read

    def _listed_reader(
        self, table: DataTable, variable: Variable, known: Container[str]
    ) -> _Reader:
        """Words of a list; in a pseudonymised export one that is not on the list stays behind."""
        column, name = variable.column, f"{table.name}.{variable.name}"

        def read(row: Row) -> tuple[Cell]:
            word = _word(row[column])
            if word is None or not self.privacy.is_pseudonymised or word in known:
                return (word,)
            if variable.kind is Kind.TERM and all(one in known for one in word.split()):
                return (word,)
            self.withheld[name] += 1
            return (None,)

        return read

    def _number(self, variable: Variable, value: Any) -> Cell:
        if value is None or isinstance(value, int):
            number: int | Decimal | None = value
        else:
            number = Decimal(value)
        most = variable.most
        if most is not None and number is not None and self.privacy.is_pseudonymised:
            return min(number, most)
        return number

    def _moved_day(self, row: Row, day: date | None) -> Cell:
        if day is None or not self.privacy.is_pseudonymised:
            return day
        if self.privacy is Privacy.SHIFTED:
            return day - self._back(row)
        start = self._day_0.get(row["patient_id"])
        return None if start is None else (day - start).days

    def _moved_time(self, row: Row, at: Moment | datetime | None) -> Cell:
        if at is None:
            return None
        if not self.privacy.is_pseudonymised:
            return at.local if isinstance(at, Moment) else at
        civil = (at.local if isinstance(at, Moment) else at).replace(tzinfo=None)
        if self.privacy is Privacy.SHIFTED:
            return civil - self._back(row)
        start = self._day_0.get(row["patient_id"])
        if start is None:
            return None
        passed = civil - datetime.combine(start, datetime.min.time())
        return (Decimal(passed.days) + Decimal(passed.seconds) / _DAY_SECONDS).quantize(_FRACTION)

    def _known(self, row: Row, text: str | None) -> tuple[Cell, ...]:
        if self.privacy is Privacy.INTERVALS:
            day = KnownTime.parse(text).local.date() if text else None
            return (self._moved_day(row, day),)
        if not text:
            return (None, None)
        known = KnownTime.parse(text)
        return (self._moved_time(row, known.local), known.precision.value)

    def _back(self, row: Row) -> timedelta:
        return timedelta(days=self._pseudonyms.days_back(row["patient_id"]))


def _joined(variable: Variable, more: Name) -> Name:
    return Name(variable.label.en + more.en, variable.label.zh + more.zh)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def _moment(row: Row, column: str) -> Moment | datetime | None:
    if f"{column}_utc" in row:
        return optional_moment(row, column)
    found: datetime | str | None = row[column]
    return datetime.fromisoformat(found) if isinstance(found, str) else found


def _flag(value: Any) -> Cell:
    return None if value is None else ("yes" if value else "no")


def _word(value: Any) -> str | None:
    return None if value is None or value == "" else _SIGNS.get(value, str(value))
