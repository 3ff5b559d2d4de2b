"""Resources of rows that are much alike: what they share is built, and written as JSON, once.

Tens of thousands of doses differ in whose they are, when and how much; everything else is one of
a few hundred forms. A form is built as any resource is, with stand-ins for what is a row's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from aml_maint.domain.data_dictionary import Cell
from aml_maint.reports import fhir_findings, fhir_therapy
from aml_maint.reports.fhir_bundle import NEXT, Code, Entry, entry
from aml_maint.reports.fhir_elements import (
    Cells,
    Resource,
    Words,
    day_of,
    resource_id,
    when,
)

_Write = Callable[[Any], str | None]
# So many forms are kept; words that are on no list could make ever more.
_MOST = 4_096
# What stands for a row's own cell: what ids, days and texts are made of lets it through as it is.
# No word of our lists has the like, and without names no other words are alike.
_STAND_IN = "zQ{:02d}Qz"


@dataclass(frozen=True)
class Form:
    """Which cells of a row its resource is made of.

    Rows that agree in `alike` have resources that differ only in their `own` cells: the words of
    those, by name, are what is given here makes of them. `numbers` of them stand without quotes.
    """

    kind: str
    build: Callable[[Cells, Words], Iterator[Resource]]
    alike: tuple[str, ...]
    own: Mapping[str, _Write]
    numbers: frozenset[str]


# A patient's and a course's come with every row of theirs.
_again = lru_cache(maxsize=16)(resource_id)


def _text(cell: str) -> str:
    return json.dumps(cell, ensure_ascii=False)[1:-1]


def _digits(cell: object) -> str:
    return f"{cell:f}" if not isinstance(cell, int) else str(cell)


FORMS: Mapping[str, Form] = {
    "administrations": Form(
        "MedicationAdministration",
        fhir_therapy.administration,
        ("status", "reason_code", "site", "route", "component", "dose_unit"),
        {
            "administration_id": resource_id, "patient_id": _again, "course_id": _again,
            "order_id": resource_id, "given": when, "planned": day_of, "planned_on": day_of,
            "dose_value": _digits, "note": _text,
        },
        frozenset({"dose_value"}),
    ),
    "lab_values": Form(
        "Observation",
        fhir_findings.lab_value,
        ("analyte", "unit", "comparator"),
        {
            "result_id": resource_id, "patient_id": _again, "collected": when,
            "value": _digits, "lower_limit": _digits, "upper_limit": _digits,
        },
        frozenset({"value", "lower_limit", "upper_limit"}),
    ),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Filling:
    """An entry with places for a row's own cells."""

    text: str
    places: tuple[int, ...]
    """Which of the own cells stand where."""
    pick: Callable[[tuple[Any, ...]], Any]
    """Takes them from the words of all, in the order of their places."""
    codes: Sequence[Code]


class FormWriter:
    """Fills in the form of a table, rows at a time."""

    def __init__(self, form: Form, words: Words) -> None:
        self._form, self._words = form, words
        self._known: dict[tuple[Any, ...], _Filling] = {}

    def entries(self, columns: Mapping[str, Sequence[Cell]]) -> Entry:
        """The entries of some rows, at least one, given by the names of their cells."""
        form = self._form
        codes: list[Code] = []  # told once
        nothing = [None] * len(next(iter(columns.values())))
        alike = [columns.get(name, nothing) for name in form.alike]
        own = [columns.get(name, nothing) for name in form.own]
        lacking = [[cell is None for cell in cells] for cells in own]
        fillings = []
        for key in zip(*alike, *lacking, strict=True):
            filling = self._known.get(key)
            if filling is None:
                if len(self._known) == _MOST:
                    self._known.clear()
                filling = self._known[key] = self._filling(key)
                codes += filling.codes
            fillings.append(filling)
        # A cell that stands in several places becomes words once, and one in none does not.
        wanted = {at for filling in {*fillings} for at in filling.places}
        words = [
            [None if cell is None else write(cell) for cell in cells] if at in wanted else nothing
            for at, (cells, write) in enumerate(zip(own, form.own.values(), strict=True))
        ]
        texts = [
            filling.text % filling.pick(row)
            for filling, row in zip(fillings, zip(*words, strict=True), strict=True)
        ]
        return Entry(form.kind, NEXT.join(texts), codes, len(texts))

    def _filling(self, key: tuple[Any, ...]) -> _Filling:
        """The entry of all rows like one, of which a key tells its words and what it lacks."""
        form = self._form
        words, lacking = key[: len(form.alike)], key[len(form.alike) :]
        cells: dict[str, Cell] = dict(zip(form.alike, words, strict=True))
        places: dict[str, int] = {}
        for at, (name, lacks) in enumerate(zip(form.own, lacking, strict=True)):
            stand_in = _STAND_IN.format(at)
            cells[name] = None if lacks else stand_in
            places[f'"{stand_in}"' if name in form.numbers else stand_in] = at
        (one,) = form.build(cells, self._words)
        made = entry(one)
        parts = re.split(f"({'|'.join(places)})", made.text.replace("%", "%%"))
        order = tuple(places[name] for name in parts[1::2])
        return _Filling("%s".join(parts[::2]), order, itemgetter(*order), made.codes)
