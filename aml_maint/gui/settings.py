"""What one person's window remembers: language, look, the last file. Never patients' data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from aml_maint import files
from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.gui.theme import LARGEST_SCALE, SMALLEST_SCALE, ThemeChoice

_THEMES: tuple[ThemeChoice, ...] = ("system", "light", "dark")


class Settings:
    """Typed access to the settings file; anything unreadable in it counts as not set."""

    def __init__(self, path: Path | None = None) -> None:
        place = path or files.user_data() / "window.ini"
        self._store = QSettings(str(place), QSettings.Format.IniFormat)

    @property
    def language(self) -> Language | None:
        """The language chosen; None until one was."""
        found = self._text("language")
        return found if found in LANGUAGES else None

    @language.setter
    def language(self, language: Language) -> None:
        self._store.setValue("language", language)

    @property
    def theme(self) -> ThemeChoice:
        """The theme chosen."""
        found = self._text("theme")
        return found if found in _THEMES else "system"

    @theme.setter
    def theme(self, theme: ThemeChoice) -> None:
        self._store.setValue("theme", theme)

    @property
    def scale(self) -> int:
        """The size of text in percent."""
        found = self._text("scale")
        scale = int(found) if found.isascii() and found.isdigit() else 100
        return min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)

    @scale.setter
    def scale(self, scale: int) -> None:
        self._store.setValue("scale", str(scale))

    @property
    def last_file(self) -> Path | None:
        """The ward file opened last, if it is still there."""
        found = self._text("last_file")
        return Path(found) if found and Path(found).is_file() else None

    @last_file.setter
    def last_file(self, path: Path) -> None:
        self._store.setValue("last_file", str(path))

    @property
    def narrow_rail(self) -> bool:
        """Does the rail at the left show icons only?"""
        return self._text("narrow_rail") == "yes"

    @narrow_rail.setter
    def narrow_rail(self, narrow: bool) -> None:
        self._store.setValue("narrow_rail", "yes" if narrow else "no")

    @property
    def geometry(self) -> QByteArray:
        """The window's place and size; empty until it was closed once."""
        found = self._store.value("geometry")
        return found if isinstance(found, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    def text(self, name: str, default: str = "") -> str:
        """Another remembered word of a page, such as the ward that Today was filtered by."""
        return self._text(f"page/{name}") or default

    def remember(self, name: str, value: str) -> None:
        """Remember a word of a page."""
        self._store.setValue(f"page/{name}", value)

    def _text(self, name: str) -> str:
        found = self._store.value(name, "")
        return found if isinstance(found, str) else ""
