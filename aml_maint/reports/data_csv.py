"""Tables as CSV: one file a table, and the dictionary beside them.

RFC 4180 in UTF-8 with CR LF; a byte order mark is for spreadsheets that otherwise take the file
for something else.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO

from aml_maint.domain.data_dictionary import Extract, Terms
from aml_maint.domain.messages import Catalogue
from aml_maint.domain.spreadsheet_text import harmless
from aml_maint.reports.data_text import (
    CODES_HEADER,
    DICTIONARY_HEADER,
    cell_text,
    code_rows,
    variable_rows,
)

NewFile = Callable[[str], AbstractContextManager[BinaryIO]]
"""Opens a file of a name in the folder of the export."""


def write_csv(
    tables: Sequence[Extract], new_file: NewFile, terms: Terms, words: Sequence[Catalogue],
    *, mark: bool,
) -> dict[str, int]:  # fmt: skip
    """Write every table and the dictionary; how many rows each table has.

    `words` are the catalogues of English and Chinese. `mark` puts a byte order mark first.
    """
    counts: dict[str, int] = {}
    for table in tables:
        with _rows_file(new_file, f"{table.name}.csv", mark=mark) as write:
            write([variable.name for variable in table.variables])
            count = 0
            for row in table.rows:
                write(list(map(cell_text, table.variables, row)))
                count += 1
        counts[table.name] = count
    write_dictionary(tables, new_file, terms, words, mark=mark)
    return counts


def write_dictionary(
    tables: Sequence[Extract], new_file: NewFile, terms: Terms, words: Sequence[Catalogue],
    *, mark: bool,
) -> None:  # fmt: skip
    """Write `dictionary.csv`, each variable of some tables, and `codes.csv`, each code in them."""
    described = [r for t in tables for r in variable_rows(t.name, t.label, t.variables)]
    _write_rows(new_file, "dictionary.csv", DICTIONARY_HEADER, described, mark=mark)
    variables = [variable for table in tables for variable in table.variables]
    codes = code_rows(variables, terms, words)
    _write_rows(new_file, "codes.csv", CODES_HEADER, codes, mark=mark)


def _write_rows(
    new_file: NewFile, name: str, header: Sequence[str], rows: Iterable[Sequence[str]],
    *, mark: bool,
) -> None:  # fmt: skip
    with _rows_file(new_file, name, mark=mark) as write:
        write(list(header))
        for row in rows:
            write([harmless(cell) for cell in row])


@contextmanager
def _rows_file(
    new_file: NewFile, name: str, *, mark: bool
) -> Iterator[Callable[[list[str]], object]]:
    with new_file(name) as file:
        encoding = "utf-8-sig" if mark else "utf-8"
        text = io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")
        yield csv.writer(text, lineterminator="\r\n").writerow
        text.flush()
        text.detach()
