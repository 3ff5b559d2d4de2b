"""Colours, fonts, sizes and icons by their meaning, read from TOML tokens.

A widget asks for a meaning (`danger`, `grade3`), never for a colour, and paints or takes icons
again on `changed`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Literal, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QApplication

from aml_maint import files
from aml_maint.domain.messages import Language
from aml_maint.gui.drawn_icon import drawn, drawn_icon
from aml_maint.gui.style import FieldStyle

ThemeName = Literal["light", "dark"]
ThemeChoice = Literal["light", "dark", "system"]
FontRole = Literal["body", "strong", "small", "heading", "title"]

SMALLEST_SCALE, LARGEST_SCALE = 80, 200  # percent

# One type scale, in pixels at 100 %.
_SIZES: dict[FontRole, int] = {"body": 13, "strong": 13, "small": 12, "heading": 15, "title": 20}
_STRONG: frozenset[FontRole] = frozenset({"strong", "heading", "title"})

# Taken in this order where the system names no text font of its own.
_PLAIN_FAMILIES = (
    "Inter", "Segoe UI", "Noto Sans", "Roboto", "Open Sans", "Cantarell", "Ubuntu",
    "DejaVu Sans Condensed", "Liberation Sans", "DejaVu Sans",
)  # fmt: skip
_GENERIC = frozenset({"Sans Serif", "Sans", "DejaVu Sans", ""})
_CHINESE_FAMILIES = (
    "Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC",
    "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
    "SimHei", "SimSun",
)  # fmt: skip


@dataclass
class Look:
    """What was chosen, and what was made of it; themes that tell of it at other times share it."""

    choice: ThemeChoice
    scale: int
    language: Language = "en"
    families: list[str] | None = None
    icons: dict[str, QIcon] = field(default_factory=dict)
    fonts: dict[FontRole, QFont] = field(default_factory=dict)
    inks: dict[str, QPalette] = field(default_factory=dict)
    tokens: dict[str, QColor] = field(default_factory=dict)


class Theme(QObject):
    """The look of the window; `name` is light or dark even when the system decides."""

    changed = Signal()

    def __init__(self, choice: ThemeChoice = "system", scale: int = 100) -> None:
        super().__init__()
        self.look = Look(choice, _within(scale))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose: light, dark, or as the system is set."""
        return self.look.choice

    @property
    def name(self) -> ThemeName:
        """The theme shown."""
        if self.look.choice != "system":
            return self.look.choice
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    @property
    def scale(self) -> int:
        """The size of text and distances in percent."""
        return self.look.scale

    def use(self, choice: ThemeChoice | None = None, scale: int | None = None) -> None:
        """Show another theme, or another size of text (80 to 200 percent)."""
        self.look.choice = choice or self.look.choice
        self.look.scale = _within(scale if scale is not None else self.look.scale)
        self._apply()

    def speak(self, language: Language) -> None:
        """Take the font that draws this language best."""
        if language != self.look.language:
            self.look.language = language
            self.look.families = None
            self._apply()

    def color(self, token: str) -> QColor:
        """The colour of a meaning; KeyError for a token that the theme lacks (a bug)."""
        return QColor(self.look.tokens[token])

    def palette(self) -> QPalette:
        """The palette of all Qt's own widgets."""
        palette = QPalette()
        for role, token in _ROLES.items():
            palette.setColor(role, self.color(token))
        for role in _TEXT_ROLES:
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("disabled"))
        palette.setColor(
            QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, self.color("line")
        )
        return palette

    def table_palette(self) -> QPalette:
        """The palette of tables and lists: a quiet selection that leaves state colours legible."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Highlight, self.color("selection"))
        palette.setColor(QPalette.ColorRole.HighlightedText, self.color("text"))
        return palette

    def ink(self, token: str) -> QPalette:
        """The palette of a text in the colour of a meaning; all else is as around it."""
        if token not in self.look.inks:
            palette = QPalette()
            palette.setColor(QPalette.ColorRole.WindowText, self.color(token))
            self.look.inks[token] = palette
        return QPalette(self.look.inks[token])

    def icon(self, name: str, token: str = "text") -> QIcon:
        """An icon of resources/icons, tinted; disabled ones are paler."""
        key = f"{name}/{token}"
        if key not in self.look.icons:
            drawings = self._tinted(name, token), self._tinted(name, "disabled")
            self.look.icons[key] = drawn_icon(*drawings)
        return self.look.icons[key]

    def pixmap(self, name: str, size: int, token: str = "text") -> QPixmap:
        """An icon as a square picture of `size` pixels."""
        return drawn(self._tinted(name, token), size)

    def _tinted(self, name: str, token: str) -> str:
        """The drawing of an icon in the colour of a meaning."""
        return _drawing(name).replace("currentColor", self.color(token).name())

    def font(self, role: FontRole = "body") -> QFont:
        """A font of the type scale, with figures of one width."""
        if role not in self.look.fonts:
            font = QFont(self.families)
            font.setPixelSize(self.pixels(_SIZES[role]))
            font.setWeight(self._strong if role in _STRONG else QFont.Weight.Normal)
            font.setFeature(QFont.Tag("tnum"), 1)
            self.look.fonts[role] = font
        return QFont(self.look.fonts[role])

    def pixels(self, at_100_percent: float) -> int:
        """A length that grows with the text."""
        return max(1, round(at_100_percent * self.look.scale / 100))

    def unit(self, n: float = 1) -> int:
        """`n` steps of the 4-pixel grid."""
        return self.pixels(4 * n)

    @property
    def families(self) -> list[str]:
        """The font families asked for, in order; the first that has a letter draws it."""
        if self.look.families is None:
            self.look.families = _families(self.look.language)
        return self.look.families

    @property
    def _strong(self) -> QFont.Weight:
        """Half bold where the font has that; bold is what Qt makes of others by itself."""
        styles = " ".join(QFontDatabase.styles(self.families[0])).casefold()
        own = "demi" in styles or "semi" in styles
        return QFont.Weight.DemiBold if own else QFont.Weight.Bold

    @property
    def has_chinese_font(self) -> bool:
        """Is there any font with Chinese letters on this computer?"""
        return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))

    def _follow_system(self) -> None:
        if self.look.choice == "system":
            self._apply()

    def _apply(self) -> None:
        self.look.tokens = _tokens(self.name)
        self.look.icons.clear()
        self.look.fonts.clear()
        self.look.inks.clear()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            style = app.style()
            if not isinstance(style, FieldStyle) or style.theme is not self:
                app.setStyle(FieldStyle(self))
            app.setPalette(self.palette())
            app.setFont(self.font())
        self.changed.emit()


def _within(scale: int) -> int:
    return min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)


@cache
def _tokens(name: ThemeName) -> dict[str, QColor]:
    data = files.read_toml("themes", f"{name}.toml")
    base = cast("dict[str, str]", data["base"])
    return {token: QColor(base[colour]) for token, colour in data["tokens"].items()}


@cache
def _drawing(name: str) -> str:
    return files.resource("icons", f"{name}.svg").read_text("utf-8")


def _families(language: Language) -> list[str]:
    """The system's own font if it names one; else a Chinese font draws Chinese text as a whole.

    Quotation marks and dashes of a Chinese font are two letters wide, so that English has
    another font before it. So has Chinese where the Chinese font has no bold of its own: its
    thickened Latin letters run together, and a patient's name must read without doubt.
    """
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    installed = set(QFontDatabase.families())
    # A small Linux system may name its only Chinese font: that is no choice of Latin letters.
    own = [system] if system not in _GENERIC | set(_CHINESE_FAMILIES) else []
    plain = [family for family in _PLAIN_FAMILIES if family in installed]
    chinese = [family for family in _CHINESE_FAMILIES if family in installed]
    whole = language == "zh" and bool(chinese) and _has_bold(chinese[0])
    after = [*chinese[:1], *plain[:1]] if whole else [*plain[:1], *chinese[:1]]
    return [*own, *after, "Sans Serif"]


def _has_bold(family: str) -> bool:
    return "bold" in " ".join(QFontDatabase.styles(family)).casefold()


_Role = QPalette.ColorRole
_TEXT_ROLES = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText)
_ROLES: dict[QPalette.ColorRole, str] = {
    _Role.Window: "surface",
    _Role.WindowText: "text",
    _Role.Base: "field",
    _Role.AlternateBase: "past",
    _Role.Text: "text",
    _Role.Button: "surface_raised",
    _Role.ButtonText: "text",
    _Role.BrightText: "danger",
    _Role.Highlight: "accent",
    _Role.HighlightedText: "accent_text",
    _Role.Accent: "accent",
    _Role.PlaceholderText: "muted",
    _Role.ToolTipBase: "surface_raised",
    _Role.ToolTipText: "text",
    _Role.Link: "accent",
    _Role.LinkVisited: "accent",
    _Role.Light: "surface_raised",
    _Role.Midlight: "surface_raised",
    _Role.Mid: "line",
    _Role.Dark: "line",
    _Role.Shadow: "muted",
}
