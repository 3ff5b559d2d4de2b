"""The fonts of figures: an installed one for each script, and no box for a letter ever."""

from __future__ import annotations

from functools import cache

from aml_maint.domain.messages import Language, say
from aml_maint.reports.pdf import CHINESE_FAMILIES, LATIN_FAMILIES, FontMissing

# Drawn by the layout itself, not by a font.
_WITHOUT_GLYPH = frozenset("\n")


@cache
def _installed() -> dict[str, str]:
    """Each installed family with the file of its regular cut."""
    from matplotlib.font_manager import fontManager

    found: dict[str, str] = {}
    for font in fontManager.ttflist:
        if font.style == "normal" and (font.name not in found or font.weight == 400):
            found[font.name] = font.fname
    return found


def families(language: Language) -> tuple[str, ...]:
    """The families to draw with, Latin first; FontMissing if Chinese is wanted without a font."""
    installed = _installed()
    # Matplotlib brings DejaVu Sans along, so that there always is one.
    latin = next(name for name in LATIN_FAMILIES if name in installed)
    chinese = next((name for name in CHINESE_FAMILIES if name in installed), None)
    if language == "zh" and chinese is None:
        _installed.cache_clear()
        raise FontMissing(
            say("report.error.no_chinese_font"), hint=say("report.error.install_chinese_font")
        )
    return (latin, "DejaVu Sans") if chinese is None else (latin, chinese, "DejaVu Sans")


def check_letters(text: str, names: tuple[str, ...]) -> None:
    """FontMissing if none of the families has a letter of the text."""
    lacking = sorted({letter for letter in text if not _has(letter, names)} - _WITHOUT_GLYPH)
    if lacking:
        raise FontMissing(
            say("report.error.no_glyph", characters=" ".join(lacking)),
            hint=say("report.error.install_glyph_font"),
        )


@cache
def _has(letter: str, names: tuple[str, ...]) -> bool:
    from matplotlib.font_manager import get_font

    return any(get_font(_installed()[name]).get_char_index(ord(letter)) for name in names)
