"""What is printed of odd characters: by their kind, whatever way they are looked for."""

from __future__ import annotations

import sys
import unicodedata

from aml_maint.reports.pdf import _DIRECTION_MARKS, _printable


def by_kind(character: str) -> str:
    if character in _DIRECTION_MARKS or character == "\ufeff":  # PDF/A takes no byte order mark
        return ""
    match unicodedata.category(character):
        case "Cs":
            return "\N{REPLACEMENT CHARACTER}"
        case "Cc" | "Zl" | "Zp":
            return " "
        case _:
            return character


def test_every_character_there_is_prints_by_its_kind() -> None:
    for first in range(0, sys.maxunicode + 1, 4096):
        block = [chr(code) for code in range(first, min(first + 4096, sys.maxunicode + 1))]
        assert _printable("".join(block)) == "".join(map(by_kind, block)), hex(first)


def test_texts_within_lists_and_mappings_are_cleaned_and_numbers_stay() -> None:
    told = {"a": ["x\u202ey", ("\t", 1)], "b": {"c": "\ud800", "d": None}}
    assert _printable(told) == {"a": ["xy", [" ", 1]], "b": {"c": "\ufffd", "d": None}}
