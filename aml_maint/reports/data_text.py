"""Cells as text that no spreadsheet takes for a formula, and the dictionary as tables of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from aml_maint.domain.data_dictionary import Cell, Code, Kind, Terms, Variable
from aml_maint.domain.messages import Catalogue, Message, Name
from aml_maint.domain.quantities import unit_text
from aml_maint.domain.spreadsheet_text import harmless

_TIME_UNITS = frozenset({"a", "mo", "d", "h", "min"})
_IN_WORDS = frozenset({Kind.TEXT, Kind.CODE, Kind.TERM, Kind.FLAG, Kind.PATIENT, Kind.RECORD})


def cell_text(variable: Variable, cell: Cell) -> str:
    """A cell of a text file: ISO dates, plain decimals, codes by word; empty for no value."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.isoformat(timespec="minutes")
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell:f}"
        case _:
            text = str(cell)
            return harmless(text) if variable.kind in _IN_WORDS else text


DICTIONARY_HEADER = (
    "table", "variable", "type", "unit", "codes", "label_en", "label_zh", "table_en", "table_zh",
)  # fmt: skip
CODES_HEADER = ("codes", "word", "number", "missing", "label_en", "label_zh")


def variable_rows(
    name: str, label: Name, variables: Sequence[Variable]
) -> Iterator[tuple[str, ...]]:
    """The rows of the dictionary for one table."""
    for variable in variables:
        yield (
            name, variable.name, variable.kind.value, variable.unit,
            variable.codes_name or variable.terms, variable.label.en, variable.label.zh,
            label.en, label.zh,
        )  # fmt: skip


def code_rows(
    variables: Iterable[Variable], terms: Terms, words: Sequence[Catalogue]
) -> Iterator[tuple[str, ...]]:
    """Every code of some variables, list by list, in English and Chinese."""
    done: set[str] = set()
    for variable in variables:
        listed = variable.codes_name or variable.terms
        if not listed or listed in done:
            continue
        done.add(listed)
        for code in variable.codes:
            missing = "yes" if code.is_missing else "no"
            yield (listed, code.word, str(code.number), missing, *_both(code, words))
        for id, label in terms.get(variable.terms, {}).items():
            yield (listed, id, "", "no", *(one.text(label) for one in words))


def _both(code: Code, words: Sequence[Catalogue]) -> Iterator[str]:
    return (one.text(code.label) for one in words)


def unit_shown(variable: Variable, words: Catalogue) -> str:
    """A unit as people write it."""
    if variable.unit in _TIME_UNITS:
        return words.text(f"export.unit.{variable.unit}")
    found = unit_text(variable.unit) if variable.unit else ""
    return words.text(found) if isinstance(found, Message) else found
