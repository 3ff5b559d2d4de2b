"""Reads the first sheet of an Excel workbook as rows of text: values as people see them typed.

Nothing but the standard library looks at the file, within limits that hold before anything large
is unpacked. A formula counts as the value that was saved with it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.services.long_work import Step, Watch, unwatched, watched

# Unpacked, of all parts together: a small file can unpack to a disk full.
_LARGEST = 60 * 1024 * 1024
_MOST_PARTS = 2_000
_MOST_TEXTS = 1_000_000
_CHUNK = 1 << 16

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
# Excel's own numbers of formats that show a day, and what makes a format of a person's own one.
_DAY_FORMATS = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
_TIME_FORMATS = frozenset({18, 19, 20, 21, 45, 46, 47})
# How a workbook keeps a character that XML can't hold, and an underscore that would read as one.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_FAULTS = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, ElementTree.ParseError, ValueError,
    LookupError,  # a part or a text that is not there, or an encoding that nobody knows
    NotImplementedError, RuntimeError, EOFError, OSError, OverflowError,
)  # fmt: skip


def is_workbook(data: bytes) -> bool:
    """Does a file begin as an .xlsx does?"""
    return data.startswith(b"PK\x03\x04")


def read_rows(
    data: bytes, most_columns: int, most_rows: int, watch: Watch = unwatched
) -> list[list[str]]:
    """The rows of the first sheet that is not hidden; BadInput for what is no workbook.

    Columns beyond the limit are read up to one more, so that the caller sees them.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            _check_size(book)
            return _sheet_rows(book, most_columns, most_rows, watch)
    except _FAULTS as error:
        raise BadInput(say("import.broken_workbook"), field="file") from error


def _check_size(book: zipfile.ZipFile) -> None:
    parts = book.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST:
        size = _LARGEST // (1024 * 1024)
        raise BadInput(say("import.too_large", size=size), field="file")


def _sheet_rows(
    book: zipfile.ZipFile, most_columns: int, most_rows: int, watch: Watch
) -> list[list[str]]:
    root = _tree(book, "xl/workbook.xml")
    settings = root.find(f"{_MAIN}workbookPr")
    later = settings is not None and settings.get("date1904") in {"1", "true"}
    begin = datetime(1904, 1, 1) if later else datetime(1899, 12, 30)
    path = _first_sheet(book, root)
    texts, kinds = _shared_texts(book, watch), _day_kinds(book)
    found: list[list[str]] = []
    for number, cells in watched(_rows(book, path), Step.READING, watch):
        row = _row(cells, texts, kinds, begin, most_columns)
        if not any(row):
            continue
        if number > most_rows:
            raise BadInput(say("import.too_many_rows", limit=most_rows - 1), field="file")
        # Rows that are not in the file are empty; their numbers still count.
        found += [[] for _ in range(number - 1 - len(found))]
        found.append(row)
    width = max(map(len, found), default=0)
    return [row + [""] * (width - len(row)) for row in found]


