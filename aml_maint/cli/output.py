"""How answers and errors are printed: text for people, one JSON document for programs."""

from __future__ import annotations

import io
import json
import os
import sys
import traceback
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TextIO

from aml_maint.cli.command import Answer
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import NBSP, Catalogue, Language, Message, Name, say
from aml_maint.services.language import catalogue


class AnswerLost(Exception):
    """Standard output takes no more, as on a full disk."""


@dataclass(frozen=True)
class Printer:
    """Prints in one language: answers on standard output, all else on standard error."""

    language: Language
    json: bool

    @cached_property
    def words(self) -> Catalogue:
        """The texts, read only when there is something to say."""
        return catalogue(self.language)

    def text(self, key: str) -> str:
        """The text of a key."""
        return self.words.text(key)

    def answer(self, answer: Answer) -> None:
        """Print what a command found."""
        for note in answer.notes:
            _put(sys.stderr, self.words.text(note))
        if self.json:
            data = answer.data
            if answer.problem is not None and isinstance(data, Mapping):
                data = {**data, **_error(answer.problem)}
            _put(sys.stdout, document(data, self))
        else:
            for line in answer.lines(self.words):
                _put(sys.stdout, _printable(line))
        if answer.problem is not None:
            self._tell(answer.problem)

    def error(self, error: UserError) -> None:
        """Print what went wrong and what to do about it."""
        if self.json:
            _put(sys.stdout, document(_error(error), self))
        self._tell(error)

    def bug(self, error: Exception) -> None:
        """Say that the program failed, and where; never with what values: they may be a
        patient's."""
        if self.json:
            kind = {"kind": "bug", "message": Message("cli.bug"), "hint": None, "rows": []}
            _put(sys.stdout, document({"error": kind}, self))
        _put(sys.stderr, self.words.text("cli.bug"))
        for line in traceback.format_tb(error.__traceback__):
            _put(sys.stderr, line.rstrip("\n"))
        _put(sys.stderr, type(error).__qualname__)

    def lost(self) -> None:
        """Say that the answer could not be printed."""
        _put(sys.stderr, self.words.text("cli.answer_lost"))

    def _tell(self, error: UserError) -> None:
        _put(sys.stderr, self.words.text(error.message))
        for row in error.rows:
            told = say("cli.row", row=row.row, field=row.field, message=row.message)
            _put(sys.stderr, self.words.text(told))
        if error.hint is not None:
            _put(sys.stderr, self.words.text(error.hint))


def _error(error: UserError) -> dict[str, object]:
    rows = [{"row": r.row, "field": r.field, "message": r.message} for r in error.rows]
    told = {"kind": error.kind, "message": error.message, "hint": error.hint, "rows": rows}
    if error.field is not None:
        told["field"] = error.field
    return {"error": told}


def document(value: object, printer: Printer) -> str:
    """A value as JSON. Decimals keep their digits as a JSON number, moments are ISO texts."""
    match value:
        case Message() | Name():
            return json.dumps(_spaced(printer.words.text(value)), ensure_ascii=False)
        case Enum():
            return document(value.value, printer)
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return json.dumps(value.isoformat())
        case time():
            return json.dumps(value.strftime("%H:%M"))
        case Mapping():
            items = (f"{json.dumps(str(k))}: {document(v, printer)}" for k, v in value.items())
            return f"{{{', '.join(items)}}}"
        case list() | tuple():
            return f"[{', '.join(document(item, printer) for item in value)}]"
        case str() | int() | None:
            return json.dumps(value, ensure_ascii=False)
        case _:
            raise TypeError(f"an answer holds no {type(value).__name__}")


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines with aligned columns; a Chinese character is two columns wide."""
    cells = [[_spaced(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]


def prepare_streams() -> None:
    """Make the streams take every text: UTF-8, and what that can't hold as an escape."""
    if sys.stdout is None or sys.stderr is None:  # closed by whoever started the program
        nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open to the end)
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def flush() -> None:
    """Hand everything on; AnswerLost if it can't be."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise AnswerLost from error


def forget_stdout() -> None:
    """Send what is left for standard output nowhere; Python would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _put(stream: TextIO, line: str) -> None:
    try:
        print(_spaced(line), file=stream)
    except BrokenPipeError:
        raise
    except OSError as error:
        if stream is sys.stdout:
            raise AnswerLost from error
        # Messages that nobody can get are no reason to fail.


def _printable(line: str) -> str:
    """A line without control characters: what a person typed can't steer the terminal."""
    return "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in line)


def _spaced(text: str) -> str:
    # Terminals and programs that search text want an ordinary space.
    return text.replace(NBSP, " ")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
