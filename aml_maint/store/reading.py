"""Queries as dictionaries, or as plain tuples where thousands of rows are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.store.errors import Doing, telling

if TYPE_CHECKING:
    from sqlite3 import Connection, Cursor


def rows(
    connection: Connection,
    sql: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    doing: Doing = "reading",
) -> list[dict[str, Any]]:
    """All rows of a query, each by column name; StorageProblem if the file can't be read.

    BadInput for a parameter with half a character, which no row can hold.
    """
    return list(each(connection, sql, parameters, doing))


def each(
    connection: Connection,
    sql: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    doing: Doing = "reading",
) -> Iterator[dict[str, Any]]:
    """The same one by one: a row that was made into something else is not held any more."""
    with telling(doing):
        cursor = _asked(connection, sql, parameters)
        names = [column[0] for column in cursor.description]
        for values in cursor:
            yield dict(zip(names, values, strict=True))


def tuples(
    connection: Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
) -> Iterator[tuple[Any, ...]]:
    """The same without the names: the values of each row as the query lists them."""
    with telling("reading"):
        yield from _asked(connection, sql, parameters)


def _asked(
    connection: Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any]
) -> Cursor:
    expect_query(sql)
    try:
        cursor = connection.execute(sql, parameters)
    except UnicodeEncodeError as error:
        raise BadInput(say("store.text_unreadable")) from error
    if cursor.description is None:
        raise ValueError("only queries give rows")
    return cursor


def expect_query(sql: str) -> None:
    """ValueError for a statement that by its first word is no query."""
    if not sql.lstrip()[:7].upper().startswith(("SELECT", "WITH", "PRAGMA", "EXPLAIN")):
        raise ValueError("only queries give rows")


def single(found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The only row, or None; ValueError if there are more."""
    if len(found) > 1:
        raise ValueError(f"one row expected, {len(found)} found")
    return found[0] if found else None
