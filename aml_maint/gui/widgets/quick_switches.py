"""One press to the other language and to the other theme."""

from __future__ import annotations

from aml_maint.domain.messages import Language
from aml_maint.gui.desk import Looks
from aml_maint.gui.theme import ThemeChoice


def switch_language(looks: Looks) -> None:
    """English to Chinese and back."""
    other: Language = "zh" if looks.words.language == "en" else "en"
    looks.use_language(other)


def switch_theme(looks: Looks) -> None:
    """Light to dark and back; from then on the system's setting is no longer followed."""
    other: ThemeChoice = "dark" if looks.theme.name == "light" else "light"
    looks.use_theme(other)


def other_theme(looks: Looks) -> str:
    """The key of the text that names the theme one press away."""
    return "rail.to_dark" if looks.theme.name == "light" else "rail.to_light"
