"""Typesets a template with data into a PDF, wholly in memory: no patient data touches the disk."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from aml_maint import files
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Language, say

if TYPE_CHECKING:
    import typst

# Sans-serif families that desktop systems ship, in order of preference. The last is built in.
LATIN_FAMILIES = (
    "Noto Sans",
    "Source Sans 3",
    "Segoe UI",
    "Helvetica Neue",
    "Liberation Sans",
    "Arial",
    "DejaVu Sans",
    "Libertinus Serif",
)
CHINESE_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "DengXian",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Heiti SC",
    "STHeiti",
    "SimHei",
    "Droid Sans Fallback",
    "Noto Serif CJK SC",
    "SimSun",
    "Songti SC",
)
BOLD = 600

# Archivable and readable by assistive technology. It also makes a missing glyph an error.
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]

_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
# Archivable PDF forbids characters that only a font of one's own gives a meaning.
_PRIVATE = re.compile(r'PDF contains the codepoint `"(.+?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")  # as typst writes a character that nobody sees
_BYTE_ORDER_MARK = "\ufeff"  # comes along when a text is copied; PDF/A does not take it
# Marks that turn the writing direction around: with them a name could read otherwise than it is.
_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# Those, control characters, separators of lines and paragraphs, and halves of characters.
_ODD = re.compile(
    f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_BYTE_ORDER_MARK}"
    f"{''.join(sorted(_DIRECTION_MARKS))}]"
)


class FontMissing(UserError):
    """No installed font has the characters that the document needs; boxes are never printed."""

    kind: ClassVar[str] = "font_missing"


class PdfFault(RuntimeError):
    """The template is at fault: typst refused it or warned. Carries no data of the document."""


@dataclass(frozen=True)
class Typeface:
    """The families a document is set in, and which of them have a bold cut."""

    latin: str
    chinese: str | None
    bold: frozenset[str]

    def as_data(self) -> dict[str, Any]:
        """For the templates: the families, and whether text of each language can be bold."""
        return {
            "latin": self.latin,
            "chinese": self.chinese,
            "bold": {"en": self.latin in self.bold, "zh": self.chinese in self.bold},
        }


def typeface(language: Language) -> Typeface:
    """The best installed families; FontMissing when Chinese is wanted and there is none."""
    weights: dict[str, int] = {}
    for font in _fonts().fonts():
        family = font.family.casefold()
        weights[family] = max(weights.get(family, 0), font.weight)
    latin = next(name for name in LATIN_FAMILIES if name.casefold() in weights)
    chinese = next((name for name in CHINESE_FAMILIES if name.casefold() in weights), None)
    if language == "zh" and chinese is None:
        # The fonts are looked up anew next time: one may have been installed in between.
        _fonts.cache_clear()
        raise FontMissing(
            say("report.error.no_chinese_font"), hint=say("report.error.install_chinese_font")
        )
    bold = frozenset(name for name in (latin, chinese) if name and weights[name.casefold()] >= BOLD)
    return Typeface(latin, chinese, bold)


def typeset(
    template: str, data: Mapping[str, Any], language: Language, timestamp: datetime
) -> bytes:
    """The PDF of a template in `resources/templates` with `data`, which JSON can hold.

    Texts in `data` print literally, whatever they hold. `timestamp` (UTC) is the only time in
    the file, so the same data give the same bytes. Raises FontMissing for characters that no
    installed font has, and PdfFault when typst refuses the template or warns of anything.
    """
    import typst

    face = typeface(language)
    inputs = {
        "data": json.dumps(_printable(data), ensure_ascii=False),
        "face": json.dumps(face.as_data()),
        "language": language,
    }
    folder = files.resource("templates")
    try:
        document, warnings = typst.compile_with_warnings(
            folder / template,
            root=folder,  # a template can read nothing outside
            font_paths=_fonts(),
            sys_inputs=inputs,
            pdf_standards=[*STANDARDS],
            timestamp=int(timestamp.astimezone(UTC).timestamp()),
        )
    except typst.TypstError as error:
        if private := _named(_PRIVATE, error.diagnostic):
            raise FontMissing(
                say("report.error.private_use", characters=" ".join(private)),
                hint=say("report.error.standard_characters"),
            ) from None
        lacking = _named(_NO_GLYPH, error.diagnostic)
        if not lacking:
            raise PdfFault(error.message) from None
        _fonts.cache_clear()
        raise FontMissing(
            say("report.error.no_glyph", characters=" ".join(lacking)),
            hint=say("report.error.install_glyph_font"),
        ) from None
    if warnings:
        raise PdfFault("; ".join(warning.message for warning in warnings))
    return document


def _named(complaint: re.Pattern[str], diagnostic: str) -> list[str]:
    """The characters that typst complains of; one that nobody sees by its number."""
    text = "".join(complaint.findall(diagnostic))
    text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
    seen = (c if unicodedata.category(c)[0] in "LNPS" else f"U+{ord(c):04X}" for c in text)
    return sorted(set(seen))


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the system and those built into typst; looking them up takes a while."""
    import typst

    return typst.Fonts()


def _printable(value: Any) -> Any:
    """The same data with control characters as spaces and without marks that reorder text."""
    match value:
        case str():
            # Hardly any text holds one, and a report has thousands of texts.
            return _ODD.sub(_printable_character, value)
        case Mapping():
            return {key: _printable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_printable(inner) for inner in value]
        case _:
            return value


def _printable_character(found: re.Match[str]) -> str:
    character = found[0]
    if character in _DIRECTION_MARKS or character == _BYTE_ORDER_MARK:
        return ""
    return "\N{REPLACEMENT CHARACTER}" if "\ud800" <= character <= "\udfff" else " "
