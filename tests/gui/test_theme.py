"""The theme: one set of meanings in light and dark, legible in both, and nothing missing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QApplication

from aml_maint import files
from aml_maint.domain.administration import CellState
from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.gui.theme import Theme, ThemeName

ROOT = Path(__file__).resolve().parents[2]
NAMES: tuple[ThemeName, ...] = ("light", "dark")


def tokens(name: str) -> dict[str, str]:
    return dict(files.read_toml("themes", f"{name}.toml")["tokens"])


def luminance(color: QColor) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# Words on the surfaces that they are written on.
WORDS = [
    *((ink, ground) for ink in ("text", "muted") for ground in (
        "surface", "surface_raised", "field", "header", "hover", "past")),
    *((ink, ground) for ink in ("danger", "warning", "success") for ground in (
        "surface", "surface_raised", f"{ink}_surface")),
    *(("text", f"{ink}_surface") for ink in ("danger", "warning", "success")),
    ("text", "selection"), ("muted", "selection"), ("accent", "surface_raised"),
    ("accent_text", "accent"), ("demo_text", "demo"),
    *((f"on_grade{grade}", f"grade{grade}") for grade in range(5)),
    *((f"on_heat{heat}", f"heat{heat}") for heat in ("0", "1", "2", "3", "_unknown")),
    *((ink, ground) for ink in ("state_overdue", "danger", "warning", "success", "accent")
      for ground in ("surface", "surface_raised", "selection", "past", "hover")),
    *(("muted", f"{ink}_surface") for ink in ("danger", "warning", "success")),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_stand_out_from_their_ground_by_4_5_to_1(
    qapp: QApplication, name: ThemeName, ink: str, ground: str
) -> None:
    theme = Theme(name)
    assert contrast(theme.color(ink), theme.color(ground)) >= 4.5


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("state", CellState)
def test_the_sign_of_each_state_stands_out_by_3_to_1(
    qapp: QApplication, name: ThemeName, state: CellState
) -> None:
    theme = Theme(name)
    for ground in ("surface_raised", "past"):
        assert contrast(theme.color(f"state_{state.value}"), theme.color(ground)) >= 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", range(1, 6))
def test_the_lines_of_a_figure_stand_out_by_3_to_1(
    qapp: QApplication, name: ThemeName, number: int
) -> None:
    theme = Theme(name)
    for ground in ("surface", "surface_raised"):
        assert contrast(theme.color(f"series{number}"), theme.color(ground)) >= 3


def test_light_and_dark_give_a_colour_to_the_same_meanings() -> None:
    assert tokens("light").keys() == tokens("dark").keys()


def named_in_code(methods: set[str]) -> set[str]:
    """The first argument, where it is written out, of calls of these methods in the windows."""
    found = set()
    for path in (ROOT / "aml_maint" / "gui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", "")
            first = node.args[0]
            if name in methods and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def test_each_meaning_that_a_window_asks_for_has_a_colour() -> None:
    asked = named_in_code({"color", "use_token"})
    assert len(asked) > 10
    assert asked - tokens("light").keys() == set()


def test_each_icon_that_a_window_asks_for_is_shipped() -> None:
    asked = named_in_code({"icon", "pixmap", "use_icon"})
    shipped = {path.stem for path in files.listing("icons", suffix=".svg")}
    assert asked
    assert asked - shipped == set()


@pytest.mark.parametrize("path", files.listing("icons", suffix=".svg"), ids=lambda p: p.stem)
def test_each_icon_draws_something_in_the_colour_asked_for(qapp: QApplication, path: Path) -> None:
    theme = Theme("light")
    image = theme.pixmap(path.stem, 48, "accent").toImage()
    pixels = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
    drawn = [pixel for pixel in pixels if pixel.alpha() == 255]
    wanted = theme.color("accent")
    assert drawn
    # Qt keeps pixels multiplied by their opacity, which may cost the last bit of a channel.
    assert all(
        abs(channel - meant) <= 2
        for pixel in drawn
        for channel, meant in zip(pixel.getRgb(), wanted.getRgb(), strict=True)
    )


@pytest.mark.parametrize(("asked", "shown"), [(10, 80), (80, 80), (200, 200), (1000, 200)])
def test_the_size_of_text_stays_between_80_and_200_percent(
    qapp: QApplication, asked: int, shown: int
) -> None:
    assert Theme("light", asked).scale == shown


def test_text_and_distances_grow_together(qapp: QApplication) -> None:
    theme = Theme("light", 200)
    assert theme.font("body").pixelSize() == 26
    assert theme.font("heading").pixelSize() == 30
    assert theme.font("title").pixelSize() == 40
    assert theme.unit(4) == 32


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_all_of_one_width(qapp: QApplication, language: Language) -> None:
    theme = Theme("light")
    theme.speak(language)
    metrics = QFontMetrics(theme.font())
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1


def test_switching_the_theme_tells_every_widget_and_changes_the_palette(
    qapp: QApplication,
) -> None:
    theme = Theme("light")
    heard: list[str] = []
    theme.changed.connect(lambda: heard.append(theme.name))
    theme.use("dark")
    assert heard == ["dark"]
    assert qapp.palette().window().color() == theme.color("surface")
    theme.use("light")


def test_quotation_marks_are_narrow_in_english(qapp: QApplication) -> None:
    metrics = QFontMetrics(Theme("light").font())
    assert metrics.horizontalAdvance("“") < metrics.horizontalAdvance("W")