def _first_sheet(book: zipfile.ZipFile, root: ElementTree.Element) -> str:
    relations = _tree(book, "xl/_rels/workbook.xml.rels")
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    sheets = root.findall(f"{_MAIN}sheets/{_MAIN}sheet")
    shown = [one for one in sheets if one.get("state", "visible") == "visible"]
    target = targets[shown[0].get(_RELATED)]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _tree(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    content = book.read(name)
    if b"<!DOCTYPE" in content:
        raise ValueError("a document type is not allowed")
    return ElementTree.fromstring(content)


def _shared_texts(book: zipfile.ZipFile, watch: Watch) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    found: list[str] = []
    elements = _elements(book, "xl/sharedStrings.xml", f"{_MAIN}si")
    for element in watched(elements, Step.READING, watch):
        found.append(_text(element))
        if len(found) > _MOST_TEXTS:
            raise ValueError("more texts than a table of the allowed size can have")
    return found


def _text(element: ElementTree.Element) -> str:
    """A text with all its runs, without how it is to be pronounced."""
    runs = [element, *element.findall(f"{_MAIN}r")]
    text = "".join(run.findtext(f"{_MAIN}t") or "" for run in runs)
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    """The character that is meant; of control characters and half ones the text stays as it is."""
    character = chr(int(found[1], 16))
    return character if character.isprintable() or character in "\t\n\r\u00a0" else found[0]


def _day_kinds(book: zipfile.ZipFile) -> list[str]:
    """For each cell format: does it show a number as a day, as a time of day, or as it is?"""
    if "xl/styles.xml" not in book.namelist():
        return []
    root = _tree(book, "xl/styles.xml")
    own = {
        int(one.get("numFmtId", "0")): one.get("formatCode", "")
        for one in root.findall(f"{_MAIN}numFmts/{_MAIN}numFmt")
    }
    return [
        _kind(int(one.get("numFmtId", "0")), own)
        for one in root.findall(f"{_MAIN}cellXfs/{_MAIN}xf")
    ]


def _kind(number: int, own: dict[int, str]) -> str:
    if number in own:
        letters = set(_QUOTED.sub("", own[number]).lower())
        return "day" if letters & {"y", "d"} else "time" if letters & {"h", "s"} else ""
    return "day" if number in _DAY_FORMATS else "time" if number in _TIME_FORMATS else ""


def _rows(book: zipfile.ZipFile, path: str) -> Iterator[tuple[int, list[ElementTree.Element]]]:
    last = 0
    for row in _elements(book, path, f"{_MAIN}row"):
        last = int(row.get("r") or last + 1)
        yield last, row.findall(f"{_MAIN}c")


def _elements(book: zipfile.ZipFile, path: str, tag: str) -> Iterator[ElementTree.Element]:
    """Each element of a tag as it is read; what was read before is forgotten.

    No such file has a document type: one that has may hide what grows without end.
    """
    with book.open(path) as file:
        if b"<!DOCTYPE" in file.read(_CHUNK):
            raise ValueError("a document type is not allowed")
    with book.open(path) as file:
        root: ElementTree.Element | None = None
        for event, element in ElementTree.iterparse(file, ("start", "end")):
            if root is None:
                root = element
            elif event == "end" and element.tag == tag:
                yield element
                element.clear()
                root.clear()


def _row(
    cells: list[ElementTree.Element], texts: list[str], kinds: list[str], begin: datetime,
    most_columns: int,
) -> list[str]:  # fmt: skip
    found: list[str] = []
    for cell in cells:
        at = _column(cell.get("r", ""), len(found))
        if at > most_columns:
            at = most_columns
        while len(found) <= at:
            found.append("")
        found[at] = _cell(cell, texts, kinds, begin)
    return found


def _column(name: str, default: int) -> int:
    """The place of a cell in its row, from 0."""
    match = _CELL.fullmatch(name)
    if match is None:
        return default
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _cell(cell: ElementTree.Element, texts: list[str], kinds: list[str], begin: datetime) -> str:
    kind, value = cell.get("t", "n"), cell.findtext(f"{_MAIN}v") or ""
    match kind:
        case "s":
            return texts[int(value)] if value else ""
        case "inlineStr":
            inside = cell.find(f"{_MAIN}is")
            return "" if inside is None else _text(inside)
        case "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, value)
        case "n" if value:
            style = int(cell.get("s", "0"))
            return _number(value, kinds[style] if style < len(kinds) else "", begin)
        case _:
            return value


def _number(value: str, kind: str, begin: datetime) -> str:
    """A number with the digits that were typed: a file has those of its binary form."""
    if kind:
        return _when(value, kind, begin)
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return value
    short = Decimal(repr(float(exact)))
    plain = f"{short:f}"
    return plain.removesuffix(".0") if abs(exact) < Decimal(10) ** 15 else f"{exact:f}"


def _when(value: str, kind: str, begin: datetime) -> str:
    days = float(value)
    moment = begin + timedelta(seconds=round(days * 86_400))
    if kind == "time" and days < 1:
        return f"{moment:%H:%M}"
    if moment.time() == datetime.min.time():
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M}"
