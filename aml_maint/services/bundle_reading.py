"""Reads a FHIR bundle entry by entry, and the rows that its resources carry.

It needs no ward file, so it can be done beside one. The whole of a bundle taken apart at once
would fill the memory, and hold up every other thread while it is.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import LANGUAGES, Language, Message, say
from aml_maint.reports.fhir_bundle import records_of
from aml_maint.services import library
from aml_maint.services.fhir_exporting import NOT_IN_A_BUNDLE
from aml_maint.services.long_work import Step, Watch, unwatched
from aml_maint.store import bundles
from aml_maint.store.schema import Columns

LARGEST = 200 * 1024 * 1024  # bytes

FAULTS = (UserError, ValueError, LookupError, TypeError, ArithmeticError)
_EVERY = 100
_PART = 1 << 18  # bytes
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(parse_float=Decimal)


class RowState(StrEnum):
    """How a row of the bundle stands to the ward's file."""

    NEW = "new"
    SAME = "same"
    CONFLICT = "conflict"
    """The ward has it otherwise, or has its patient or laboratory under another id."""
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class BundleRow:
    """A row that the bundle carries: in which entry (from 1), of what table, and how it stands."""

    entry: int
    table: str
    id: str
    row: Mapping[str, Any]
    state: RowState = RowState.NEW
    told: Message | None = None


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """A resource of the bundle: in which entry (from 1), and the text of that."""

    number: int
    kind: str
    id: str
    text: str

    @property
    def name(self) -> str:
        """How others refer to it."""
        return f"{self.kind}/{self.id}"

    @property
    def resource(self) -> Mapping[str, Any]:
        """The resource, read again from the text."""
        found: Mapping[str, Any] = _DECODER.decode(self.text)["resource"]
        return found


@dataclass(frozen=True)
class BundleFile:
    """A bundle that was read: its resources, and the rows that they carry."""

    language: Language
    entries: tuple[BundleEntry, ...]
    rows: tuple[BundleRow, ...]

    @property
    def is_sound(self) -> bool:
        """Could every row be read?"""
        return all(row.state is not RowState.REJECTED for row in self.rows)


def read_bundle(data: bytes, columns: Columns, watch: Watch = unwatched) -> BundleFile:
    """What a bundle carries; `columns` are those that a ward's file has.

    BadInput when it is no bundle that this program made with names in it.
    """
    watch(Step.READING, 0, 0)
    if len(data) > LARGEST:
        raise BadInput(say("import.too_large", size=LARGEST // (1024 * 1024)), field="file")
    try:
        found = _read(data, columns, watch)
    except (ValueError, RecursionError) as error:
        raise BadInput(say("import.fhir.not_json"), field="file") from error
    if not found.rows:
        raise BadInput(say("import.fhir.no_records"), hint=say("import.fhir.no_records.hint"),
                       field="file")  # fmt: skip
    return found


def _read(data: bytes, columns: Columns, watch: Watch) -> BundleFile:
    reader = _Reader(data)
    entries: list[BundleEntry] = []
    rows: list[BundleRow] = []
    rest: dict[str, Any] = {}
    for name, value, text in reader.members():
        if name != "entry":
            rest[name] = value
            continue
        one = value.get("resource") if isinstance(value, dict) else None
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            raise BadInput(say("import.fhir.no_bundle"), field="file")
        number, kind = len(entries) + 1, str(one.get("resourceType"))
        entries.append(BundleEntry(number, kind, one["id"], text))
        rows += _rows(number, one, columns)
        if number % _EVERY == 0:
            watch(Step.READING, reader.done, len(data))
    if rest.get("resourceType") != "Bundle":
        raise BadInput(say("import.fhir.no_bundle"), field="file")
    language: Language = next((one for one in LANGUAGES if rest.get("language") == one), "en")
    return BundleFile(language, tuple(entries), tuple(rows))


class _Reader:
    """Goes through a JSON object part by part; ValueError for what is none.

    Bytes of a whole ward made text in one go would hold up every other thread meanwhile.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self.done = 0
        """How many bytes were begun."""

    def members(self) -> Iterator[tuple[str, Any, str]]:
        """Each member with its text, and of the list `entry` each element by itself."""
        self._expect("{")
        more = not self._took("}")
        while more:
            name, _ = self._value()
            if not isinstance(name, str):
                raise ValueError("a name is a text")
            self._expect(":")
            if name == "entry" and self._took("["):
                yield from self._elements()
            else:
                yield (name, *self._value())
            more = self._took(",")
            if not more:
                self._expect("}")
        self._skip()
        if self._at != len(self._text):
            raise ValueError("something stands after the end")

    def _elements(self) -> Iterator[tuple[str, Any, str]]:
        if self._took("]"):
            return
        while True:
            yield ("entry", *self._value())
            if not self._took(","):
                break
        self._expect("]")

    def _value(self) -> tuple[Any, str]:
        self._skip()
        size = _PART
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                if not self._go_on(size):
                    raise
            else:
                # A number may go on in the next part.
                if end < len(self._text) or not self._go_on(size):
                    text = self._text[self._at : end]
                    self._at = end
                    return value, text
            # Larger and larger, or a long value would be read from its beginning again and again.
            size *= 2

    def _go_on(self, size: int) -> bool:
        """Put the next bytes behind the text that is left; False if there are none."""
        if self.done >= len(self._data):
            return False
        part = self._data[self.done : self.done + size]
        self.done += size
        more = self._decoder.decode(part, final=self.done >= len(self._data))
        self._text, self._at = self._text[self._at :] + more, 0
        return True

    def _took(self, sign: str) -> bool:
        self._skip()
        found = self._text.startswith(sign, self._at)
        self._at += found
        return found

    def _expect(self, sign: str) -> None:
        if not self._took(sign):
            raise ValueError(f"{sign} is missing")

    def _skip(self) -> None:
        """Go to the next character that is no space."""
        while True:
            match = _SPACE.match(self._text, self._at)
            assert match is not None  # it fits nothing, too
            self._at = match.end()
            if self._at < len(self._text) or not self._go_on(_PART):
                return


def _rows(number: int, one: dict[str, Any], columns: Columns) -> Iterator[BundleRow]:
    """The rows that a resource carries."""
    try:
        records = records_of(one)
    except (*FAULTS, AttributeError):
        told = say("import.fhir.unreadable")
        yield BundleRow(number, str(one.get("resourceType")), "", {}, RowState.REJECTED, told)
        return
    for table, row in records:
        why = _fault(table, row, columns)
        state = RowState.NEW if why is None else RowState.REJECTED
        yield BundleRow(number, table, str(row.get("id")), row, state, why)


def _fault(table: str, row: Mapping[str, Any], columns: Columns) -> Message | None:
    """What is wrong with a row by itself."""
    if table not in bundles.TABLES or table in NOT_IN_A_BUNDLE:
        return say("import.fhir.unknown_table", table=table)
    known = columns.get(table, ())
    if unknown := tuple(sorted(name for name in row if name not in known)):
        return say("import.fhir.unknown_column", columns=unknown)
    if not all(isinstance(value, str | int) for value in row.values()):
        return say("import.fhir.unreadable")
    if table == "courses":
        try:
            library.regimen(str(row.get("regimen_id")), int(row.get("regimen_version", 0)))
        except (UserError, ValueError) as error:
            return error.message if isinstance(error, UserError) else say("import.fhir.unreadable")
    return None
