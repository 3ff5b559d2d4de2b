"""What leaves the program as data, said once: tables, variables, units, codes, missing values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.data_table import DataProblem, Table
from aml_maint.domain.messages import Message, Name, say

# What a cell holds: a code by its word, a time as a civil time.
Cell = str | int | Decimal | date | datetime | None

NOT_RECORDED = -9
"""The code of an empty value of a variable with codes, where a file has no empty values."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Kind(StrEnum):
    """What a variable holds."""

    PATIENT = "patient"
    RECORD = "record"
    TEXT = "text"
    CODE = "code"
    TERM = "term"
    FLAG = "flag"
    WHOLE = "whole"
    NUMBER = "number"
    DAY = "day"
    TIME = "time"
    KNOWN_TIME = "known_time"

    @property
    def is_date(self) -> bool:
        """Does it tell when something happened?"""
        return self in {Kind.DAY, Kind.TIME, Kind.KNOWN_TIME}


@dataclass(frozen=True)
class Code:
    """One value of a variable: its word, its number where a file wants numbers, what it means."""

    word: str
    number: int
    label: Message | Name

    @property
    def is_missing(self) -> bool:
        """Does it stand for a value that nobody knows?"""
        return self.number < 0


@dataclass(frozen=True)
class Variable:
    """One column: where it is read from, what it holds, and whether it may leave without names.

    `unit` is a UCUM code. `terms` names the list that ids are taken from. `kept` is how a text
    must look to stay in a pseudonymised export; without it, text stays behind. `most` is the
    number that stands there for itself and all above it.
    """

    name: str
    kind: Kind
    label: Name
    column: str
    unit: str = ""
    codes: tuple[Code, ...] = ()
    codes_name: str = ""
    terms: str = ""
    most: int | None = None
    kept: re.Pattern[str] | None = None
    withheld: bool = False
    only_identified: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name} is no name of a variable")
        if (self.kind is Kind.CODE) != bool(self.codes) and self.kind is not Kind.FLAG:
            raise ValueError(f"{self.name}: codes belong to a variable of type code")
        if (self.kind is Kind.TERM) != bool(self.terms):
            raise ValueError(f"{self.name}: terms belong to a variable of type term")

    @property
    def leaves(self) -> bool:
        """May it be part of a pseudonymised export?"""
        if self.withheld or self.only_identified:
            return False
        return self.kind is not Kind.TEXT or self.kept is not None


@dataclass(frozen=True)
class DataTable:
    """One table: its variables in order, and the table of the ward's file that it is read from.

    A source that begins with @ is computed. `order` is the column its rows are sorted by within
    a patient.
    """

    name: str
    label: Name
    source: str
    variables: tuple[Variable, ...]
    order: str = ""

    def __post_init__(self) -> None:
        names = [variable.name for variable in self.variables]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name}: a variable stands twice")

    @property
    def is_computed(self) -> bool:
        """Is it no table of the ward's file?"""
        return self.source.startswith("@")

    @property
    def of_patients(self) -> bool:
        """Does each row belong to a patient?"""
        return any(variable.kind is Kind.PATIENT for variable in self.variables)


Block = Sequence[Sequence[Cell]]
"""Some rows of a table, variable by variable: what is known of a variable is asked once for all."""


@dataclass(frozen=True)
class Extract:
    """A table on its way out: the variables that leave, and their cells in blocks, read once."""

    name: str
    label: Name
    variables: tuple[Variable, ...]
    blocks: Iterator[Block]

    @property
    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """The cells row by row."""
        for block in self.blocks:
            yield from zip(*block, strict=True)


# What ids of a list mean, by list and id.
Terms = Mapping[str, Mapping[str, Message | Name]]


@dataclass(frozen=True)
class Dictionary:
    """The tables in order, and the code lists by name."""

    tables: tuple[DataTable, ...]
    codes: Mapping[str, tuple[Code, ...]]


def dictionary_from_data(data: object) -> Dictionary:
    """The dictionary of the resource file. DataProblem with the path for a mistake."""
    root = Table(data, "", DataProblem)
    with root:
        genes = root.table("genes")
        with genes:
            known = sorted(genes.texts("known"), key=len, reverse=True)
        kept = _patterns(root.table("kept"), f"(?:{'|'.join(map(re.escape, known))})")
        codes = _code_lists(root.table("codes"))
        listed = root.table("tables")
        with listed:
            tables = (_table(name, listed.table(name), codes, kept) for name in listed.ids())
            return Dictionary(tuple(tables), codes)


def _patterns(table: Table, gene: str) -> Mapping[str, re.Pattern[str]]:
    with table:
        return {name: re.compile(table.text(name).replace("{gene}", gene)) for name in table.ids()}


def _code_lists(table: Table) -> Mapping[str, tuple[Code, ...]]:
    found = {}
    with table:
        for name in table.ids():
            with table.table(name) as one:
                texts, words = one.text("texts"), one.table("words")
                with words:
                    found[name] = tuple(
                        Code(word, words.whole(word), say(f"{texts}.{word}"))
                        for word in words.ids()
                    )
    return found


def _table(
    name: str, table: Table, codes: Mapping[str, tuple[Code, ...]],
    kept: Mapping[str, re.Pattern[str]],
) -> DataTable:  # fmt: skip
    with table:
        return DataTable(
            name,
            Name(table.text("en"), table.text("zh")),
            table.optional_text("source") or name,
            tuple(_variable(one, codes, kept) for one in table.tables("variables")),
            table.optional_text("order") or "",
        )


def _variable(
    table: Table, codes: Mapping[str, tuple[Code, ...]], kept: Mapping[str, re.Pattern[str]]
) -> Variable:
    with table:
        name, kind = table.text("name"), table.word("type", Kind)
        listed = table.one_of("codes", codes) if table.has("codes") else ""
        if kind is Kind.FLAG:
            listed = "yes_no"
        form = table.one_of("kept", kept) if table.has("kept") else ""
        return Variable(
            name,
            kind,
            Name(table.text("en"), table.text("zh")),
            table.optional_text("column") or name,
            table.optional_text("unit") or "",
            codes[listed] if listed else (),
            listed,
            table.optional_text("terms") or "",
            table.optional_whole("most"),
            kept[form] if form else None,
            table.flag("withheld", default=False),
            table.flag("only", default=False),
        )
