"""Tables as one workbook: numbers as numbers, dates as dates, text as text and never a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from aml_maint.domain.data_dictionary import Extract, Terms, Variable
from aml_maint.domain.messages import Catalogue
from aml_maint.reports.data_text import (
    CODES_HEADER,
    DICTIONARY_HEADER,
    code_rows,
    unit_shown,
    variable_rows,
)
from aml_maint.reports.xlsx_book import MOST_ROWS, Book, Sheet, Style

HEAD_ROWS = 2
"""The names of the variables, and what they mean."""

_WIDEST = 40


def write_xlsx(
    tables: Sequence[Extract], file: BinaryIO, terms: Terms, words: Sequence[Catalogue],
    language: Catalogue,
) -> dict[str, int]:  # fmt: skip
    """Write a sheet for each table and two for the dictionary; how many rows each table has.

    `words` are both languages, `language` the one of the second row of each sheet. A table with
    more rows than a sheet holds goes on in another; the sheet of an empty one is hidden.
    """
    with Book(file) as book:
        described = [r for t in tables for r in variable_rows(t.name, t.label, t.variables)]
        _write_texts(book, "dictionary", DICTIONARY_HEADER, described)
        variables = [variable for table in tables for variable in table.variables]
        _write_texts(book, "codes", CODES_HEADER, code_rows(variables, terms, words))
        return {table.name: _write_table(book, table, language) for table in tables}


def _write_table(book: Book, table: Extract, language: Catalogue) -> int:
    count, number = 0, 1
    sheet = _table_sheet(book, table.name, table.variables, language)
    for row in table.rows:
        if sheet.is_full or sheet.rows == MOST_ROWS:
            number += 1
            sheet = _table_sheet(book, f"{table.name} {number}", table.variables, language)
        sheet.add(row)
        count += 1
    sheet.is_hidden = not count
    return count


def _table_sheet(
    book: Book, name: str, variables: Sequence[Variable], language: Catalogue
) -> Sheet:
    widths = [min(max(len(variable.name) + 2, 12), _WIDEST) for variable in variables]
    sheet = book.sheet(name, widths, HEAD_ROWS, 1)
    sheet.add_head((variable.name for variable in variables), Style.NAME)
    sheet.add_head((_label(variable, language) for variable in variables), Style.LABEL)
    return sheet


def _label(variable: Variable, language: Catalogue) -> str:
    label, unit = variable.label.text(language.language), unit_shown(variable, language)
    return f"{label} [{unit}]" if unit else label


def _write_texts(
    book: Book, name: str, header: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    sheet = book.sheet(name, [24] * len(header), 1, 0)
    sheet.add_head(header, Style.NAME)
    for row in rows:
        sheet.add(text or None for text in row)
