"""Texts that a spreadsheet would take for a formula, written so that none does, and read again."""

from __future__ import annotations

# The last four are the full-width signs: spreadsheets in Chinese and Japanese read them as the
# plain ones. Source: OWASP, "CSV Injection".
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_MARK = "'"


def harmless(text: str) -> str:
    """A text that would begin a formula gets an apostrophe before it; `restored` takes it off.

    One that begins with apostrophes before such a character gets one more. The character NUL,
    which no text file can hold, is shown as its picture.
    """
    text = text.replace("\0", "\N{SYMBOL FOR NULL}")
    return _MARK + text if text.lstrip(_MARK).startswith(FORMULA_STARTS) else text


def restored(text: str) -> str:
    """The text as it was before `harmless`."""
    if text.startswith(_MARK) and text.lstrip(_MARK).startswith(FORMULA_STARTS):
        return text[len(_MARK) :]
    return text
